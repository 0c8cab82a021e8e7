"""A survey as somebody wants it, and what is wrong with that, beside its fields."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from workflow import survey_form
from workflow.assessment_pack import AssessmentPack
from workflow.assessment_source import Field, Source
from workflow.people import wrong_length
from workflow.process import INVALID, N_, Objection, refuse
from workflow.survey_settings import MOST_ATTEMPTS, MOST_LINK_DAYS
from workflow.texts import clean

LONGEST_TITLE_ZH, LONGEST_TITLE_EN, LONGEST_SCRIPT = 80, 120, 5_000
LONGEST_PERIOD = timedelta(days=400)
ABOUT = ("person", "team", "department")


@dataclass(frozen=True)
class Plan:
    """A survey as somebody wants it."""

    regulation: str
    source: str
    title_zh: str
    title_en: str
    about: str
    opens_on: date | None
    closes_on: date | None
    attempts: int | None
    link_days: int | None
    script: str = ""
    choices: Mapping[str, str] | None = None
    dissatisfied: Mapping[str, str] | None = None


def about_of(pack: AssessmentPack, source: Source) -> list[str]:
    """About whom the source may be asked; an anonymous answer never points at one person or team."""
    allowed = ABOUT[-1:] if source.answers == "anonymous" else ABOUT
    return [kind for kind in allowed if kind in pack.subjects]


def check(plan: Plan, pack: AssessmentPack, source: Source, day: date) -> None:
    """Refused names every field that is wrong."""
    refuse(
        wrong_length("title_zh", clean(plan.title_zh) or "", LONGEST_TITLE_ZH),
        wrong_length("title_en", clean(plan.title_en) or "", LONGEST_TITLE_EN),
        _not_about(plan.about, about_of(pack, source)),
        *_wrong_period(plan, day),
        _out_of_range("attempts", plan.attempts, MOST_ATTEMPTS),
        _out_of_range("link_days", plan.link_days, MOST_LINK_DAYS),
        wrong_length("script", clean(plan.script) or "-", LONGEST_SCRIPT),
        *_wrong_choices(source, plan.choices or {}),
        *(_wrong_limit(name, source.fields.get(name), value) for name, value in (plan.dissatisfied or {}).items()),
    )


def _not_about(about: str, allowed: list[str]) -> Objection | None:
    return None if about in allowed else Objection(INVALID, N_("Choose about whom it is asked."), field="about")


def _wrong_period(plan: Plan, today: date) -> list[Objection]:
    if plan.opens_on is None or plan.closes_on is None:
        missing = "opens_on" if plan.opens_on is None else "closes_on"
        return [Objection(INVALID, N_("Please fill this in."), field=missing)]
    if plan.closes_on < plan.opens_on:
        return [Objection(INVALID, N_("It cannot end before it begins."), field="closes_on")]
    if plan.closes_on < today:
        return [Objection(INVALID, N_("This day is over."), field="closes_on")]
    if plan.closes_on - plan.opens_on > LONGEST_PERIOD:
        return [Objection(INVALID, N_("A survey takes a year at most."), field="closes_on")]
    return []


def _out_of_range(name: str, value: int | None, most: int) -> Objection | None:
    if value is not None and 1 <= value <= most:
        return None
    return Objection(INVALID, N_("A whole number from 1 to %(most)d, please."), field=name, most=most)


def _wrong_choices(source: Source, choices: Mapping[str, Any]) -> list[Objection]:
    fields = survey_form.choice_fields(source)
    if sum(mode == survey_form.EACH for mode in choices.values()) > 1:
        return [Objection(INVALID, N_("Only one of these can make the lines of a sheet."))]
    return [
        Objection(INVALID, N_("Choose how it is asked."), field=f"choice-{name}")
        for name, mode in choices.items()
        if name not in fields or mode not in (survey_form.ASK, survey_form.EACH, *(fields[name].choices or ()))
    ]


def _wrong_limit(name: str, shape: Field | None, typed: str) -> Objection | None:
    if not typed.strip():
        return None
    place = f"limit-{name}"
    try:
        limit = Decimal(typed.strip())
    except InvalidOperation:
        limit = Decimal("NaN")
    if shape is None or not shape.is_number or not limit.is_finite():
        return Objection(INVALID, N_("“%(value)s” is no number."), field=place, value=typed[:40])
    lowest, highest = shape.lowest or Decimal(0), shape.highest or Decimal(0)
    if not lowest <= limit < highest:
        why = N_("From %(lowest)s up to less than %(highest)s.")
        return Objection(INVALID, why, field=place, lowest=lowest, highest=highest)
    return None
