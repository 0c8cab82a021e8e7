"""Ratings are given by whoever was asked, each once and for good: figures and words, or why one cannot judge.

What is given becomes a row that says on which side the rater stands and not who it was: it bears the moment at which
the round was opened, a random key and nobody's name. Of the rater only the day is kept on which they gave.
"""

import secrets
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from models import RatingAsked, RatingDuty, RatingGiven
from workflow import assessment_books as books
from workflow import rating_rounds, survey_form
from workflow.assessment_entry import RowRefused
from workflow.assessment_pack import pack_of
from workflow.assessment_records import beside
from workflow.assessment_source import Source
from workflow.people import wrong_length
from workflow.process import MOVED_ON, N_, NOT_FOUND, Objection, Refused, refuse
from workflow.roles import Actor
from workflow.survey_form import Given
from workflow.texts import clean

LONGEST_REASON = 500


def source_of(duty: RatingDuty) -> Source:
    """What is asked, as it was when the round was opened."""
    return pack_of(duty.round.regulation_version).sources[duty.round.source]


def asked_of(session: Session, key: int, by: Actor) -> RatingAsked:
    """What this person was asked; for everybody else there is none. Raises Refused."""
    found = session.scalars(select(RatingAsked).where(RatingAsked.id == key)).first()
    if found is None or by.person is None or by.has_left or found.rater_id != by.person.id:
        raise Refused([Objection(NOT_FOUND, N_("There is no such rating to give."))])
    return _one_of(_duty(session, found.duty_id, is_held=False), key)


def locked(session: Session, key: int, by: Actor) -> RatingAsked:
    """The same, held against a second rating by the same person and against the end of the round."""
    duty = asked_of(session, key, by).duty
    rating_rounds.locked(session, duty.round_id, to_give=True)
    return _one_of(_duty(session, duty.id, is_held=True), key)


def _duty(session: Session, key: int, *, is_held: bool) -> RatingDuty:
    query = RatingDuty.whole().where(RatingDuty.id == key).execution_options(populate_existing=True)
    return session.scalars(query.with_for_update(of=RatingDuty) if is_held else query).unique().one()


def _one_of(duty: RatingDuty, key: int) -> RatingAsked:
    found = next(each for each in duty.asked if each.id == key)
    # Whom else the rater is asked about is read from there.
    set_committed_value(found, "duty", duty)
    return found


def why_over(asked: RatingAsked, at: datetime) -> Objection | None:
    """Why no rating is taken (any more)."""
    if asked.given_on is not None:
        return Objection(MOVED_ON, N_("You have rated this colleague already; a rating is not changed."))
    if not asked.duty.round.takes_at(at):
        return Objection(MOVED_ON, N_("This round is closed."))
    if asked.person.has_left_at(at):
        return Objection(MOVED_ON, N_("This colleague has left; nobody is asked about them any more."))
    return None


def give(session: Session, asked: RatingAsked, given: Given, *, by: Actor, at: datetime) -> None:
    """Figures and words about one colleague. Refused names every question that is wrong."""
    refuse(why_over(asked, at))
    round_, source, key = asked.duty.round, source_of(asked.duty), secrets.token_hex(16)
    pack = pack_of(round_.regulation_version)
    rows = survey_form.rows(round_.source, source, {}, given, key, rater=asked.rated_as)
    entries = [books.Entry(asked.person, round_.counts_on, row) for row in rows]
    try:
        posted = books.post(session, pack, round_.source, entries, at=round_.opened_at, by=None)
    except RowRefused as refused:
        raise Refused([beside(refused)]) from None
    said = {name: text for name, typed in given.comments.items() if (text := clean(typed))}
    session.add_all(
        RatingGiven(row=row, round=round_, rated_as=asked.rated_as, comments=said, words=clean(given.words) or "")
        for row in posted
    )
    _done(session, asked, by, at)


def cannot_judge(session: Session, asked: RatingAsked, reason: str, *, by: Actor, at: datetime) -> None:
    """It counts as given, and there is no row; the reason is read by whoever runs the regulation."""
    reason = clean(reason) or ""
    refuse(why_over(asked, at), wrong_length("reason", reason, LONGEST_REASON, N_("Say why you cannot judge.")))
    asked.unable = reason
    _done(session, asked, by, at)


def _done(session: Session, asked: RatingAsked, by: Actor, at: datetime) -> None:
    asked.given_on = by.office.calendar.day_of(at)
    duty = asked.duty
    if all(each.given_on is not None or each.person.has_left_at(at) for each in duty.asked):
        duty.done_on = asked.given_on
    session.flush()
