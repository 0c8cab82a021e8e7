"""One letter on the screen: the facts of its frozen content, as the reader's copy shows them.

The content is never looked up anew: names and posts are those of the letter's day. Only who has
acknowledged it, and whether it was made void since, is read from today.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from models import Complaint, Letter
from pdf import copies
from web import case_line, case_words, filters, letter_facts, letter_rows
from web.language import is_chinese
from web.letter_facts import Fact, Points
from web.session import actor, me
from workflow import reading, roles

Json = dict[str, Any]


@dataclass(frozen=True)
class Addressee:
    name: str
    post: str
    acknowledged_at: datetime | None
    is_me: bool


@dataclass(frozen=True)
class Reference:
    """The case, or another of its letters; without an address where it is not for this reader."""

    title: str
    number: str
    url: str = ""


@dataclass(frozen=True)
class LetterPage:
    """What the page of one letter prints."""

    row: letter_rows.LetterRow
    case: Reference
    facts: list[Fact]
    texts: list[Fact]
    points: list[Points]
    rules: list[Fact]
    regulation: str
    signed: str
    next: str
    earlier: list[Reference]
    addressees: list[Addressee]
    void_by: Reference | None
    copy: str
    has_customers_copy: bool
    is_mine: bool
    attachments: list[str]


def page_of(letter: Letter, allowed: tuple[reading.Copy, ...]) -> LetterPage:
    content = copies.shown(letter.content, lang="zh" if is_chinese() else "en", copy=allowed[0])
    case, mine = letter.event.complaint, reading.address_of(letter, me())
    return LetterPage(
        row=letter_rows.row_of(letter, mine.acknowledged_at if mine else None),
        case=_case(case),
        facts=letter_facts.facts(content), texts=letter_facts.texts(content), points=letter_facts.points(content),
        rules=letter_facts.rules(content), regulation=letter_facts.regulation(content["regulation"]),
        signed=letter_facts.signed(content), next=letter_facts.following(content["next"]),
        earlier=[_reference(_found(case, ref["number"])) for ref in content["refs"]],
        addressees=_addressees(letter, content), void_by=_void_by(letter),
        copy=allowed[0], has_customers_copy=reading.FOR_CUSTOMER in allowed, is_mine=mine is not None,
        attachments=content["attachments"],
    )  # fmt: skip


# --- to whom, and other letters -----------------------------------------------------------------


def _addressees(letter: Letter, content: Json) -> list[Addressee]:
    """Names and posts as they are printed, with today's acknowledgement."""
    return [
        Addressee(who["name"], who["post"], line.acknowledged_at, line.person_id == me().id)
        for who, line in zip(content["recipients"], letter.recipients, strict=True)
    ]


def _void_by(letter: Letter) -> Reference | None:
    """The certificate that made this complaint form void."""
    if not letter_rows.is_void(letter):
        return None
    issued = [other for event in letter.event.complaint.events for other in event.letters]
    certificates = [other for other in issued if other.kind == "void_certificate"]
    return _reference(certificates[-1]) if certificates else None


def _case(case: Complaint) -> Reference:
    address = case_line.address(case) if roles.may_see(case, actor()) else ""
    return Reference(filters.case(case), case.number, address)


def _found(case: Complaint, number: Json) -> Letter:
    wanted = (number["series"], number["year"], number["seq"])
    issued = (letter for event in case.events for letter in event.letters)
    return next(letter for letter in issued if (letter.series, letter.year, letter.seq) == wanted)


def _reference(letter: Letter) -> Reference:
    may_read = reading.may_read(letter, actor()) is not None
    address = letter_rows.address(letter) if may_read else ""
    return Reference(case_words.letter_title(letter.kind), filters.letter_number(letter), address)
