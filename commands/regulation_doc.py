"""Writes docs/regulation.md: the rules as the process table has them, the pack's figures, a glossary.

Nothing is written by hand there; a test compares the file with what the table says today. Run
`python -m commands.regulation_doc` after a rule has changed.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from commands.regulation_terms import GLOSSARY
from pdf.words import LABELS, TITLES
from workflow import (
    complaint,
    complaint_guards,
    complaint_rules,
    penalty,
    penalty_guards,
    plan,
    publication,
    regulation,
    reward,
    stopped_clock,
)
from workflow.deadline import CLOCKS
from workflow.limit import Limit
from workflow.penalty_effects import charge_no_points
from workflow.process import Process, Rule
from workflow.regulation import CS_MANAGEMENT, POLICIES, BySeverity, ByStep, Pack, Price

FILE = Path(__file__).resolve().parent.parent / "docs" / "regulation.md"
SEVERITIES = ("minor", "normal", "major")
GRADES = ("first", "second", "dismissal")


@dataclass(frozen=True)
class Written:
    """A process as the document writes it: its table, its verbs, and by what its points are graded, if it has any."""

    process: Process  # type: ignore[type-arg]
    verbs: Mapping[str, Callable[..., object]]
    measures: str | None = None


WRITTEN = (
    Written(complaint.COMPLAINT, complaint.VERBS, " / ".join(SEVERITIES)),
    Written(penalty.PENALTY, penalty.VERBS, " / ".join(GRADES)),
    Written(
        plan.PLAN, {**plan.VERBS, "open": plan.open_plan, "report": plan.report, "report_again": plan.report_again}
    ),
    Written(reward.REWARD, reward.VERBS),
    Written(publication.PUBLICATION, publication.VERBS),
)


def text() -> str:
    """The whole document."""
    pack = regulation.read(POLICIES / f"{CS_MANAGEMENT}.yaml")
    steps = [_steps(pack, drawn) for drawn in WRITTEN]
    points = [_points(pack, drawn) for drawn in WRITTEN if drawn.measures]
    parts = (_head(pack), _rules(pack), *steps, _limits(pack), *points, _ladders(pack), _glossary())
    return "\n".join(line for part in parts for line in part)


def write() -> Path:
    FILE.parent.mkdir(exist_ok=True)
    FILE.write_text(text(), encoding="utf-8")
    return FILE


def _head(pack: Pack) -> Iterator[str]:
    yield f"# {pack.title.zh} · {pack.title.en}"
    yield ""
    yield "Written by `commands/regulation_doc.py` from the tables in `workflow/` and from `policies/`; not by hand."
    yield "What the company fills in (blanks here) stands in its own file, and in force on the page “Regulation”."
    yield ""


def _rules(pack: Pack) -> Iterator[str]:
    yield "## The rules"
    yield ""
    for name, words in pack.rules.items():
        yield f"- **{name}** {words.zh}<br>{words.en}"
    yield ""


# --- the steps ----------------------------------------------------------------------------------


def _steps(pack: Pack, drawn: Written) -> Iterator[str]:
    yield f"## The steps of a {drawn.process.name}"
    yield ""
    for rule in drawn.process.rules:
        yield from _step(pack, drawn, rule)


def _step(pack: Pack, drawn: Written, rule: Rule) -> Iterator[str]:  # type: ignore[type-arg]
    yield f"### {_heading(rule)}"
    yield ""
    yield _sentence(drawn, rule)
    yield ""
    yield f"- by: `{rule.by.name}`{f', where {_words(rule.when)}' if rule.when else ''}"
    if rule.unless:
        yield f"- unless: {_listed(rule.unless)}"
    if rule.then:
        yield f"- then: {_listed(rule.then)}"
    if rule.brings:
        yield f"- brings: {_listed(rule.brings)}"
    if rule.letter:
        yield f"- letter: `{rule.letter}` {TITLES[rule.letter]['zh']}"
    yield f"- clock: {'as it was' if rule.keeps_clock else _clock(pack, rule.clock)}"
    if drawn.measures:
        how = f", {_words(rule.points)}" if rule.points else ""
        price = _price(pack.price(drawn.process.name, rule.name)) + how
        yield f"- points: {'none' if rule.points is charge_no_points else price}"
    yield ""


def _heading(rule: Rule) -> str:  # type: ignore[type-arg]
    sources = ", ".join(state.value for state in rule.source) or "–"
    return f"{rule.id} `{rule.name}`: {sources} → {rule.dest.value if rule.dest else 'same'}"


def _sentence(drawn: Written, rule: Rule) -> str:  # type: ignore[type-arg]
    """The verb's own sentence, without the rule's number, which the heading has."""
    told = (drawn.verbs[rule.name].__doc__ or "").strip().split("\n\n")[0].replace("\n    ", " ")
    sentence = (told.partition(": ")[2] or told).partition("; `")[0].rstrip(".")
    return f"{sentence[:1].upper()}{sentence[1:]}."


def _listed(functions: Sequence[object]) -> str:
    return ", ".join(_words(function) for function in functions)


def _words(function: object) -> str:
    """The name under which the process knows a guard or an effect, as words."""
    modules = (complaint_guards, stopped_clock, complaint_rules, penalty, penalty_guards, plan, reward, publication)
    known = (name for module in modules for name, value in vars(module).items() if value is function)
    return next(known, str(getattr(function, "__name__", function))).replace("_", " ")


def _clock(pack: Pack, clock: str | None) -> str:
    return f"`{clock}`, {_limit(pack.limit(clock))}" if clock else "–"


def _price(price: Price) -> str:
    parts = [
        f"{account} {_figure(points)}"
        for account, points in (
            ("respondent", price.respondent),
            ("department", price.department),
            ("head", price.head),
            ("leader", price.leader),
        )
        if points is not None
    ]
    if price.late_day is not None:
        parts.append(f"late: head {_number(price.late_day)} for each started day, at most {_number(price.late_most)}")
    return "; ".join(parts) or "0"


def _figure(points: BySeverity | ByStep | Decimal) -> str:
    if isinstance(points, Decimal):
        return _number(points)
    measures = SEVERITIES if isinstance(points, BySeverity) else GRADES
    return " / ".join(_number(getattr(points, measure)) for measure in measures)


def _number(points: Decimal | None) -> str:
    return f"{points.normalize():f}".replace("-", "−") if points is not None else "blank"


# --- figures ------------------------------------------------------------------------------------


def _limits(pack: Pack) -> Iterator[str]:
    yield from _table("Time limits", ("clock", "limit", "answered by", "if nobody answers"), _limit_rows(pack))


def _limit_rows(pack: Pack) -> Iterator[tuple[str, ...]]:
    for clock in CLOCKS.values():
        falls_due = f"`{clock.falls_due}`" if clock.falls_due else "shown as overdue"
        yield f"`{clock.name}`", _limit(pack.limit(clock.name)), ", ".join(f"`{a}`" for a in clock.answers), falls_due
    for name, limit in pack.deadlines.items():
        if name not in CLOCKS:
            yield f"`{name}`", _limit(limit), "–", "–"


def _limit(limit: Limit) -> str:
    if limit.working_days is not None:
        return f"{limit.working_days} working days"
    if limit.working_hours is not None:
        return f"{limit.working_hours} working hours"
    return f"{limit.days} days" if limit.days is not None else f"{limit.hours} hours"


def _points(pack: Pack, drawn: Written) -> Iterator[str]:
    name = drawn.process.name
    rows = ((f"`{action}`", _price(pack.price(name, action))) for action in drawn.process.actions)
    yield from _table(f"Points of a {name} ({drawn.measures})", ("step", "points"), rows)


def _ladders(pack: Pack) -> Iterator[str]:
    rows = (
        (name, _number(ladder.first), _number(ladder.second), ladder.third) for name, ladder in pack.ladders.items()
    )
    yield from _table("Penalties by department, in CNY (CS-8)", ("ladder", "first", "second", "third"), rows)


# --- words --------------------------------------------------------------------------------------


def _glossary() -> Iterator[str]:
    yield "## Glossary"
    yield ""
    for title, terms in GLOSSARY.items():
        yield from _table(title, ("name", "中文", "English"), ((f"`{n}`", zh, en) for n, zh, en in terms), level="###")
    letters = ((f"`{kind}`", both["zh"], both["en"]) for kind, both in TITLES.items())
    yield from _table("Letters", ("name", "中文", "English"), letters, level="###")
    for title, names in (("Clocks", "clock"), ("Kinds of complaint", "category"), ("Severities", "severity")):
        terms = ((f"`{name}`", both["zh"], both["en"]) for name, both in LABELS[names].items())
        yield from _table(title, ("name", "中文", "English"), terms, level="###")


def _table(title: str, columns: Sequence[str], rows: Iterable[Sequence[str]], *, level: str = "##") -> Iterator[str]:
    yield f"{level} {title}"
    yield ""
    yield f"| {' | '.join(columns)} |"
    yield f"|{' --- |' * len(columns)}"
    yield from (f"| {' | '.join(row)} |" for row in rows)
    yield ""


if __name__ == "__main__":
    print(write())
