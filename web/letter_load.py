"""A letter by its place in addresses, with everything that its page and the question who may read it ask for."""

import re
from typing import Any

from flask import abort
from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload, selectinload, undefer

from models import (
    Complaint,
    Event,
    Letter,
    LetterPrint,
    LetterRecipient,
    LetterService,
    Penalty,
    Publication,
    Reward,
    Scorecard,
    Team,
)
from web.session import actor, db
from workflow import reading

KEY = re.compile(r"(?P<series>[a-z]{1,24})-(?P<year>[0-9]{4})-(?P<seq>[0-9]{1,9})")


def readable(key: str) -> tuple[Letter, tuple[reading.Copy, ...]]:
    """The letter and the copies in which this person may read it, or 404."""
    letter = db().scalars(by_key(key).options(*for_reading())).unique().one_or_none()
    allowed = reading.copies_for(letter, actor()) if letter is not None else ()
    if letter is None or not allowed:
        abort(404)
    return letter, allowed


def by_key(key: str) -> Select[Letter]:
    parts = KEY.fullmatch(key)
    if parts is None:
        abort(404)
    return select(Letter).where(
        Letter.series == parts["series"], Letter.year == int(parts["year"]), Letter.seq == int(parts["seq"])
    )


def for_reading() -> tuple[Any, ...]:
    """Sight asks for every event of the case; the page for its other letters and how each was served."""
    letters = selectinload(Event.letters).options(selectinload(Letter.recipients), selectinload(Letter.services))
    event = joinedload(Letter.event).options(
        joinedload(Event.complaint).selectinload(Complaint.events).options(letters),
        joinedload(Event.penalty).options(
            joinedload(Penalty.respondent), joinedload(Penalty.leader), joinedload(Penalty.complaint),
            selectinload(Penalty.events).options(letters),
        ),
        joinedload(Event.scorecard).options(
            joinedload(Scorecard.person), selectinload(Scorecard.events).options(letters)
        ),
        joinedload(Event.payday),
        joinedload(Event.reward).options(joinedload(Reward.person), selectinload(Reward.events).options(letters)),
        joinedload(Event.publication).options(
            joinedload(Publication.department), joinedload(Publication.team).joinedload(Team.department),
            selectinload(Publication.events).options(letters),
        ),
    )  # fmt: skip
    return (
        event,
        selectinload(Letter.recipients).joinedload(LetterRecipient.person),
        selectinload(Letter.services).options(joinedload(LetterService.recorded_by), selectinload(LetterService.files)),
        selectinload(Letter.prints).joinedload(LetterPrint.printed_by),
        undefer(Letter.content),
    )
