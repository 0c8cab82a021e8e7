"""What was asked about the lines of a month: for the pages that show a card, and how much of it waits for an answer."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from flask import request
from flask_babel import gettext as _
from sqlalchemy import func, select

from models import Person, ScorecardQuestion
from web import form, moment
from web.filters import points as points_words
from web.session import actor, db, me
from workflow import scorecard_question
from workflow.scorecard_books import Account
from workflow.scorecard_month import Month

DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True)
class Asked:
    """What was asked about a month, and what whoever it is about can ask still."""

    questions: list[ScorecardQuestion]
    choices: list[tuple[str, str]]
    may_ask: bool
    wrong: form.Wrong
    typed: Mapping[str, str]


def asked(month: Month, person: Person, account: Account, wrong: form.Wrong | None = None) -> Asked:
    lines = [(line, worded(line)) for line in map(told, entries(account))]
    is_mine = person.id == me().id
    return Asked(
        scorecard_question.of_person(db(), month.name, person), [("", _("choose")), *lines], is_mine and bool(lines),
        wrong or form.Wrong(), request.form if wrong is not None else {},
    )  # fmt: skip


def told(line: Mapping[str, Any]) -> str:
    """An entry of a month as a question keeps it: day, case, rule, points; for readers see `worded`."""
    parts = (line["at"][:10], line["case_number"], line["rule"], points_words(Decimal(line["points"])))
    return " · ".join(str(part) for part in parts if part)[: scorecard_question.LONGEST_LINE]


def worded(line: str) -> str:
    """What `told` keeps, with the day as the reader writes one."""
    day, dot, rest = line.partition(" · ")
    return f"{moment.day(date.fromisoformat(day))}{dot}{rest}" if DAY.fullmatch(day) else line


def count() -> int:
    """Questions about scorecards that wait for my answer."""
    waiting = select(func.count(ScorecardQuestion.id)).where(scorecard_question.waiting_for(actor()))
    return db().execute(waiting).scalar_one()


def entries(account: Account) -> list[dict[str, Any]]:
    """The lines of a month that can be asked about, provisional ones among them."""
    return [*account.lines, *account.provisional]
