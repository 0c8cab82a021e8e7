"""KPI-1: customer experience is the share of measures that reach their target. Once an assessment of the regulations
about it is closed, each figure of a unit that has a target becomes a row of that measure, to be opened like any other.
"""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from models import Assessed, Assessment, Person
from workflow import assessment_books as books
from workflow.assessment_entry import Row
from workflow.assessment_pack import pack_of
from workflow.assessment_shape import SubjectKind
from workflow.assessment_source import Origin

KPI, SOURCE = "kpi", "customer_experience"
FIELDS = {"actual", "target", "better"}
ABOUT_IT = ("experience-standards", "lifecycle-touchpoints")
UNITS = (SubjectKind.DEPARTMENT.value, SubjectKind.TEAM.value)


def hand_on(session: Session, closed: Assessment, *, by: Person, at: datetime) -> int:
    """Post what was reached of the targets; how many rows. They count on the period's last day, or on the first day
    after it whose period is open. Nothing where the company has no such measure in force."""
    pack = books.pack_on(session, KPI, closed.last_day)
    source = pack.sources.get(SOURCE) if pack is not None else None
    if closed.regulation not in ABOUT_IT or closed.kind not in UNITS or pack is None or source is None:
        return 0
    if source.origin is Origin.CASES or set(source.fields) != FIELDS:
        return 0
    day = books.closed_periods(session, KPI).first_open_day(closed.kind, closed.last_day)
    entries = [books.Entry(unit, day, row) for unit, row in _reached(session, closed)]
    return len(books.post(session, pack, SOURCE, entries, at=at, by=by))


def _reached(session: Session, closed: Assessment) -> Iterator[tuple[books.Subject, Row]]:
    pack = pack_of(closed.regulation_version)
    query = select(Assessed).filter_by(assessment_id=closed.id).options(
        selectinload(Assessed.results), joinedload(Assessed.department), joinedload(Assessed.team)
    )  # fmt: skip
    for each in session.scalars(query.order_by(Assessed.id)):
        for result in each.results:
            if result.part is None and result.target is not None and result.shown is not None:
                values = {"actual": result.shown, "target": result.target,
                          "better": pack.measures[result.measure].direction}  # fmt: skip
                yield each.subject, Row(f"{closed.id}/{each.id}/{result.measure}", values)
