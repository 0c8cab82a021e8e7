"""The stationery with which a letter was issued: what its frozen content says of it, with the pictures it names."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

from pdf.words import Language

Pictures = Mapping[str, bytes]

_PLAIN: Mapping[str, Any] = {
    "letterhead": {"zh": None, "en": None},
    "address": {"zh": None, "en": None},
    "telephone": None,
    "logo": None,
    "seal": None,
}


def of(content: Mapping[str, Any], pictures: Pictures) -> dict[str, Any]:
    """What the templates read; a letter that was issued on plain paper names no edition."""
    own = content.get("stationery") or _PLAIN
    head = {lang: own["letterhead"][lang] or content["company"][lang] for lang in ("zh", "en")}
    drawn = {name: _as_address(pictures[own[name]]) if own[name] else None for name in ("logo", "seal")}
    return {"letterhead": head, "address": own["address"], "telephone": own["telephone"], **drawn}


def wording(content: Mapping[str, Any], lang: Language) -> Mapping[str, str]:
    """The company's own words by their place; none where the standard words stand."""
    own = content.get("stationery")
    return own["wording"].get(lang, {}) if own else {}


def _as_address(picture: bytes) -> str:
    return "data:image/png;base64," + base64.b64encode(picture).decode()
