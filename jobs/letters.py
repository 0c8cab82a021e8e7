"""The paper of a letter: made once from its frozen content, kept with its digest, and served from
the store for ever. Whoever comes first makes it: the worker, or the first reader.
"""

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Engine, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from config import Settings
from jobs.seal import seal_of
from models import (
    Complaint,
    ComplaintState,
    Event,
    Letter,
    LetterCode,
    LetterPdf,
    LetterRecipient,
    Penalty,
    PenaltyState,
)
from models.session import WRITES
from pdf import letter as paper
from pdf.words import Copy, Language
from workflow import dismissal, stationery

FORM = "complaint_form"
LANGUAGE_OF_LETTERS: dict[str, Language] = {"zh_Hans_CN": "zh", "en": "en"}


@dataclass(frozen=True)
class Sheet:
    """One of the forms in which a letter exists on paper."""

    language: Language
    copy: Copy


def pdf_of(
    session: Session, letter: Letter, *, settings: Settings, language: Language, copy: Copy, at: datetime | None = None
) -> bytes:
    """The bytes of the letter, as stored; made, signed and stored now if nobody has read it before.

    A session that only reads stays as it is: the bytes are then kept in a transaction of their own.
    Raises what `pdf.letter.render` raises, and Unsealed when the company's seal cannot be used.
    """
    sheet, voided_by, now = Sheet(language, copy), voiding(session, letter), at or datetime.now(UTC)
    if (stored := _stored(session, letter, sheet, voided=voided_by is not None)) is not None:
        return stored
    # A copy that says it is void is a paper of the day on which it became so.
    signature = paper.Signature(seal_of(settings, at=now), (voided_by or letter).issued_at)
    made = paper.render(
        letter.content, lang=language, copy=copy, digest=letter.digest, voided_by=_number_of(voided_by),
        signature=signature, check=_check(session, letter, settings),
        pictures=stationery.pictures_of(session, letter.content),
    )  # fmt: skip
    with _writing(session) as writing:
        _keep(writing, letter, sheet, made, voided=voided_by is not None, at=now)
        kept = _stored(writing, letter, sheet, voided=voided_by is not None)
    assert kept is not None
    return kept


def _check(session: Session, letter: Letter, settings: Settings) -> paper.Check:
    code = session.scalars(select(LetterCode.code).where(LetterCode.letter_id == letter.id)).one()
    return paper.Check(f"{settings.address}/v", code)


def sheets_of(session: Session, letter: Letter) -> list[Sheet]:
    """What the readers of this letter will open first: in their languages, the copies meant for them."""
    event = session.get_one(Event, letter.event_id)
    recipients = session.scalars(select(LetterRecipient).where(LetterRecipient.letter_id == letter.id)).all()
    if event.penalty is not None:
        return _sheets_of_a_penalty(letter, event.penalty, recipients)
    languages = dict.fromkeys(["zh", *(LANGUAGE_OF_LETTERS[row.person.language] for row in recipients)])
    copies: list[Copy] = ["full"]
    if event.complaint is not None and event.complaint.respondent_id in {row.person_id for row in recipients}:
        copies.append("respondent")
    if "customer" in paper.copies_of(letter.kind):
        copies.append("customer")
    return [Sheet(language, copy) for language in languages for copy in copies]


def _sheets_of_a_penalty(letter: Letter, penalty: Penalty, recipients: Iterable[LetterRecipient]) -> list[Sheet]:
    """Each addressee's own copy: the leader's part is not for the respondent, nor the rest for the leader."""
    read = [(_copy_for(row.person_id, letter, penalty), LANGUAGE_OF_LETTERS[row.person.language]) for row in recipients]
    every: list[tuple[Copy, Language]] = [("full", "zh"), *((copy, "zh") for copy, _ in read), *read]
    return list(dict.fromkeys(Sheet(language, copy) for copy, language in every))


def _copy_for(person_id: int, letter: Letter, penalty: Penalty) -> Copy:
    if person_id == penalty.respondent_id:
        return "respondent"
    is_leader = person_id == penalty.leader_id and "leader" in paper.copies_of(letter.kind)
    return "leader" if is_leader else "full"


def voiding(session: Session, letter: Letter) -> Letter | None:
    """The letter that made this one void (CS-4); None while it stands."""
    if letter.kind == FORM:
        return _void_certificate(session, letter)
    if letter.kind in dismissal.DECISIONS:
        return _revocation(session, letter)
    return None


def _void_certificate(session: Session, letter: Letter) -> Letter | None:
    case = select(Event.complaint_id).where(Event.id == letter.event_id).scalar_subquery()
    return session.scalars(
        select(Letter)
        .join(Letter.event)
        .join(Event.complaint)
        .where(Complaint.id == case, Complaint.state == ComplaintState.VOIDED)
        .where(Letter.kind == "void_certificate")
        .order_by(Letter.id.desc())
    ).first()


def _revocation(session: Session, letter: Letter) -> Letter | None:
    case = select(Event.penalty_id).where(Event.id == letter.event_id).scalar_subquery()
    return session.scalars(
        select(Letter)
        .join(Letter.event)
        .join(Event.penalty)
        .where(Penalty.id == case, Penalty.state == PenaltyState.REVOKED)
        .where(Letter.kind == "revocation_notice")
        .order_by(Letter.id.desc())
    ).first()


def _number_of(letter: Letter | None) -> dict[str, Any] | None:
    """As the content of the letter tells it: its day is the company's."""
    if letter is None:
        return None
    number = {"series": letter.series, "year": letter.year, "seq": letter.seq}
    return number if letter.kind == "void_certificate" else number | {"issued_at": letter.content["issued_at"]}


def _stored(session: Session, letter: Letter, sheet: Sheet, *, voided: bool) -> bytes | None:
    return session.scalars(
        select(LetterPdf.data).where(
            LetterPdf.letter_id == letter.id,
            LetterPdf.language == sheet.language,
            LetterPdf.copy == sheet.copy,
            LetterPdf.voided == voided,
        )
    ).first()


def _keep(session: Session, letter: Letter, sheet: Sheet, data: bytes, *, voided: bool, at: datetime) -> None:
    """Store the bytes unless somebody else just did; theirs are the same."""
    row = {
        "letter_id": letter.id, "language": sheet.language, "copy": sheet.copy, "voided": voided,
        "made_at": at, "digest": hashlib.sha256(data).hexdigest(), "data": data,
    }  # fmt: skip
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    session.execute(dialect.insert(LetterPdf).values(row).on_conflict_do_nothing())


@contextmanager
def _writing(session: Session) -> Iterator[Session]:
    """`session` itself if it writes; else one of its own, committed at the end."""
    engine = session.get_bind()
    assert isinstance(engine, Engine)
    if engine.get_execution_options().get(WRITES):
        yield session
        return
    with Session(engine.execution_options(**{WRITES: True})) as own, own.begin():
        yield own
