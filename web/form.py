"""Reading forms: what was typed, as text, amounts and days, and refusals told beside their fields."""

import re
from datetime import date, datetime, time

from flask import request

from pdf import fonts
from web.filters import sentence
from web.session import zone
from workflow.process import INVALID, N_, Objection, Refused
from workflow.texts import clean

# Text longer than any field may be; what is beyond is refused by the rules, not kept in memory.
LONGEST = 20_000
AMOUNT = re.compile(r"[0-9]{1,9}(\.[0-9]{1,2})?")
# Beyond these no day has a day before and after it in every zone.
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2999, 12, 31)


def text(name: str) -> str:
    return request.form.get(name, "")[:LONGEST]


def printed(name: str) -> str:
    """A text that goes on letters; Refused names what no font has, beside the field."""
    typed = text(name)
    if missing := fonts.unprintable(clean(typed) or ""):
        sentence_ = N_("Letters cannot print %(characters)s. Please write it another way.")
        raise Refused([Objection(INVALID, sentence_, field=name, characters="、".join(missing[:5]))])
    return typed


def chosen(name: str) -> int | None:
    """The number of what was chosen; None for nothing and for what is no number."""
    return number(request.form.get(name, ""))


def number(value: str) -> int | None:
    """The number of a row, as a form writes it; None for what is none."""
    return int(value) if value.isascii() and value.isdigit() and len(value) < 10 else None


def yes_or_no(name: str) -> bool | None:
    """What was answered; None where nothing was."""
    return {"yes": True, "no": False}.get(text(name))


def fen(name: str) -> int | None:
    """An amount typed in yuan, as whole fen; None for nothing and for what is no amount with two decimals."""
    typed = request.form.get(name, "").strip().replace(",", "").replace("，", "")
    if not AMOUNT.fullmatch(typed):
        return None
    yuan, _, rest = typed.partition(".")
    return int(yuan) * 100 + int(rest.ljust(2, "0") or 0)


def day(name: str) -> date | None:
    """The day typed in a field; None for nothing and for what is no day."""
    return day_of(request.form.get(name, "").strip())


def day_of(typed: str) -> date | None:
    """The day written as YYYY-MM-DD; None for what is no day of anybody's life."""
    try:
        found = date.fromisoformat(typed)
    except ValueError:
        return None
    return found if FIRST_DAY <= found <= LAST_DAY else None


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
