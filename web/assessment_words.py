"""The fixed words of an assessment as people read them: cycles, subjects, origins, units, amounts with their unit."""

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal

from flask_babel import gettext as _
from flask_babel import ngettext

from models import Department, Partner, Person, Team
from web.filters import MINUS, named
from web.language import is_chinese
from workflow.assessment_period import Cycle
from workflow.assessment_shape import Dimension, Measure, SubjectKind
from workflow.assessment_source import LARGEST_VALUE, Field, Origin, Source
from workflow.process import N_

CYCLES = {
    Cycle.MONTH: N_("every month"), Cycle.QUARTER: N_("every quarter"), Cycle.HALF_YEAR: N_("every half-year"),
    Cycle.YEAR: N_("every year"),
}  # fmt: skip
SUBJECTS = {
    SubjectKind.PERSON: N_("each employee"), SubjectKind.TEAM: N_("each team"),
    SubjectKind.DEPARTMENT: N_("each department"), SubjectKind.PARTNER: N_("each business partner"),
}  # fmt: skip
ORIGINS = {
    Origin.CASES: N_("The system's own records"), Origin.SURVEYS: N_("Surveys"),
    Origin.INSPECTIONS: N_("Inspections"), Origin.EXCEL: N_("Excel sheet"),
    Origin.BY_HAND: N_("Entered by hand, with evidence"),
}  # fmt: skip
DIMENSIONS = {
    Dimension.SATISFACTION: N_("Satisfaction"), Dimension.QUALITY: N_("Quality"),
    Dimension.EFFICIENCY: N_("Efficiency"), Dimension.ATTITUDE: N_("Attitude"),
    Dimension.INNOVATION: N_("Innovation"), Dimension.RELIABILITY: N_("Reliability"), Dimension.RESULTS: N_("Results"),
}  # fmt: skip
UNITS = {
    "points": N_("points"), "percent": N_("per cent"), "hours": N_("hours"), "days": N_("days"),
    "day_of_month": N_("day of the month"), "count": N_("number"), "yuan": N_("yuan"),
}  # fmt: skip
# The first figure of some words.
FIGURE = re.compile(r"\d[\d,]*(?:\.(?P<rest>\d+))?")
ANSWERS = {
    "confidential": N_("Answers are confidential."),
    "anonymous": N_("Answers are anonymous."),
}


# Who rates, and where.
RATERS = {
    "superior": N_("the superior, in rounds"), "peers": N_("peers, in rounds"),
    "customers": N_("customers, in surveys"),
}  # fmt: skip


def unit_words(unit: str) -> str:
    """The unit by itself, for the head of a column: 分, %."""
    return "%" if unit == "percent" else _(UNITS[unit])


def number(value: Decimal | int) -> str:
    """2,000 · 0.5 · −6: without idle zeros, with a true minus sign."""
    whole, _dot, rest = f"{Decimal(value):,f}".partition(".")
    return (f"{whole}.{rest}".rstrip("0").rstrip(".") if rest else whole).replace("-", MINUS)


def amount(value: Decimal | int, unit: str) -> str:
    """60% · 24 小时 · 每月 10 日."""
    told, many = number(value), 1 if value == 1 else 2
    match unit:
        case "percent":
            return f"{told}%"
        case "points":
            return ngettext("%(amount)s point", "%(amount)s points", many, amount=told)
        case "hours":
            return ngettext("%(amount)s hour", "%(amount)s hours", many, amount=told)
        case "days":
            return ngettext("%(amount)s day", "%(amount)s days", many, amount=told)
        case "day_of_month":
            return _("day %(day)s of the month", day=told)
        case "yuan":
            return _("%(amount)s yuan", amount=told)
        case _:
            return told


def aligned(told: Sequence[str]) -> list[str]:
    """Figures of one column with the same decimals: 85.30 points beside 93.85 points; what has no number stays."""
    found = [FIGURE.search(each) for each in told]
    most = max((len(each["rest"] or "") for each in found if each), default=0)
    return [
        f"{words[: each.end()]}{'' if each['rest'] or not most else '.'}{'0' * (most - len(each['rest'] or ''))}"
        f"{words[each.end() :]}" if each else words
        for words, each in zip(told, found, strict=True)
    ]  # fmt: skip


def counted(value: Decimal | int, measure: Measure) -> str:
    """8 台 · 8 cars; the number alone where the regulation does not say what is counted."""
    words = measure.counted_in
    return number(value) if words is None else f"{number(value)} {words.zh if is_chinese() else words.en}"


def name_of(subject: Person | Team | Department | Partner) -> str:
    """A subject as people call it; a team by its department and its short name."""
    match subject:
        case Team():
            return _("%(department)s, team %(team)s", department=named(subject.department), team=subject.slug)
        case Department():
            return named(subject)
        case _:
            return subject.name


def yuan(value: Decimal | None) -> str:
    return amount(value, "yuan") if value is not None else _("left open")


def takes(field: Field, choices: Mapping[str, str]) -> str:
    """What a row may say here: a number within its bounds, yes or no, or one of `choices`."""
    match field.kind:
        case "yes_no":
            return _("yes or no")
        case "choice":
            return " / ".join(choices.values()) or _("left open")
    if field.lowest is None or field.highest is None:
        return _("left open")
    if field.highest == LARGEST_VALUE:
        return _("from %(lowest)s on", lowest=number(field.lowest))
    return _("%(lowest)s to %(highest)s", lowest=number(field.lowest), highest=number(field.highest))


def remarks(source: Source) -> list[str]:
    """What else people should know about the rows of a source."""
    words = [_(ANSWERS[source.answers])] if source.answers in ANSWERS else []
    if source.none_is_zero:
        words.append(_("No record means that nothing happened."))
    else:
        words.append(_("No record means no data, never 0."))
    if source.once:
        words.append(_("One entry a period."))
    return words
