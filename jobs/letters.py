"""The paper of a letter: made once from its frozen content, kept with its digest, and served from
the store for ever. Whoever comes first makes it: the worker, or the first reader.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Engine, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from models import Complaint, ComplaintState, Event, Letter, LetterPdf, LetterRecipient
from models.session import WRITES
from pdf import letter as paper
from pdf.words import Copy, Language

LANGUAGE_OF_LETTERS: dict[str, Language] = {"zh_Hans_CN": "zh", "en": "en"}


@dataclass(frozen=True)
class Sheet:
    """One of the forms in which a letter exists on paper."""

    language: Language
    copy: Copy


def pdf_of(session: Session, letter: Letter, *, language: Language, copy: Copy, at: datetime | None = None) -> bytes:
    """The bytes of the letter, as stored; made and stored now if nobody has read it before.

    A session that only reads stays as it is: the bytes are then kept in a transaction of their own.
    Raises what `pdf.letter.render` raises.
    """
    sheet, voided_by = Sheet(language, copy), _voided_by(session, letter)
    if (stored := _stored(session, letter, sheet, voided=voided_by is not None)) is not None:
        return stored
    made = paper.render(letter.content, lang=language, copy=copy, digest=letter.digest, voided_by=voided_by)
    with _writing(session) as writing:
        _keep(writing, letter, sheet, made, voided=voided_by is not None, at=at or datetime.now(UTC))
        kept = _stored(writing, letter, sheet, voided=voided_by is not None)
    assert kept is not None
    return kept


def sheets_of(session: Session, letter: Letter) -> list[Sheet]:
    """What the readers of this letter will open first: in their languages, the copies meant for them."""
    languages = dict.fromkeys(["zh", *_languages_of_recipients(session, letter)])
    copies: list[Copy] = ["full"]
    if _goes_to_the_respondent(session, letter):
        copies.append("respondent")
    if "customer" in paper.copies_of(letter.kind):
        copies.append("customer")
    return [Sheet(language, copy) for language in languages for copy in copies]


def _languages_of_recipients(session: Session, letter: Letter) -> list[Language]:
    query = select(LetterRecipient).where(LetterRecipient.letter_id == letter.id)
    return [LANGUAGE_OF_LETTERS[row.person.language] for row in session.scalars(query)]


def _goes_to_the_respondent(session: Session, letter: Letter) -> bool:
    query = (
        select(LetterRecipient.person_id)
        .join(Event, Event.id == letter.event_id)
        .join(Complaint, Complaint.id == Event.complaint_id)
        .where(LetterRecipient.letter_id == letter.id, LetterRecipient.person_id == Complaint.respondent_id)
    )
    return session.execute(query).first() is not None


def _voided_by(session: Session, letter: Letter) -> dict[str, Any] | None:
    """The number of the certificate that made this complaint form void (CS-4); None while it stands."""
    if letter.kind != "complaint_form":
        return None
    case = select(Event.complaint_id).where(Event.id == letter.event_id).scalar_subquery()
    certificate = session.scalars(
        select(Letter)
        .join(Letter.event)
        .join(Event.complaint)
        .where(Complaint.id == case, Complaint.state == ComplaintState.VOIDED)
        .where(Letter.kind == "void_certificate")
        .order_by(Letter.id.desc())
    ).first()
    if certificate is None:
        return None
    return {"series": certificate.series, "year": certificate.year, "seq": certificate.seq}


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
