"""Whose turn it is: who can answer the running clock of a case, of every process, and who stands in for them."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from models import (
    CallDay,
    Complaint,
    CustomerQuestion,
    HandedCustomers,
    Inspection,
    Penalty,
    Person,
    Plan,
    Publication,
    RankingDue,
    RatingDuty,
    Reward,
    Scorecard,
    WithoutEvents,
)
from workflow import (
    call_turn,
    first_contact,
    inspection_turn,
    letter,
    message,
    penalty_roles,
    plan_roles,
    publication_turn,
    question_turn,
    ranking_turn,
    rating_turn,
    reward_turn,
    scorecard_roles,
)
from workflow.deadline import REINSTATEMENT
from workflow.office import Office
from workflow.process import Step
from workflow.roles import Staff, only, who_takes_heads_steps

Case = Complaint | Penalty | Scorecard | Plan
# What somebody is reminded of: cases, target letters to be signed, rewards to be decided, and what has no events.
Awaited = Case | Publication | Reward | WithoutEvents
# Clocks of a right: whoever may use it need not.
RIGHTS = ("defence", "contest")


def clocks_of(case: Awaited) -> list[str]:
    """The clocks that run: that of the process, and the decision that a regraded dismissal waits for."""
    if isinstance(case, Publication):
        return [publication_turn.CLOCK] if publication_turn.unsigned(case) else []
    if isinstance(case, Reward):
        return [reward_turn.CLOCK] if case.decided_at is None else []
    running = [case.clock] if case.clock is not None else []
    return [*running, REINSTATEMENT] if isinstance(case, Penalty) and case.reinstatement_due_at is not None else running


def due_of(case: Awaited, clock: str) -> datetime | None:
    return case.reinstatement_due_at if clock == REINSTATEMENT and isinstance(case, Penalty) else case.due_at


def duties_of(case: Case, at: datetime) -> list[str]:
    """The clocks that somebody has to answer; while the time for a defence or an appeal runs, nobody has to."""
    return [
        clock for clock in clocks_of(case) if clock not in RIGHTS or (case.due_at is not None and case.due_at <= at)
    ]


def who_must_act(case: Awaited, clock: str, office: Office, at: datetime) -> list[Person]:
    """Everybody who can answer this clock now, each once, with those who stand in for them."""
    delegates = office.staff(at).delegates
    holders = _holders(case, clock, office, at)
    people = {person.id: person for holder in holders for person in (holder, *delegates.get(holder.id, ()))}
    return [person for person in people.values() if message.awaits(case, office.actor(person, at), at)]


def _holders(case: Awaited, clock: str, office: Office, at: datetime) -> list[Person]:
    staff = office.staff(at)
    match case:
        case Complaint():
            return letter.awaited(Step(case, office.system(at), at))
        case Scorecard():
            return scorecard_roles.awaited(case, staff)
        case Plan():
            return plan_roles.awaited(case, staff)
        case Penalty():
            return _of_a_penalty(case, clock, staff, at)
        case _:
            return list(HOLDERS[type(case)](case, staff))


# Of what waits without a process of its own.
HOLDERS: Mapping[type[Any], Callable[[Any, Staff], Sequence[Person]]] = {
    HandedCustomers: first_contact.holders,
    CustomerQuestion: question_turn.holders,
    Inspection: inspection_turn.holders,
    Publication: publication_turn.holders,
    Reward: reward_turn.holders,
    CallDay: call_turn.holders,
    RankingDue: ranking_turn.holders,
    RatingDuty: rating_turn.holders,
}


def _of_a_penalty(penalty: Penalty, clock: str, staff: Staff, at: datetime) -> list[Person]:
    """Once the time for a defence is over, it is the head's turn."""
    if clock == REINSTATEMENT:
        return only(penalty_roles.who_approves(penalty, staff))
    if clock == "defence" and penalty.due_at is not None and penalty.due_at <= at:
        return only(who_takes_heads_steps(penalty, staff))
    return penalty_roles.awaited(penalty, staff)
