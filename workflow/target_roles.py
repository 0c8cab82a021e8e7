"""Who sees targets, drafts them and approves them; as a check and as a query.

Customer relations, human resources and whoever runs a regulation draft; the general manager approves. They see all.
A head sees the company's and those of the department and its teams, drafts included; everybody the approved ones of
the company and of where they work.
"""

from sqlalchemy import ColumnElement, and_, false, or_, select, true

from models import Department, Role, Target, Team
from workflow.assessment_roles import headed_by, is_manager, runs
from workflow.roles import Actor

DRAFTING = (Role.CUSTOMER_RELATIONS, Role.HUMAN_RESOURCES)


def drafts(actor: Actor, owner: str = "") -> bool:
    """Whether the actor may draft targets of a regulation with this owner."""
    if actor.person is None or actor.has_left:
        return False
    return any(role in actor.roles for role in DRAFTING) or bool(owner and runs(owner, actor))


def approves(actor: Actor) -> bool:
    """Whether the actor puts targets in force: the general manager, or whoever stands in for them."""
    return is_manager(actor)


def sees_all(actor: Actor) -> bool:
    return drafts(actor) or approves(actor)


def may_see(target: Target, actor: Actor) -> bool:
    """Whether the target exists for this person; the same sentences as `visible_to`."""
    if sees_all(actor):
        return True
    if actor.person is None or actor.has_left:
        return actor.person is None
    department = target.department_id or (target.team.department_id if target.team is not None else None)
    if target.drafted_by_id == actor.person.id or department in headed_by(actor):
        return True
    if not target.is_approved:
        return False
    post = actor.person.posting_at(actor.staff.at)
    unit, company = (target.department_id, target.team_id), (None, None)
    return unit == company or (post is not None and unit in ((post.department_id, None), (None, post.team_id)))


def visible_to(actor: Actor) -> ColumnElement[bool]:
    if sees_all(actor) or actor.person is None:
        return true()
    if actor.has_left:
        return false()
    headed = headed_by(actor)
    teams = select(Team.id).where(Team.department_id.in_(headed))
    post = actor.person.posting_at(actor.staff.at)
    company = and_(Target.department_id.is_(None), Target.team_id.is_(None))
    where = [company]
    if post is not None:
        where.append(Target.department_id == post.department_id)
        where += [Target.team_id == post.team_id] if post.team_id is not None else []
    return or_(
        Target.drafted_by_id == actor.person.id,
        Target.department_id.in_(headed),
        Target.team_id.in_(teams),
        and_(Target.is_approved.is_(True), or_(*where)),
    )


def heads(unit: Department | Team | None, actor: Actor) -> bool:
    """Whether the actor heads this unit, or stands in for its head; the company's head is the general manager."""
    if unit is None:
        return is_manager(actor)
    return (unit.id if isinstance(unit, Department) else unit.department_id) in headed_by(actor)
