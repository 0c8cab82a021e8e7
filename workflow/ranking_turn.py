"""A ranking that is to be published (SAL-5) as a matter that waits like a case: whose turn it is, for whom it exists,
how its days are counted.
"""

from collections.abc import Sequence
from datetime import datetime, time

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from models import Department, Person, RankingDue
from workflow import assessment_roles, packs, ranking, ranking_due
from workflow.assessment_books import pack_on
from workflow.limit import Limit
from workflow.office import Office
from workflow.reminder_times import Run
from workflow.roles import Actor, Staff, only

OF_THE_CLOCK = Limit(days=1)


def new(session: Session, at: datetime) -> list[RankingDue]:
    """The rankings that have to be published since a period is over and that are not written down; not kept yet."""
    office = Office(session)
    system, day = office.system(at), office.calendar.day_of(at)
    known = {(row.regulation, row.period) for row in session.scalars(select(RankingDue))}
    departments = {each.slug: each.id for each in session.scalars(select(Department))}
    found = []
    for slug in packs.ASSESSMENTS:
        pack = pack_on(session, slug, day)
        if pack is None or not ranking.is_ranked(pack):
            continue
        for each in ranking_due.waiting(session, pack, system, at):
            if (pack.pack, each.period.name) not in known:
                since = datetime.combine(each.period.next().first_day, time(), office.calendar.zone)
                found.append(RankingDue(
                    regulation=pack.pack, period=each.period.name, owner=pack.owner, since=since, due_at=each.due_at,
                    department_id=departments.get(pack.owner),
                ))  # fmt: skip
    return found


def holders(row: RankingDue, staff: Staff) -> Sequence[Person]:
    """Whose turn it is: that of whoever answers for the regulation."""
    if (role := assessment_roles.ROLES.get(row.owner)) is not None:
        return staff.holders.get(role, ())
    return only(staff.heads.get(row.department_id or 0))


def awaits(row: RankingDue, actor: Actor) -> bool:
    return not row.is_published and assessment_roles.runs(row.owner, actor)


def exists_for(row: RankingDue, actor: Actor) -> bool:
    """Whoever sees all results of the regulation."""
    return actor.person is None or assessment_roles.sees_all(row.owner, actor)


def awaited() -> Select[int, datetime, datetime]:
    """Those that nobody has published, with their beginning and their end."""
    return select(RankingDue.id, RankingDue.since, RankingDue.due_at).where(~RankingDue.is_published)


def mine(actor: Actor) -> list[RankingDue]:
    """Those that wait for this person."""
    waiting = actor.office.session.scalars(select(RankingDue).where(~RankingDue.is_published).order_by(RankingDue.id))
    return [each for each in waiting if awaits(each, actor)]


def run_of(since: datetime, due: datetime, office: Office) -> Run:
    """Days of the clock, from the end of the period."""
    return Run(RankingDue.clock, since, due, due - since, OF_THE_CLOCK, office.calendar)
