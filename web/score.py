"""One account's month of points: the score, its dial, and the entries that explain it."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from models import Complaint, EntryStatus, Event, LadderStep, Penalty, Person, ScoreEntry
from web import case_line, case_points, case_sight, case_words, deed, filters, moment
from web.label import Look, chip, label
from web.session import actor, db, now, office
from web.waiting import UNDER_APPEAL
from workflow.office import FLOOR, START

PASS_MARK = 60
# The dial's arc: 270 degrees of a circle with the radius 62.
ARC = Decimal("292.2")
ZERO = Decimal(0)


@dataclass(frozen=True)
class Line:
    """One entry: when, in which case, why, how much, and whether it stands."""

    at: datetime
    case: str
    url: str
    about: str
    reason: str
    points: Decimal
    status: Look
    is_taken_back: bool


@dataclass(frozen=True)
class Dial:
    """The attributes of the drawing: what is sure in ink, what may still be lost in ochre."""

    score: str
    sure: str
    maybe: str
    words: str


@dataclass(frozen=True)
class Month:
    """The month as its page tells it."""

    name: str
    score: Decimal
    final: Decimal
    pending: Decimal
    sentence: str
    dial: Dial
    lines: list[Line]


def month_of(person: Person, name: str) -> Month:
    entries = _entries(person, name)
    taken_back = _taken_back(entries)
    standing = [e for e in entries if e.reverses_id is None and e.id not in taken_back]
    pending = sum((e.points for e in standing if e.status is EntryStatus.PROVISIONAL), ZERO)
    final = sum((e.points for e in entries if e.status is EntryStatus.FINAL), ZERO)
    score, after = office().balance(person, name), max(FLOOR, START + final + pending)
    return Month(
        name=name, score=score, final=final, pending=pending,
        sentence=_sentence(name, score, pending, after, standing),
        dial=_dial(score, pending, after),
        lines=_lines(entries, taken_back),
    )  # fmt: skip


def months_of(person: Person, present: str) -> list[str]:
    """The months with entries, and the present one; the newest first."""
    found = set(db().scalars(select(ScoreEntry.month).where(ScoreEntry.person_id == person.id).distinct()))
    return sorted(found | {present}, reverse=True)


def _entries(person: Person, name: str) -> list[ScoreEntry]:
    query = (
        select(ScoreEntry)
        .where(ScoreEntry.person_id == person.id, ScoreEntry.month == name)
        .options(
            joinedload(ScoreEntry.event).options(*case_sight.with_its_case()),
            joinedload(ScoreEntry.confirmed_by).joinedload(Event.actor),
        )
        .order_by(ScoreEntry.id.desc())
    )
    return list(db().scalars(query))


def _taken_back(entries: list[ScoreEntry]) -> set[int | None]:
    """Those of the entries that a later one has taken back, in whatever month."""
    ids = [entry.id for entry in entries]
    return set(db().scalars(select(ScoreEntry.reverses_id).where(ScoreEntry.reverses_id.in_(ids))))


# --- in words -----------------------------------------------------------------------------------


def _sentence(name: str, score: Decimal, pending: Decimal, after: Decimal, standing: list[ScoreEntry]) -> str:
    values = {
        "month": moment.month(name), "score": filters.score(score),
        "points": filters.score(abs(pending)), "after": filters.score(after),
    }  # fmt: skip
    if name != office().calendar.month_of(now()):
        return _of_a_past_month(pending, values)
    if pending == 0 and not standing:
        return _("You have %(score)s points. Nothing was taken off this month.", **values)
    if pending == 0:
        return _("You have %(score)s points. Nothing is provisional.", **values)
    waits = [entry for entry in standing if entry.status is EntryStatus.PROVISIONAL]
    if all(entry.event.case.state in UNDER_APPEAL for entry in waits):
        return _(
            "You have %(score)s points. Another %(points)s are provisional: "
            "if the appeal fails, you will have %(after)s.",
            **values,
        )
    return _(
        "You have %(score)s points. Another %(points)s are provisional: "
        "if the complaint is accepted, you will have %(after)s.",
        **values,
    )


def _of_a_past_month(pending: Decimal, values: dict[str, str]) -> str:
    if pending == 0:
        return _("%(month)s: %(score)s points.", **values)
    return _("%(month)s: %(score)s points; %(points)s more are still provisional.", **values)


def _dial(score: Decimal, pending: Decimal, after: Decimal) -> Dial:
    sure = min(score, after)
    words = _("Score %(score)s of 100, pass mark %(mark)d", score=filters.score(score), mark=PASS_MARK)
    if pending:
        words = _("%(words)s; %(points)s provisional", words=words, points=filters.score(abs(pending)))
    return Dial(filters.score(score), f"{ARC * sure / 100:.1f}", f"{ARC * (score - sure) / 100:.1f}", words)


# --- the entries --------------------------------------------------------------------------------


def _lines(entries: list[ScoreEntry], taken_back: set[int | None]) -> list[Line]:
    visible = case_sight.visible(entry.event for entry in entries)
    return [
        _line(e, is_visible=case_sight.key_of(e.event) in visible, is_taken_back=e.id in taken_back) for e in entries
    ]


def _line(entry: ScoreEntry, *, is_visible: bool, is_taken_back: bool) -> Line:
    case = entry.event.case
    return Line(
        at=entry.event.at,
        case=filters.case(case),
        url=case_line.address(case) if is_visible else "",
        about=case_line.gist(case, actor()) if is_visible else "",
        reason=_reason(entry),
        points=entry.points,
        status=_status(entry, is_taken_back=is_taken_back),
        is_taken_back=is_taken_back,
    )


def _status(entry: ScoreEntry, *, is_taken_back: bool) -> Look:
    if is_taken_back or entry.reverses_id is not None:
        return Look(_("Taken back"), "arrow-counterclockwise", "gd-chip-void")
    return chip(entry.status)


def _reason(entry: ScoreEntry) -> str:
    """CS-2 下发客诉，一般，刘洋受理了客诉后转为已定."""
    parts = [f"{entry.event.rule} {_why(entry)}"]
    if (by := entry.confirmed_by) is not None:
        who = by.actor.name if by.actor is not None else _("Deadline")
        parts.append(_("final: %(who)s %(did)s", who=who, did=deed.done(by)))
    return case_words.series(parts)


def _why(entry: ScoreEntry) -> str:
    action, case = entry.event.action, entry.event.case
    if isinstance(case, Penalty):
        return _why_by_a_penalty(entry, case)
    if entry.reverses_id is not None:
        return _("taken back: %(did)s", did=deed.done(entry.event))
    if (words := case_points.REASONS.get((action, entry.kind))) is not None:
        return _(words)
    assert isinstance(case, Complaint), "nothing else posts points"
    return _("Complaint assigned, %(severity)s", severity=label(case.severity))


def _why_by_a_penalty(entry: ScoreEntry, penalty: Penalty) -> str:
    """第一次处罚 · 连带责任：第一次处罚 · 处罚变更 · 处罚已撤销."""
    if entry.reverses_id is not None:
        return _("Penalty revoked")
    if entry.event.action == "regrade":
        return _("Penalty regraded")
    step = label(LadderStep(entry.event.said.get("step") or penalty.step or LadderStep.FIRST))
    return _("joint liability for a team member's penalty") if entry.kind == "leader" else step
