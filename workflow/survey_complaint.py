"""CS-2: a dissatisfied answer is registered as a complaint about whom it was asked, with the customer's own words.

Whoever called registers it. An answer by link registers itself: then nobody filed it, and all of customer relations
are told. What the complaint says of the figures depends on what was promised: confidential ones stay out of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from sqlalchemy.orm import Session

from models import Category, Channel, Complaint, Customer, Department, Partner, Person, Severity, Survey, Team
from workflow import repeats
from workflow.complaint_rules import COMPLAINT, FILE
from workflow.evidence import Evidence
from workflow.filing import Filing, complaint_from
from workflow.process import Rule, Step
from workflow.roles import SYSTEM, Actor
from workflow.survey_form import Bad, Given

SOURCE = "survey"
# The same sentence of the regulation, taken by the answer itself.
FILED_BY_THE_ANSWER: Rule[Complaint] = replace(FILE, by=SYSTEM)


@dataclass(frozen=True)
class Registered:
    """What whoever called adds when the complaint is registered."""

    category: Category = Category.SERVICE_QUALITY
    severity: Severity = Severity.NORMAL
    demand: str = ""


@dataclass(frozen=True)
class Unhappy:
    """A dissatisfied customer of a survey: who they are, about whom, what was bad, and what they said."""

    survey: Survey
    customer: Customer
    subject: Person | Team | Department | Partner
    bad: Sequence[Bad]
    given: Given


def file(
    session: Session, unhappy: Unhappy, answer: str, *, by: Actor, at: datetime,
    registered: Registered | None = None, recording: Evidence | None = None,
) -> Complaint:  # fmt: skip
    """The complaint, stored with its first step; `answer` is the key by which the two find each other."""
    is_party = by.person is not None and unhappy.subject is by.person
    # Nobody registers a complaint about themselves; the answer does.
    actor = by.office.system(at) if is_party else by
    filing = _filing(unhappy, answer, registered or Registered(), at, [recording] if recording is not None else [])
    said = filing.said() | repeats.said(filing.customer_phone, filing.vehicle, by=actor, at=at)
    rule = FILED_BY_THE_ANSWER if actor.is_system else FILE
    step = Step(complaint_from(filing, actor, at), actor, at, said=said, chosen=filing.chosen())
    complaint = COMPLAINT.open(rule, step).subject
    session.add(complaint)
    session.flush()
    return complaint


def described(unhappy: Unhappy) -> str:
    """What the complaint will say: the customer's own words first, then what was answered badly."""
    said = [unhappy.given.words.strip(), *(text.strip() for text in unhappy.given.comments.values())]
    lines = [text for text in said if text]
    if unhappy.survey.is_named:
        lines += [f"{bad.question.title.zh} {_shown(bad.value)}（{_scale(bad)}）" for bad in unhappy.bad]
    return "\n".join([*lines, f"《{unhappy.survey.title_zh}》"])


def _filing(
    unhappy: Unhappy, answer: str, registered: Registered, at: datetime, recordings: Sequence[Evidence]
) -> Filing:
    customer, subject = unhappy.customer, unhappy.subject
    person = subject if isinstance(subject, Person) and not subject.has_left_at(at) else None
    return Filing(
        customer_name=customer.name, customer_phone=customer.phone, vehicle=customer.vehicle or None,
        channel=Channel.SURVEY, category=registered.category, severity=registered.severity,
        description=described(unhappy), demand=registered.demand or None, department=_department_of(subject, at),
        respondent=person, source=SOURCE, external_ref=answer,
        evidence=recordings if unhappy.survey.is_named else (),
    )  # fmt: skip


def _department_of(subject: Person | Team | Department | Partner, at: datetime) -> Department | None:
    match subject:
        case Department():
            return subject
        case Team():
            return subject.department
        case Person():
            post = subject.posting_at(at)
            return post.department if post is not None else None
    return None


def _scale(bad: Bad) -> str:
    lowest, highest = bad.question.shape.lowest, bad.question.shape.highest
    return f"{_shown(lowest or Decimal(0))}-{_shown(highest or Decimal(0))}"


def _shown(value: Decimal) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")
