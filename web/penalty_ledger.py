"""Points and money of a penalty: a respondent reads their own entries and not the leader's."""

from dataclasses import dataclass
from decimal import Decimal

from flask_babel import gettext as _

from models import Event, MoneyEntry, MoneyKind, Penalty, PenaltyState, ScoreEntry
from web import case_words, filters
from web.case_points import signed
from web.label import Look, chip
from web.penalty_step import is_about_me
from web.session import me
from workflow.process import N_

KINDS = {
    MoneyKind.FINE: N_("Fine"),
    MoneyKind.JOINT_FINE: N_("Joint fine"),
    MoneyKind.REWORK_SHARE: N_("Share of the rework cost (CS-9)"),
    MoneyKind.COMMISSION_FORFEIT: N_("Commission forfeited (CS-9)"),
    MoneyKind.REWARD: N_("Reward"),
    MoneyKind.REFUND: N_("Given back"),
    MoneyKind.CARRY: N_("Carried over"),
}
NOT_YET = N_("Only what has taken effect is deducted, on pay day, within the cap and above the minimum wage.")
DEDUCTED = {
    PenaltyState.ISSUED: NOT_YET,
    PenaltyState.APPEALED: NOT_YET,
    PenaltyState.FINAL: N_("It is deducted on pay day, within the cap and above the minimum wage."),
    PenaltyState.SETTLED: N_("Nothing is owed any more."),
}
POSTED = {"respondent": N_("Penalty"), "leader": N_("Joint liability of the team leader")}


@dataclass(frozen=True)
class PointsRow:
    account: str
    reason: str
    rule: str
    points: Decimal
    status: Look
    is_taken_back: bool


@dataclass(frozen=True)
class MoneyRow:
    account: str
    reason: str
    month: str
    fen: int
    is_taken_back: bool


def may_read(entry: ScoreEntry | MoneyEntry, penalty: Penalty) -> bool:
    """The leader's part is no business of the respondent's."""
    return not is_about_me(penalty) or entry.person_id == me().id


def points(penalty: Penalty) -> list[PointsRow]:
    entries = [e for event in penalty.events for e in event.entries if may_read(e, penalty)]
    taken_back = {entry.reverses_id for entry in entries}
    return [
        PointsRow(_name(e), _reason(e), e.event.rule, e.points, chip(e.status), e.id in taken_back) for e in entries
    ]


def _reason(entry: ScoreEntry) -> str:
    if entry.reverses_id is not None:
        return _("Taken back")
    if entry.event.action == "regrade":
        return _("Regraded")
    return _(POSTED.get(entry.kind, POSTED["respondent"]))


def _name(entry: ScoreEntry | MoneyEntry) -> str:
    if entry.person_id == me().id:
        return _("You")
    account = entry.person
    return account.name if account is not None else ""


def money(penalty: Penalty) -> list[MoneyRow]:
    entries = [e for event in penalty.events for e in event.money if may_read(e, penalty)]
    taken_back = {entry.reverses_id for entry in entries}
    return [
        MoneyRow(_name(e), _(KINDS[e.kind]), case_words.month(e.month), e.amount, e.id in taken_back) for e in entries
    ]


def kind_of(kind: MoneyKind) -> str:
    """The kind inside a sentence."""
    words = _(KINDS[kind])
    return words[:1].lower() + words[1:]


def total(penalty: Penalty) -> str:
    """What it comes to for the respondent, in one sentence."""
    entries = [e for event in penalty.events for e in event.money if e.person_id == penalty.respondent_id]
    if not entries:
        return ""
    in_all = _("In all for %(name)s: %(yuan)s yuan.", name=_of_respondent(penalty), yuan=filters.yuan(_sum(entries)))
    return case_words.sentences([in_all, _(DEDUCTED[penalty.state]) if penalty.state in DEDUCTED else ""])


def _sum(entries: list[MoneyEntry]) -> int:
    return sum(entry.amount for entry in entries)


def _of_respondent(penalty: Penalty) -> str:
    return _("you") if is_about_me(penalty) else penalty.respondent.name


def moved_by(event: Event, penalty: Penalty) -> list[str]:
    """The points and the money that one act moved, a line for each."""
    entries = [e for e in event.entries if may_read(e, penalty)]
    sums = [e for e in event.money if may_read(e, penalty)]
    lines = []
    if entries:
        words = _("Taken back: %(points)s") if event.action == "revoke" else _("Final: %(points)s")
        lines.append(words % {"points": case_words.series(f"{_name(e)} {signed(e.points)}" for e in entries)})
    if sums:
        told = case_words.series(
            _("%(name)s %(kind)s %(yuan)s yuan", name=_name(e), kind=kind_of(e.kind), yuan=filters.yuan(e.amount))
            for e in sums
        )
        lines.append(told)
    return lines
