"""From what somebody typed to the complaints meant, and never to one that the reader may not find.

A respondent from whom the customer is hidden finds their own cases by number and by the words that
they may read. Phone numbers answer only to those who call customers.
"""

import re
import unicodedata

from sqlalchemy import ColumnElement, and_, false, or_, select, union
from sqlalchemy.orm import load_only

from models import Complaint, Event, Letter, Role
from models.search import matching
from workflow import veil
from workflow.complaint_reach import Reach, named, other_than_own, reach_of
from workflow.letter import SERIES
from workflow.roles import Actor
from workflow.search import query_pieces
from workflow.texts import digits

LONGEST = 100
MOST_VEILED = 1_000
FEWEST_DIGITS = 3
# What is read of a case to know whether the text stands where its reader may read it.
READ = (
    Complaint.year, Complaint.seq, Complaint.description, Complaint.demand, Complaint.customer_name,
    Complaint.customer_phone, Complaint.phone_digits, Complaint.vehicle,
)  # fmt: skip
CASE = re.compile(r"(?:客诉|complaint|case)?\s*(\d{4})-(\d{1,9})", re.ASCII | re.IGNORECASE)
LETTER = re.compile(r"(?:客诉)?\s*[〔\[(【](\d{4})[〕\])】]\s*(\d{1,9})\s*号?", re.ASCII)
NUMBER = re.compile(r"[\d\s+()-]+")


def case_named(text: str, actor: Actor) -> Complaint | None:
    """The one case that a case number or a letter's number names, if it exists for the reader."""
    if (found := CASE.fullmatch(_typed(text))) is not None:
        query = Complaint.by_number(f"{found[1]}-{found[2]}")
    elif (found := LETTER.fullmatch(_typed(text))) is not None:
        letter = and_(Letter.series == SERIES, Letter.year == int(found[1]), Letter.seq == int(found[2]))
        events = select(Letter.event_id).where(letter)
        query = select(Complaint).where(Complaint.id.in_(select(Event.complaint_id).where(Event.id.in_(events))))
    else:
        return None
    return actor.office.session.scalars(query.where(reach_of(actor).filter)).one_or_none()


def containing(text: str, actor: Actor, reach: Reach) -> ColumnElement[bool]:
    """The complaints in which `text` is found by this reader; to be joined with their reach."""
    if CASE.fullmatch(typed := _typed(text)) or LETTER.fullmatch(typed):
        return false()  # such a number names one case or none
    found, phone = _in_words(typed, actor), _by_phone(typed, actor)
    if phone is not None:
        # One set of numbers: joined by OR, neither index would be used.
        found = Complaint.id.in_(union(*(select(Complaint.id).where(way) for way in (found, phone))))
    if actor.person is None or actor.office.company.shows_customer_to_respondent:
        return found
    if reach.is_about_oneself:
        return named(_in_readable_words(typed, actor, reach.condition))
    own = _in_readable_words(typed, actor, Complaint.respondent_id == actor.person.id)
    others = and_(found, other_than_own(actor.person.id))
    return or_(others, named(own)) if own else others


def _typed(text: str) -> str:
    return unicodedata.normalize("NFKC", text[:LONGEST]).strip()


def _in_words(text: str, actor: Actor) -> ColumnElement[bool]:
    pieces = query_pieces(text)
    if not pieces:
        return false()
    dialect = actor.office.session.get_bind().dialect.name
    return and_(matching(pieces, dialect=dialect))


def _by_phone(text: str, actor: Actor) -> ColumnElement[bool] | None:
    number = digits(text) if NUMBER.fullmatch(text) else None
    if number is None or len(number) < FEWEST_DIGITS or Role.CUSTOMER_RELATIONS not in actor.roles:
        return None
    return _begins_with(number)


def _begins_with(number: str) -> ColumnElement[bool]:
    """A range of the index, which LIKE is not in either database; 199 ends before 2."""
    stem = number.rstrip("9")
    if not stem:
        return Complaint.phone_digits >= number
    end = f"{stem[:-1]}{int(stem[-1]) + 1}"
    return and_(Complaint.phone_digits >= number, Complaint.phone_digits < end)


def _in_readable_words(text: str, actor: Actor, among: ColumnElement[bool]) -> list[int]:
    """The cases in which the number or the words without the customer contain the text."""
    pieces = query_pieces(text)
    if not pieces:
        return []
    candidates = select(Complaint).where(among, _in_words(text, actor)).options(load_only(*READ))
    latest = candidates.order_by(Complaint.id.desc()).limit(MOST_VEILED)
    return [
        complaint.id
        for complaint in actor.office.session.scalars(latest)
        if all(piece in _readable(complaint) for piece in pieces)
    ]


def _readable(complaint: Complaint) -> str:
    words = veil.hidden(f"{complaint.description}\n{complaint.demand or ''}", complaint, customer="")
    return unicodedata.normalize("NFKC", f"{complaint.number} {words}").casefold()
