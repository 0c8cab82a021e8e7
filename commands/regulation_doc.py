"""Writes docs/regulation.md: the rules as the process table has them, the pack's figures, a glossary.

Nothing is written by hand there; a test compares the file with what the table says today. Run
`python -m commands.regulation_doc` after a rule has changed.
"""

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from pathlib import Path

from pdf.words import LABELS, TITLES
from workflow import complaint, complaint_guards, regulation
from workflow.complaint import COMPLAINT, VERBS
from workflow.deadline import CLOCKS
from workflow.process import Rule
from workflow.regulation import CS_MANAGEMENT, POLICIES, BySeverity, Limit, Pack, Price

FILE = Path(__file__).resolve().parent.parent / "docs" / "regulation.md"
SEVERITIES = ("minor", "normal", "major")
# The words of the regulation: the name in code and database, as people say it in both languages.
GLOSSARY = {
    "States of a complaint": (
        ("filed", "已登记", "Filed"),
        ("assigned", "待答复", "Awaiting answer"),
        ("appealed", "申诉中", "Appealed"),
        ("ruling", "待裁决", "Awaiting ruling"),
        ("handling", "处理中", "In handling"),
        ("handled", "待报告", "Awaiting report"),
        ("reported", "待检核", "Awaiting check"),
        ("resolved", "已结案", "Resolved"),
        ("voided", "已作废", "Void"),
        ("withdrawn", "已撤诉", "Withdrawn"),
    ),
    "Acts": (
        ("file", "登记", "log"),
        ("assign", "下发", "assign"),
        ("accept", "受理", "accept"),
        ("lapse", "逾期视为受理", "count as accepted"),
        ("appeal", "申诉", "appeal"),
        ("retract", "撤回申诉", "take an appeal back"),
        ("endorse", "提报", "submit to the general manager"),
        ("decline", "不予提报", "not submit"),
        ("remand", "退回补充", "remand"),
        ("uphold", "裁决申诉成立", "uphold"),
        ("dismiss", "裁决申诉不成立", "dismiss"),
        ("vary", "变更裁决", "vary"),
        ("complete", "处理完毕", "complete"),
        ("report", "回复处理结果", "report"),
        ("return", "退回整改", "return"),
        ("verify", "检核结案", "verify"),
        ("follow_up", "回访", "follow up"),
        ("withdraw", "撤诉", "withdraw"),
        ("reopen", "重启", "reopen"),
        ("acknowledge", "签收", "acknowledge: received, not agreed"),
    ),
    "People": (
        ("customer_relations", "客关专员", "customer relations"),
        ("department_head", "部门主管", "department head"),
        ("general_manager", "总经理", "general manager"),
        ("employee", "员工", "employee"),
        ("human_resources", "人事行政", "human resources"),
        ("administrator", "系统管理员", "administrator"),
        ("respondent", "当事人", "respondent: the person concerned"),
        ("system", "系统", "the clock"),
    ),
    "Points": (
        ("provisional", "暂计", "provisional"),
        ("final", "已定", "final"),
        ("reversal", "冲回", "taken back by an opposite entry"),
    ),
}


def text() -> str:
    """The whole document."""
    pack = regulation.read(POLICIES / f"{CS_MANAGEMENT}.yaml")
    parts = (_head(pack), _rules(pack), _steps(pack), _limits(pack), _points(pack), _ladders(pack), _glossary())
    return "\n".join(line for part in parts for line in part)


def write() -> Path:
    FILE.parent.mkdir(exist_ok=True)
    FILE.write_text(text(), encoding="utf-8")
    return FILE


def _head(pack: Pack) -> Iterator[str]:
    yield f"# {pack.title.zh} · {pack.title.en}"
    yield ""
    yield "Written by `commands/regulation_doc.py` from `workflow/complaint.py` and `policies/`; not by hand."
    yield "What the company fills in (blanks here) stands in its own file, and in force on the page “Regulation”."
    yield ""


def _rules(pack: Pack) -> Iterator[str]:
    yield "## The rules"
    yield ""
    for name, words in pack.rules.items():
        yield f"- **{name}** {words.zh}<br>{words.en}"
    yield ""


# --- the steps ----------------------------------------------------------------------------------


def _steps(pack: Pack) -> Iterator[str]:
    yield "## The steps of a complaint"
    yield ""
    for rule in COMPLAINT.rules:
        yield from _step(pack, rule)


def _step(pack: Pack, rule: Rule) -> Iterator[str]:  # type: ignore[type-arg]
    yield f"### {_heading(rule)}"
    yield ""
    yield _sentence(rule)
    yield ""
    yield f"- by: `{rule.by.name}`{f', where {_words(rule.when)}' if rule.when else ''}"
    if rule.unless:
        yield f"- unless: {_listed(rule.unless)}"
    if rule.then:
        yield f"- then: {_listed(rule.then)}"
    yield f"- letter: `{rule.letter}` {TITLES[rule.letter]['zh']}"
    yield f"- clock: {_clock(pack, rule.clock)}"
    how = f", {_words(rule.points)}" if rule.points else ""
    yield f"- points: {_price(pack.price('complaint', rule.name))}{how}"
    yield ""


def _heading(rule: Rule) -> str:  # type: ignore[type-arg]
    sources = ", ".join(state.value for state in rule.source) or "–"
    return f"{rule.id} `{rule.name}`: {sources} → {rule.dest.value if rule.dest else 'same'}"


def _sentence(rule: Rule) -> str:  # type: ignore[type-arg]
    """The verb's own sentence, without the rule's number, which the heading has."""
    told = (VERBS[rule.name].__doc__ or "").strip().split("\n\n")[0].replace("\n    ", " ")
    sentence = (told.partition(": ")[2] or told).partition("; `")[0].rstrip(".")
    return f"{sentence[:1].upper()}{sentence[1:]}."


def _listed(functions: Sequence[object]) -> str:
    return ", ".join(_words(function) for function in functions)


def _words(function: object) -> str:
    """The name under which the process knows a guard or an effect, as words."""
    known = (
        name for module in (complaint, complaint_guards) for name, value in vars(module).items() if value is function
    )
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
        )
        if points is not None
    ]
    if price.late_day is not None:
        parts.append(f"late: head {_number(price.late_day)} for each started day, at most {_number(price.late_most)}")
    return "; ".join(parts) or "0"


def _figure(points: BySeverity | Decimal) -> str:
    if isinstance(points, BySeverity):
        return " / ".join(_number(getattr(points, severity)) for severity in SEVERITIES)
    return _number(points)


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
    return f"{limit.days} days" if limit.days is not None else f"{limit.hours} hours"


def _points(pack: Pack) -> Iterator[str]:
    rows = ((f"`{action}`", _price(pack.price("complaint", action))) for action in COMPLAINT.actions)
    yield from _table("Points (minor / normal / major)", ("step", "points"), rows)


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
