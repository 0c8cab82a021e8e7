"""Which rankings somebody has still to publish (SAL-5): of months that are over and for which there is anything."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Assessment, AssessmentPublication, AssessmentRow, RegulationVersion
from workflow import ranking
from workflow.assessment_pack import AssessmentPack, pack_of
from workflow.assessment_period import Cycle, Period
from workflow.assessment_roles import runs
from workflow.roles import Actor


@dataclass(frozen=True)
class Awaited:
    """A period whose ranking is not published; `assessment` is None where none was opened yet."""

    pack: AssessmentPack
    period: Period
    assessment: Assessment | None
    due_at: datetime


def awaited(session: Session, versions: Sequence[RegulationVersion], by: Actor, at: datetime) -> list[Awaited]:
    """Those of the regulations given that this person runs, the earliest first."""
    found = [each for version in versions for each in _of_one(session, pack_of(version), by, at)]
    return sorted(found, key=lambda each: each.due_at)


def _of_one(session: Session, pack: AssessmentPack, by: Actor, at: datetime) -> Iterator[Awaited]:
    if ranking.is_ranked(pack) and runs(pack.owner, by):
        yield from waiting(session, pack, by, at)


def waiting(session: Session, pack: AssessmentPack, by: Actor, at: datetime) -> Iterator[Awaited]:
    """The same of one regulation that ranks, whoever runs it."""
    today = by.office.calendar.day_of(at)
    is_published = select(AssessmentPublication.id).where(AssessmentPublication.assessment_id == Assessment.id).exists()
    of_pack = select(Assessment).where(Assessment.regulation == pack.pack, Assessment.last_day < today)
    for of in session.scalars(of_pack.where(~is_published).order_by(Assessment.first_day)):
        period = Period.named(of.period)
        if (due := ranking.due_at(pack, period, by)) is not None:
            yield Awaited(pack, period, of, due)
    last = Period.of(Cycle.MONTH, today).previous()
    opened = select(Assessment.id).where(Assessment.regulation == pack.pack, Assessment.period == last.name)
    rows = select(AssessmentRow.id).where(
        AssessmentRow.regulation == pack.pack, AssessmentRow.counts_on.between(last.first_day, last.last_day)
    )
    due = ranking.due_at(pack, last, by)
    if due is not None and session.scalar(opened.limit(1)) is None and session.scalar(rows.limit(1)) is not None:
        yield Awaited(pack, last, None, due)
