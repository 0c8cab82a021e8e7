"""Earlier complaints of the same customer or vehicle: shown when one is taken down, never a hindrance."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import defer

from models import Complaint
from workflow.complaint_reach import other_than_own, reach_of
from workflow.roles import Actor
from workflow.texts import digits, plate

PERIOD = timedelta(days=90)
# With the third complaint in the period a higher severity should be considered.
MANY = 2
SHOWN = 5
# Shorter ones are still being typed, or are no number of a customer's own.
FEWEST_DIGITS, SHORTEST_PLATE = 7, 5


@dataclass(frozen=True)
class Repeats:
    """The earlier complaints, newest first, and how many of them are recent."""

    complaints: list[Complaint]
    recent: int
    by_phone: bool

    @property
    def are_many(self) -> bool:
        return self.recent >= MANY


def earlier(phone: str | None, vehicle: str | None, *, by: Actor, at: datetime) -> Repeats:
    """What this reader may know of earlier complaints under this number or of this vehicle."""
    number, key = digits(phone), plate(vehicle)
    same = [
        *([Complaint.phone_digits == number] if number and len(number) >= FEWEST_DIGITS else []),
        *([Complaint.vehicle_key == key] if key and len(key) >= SHORTEST_PLATE else []),
    ]
    if not same or by.person is None:
        return Repeats([], 0, by_phone=False)
    query = (
        select(Complaint)
        .where(or_(*same), reach_of(by).filter, other_than_own(by.person.id))
        .order_by(Complaint.filed_at.desc(), Complaint.id.desc())
        .options(defer(Complaint.search_text))
        .limit(100)
    )
    found = list(by.office.session.scalars(query))
    recent = sum(complaint.filed_at > at - PERIOD for complaint in found)
    return Repeats(found[:SHOWN], recent, by_phone=any(complaint.phone_digits == number for complaint in found))


def said(phone: str | None, vehicle: str | None, *, by: Actor, at: datetime) -> dict[str, list[str]]:
    """The case numbers of earlier complaints, for the event and the form; {} when there are none."""
    found = earlier(phone, vehicle, by=by, at=at).complaints
    return {"repeat_of": [complaint.number for complaint in found]} if found else {}
