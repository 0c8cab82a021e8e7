"""The months whose scorecards the system computes, on their day or once it was missed (PAY-4)."""

from collections.abc import Collection, Iterator
from datetime import datetime
from itertools import takewhile
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import RegulationVersion, Scorecard
from workflow import performance_pay, regulation, scorecard, scorecard_books
from workflow.deadline import Due
from workflow.office import Office, month_after
from workflow.performance_pay import PERFORMANCE_PAY
from workflow.scorecard_month import Month
from workflow.scorecard_steps import CardStep


def due(session: Session, at: datetime) -> Iterator[Due]:
    """The months that somebody has no card of yet although their day has come, in order.

    A month counts from the first version of the regulation on. Before the latest one that has cards, only whole
    departments are found missing: who was entered later with an earlier day gets no cards of long ago.
    """
    first = performance_pay.first_in_force(session)
    if first is None:
        return
    latest = session.scalar(select(func.max(Scorecard.month))) or ""
    for month in _months_since(first, Office(session).calendar.zone):
        if month.ends > at:
            break
        moment = month.computed_at(_pack(session, month))
        if moment <= at and scorecard_books.without_card(session, month, only_whole_departments=month.name < latest):
            yield Due(Scorecard.kind, _key(month), moment, "compute")


def not_computed(session: Session, before: Month, departments: Collection[int] | None) -> list[str]:
    """The earlier months of which some of these departments, or of all, have people and no card at all."""
    first = performance_pay.first_in_force(session)
    if first is None:
        return []
    earlier = takewhile(lambda month: month.name < before.name, _months_since(first, before.zone))
    return [month.name for month in earlier if _lacks_a_department(session, month, departments)]


def _lacks_a_department(session: Session, month: Month, among: Collection[int] | None) -> bool:
    return scorecard_books.without_card(session, month, only_whole_departments=True, among=among)


def _months_since(first: RegulationVersion, zone: ZoneInfo) -> Iterator[Month]:
    name = f"{first.in_force_from:%Y-%m}"
    while True:
        yield Month(name, zone)
        name = month_after(name)


def _pack(session: Session, month: Month) -> performance_pay.PerformancePay:
    return performance_pay.pack_of(regulation.in_force(session, PERFORMANCE_PAY, month.last_day))


def take(session: Session, of: Due) -> CardStep | None:
    """Compute the month as the system, at the moment it fell due; None if somebody has done it meanwhile."""
    if of not in due(session, of.moment):
        return None
    office = Office(session)
    results = scorecard.compute(session, month=_name(of.case_id), by=office.system(of.moment), at=of.moment)
    return results.first


def _key(month: Month) -> int:
    """A month has no row of its own; its number stands for it: 202603."""
    return int(month.name.replace("-", ""))


def _name(key: int) -> str:
    return f"{key // 100}-{key % 100:02}"
