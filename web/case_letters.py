"""The letters of a case as they lie on the shelf: title, number, who acknowledged when.

Who may read which of them is said in `workflow.reading`.
"""

from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _

from models import Complaint, Letter, LetterRecipient
from web import case_words, filters, moment
from web.session import actor, me
from web.shell import has_endpoint
from workflow import reading

# Letters that decide something carry the seal.
DECISIONS = ("void_certificate", "ruling_letter", "varied_ruling_letter", "remand_notice", "appeal_declined_notice")
VOIDED_BY = "uphold"
VOIDED = "complaint_form"


@dataclass(frozen=True)
class OnShelf:
    """One letter on the shelf."""

    title: str
    number: str
    short_number: str
    url: str
    acknowledge_url: str
    dated: str
    ack: str
    ack_sign: str
    is_decision: bool
    is_void: bool
    waits_for_me: bool


def shelf(complaint: Complaint) -> list[OnShelf]:
    """The letters that this reader may read, the newest first."""
    letters = [letter for event in complaint.events for letter in event.letters if reading.may_read(letter, actor())]
    return [_on_shelf(letter, complaint) for letter in letters[::-1]]


def _on_shelf(letter: Letter, complaint: Complaint) -> OnShelf:
    mine = next((r for r in letter.recipients if r.person_id == me().id), None)
    ack, sign = acknowledged(letter, mine)
    return OnShelf(
        title=case_words.letter_title(letter.kind), number=filters.letter_number(letter),
        short_number=f"{letter.seq}号", url=address("letter.show", letter),
        acknowledge_url=address("letter.acknowledge", letter), dated=moment.day(letter.issued_at),
        ack=ack, ack_sign=sign, is_decision=letter.kind in DECISIONS,
        is_void=is_void(letter, complaint),
        waits_for_me=mine is not None and mine.acknowledged_at is None,
    )  # fmt: skip


def is_void(letter: Letter, complaint: Complaint) -> bool:
    """A complaint form is void once a later ruling upheld the appeal against it (CS-4)."""
    later = (event.action for event in complaint.events if event.seq > letter.event.seq)
    return letter.kind == VOIDED and VOIDED_BY in later


def address(endpoint: str, letter: Letter) -> str:
    """Where a letter is read or acknowledged; nowhere while those pages are missing."""
    key = f"{letter.series}-{letter.year}-{letter.seq}"
    return url_for(endpoint, key=key) if has_endpoint(endpoint) else ""


def acknowledged(letter: Letter, mine: LetterRecipient | None) -> tuple[str, str]:
    """Who has acknowledged it, in a few words, and the sign beside them."""
    if not letter.recipients:
        return _("Kept on file"), "archive"
    if mine is not None and mine.acknowledged_at is None:
        return _("Not yet acknowledged by you"), "envelope-exclamation"
    done = [r for r in letter.recipients if r.acknowledged_at is not None]
    if not done:
        return _("Not yet acknowledged"), "envelope"
    return _those(done, waiting=len(letter.recipients) - len(done)), "check2"


def _those(done: list[LetterRecipient], *, waiting: int) -> str:
    names = case_words.names(_("you") if r.person_id == me().id else r.person.name for r in done)
    if len(done) == 1 and (at := done[0].acknowledged_at) is not None:
        return _("%(name)s, %(moment)s", name=names, moment=moment.moment(at))
    if waiting:
        return _("%(names)s, %(num)s more awaited", names=names, num=waiting)
    return _("%(names)s acknowledged", names=names)
