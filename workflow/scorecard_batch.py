"""One act on many scorecards of a month: those that are ready are taken, hundreds at a time; the others are told.

Everything happens in the caller's transaction. Where nothing at all can be taken, the act is refused.
"""

import gc
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Company, Department, RegulationVersion, Role, Scorecard, ScorecardState
from workflow import regulation, scorecard_books, scorecard_letter, scorecard_notice
from workflow.performance_pay import ONE, PERFORMANCE_PAY, ZERO
from workflow.process import FORBIDDEN, INVALID, MOVED_ON, N_, NOT_FOUND, TOO_EARLY, Objection, Process, Refused, Step
from workflow.regulation import PackRefused
from workflow.roles import Actor
from workflow.scorecard_books import Books, Post, batches
from workflow.scorecard_month import Month, month_named
from workflow.scorecard_roles import acts_on_months, visible_to
from workflow.scorecard_steps import Adjustment, CardStep
from workflow.texts import clean

LAST = {MOVED_ON: 1, FORBIDDEN: 2}
HIGHEST, CENT = Decimal(2), Decimal("0.01")


@dataclass(frozen=True)
class Left:
    """A card that could not be taken, and why."""

    card: Scorecard
    objections: tuple[Objection, ...]


@dataclass
class Results:
    """What became of every card of the scope."""

    taken: list[CardStep] = field(default_factory=list)
    left: list[Left] = field(default_factory=list)
    told: set[int] = field(default_factory=set)

    @property
    def first(self) -> CardStep:
        """The act as one step: the first card's, which brought about the others'."""
        step, *others = self.taken
        step.brought = list(others)
        return step


@dataclass(frozen=True)
class Scope:
    """Whose cards of which month are meant, who acts on them and when."""

    session: Session
    month: Month
    by: Actor
    at: datetime
    ids: Sequence[int]


def of_month(
    session: Session, name: str | None, by: Actor, at: datetime,
    department: Department | None, people: Sequence[int] | None,
) -> Scope:  # fmt: skip
    """The cards that exist for the actor; Refused where there is none."""
    if not acts_on_months(by):
        raise Refused([_is_for_others()])
    month = month_named(name, by.office)
    query = select(Scorecard.id).where(Scorecard.month == month.name)
    if department is not None:
        query = query.where(Scorecard.department_id == department.id)
    if people is not None:
        query = query.where(Scorecard.person_id.in_(list(people)))
    ids = session.scalars(query.where(visible_to(by)).order_by(Scorecard.id)).all()
    if not ids:
        raise Refused([_why_there_is_none(session, month, at, is_hidden=session.scalar(query.limit(1)) is not None)])
    if people is not None and len(ids) < len(set(people)):
        raise Refused([_not_found()])
    return Scope(session, month, by, at, ids)


def _is_for_others() -> Objection:
    return Objection(FORBIDDEN, N_("Only heads, human resources and the general manager act on these scorecards."))


def _why_there_is_none(session: Session, month: Month, at: datetime, *, is_hidden: bool) -> Objection:
    if is_hidden:
        return _is_for_others()
    if at < month.ends:
        return _is_not_over(month)
    if _has_cards(session, month):
        return _not_found()
    return Objection(TOO_EARLY, N_("The scorecards of %(month)s have not been computed yet."), month=month.name)


def _has_cards(session: Session, month: Month) -> bool:
    return session.scalar(select(Scorecard.id).where(Scorecard.month == month.name).limit(1)) is not None


def _not_found() -> Objection:
    return Objection(NOT_FOUND, N_("There is no such scorecard."))


def _is_not_over(month: Month) -> Objection:
    return Objection(
        TOO_EARLY, N_("%(month)s is not over; its scorecards are computed after %(day)s."), field="month",
        month=month.name, day=month.last_day,
    )  # fmt: skip


def to_be_computed(
    session: Session, name: str | None, by: Actor, at: datetime, department: Department | None
) -> tuple[Scope, dict[int, Post]]:
    """The cards of everybody who held a post in the month, those that are not there yet made now."""
    month = month_named(name, by.office)
    if not by.is_system and (Role.HUMAN_RESOURCES not in by.roles or by.has_left):
        raise Refused([Objection(FORBIDDEN, N_("Only human resources compute scorecards before the system does."))])
    if at < month.ends:
        raise Refused([_is_not_over(month)])
    version = _version_for(session, month)
    # Of two runs at once the second waits, and then finds the first one's cards.
    session.execute(select(Company.id).with_for_update())
    posts = {post.person_id: post for post in scorecard_books.posts_in(session, month)}
    ids = dict(session.execute(select(Scorecard.person_id, Scorecard.id).where(Scorecard.month == month.name)).all())
    wanted = [post for post in posts.values() if department is None or post.department_id == department.id]
    if by.is_system:
        wanted = [post for post in wanted if post.person_id not in ids]
    new = [_card(post, month, version) for post in wanted if post.person_id not in ids]
    session.add_all(new)
    session.flush()
    ids |= {card.person_id: card.id for card in new}
    if not wanted:
        raise Refused([_nobody_is_left(month, by)])
    return Scope(session, month, by, at, [ids[post.person_id] for post in wanted]), posts


def _nobody_is_left(month: Month, by: Actor) -> Objection:
    if by.is_system:
        return Objection(MOVED_ON, N_("Everybody has a scorecard of %(month)s already."), month=month.name)
    return Objection(INVALID, N_("Nobody had a post there in %(month)s."), field="department", month=month.name)


def _version_for(session: Session, month: Month) -> RegulationVersion:
    try:
        return regulation.in_force(session, PERFORMANCE_PAY, month.last_day)
    except PackRefused:
        why = N_("No regulation on performance pay was in force in %(month)s; it has to be put in force first.")
        raise Refused([Objection(INVALID, why, field="month", month=month.name)]) from None


def _card(post: Post, month: Month, version: RegulationVersion) -> Scorecard:
    return Scorecard(
        month=month.name, state=ScorecardState.OPEN, person_id=post.person_id, department_id=post.department_id,
        base=post.base, score=ZERO, factor=ONE, pay=0, regulation_version_id=version.id,
    )  # fmt: skip


def take(
    process: Process[Scorecard], name: str, scope: Scope, *, said: Mapping[str, Any], chosen: Mapping[str, Any]
) -> Results:
    """Take the step with every card that is ready; Refused when none is."""
    results = Results()
    with _no_search_for_cycles():
        for ids in batches(scope.ids):
            _take_some(process, name, scope, ids, said, chosen, results)
    if not results.taken:
        # What is wrong with the input comes first, and last that a card is somebody else's to decide.
        raise Refused(min(results.left, key=lambda left: LAST.get(left.objections[0].code, 0)).objections)
    return results


@contextmanager
def _no_search_for_cycles() -> Iterator[None]:
    """All that is written lives until the commit. Looking through it for garbage over and over would make the
    time grow faster than the people."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _take_some(
    process: Process[Scorecard], name: str, scope: Scope, ids: Sequence[int],
    said: Mapping[str, Any], chosen: Mapping[str, Any], results: Results,
) -> None:  # fmt: skip
    cards, taken = scorecard_books.locked(scope.session, ids), list[CardStep]()
    shared = {**chosen, "month": scope.month,
              "books": Books(scope.session, scope.month, [card.person_id for card in cards])}  # fmt: skip
    for card in cards:
        step = Step(card, scope.by, scope.at, said=dict(said), chosen=shared)
        try:
            taken.append(process.take(name, step))
        except Refused as refusal:
            results.left.append(Left(card, refusal.objections))
    scorecard_letter.issue(taken)
    scorecard_notice.announce(taken, results.told)
    scope.session.flush()
    for step in taken:
        # What is stored need not be kept in mind: the next hundreds need the room.
        scope.session.expire(step.event.letters[-1], ["content"])
    results.taken += taken


def checked(adjustments: Iterable[Adjustment]) -> dict[int, Adjustment]:
    """The adjustments by person; Refused for what makes no sense whatever the cards say (FAIR-1)."""
    found: dict[int, Adjustment] = {}
    for given in adjustments:
        if given.person is None:
            raise _wrong(N_("Nobody is called %(name)s."), given.name)
        if given.person.id in found:
            raise _wrong(N_("%(name)s is adjusted twice."), given.name)
        found[given.person.id] = _sound(given)
    return found


def _sound(given: Adjustment) -> Adjustment:
    reason = clean(given.reason)
    if given.factor is None or not given.factor.is_finite():
        raise _wrong(N_("Give the factor for %(name)s as a number, such as 1.10."), given.name)
    if not 0 <= given.factor <= HIGHEST:
        raise _wrong(N_("The factor for %(name)s must lie between 0.00 and 2.00."), given.name)
    if given.factor != given.factor.quantize(CENT):
        raise _wrong(N_("The factor for %(name)s has more than two decimals."), given.name)
    if reason is None and given.factor != ONE:
        raise _wrong(N_("Give the reason for adjusting %(name)s; it is printed in the letter."), given.name)
    return Adjustment(given.name, given.person, given.factor, reason)


def _wrong(sentence: str, name: str) -> Refused:
    return Refused([Objection(INVALID, sentence, field="adjustments", name=name)])


def require_adjusted(adjustments: Mapping[int, Adjustment], results: Results) -> None:
    """An adjustment that nothing came of is an error, never left out in silence."""
    taken = {step.subject.person_id for step in results.taken}
    for person_id, given in adjustments.items():
        if person_id in taken:
            continue
        left = next((left for left in results.left if left.card.person_id == person_id), None)
        if left is not None:
            raise Refused(left.objections)
        raise _wrong(N_("%(name)s has no scorecard among these."), given.name)
