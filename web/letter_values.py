"""Values of a letter's frozen content in the reader's language."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _

from web import case_line, filters, moment
from web.language import is_chinese

Json = dict[str, Any]


@dataclass(frozen=True)
class Fact:
    label: str
    text: str

    @property
    def lines(self) -> list[str]:
        return self.text.splitlines()


@dataclass(frozen=True)
class Money:
    """Money that the step moved, in fen, with the account's month after it."""

    account: str
    what: str
    fen: int
    after: str
    is_taken_back: bool = False


def who(person: Json | None) -> str:
    return dotted(person["name"], person["post"]) if person else ""


def named(thing: Json | None) -> str:
    return "" if thing is None else str(thing["zh" if is_chinese() else "en"])


def dotted(*parts: str | None) -> str:
    return case_line.DOT.join(part for part in parts if part)


def when(iso: str | None) -> str:
    return moment.weekday_moment(datetime.fromisoformat(iso)) if iso else ""


def day(iso: str | None) -> str:
    return moment.long_day(date.fromisoformat(iso)) if iso else ""


def score(points: str | None) -> str:
    return filters.score(Decimal(points)) if points else ""


def yuan(fen: int) -> str:
    """50.00 元 · CNY 50.00."""
    return _("%(amount)s yuan", amount=filters.yuan(fen))
