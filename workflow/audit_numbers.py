"""The part of the audit that counts: letters and cases are numbered without gaps, and the count says so."""

from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from models import Complaint, FundRequest, Inspection, Letter, NumberSeries, Penalty, Plan, Reward
from workflow import filing, fund, inspection, plan, proposal, reward
from workflow.audit_letters import letter_name

BATCH = 1_000
Numbered = type[Complaint] | type[Penalty] | type[Plan] | type[Inspection] | type[Reward] | type[FundRequest]
# Cases are numbered by year, each kind in a series of its own: what one and several of them are called.
SERIES_OF: dict[Numbered, tuple[str, str, str]] = {
    Complaint: (filing.CASE_SERIES, "complaint", "complaints"),
    Penalty: (proposal.CASE_SERIES, "penalty", "penalties"),
    Plan: (plan.CASE_SERIES, "plan", "improvement plans"),
    Inspection: (inspection.SERIES, "inspection", "inspections"),
    Reward: (reward.SERIES, "reward", "rewards"),
    FundRequest: (fund.SERIES, "request to the training fund", "requests to the training fund"),
}
Column = InstrumentedAttribute[Any]


def first_missing_letter(session: Session) -> str | None:
    """The first number of a series and year that no letter has, or more than one."""
    if (found := _first_disorder(session, (Letter.series, Letter.year), Letter.seq)) is None:
        return None
    (series, year), seq, why = found
    return f"{letter_name(series, year, seq)} {why}"


def first_missing_case(session: Session) -> str | None:
    """The first number of a year that no case of a kind has, or more than one."""
    for case, (_, name, _) in SERIES_OF.items():
        if (found := _first_disorder(session, (case.year,), case.seq)) is not None:
            (year,), seq, why = found
            return f"{name} {year}-{seq} {why}"
    return None


def _first_disorder(
    session: Session, group: tuple[Column, ...], number: Column
) -> tuple[tuple[Any, ...], int, str] | None:
    """The group, the number and what is wrong with it. Only a group that does not add up is read."""
    count, highest = func.count(number), func.max(number)
    adds_up = (func.min(number) == 1, highest == count, func.count(number.distinct()) == count)
    query = select(*group).group_by(*group).having(or_(*(~part for part in adds_up))).order_by(*group).limit(1)
    if (row := session.execute(query).first()) is None:
        return None
    seq, why = _first_out_of_order(session, group, tuple(row), number)
    return tuple(row), seq, why


def _first_out_of_order(
    session: Session, group: tuple[Column, ...], values: tuple[Any, ...], number: Column
) -> tuple[int, str]:
    same = [column == value for column, value in zip(group, values, strict=True)]
    query = select(number).where(*same).order_by(number).execution_options(yield_per=BATCH)
    due = 1
    with session.scalars(query) as numbers:
        for seq in numbers:
            if seq < due:
                return seq, "is there twice" if seq > 0 else "has a number that is never given"
            if seq > due:
                return due, "is missing"
            due += 1
    raise AssertionError("numbers that do not add up are out of order somewhere")


def first_wrong_count(session: Session) -> str | None:
    """The first series whose count is not the highest number given: the newest may have been removed."""
    given = _highest_given(session)
    kept = {(row.series, row.year): row.last for row in session.scalars(select(NumberSeries))}
    for series, year in sorted(given.keys() | kept.keys()):
        highest, last = given.get((series, year), 0), kept.get((series, year))
        if last != highest:
            count = f"stands at {last}" if last is not None else "is not there"
            return f"the count of {_what(series)} in {year} {count}, but the highest number is {highest}"
    return None


def _highest_given(session: Session) -> dict[tuple[str, int], int]:
    letters = select(Letter.series, Letter.year, func.max(Letter.seq)).group_by(Letter.series, Letter.year)
    given = {(series, year): highest for series, year, highest in session.execute(letters)}
    for case, (series, _, _) in SERIES_OF.items():
        cases = select(case.year, func.max(case.seq)).group_by(case.year)
        given |= {(series, year): highest for year, highest in session.execute(cases)}
    return given


def _what(series: str) -> str:
    cases = {series: names for series, _, names in SERIES_OF.values()}
    return cases.get(series, f"letters ({series})")
