"""The month (绩效考核): its rules as a table, and the verbs that callers use.

A verb takes the cards of one month, of a department or of everybody, that are ready and within the actor's reach;
it says which are not and why. Nothing happens to a card but through these verbs. Figures and days come from the
pack `performance-pay`.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from models import Department, Scorecard, ScorecardState
from models.scorecard import hold_for_closing
from workflow import scorecard_batch as batch
from workflow.process import Process, Rule, Step
from workflow.record import record_event
from workflow.roles import SYSTEM, Actor
from workflow.scorecard_batch import Results, Scope
from workflow.scorecard_roles import APPROVER, COMPUTER, REVIEWER, VERIFIER
from workflow.scorecard_steps import (
    Adjustment,
    adjusts_beyond_the_bounds,
    close_the_month,
    figures_have_changed,
    gave_no_reason,
    is_a_person,
    is_the_clock,
    note_the_adjustment,
    note_the_payment,
    note_the_score,
    start_the_clock,
)
from workflow.texts import says_too_much, spoken

S = ScorecardState


def conclude(step: Step[Scorecard]) -> None:
    """Start the next clock and seal the event; the letters of all cards are issued together."""
    start_the_clock(step)
    step.event.seal()


SCORECARD: Process[Scorecard] = Process("scorecard", ScorecardState, [
    Rule("PAY-4", "compute", source=(S.OPEN, S.COMPUTED), dest=S.COMPUTED, by=SYSTEM,
         when=is_the_clock, then=(note_the_score,),
         letter="scorecard_draft", clock="review"),
    Rule("PAY-4", "compute", source=(S.OPEN, S.COMPUTED), dest=S.COMPUTED, by=COMPUTER,
         when=is_a_person, then=(note_the_score,),
         letter="scorecard_draft", clock="review"),
    Rule("PAY-4", "review", source=(S.COMPUTED,), dest=S.REVIEWED, by=REVIEWER,
         unless=(figures_have_changed, adjusts_beyond_the_bounds), then=(note_the_adjustment,),
         letter="scorecard_review", clock="verify"),
    Rule("PAY-5", "verify", source=(S.REVIEWED,), dest=S.VERIFIED, by=VERIFIER,
         unless=(figures_have_changed,),
         letter="scorecard_verification", clock="approve"),
    Rule("PAY-5", "return", source=(S.REVIEWED,), dest=S.COMPUTED, by=VERIFIER,
         unless=(gave_no_reason,),
         letter="scorecard_return", clock="review"),
    Rule("PAY-5", "approve", source=(S.VERIFIED,), dest=S.APPROVED, by=APPROVER,
         unless=(figures_have_changed,), then=(close_the_month,),
         letter="scorecard", clock="pay"),
    Rule("PAY-5", "return", source=(S.VERIFIED,), dest=S.REVIEWED, by=APPROVER,
         unless=(gave_no_reason,),
         letter="scorecard_return", clock="verify"),
    Rule("PAY-6", "pay", source=(S.APPROVED,), dest=S.PAID, by=VERIFIER,
         then=(note_the_payment,),
         letter="pay_slip"),
], unless=(says_too_much,), record=record_event, conclude=conclude)  # fmt: skip


def compute(
    session: Session, *, month: str | None, by: Actor, at: datetime, department: Department | None = None
) -> Results:
    """PAY-4: add up the month for everybody who held a post in it; until a card is reviewed, also once more."""
    scope, posts = batch.to_be_computed(session, month, by, at, department)
    return batch.take(SCORECARD, "compute", scope, said={}, chosen={"posts": posts})


def review(
    session: Session, *, month: str | None, by: Actor, at: datetime, department: Department | None = None,
    people: Sequence[int] | None = None, adjustments: Iterable[Adjustment] = (), note: str | None = None,
) -> Results:  # fmt: skip
    """PAY-4: the head reviews and totals, and may adjust a result for a reason (FAIR-1)."""
    scope = batch.of_month(session, month, by, at, department, people)
    found = batch.checked(adjustments)
    results = batch.take(SCORECARD, "review", scope, said=spoken({"note": note}), chosen={"adjustments": found})
    batch.require_adjusted(found, results)
    return results


def verify(
    session: Session, *, month: str | None, by: Actor, at: datetime, department: Department | None = None,
    people: Sequence[int] | None = None, note: str | None = None,
) -> Results:  # fmt: skip
    """PAY-5: human resources verify that the items are true and the figures right."""
    return _take("verify", batch.of_month(session, month, by, at, department, people), {"note": note})


def give_back(
    session: Session, *, month: str | None, by: Actor, at: datetime, department: Department | None = None,
    people: Sequence[int] | None = None, reason: str | None = None,
) -> Results:  # fmt: skip
    """PAY-5: one step back, with the reason: what was reviewed to the head, what was verified to human resources."""
    return _take("return", batch.of_month(session, month, by, at, department, people), {"reason": reason})


def approve(
    session: Session, *, month: str | None, by: Actor, at: datetime, department: Department | None = None,
    people: Sequence[int] | None = None, note: str | None = None,
) -> Results:  # fmt: skip
    """PAY-5: the general manager approves; the month is closed for these people."""
    scope = batch.of_month(session, month, by, at, department, people)
    hold_for_closing(session, scope.month.name)
    return _take("approve", scope, {"note": note})


def pay(
    session: Session, *, month: str | None, by: Actor, at: datetime, department: Department | None = None,
    people: Sequence[int] | None = None,
) -> Results:  # fmt: skip
    """PAY-6: human resources pay out."""
    return _take("pay", batch.of_month(session, month, by, at, department, people), {})


VERBS: dict[str, Callable[..., Results]] = {
    "compute": compute, "review": review, "verify": verify, "return": give_back, "approve": approve, "pay": pay,
}  # fmt: skip


def _take(name: str, scope: Scope, said: dict[str, Any]) -> Results:
    return batch.take(SCORECARD, name, scope, said=spoken(said), chosen={})
