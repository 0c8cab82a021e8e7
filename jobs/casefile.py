"""Case files in the background: the PDF is made for whoever asked, as far as they may read the case at that moment."""

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session, joinedload, selectinload, undefer

from config import Settings
from jobs import made_file
from jobs.failure import NOT_THEIRS
from jobs.letters import pdf_of
from jobs.made_file import LANGUAGES
from jobs.seal import seal_of
from models import (
    Attachment,
    CaseFile,
    Complaint,
    Database,
    Event,
    FileState,
    Letter,
    LetterRecipient,
    LetterService,
    Penalty,
    Person,
    ServiceFile,
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


def run(database: Database, file_id: int, *, settings: Settings, now: Callable[[], datetime]) -> None:
    """Bind the file, unless it is bound or in other hands."""
    made_file.run(database, CaseFile, file_id, lambda at: _make(database, file_id, settings, at), now=now)


def _make(database: Database, file_id: int, settings: Settings, at: datetime) -> dict[str, Any]:
    with database.reading() as session:
        row = session.get_one(CaseFile, file_id)
        to, lang, case = made_file.place(settings, row), LANGUAGES[row.language], case_of(session, row)
        actor = Office(session).actor(session.get_one(Person, row.asked_by_id), at)
        if not casefile.may_see(case, actor):
            return {"state": FileState.FAILED, "last_error": NOT_THEIRS}
        given = _given(session, case, actor, row.copy, lang, settings)
    total, bound = paper.steps_of(len(given.letters), len(given.exhibits)), dict[str, Any]()

    def bind(fresh: Path) -> None:
        made = paper.bind(
            given, fresh, lang=lang, signature=_signature(settings, at),
            progress=lambda seen: made_file.note(database, CaseFile, file_id, seen=seen, total=total),
        )  # fmt: skip
        bound.update(pages=made.pages, remarks=made.remarks)

    return made_file.write(to, bind) | bound | {"seen": total, "total": total}


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
