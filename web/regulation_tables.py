"""The regulation as tables: time limits in words, points by severity, who takes which step.

Everything comes from one stored edition and from the process table; nothing is restated here.
"""

import re
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select

from models import Department, LadderStep, Severity
from web import case_words, deed, filters
from web.diagram import BY, PROCESSES, Drawn
from web.language import is_chinese
from web.session import db
from workflow.deadline import Clock, clocks_of
from workflow.penalty import PENALTY
from workflow.process import N_, Rule
from workflow.regulation import AnyPack, Bilingual, BySeverity, ByStep, Pack

NUMBER = re.compile(r"\d+")
# Limits that no step answers.
OTHER_LIMITS = {
    "statutory": (N_("Tell the customer the outcome"), N_("Asked by law, beside every other limit")),
    "reopening": (N_("Reopen a closed case"), N_("Afterwards a new complaint is filed")),
    "suspension": (
        N_("Let a clock stand while the customer is waited for, from its first stop on"),
        N_("The clock goes on by itself"),
    ),
    "reinstatement": (
        N_("Decide on reinstatement, where a dismissal was regraded"),
        N_("It shows as overdue; nothing is decided by the clock"),
    ),
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
    sources: tuple[StrEnum, ...]
    dest: StrEnum | None
    letter: str
    limit: str


@dataclass(frozen=True)
class LadderLine:
    departments: str
    first: str
    second: str


def worded(text: Bilingual) -> str:
    return text.zh if is_chinese() else text.en


def rules(pack: AnyPack) -> list[RuleText]:
    """CS-1, CS-2, … CS-10: in the order of their numbers, however they are stored."""
    ordered = sorted(pack.rules.items(), key=lambda rule: [int(digits) for digits in NUMBER.findall(rule[0])])
    return [RuleText(name, worded(text)) for name, text in ordered]


# --- time limits --------------------------------------------------------------------------------


def limits(pack: Pack) -> list[LimitLine]:
    running = [
        _limit(pack, clock, drawn)
        for name, drawn in PROCESSES.items()
        for clock in clocks_of(name)
        if clock.name in pack.deadlines
    ]
    others = [
        LimitLine(_(task), "", case_words.limit_in_words(pack.limit(name)), _(otherwise))
        for name, (task, otherwise) in OTHER_LIMITS.items()
        if name in pack.deadlines
    ]
    return [*running, *others]


def _limit(pack: Pack, clock: Clock, drawn: Drawn) -> LimitLine:
    answering = [rule for rule in drawn.process.rules if rule.name in clock.answers]
    people = dict.fromkeys(_(BY[rule.by.name]) for rule in answering)
    limit = case_words.limit_in_words(pack.limit(clock.name))
    return LimitLine(deed.to_do(clock.name), case_words.any_of(people), limit, _otherwise(pack, clock))


def _otherwise(pack: Pack, clock: Clock) -> str:
    if clock.falls_due is not None and clock.process == PENALTY.name:
        return _("The penalty takes effect")
    if clock.falls_due is not None:
        price = pack.price(clock.process, clock.falls_due)
        points = " / ".join(dict.fromkeys(filters.score(price.of("head", severity)) for severity in Severity))
        return _("It counts as accepted (head: %(points)s points)", points=points)
    price = pack.price(clock.process, clock.answers[0])
    if price.late_day is not None and price.late_most is not None:
        return _("Points for the head: %(late)s", late=_late(price.late_day, price.late_most))
    return _("It shows as overdue; nothing is decided by the clock")


# --- points -------------------------------------------------------------------------------------


def prices(pack: Pack, process: str) -> list[PriceLine]:
    """Every step that moves points of its own; `free_steps` names the others."""
    return [line for action in priced(pack, process) for line in _price_lines(pack, process, action)]


def free_steps(pack: Pack, process: str) -> str:
    """Zero is a value: the steps that cost nothing are named."""
    free = [act for action in priced(pack, process) if not _price_lines(pack, process, action)
            for act in (_act(PROCESSES[process], action),)]  # fmt: skip
    return ("、" if is_chinese() else ", ").join(dict.fromkeys(free))


def priced(pack: Pack, process: str) -> list[str]:
    """The steps of the process that this edition prices; one from before the process prices none."""
    given = pack.points.get(process, {})
    return [action for action in PROCESSES[process].process.actions if action in given]


def _price_lines(pack: Pack, process: str, action: str) -> list[PriceLine]:
    price, act = pack.price(process, action), _act(PROCESSES[process], action)
    accounts = (
        (_("Respondent"), price.respondent), (_("Department"), price.department), (_("Head"), price.head),
        (_("Team leader"), price.leader),
    )  # fmt: skip
    lines = [_price_line(act, account, points) for account, points in accounts if points is not None]
    if price.late_day is not None and price.late_most is not None:
        lines.append(PriceLine(act, _("Head"), (), _late(price.late_day, price.late_most)))
    return lines


def _price_line(act: str, account: str, points: BySeverity | ByStep | Decimal) -> PriceLine:
    if isinstance(points, Decimal):
        return PriceLine(act, account, (), filters.score(points))
    measures = Severity if isinstance(points, BySeverity) else GRADED
    return PriceLine(act, account, tuple(filters.score(points.of(measure)) for measure in measures))


GRADED = (LadderStep.FIRST, LadderStep.SECOND, LadderStep.DISMISSAL)


def _late(day: Decimal, most: Decimal) -> str:
    return _("%(day)s for each started day late, at most %(most)s", day=filters.score(day), most=filters.score(most))


def _act(drawn: Drawn, action: str) -> str:
    return _(drawn.words[action].choose)


# --- who does what ------------------------------------------------------------------------------


def steps(pack: Pack, process: str) -> list[StepLine]:
    return [_step(pack, PROCESSES[process], rule) for rule in PROCESSES[process].process.rules]


def _step(pack: Pack, drawn: Drawn, rule: Rule) -> StepLine:  # type: ignore[type-arg]
    return StepLine(
        rule=rule.id,
        act=_act(drawn, rule.name),
        by=_(BY[rule.by.name]),
        sources=tuple(rule.source),
        dest=rule.dest,
        letter=case_words.letter_title(rule.letter),
        limit=_limit_of(pack, rule.clock) if rule.clock in pack.deadlines else "",
    )


def _limit_of(pack: Pack, clock: str) -> str:
    """处理并记录完毕：3 个工作日."""
    colon = "：" if is_chinese() else ": "
    return f"{deed.to_do(clock)}{colon}{case_words.limit_in_words(pack.limit(clock))}"


# --- penalties by department (CS-8) -------------------------------------------------------------


def ladders(pack: Pack) -> list[LadderLine]:
    departments = list(db().scalars(select(Department).order_by(Department.id)))
    return [
        LadderLine(on_ladder(name, departments), _yuan(ladder.first), _yuan(ladder.second))
        for name, ladder in pack.ladders.items()
    ]


def on_ladder(ladder: str, departments: list[Department]) -> str:
    """A ladder by the departments that are on it."""
    found = [filters.named(department) for department in departments if department.ladder == ladder]
    return case_words.names(found) if found else _("Other departments")


def shares(pack: Pack) -> str:
    """20% · 80% · 0%: leader, person concerned, company (CS-9)."""
    return _(
        "Rework cost: %(leader)s%% borne by the team leader, %(person)s%% by the person concerned, "
        "%(company)s%% by the company.",
        **{who: str(share) for who, share in pack.rework_shares.items()},
    )


def expiry(pack: Pack) -> str:
    """For how long a penalty counts towards the next step."""
    months = pack.expires_after_months
    if months is False:
        return _("A penalty counts for ever.")
    return ngettext("A penalty counts for %(num)d month.", "A penalty counts for %(num)d months.", months)


def _yuan(amount: Decimal | None) -> str:
    return _("%(amount)s yuan", amount=filters.score(amount)) if amount is not None else _("left open")
