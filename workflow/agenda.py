"""The deadlines that wait for a person, of every process, as a calendar has them: what is to be done, by when.

Nothing of what a case is about: calendars are kept by programs that are not the company's.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from models import (
    CallDay,
    Complaint,
    CustomerHandOver,
    CustomerQuestion,
    Inspection,
    Penalty,
    Plan,
    Publication,
    Reward,
    Scorecard,
)
from workflow import (
    call_turn,
    deadline,
    inbox,
    inspection_roles,
    inspection_told,
    inspection_turn,
    penalty_waiting,
    publication_turn,
    question_roles,
    ranking_turn,
    rating_turn,
    reward_list,
    reward_turn,
    scorecard_waiting,
)
from workflow.clock_words import (
    CALL_CUSTOMERS,
    DECIDE_A_REWARD,
    PUBLISH_THE_RANKING,
    RATE_COLLEAGUES,
    SIGN_THE_TARGETS,
    task_of,
)
from workflow.roles import Actor
from workflow.waiting import Span

MOST = 500
CUSTOMER, CONTACT = "customer", "contact"


@dataclass(frozen=True)
class Entry:
    """One deadline: `task` says what is to be done, `clock` what runs; `sequence` grows as the case changes."""

    kind: str
    number: str
    clock: str
    task: str
    since: datetime
    due_at: datetime
    sequence: int


def entries(actor: Actor, at: datetime) -> list[Entry]:
    """Everything that waits for the person at this moment, soonest first; at most MOST cases."""
    found = actor.office.session.execute(inbox.soonest(actor, Span(), most=MOST)).all()
    complaints, penalties, plans = (
        [key for of, key in found if of == kind.kind] for kind in (Complaint, Penalty, Plan)
    )
    entries = [*_of_complaints(complaints, actor, at), *_of_penalties(penalties, actor, at), *_of_months(actor)]
    entries += [*_of_plans(plans, actor), *_of_customers(actor), *_of_questions(actor), *_of_inspections(actor)]
    entries += [*_of_target_letters(actor), *_of_rewards(actor), *_of_calls(actor), *_of_rankings(actor)]
    entries += _of_ratings(actor)
    return sorted(entries, key=lambda entry: (entry.due_at, entry.kind, entry.number))


def _of_complaints(ids: list[int], actor: Actor, at: datetime) -> Iterator[Entry]:
    columns = (Complaint.year, Complaint.seq, Complaint.clock, Complaint.clock_started_at, Complaint.due_at)
    query = select(*columns, Complaint.respondent_id, Complaint.version).where(Complaint.id.in_(ids))
    for year, seq, clock, since, due_at, respondent, version in actor.office.session.execute(query):
        assert clock is not None and due_at is not None, "what waits has a deadline"
        if not deadline.has_decided(clock, due_at, at):
            task = task_of(Complaint.kind, clock, is_respondent=_is(actor, respondent))
            yield Entry(Complaint.kind, f"{year}-{seq}", clock, task, since or due_at, due_at, version)


def _of_penalties(ids: list[int], actor: Actor, at: datetime) -> Iterator[Entry]:
    columns = (Penalty.year, Penalty.seq, Penalty.clock, Penalty.clock_started_at, penalty_waiting.DUE_AT)
    query = select(*columns, Penalty.respondent_id, Penalty.version).where(Penalty.id.in_(ids))
    for year, seq, clock, since, due_at, respondent, version in actor.office.session.execute(query):
        if deadline.has_decided(clock, due_at, at):
            continue
        name = clock or deadline.REINSTATEMENT
        task = task_of(Penalty.kind, name, is_respondent=_is(actor, respondent))
        yield Entry(Penalty.kind, f"{year}-{seq}", name, task, since or due_at, due_at, version)


def _of_plans(ids: list[int], actor: Actor) -> Iterator[Entry]:
    """A plan waits until the day of its next measure."""
    columns = (Plan.year, Plan.seq, Plan.clock, Plan.clock_started_at, Plan.due_at, Plan.version)
    for year, seq, clock, since, due_at, version in actor.office.session.execute(
        select(*columns).where(Plan.id.in_(ids))
    ):
        assert clock is not None and due_at is not None, "what waits has a deadline"
        task = task_of(Plan.kind, clock, is_respondent=False)
        yield Entry(Plan.kind, f"{year}-{seq}", clock, task, since or due_at, due_at, version)


def _of_months(actor: Actor) -> Iterator[Entry]:
    """A month waits as a whole, until the soonest deadline of its cards."""
    for month, clock, _state, _count, since, due_at, version in actor.office.session.execute(
        scorecard_waiting.months(actor)
    ):
        assert clock is not None and due_at is not None, "what waits has a deadline"
        task = task_of(Scorecard.kind, clock, is_respondent=False)
        yield Entry(Scorecard.kind, month, clock, task, since or due_at, due_at, version)


def _of_customers(actor: Actor) -> Iterator[Entry]:
    """LIFE-3: those who were handed over together are one entry, until the last of them is contacted."""
    assert actor.person is not None, "the clock has no agenda"
    columns = (CustomerHandOver.handed_at, CustomerHandOver.due_at)
    query = select(*columns).where(CustomerHandOver.to_id == actor.person.id, CustomerHandOver.awaited()).distinct()
    for since, due_at in actor.office.session.execute(query):
        yield Entry(CUSTOMER, f"{since:%Y%m%dT%H%M%S%f}", CONTACT, CONTACT, since, due_at, 0)


def _of_questions(actor: Actor) -> Iterator[Entry]:
    """LIFE-2: whose answer is awaited from the person."""
    columns = (CustomerQuestion.id, CustomerQuestion.asked_at, CustomerQuestion.due_at)
    found = select(*columns).where(question_roles.waits_for(actor)).order_by(CustomerQuestion.due_at).limit(MOST)
    kind = CustomerQuestion.kind
    for key, since, due_at in actor.office.session.execute(found):
        task = task_of(kind, CustomerQuestion.clock, is_respondent=False)
        yield Entry(kind, str(key), CustomerQuestion.clock, task, since, due_at, 0)


def _of_inspections(actor: Actor) -> Iterator[Entry]:
    """MS-1: those to carry out, on their day; those begun, until their result is to be published."""
    found = select(Inspection).where(inspection_roles.waits_for(actor)).order_by(Inspection.planned_on).limit(MOST)
    for each in actor.office.session.scalars(found):
        assert each.clock is not None, "what waits is open"
        task, since = inspection_told.task_of(each), each.begun_at or each.planned_at
        due_at = inspection_turn.due_of(each, actor.office)
        yield Entry(Inspection.kind, each.number, each.clock, task, since, due_at, each.version)


def _of_target_letters(actor: Actor) -> Iterator[Entry]:
    """LIFE-1: those that wait for the person's own signature."""
    for key, issued_at in actor.office.session.execute(publication_turn.mine(actor)):
        task, due_at = SIGN_THE_TARGETS, publication_turn.run_of(issued_at, actor.office).due
        yield Entry(Publication.kind, str(key), publication_turn.CLOCK, task, issued_at, due_at, 0)


def _of_rewards(actor: Actor) -> Iterator[Entry]:
    """Those that the person has to decide."""
    for each in reward_list.waiting(actor.office.session, actor)[:MOST]:
        due_at = reward_turn.run_of(each.proposed_at, actor.office).due
        yield Entry(
            Reward.kind, each.number, reward_turn.CLOCK, DECIDE_A_REWARD, each.proposed_at, due_at, each.version
        )


def _of_calls(actor: Actor) -> Iterator[Entry]:
    """OB-2: call-backs are one entry, until the time of the oldest."""
    if (found := call_turn.call_backs(actor)) is not None:
        since, due_at = found
        yield Entry(CallDay.kind, "call-backs", CallDay.clock, CALL_CUSTOMERS, since, due_at, 0)


def _of_rankings(actor: Actor) -> Iterator[Entry]:
    """SAL-5: those that the person has to publish."""
    for each in ranking_turn.mine(actor):
        task = PUBLISH_THE_RANKING
        yield Entry(each.kind, f"{each.regulation}-{each.period}", each.clock, task, each.since, each.due_at, 0)


def _of_ratings(actor: Actor) -> Iterator[Entry]:
    """FAIR-1: whom the person has to rate, a round as one entry."""
    for each in rating_turn.mine(actor):
        yield Entry(each.kind, str(each.id), each.clock, RATE_COLLEAGUES, each.since, each.due_at, 0)


def _is(actor: Actor, person_id: int | None) -> bool:
    return actor.person is not None and actor.person.id == person_id
