"""What a month still needs (MS-1): a mystery visit by each checklist, a self-inspection; and what waits for whom."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from models import Department, Inspection, InspectionKind, Inspector
from workflow import inspection as verbs
from workflow import inspection_roles as roles
from workflow import posts
from workflow.assessment_pack import AssessmentPack, pack_of
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
    fitting = [each for each in here if each.sort is kind and checklist in (None, each.checklist)]
    done = sum(each.begun_at is not None for each in fitting)
    return Need(kind, checklist, least, done, len(fitting) - done)


def department_of(session: Session, pack: AssessmentPack, checklist: str, at: datetime) -> Department | None:
    """Which department a checklist usually concerns: that of whoever holds the post at its head."""
    for person in posts.holders(session, pack, pack.checklists[checklist].head, at):
        if (post := person.posting_at(at)) is not None:
            return post.department
    return None


def waiting(by: Actor) -> list[Inspection]:
    """What waits for this person, the soonest first: to be carried out from its day on, to be published when it is
    due; those who keep inspections see all that is to be reviewed."""
    if by.person is None or by.has_left:
        return []
    today = by.office.calendar.day_of(by.staff.at)
    open_ = (Inspection.published_at.is_(None), Inspection.cancelled_at.is_(None))
    come = (Inspection.planned_on <= today) | Inspection.begun_at.is_not(None)
    query = (
        select(Inspection)
        .where(*open_, come, roles.visible_to(by))
        .options(selectinload(Inspection.inspectors).joinedload(Inspector.person))
    )
    found = by.office.session.scalars(query.order_by(Inspection.due_at, Inspection.planned_on, Inspection.id)).all()
    return [each for each in found if _is_for(each, by)]


def _is_for(inspection: Inspection, by: Actor) -> bool:
    return roles.awaits(inspection, by) or (inspection.submitted_at is not None and roles.keeps(by))
