"""The fields of a regulation in words: what each is called, what stands in it, what changed.

What a field means is read off its path; nothing is decided here.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select

from models import ComplaintState, Department, PenaltyState, Severity
from web import case_line, case_words, deed, filters, penalty_words
from web.label import label
from web.language import is_chinese
from web.regulation_tables import OTHER_LIMITS, on_ladder
from web.session import db
from workflow.limit import Limit
from workflow.process import N_
from workflow.regulation_fields import Difference, Field, Kind, Value

GROUPS = {
    "ladders": N_("Penalties by department"),
    "points": N_("Points"),
    "deadlines": N_("Time limits"),
    "rework_shares": N_("Rework cost"),
    "expires_after_months": N_("How long a penalty counts"),
    "penal_rules": N_("Rules whose breach is penalised"),
    "title": N_("Texts"),
    "rules": N_("Texts"),
}
STEPS = {"first": N_("First time"), "second": N_("Second time"), "dismissal": N_("Dismissal")}
ACCOUNTS = {
    "respondent": N_("Respondent"),
    "department": N_("Department"),
    "head": N_("Head"),
    "leader": N_("Team leader"),
    "late_day": N_("Head, for each started day late"),
    "late_most": N_("Head, for all days late together"),
}
BEARERS = {
    "leader": N_("Borne by the team leader"),
    "person": N_("Borne by the person concerned"),
    "company": N_("Borne by the company"),
}
MONEY = {
    "fine": N_("fine"),
    "joint_fine": N_("fine for joint liability"),
    "rework_share": N_("rework cost"),
    "commission_forfeit": N_("commission forfeited"),
    "reward": N_("reward"),
    "refund": N_("refund"),
    "carry": N_("carried over"),
}
# The limits of a penalty; its steps and states are called as on its pages.
PENALTY_TASKS = {
    "defence": N_("Penalty: state a defence"),
    "submit": N_("Penalty: submit it or drop it"),
    "approve": N_("Penalty: decide on it"),
    "contest": N_("Penalty: appeal against it"),
    "review": N_("Penalty: rule on the appeal"),
    "reinstatement": N_("Penalty: decide on reinstatement"),
}
LANGUAGES = {"zh": N_("in Chinese"), "en": N_("in English")}


@dataclass(frozen=True)
class Line:
    """One difference: where, what stood there, what stands there now."""

    group: str
    name: str
    old: str
    new: str
    is_blank: bool
    is_text: bool


def lines(found: Iterable[Difference]) -> list[Line]:
    ladders = Ladders()
    return [
        Line(
            group=group(difference.field), name=name(difference.field, ladders),
            old=value_in_words(difference.field, difference.old), new=value_in_words(difference.field, difference.new),
            is_blank=difference.is_blank, is_text=difference.field.kind is Kind.TEXT,
        )
        for difference in found
    ]  # fmt: skip


def grouped(found: Iterable[Difference]) -> dict[str, list[Line]]:
    """The differences under the headings that the regulation's page has."""
    told: dict[str, list[Line]] = {}
    for line in lines(found):
        told.setdefault(line.group, []).append(line)
    return told


class Ladders:
    """The departments on each ladder, asked for once."""

    def __init__(self) -> None:
        self.departments = list(db().scalars(select(Department).order_by(Department.id)))

    def named(self, ladder: str) -> str:
        return on_ladder(ladder, self.departments)


def group(field: Field) -> str:
    return _(GROUPS[field.parts[0]])


def name(field: Field, ladders: Ladders) -> str:
    """售后服务部 · 第一次: where the field stands, inside its group."""
    first, *rest = field.parts
    match first:
        case "ladders":
            parts = [ladders.named(rest[0]), _(STEPS[rest[1]])]
        case "points":
            parts = [act(*rest[:2]), _(ACCOUNTS[rest[2]]), *map(measure, rest[3:])]
        case "deadlines":
            parts = [task(rest[0])]
        case "rework_shares":
            parts = [_(BEARERS[rest[0]])]
        case "rules":
            parts = [rest[0], _(LANGUAGES[rest[1]])]
        case "title":
            parts = [_("Title"), _(LANGUAGES[rest[0]])]
        case _:
            parts = [*rest] or [group(field)]
    return case_line.DOT.join(parts)


def act(process: str, step: str) -> str:
    """A step of a process as the pages call it."""
    if process == "penalty" and step in penalty_words.WORDS:
        return _("Penalty: %(act)s", act=_(penalty_words.WORDS[step].choose))
    words = case_words.WORDS.get(step) if process == "complaint" else None
    return _(words.choose) if words is not None else f"{process}.{step}"


def task(clock: str) -> str:
    """What a limit gives time for."""
    if clock in OTHER_LIMITS:
        return _(OTHER_LIMITS[clock][0])
    if clock in PENALTY_TASKS:
        return _(PENALTY_TASKS[clock])
    return deed.to_do(clock) if clock in deed.TO_DO else clock


def state(process: str, value: str) -> str:
    return label(PenaltyState(value) if process == "penalty" else ComplaintState(value))


def measure(word: str) -> str:
    """The severity of a complaint, or the step of the ladder."""
    return _(STEPS[word]) if word in STEPS else label(Severity(word))


def value_in_words(field: Field, value: Value) -> str:
    if value is None:
        return _nothing(field)
    if isinstance(value, Limit):
        return case_words.limit_in_words(value)
    if isinstance(value, Decimal):
        return _("%(amount)s yuan", amount=filters.score(value)) if field.kind is Kind.FINE else filters.score(value)
    if isinstance(value, tuple):
        return ("、" if is_chinese() else ", ").join(value)
    if field.kind is Kind.SHARE:
        return f"{value}%"
    if field.kind is Kind.MONTHS and isinstance(value, int):
        return ngettext("%(num)d month", "%(num)d months", value)
    return str(value)


def _nothing(field: Field) -> str:
    words = {Kind.FINE: _("left open"), Kind.MONTHS: _("for ever")}
    return words.get(field.kind, "–")
