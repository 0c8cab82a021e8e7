"""The regulation as tables: time limits in words, points by severity, who takes which step.

Everything comes from one stored edition and from the process table; nothing is restated here.
"""

import re
from dataclasses import dataclass
from decimal import Decimal

from flask_babel import gettext as _
from sqlalchemy import select

from models import ComplaintState, Department, Severity
from web import case_words, deed, filters
from web.diagram import BY
from web.language import is_chinese
from web.session import db
from workflow.complaint import COMPLAINT
from workflow.deadline import CLOCKS, Clock
from workflow.process import N_, Rule
from workflow.regulation import Bilingual, BySeverity, Pack, Price

NUMBER = re.compile(r"\d+")
# Limits that no step answers.
OTHER_LIMITS = {
    "statutory": (N_("Tell the customer the outcome"), N_("Asked by law, beside every other limit")),
    "reopening": (N_("Reopen a closed case"), N_("Afterwards a new complaint is filed")),
}


@dataclass(frozen=True)
class RuleText:
    id: str
    text: str


@dataclass(frozen=True)
class LimitLine:
    """Within what time what has to be done by whom, and what follows otherwise."""

    task: str
    by: str
    limit: str
    otherwise: str


@dataclass(frozen=True)
class PriceLine:
    """What one step costs one account, by severity; one figure where severity makes no difference."""

    act: str
    account: str
    by_severity: tuple[str, ...]
    flat: str = ""


@dataclass(frozen=True)
class StepLine:
    """One sentence of the process table."""

    rule: str
    act: str
    by: str
    sources: tuple[ComplaintState, ...]
    dest: ComplaintState | None
    letter: str
    limit: str


@dataclass(frozen=True)
class LadderLine:
    departments: str
    first: str
    second: str


def worded(text: Bilingual) -> str:
    return text.zh if is_chinese() else text.en


def rules(pack: Pack) -> list[RuleText]:
    """CS-1, CS-2, … CS-10: in the order of their numbers, however they are stored."""
    ordered = sorted(pack.rules.items(), key=lambda rule: [int(digits) for digits in NUMBER.findall(rule[0])])
    return [RuleText(name, worded(text)) for name, text in ordered]


# --- time limits --------------------------------------------------------------------------------


def limits(pack: Pack) -> list[LimitLine]:
    running = [_limit(pack, clock) for clock in CLOCKS.values()]
    others = [
        LimitLine(_(task), "", case_words.limit_in_words(pack.limit(name)), _(otherwise))
        for name, (task, otherwise) in OTHER_LIMITS.items()
        if name in pack.deadlines
    ]
    return [*running, *others]


def _limit(pack: Pack, clock: Clock) -> LimitLine:
    answering = [rule for rule in COMPLAINT.rules if rule.name in clock.answers]
    people = dict.fromkeys(_(BY[rule.by.name]) for rule in answering)
    limit = case_words.limit_in_words(pack.limit(clock.name))
    return LimitLine(deed.to_do(clock.name), case_words.any_of(people), limit, _otherwise(pack, clock))


def _otherwise(pack: Pack, clock: Clock) -> str:
    if clock.falls_due is not None:
        price = _price(pack, clock.falls_due)
        points = " / ".join(dict.fromkeys(filters.score(price.of("head", severity)) for severity in Severity))
        return _("It counts as accepted (head: %(points)s points)", points=points)
    price = _price(pack, clock.answers[0])
    if price.late_day is not None and price.late_most is not None:
        return _("Points for the head: %(late)s", late=_late(price.late_day, price.late_most))
    return _("It shows as overdue; nothing is decided by the clock")


# --- points -------------------------------------------------------------------------------------


def prices(pack: Pack) -> list[PriceLine]:
    """Every step that moves points of its own; `free_steps` names the others."""
    return [line for action in COMPLAINT.actions for line in _price_lines(_act(action), _price(pack, action))]


def free_steps(pack: Pack) -> str:
    """Zero is a value: the steps that cost nothing are named."""
    free = [_act(action) for action in COMPLAINT.actions if not _price_lines("", _price(pack, action))]
    return ("、" if is_chinese() else ", ").join(free)


def _price_lines(act: str, price: Price) -> list[PriceLine]:
    accounts = ((_("Respondent"), price.respondent), (_("Department"), price.department), (_("Head"), price.head))
    lines = [_price_line(act, account, points) for account, points in accounts if points is not None]
    if price.late_day is not None and price.late_most is not None:
        lines.append(PriceLine(act, _("Head"), (), _late(price.late_day, price.late_most)))
    return lines


def _price_line(act: str, account: str, points: BySeverity | Decimal) -> PriceLine:
    if isinstance(points, BySeverity):
        return PriceLine(act, account, tuple(filters.score(points.of(severity)) for severity in Severity))
    return PriceLine(act, account, (), filters.score(points))


def _late(day: Decimal, most: Decimal) -> str:
    return _("%(day)s for each started day late, at most %(most)s", day=filters.score(day), most=filters.score(most))


def _price(pack: Pack, action: str) -> Price:
    return pack.price("complaint", action)


def _act(action: str) -> str:
    return _(case_words.WORDS[action].choose)


# --- who does what ------------------------------------------------------------------------------


def steps(pack: Pack) -> list[StepLine]:
    return [_step(pack, rule) for rule in COMPLAINT.rules]


def _step(pack: Pack, rule: Rule) -> StepLine:  # type: ignore[type-arg]
    return StepLine(
        rule=rule.id,
        act=_act(rule.name),
        by=_(BY[rule.by.name]),
        sources=tuple(ComplaintState(source) for source in rule.source),
        dest=ComplaintState(rule.dest) if rule.dest is not None else None,
        letter=case_words.letter_title(rule.letter),
        limit=_limit_of(pack, rule.clock) if rule.clock else "",
    )


def _limit_of(pack: Pack, clock: str) -> str:
    """处理并记录完毕：3 个工作日."""
    colon = "：" if is_chinese() else ": "
    return f"{deed.to_do(clock)}{colon}{case_words.limit_in_words(pack.limit(clock))}"


# --- penalties by department (CS-8) -------------------------------------------------------------


def ladders(pack: Pack) -> list[LadderLine]:
    departments = list(db().scalars(select(Department).order_by(Department.id)))
    return [
        LadderLine(_on(name, departments), _yuan(ladder.first), _yuan(ladder.second))
        for name, ladder in pack.ladders.items()
    ]


def _on(ladder: str, departments: list[Department]) -> str:
    found = [filters.named(department) for department in departments if department.ladder == ladder]
    return case_words.names(found) if found else _("Other departments")


def _yuan(amount: Decimal | None) -> str:
    return _("%(amount)s yuan", amount=filters.score(amount)) if amount is not None else _("left open")
