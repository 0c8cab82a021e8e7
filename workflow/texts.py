"""What people type, made fit to be kept: trimmed, one kind of line break, empty is None."""

import unicodedata
from typing import Any

UNSEEN = ("Cc", "Cf", "Zs", "Zl", "Zp")
LONGEST_PLATE = 40


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
    kept = "".join(char for char in unified if char in "\n\t" or unicodedata.category(char) not in ("Cc", "Cs"))
    return kept.strip() if any(unicodedata.category(char) not in UNSEEN for char in kept) else None


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
