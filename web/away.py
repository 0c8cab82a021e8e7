"""Who acts for me while I am away, and for whom I act: said at the foot of the inbox."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from models import Deputation
from web.session import actor, db, me, now

AN_INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True)
class Absence:
    """From the first to the last day, by whom."""

    deputy: str
    first: datetime
    last: datetime


def absences() -> list[Absence]:
    """My delegations that run or are to come; a standing deputy is no absence."""
    mine = (
        select(Deputation)
        .where(Deputation.principal_id == me().id, Deputation.is_standing.is_(False), Deputation.until > now())
        .order_by(Deputation.since)
    )
    return [Absence(d.deputy.name, d.since, (d.until or d.since) - AN_INSTANT) for d in db().scalars(mine)]


def principals() -> list[str]:
    """For whom the person logged in acts at this moment, beside themselves."""
    return [person.name for person in actor().staff.principals_of(me()) if person.id != me().id]
