"""Reports of assessments in the background: what somebody saw when they asked, printed."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy.orm import undefer

from config import Settings
from jobs import made_file
from jobs.made_file import LANGUAGES
from models import Database, ReportFile
from pdf import binder, report


def run(database: Database, file_id: int, *, settings: Settings, now: Callable[[], datetime]) -> None:
    """Print the report, unless it is printed or in other hands."""
    made_file.run(database, ReportFile, file_id, lambda _at: _make(database, file_id, settings), now=now)


def _make(database: Database, file_id: int, settings: Settings) -> dict[str, Any]:
    with database.reading() as session:
        row = session.get_one(ReportFile, file_id, options=[undefer(ReportFile.content)])
        to, lang, content = made_file.place(settings, row), LANGUAGES[row.language], row.content or {}
    data = report.render(content, lang=lang)

    def fill(fresh: Path) -> None:
        fresh.write_bytes(data)

    return made_file.write(to, fill) | {"pages": binder.count(data), "content": None, "seen": 1, "total": 1}
