"""What people wrote, as a copy may print it: without whom it hides, and with 〓 for what no font has."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from pdf import fonts
from pdf.words import CUSTOMER, NOT_PRINTABLE, Language
from privacy import A_MOBILE_NUMBER, is_chinese, without_name, written

Content = dict[str, Any]
Change = Callable[[str], str]
# Which fields of which part hold people's own words; a dot leads into a part of a part.
Places = Mapping[str, tuple[str, ...]]

NO_NUMBER = re.compile(r"(?!)")


def change(content: Content, places: Places, rewrite: Change) -> None:
    """Change every text that stands in these places."""
    for part, fields in places.items():
        for found in _parts(content, part.split(".")):
            for field in fields:
                if found.get(field):
                    found[field] = rewrite(found[field])


def _parts(content: Content, path: list[str]) -> Iterator[Content]:
    found: Any = content
    for name in path:
        found = found and found[name]
    if found:
        yield from found if isinstance(found, list) else [found]


def in_english(part: Content, field: str, *, lang: Language) -> None:
    """Put what the product has worded (`facts_en` of `facts`) in the language of the copy; people's words stay."""
    english = part.pop(f"{field}_en", None)
    if english and lang == "en":
        part[field] = english


def hide(text: str, *, name: str, phone: re.Pattern[str] = NO_NUMBER, also: list[str | None]) -> str:
    """The text without the customer: name, telephone, and what else identifies them."""
    chinese = is_chinese(text)
    withheld = "（略）" if chinese else "[withheld]"
    for secret in (phone, A_MOBILE_NUMBER, written(also)):
        text = secret.sub(withheld, text)
    return without_name(text, name, CUSTOMER["zh" if chinese else "en"])


def printable_with_note(text: str, *, lang: Language) -> str:
    """The text as it can be printed; where something was replaced, a line under it says so."""
    printed = printable(text)
    return printed if printed == text else f"{printed}\n{NOT_PRINTABLE[lang]}"


def printable(text: str) -> str:
    """The text with 〓 for every character that no font has."""
    marks = {ord(c): None if fonts.is_invisible(c) else "〓" for c in fonts.missing(text)}
    return text.translate(marks)
