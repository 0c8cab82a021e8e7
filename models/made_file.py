"""Files that the background makes for one reader, of a case or of a month; their rows outlive their bytes."""

from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, UtcDateTime, values_of


class FileState(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


UNFINISHED = (FileState.WAITING, FileState.RUNNING)


class MadeFile(Base):
    """What every such file has; `folder` and `ending` say where its bytes lie in the installation."""

    __abstract__ = True
    folder: ClassVar[str]
    ending: ClassVar[str]

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(32), unique=True)
    language: Mapped[str] = mapped_column(String(4))
    state: Mapped[FileState] = mapped_column(values_of(FileState, "state"))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    attempts: Mapped[int] = mapped_column(default=0)
    seen: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    size: Mapped[int | None]
    digest: Mapped[str | None] = mapped_column(String(64))
    last_error: Mapped[str | None] = mapped_column(Text)

    @property
    def is_running(self) -> bool:
        return self.state in UNFINISHED

    @property
    def place(self) -> str:
        """Where its bytes lie, below the installation's folder."""
        return f"{self.folder}/{self.key}.{self.ending}"
