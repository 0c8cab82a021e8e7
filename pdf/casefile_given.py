"""What a case file is given: everything as its reader may read it, frozen, so that nothing is looked up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pdf.words import Copy

Json = Mapping[str, Any]


@dataclass(frozen=True)
class LetterIn:
    """A letter of the case as its reader has it; without bytes, and with a fate, where its paper could not be made."""

    number: Json
    kind: str
    copy: Copy
    issued_at: str
    digest: str
    data: bytes | None
    fate: str = ""


@dataclass(frozen=True)
class ServiceIn:
    """How one letter reached one addressee; without a way while it is open."""

    number: Json
    kind: str
    who: Json
    way: str | None
    at: str | None
    place: str | None = None
    witnesses: tuple[str, ...] = ()
    note: str | None = None
    recorded_by: str | None = None
    recorded_at: str | None = None


@dataclass(frozen=True)
class ExhibitIn:
    """An attachment under the name that the reader may read; `place` is where its bytes should lie."""

    name: str
    media_type: str
    size: int
    digest: str
    added_by: str
    added_at: str
    place: Path


@dataclass(frozen=True)
class CaseIn:
    """Everything that stands in the file; `cover` is what `workflow.casefile.cover_of` tells."""

    cover: Json
    copy: int
    is_in_full: bool
    letters: Sequence[LetterIn]
    served: Sequence[ServiceIn]
    exhibits: Sequence[ExhibitIn]
