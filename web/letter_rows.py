"""Letters as lists tell them: kind, number, date, and whether the reader has acknowledged them."""

from dataclasses import dataclass
from datetime import datetime

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import Select, func, select
from sqlalchemy.orm import contains_eager

from models import ComplaintState, Letter, LetterRecipient, PenaltyState
from web import case_letters, case_sight, case_words, filters
from web.filters import letter_number
from web.moment import moment
from web.session import db, me
from workflow import dismissal
from workflow.reading import acknowledgements_awaited

SHOWN_AWAITING = 10
ON_THE_SHELF = 6
FORM, PENALTIES = "complaint_form", dismissal.DECISIONS
# Letters that decide something carry the seal.
DECISIONS = (
    *case_letters.DECISIONS, *PENALTIES, "no_penalty_notice", "revocation_notice", "sustained_ruling",
    "regrade_notice", "reinstatement_ruling", "scorecard", "reward_notice", "reward_withdrawal_notice",
    "target_letter",
)  # fmt: skip


@dataclass(frozen=True)
class LetterRow:
    """One letter addressed to the reader."""

    key: str
    url: str
    title: str
    number: str
    case: str
    issued_at: datetime
    acknowledged_at: datetime | None
    is_decision: bool
    is_void: bool

    @property
    def is_undertaking(self) -> bool:
        """A target letter is signed by itself and read before: whoever does so undertakes to work towards it."""
        return self.key.startswith("target-")

    @property
    def acknowledgement(self) -> str:
        if self.acknowledged_at is None:
            return _("to acknowledge")
        return _("acknowledged %(moment)s", moment=moment(self.acknowledged_at))

    @property
    def short(self) -> str:
        return _("To acknowledge") if self.acknowledged_at is None else _("Acknowledged")

    @property
    def sign(self) -> str:
        return "envelope-exclamation" if self.acknowledged_at is None else "check2"


def key_of(letter: Letter) -> str:
    """The letter's place in addresses: complaint-2026-35."""
    return f"{letter.series}-{letter.year}-{letter.seq}"


def address(letter: Letter) -> str:
    return url_for("letter.show", key=key_of(letter))


def is_void(letter: Letter) -> bool:
    """The complaint form of a voided case, and the decision of a revoked penalty (CS-4)."""
    complaint, penalty = letter.event.complaint, letter.event.penalty
    if complaint is not None:
        return letter.kind == FORM and complaint.state is ComplaintState.VOIDED
    return letter.kind in PENALTIES and penalty is not None and penalty.state is PenaltyState.REVOKED


def row_of(line: LetterRecipient) -> LetterRow:
    """A letter as the list of its addressee has it."""
    return row(line.letter, line.acknowledged_at)


def row(letter: Letter, acknowledged_at: datetime | None) -> LetterRow:
    return LetterRow(
        key=key_of(letter),
        url=address(letter),
        title=case_words.letter_title(letter.kind),
        number=letter_number(letter),
        case=filters.case(letter.event.case),
        issued_at=letter.issued_at,
        acknowledged_at=acknowledged_at,
        is_decision=letter.kind in DECISIONS,
        is_void=is_void(letter),
    )


def addressed_to_me() -> Select[LetterRecipient]:
    """The letters addressed to the person logged in, newest first."""
    return (
        select(LetterRecipient)
        .join(LetterRecipient.letter)
        .where(LetterRecipient.person_id == me().id)
        .options(contains_eager(LetterRecipient.letter).joinedload(Letter.event).options(*case_sight.with_its_case()))
        .order_by(Letter.id.desc())
    )


def awaiting(most: int = SHOWN_AWAITING) -> list[LetterRow]:
    """Letters to acknowledge, newest first."""
    found = db().scalars(addressed_to_me().where(acknowledgements_awaited(me())).limit(most))
    return [row_of(line) for line in found]


def unacknowledged_first(*, skip: int, most: int) -> list[LetterRow]:
    query = addressed_to_me().order_by(None).order_by(LetterRecipient.acknowledged_at.is_not(None), Letter.id.desc())
    return [row_of(line) for line in db().scalars(query.offset(skip).limit(most))]


def shelf() -> list[LetterRow]:
    """The newest letters, those to acknowledge before the others."""
    return unacknowledged_first(skip=0, most=ON_THE_SHELF)


def count() -> int:
    mine = select(func.count()).select_from(LetterRecipient).where(LetterRecipient.person_id == me().id)
    return db().execute(mine).scalar_one()
