"""Which regulations the product carries out, each with the shape of its pack."""

from pathlib import Path
from typing import Any

from workflow import regulation
from workflow.performance_pay import PERFORMANCE_PAY, PerformancePay
from workflow.regulation import CS_MANAGEMENT, POLICIES, AnyPack, Pack, PackRefused

SHAPES: dict[str, type[AnyPack]] = {CS_MANAGEMENT: Pack, PERFORMANCE_PAY: PerformancePay}


def file_of(slug: str) -> Path:
    return POLICIES / f"{slug}.yaml"


def read(slug: str, *, filled: dict[str, Any] | None = None) -> AnyPack:
    """The pack of that name with the company's values over its blanks; PackRefused says what is wrong."""
    if slug not in SHAPES:
        raise PackRefused(f"no regulation is called {slug}; there are {', '.join(SHAPES)}")
    return regulation.read_as(SHAPES[slug], file_of(slug), filled=filled)
