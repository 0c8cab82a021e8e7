"""The part of the audit that reads letters: each step has its own, with the content and the bytes it was given."""

import hashlib
import json
from collections import defaultdict
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Text, case, cast, func, select
from sqlalchemy.orm import Session

from models import Complaint, Event, Letter, LetterPdf, Penalty, Plan, Reward
from workflow import penalty_letter, reward_letter
from workflow.complaint import COMPLAINT
from workflow.letter import SERIES
from workflow.penalty import PENALTY
from workflow.process import Process
from workflow.record import digest_of
from workflow.reward import REWARD

AnyRow = Row[*tuple[Any, ...]]
LETTERS, PAPERS = 500, 20
NAMES = {
    SERIES: "客诉",
    penalty_letter.SERIES: "处罚",
    "scorecard": "考核",
    "target": "目标",
    "briefing": "简报",
    reward_letter.SERIES: "奖励",
}
# The cases that are numbered by year, with the process whose steps issue letters.
NUMBERED: tuple[tuple[type[Complaint] | type[Penalty] | type[Reward], Process[Any]], ...] = (
    (Complaint, COMPLAINT), (Penalty, PENALTY), (Reward, REWARD),
)  # fmt: skip


def letter_name(series: str, year: int, seq: int) -> str:
    """As it is printed on the letter: 客诉〔2026〕35号."""
    return f"letter {NAMES.get(series, series)}〔{year}〕{seq}号"


def first_event_without_letter(session: Session) -> str | None:
    """Only remarks and the like, which are no rules of the table, issue no letter."""
    for sort, process in NUMBERED:
        query = (
            select(sort.year, sort.seq, Event.seq, Event.action)
            .join(Event, link_to(sort))
            .where(Event.action.in_([rule.name for rule in process.rules if rule.letter]), ~Event.letters.any())
            .order_by(sort.id, Event.seq)
            .limit(1)
        )
        if (row := session.execute(query).first()) is not None:
            year, number, seq, action = row
            return f"{sort.kind} {year}-{number}, event {seq} ({action}) has no letter"
    return None


def link_to(sort: type[Complaint] | type[Penalty] | type[Plan] | type[Reward]) -> ColumnElement[bool]:
    """The event is about this kind of case."""
    columns = {
        Complaint: Event.complaint_id, Penalty: Event.penalty_id, Plan: Event.plan_id, Reward: Event.reward_id,
    }  # fmt: skip
    return columns[sort] == sort.id


def case_columns() -> tuple[Any, ...]:
    """The kind and the number of the case behind an event, where it is numbered by year; nothing otherwise."""
    kind = case(
        (Event.complaint_id.is_not(None), Complaint.kind), (Event.penalty_id.is_not(None), Penalty.kind),
        (Event.reward_id.is_not(None), Reward.kind), else_="",
    )  # fmt: skip
    return (
        kind.label("case_kind"),
        func.coalesce(Complaint.year, Penalty.year, Reward.year).label("case_year"),
        func.coalesce(Complaint.seq, Penalty.seq, Reward.seq).label("case_seq"),
    )


def case_name(row: AnyRow) -> str:
    """complaint 2026-12 · penalty 2026-3; of a month or a unit, what its letter says beside it is enough."""
    return f"{row.case_kind} {row.case_year}-{row.case_seq}" if row.case_kind else "a month"


def first_changed_letter(session: Session) -> str | None:
    """The first letter whose content does not match its digest, or whose row says something else."""
    # The text as stored: what is no JSON any more must be named, not raised.
    words = cast(Letter.content, Text).label("words")
    row = (Letter.kind, Letter.series, Letter.year, Letter.seq, Letter.issued_at, Letter.digest, words)
    query = (
        select(*row, Event.action, Event.at, *case_columns())
        .join(Letter.event)
        .outerjoin(Event.complaint)
        .outerjoin(Event.penalty)
        .outerjoin(Event.reward)
        .order_by(Letter.id)
        .execution_options(yield_per=LETTERS)
    )
    with session.execute(query) as letters:
        for letter in letters:
            if why := _what_is_wrong(letter):
                return f"{case_name(letter)}, {letter_name(letter.series, letter.year, letter.seq)}: {why}"
    return None


def _what_is_wrong(letter: AnyRow) -> str | None:
    content = content_of(letter.words)
    if content is None or not _matches(content, letter.digest):
        return "its content does not match its digest"
    for what, told, kept in _told_twice(letter, content):
        if told != kept:
            return f"its {what} is not the one in its content"
    if letter.case_kind and letter.kind not in _ISSUED_BY[letter.case_kind, letter.action]:
        return f"it belongs to an event ({letter.action}) that issues no such letter"
    return None


def content_of(words: str) -> dict[str, Any] | None:
    """The content that was stored as `words`; None when it is none."""
    try:
        content = json.loads(words)
    except ValueError:
        return None
    return content if isinstance(content, dict) else None


def _matches(content: dict[str, Any], digest: str) -> bool:
    try:
        return digest_of(content) == digest
    except ValueError:  # half a surrogate, which no text of ours contains
        return False


def _told_twice(letter: AnyRow, content: dict[str, Any]) -> tuple[tuple[str, Any, Any], ...]:
    """What stands in the frozen content and beside it: the row could be pointed at another case or day."""
    number = {"series": letter.series, "year": letter.year, "seq": letter.seq}
    case_number = f"{letter.case_year}-{letter.case_seq}" if letter.case_kind else content.get("case_number")
    return (
        ("kind", content.get("kind"), letter.kind),
        ("number", content.get("number"), number),
        ("case", content.get("case_number"), case_number),
        ("day", datetime.fromisoformat(content["issued_at"]), letter.issued_at),
        ("day", letter.at, letter.issued_at),
    )


_ISSUED_BY: dict[tuple[str, str], set[str]] = defaultdict(set)
for _case, _process in NUMBERED:
    for _rule in _process.rules:
        _ISSUED_BY[_case.kind, _rule.name].add(_rule.letter)


def first_changed_paper(session: Session) -> str | None:
    """The first stored PDF whose bytes do not match the digest that was kept with them."""
    query = (
        select(
            Letter.series, Letter.year, Letter.seq,
            LetterPdf.language, LetterPdf.copy, LetterPdf.digest, LetterPdf.data,
        )
        .join(Letter, Letter.id == LetterPdf.letter_id)
        .order_by(LetterPdf.letter_id)
        .execution_options(yield_per=PAPERS)
    )  # fmt: skip
    with session.execute(query) as papers:
        for series, year, seq, language, copy, digest, data in papers:
            if hashlib.sha256(data).hexdigest() != digest:
                return f"the PDF of {letter_name(series, year, seq)} ({language}, {copy}) does not match its digest"
    return None
