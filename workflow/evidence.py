"""A file that somebody adds to a case: already checked and stored by the edge, known by digest."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

FOLDER = "files"


@dataclass(frozen=True)
class Evidence:
    """`size` in bytes, `digest` SHA-256 of the bytes, `key` the address of the download."""

    key: str
    name: str
    media_type: str
    size: int
    digest: str

    def said(self) -> dict[str, Any]:
        """What the event keeps, so that an exchanged file is found by the audit."""
        return {"name": self.name, "sha256": self.digest, "size": self.size}


def place_of(digest: str, *, within: Path) -> Path:
    """Where the bytes with this digest lie in the folder of the installation."""
    return within / FOLDER / digest[:2] / digest
