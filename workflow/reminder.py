"""Reminders: whoever must act is told once part of the time is gone, at the deadline, and then every day; the longer it
takes, the higher up. Nothing is decided here and no state is touched: only `lapse` acts when a time is over.

What is due is computed from the clock as it runs now. A clock that stands reminds of nothing; a deadline that was moved
moves its reminders. After an outage there is one reminder of the present level, not all that were missed. What was sent
is kept, and each reminder of a run once: the case is held while it is written, and the database admits no second.
"""

import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload, selectinload

from models import (
    CustomerQuestion,
    HandedCustomers,
    Inspection,
    Notice,
    Occasion,
    Part,
    Person,
    Plan,
    Publication,
    RankingDue,
    RatingDuty,
    Reminder,
    ReminderRecipient,
    Reward,
    Scorecard,
    WithoutEvents,
    is_away,
    plan_parts,
)
from workflow import clock_watch, message, publication, reminder_times
from workflow.clock_watch import Note
from workflow.office import Office
from workflow.reminder_figures import figures_of
from workflow.reminder_times import Call, Run
from workflow.superiors import Gap, Level, Superiors, vacant_posts
from workflow.turn import Awaited, who_must_act

logger = logging.getLogger("gongdao.reminders")

COLUMNS = {
    "complaint": Reminder.complaint_id, "penalty": Reminder.penalty_id, "scorecard": Reminder.scorecard_id,
    "customers": Reminder.customers_id,
    "plan": Reminder.plan_id, "question": Reminder.question_id, "inspection": Reminder.inspection_id,
    "publication": Reminder.publication_id, "calls": Reminder.calls_id, "reward": Reminder.reward_id,
    "ranking": Reminder.ranking_id, "rating": Reminder.rating_id,
}  # fmt: skip


@dataclass
class Round:
    """What one look at many cases of a kind shares.

    `told`: who has a notice of a month's cards already; `failed`: what could not be written, by the case.
    """

    session: Session
    at: datetime
    office: Office
    superiors: Superiors
    reminders: dict[int, list[Reminder]]
    notes: list[Note] = field(default_factory=list)
    told: dict[tuple[Any, ...], set[int]] = field(default_factory=dict)
    failed: dict[int, Exception] = field(default_factory=dict)


def remind(
    session: Session, kind: str, ids: Sequence[int], at: datetime, *, failed: dict[int, Exception] | None = None
) -> list[Reminder]:
    """Write the reminders that these cases ask for, and note when each is to be looked at next. The caller commits.

    A case in which somebody acts at this moment is left to the next minute. One that cannot be written down stops
    no other; why, is put into `failed`.
    """
    cases = list(session.scalars(_held(kind, ids)).unique())
    office = Office(session)
    shared = Round(
        session, at, office, Superiors(office, at), _reminders_of(session, kind, cases),
        failed=failed if failed is not None else {},
    )  # fmt: skip
    found = [reminder for case in cases for reminder in _look(shared, case)]
    clock_watch.keep(session, shared.notes)
    return found


def write(session: Session, case: Awaited, run: Run, call: Call, at: datetime) -> Reminder:
    """One reminder of what is looked at once and not by the minute. The caller commits."""
    office = Office(session)
    return _write(Round(session, at, office, Superiors(office, at), {}), case, run, call, [])


def _held(kind: str, ids: Sequence[int]) -> Select[Any]:
    """The cases with what the questions about them need. Cards and rewards are waited for: their people are told once
    of many."""
    for without in (HandedCustomers, CustomerQuestion, Inspection, RankingDue, RatingDuty):
        if kind == without.kind:
            return _locked(without.whole(), without, ids)
    if kind == Publication.kind:
        return _locked(publication.with_letters(), Publication, ids)
    if kind == Reward.kind:
        return _locked(select(Reward).options(*Reward.for_a_step()), Reward, ids)
    of_kind = next(each for each in clock_watch.CLOCKS if each.kind == kind)
    person = {Scorecard: "person", Plan: "owner"}.get(of_kind, "respondent")
    options = (
        joinedload(of_kind.regulation_version), joinedload(getattr(of_kind, person)).joinedload(Person.postings),
        joinedload(of_kind.department), selectinload(of_kind.events), *(plan_parts() if of_kind is Plan else ()),
    )  # fmt: skip
    return _locked(select(of_kind).options(*options), of_kind, ids)


def _locked(query: Select[Any], of_kind: type[Any], ids: Sequence[int]) -> Select[Any]:
    found = query.where(of_kind.id.in_(ids)).order_by(of_kind.id)
    held = found.with_for_update(of=of_kind, skip_locked=of_kind not in (Scorecard, Reward))
    return held.execution_options(populate_existing=True)


def _reminders_of(session: Session, kind: str, cases: Iterable[Awaited]) -> dict[int, list[Reminder]]:
    column = COLUMNS[kind]
    query = select(column, Reminder).where(column.in_([case.id for case in cases])).order_by(Reminder.id)
    found: dict[int, list[Reminder]] = {}
    for key, reminder in session.execute(query):
        found.setdefault(int(key or 0), []).append(reminder)
    return found


def _look(shared: Round, case: Awaited) -> list[Reminder]:
    try:
        with shared.session.begin_nested():
            runs = clock_watch.runs_of(case, shared.office)
            found = [reminder for run in runs if (reminder := _reminded(shared, case, run)) is not None]
            shared.session.flush()
    except Exception as error:
        if is_away(error):
            raise
        logger.exception("%s %s could not be reminded of", case.kind, case.number)
        shared.told.clear()
        shared.failed[case.id] = error
        return []
    shared.notes += [_note(shared, case, run) for run in runs]
    return found


def _note(shared: Round, case: Awaited, run: Run) -> Note:
    look_at = reminder_times.next_call(run, figures_of(shared.office.company), shared.at)
    return clock_watch.note_of(case.kind, case.id, run, look_at)


def _reminded(shared: Round, case: Awaited, run: Run) -> Reminder | None:
    """The reminder that the clock asks for now, if it does."""
    figures = figures_of(shared.office.company)
    earlier = [each for each in shared.reminders.get(case.id, ()) if _is_of(each, run)]
    call = reminder_times.called_for(run, figures, shared.at, earlier[-1] if earlier else None)
    return _write(shared, case, run, call, earlier) if call is not None else None


def _is_of(reminder: Reminder, run: Run) -> bool:
    return (reminder.clock, reminder.clock_started_at) == (run.clock, run.since)


# --- writing one down


def _write(shared: Round, case: Awaited, run: Run, call: Call, earlier: Sequence[Reminder]) -> Reminder:
    acting = who_must_act(case, run.clock, shared.office, shared.at)
    levels = _levels_above(shared, case, acting)[: call.levels]
    gaps = [*_vacant(shared, case, run, call, acting), *_of(Gap, levels)]
    new = [gap for gap in map(Gap.as_json, gaps) if not any(gap in each.gaps for each in earlier)]
    reminder = Reminder(
        clock=run.clock, clock_started_at=run.since, due_at=run.due, occasion=call.occasion, fell_due_at=call.moment,
        at=shared.at, gaps=new, recipients=[], **{f"{case.kind}_id": case.id},
    )  # fmt: skip
    shared.session.add(reminder)
    superiors = _of(Person, levels)
    _tell(shared, case, reminder, Part.ACTS, acting)
    _tell(shared, case, reminder, Part.SUPERIOR, [*superiors, *_standing_in(shared, case, superiors)])
    _tell(shared, case, reminder, Part.ADMINISTRATOR, shared.superiors.administrators if new else [])
    return reminder


def _levels_above(shared: Round, case: Awaited, acting: Sequence[Person]) -> list[Level]:
    def sees(person: Person) -> bool:
        return message.exists_for(case, shared.office.actor(person, shared.at))

    return shared.superiors.above(acting, case.respondent_id, sees)


def _of(kind: type[Any], levels: Iterable[Level]) -> list[Any]:
    return [rung for level in levels for rung in level if isinstance(rung, kind)]


def _vacant(shared: Round, case: Awaited, run: Run, call: Call, acting: Sequence[Person]) -> list[Gap]:
    """The vacant posts that would have to act: told at once where nobody can, else with the deadline."""
    if acting and call.occasion is Occasion.HALF:
        return []
    return vacant_posts(case, run.clock, shared.office.staff(shared.at), is_anybody=bool(acting))


def _standing_in(shared: Round, case: Awaited, superiors: Iterable[Person]) -> Iterator[Person]:
    """Who stands in for a superior is told as well, unless the case is about them or does not exist for them."""
    for superior in superiors:
        for deputy in shared.office.staff(shared.at).delegates.get(superior.id, ()):
            if deputy.id != case.respondent_id and message.exists_for(case, shared.office.actor(deputy, shared.at)):
                yield deputy


# --- telling


def _tell(shared: Round, case: Awaited, reminder: Reminder, part: Part, people: Iterable[Person]) -> None:
    """Everybody once, for the first reason; of cards or rewards that wait alike each has one notice for each reason."""
    known, about = _told_already(shared, case, reminder, part), _about(case)
    told = {recipient.person_id for recipient in reminder.recipients}
    for person in {person.id: person for person in people if person.id not in told}.values():
        position = len(reminder.recipients)
        reminder.recipients.append(ReminderRecipient(person=person, person_id=person.id, part=part, position=position))
        if person.id not in known:
            known.add(person.id)
            shared.session.add(Notice(**about, person=person, person_id=person.id, reminder=reminder))


def _about(case: Awaited) -> dict[str, int]:
    """What a notice hangs on: the step that brought the case where it waits."""
    if isinstance(case, Inspection):
        return {"inspection_act_id": case.acts[-1].id}
    if isinstance(case, Publication):
        return {"event_id": case.events[-1].id}
    if isinstance(case, WithoutEvents):
        return {f"{case.kind}_id": case.id}
    event = next((each for each in reversed(case.events) if each.from_state != each.to_state), case.events[-1])
    return {"event_id": event.id}


def _told_already(shared: Round, case: Awaited, reminder: Reminder, part: Part) -> set[int]:
    """Of a month's cards and of rewards that were proposed at once each is told once."""
    if isinstance(case, Scorecard):
        together, ids = case.month, select(Scorecard.id).where(Scorecard.month == case.month)
    elif isinstance(case, Reward):
        together, ids = f"{case.proposed_at}", select(Reward.id).where(Reward.proposed_at == case.proposed_at)
    else:
        return set()
    key = (case.kind, together, reminder.clock, reminder.occasion, reminder.fell_due_at, part)
    if key not in shared.told:
        query = select(Notice.person_id).join(Notice.reminder).join(Reminder.recipients)
        theirs = (ReminderRecipient.person_id == Notice.person_id, ReminderRecipient.part == part)
        alike = (Reminder.clock == reminder.clock, Reminder.occasion == reminder.occasion,
                 Reminder.fell_due_at == reminder.fell_due_at)  # fmt: skip
        found = query.where(*theirs, *alike, COLUMNS[case.kind].in_(ids))
        shared.told[key] = set(shared.session.scalars(found))
    return shared.told[key]
