"""Files made in the background for whoever asked: taken up once, begun anew after a crash, given up, deleted.

The bytes lie in the installation's folder until they are asked for no more; the row stays. A worker that is killed
leaves the row unfinished; the next one begins it anew, and gives it up when that keeps happening.
"""

import hashlib
import logging
import os
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from config import Settings
from jobs.failure import CUT_SHORT, said
from jobs.once import only_once
from models import CaseFile, Database, FileState, MonthFile, ReportFile, is_away
from models.made_file import UNFINISHED, MadeFile
from pdf.words import Language

logger = logging.getLogger("gongdao.jobs")

Kind = type[CaseFile] | type[MonthFile] | type[ReportFile]
KINDS: tuple[Kind, ...] = (CaseFile, MonthFile, ReportFile)
MOST_ATTEMPTS = 3
# Whoever needs it later has it made again, with what has been added meanwhile.
KEPT_FOR = timedelta(days=7)
LANGUAGES: dict[str, Language] = {"zh": "zh", "en": "en"}


class Stopped(Exception):
    """The worker must stop; the file is begun anew by the next one."""


def unfinished(database: Database, kind: Kind) -> list[int]:
    query = select(kind.id).where(kind.state.in_(UNFINISHED)).order_by(kind.id)
    with database.reading() as session:
        return list(session.scalars(query))


def place(settings: Settings, file: MadeFile) -> Path:
    """Where the bytes of a file lie as long as they are kept."""
    return settings.var / file.place


def run(
    database: Database, kind: Kind, file_id: int, make: Callable[[datetime], dict[str, Any]], *,
    now: Callable[[], datetime],
) -> None:  # fmt: skip
    """Make the file and keep what `make` tells about it, unless it is made or in other hands."""
    with only_once(database, kind.__tablename__, file_id) as is_the_one:
        if not is_the_one or not _begin(database, kind, file_id, now()):
            return
        try:
            at = now()
            note(database, kind, file_id, finished_at=at, **make(at))
        except Stopped:
            note(database, kind, file_id, state=FileState.WAITING, attempts=0)
        except Exception as error:
            if is_away(error):
                raise
            logger.exception("%s %s could not be made", kind.__tablename__, file_id)
            note(database, kind, file_id, state=FileState.FAILED, finished_at=now(), last_error=said(error))


def _begin(database: Database, kind: Kind, file_id: int, at: datetime) -> bool:
    with database.writing() as session:
        file = session.get_one(kind, file_id, with_for_update=True)
        if not file.is_running:
            return False
        file.attempts += 1
        file.state = FileState.RUNNING
        if file.attempts > MOST_ATTEMPTS:
            file.state, file.finished_at, file.last_error = FileState.FAILED, at, CUT_SHORT
        session.commit()
        return file.is_running


def note(database: Database, kind: Kind, file_id: int, **values: Any) -> None:
    with database.writing() as session:
        row = session.get_one(kind, file_id, with_for_update=True)
        for name, value in values.items():
            setattr(row, name, value)
        session.commit()


def write(to: Path, fill: Callable[[Path], None]) -> dict[str, Any]:
    """Have `fill` write the file beside its place and move it there whole; what the row keeps of it."""
    to.parent.mkdir(parents=True, exist_ok=True)
    fresh = to.with_suffix(".part")
    try:
        fill(fresh)
        with fresh.open("rb") as data:
            digest = hashlib.file_digest(data, "sha256").hexdigest()
        size = fresh.stat().st_size
        os.replace(fresh, to)
    finally:
        with suppress(FileNotFoundError):
            fresh.unlink()
    return {"state": FileState.DONE, "size": size, "digest": digest}


def forget_old_files(database: Database, settings: Settings, at: datetime) -> None:
    """Delete bytes that were asked for a while ago: they name people."""
    for kind in KINDS:
        recent = select(kind.key).where(kind.asked_at > at - KEPT_FOR)
        with database.reading() as session:
            kept = set(session.scalars(recent))
        for file in (settings.var / kind.folder).glob("*"):
            if file.stem not in kept:
                file.unlink(missing_ok=True)
