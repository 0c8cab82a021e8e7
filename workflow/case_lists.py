"""The lists beside what waits: cases in which somebody acted, or a deputy for them (已办), that they started (我发起),
and letters of which they got a copy (抄送). What does not exist for them any more is in no list and in no count.

In pieces, each in the order of an index: however many cases there are, only as many rows are read as are shown or
counted. A letter stays its reader's whatever becomes of the case; a copy is a letter that went to somebody for their
information: it is about somebody else, and others are its addressees.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, false, func, or_, select, union_all
from sqlalchemy.orm import InstrumentedAttribute, aliased

from models import (
    Complaint,
    Event,
    Letter,
    LetterRecipient,
    Payday,
    Penalty,
    Person,
    Plan,
    Publication,
    Reward,
    Scorecard,
)
from workflow import (
    penalty_list,
    penalty_roles,
    plan_list,
    plan_roles,
    publication_roles,
    reward_roles,
    scorecard_roles,
    sight,
)
from workflow.complaint_list import COUNTED
from workflow.complaint_reach import reach_of
from workflow.complaint_search import case_named, containing
from workflow.penalty_search import letter_named
from workflow.roles import Actor

Condition = ColumnElement[bool]
Column = InstrumentedAttribute[int | None]

KINDS: dict[str, Any] = {
    Event.complaint_id.key: Complaint,
    Event.penalty_id.key: Penalty,
    Event.scorecard_id.key: Scorecard,
    Event.payday_id.key: Payday,
    Event.plan_id.key: Plan,
    Event.reward_id.key: Reward,
    Event.publication_id.key: Publication,
}
# The steps with which somebody begins something, by the case that they are steps of.
STARTS: Sequence[tuple[Column, str]] = (
    (Event.complaint_id, "file"),
    (Event.complaint_id, "appeal"),
    (Event.penalty_id, "propose"),
    (Event.penalty_id, "appeal"),
    (Event.plan_id, "open"),
    (Event.reward_id, "propose"),
)


def done(actor: Actor, text: str = "") -> list[Select[int]]:
    """The latest act in each case by the person or for them, newest first; on scorecards it is one for each month."""
    person = _owner(actor)
    return [
        *(
            _newest_first(_acts(person, of, by).where(_is_the_latest_done(person, of), _exists_for(of, actor, text)))
            for of in (
                Event.complaint_id,
                Event.penalty_id,
                Event.payday_id,
                Event.plan_id,
                Event.reward_id,
                Event.publication_id,
            )
            for by in (Event.actor_id, Event.acting_for_id)
        ),
        _in_months(actor, text),
    ]


def started(actor: Actor, text: str = "") -> list[Select[int]]:
    """What the person filed or proposed and where they appealed, the newest start first."""
    person = _owner(actor)
    return [
        _newest_first(
            _acts(person, of).where(
                Event.action == action, _is_the_latest(person, of, *_actions(of)), _exists_for(of, actor, text)
            )
        )
        for of, action in STARTS
    ]


def copied(actor: Actor, text: str = "") -> list[Select[int]]:
    """The letters of which the person got a copy, newest first."""
    mine = select(LetterRecipient.letter_id.label("id")).where(
        LetterRecipient.person_id == _owner(actor).id, LetterRecipient.copied
    )
    if text:
        mine = mine.join(Letter, Letter.id == LetterRecipient.letter_id).join(Event, Event.id == Letter.event_id)
        mine = mine.where(_letters_about(text, actor))
    return [mine.order_by(LetterRecipient.letter_id.desc())]


def page_of(pieces: Sequence[Select[int]], *, skip: int, most: int) -> Select[int]:
    """The ids of one page of a list, newest first."""
    found = _together(pieces, most=skip + most).subquery()
    return select(found.c.id).order_by(found.c.id.desc()).offset(skip).limit(most)


def count_of(pieces: Sequence[Select[int]]) -> Select[int]:
    """How many there are; counting stops at a thousand."""
    return select(func.count()).select_from(_together(pieces, most=COUNTED).limit(COUNTED).subquery())


def _together(pieces: Sequence[Select[int]], *, most: int) -> Any:
    cut = [piece.limit(most).subquery() for piece in pieces]
    return union_all(*(select(piece.c.id) for piece in cut)) if len(cut) > 1 else select(cut[0].c.id)


# --- the pieces


def _owner(actor: Actor) -> Person:
    assert actor.person is not None, "the clock has no lists"
    return actor.person


def _acts(person: Person, of: Column, by: Column = Event.actor_id) -> Select[int]:
    """The person's acts, or a deputy's for them, in cases of one kind; the case is joined, to be asked whether it
    exists for them."""
    query = select(Event.id.label("id")).where(by == person.id, of.is_not(None), *_outside(of, Event))
    return query.join(KINDS[of.key], KINDS[of.key].id == of)


def _newest_first(query: Select[int]) -> Select[int]:
    return query.order_by(Event.id.desc())


def _is_the_latest_done(person: Person, of: Column) -> Condition:
    """Whether neither the person nor a deputy for them did anything in the same case afterwards."""
    return and_(_is_the_latest(person, of), _is_the_latest(person, of, by=Event.acting_for_id))


def _is_the_latest(person: Person, of: Column, *actions: str, by: Column = Event.actor_id) -> Condition:
    """Whether the person did nothing (or none of these) in the same case afterwards."""
    later = aliased(Event)
    same = getattr(later, of.key) == of
    # With nothing hung on, SQLite may look through all the person's later acts of that name instead of the few in the
    # case: which of two indexes it takes is chance, as old as the file.
    among = (later.action.concat("").in_(actions),) if actions else ()
    after = (getattr(later, by.key) == person.id, same, later.id > Event.id, *_outside(of, later), *among)
    return ~exists().where(*after).correlate(Event)


def _outside(of: Column, event: Any) -> list[Condition]:
    """Said of the few acts in other cases, so that an index leads past all those in complaints."""
    return [] if of is Event.complaint_id else [event.complaint_id.is_(None)]


def _actions(of: Column) -> list[str]:
    return [action for column, action in STARTS if column is of]


def _in_months(actor: Actor, text: str) -> Select[int]:
    """The latest act on the scorecards of each month: a month has as many cards as the company has people."""
    latest, me = func.max(Event.id), _owner(actor).id
    mine = (
        select(latest.label("id"))
        .join(Scorecard, Scorecard.id == Event.scorecard_id)
        .where(
            or_(Event.actor_id == me, Event.acting_for_id == me),
            Event.scorecard_id.is_not(None),
            *_outside(Event.scorecard_id, Event),
        )
    )
    seen = _exists_for(Event.scorecard_id, actor, text)
    return mine.where(seen).group_by(Scorecard.month).order_by(latest.desc())


def _exists_for(of: Column, actor: Actor, text: str) -> Condition:
    """Whether the case, joined to the act, exists for the person and holds what they look for."""
    kind = KINDS[of.key]
    if kind is Complaint:
        return and_(sight.row_visible_to(actor), *_words(_complaints_with, text, actor))
    if kind is Penalty:
        return and_(penalty_roles.visible_to(actor), *_words(_penalties_with, text, actor))
    if kind is Scorecard:
        return and_(scorecard_roles.visible_to(actor), *_words(_cards_with, text, actor))
    if kind is Plan:
        return and_(plan_roles.visible_to(actor), *_words(plan_list.containing, text, actor))
    if kind is Reward:
        return and_(reward_roles.visible_to(actor), *_words(_rewards_with, text, actor))
    if kind is Publication:
        seen = publication_roles.visible_to(actor)
        return and_(seen, *([Publication.period.contains(text, autoescape=True)] if text else ()))
    # That a month was paid is no secret.
    return and_(Payday.id.is_not(None), *([Payday.month.contains(text, autoescape=True)] if text else ()))


# --- what is looked for


def _words(find: Any, text: str, actor: Actor) -> tuple[Condition, ...]:
    return (find(text, actor),) if text else ()


def _complaints_with(text: str, actor: Actor) -> Condition:
    if (case := case_named(text, actor)) is not None:
        return Complaint.id == case.id
    return containing(text, actor, reach_of(actor))


def _penalties_with(text: str, actor: Actor) -> Condition:
    if (case := penalty_list.named(text, actor)) is not None:
        return Penalty.id == case.id
    return penalty_list.containing(text, actor)


def _cards_with(text: str, _actor: Actor) -> Condition:
    named = select(Person.id).where(Person.name.contains(text, autoescape=True))
    return or_(Scorecard.month.contains(text, autoescape=True), Scorecard.person_id.in_(named))


def _rewards_with(text: str, _actor: Actor) -> Condition:
    named = select(Person.id).where(Person.name.contains(text, autoescape=True))
    return or_(
        Reward.reason.contains(text, autoescape=True), Reward.reason_en.contains(text, autoescape=True),
        Reward.person_id.in_(named),
    )  # fmt: skip


def _letters_about(text: str, actor: Actor) -> Condition:
    """By the number of the letter, or by what is found of its case where that exists for the person."""
    letter = letter_named(text, actor)
    cases = [
        of.in_(select(KINDS[of.key].id).where(_exists_for(of, actor, text)))
        for of in (Event.complaint_id, Event.penalty_id, Event.scorecard_id, Event.reward_id)
    ]
    return or_(Letter.id == letter.id if letter is not None else false(), *cases)
