"""Which regulations the product carries out, each with the shape of its pack."""

from pathlib import Path
from typing import Any

from workflow import regulation
from workflow.assessment_pack import AssessmentPack
from workflow.performance_pay import PERFORMANCE_PAY, PerformancePay
from workflow.regulation import CS_MANAGEMENT, POLICIES, AnyPack, Pack, PackRefused

ASSESSMENTS = (
    "sales-satisfaction", "mystery-shopper", "outbound-satisfaction", "customer-service-department", "loyalty",
    "service-survey", "satisfaction-evaluation", "experience-standards", "lifecycle-touchpoints", "service-centre",
    "satisfaction-in-performance", "staff-appraisal", "kpi", "operations-assessment", "quantified-service",
    "fair-evaluation", "after-sales-assessment", "partner-assessment",
)  # fmt: skip
SHAPES: dict[str, type[AnyPack]] = {
    CS_MANAGEMENT: Pack,
    PERFORMANCE_PAY: PerformancePay,
    **dict.fromkeys(ASSESSMENTS, AssessmentPack),
}


def assessment(slug: str, *, filled: dict[str, Any] | None = None) -> AssessmentPack:
    """The pack of a regulation about assessing; PackRefused where none is called so, or for what is wrong in it."""
    if slug not in ASSESSMENTS:
        raise PackRefused(f"no regulation about assessing is called {slug}; there are {', '.join(ASSESSMENTS)}")
    return regulation.read_as(AssessmentPack, file_of(slug), filled=filled)


def file_of(slug: str) -> Path:
    return POLICIES / f"{slug}.yaml"


def read(slug: str, *, filled: dict[str, Any] | None = None) -> AnyPack:
    """The pack of that name with the company's values over its blanks; PackRefused says what is wrong."""
    if slug not in SHAPES:
        raise PackRefused(f"no regulation is called {slug}; there are {', '.join(SHAPES)}")
    return regulation.read_as(SHAPES[slug], file_of(slug), filled=filled)
