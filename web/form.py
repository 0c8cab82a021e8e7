"""Reading forms: what was typed, as text and days, and refusals told beside their fields."""

from datetime import date, datetime, time

from flask import request

from web.filters import sentence
from web.session import zone
from workflow.process import INVALID, Refused

# Text longer than any field may be; what is beyond is refused by the rules, not kept in memory.
LONGEST = 20_000


def text(name: str) -> str:
    return request.form.get(name, "")[:LONGEST]


def chosen(name: str) -> int | None:
    """The number of what was chosen; None for nothing and for what is no number."""
    value = request.form.get(name, "")
    return int(value) if value.isascii() and value.isdigit() and len(value) < 10 else None


def day(name: str) -> date | None:
    """The day typed as YYYY-MM-DD; None for nothing and for what is no day."""
    try:
        return date.fromisoformat(request.form.get(name, "").strip())
    except ValueError:
        return None


def midnight(found: date) -> datetime:
    """The beginning of a day in the company's time."""
    return datetime.combine(found, time(), zone())


class Wrong(dict[str, str]):
    """What is wrong, by field; a field that is not named is right, which reads as an empty text."""

    def __missing__(self, field: str) -> str:
        return ""


def beside_fields(error: Refused) -> Wrong:
    """The sentences of a refusal by the field they belong to; the rest under an empty name.

    Only a refusal of what was typed is told beside the form; any other goes its usual way.
    """
    if any(objection.code != INVALID for objection in error.objections):
        raise error
    found: dict[str, list[str]] = {}
    for objection in error.objections:
        found.setdefault(str(objection.values.get("field", "")), []).append(sentence(objection))
    return Wrong({field: " ".join(sentences) for field, sentences in found.items()})
