"""Sources whose rows are the system's own records: which source of which regulation is drawn from what.

A record counts into the period in which it came to be, or, where something is asked of it within a time, in which that
time ran out: then it is decided when the period is over. Hours and days are those on the clock; a hundredth that has
begun counts, so that nothing is within a time that it passed by seconds.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    String,
    and_,
    case,
    cast,
    extract,
    func,
    literal,
    null,
    or_,
    select,
    type_coerce,
)
from sqlalchemy.orm import Session

from models import Category, Complaint, ComplaintState, CustomerHandOver, CustomerQuestion, Scorecard, ScorecardState
from workflow.assessment_places import Bounds
from workflow.assessment_source import Source
from workflow.assessment_sql import TIMES, Relation

Column = ColumnElement[Any]
HOUR, DAY = 3600, 86_400
# What was void or taken back was no complaint.
COUNTS = Complaint.state.not_in((ComplaintState.VOIDED, ComplaintState.WITHDRAWN))
IS_RESOLVED = Complaint.state == ComplaintState.RESOLVED


@dataclass(frozen=True)
class Asked:
    """What a source asks of the system's records: its fields, and the period."""

    session: Session
    source: Source
    bounds: Bounds

    def elapsed(self, since: Any, until: Any, unit: int) -> Column:
        """Units on the clock in whole millionths, a begun hundredth in full; empty while `until` is."""
        if self.session.get_bind().dialect.name == "sqlite":
            seconds = cast(func.strftime("%s", until), BigInteger) - cast(func.strftime("%s", since), BigInteger)
        else:
            seconds = cast(func.floor(extract("epoch", until)) - func.floor(extract("epoch", since)), BigInteger)
        hundredth = unit // 100
        return (seconds + (hundredth - 1)).op("/", precedence=TIMES)(literal(hundredth, BigInteger)) * 10_000


Query = Callable[[Asked], Select[Any]]


def drawn(session: Session, regulation: str, name: str, source: Source, bounds: Bounds) -> Relation | None:
    """The system's records as rows of this source; None where the system keeps no such records."""
    query = DRAWN.get((regulation, name))
    if query is None or not _fits(source):
        return None
    rows = query(Asked(session, source, bounds)).subquery("records")
    fields = {key: rows.c[key] for key in source.fields}
    return Relation(
        rows, type_coerce(rows.c.key_, String), rows.c.when_,
        {kind: rows.c[f"{kind}_"] for kind in ("person", "department") if f"{kind}_" in rows.c},
        {key: column for key, column in fields.items() if source.fields[key].is_number},
        {key: column for key, column in fields.items() if not source.fields[key].is_number},
        rows.c.id_.is_not(None), rows.c.id_, kind_of(regulation, name),
    )  # fmt: skip


def kind_of(regulation: str, name: str) -> str:
    """What the records of such a source are: complaint, customer, question or scorecard."""
    return KINDS[DRAWN[regulation, name]]


def _fits(source: Source) -> bool:
    """Causes are the categories of complaints: a company that tells others apart has no records of them."""
    cause = source.fields.get("cause")
    return cause is None or set(cause.choices or ()) <= {category.value for category in Category}


def _complaints(fields: Mapping[str, Any], *, person: Any, department: Any, when: Any, asked: Asked) -> Select[Any]:
    number = cast(Complaint.year, String) + literal("-") + cast(Complaint.seq, String)
    return _rows(fields, Complaint.id, number, when, person_=person, department_=department).where(
        COUNTS, asked.bounds.holds(when)
    )


def _rows(fields: Mapping[str, Any], id_: Any, key: Any, when: Any, **about: Any) -> Select[Any]:
    about_ = [column.label(name) for name, column in about.items()]
    said = [column.label(name) for name, column in fields.items()]
    return select(id_.label("id_"), key.label("key_"), when.label("when_"), *about_, *said)


def _yes(condition: Any) -> Column:
    return case((condition, literal("yes")), else_=literal("no"))


IN_TIME = and_(IS_RESOLVED, Complaint.resolved_at <= Complaint.statutory_due_at)


def severities(asked: Asked) -> Select[Any]:
    """Complaints about a person and their department, by the day on which they were filed."""
    fields = {"severity": type_coerce(Complaint.severity, String)}
    return _complaints(
        fields, person=Complaint.respondent_id, department=Complaint.department_id, when=Complaint.filed_at, asked=asked
    )


def causes(asked: Asked) -> Select[Any]:
    fields = {"cause": type_coerce(Complaint.category, String)}
    return _complaints(
        fields, person=Complaint.respondent_id, department=Complaint.department_id, when=Complaint.filed_at, asked=asked
    )


def recorded(asked: Asked) -> Select[Any]:
    """What the system knows is recorded."""
    fields = {"recorded": literal("yes"), "resolved": _yes(IS_RESOLVED)}
    return _complaints(
        fields, person=Complaint.respondent_id, department=Complaint.department_id, when=Complaint.filed_at, asked=asked
    )


def handled(asked: Asked) -> Select[Any]:
    """Complaints about a department: how soon it took them up, and whether the customer had an outcome in time."""
    fields = {
        "hours": asked.elapsed(Complaint.filed_at, Complaint.handling_since, HOUR), "resolved": _yes(IS_RESOLVED),
        "fed_back_in_time": _yes(IN_TIME),
    }  # fmt: skip
    return _complaints(
        fields, person=Complaint.respondent_id, department=Complaint.department_id,
        when=Complaint.statutory_due_at, asked=asked,
    )  # fmt: skip


def served(asked: Asked) -> Select[Any]:
    """The same complaints for customer relations: whoever keeps the file, until the customer was content or not."""
    fields = {"hours": asked.elapsed(Complaint.filed_at, Complaint.resolved_at, HOUR), "in_time": _yes(IN_TIME)}
    keeper = func.coalesce(Complaint.keeper_id, Complaint.filed_by_id)
    return _complaints(
        fields, person=keeper, department=type_coerce(null(), BigInteger), when=Complaint.statutory_due_at, asked=asked
    )


def hand_overs(asked: Asked) -> Select[Any]:
    """Customers handed over to an adviser (LIFE-3), by the day until which the contact was due; who handed them on
    before has nothing to answer for."""
    days = asked.elapsed(CustomerHandOver.handed_at, CustomerHandOver.contacted_at, DAY)
    customer = CustomerHandOver.customer_id
    key = cast(CustomerHandOver.id, String)
    return _rows({"days": days}, customer, key, CustomerHandOver.due_at, person_=CustomerHandOver.to_id).where(
        asked.bounds.holds(CustomerHandOver.due_at),
        or_(CustomerHandOver.handed_on_at.is_(None), CustomerHandOver.contacted_at.is_not(None)),
    )


def questions(asked: Asked) -> Select[Any]:
    """Customers' questions for whoever is to answer (LIFE-2), by the day until which the answer was due; what was a
    complaint is counted as one."""
    hours = asked.elapsed(CustomerQuestion.asked_at, CustomerQuestion.answered_at, HOUR)
    key, due_at = cast(CustomerQuestion.id, String), CustomerQuestion.due_at
    return _rows({"hours": hours}, CustomerQuestion.id, key, due_at, person_=CustomerQuestion.responsible_id).where(
        asked.bounds.holds(due_at), CustomerQuestion.complaint_id.is_(None)
    )


def scores(asked: Asked) -> Select[Any]:
    """The approved scorecards of the period's months; a score has two decimals and is stored as hundredths."""
    points = type_coerce(Scorecard.score, BigInteger) * 10_000
    first = asked.bounds.start
    last = asked.bounds.end
    months = and_(Scorecard.month >= f"{first:%Y-%m}", Scorecard.month < f"{last:%Y-%m}")
    key = Scorecard.month + literal("/") + cast(Scorecard.person_id, String)
    return _rows(
        {"points": points}, Scorecard.id, key, Scorecard.approved_at,
        person_=Scorecard.person_id, department_=Scorecard.department_id,
    ).where(months, Scorecard.state.in_((ScorecardState.APPROVED, ScorecardState.PAID)))  # fmt: skip


# A source about cases that is not named here has no records in the system: its measures are without data, and say so.
DRAWN: Mapping[tuple[str, str], Query] = {
    ("customer-service-department", "requests"): served,
    ("experience-standards", "requests"): handled,
    ("experience-standards", "complaints"): recorded,
    ("loyalty", "complaints"): severities,
    ("satisfaction-evaluation", "complaints"): causes,
    ("lifecycle-touchpoints", "handovers"): hand_overs,
    ("lifecycle-touchpoints", "questions"): questions,
    ("outbound-satisfaction", "month_score"): scores,
}
KINDS: Mapping[Query, str] = {
    served: "complaint", handled: "complaint", recorded: "complaint", severities: "complaint", causes: "complaint",
    hand_overs: "customer", questions: "question", scores: "scorecard",
}  # fmt: skip
