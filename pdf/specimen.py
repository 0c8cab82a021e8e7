"""A specimen of every kind of letter, for whoever wants to see a letter before one is issued.

They are frozen contents of the demo company and lie in pdf/specimens as JSON, as workflow freezes them; a test
holds them together with those by which the letters are checked.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parent / "specimens"
DIGEST = "0" * 64


def of(kind: str, stationery: dict[str, Any], company: dict[str, str]) -> dict[str, Any]:
    """A fresh content of this kind, as if issued by this company on this stationery."""
    content: dict[str, Any] = json.loads((FOLDER / f"{kind}.json").read_text(encoding="utf-8"))
    return content | {"stationery": stationery, "company": company}
