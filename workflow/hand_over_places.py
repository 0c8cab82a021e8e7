"""The places of somebody who leaves or changes post, with what waits for whoever holds them."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, select

from models import (
    Complaint,
    Department,
    Deputation,
    Headship,
    Penalty,
    Person,
    Reward,
    Role,
    RoleGrant,
    Scorecard,
    Team,
    TeamLeadership,
)
from workflow.hand_over_matter import DEPUTY, HEADSHIP, ROLE, TEAM, Leaving, Matter
from workflow.waiting import CUSTOMER_RELATIONS_CLOCKS, HEADS_CLOCKS, is_with_the_office

# Which clocks are answered by a place, by kind of case.
CLOCKS: dict[Role, dict[type[Any], tuple[str, ...]]] = {
    Role.DEPARTMENT_HEAD: {Complaint: HEADS_CLOCKS, Penalty: ("submit",), Scorecard: ("review",)},
    Role.GENERAL_MANAGER: {Complaint: ("rule",), Penalty: ("approve", "review"), Scorecard: ("approve",)},
    Role.CUSTOMER_RELATIONS: {Complaint: CUSTOMER_RELATIONS_CLOCKS},
    Role.HUMAN_RESOURCES: {Scorecard: ("verify", "pay")},
    Role.ADMINISTRATOR: {},
}


def headships(leaving: Leaving) -> Iterator[Matter]:
    for held in leaving.held(Headship):
        department: Department = held.department
        if leaving.stays_in(department.id) or leaving.somebody(Headship, Headship.department_id == department.id):
            continue
        found = _tally(leaving, Role.DEPARTMENT_HEAD, _waits_for_the_head_of(department, leaving.at))
        yield Matter(HEADSHIP, str(department.id), department, *found, proposed=_leader_in(leaving, department))


def _waits_for_the_head_of(department: Department, at: datetime) -> dict[type[Any], ColumnElement[bool]]:
    """The cases of a department, less those that were handed over to somebody for good."""
    return {
        Complaint: and_(Complaint.department_id == department.id, is_with_the_office(Complaint, at)),
        Penalty: and_(Penalty.department_id == department.id, is_with_the_office(Penalty, at)),
        Scorecard: Scorecard.department_id == department.id,
    }


def _leader_in(leaving: Leaving, department: Department) -> Person | None:
    """Who leads a team there is the likeliest to follow."""
    leading = select(Person).join(TeamLeadership, TeamLeadership.person_id == Person.id).join(Team)
    query = leading.where(
        Team.department_id == department.id, TeamLeadership.until.is_(None), Person.id != leaving.person.id
    )
    return leaving.session.scalars(query.order_by(TeamLeadership.id).limit(1)).first()


def roles(leaving: Leaving) -> Iterator[Matter]:
    """Roles stay with whoever only changes post."""
    if not leaving.hand_over.leaves:
        return
    for grant in leaving.held(RoleGrant):
        is_shared = leaving.somebody(RoleGrant, RoleGrant.role == grant.role)
        if is_shared and leaving.hand_over.took_effect_at is not None:
            continue
        found = _tally(leaving, grant.role, {})
        if grant.role is Role.GENERAL_MANAGER and (rewards := _undecided(leaving)):
            found = (found[0] | {Reward.kind: rewards}, found[1])
        yield Matter(ROLE, grant.role.value, grant.role, *found, is_required=not is_shared)


def _undecided(leaving: Leaving) -> int:
    return leaving.session.execute(select(func.count()).where(Reward.decided_at.is_(None))).scalar_one()


def teams(leaving: Leaving) -> Iterator[Matter]:
    for held in leaving.held(TeamLeadership):
        stays = not leaving.hand_over.leaves and leaving.hand_over.team_id == held.team_id
        if stays or leaving.somebody(TeamLeadership, TeamLeadership.team_id == held.team_id):
            continue
        yield Matter(TEAM, str(held.team_id), leaving.session.get_one(Team, held.team_id))


def deputies(leaving: Leaving) -> Iterator[Matter]:
    """For whom the person decides where they may not: the principal needs another."""
    if not leaving.hand_over.leaves:
        return
    stands_in = (Deputation.deputy_id == leaving.person.id, Deputation.is_standing)
    query = select(Deputation).where(*stands_in, leaving.lasted(Deputation))
    for held in leaving.session.scalars(query.order_by(Deputation.id)):
        others = (Deputation.principal_id == held.principal_id, Deputation.is_standing, Deputation.until.is_(None))
        named = select(Deputation.id).where(*others, Deputation.deputy_id != leaving.person.id)
        if leaving.session.scalars(named).first() is None and not held.principal.has_left_at(leaving.at):
            yield Matter(DEPUTY, str(held.principal_id), held.principal)


def _tally(
    leaving: Leaving, role: Role, where: dict[type[Any], ColumnElement[bool]]
) -> tuple[dict[str, int], datetime | None]:
    """How many cases wait for the place, by kind, and the soonest of their deadlines."""
    counts, dues = {}, []
    for case, clocks in CLOCKS[role].items():
        counted = select(func.count(), func.min(case.due_at)).where(case.clock.in_(clocks))
        count, due = leaving.session.execute(counted.where(where[case]) if case in where else counted).one()
        counts[case.kind] = count
        dues += [due] if due is not None else []
    return {kind: count for kind, count in counts.items() if count}, min(dues, default=None)
