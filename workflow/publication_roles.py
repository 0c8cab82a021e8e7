"""Who sees target letters and briefings; as a check and as a query.

The general manager, customer relations, human resources and every head see briefings; a unit's target letter is seen
by the first three, by the unit's head and by whoever leads the team. Nobody else, but to whom a letter is addressed.
"""

from sqlalchemy import ColumnElement, and_, false, or_, select, true

from models import Publication, PublicationKind, Team, TeamLeadership
from workflow import target_roles
from workflow.assessment_roles import headed_by
from workflow.roles import Actor

BRIEFING = PublicationKind.BRIEFING


def may_see(publication: Publication, actor: Actor) -> bool:
    """Whether it exists for this person; the same sentences as `visible_to`."""
    if actor.person is None or target_roles.sees_all(actor):
        return True
    if actor.has_left:
        return False
    headed = headed_by(actor)
    if publication.what is BRIEFING:
        return reads_briefings(actor)
    team = publication.team
    department = team.department_id if team is not None else publication.department_id
    return department in headed or (team is not None and team.id in _leads(actor))


def reads_briefings(actor: Actor) -> bool:
    """Whether briefings exist for this person."""
    if actor.person is None or target_roles.sees_all(actor):
        return True
    return not actor.has_left and bool(headed_by(actor))


def visible_to(actor: Actor) -> ColumnElement[bool]:
    if actor.person is None or target_roles.sees_all(actor):
        return true()
    if actor.has_left:
        return false()
    headed = headed_by(actor)
    teams = select(Team.id).where(Team.department_id.in_(headed))
    of_a_unit = or_(
        Publication.department_id.in_(headed), Publication.team_id.in_(teams), Publication.team_id.in_(_leads(actor))
    )
    seen = and_(Publication.what != BRIEFING, of_a_unit)
    return or_(seen, Publication.what == BRIEFING) if headed else seen


def _leads(actor: Actor) -> list[int]:
    """The teams that the person leads."""
    if actor.person is None:
        return []
    leading = TeamLeadership.held_at(actor.staff.at) & (TeamLeadership.person_id == actor.person.id)
    return list(actor.office.session.scalars(select(TeamLeadership.team_id).where(leading)))
