"""Who left something behind that needs a successor, as one question about everybody; it is asked every minute."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, or_
from sqlalchemy.orm import aliased

from models import (
    Complaint,
    Customer,
    Deputation,
    Headship,
    Penalty,
    Person,
    Plan,
    PlanMeasure,
    Role,
    RoleGrant,
    TeamLeadership,
)
from workflow.hand_over_matters import asked_of, handed_to, inspected_by, kept_by, measures_of, plans_of


def leaves_something(at: datetime) -> ColumnElement[bool]:
    """Of somebody who left or will, in a query: something of theirs needs a successor. What `matters` finds."""
    other_head, other_leader, another = aliased(Headship), aliased(TeamLeadership), aliased(RoleGrant)
    other_deputy, principal = aliased(Deputation), aliased(Person)
    was_officer = _ended_with(RoleGrant, RoleGrant.role == Role.CUSTOMER_RELATIONS)
    return or_(
        _ended_with(
            Headship, ~_held_by_another(other_head, Headship, other_head.department_id == Headship.department_id)
        ),
        _ended_with(RoleGrant, ~_held_by_another(another, RoleGrant, another.role == RoleGrant.role)),
        _ended_with(
            TeamLeadership,
            ~_held_by_another(other_leader, TeamLeadership, other_leader.team_id == TeamLeadership.team_id),
        ),
        exists().where(
            Deputation.deputy_id == Person.id, Deputation.is_standing, Deputation.until == Person.left_at,
            exists().where(
                principal.id == Deputation.principal_id, or_(principal.left_at.is_(None), principal.left_at > at)
            ),
            ~exists().where(
                other_deputy.principal_id == Deputation.principal_id, other_deputy.is_standing,
                other_deputy.until.is_(None), other_deputy.deputy_id != Deputation.deputy_id,
            ),
        ),
        *(exists().where(handed_to(Person, case)) for case in (Complaint, Penalty)),
        and_(was_officer, exists().where(kept_by(Person))),
        exists().where(Customer.adviser_id == Person.id),
        exists().where(plans_of(Person)),
        exists().where(measures_of(Person), PlanMeasure.plan_id == Plan.id),
        exists().where(inspected_by(Person)),
        exists().where(asked_of(Person)),
    )  # fmt: skip


def _ended_with(kind: Any, *conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether the person held such a place until they left."""
    return exists().where(kind.person_id == Person.id, kind.until == Person.left_at, *conditions)


def _held_by_another(kind: Any, than: Any, *conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(kind.until.is_(None), kind.person_id != than.person_id, *conditions)
