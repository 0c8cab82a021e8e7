"""What stands in the way of a scorecard's steps, and what follows from them. Guards read and never write."""

from dataclasses import dataclass
from decimal import Decimal

from models import Person, Scorecard
from workflow import performance_pay
from workflow.performance_pay import ONE, Reckoning
from workflow.process import INVALID, MOVED_ON, N_, Objection, Step
from workflow.scorecard_books import Account, Books, Post
from workflow.scorecard_month import Month
from workflow.texts import needs

CardStep = Step[Scorecard]

gave_no_reason = needs("reason", N_("Give a reason; it is printed in the letter."))


@dataclass(frozen=True)
class Adjustment:
    """A head's correction of one result for special circumstances (FAIR-1); `name` is what the caller gave."""

    name: str
    person: Person | None
    factor: Decimal | None
    reason: str | None


# --- what stands in the way


def figures_have_changed(step: CardStep) -> Objection | None:
    """Points that became final, or were taken back, after the computing: what is signed must be what counts."""
    now, card = account_of(step).score, step.subject
    if now == card.score:
        return None
    return Objection(
        MOVED_ON, N_("The score has changed from %(old)s to %(new)s since it was computed. Compute it again first."),
        old=f"{card.score:.2f}", new=f"{now:.2f}",
    )  # fmt: skip


def adjusts_beyond_the_bounds(step: CardStep) -> Objection | None:
    adjustment = adjustment_of(step)
    bounds = performance_pay.pack_of(step.subject.regulation_version).adjustment
    if adjustment is None or adjustment.factor is None or bounds.lowest <= adjustment.factor <= bounds.highest:
        return None
    return Objection(
        INVALID, N_("The factor for %(name)s must lie between %(lowest)s and %(highest)s."), field="adjustments",
        name=step.subject.person.name, lowest=f"{bounds.lowest:.2f}", highest=f"{bounds.highest:.2f}",
    )  # fmt: skip


# --- what follows


def note_the_score(step: CardStep) -> None:
    """PAY-1: the score of the month and the base of the post held last in it."""
    card, post = step.subject, _post_of(step)
    card.department_id, card.base, card.score = post.department_id, post.base, account_of(step).score
    card.factor, card.factor_reason = ONE, None
    card.computed_at, card.pay = step.at, reckoning_of(card).pay
    step.event.said = {**step.event.said, "score": f"{card.score:.2f}", "base_fen": card.base, "pay_fen": card.pay}


def note_the_adjustment(step: CardStep) -> None:
    """FAIR-1: the head's factor with its reason; 1.00 where none is given."""
    card, adjustment = step.subject, adjustment_of(step)
    card.factor = adjustment.factor if adjustment is not None and adjustment.factor is not None else ONE
    card.factor_reason = adjustment.reason if adjustment is not None else None
    card.pay = reckoning_of(card).pay
    step.event.said = {**step.event.said, "factor": f"{card.factor:.2f}", "pay_fen": card.pay}
    if card.factor_reason is not None:
        step.event.said |= {"factor_reason": card.factor_reason}


def close_the_month(step: CardStep) -> None:
    """PAY-5: what is posted or reversed from now on counts in the first open month."""
    step.subject.approved_at = step.at
    step.actor.office.month_has_closed(step.subject.month)


def note_the_payment(step: CardStep) -> None:
    step.subject.paid_at = step.at


def start_the_clock(step: CardStep) -> None:
    """PAY-4, PAY-6: the day of the following month by which the next step is due; it reminds and never decides."""
    card, clock = step.subject, step.rule.clock
    card.clock, card.clock_started_at = clock, step.at if clock else None
    month, pack = month_of(step), performance_pay.pack_of(card.regulation_version)
    due = {None: None, "review": month.reviewed_until(pack)}
    card.due_at = due.get(clock, month.paid_until(pack))


# --- what a step of a batch knows


def account_of(step: CardStep) -> Account:
    books: Books = step.chosen["books"]
    return books.of(step.subject.person_id)


def month_of(step: CardStep) -> Month:
    month: Month = step.chosen["month"]
    return month


def adjustment_of(step: CardStep) -> Adjustment | None:
    adjustments: dict[int, Adjustment] = step.chosen.get("adjustments", {})
    return adjustments.get(step.subject.person_id)


def _post_of(step: CardStep) -> Post:
    posts: dict[int, Post] = step.chosen["posts"]
    return posts[step.subject.person_id]


def reckoning_of(card: Scorecard) -> Reckoning:
    """What the card pays, by the version of the regulation that it keeps."""
    pack = performance_pay.pack_of(card.regulation_version)
    return performance_pay.reckon(pack, base=card.base, score=card.score, factor=card.factor)


def is_the_clock(step: CardStep) -> bool:
    return step.actor.is_system


def is_a_person(step: CardStep) -> bool:
    return not step.actor.is_system
