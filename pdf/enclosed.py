"""The content of a letter as the file inside its PDF: for programs what the paper is for people.

The full copy encloses the content as that copy shows it. Of any other copy no word goes along that does not stand on
its paper: a name, a post or a sentence that is not printed is left out, whatever the content holds of it. What leaves
the company encloses no more than who wrote what when.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import datetime
from html import unescape
from typing import Any

from pdf.prose import Content
from pdf.render import Enclosed
from pdf.words import Copy, Language

FORMAT = "gongdao-letter/1"
NAME, DESCRIPTION = "content.json", "Content of this letter as JSON"
# What everybody in the company may read anyway.
_OPEN = ("company", "regulation", "rules")
_WRITTEN_BY_PEOPLE = ("name", "post", "zh", "en")
# A state, a number, a day: nothing that names anybody or says anything in words.
_CODE = re.compile(r"[a-z][a-z_]*|[A-Z]{1,6}-[0-9.]+|[-+0-9.:TZ]+")
_OUTSIDE = ("schema", "template_version", "company", "kind", "issued_at")
_FOR_THE_OUTSIDE = ("separation_certificate",)
_TAGS = re.compile(r"(?s)<style\b.*?</style>|<[^>]*>")


def enclosed(
    shown: Content, page: str, *, lang: Language, copy: Copy, digest: str, voided_by: Mapping[str, Any] | None = None
) -> Enclosed:
    """What is enclosed with the paper that this page prints; `shown` is the content as this copy shows it."""
    told = {
        "format": FORMAT, "language": lang, "copy": copy, "digest": digest, "voided_by": voided_by,
        "content": _told(shown, page, copy),
    }  # fmt: skip
    written = json.dumps(told, ensure_ascii=False, sort_keys=True, indent=1) + "\n"
    return Enclosed(NAME, written.encode(), DESCRIPTION, datetime.fromisoformat(shown["issued_at"]))


def _told(shown: Content, page: str, copy: Copy) -> Content:
    if copy == "customer" or shown["kind"] in _FOR_THE_OUTSIDE:
        number = {part: shown["number"][part] for part in ("year", "seq")}
        return {part: shown[part] for part in _OUTSIDE} | {"number": number}
    if copy == "full":
        return shown
    printed = _squeezed(unescape(_TAGS.sub("", page)))
    return {key: value if key in _OPEN else _printed(value, key, printed) for key, value in shown.items()}


def _printed(value: Any, key: str, printed: str) -> Any:
    """The value without the words that the paper does not print."""
    match value:
        case {"zh": str() as chinese, "en": str() as english}:
            stands = _stands(chinese, printed) or _stands(english, printed)
            return {part: _printed(other, part, printed) for part, other in value.items()} | {
                "zh": chinese if stands else None, "en": english if stands else None
            }  # fmt: skip
        case {"name": str() as name} if not _stands(name, printed):
            return None
        case dict():
            told = {part: _printed(other, part, printed) for part, other in value.items()}
            return None if "account" in told and _is_nobody(told["account"]) else told
        case list():
            return [told for other in value if (told := _printed(other, "name", printed)) is not None]
        case str():
            is_code = key not in _WRITTEN_BY_PEOPLE and _CODE.fullmatch(value)
            return value if is_code or _stands(value, printed) else None
    return value


def _is_nobody(account: Mapping[str, Any]) -> bool:
    return account["zh"] is None and account["en"] is None


def _stands(words: str, printed: str) -> bool:
    """Whether every paragraph of it is on the paper."""
    return all(_squeezed(line) in printed for line in words.splitlines())


def _squeezed(words: str) -> str:
    return "".join(words.split())
