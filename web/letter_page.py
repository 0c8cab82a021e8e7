"""One letter on the screen: the facts of its frozen content, as the reader's copy shows them.

The content is never looked up anew: names and posts are those of the letter's day. Only who has
acknowledged it, and whether it was made void since, is read from today.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flask_babel import gettext as _

from models import Letter, LetterRecipient
from pdf import copies
from web import (
    case_line,
    case_sight,
    case_words,
    filters,
    form,
    letter_facts,
    letter_penalty,
    letter_rows,
    letter_service,
    uploads,
)
from web.language import is_chinese
from web.letter_facts import Points
from web.letter_values import Fact, Money
from web.moment import moment
from web.session import actor, me
from workflow import printing, reading, service

Json = dict[str, Any]


@dataclass(frozen=True)
class Addressee:
    """Somebody it is addressed to: acknowledged, served in another way, or still open."""

    name: str
    post: str
    acknowledged_at: datetime | None
    is_me: bool
    served: list[str] = field(default_factory=list)
    proof: letter_service.Proof | None = None

    @property
    def sign(self) -> str:
        if self.acknowledged_at is not None:
            return "check2"
        return "box-seam" if self.served else "envelope"


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
    money: list[Money]
    moves_points: bool
    service: letter_service.ServiceForm | None
    prints: list[str]

    @property
    def accepted(self) -> str:
        """For the browser's file chooser."""
        return uploads.ACCEPTED

    @property
    def copy_note(self) -> str:
        """What the reader's copy leaves out."""
        if self.copy == reading.FOR_LEADER:
            return _("Your copy tells only your own part.")
        return _("Your copy does not name the customer.") if self.copy == reading.WITHOUT_CUSTOMER else ""


def page_of(
    letter: Letter, allowed: tuple[reading.Copy, ...], *, wrong: form.Wrong | None = None,
    proof: letter_service.ProofForm | None = None,
) -> LetterPage:  # fmt: skip
    content = copies.shown(letter.content, lang="zh" if is_chinese() else "en", copy=allowed[0])
    mine = reading.address_of(letter, me())
    return LetterPage(
        row=letter_rows.row(letter, mine.acknowledged_at if mine else None),
        case=_case(letter),
        facts=letter_facts.facts(content), texts=letter_facts.texts(content), points=letter_facts.points(content),
        rules=letter_facts.rules(content), regulation=letter_facts.regulation(content["regulation"]),
        signed=letter_facts.signed(content), next=letter_facts.following(content),
        earlier=_earlier(letter, content["refs"]),
        addressees=_addressees(letter, content), void_by=_void_by(letter),
        copy=allowed[0], has_customers_copy=reading.FOR_CUSTOMER in allowed, is_mine=mine is not None,
        attachments=content["attachments"],
        moves_points=letter.event.complaint is not None or bool(content["entries"]),
        money=letter_penalty.money(content), service=letter_service.offered(letter, wrong, proof),
        prints=_prints(letter),
    )  # fmt: skip


# --- to whom, and other letters -----------------------------------------------------------------


def _addressees(letter: Letter, content: Json) -> list[Addressee]:
    """Names and posts as they are printed, with how the letter has reached each until today."""
    return [
        Addressee(
            who["name"],
            who["post"],
            line.acknowledged_at,
            line.person_id == me().id,
            _served(letter, line),
            letter_service.proof_of(letter, line.person),
        )
        for who, line in zip(content["recipients"], letter.recipients, strict=True)
    ]


def _served(letter: Letter, line: LetterRecipient) -> list[str]:
    row = service.service_on(letter, line.person_id)
    return letter_service.in_words(row) if row is not None else []


def _prints(letter: Letter) -> list[str]:
    """第 1 份：孙悦，3月2日 09:20."""
    if not printing.sees_prints(letter, actor()):
        return []
    return [
        _("copy %(number)d: %(name)s, %(moment)s", number=row.number, name=row.printed_by.name,
          moment=moment(row.printed_at))
        for row in letter.prints
    ]  # fmt: skip


def _void_by(letter: Letter) -> Reference | None:
    """The letter that made this complaint form or this decision void."""
    if not letter_rows.is_void(letter):
        return None
    found = [other for other in _of_the_case(letter) if other.kind in ("void_certificate", "revocation_notice")]
    return _reference(found[-1]) if found else None


def _case(letter: Letter) -> Reference:
    case, is_visible = letter.event.case, bool(case_sight.visible([letter.event]))
    return Reference(filters.case(case), case.number, case_line.address(case) if is_visible else "")


def _earlier(letter: Letter, refs: list[Json]) -> list[Reference]:
    """The letters it refers to; one of another case is named without an address."""
    known = {(other.series, other.year, other.seq): other for other in _of_the_case(letter)}
    found = ((ref, known.get((number["series"], number["year"], number["seq"]))) for ref, number in _numbered(refs))
    return [_reference(other) if other is not None else _named(ref) for ref, other in found]


def _numbered(refs: list[Json]) -> Iterator[tuple[Json, Json]]:
    return ((ref, ref["number"]) for ref in refs)


def _of_the_case(letter: Letter) -> list[Letter]:
    """Every letter of the same case; a pay day is no case with letters that refer to each other."""
    about = letter.event
    case = about.complaint or about.penalty or about.scorecard or about.reward or letter.event.publication
    return [other for event in case.events for other in event.letters] if case is not None else []


def _named(ref: Json) -> Reference:
    return Reference(case_words.letter_title(ref["kind"]), filters.number(**ref["number"]))


def _reference(letter: Letter) -> Reference:
    may_read = reading.may_read(letter, actor()) is not None
    address = letter_rows.address(letter) if may_read else ""
    return Reference(case_words.letter_title(letter.kind), filters.letter_number(letter), address)
