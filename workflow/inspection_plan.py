"""What a month still needs (MS-1): a mystery visit by each checklist and one unannounced self-inspection."""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select

from models import Inspection, InspectionKind
from workflow import inspection as verbs
from workflow.assessment_pack import pack_of
from workflow.process import Refused
from workflow.roles import Actor


@dataclass(frozen=True)
class Need:
    """How many of a kind a month needs, has done and has planned; `checklist` None where any will do."""

    kind: InspectionKind
    checklist: str | None
    least: int
    done: int
    planned: int

    @property
    def missing(self) -> int:
        """How many are not even planned."""
        return max(0, self.least - self.done - self.planned)


def needs(by: Actor, month: str) -> list[Need]:
    """What the regulation asks of the month; nothing where it is not in force then."""
    first, last = days_of(month)
    try:
        version = verbs.edition_on(by.office.session, last)
    except Refused:
        return []
    pack = pack_of(version)
    figures = pack.named_figures()
    here = _of_month(by, first, last)
    visits, inspections = int(figures["visits_a_month"]), int(figures["self_inspections_a_month"])
    return [
        *(_need(here, InspectionKind.MYSTERY, checklist, visits) for checklist in pack.checklists),
        _need(here, InspectionKind.SELF, None, inspections),
    ]


def days_of(month: str) -> tuple[date, date]:
    """The first and the last day of a month such as `2026-03`. Raises ValueError for what is none."""
    first = date.fromisoformat(f"{month}-01")
    following = (first + timedelta(days=32)).replace(day=1)
    return first, following - timedelta(days=1)


def _of_month(by: Actor, first: date, last: date) -> list[Inspection]:
    """Those that took place in the month, and those planned for it that have not begun."""
    query = select(Inspection).where(
        Inspection.cancelled_at.is_(None),
        Inspection.planned_on >= first - timedelta(days=366), Inspection.planned_on <= last + timedelta(days=366),
    )  # fmt: skip
    calendar = by.office.calendar
    return [
        each
        for each in by.office.session.scalars(query)
        if first <= (calendar.day_of(each.begun_at) if each.begun_at else each.planned_on) <= last
    ]


def _need(here: list[Inspection], kind: InspectionKind, checklist: str | None, least: int) -> Need:
    fitting = [each for each in here if each.kind is kind and checklist in (None, each.checklist)]
    done = sum(each.begun_at is not None for each in fitting)
    return Need(kind, checklist, least, done, len(fitting) - done)
