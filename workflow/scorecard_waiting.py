"""Which scorecards wait for a person, as a database condition; the same sentences as in `scorecard_roles`."""

from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select

from models import Person, Role, Scorecard, ScorecardState
from workflow.roles import Actor, Staff, only

Condition = ColumnElement[bool]


def waits_for(actor: Actor) -> Condition:
    """The cards whose running clock this person can answer; never their own."""
    person, staff = actor.person, actor.staff
    if person is None or actor.has_left:
        return false()
    pieces = [piece for principal in staff.principals_of(person) for piece in _delegable(principal, staff)]
    pieces += _with_human_resources(person, staff)
    return and_(Scorecard.clock.is_not(None), Scorecard.person_id != person.id, or_(false(), *pieces))


def months(actor: Actor) -> Select[str, str | None, ScorecardState, int, datetime | None, datetime | None, int]:
    """What waits for this person, by month and clock: how many cards in which state, since when, and until when."""
    columns = (Scorecard.month, Scorecard.clock, Scorecard.state)
    counted = (func.count(), func.min(Scorecard.clock_started_at), func.min(Scorecard.due_at))
    found = select(*columns, *counted, func.max(Scorecard.version)).where(waits_for(actor)).group_by(*columns)
    return found.order_by(func.min(Scorecard.due_at), Scorecard.month)


def _delegable(principal: Person, staff: Staff) -> list[Condition]:
    """What is reviewed as the head and approved as the general manager."""
    falls = _falls_to_the_manager_or_deputy(principal, staff)
    return [
        and_(Scorecard.clock == "review", or_(_heads(principal, staff), and_(_is_passed_over(staff), falls))),
        and_(Scorecard.clock == "approve", falls),
    ]


def _heads(principal: Person, staff: Staff) -> Condition:
    return and_(
        Scorecard.department_id.in_(staff.departments_headed_by(principal)), Scorecard.person_id != principal.id
    )


def _is_passed_over(staff: Staff) -> Condition:
    """The post of the head is vacant, or the card is the head's own."""
    heads = staff.heads.items()
    return or_(
        Scorecard.department_id.not_in([department for department, _ in heads]),
        *(and_(Scorecard.department_id == department, Scorecard.person_id == head.id) for department, head in heads),
    )


def _falls_to_the_manager_or_deputy(principal: Person, staff: Staff) -> Condition:
    manager = staff.general_manager
    if manager is None:
        return false()
    if principal.id == manager.id:
        return Scorecard.person_id != manager.id
    return Scorecard.person_id == manager.id if _is_deputy(principal, staff) else false()


def _with_human_resources(person: Person, staff: Staff) -> list[Condition]:
    """What is verified and paid out; where nobody in human resources is left for a card, by the deputy."""
    officers = {officer.id for officer in staff.holders.get(Role.HUMAN_RESOURCES, ())}
    theirs = Scorecard.clock.in_(("verify", "pay"))
    if person.id in officers:
        return [theirs]
    if not _is_deputy(person, staff) or len(officers) > 1:
        return []
    return [and_(theirs, Scorecard.person_id.in_(officers))] if officers else [theirs]


def _is_deputy(person: Person, staff: Staff) -> bool:
    return any(deputy.id == person.id for deputy in only(staff.standing_deputy_of(staff.general_manager)))
