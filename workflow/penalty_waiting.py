"""Which penalties wait for a person, as database conditions; the same sentences as in `penalty_roles`."""

from datetime import datetime

from sqlalchemy import ColumnElement, and_, false, func, or_
from sqlalchemy.orm import InstrumentedAttribute

from models import Penalty, PenaltyState, Person
from workflow.penalty_roles import PARTIES, may_review, took
from workflow.roles import Actor, Staff, only
from workflow.waiting import is_with_the_office

Condition = ColumnElement[bool]
# By when somebody has to act: the running clock, or the decision on a reinstatement.
DUE_AT: ColumnElement[datetime] = func.coalesce(Penalty.due_at, Penalty.reinstatement_due_at, type_=Penalty.due_at.type)


def waits_for(actor: Actor) -> Condition:
    """The penalties whose running clock this person can answer, and dismissals to be decided on anew.

    Once the time for the defence has run out, a penalty waits for the head as well.
    """
    person, staff = actor.person, actor.staff
    if person is None:
        return false()
    own = and_(Penalty.clock.in_(("defence", "contest")), Penalty.respondent_id == person.id)
    if actor.has_left:
        return own
    principals = staff.principals_of(person)
    for_others = [*(piece for principal in principals for piece in _for(principal, person, staff))]
    return or_(own, and_(Penalty.respondent_id != person.id, or_(false(), *for_others)))


def for_nobody(staff: Staff) -> Condition:
    """Penalties that nobody can decide on: the post is vacant, or all who could had their part in it before."""
    above = [person for person in (staff.general_manager, staff.standing_deputy_of(staff.general_manager)) if person]
    to_decide = or_(Penalty.clock == "approve", Penalty.reinstatement_due_at.is_not(None))
    return or_(
        and_(
            _is_with_the_head(staff), _falls_to_nobody_else(staff), *(Penalty.respondent_id == who.id for who in above)
        ),
        and_(to_decide, *(~_falls_to_as_approver(who, staff) for who in above)),
        and_(Penalty.clock == "review", *(~_falls_to_as_reviewer(who, staff) for who in _reviewers(above, staff))),
    )


def _reviewers(above: list[Person], staff: Staff) -> list[Person]:
    return [*above, *only(staff.review_body)]


def _for(principal: Person, person: Person, staff: Staff) -> list[Condition]:
    return [
        and_(_is_with_the_head(staff), _falls_to_as_head(principal, staff)),
        and_(
            or_(Penalty.clock == "approve", Penalty.reinstatement_due_at.is_not(None)),
            _falls_to_as_approver(principal, staff),
            *_stands_in(person, principal, ~took(person, "submit")),
        ),
        and_(
            Penalty.clock == "review",
            _falls_to_as_reviewer(principal, staff),
            *_stands_in(person, principal, may_review(person)),
        ),
    ]


def _stands_in(person: Person, principal: Person, has_no_part: Condition) -> list[Condition]:
    """What more is asked of whoever decides in somebody's place."""
    return [] if person.id == principal.id else [has_no_part, *(party != person.id for party in PARTIES)]


def _is_with_the_head(staff: Staff) -> Condition:
    unheard = and_(Penalty.state == PenaltyState.PROPOSED, Penalty.due_at <= staff.at)
    return or_(Penalty.clock == "submit", unheard)


def _falls_to_as_head(principal: Person, staff: Staff) -> Condition:
    """What was handed over to them, and the head's own department; where the head is the respondent or the post
    vacant, the manager's or deputy's."""
    handed = and_(Penalty.handler_id == principal.id, Penalty.respondent_id != principal.id)
    own = [
        and_(Penalty.department_id == department, Penalty.respondent_id != principal.id)
        for department in staff.departments_headed_by(principal)
    ]
    passed_over = and_(_is_passed_over(staff), _falls_to_as_manager(principal, staff, Penalty.respondent_id))
    return or_(handed, and_(is_with_the_office(Penalty, staff.at), or_(false(), *own, passed_over)))


def _falls_to_nobody_else(staff: Staff) -> Condition:
    return and_(is_with_the_office(Penalty, staff.at), _is_passed_over(staff))


def _is_passed_over(staff: Staff) -> Condition:
    """The post of the head is vacant, or the head is the respondent."""
    heads = staff.heads.items()
    return or_(
        Penalty.department_id.not_in([department for department, _ in heads]),
        *(and_(Penalty.department_id == department, Penalty.respondent_id == head.id) for department, head in heads),
    )


def _falls_to_as_manager(principal: Person, staff: Staff, *parties: InstrumentedAttribute[int]) -> Condition:
    """The general manager's unless they are a party; then the standing deputy's, unless they are one too."""
    manager = staff.general_manager
    if manager is None:
        return false()
    no_party = and_(*(party != principal.id for party in parties))
    if principal.id == manager.id:
        return no_party
    deputy = staff.standing_deputy_of(manager)
    if deputy is None or deputy.id != principal.id:
        return false()
    return and_(no_party, or_(*(party == manager.id for party in parties)))


def _falls_to_as_approver(principal: Person, staff: Staff) -> Condition:
    """The deputy does not approve what they submitted, unless the head's steps fell to them with the approval."""
    as_manager, manager = _falls_to_as_manager(principal, staff, *PARTIES), staff.general_manager
    if manager is None or principal.id == manager.id:
        return as_manager
    return and_(as_manager, or_(Penalty.respondent_id == manager.id, ~took(principal, "submit")))


def _falls_to_as_reviewer(principal: Person, staff: Staff) -> Condition:
    manager, body = staff.general_manager, staff.review_body
    as_manager = _falls_to_as_manager(principal, staff, *PARTIES)
    if manager is not None and principal.id != manager.id:
        as_manager = and_(as_manager, may_review(principal))
    if body is None:
        return as_manager
    bodys = may_review(body)
    if principal.id == body.id:
        return or_(bodys, as_manager)
    return and_(as_manager, ~bodys)
