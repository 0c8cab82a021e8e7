"""Printing an internal copy of a letter (内部留存件): who may, in which copy, and the number it gets.

Whoever reads a letter may print what they read, and never more. A number is given with the row that tells who and
when, in one transaction, so that it has no gaps. Nothing here makes paper.
"""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import Letter, LetterPrint
from workflow.process import N_, NOT_FOUND, Objection, Refused
from workflow.reading import FULL, Copy, copies_for
from workflow.roles import Actor


def record(session: Session, letter: Letter, *, copy: Copy, language: str, by: Actor, at: datetime) -> LetterPrint:
    """The next copy of the letter, for this reader; the letter is locked until the commit."""
    if copy not in copies_for(letter, by) or by.person is None:
        raise Refused([Objection(NOT_FOUND, N_("There is no such letter."))])
    session.execute(select(Letter.id).where(Letter.id == letter.id).with_for_update())
    last = session.scalar(select(func.max(LetterPrint.number)).where(LetterPrint.letter_id == letter.id)) or 0
    row = LetterPrint(
        letter_id=letter.id, number=last + 1, language=language, copy=copy, printed_at=at, printed_by_id=by.person.id
    )
    session.add(row)
    return row


def printed_by(session: Session, letter: Letter, number: int, by: Actor) -> LetterPrint | None:
    """A copy that this person printed, as long as they may still read what stands in it."""
    row = session.get(LetterPrint, (letter.id, number))
    if row is None or by.person is None or row.printed_by_id != by.person.id:
        return None
    return row if row.copy in copies_for(letter, by) else None


def sees_prints(letter: Letter, actor: Actor) -> bool:
    """Who holds copies is told to those who deal with the letter, not to the person it is about."""
    usual = copies_for(letter, actor)[:1]
    return usual == (FULL,) and not actor.has_left
