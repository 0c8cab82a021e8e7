"""What people type, made fit to be kept: trimmed, one kind of line break, empty is None; and the guards of
every process against leaving out what is needed and against saying too much.
"""

import unicodedata
from collections.abc import Callable, Mapping
from typing import Any

from workflow.process import INVALID, N_, Objection, Step

# Marks that turn the direction of writing can make a text say what it does not.
TURNING = {"\u061c", "\u200e", "\u200f", *map(chr, range(0x202A, 0x202F)), *map(chr, range(0x2066, 0x206A))}
UNSEEN = ("Cc", "Cf", "Zs", "Zl", "Zp")
LONGEST_PLATE = 40
MAX_TEXT = 5_000
# What makes a spreadsheet calculate; full-width forms are taken for the same by some.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
LINES = {"customer_name": 60, "customer_phone": 40, "vehicle": 40, "vehicle_model": 120, "order_number": 60,
         "source": 40, "external_ref": 80}  # fmt: skip


def spoken(said: dict[str, Any]) -> dict[str, Any]:
    """The inputs without blanks around them and without those that were left empty."""
    cleaned = {key: clean(value) if isinstance(value, str) else value for key, value in said.items()}
    return {key: value for key, value in cleaned.items() if value is not None and value != []}


def clean(text: str | None) -> str | None:
    """`text` composed, trimmed and with plain line feeds; None when nothing is left."""
    if text is None:
        return None
    unified = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    # No database keeps a NUL or half a surrogate, and what only has no shape says nothing.
    kept = "".join(char for char in unified if char in "\n\t" or not _is_unfit(char))
    return kept.strip() if any(unicodedata.category(char) not in UNSEEN for char in kept) else None


def _is_unfit(char: str) -> bool:
    return char in TURNING or unicodedata.category(char) in ("Cc", "Cs")


def digits(phone: str | None) -> str | None:
    """The digits of a phone number in ASCII, so that 138 0000 0007 finds １３８-0000-0007."""
    if not phone:
        return None
    found = "".join(str(unicodedata.digit(char)) for char in phone if char.isdigit())
    return found or None


def plate(vehicle: str | None) -> str | None:
    """A plate or frame number without spaces, dots and case: 沪A·12345 and 沪a12345 are one vehicle."""
    if not vehicle:
        return None
    folded = unicodedata.normalize("NFKC", vehicle).upper()
    return "".join(char for char in folded if char.isalnum())[:LONGEST_PLATE] or None


def harmless(text: str) -> str:
    """`text` that no spreadsheet takes for a formula, without what no file can hold."""
    kept = "".join(c for c in text if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cs"))
    return f"'{kept}" if kept.startswith(FORMULA_STARTS) else kept


def needs(field: str, sentence: str) -> Callable[[Step[Any]], Objection | None]:
    """A guard against leaving `field` empty."""

    def nothing_was_said(step: Step[Any]) -> Objection | None:
        return None if step.said.get(field) else Objection(INVALID, sentence, field=field)

    return nothing_was_said


def says_too_much(step: Step[Any]) -> Objection | None:
    """A guard against a text that is longer than its field, the first of them."""
    return next(iter(too_long(step.said)), None)


def too_long(said: Mapping[str, Any]) -> list[Objection]:
    """Every text that is longer than its field."""
    return [
        Objection(
            INVALID, N_("This text is too long: %(length)s characters, at most %(limit)s."),
            field=field, length=len(text), limit=LINES.get(field, MAX_TEXT),
        )
        for field, text in said.items()
        if isinstance(text, str) and len(text) > LINES.get(field, MAX_TEXT)
    ]  # fmt: skip
