"""Case files in the background: the PDF is made for whoever asked, as far as they may read the case at that moment.

The bytes lie in the installation's folder until they are asked for no more; the row stays. A worker that is killed
leaves the row unfinished; the next one begins it anew, and gives it up when that keeps happening.
"""

import hashlib
import logging
import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload, undefer

from config import Settings
from jobs.failure import CUT_SHORT, NOT_THEIRS, said
from jobs.letters import pdf_of
from jobs.once import only_once
from jobs.seal import seal_of
from models import (
    Attachment,
    CaseFile,
    CaseFileState,
    Complaint,
    Database,
    Event,
    Letter,
    LetterRecipient,
    LetterService,
    Penalty,
    Person,
    ServiceFile,
    is_away,
)
from pdf import casefile as paper
from pdf.casefile_given import CaseIn, ExhibitIn, LetterIn, ServiceIn
from pdf.letter import Signature, Unprintable
from pdf.seal import Unsealed
from pdf.words import Copy, Language
from workflow import casefile
from workflow.deadline import as_json
from workflow.evidence import place_of
from workflow.office import Office
from workflow.roles import Actor

logger = logging.getLogger("gongdao.jobs")

UNFINISHED = (CaseFileState.WAITING, CaseFileState.RUNNING)
MOST_ATTEMPTS = 3
# Whoever needs it later has it made again, with what has been added meanwhile.
KEPT_FOR = timedelta(days=7)
LANGUAGES: dict[str, Language] = {"zh": "zh", "en": "en"}


def unfinished(database: Database) -> list[int]:
    query = select(CaseFile.id).where(CaseFile.state.in_(UNFINISHED)).order_by(CaseFile.id)
    with database.reading() as session:
        return list(session.scalars(query))


def place(settings: Settings, key: str) -> Path:
    """Where the bytes of a file lie as long as they are kept."""
    return settings.var / "case-files" / f"{key}.pdf"


def run(database: Database, file_id: int, *, settings: Settings, now: Callable[[], datetime]) -> None:
    """Make the file, unless it is made or in other hands."""
    with only_once(database, "case file", file_id) as is_the_one:
        if not is_the_one or not _begin(database, file_id, now()):
            return
        try:
            _make(database, file_id, settings, now())
        except Exception as error:
            if is_away(error):
                raise
            logger.exception("case file %s could not be made", file_id)
            _note(database, file_id, state=CaseFileState.FAILED, finished_at=now(), last_error=said(error))


def forget_old_files(database: Database, settings: Settings, at: datetime) -> None:
    """Delete bytes that were asked for a while ago: they name people."""
    recent = select(CaseFile.key).where(CaseFile.asked_at > at - KEPT_FOR)
    with database.reading() as session:
        kept = set(session.scalars(recent))
    for file in (settings.var / "case-files").glob("*"):
        if file.stem not in kept:
            file.unlink(missing_ok=True)


def _begin(database: Database, file_id: int, at: datetime) -> bool:
    with database.writing() as session:
        file = session.get_one(CaseFile, file_id, with_for_update=True)
        if file.state not in UNFINISHED:
            return False
        file.attempts += 1
        file.state = CaseFileState.RUNNING
        if file.attempts > MOST_ATTEMPTS:
            file.state, file.finished_at, file.last_error = CaseFileState.FAILED, at, CUT_SHORT
        session.commit()
        return file.is_running


def _make(database: Database, file_id: int, settings: Settings, at: datetime) -> None:
    with database.reading() as session:
        row = session.get_one(CaseFile, file_id)
        key, lang, case = row.key, LANGUAGES[row.language], case_of(session, row)
        actor = Office(session).actor(session.get_one(Person, row.asked_by_id), at)
        if not casefile.may_see(case, actor):
            _note(database, file_id, state=CaseFileState.FAILED, finished_at=at, last_error=NOT_THEIRS)
            return
        given = _given(session, case, actor, row.copy, lang, settings)
    total = paper.steps_of(len(given.letters), len(given.exhibits))
    to = place(settings, key)
    to.parent.mkdir(parents=True, exist_ok=True)
    fresh = to.with_suffix(".part")
    try:
        bound = paper.bind(
            given, fresh, lang=lang, signature=_signature(settings, at),
            progress=lambda seen: _note(database, file_id, seen=seen, total=total),
        )  # fmt: skip
        size, digest = fresh.stat().st_size, _digest(fresh)
        os.replace(fresh, to)
    finally:
        with suppress(FileNotFoundError):
            fresh.unlink()
    _note(
        database, file_id, state=CaseFileState.DONE, finished_at=at, seen=total, total=total, pages=bound.pages,
        size=size, digest=digest, remarks=bound.remarks,
    )  # fmt: skip


def case_of(session: Session, row: CaseFile) -> Complaint | Penalty:
    """The case with everything that its file asks for."""
    letters = selectinload(Event.letters).options(
        undefer(Letter.content), selectinload(Letter.recipients).joinedload(LetterRecipient.person),
        selectinload(Letter.services).options(
            joinedload(LetterService.recorded_by), selectinload(LetterService.files).joinedload(ServiceFile.added_by)
        ),
    )  # fmt: skip
    if row.complaint_id is not None:
        return session.get_one(
            Complaint, row.complaint_id,
            options=[selectinload(Complaint.events).options(letters),
                     selectinload(Complaint.attachments).joinedload(Attachment.added_by)],
        )  # fmt: skip
    return session.get_one(
        Penalty, row.penalty_id,
        options=[selectinload(Penalty.events).options(letters),
                 selectinload(Penalty.attachments).joinedload(Attachment.added_by),
                 joinedload(Penalty.complaint).selectinload(Complaint.events)],
    )  # fmt: skip


def _given(
    session: Session, case: Complaint | Penalty, actor: Actor, copy: int, lang: Language, settings: Settings
) -> CaseIn:
    contents = casefile.contents_of(case, actor)
    return CaseIn(
        cover=casefile.cover_of(case, actor), copy=copy, is_in_full=contents.is_in_full,
        letters=[_letter(session, letter, of, lang, actor, settings) for letter, of in contents.letters],
        served=[line for served in contents.served for line in _served(served, actor)],
        exhibits=[_exhibit(file, name, actor, settings) for file, name in contents.evidence],
    )  # fmt: skip


def _letter(session: Session, letter: Letter, copy: Copy, lang: Language, actor: Actor, settings: Settings) -> LetterIn:
    data, fate = None, ""
    try:
        data = pdf_of(session, letter, settings=settings, language=lang, copy=copy, at=actor.staff.at)
    except Unprintable:
        logger.exception("letter %s cannot be printed", letter.id)
        fate = "unprintable"
    except Unsealed as why:
        logger.warning("letter %s waits for its seal: %s", letter.id, why)
        fate = "unsealed"
    issued_at = as_json(letter.issued_at, actor.office)
    return LetterIn(_number(letter), letter.kind, copy, issued_at, letter.digest, data, fate)


def _signature(settings: Settings, at: datetime) -> Signature | None:
    """What signs the whole file; its time is in the file anyway, so that no service is waited for."""
    try:
        return Signature(replace(seal_of(settings, at=at), time_stamps=""), at)
    except Unsealed as why:
        logger.warning("a case file is not signed: %s", why)
        return None


def _served(line: casefile.Served, actor: Actor) -> list[ServiceIn]:
    """Both, where somebody acknowledged what had been served on them in another way."""
    number, kind, row = _number(line.letter), line.letter.kind, line.service
    found = []
    if row is not None:
        found.append(ServiceIn(
            number, kind, line.who, row.way.value, as_json(row.at, actor.office), row.place,
            tuple(name for name in (row.witness_1, row.witness_2) if name), row.note, row.recorded_by.name,
            as_json(row.recorded_at, actor.office),
        ))  # fmt: skip
    if line.acknowledged_at is not None:
        found.append(ServiceIn(number, kind, line.who, "signed", as_json(line.acknowledged_at, actor.office)))
    return found or [ServiceIn(number, kind, line.who, None, None)]


def _exhibit(file: Attachment | ServiceFile, name: str, actor: Actor, settings: Settings) -> ExhibitIn:
    return ExhibitIn(
        name, file.media_type, file.size, file.digest, file.added_by.name, as_json(file.added_at, actor.office),
        place_of(file.digest, within=settings.var),
    )  # fmt: skip


def _number(letter: Letter) -> dict[str, Any]:
    return {"series": letter.series, "year": letter.year, "seq": letter.seq}


def _digest(file: Path) -> str:
    with file.open("rb") as data:
        return hashlib.file_digest(data, "sha256").hexdigest()


def _note(database: Database, file_id: int, **values: Any) -> None:
    with database.writing() as session:
        row = session.get_one(CaseFile, file_id, with_for_update=True)
        for name, value in values.items():
            setattr(row, name, value)
        session.commit()
