"""The letters of a month as one ZIP, in the background: each in the copies of whoever asked, and an index.

A paper that is not made yet is made first; one that cannot be made is named in the index and costs nothing else.
"""

import hashlib
import logging
import zipfile
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload, undefer

from config import Settings
from jobs import made_file
from jobs.letters import pdf_of, voiding
from jobs.made_file import LANGUAGES
from models import (
    Complaint,
    Database,
    Event,
    Letter,
    LetterRecipient,
    MonthFile,
    Payday,
    Penalty,
    Person,
    Reward,
    Scorecard,
)
from pdf import copies, filters, month_index
from pdf.fonts import FontsMissing
from pdf.letter import Unprintable
from pdf.month_index import Line
from pdf.seal import Unsealed
from pdf.words import TITLES, Copy
from workflow.month_letters import letters_of
from workflow.office import Office
from workflow.reading import copies_for
from workflow.roles import Actor
from workflow.texts import harmless

logger = logging.getLogger("gongdao.jobs")

AT_ONCE = 20


def run(
    database: Database, file_id: int, *, settings: Settings, now: Callable[[], datetime],
    must_stop: Callable[[], bool] = lambda: False,
) -> None:  # fmt: skip
    """Put the letters together, unless that is done or in other hands."""

    def make(at: datetime) -> dict[str, Any]:
        return _Work(database, file_id, settings, at, must_stop).make()

    made_file.run(database, MonthFile, file_id, make, now=now)


class _Work:
    """One file while it is being made; the letters are read a few at a time, so that a long month needs no memory."""

    def __init__(
        self, database: Database, file_id: int, settings: Settings, at: datetime, must_stop: Callable[[], bool]
    ) -> None:
        self.database, self.file_id, self.settings, self.at = database, file_id, settings, at
        self.must_stop = must_stop
        with database.reading() as session:
            row = session.get_one(MonthFile, file_id)
            self.to, self.lang = made_file.place(settings, row), LANGUAGES[row.language]
            self.asked_by_id = row.asked_by_id
            actor = self._actor(session)
            self.letters, self.zone = letters_of(session, actor, row.month), actor.office.calendar.zone
        self.lines: list[Line] = []

    def make(self) -> dict[str, Any]:
        made = made_file.write(self.to, self._fill)
        papers, count = sum(1 for line in self.lines if line.file), len(self.letters)
        return made | {"seen": count, "total": count, "papers": papers, "missing": len(self.lines) - papers}

    def _fill(self, fresh: Path) -> None:
        with zipfile.ZipFile(fresh, "w") as archive:
            self._put_in(archive)

    def _put_in(self, archive: zipfile.ZipFile) -> None:
        for start in range(0, len(self.letters), AT_ONCE):
            if self.must_stop():
                raise made_file.Stopped
            made_file.note(self.database, MonthFile, self.file_id, seen=start, total=len(self.letters))
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
        which = case.month if isinstance(case, Scorecard | Payday) else case.number
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
        joinedload(Event.reward).joinedload(Reward.person),
        joinedload(Event.publication),
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
