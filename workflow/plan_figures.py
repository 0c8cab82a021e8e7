"""How long improvement plans are given and watched: the company's own figures."""

from datetime import date, datetime, time, timedelta
from typing import Annotated

from pydantic import Field

from models import Company
from workflow.limit import Strict
from workflow.working_days import WorkingDays

SETTING = "improvement"
# The most of each figure; the least is 1.
MOST = {"returns_days": 730, "work_days": 365, "verify_days": 90, "tell_days": 90}


class Figures(Strict):
    """Calendar days: in which a problem counts as having returned, and those that a plan has whose report names no
    day. Working days: to verify what was done, and to tell the customers."""

    returns_days: Annotated[int, Field(ge=1, le=MOST["returns_days"])] = 90
    work_days: Annotated[int, Field(ge=1, le=MOST["work_days"])] = 30
    verify_days: Annotated[int, Field(ge=1, le=MOST["verify_days"])] = 5
    tell_days: Annotated[int, Field(ge=1, le=MOST["tell_days"])] = 5


def figures_of(company: Company) -> Figures:
    """The company's figures; those of the product where it has set none."""
    return Figures.model_validate(company.settings.get(SETTING, {}))


def end_of(day: date, calendar: WorkingDays) -> datetime:
    """The last minute of this day in company time: what is due on a day may be done all day."""
    return datetime.combine(day, time(23, 59), calendar.zone)


def over_after(verified_at: datetime, days: int, calendar: WorkingDays) -> datetime:
    """The moment from which on a problem that shows up again counts as a new one: the day after the last of them."""
    last = calendar.day_of(verified_at) + timedelta(days=days)
    return datetime.combine(last + timedelta(days=1), time(), calendar.zone)
