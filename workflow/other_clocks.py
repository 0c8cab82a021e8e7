"""The clocks of what waits without a process of its own: customers who were handed over, questions, inspections, target
letters, rewards, rankings, colleagues to rate. What `clock_watch` asks of each kind stands here.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, or_
from sqlalchemy.orm import Session

from models import (
    CallDay,
    ClockWatch,
    CustomerHandOver,
    CustomerQuestion,
    Event,
    HandedCustomers,
    Inspection,
    Letter,
    Publication,
    RankingDue,
    RatingDuty,
    Reward,
    WithoutEvents,
)
from workflow import (
    first_contact,
    inspection_turn,
    publication_turn,
    question_turn,
    ranking_turn,
    rating_turn,
    reward_turn,
)
from workflow.office import Office
from workflow.reminder_times import Run

INSPECTION_CLOCKS = (inspection_turn.VISIT, inspection_turn.PUBLISH)


def unwatched(session: Session, office: Office, at: datetime) -> Iterator[tuple[str, int, Run]]:
    """What no note leaves alone until later, by kind and id, with the run of its clock.

    Contacts are found from those that are awaited: the hand-overs that were completed long ago are many.
    """
    batch, question, visit = HandedCustomers, CustomerQuestion, Inspection
    contacts = _unnoted(first_contact.awaited(), batch, batch.clock, batch.handed_at, batch.due_at, at)
    for key, since, due in session.execute(contacts):
        yield batch.kind, key, first_contact.run_of(since, due, office)
    questions = _unnoted(question_turn.awaited(), question, question.clock, question.asked_at, question.due_at, at)
    for key, since, due in session.execute(questions):
        yield question.kind, key, question_turn.run_of(since, due, office)
    results = _unnoted(inspection_turn.awaited(), visit, inspection_turn.PUBLISH, visit.begun_at, visit.due_at, at)
    for key, since, due in session.execute(results):
        assert since is not None and due is not None, "what has begun is due"
        yield visit.kind, key, inspection_turn.run_of(since, due, office)
    come = inspection_turn.awaited_visits(office.calendar.day_of(at))
    for key, planned_at, day in session.execute(_unnoted(come, visit, inspection_turn.VISIT, None, None, at)):
        yield visit.kind, key, inspection_turn.visit_of(planned_at, day, office)
    yield from _unwatched_of_staff(session, office, at)


def _unwatched_of_staff(session: Session, office: Office, at: datetime) -> Iterator[tuple[str, int, Run]]:
    """The same of what has to do with targets, results and ratings."""
    letters = publication_turn.awaited(office, at)
    unsigned = _unnoted(letters, Publication, publication_turn.CLOCK, Letter.issued_at, None, at)
    for key, issued_at in session.execute(unsigned):
        yield Publication.kind, key, publication_turn.run_of(issued_at, office)
    rewards = _unnoted(reward_turn.awaited(), Reward, reward_turn.CLOCK, Reward.proposed_at, None, at)
    for key, proposed_at in session.execute(rewards):
        yield Reward.kind, key, reward_turn.run_of(proposed_at, office)
    of = RankingDue
    for key, since, due in session.execute(_unnoted(ranking_turn.awaited(), of, of.clock, of.since, of.due_at, at)):
        yield of.kind, key, ranking_turn.run_of(since, due, office)
    duty = RatingDuty
    ratings = _unnoted(rating_turn.awaited(at), duty, duty.clock, duty.since, duty.due_at, at)
    for key, since, due in session.execute(ratings):
        yield duty.kind, key, rating_turn.run_of(since, due, office)


def _unnoted(awaited: Select[*tuple[Any, ...]], kind: type[Any], clock: str, since: Any, due: Any, at: datetime) -> Any:
    """Of these the runs without a note that fits and says later. A beginning or an end that is computed from the
    calendar is asked of no note: when the calendar changes all notes go."""
    fits = [ClockWatch.started_at == since] if since is not None else []
    fits += [ClockWatch.due_at == due] if due is not None else []
    named = (ClockWatch.kind == kind.kind, ClockWatch.case_id == kind.id, ClockWatch.clock == clock)
    is_time = or_(ClockWatch.case_id.is_(None), ClockWatch.look_at <= at)
    return awaited.outerjoin(ClockWatch, and_(*named, *fits)).where(is_time).order_by(kind.id)


def run_of(case: WithoutEvents | Publication | Reward, office: Office) -> Run | None:
    """The run of what waits, if it still does; of an inspection its day, and once it has begun its week."""
    match case:
        case HandedCustomers():
            return first_contact.run_of(case.handed_at, case.due_at, office) if case.waiting else None
        case CustomerQuestion():
            return question_turn.run_of(case.asked_at, case.due_at, office) if case.is_awaited else None
        case Publication():
            issued_at = publication_turn.letter_of(case).issued_at
            return publication_turn.run_of(issued_at, office) if publication_turn.unsigned(case) else None
        case RankingDue():
            return ranking_turn.run_of(case.since, case.due_at, office) if not case.is_published else None
        case RatingDuty():
            goes_on = case.done_on is None and case.round.closed_at is None
            return rating_turn.run_of(case.since, case.due_at, office) if goes_on else None
        case Reward():
            return reward_turn.run_of(case.proposed_at, office) if case.decided_at is None else None
        case Inspection():
            return _run_of_an_inspection(case, office)
    assert isinstance(case, CallDay), "the calls of a day are told once"
    return None


def _run_of_an_inspection(inspection: Inspection, office: Office) -> Run | None:
    if not inspection.is_open:
        return None
    since, due = inspection.begun_at, inspection.due_at
    if since is None or due is None:
        return inspection_turn.visit_of(inspection.planned_at, inspection.planned_on, office)
    return inspection_turn.run_of(since, due, office)


def running() -> dict[str, ColumnElement[bool]]:
    """By kind, whether the clock of a note still runs."""
    return {
        HandedCustomers.kind: exists().where(
            CustomerHandOver.batch_id == ClockWatch.case_id, CustomerHandOver.awaited()
        ),
        CustomerQuestion.kind: exists().where(CustomerQuestion.id == ClockWatch.case_id, CustomerQuestion.awaited()),
        Inspection.kind: exists().where(
            Inspection.id == ClockWatch.case_id,
            or_(*((ClockWatch.clock == clock) & inspection_turn.waits_by(clock) for clock in INSPECTION_CLOCKS)),
        ),
        RankingDue.kind: exists().where(RankingDue.id == ClockWatch.case_id, ~RankingDue.is_published),
        RatingDuty.kind: exists().where(RatingDuty.id == ClockWatch.case_id, rating_turn.goes_on()),
        Reward.kind: exists().where(Reward.id == ClockWatch.case_id, reward_turn.is_awaited()),
        Publication.kind: exists().where(
            Publication.id == ClockWatch.case_id,
            Event.publication_id == Publication.id,
            Letter.event_id == Event.id,
            publication_turn.is_awaited(""),
        ),
    }
