"""Who may see and do what with scorecards, as a check and as a query.

Nobody decides their own: a head's card is reviewed by the general manager, the general manager's by the standing
deputy, and the only person in human resources has theirs verified and paid out by the deputy as well.
"""

from collections.abc import Iterable

from sqlalchemy import ColumnElement, and_, or_, true

from models import Event, Person, Role, Scorecard
from workflow.penalty_roles import managers_stood_in_for, sees_every_penalty, sees_penalties_of
from workflow.roles import (
    DEPARTMENT_HEAD,
    Actor,
    In,
    Staff,
    acted_in,
    general_manager_or_deputy,
    has_acted,
    only,
    who_takes_heads_steps,
)


def who_reviews(card: Scorecard, staff: Staff) -> list[Person]:
    return only(who_takes_heads_steps(card, staff))


def who_verifies(card: Scorecard, staff: Staff) -> list[Person]:
    """Human resources; where nobody there is left, the standing deputy."""
    able = [person for person in staff.holders.get(Role.HUMAN_RESOURCES, ()) if person.id != card.person_id]
    return able or _deputy_for(card, staff)


def _deputy_for(card: Scorecard, staff: Staff) -> list[Person]:
    deputy = staff.standing_deputy_of(staff.general_manager)
    return [deputy] if deputy is not None and deputy.id != card.person_id else []


def who_approves(card: Scorecard, staff: Staff) -> list[Person]:
    return only(general_manager_or_deputy(staff, not_among=(card.person_id,)))


# Adding up decides nothing: human resources compute their own card like every other.
COMPUTER = In(
    "human_resources", lambda _card, staff: list(staff.holders.get(Role.HUMAN_RESOURCES, ())),
    is_delegable=False, parties=lambda _card: (),
)  # fmt: skip
REVIEWER = DEPARTMENT_HEAD
VERIFIER = In("human_resources", who_verifies, is_delegable=False)
APPROVER = In("general_manager", who_approves)


def awaited(card: Scorecard, staff: Staff) -> list[Person]:
    """Who can answer the running clock."""
    match card.clock:
        case "review":
            return who_reviews(card, staff)
        case "verify" | "pay":
            return who_verifies(card, staff)
        case "approve":
            return who_approves(card, staff)
        case _:
            return []


def acts_on_months(actor: Actor) -> bool:
    """Heads, human resources, the general manager, the standing deputy, and whoever they delegated to."""
    person, staff = actor.person, actor.staff
    if person is None or actor.has_left:
        return person is None
    if sees_every_penalty(person, staff) or person.id in _ids(only(staff.standing_deputy_of(staff.general_manager))):
        return True
    return any(staff.departments_headed_by(principal) for principal in staff.principals_of(person))


def may_see(card: Scorecard, actor: Actor) -> bool:
    """Whether the card exists for this person; the same sentences as `visible_to`."""
    person = actor.person
    if person is None or card.person_id == person.id:
        return True
    about_a_principal = card.person_id in _ids(actor.staff.principals_of(person))
    acted = not actor.has_left and not about_a_principal and has_acted(card.events, person, actor.staff)
    return deals_with(card, actor) or acted


def deals_with(card: Scorecard, actor: Actor) -> bool:
    """Whether the person sees it by their office."""
    person, staff = actor.person, actor.staff
    if person is None:
        return True
    if person.id == card.person_id or actor.has_left:
        return False
    return (
        sees_penalties_of(person, card.person_id, staff)
        or any(
            card.department_id in staff.departments_headed_by(other) and card.person_id != other.id
            for other in staff.principals_of(person)
        )
        or (card.person_id in _falling_to_the_deputy(staff) and _is_the_deputy(person, staff))
    )


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """The cards that exist for this person; the query beside `may_see`."""
    person, staff = actor.person, actor.staff
    if person is None:
        return true()
    own = Scorecard.person_id == person.id
    if actor.has_left:
        return own
    managers = managers_stood_in_for(person, staff)
    if sees_every_penalty(person, staff) and not managers:
        return true()
    principals = staff.principals_of(person)
    headed = [
        and_(Scorecard.department_id == department, Scorecard.person_id != principal.id)
        for principal in principals
        for department in staff.departments_headed_by(principal)
    ]
    acted = acted_in(person, staff, of=Event.scorecard_id)
    deputised = _falling_to_the_deputy(staff) if _is_the_deputy(person, staff) else set()
    return or_(
        own,
        *headed,
        *([Scorecard.person_id.not_in(managers)] if managers else []),
        Scorecard.person_id.in_(deputised),
        and_(Scorecard.person_id.not_in(_ids(principals)), Scorecard.id.in_(acted)),
    )


def _is_the_deputy(person: Person, staff: Staff) -> bool:
    return person.id in _ids(only(staff.standing_deputy_of(staff.general_manager)))


def _falling_to_the_deputy(staff: Staff) -> set[int]:
    """Whose cards the deputy acts on: the general manager's, and that of human resources who have no colleague."""
    officers = _ids(staff.holders.get(Role.HUMAN_RESOURCES, ()))
    return _ids(only(staff.general_manager)) | (officers if len(officers) == 1 else set())


def _ids(people: Iterable[Person]) -> set[int]:
    return {person.id for person in people}
