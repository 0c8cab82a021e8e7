"""Who may see and do what in a penalty, as a check and, beside it, as a query; the sentences of `roles`.

Nobody decides their own case, whoever proposed a penalty does not approve it, and an appeal is ruled
on by the review body where the company has named one. General manager and human resources see every
penalty, a head those of the department, everyone their own, and whoever has acted in one keeps seeing it.
"""

from sqlalchemy import ColumnElement, and_, false, or_, select, true

from models import Event, Penalty, PenaltyState, Person, Role
from workflow.process import N_, NOT_FOUND, Objection, Refused
from workflow.roles import (
    Actor,
    In,
    Staff,
    acted_in,
    customer_relations_of,
    has_acted,
    holders_but_the_respondent,
    only,
    who_takes_heads_steps,
)


def parties_to_the_proposal(penalty: Penalty) -> tuple[int | None, ...]:
    """Who cannot approve: the respondent, whoever proposed it, and whoever took that step for them."""
    return (penalty.respondent_id, penalty.proposer_id, penalty.proposed_by_id)


def who_approves(penalty: Penalty, staff: Staff) -> Person | None:
    """The general manager; where they are respondent or proposed it the standing deputy, unless they submitted it.

    Whoever the head's steps fell to because somebody is passed over takes both (domain, 1).
    """
    manager, parties = staff.general_manager, parties_to_the_proposal(penalty)
    if manager is None or manager.id not in parties:
        return manager
    deputy = staff.standing_deputy_of(manager)
    if deputy is None or deputy.id in parties:
        return None
    submitted = penalty.respondent_id != manager.id and deputy.id in _hands(penalty, "submit")
    return None if submitted else deputy


def who_reviews(penalty: Penalty, staff: Staff) -> Person | None:
    """The review body, else the general manager, else the standing deputy; never whoever proposed it, and
    of those who decided it only the general manager, where no review body can rule."""
    manager, body = staff.general_manager, staff.review_body
    if body is not None and _is_unbiased(penalty, body):
        return body
    if manager is None or manager.id not in parties_to_the_proposal(penalty):
        return manager
    deputy = staff.standing_deputy_of(manager)
    return deputy if deputy is not None and _is_unbiased(penalty, deputy) else None


def _is_unbiased(penalty: Penalty, person: Person) -> bool:
    return person.id not in (*parties_to_the_proposal(penalty), *_deciders(penalty))


def _deciders(penalty: Penalty) -> set[int | None]:
    """Who approved it, and in whose place."""
    return {penalty.approved_by_id, *_hands(penalty, "approve")}


def _hands(penalty: Penalty, action: str) -> set[int | None]:
    """Who took this step, and in whose place."""
    taken = [event for event in penalty.events if event.action == action]
    return {person for event in taken for person in (event.actor_id, event.acting_for_id) if person is not None}


def why_not_approve(penalty: Penalty, person: Person, staff: Staff) -> str | None:
    """Whoever submitted it does not approve it in somebody's place as well."""
    if person.id not in _hands(penalty, "submit") or _is(person, who_approves(penalty, staff)):
        return None
    return N_("You submitted this penalty; approving it is for %(names)s.")


def why_not_review(penalty: Penalty, person: Person, staff: Staff) -> str | None:
    """Whoever approved it does not rule on its appeal in somebody's place."""
    if person.id not in _deciders(penalty) or _is(person, who_reviews(penalty, staff)):
        return None
    return N_("You approved this penalty; its appeal is for %(names)s to rule on.")


human_resources_of = holders_but_the_respondent(Role.HUMAN_RESOURCES)

PROPOSER_FROM_CUSTOMER_RELATIONS = In("customer_relations", customer_relations_of, is_delegable=False)
GENERAL_MANAGER = In(
    "general_manager", lambda p, staff: only(who_approves(p, staff)), parties=parties_to_the_proposal,
    why_a_party=N_("You proposed this penalty; this step is for %(names)s to take."), why_barred=why_not_approve,
)  # fmt: skip
REVIEWER = In(
    "review_body", lambda p, staff: only(who_reviews(p, staff)), parties=parties_to_the_proposal,
    why_a_party=N_("You proposed this penalty; this step is for %(names)s to take."), why_barred=why_not_review,
)  # fmt: skip
HUMAN_RESOURCES = In("human_resources", human_resources_of, is_delegable=False)


def may_see(penalty: Penalty, actor: Actor) -> bool:
    """Whether the penalty exists for this person; the same sentences as `visible_to`."""
    if actor.person is None or penalty.respondent_id == actor.person.id:
        return True
    if actor.has_left:
        return False
    return deals_with(penalty, actor) or (
        _is_not_about_a_principal(penalty, actor.person, actor.staff)
        and has_acted(penalty.events, actor.person, actor.staff)
    )


def _is_not_about_a_principal(penalty: Penalty, person: Person, staff: Staff) -> bool:
    """Whoever stands in for a head takes the head's steps, and none in the head's own case."""
    return penalty.respondent_id not in {principal.id for principal in staff.principals_of(person)}


def deals_with(penalty: Penalty, actor: Actor) -> bool:
    """Whether the person sees it by their office, and therefore in full."""
    person, staff = actor.person, actor.staff
    if person is None:
        return True
    if person.id == penalty.respondent_id or actor.has_left:
        return False
    return sees_penalties_of(person, penalty.respondent_id, staff) or any(
        (penalty.department_id in staff.departments_headed_by(principal) and penalty.respondent_id != principal.id)
        or (penalty.handler_id == principal.id and penalty.respondent_id != principal.id)
        or _must_act(penalty, principal, staff)
        for principal in staff.principals_of(person)
    )


def sees_every_penalty(person: Person, staff: Staff) -> bool:
    """Human resources, and whoever is or stands in for the general manager."""
    return Role.HUMAN_RESOURCES in staff.roles_of(person) or any(
        Role.GENERAL_MANAGER in staff.roles_of(principal) for principal in staff.principals_of(person)
    )


def sees_penalties_of(person: Person, respondent_id: int, staff: Staff) -> bool:
    """The same of somebody's; who stands in for the general manager does so in all but the GM's own."""
    return Role.HUMAN_RESOURCES in staff.roles_of(person) or any(
        Role.GENERAL_MANAGER in staff.roles_of(principal) for principal in staff.principals_but(person, respondent_id)
    )


def managers_stood_in_for(person: Person, staff: Staff) -> list[int]:
    """The general manager, where somebody sees by standing in for them what is not the GM's own."""
    own = staff.roles_of(person) & {Role.HUMAN_RESOURCES, Role.GENERAL_MANAGER}
    principals = [] if own else staff.principals_of(person)
    return [principal.id for principal in principals if Role.GENERAL_MANAGER in staff.roles_of(principal)]


def _must_act(penalty: Penalty, person: Person, staff: Staff) -> bool:
    """Whoever rules on its appeal, and the standing deputy where the general manager may not decide."""
    if penalty.state is PenaltyState.APPEALED and _is(person, who_reviews(penalty, staff)):
        return True
    manager = staff.general_manager
    return (
        manager is not None
        and _is(person, staff.standing_deputy_of(manager))
        and manager.id in parties_to_the_proposal(penalty)
    )


def _is(person: Person, other: Person | None) -> bool:
    return other is not None and other.id == person.id


def require_sight(penalty: Penalty, actor: Actor) -> None:
    """Raise Refused (not_found) unless the penalty exists for the actor."""
    if not may_see(penalty, actor):
        raise Refused([Objection(NOT_FOUND, N_("There is no such case."))])


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """The penalties that exist for this person; the query beside `may_see`."""
    person, staff = actor.person, actor.staff
    if person is None:
        return true()
    own = Penalty.respondent_id == person.id
    if actor.has_left:
        return own
    managers = managers_stood_in_for(person, staff)
    if sees_every_penalty(person, staff) and not managers:
        return true()
    principals = staff.principals_of(person)
    ids = [principal.id for principal in principals]
    headed = [
        and_(Penalty.department_id == department, Penalty.respondent_id != principal.id)
        for principal in principals
        for department in staff.departments_headed_by(principal)
    ]
    handed = [and_(Penalty.handler_id == p.id, Penalty.respondent_id != p.id) for p in principals]
    acted = acted_in(person, staff, of=Event.penalty_id)
    return or_(
        own,
        *headed,
        *handed,
        *([Penalty.respondent_id.not_in(managers)] if managers else []),
        and_(Penalty.respondent_id.not_in(ids), Penalty.id.in_(acted)),
        _reviewed_by(principals, staff),
        _deputised_to(ids, staff),
    )


def _reviewed_by(principals: list[Person], staff: Staff) -> ColumnElement[bool]:
    """Appeals that one of these people, as the review body, rules on."""
    body = staff.review_body
    if body is None or body.id not in {principal.id for principal in principals}:
        return false()
    return and_(Penalty.state == PenaltyState.APPEALED, may_review(body))


def may_review(person: Person) -> ColumnElement[bool]:
    """The penalties that this person had no part in, and whose appeals they can rule on; the query beside the check."""
    return and_(
        *(party != person.id for party in PARTIES), Penalty.approved_by_id != person.id, ~took(person, "approve")
    )


def took(person: Person, action: str) -> ColumnElement[bool]:
    """The penalties in which this person, or somebody in their place, took this step."""
    by_them = or_(Event.actor_id == person.id, Event.acting_for_id == person.id)
    return Penalty.id.in_(
        select(Event.penalty_id).where(Event.action == action, Event.penalty_id.is_not(None), by_them)
    )


def _deputised_to(ids: list[int], staff: Staff) -> ColumnElement[bool]:
    manager = staff.general_manager
    deputy = staff.standing_deputy_of(manager)
    if manager is None or deputy is None or deputy.id not in ids:
        return false()
    return or_(*(party == manager.id for party in PARTIES))


PARTIES = (Penalty.respondent_id, Penalty.proposer_id, Penalty.proposed_by_id)


def who_files(penalty: Penalty, staff: Staff) -> list[Person]:
    """Who keeps a penalty's file: its proposer while they have not left, and human resources."""
    return [*only(penalty.proposer), *human_resources_of(penalty, staff)]


def awaited(penalty: Penalty, staff: Staff) -> list[Person]:
    """Who can answer the running clock."""
    match penalty.clock:
        case "defence" | "contest":
            return [penalty.respondent]
        case "submit":
            return only(who_takes_heads_steps(penalty, staff))
        case "approve":
            return only(who_approves(penalty, staff))
        case "review":
            return only(who_reviews(penalty, staff))
        case _:
            return []
