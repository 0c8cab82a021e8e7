"""The construction commission (施工提成) that human resources record, and CS-9's claim on it.

A penalty approved before the month's commission is known forfeits it as soon as it is recorded. Only construction
earns one: it is taken of whoever held, in that month, a post on a ladder where CS-9 is a rule (detailing).
"""

import re
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from models import Commission, Department, Penalty, Person, Posting, Role
from models.penalty import STANDING
from workflow import penalty
from workflow.complaint_guards import MAX_FEN
from workflow.penalty_guards import REWORK, first_to_forfeit
from workflow.process import FORBIDDEN, INVALID, MOVED_ON, N_, Objection, Refused, Step, refuse
from workflow.regulation import CS_MANAGEMENT, pack_of
from workflow.roles import Actor
from workflow.scorecard_month import month_named

MONTH = re.compile(r"20\d\d-(0[1-9]|1[0-2])")


def record(
    session: Session, employee: Person | None, *, month: str | None, amount: int | None, by: Actor, at: datetime
) -> list[Step[Penalty]]:
    """CS-9: the commission of one employee and month, in fen. Returns the forfeitures that it brings about.

    It can be corrected until a penalty has forfeited it.
    """
    this_month = by.office.calendar.month_of(at)
    refuse(_is_not_human_resources(by), _has_no_employee(employee), _is_no_month(month, this_month), _is_no_sum(amount))
    assert employee is not None and month is not None and amount is not None and by.person is not None
    refuse(_earns_none(employee, month, by, at))
    if _is_forfeited(session, employee, month):
        raise Refused([Objection(MOVED_ON, N_("This commission has been forfeited and can no longer be changed."))])
    found = session.scalars(select(Commission).filter_by(person_id=employee.id, month=month)).first()
    if found is None:
        found = Commission(person_id=employee.id, month=month)
        session.add(found)
    found.amount, found.recorded_at, found.recorded_by_id = amount, at, by.person.id
    session.flush()
    if (concerned := first_to_forfeit(employee, month, by=by, at=at)) is None:
        return []
    forfeited = penalty.forfeit(concerned, by=by, at=at)
    session.flush()
    return [forfeited]


def earners(month: str, by: Actor, at: datetime) -> set[int]:
    """Who held a post in construction on any day of the month, dismissed or transferred since or not."""
    office = by.office
    ladders = pack_of(office.regulation_in_force(CS_MANAGEMENT, at)).penal_rules.get(REWORK, [])
    days = month_named(month, office)
    held = select(Posting.person_id).join(Posting.department).where(
        Department.ladder.in_(ladders),
        Posting.since < days.ends,
        or_(Posting.until.is_(None), Posting.until > days.begins),
        or_(Posting.until.is_(None), Posting.until > Posting.since),
    )  # fmt: skip
    return set(office.session.scalars(held))


def _is_forfeited(session: Session, employee: Person, month: str) -> bool:
    query = select(Penalty.id).where(Penalty.respondent_id == employee.id, Penalty.forfeited_month == month)
    return session.scalars(query.where(Penalty.state.in_(STANDING))).first() is not None


def _is_not_human_resources(by: Actor) -> Objection | None:
    if Role.HUMAN_RESOURCES in by.roles and not by.has_left:
        return None
    return Objection(FORBIDDEN, N_("Only human resources record commissions."))


def _has_no_employee(employee: Person | None) -> Objection | None:
    return None if employee is not None else Objection(INVALID, N_("Name the employee."), field="employee")


def _earns_none(employee: Person, month: str, by: Actor, at: datetime) -> Objection | None:
    """CS-9: a construction commission belongs to the posts of detailing, in the months in which they are held."""
    if employee.id in earners(month, by, at):
        return None
    return Objection(
        INVALID, N_("%(name)s held no post with a construction commission in %(month)s (CS-9)."),
        field="employee", name=employee.name, month=month,
    )  # fmt: skip


def _is_no_month(month: str | None, this_month: str) -> Objection | None:
    if month is None or not MONTH.fullmatch(month):
        return Objection(INVALID, N_("Give the month like 2026-03."), field="month")
    if month > this_month:
        return Objection(INVALID, N_("This month has not begun yet."), field="month")
    return None


def _is_no_sum(amount: int | None) -> Objection | None:
    if amount is not None and 0 <= amount <= MAX_FEN:
        return None
    return Objection(INVALID, N_("The commission must lie between 0 and 1,000,000 yuan."), field="amount")
