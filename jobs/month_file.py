"""The letters of a month as one ZIP, in the background: each in the copies of whoever asked, and an index.

A paper that is not made yet is made first; one that cannot be made is named in the index and costs nothing else.
The bytes lie in the installation's folder until they are asked for no more; the row stays. What a worker leaves
unfinished the next one begins anew, and gives up when that keeps happening.
"""

import hashlib
import logging
import os
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload, undefer

from config import Settings
from jobs.failure import CUT_SHORT, said
from jobs.letters import pdf_of, voiding
from jobs.once import only_once
from models import (
    CaseFileState,
    Complaint,
    Database,
    Event,
    Letter,
    LetterRecipient,
    MonthFile,
    Penalty,
    Person,
    Scorecard,
    is_away,
)
from pdf import copies, filters, month_index
from pdf.fonts import FontsMissing
from pdf.letter import Unprintable
from pdf.month_index import Line
from pdf.seal import Unsealed
from pdf.words import TITLES, Copy, Language
from workflow.month_letters import letters_of
from workflow.office import Office
from workflow.reading import copies_for
from workflow.roles import Actor
from workflow.texts import harmless

logger = logging.getLogger("gongdao.jobs")

UNFINISHED = (CaseFileState.WAITING, CaseFileState.RUNNING)
MOST_ATTEMPTS = 3
KEPT_FOR = timedelta(days=7)
AT_ONCE = 20
LANGUAGES: dict[str, Language] = {"zh": "zh", "en": "en"}
FOLDER = "month-files"


class _Stopped(Exception):
    """The worker must stop; the file is begun anew by the next one."""


def unfinished(database: Database) -> list[int]:
    query = select(MonthFile.id).where(MonthFile.state.in_(UNFINISHED)).order_by(MonthFile.id)
    with database.reading() as session:
        return list(session.scalars(query))


def place(settings: Settings, key: str) -> Path:
    """Where the bytes of a file lie as long as they are kept."""
    return settings.var / FOLDER / f"{key}.zip"


def run(
    database: Database, file_id: int, *, settings: Settings, now: Callable[[], datetime],
    must_stop: Callable[[], bool] = lambda: False,
) -> None:  # fmt: skip
    """Make the file, unless it is made or in other hands."""
    with only_once(database, "month file", file_id) as is_the_one:
        if not is_the_one or not _begin(database, file_id, now()):
            return
        try:
            _Work(database, file_id, settings, now(), must_stop).make()
        except _Stopped:
            _note(database, file_id, state=CaseFileState.WAITING, attempts=0)
        except Exception as error:
            if is_away(error):
                raise
            logger.exception("the letters of month file %s could not be put together", file_id)
            _note(database, file_id, state=CaseFileState.FAILED, finished_at=now(), last_error=said(error))


def forget_old_files(database: Database, settings: Settings, at: datetime) -> None:
    """Delete bytes that were asked for a while ago: they name people."""
    recent = select(MonthFile.key).where(MonthFile.asked_at > at - KEPT_FOR)
    with database.reading() as session:
        kept = set(session.scalars(recent))
    for file in (settings.var / FOLDER).glob("*"):
        if file.stem not in kept:
            file.unlink(missing_ok=True)


def _begin(database: Database, file_id: int, at: datetime) -> bool:
    with database.writing() as session:
        file = session.get_one(MonthFile, file_id, with_for_update=True)
        if file.state not in UNFINISHED:
            return False
        file.attempts += 1
        file.state = CaseFileState.RUNNING
        if file.attempts > MOST_ATTEMPTS:
            file.state, file.finished_at, file.last_error = CaseFileState.FAILED, at, CUT_SHORT
        session.commit()
        return file.is_running


class _Work:
    """One file while it is being made; the letters are read a few at a time, so that a long month needs no memory."""

    def __init__(
        self, database: Database, file_id: int, settings: Settings, at: datetime, must_stop: Callable[[], bool]
    ) -> None:
        self.database, self.file_id, self.settings, self.at = database, file_id, settings, at
        self.must_stop = must_stop
        with database.reading() as session:
            row = session.get_one(MonthFile, file_id)
            self.key, self.lang, self.asked_by_id = row.key, LANGUAGES[row.language], row.asked_by_id
            actor = self._actor(session)
            self.letters, self.zone = letters_of(session, actor, row.month), actor.office.calendar.zone
        self.lines: list[Line] = []

    def make(self) -> None:
        to = place(self.settings, self.key)
        to.parent.mkdir(parents=True, exist_ok=True)
        fresh = to.with_suffix(".part")
        try:
            with zipfile.ZipFile(fresh, "w") as archive:
                self._fill(archive)
            size, digest = fresh.stat().st_size, _digest(fresh)
            os.replace(fresh, to)
        finally:
            with suppress(FileNotFoundError):
                fresh.unlink()
        papers = sum(1 for line in self.lines if line.file)
        _note(
            self.database, self.file_id, state=CaseFileState.DONE, finished_at=self.at, seen=len(self.letters),
            total=len(self.letters), papers=papers, missing=len(self.lines) - papers, size=size, digest=digest,
        )  # fmt: skip

    def _fill(self, archive: zipfile.ZipFile) -> None:
        for start in range(0, len(self.letters), AT_ONCE):
            if self.must_stop():
                raise _Stopped
            _note(self.database, self.file_id, seen=start, total=len(self.letters))
            with self.database.reading() as session:
                actor = self._actor(session)
                for letter in _loaded(session, self.letters[start : start + AT_ONCE]):
                    for copy in copies_for(letter, actor):
                        self._add(archive, session, letter, copy)
        index = _entry(month_index.NAMES[self.lang], self.at.astimezone(self.zone))
        archive.writestr(index, month_index.index(self.lines, self.lang), zipfile.ZIP_DEFLATED)

    def _add(self, archive: zipfile.ZipFile, session: Session, letter: Letter, copy: Copy) -> None:
        status, data = self._paper(session, letter, copy)
        name = self._name(letter, copy) if data is not None else ""
        if data is not None:
            archive.writestr(_entry(name, letter.issued_at.astimezone(self.zone)), data)
        self.lines.append(self._line(letter, copy, status, name, data))

    def _paper(self, session: Session, letter: Letter, copy: Copy) -> tuple[str, bytes | None]:
        try:
            data = pdf_of(session, letter, settings=self.settings, language=self.lang, copy=copy, at=self.at)
        except (Unprintable, FontsMissing):
            logger.exception("letter %s cannot be printed", letter.id)
            return "unprintable", None
        except Unsealed as why:
            logger.warning("letter %s waits for its seal: %s", letter.id, why)
            return "unsealed", None
        return "void" if voiding(session, letter) is not None else "enclosed", data

    def _name(self, letter: Letter, copy: Copy) -> str:
        """客诉〔2026〕16号 结案通知书（致客户文本）.pdf."""
        number, title = filters.number(_number(letter), self.lang), TITLES[letter.kind][self.lang]
        of = month_index.COPIES[self.lang][copy]
        which = "" if copy != "customer" else f"（{of}）" if self.lang == "zh" else f" ({of})"
        return f"{number} {title}{which}.pdf"

    def _line(self, letter: Letter, copy: Copy, status: str, name: str, data: bytes | None) -> Line:
        shown = copies.shown(letter.content, lang=self.lang, copy=copy)
        people = ("、" if self.lang == "zh" else ", ").join(who["name"] for who in shown["recipients"])
        return Line(
            number=filters.number(_number(letter), self.lang), title=TITLES[letter.kind][self.lang], copy=copy,
            issued=f"{letter.issued_at.astimezone(self.zone):%Y-%m-%d %H:%M}",
            case=self._case(letter), addressees=harmless(people), status=status, file=name,
            digest=hashlib.sha256(data).hexdigest() if data is not None else "",
        )  # fmt: skip

    def _case(self, letter: Letter) -> str:
        """客诉 2026-12; what is about a month is named by it."""
        case = letter.event.case
        which = case.number if isinstance(case, Complaint | Penalty) else case.month
        return f"{month_index.CASES[self.lang][case.kind]} {which}"

    def _actor(self, session: Session) -> Actor:
        return Office(session).actor(session.get_one(Person, self.asked_by_id), self.at)


def _loaded(session: Session, ids: Sequence[int]) -> Iterator[Letter]:
    """In the order of `ids`, with what the question who may read them asks for."""
    event = joinedload(Letter.event).options(
        joinedload(Event.complaint).selectinload(Complaint.events),
        joinedload(Event.penalty).options(
            joinedload(Penalty.respondent), joinedload(Penalty.leader), joinedload(Penalty.complaint),
            selectinload(Penalty.events),
        ),
        joinedload(Event.scorecard).options(joinedload(Scorecard.person), selectinload(Scorecard.events)),
        joinedload(Event.payday),
    )  # fmt: skip
    query = select(Letter).where(Letter.id.in_(ids))
    recipients = selectinload(Letter.recipients).joinedload(LetterRecipient.person)
    found = session.scalars(query.options(event, recipients, undefer(Letter.content))).unique()
    by_id = {letter.id: letter for letter in found}
    return (by_id[letter_id] for letter_id in ids)


def _entry(name: str, at: datetime) -> zipfile.ZipInfo:
    """PDFs are stored as they are: packing them once more gains nothing."""
    return zipfile.ZipInfo(name, (at.year, at.month, at.day, at.hour, at.minute, at.second))


def _number(letter: Letter) -> dict[str, Any]:
    return {"series": letter.series, "year": letter.year, "seq": letter.seq}


def _digest(file: Path) -> str:
    with file.open("rb") as data:
        return hashlib.file_digest(data, "sha256").hexdigest()


def _note(database: Database, file_id: int, **values: Any) -> None:
    with database.writing() as session:
        row = session.get_one(MonthFile, file_id, with_for_update=True)
        for name, value in values.items():
            setattr(row, name, value)
        session.commit()
