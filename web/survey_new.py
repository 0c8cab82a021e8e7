"""The form of a new survey: first what is asked, then the rest, which depends on it."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from flask import render_template, request
from flask_babel import gettext as _

from web import form
from web.filters import score
from web.session import db, now, office
from web.survey_words import ABOUT, ANSWERS, worded
from workflow import survey_form, survey_plan, surveys
from workflow.assessment_pack import AssessmentPack
from workflow.assessment_source import Field, Source
from workflow.survey_plan import Plan
from workflow.survey_settings import settings_of

# A month is what most regulations ask about.
USUAL_DAYS = timedelta(days=30)


@dataclass(frozen=True)
class Choosing:
    """A field with choices: how it may be asked."""

    name: str
    title: str
    modes: list[tuple[str, str]]
    value: str


@dataclass(frozen=True)
class Limit:
    """A scored field: up to which value an answer is a complaint."""

    name: str
    title: str
    help: str
    value: str


def page(wrong: form.Wrong) -> str:
    day = office().calendar.day_of(now())
    found = surveys.askable(db(), day)
    chosen = next(((p, n, s) for p, n, s in found if _key(p, n) == _asked()), None)
    return render_template(
        "survey/new.html",
        sources=[("", _("Choose what is asked")), *((_key(p, n), _called(p, s)) for p, n, s in found)],
        chosen=_asked() if chosen else "", wrong=wrong, typed=request.form,
        details=_details(*chosen, day) if chosen else None,
    )  # fmt: skip


def plan() -> Plan:
    """What was typed."""
    regulation, _colon, source = _asked().partition(":")
    return Plan(
        regulation=regulation, source=source, title_zh=form.text("title_zh"), title_en=form.text("title_en"),
        about=form.text("about"), opens_on=form.day("opens_on"), closes_on=form.day("closes_on"),
        attempts=form.chosen("attempts"), link_days=form.chosen("link_days"), script=form.text("script"),
        choices=_group("choice-"), dissatisfied=_group("limit-"),
    )  # fmt: skip


def _group(prefix: str) -> dict[str, str]:
    return {name.removeprefix(prefix): value[:40] for name, value in request.form.items() if name.startswith(prefix)}


def _asked() -> str:
    return request.values.get("source", "")[:90]


def _key(pack: AssessmentPack, name: str) -> str:
    return f"{pack.pack}:{name}"


def _called(pack: AssessmentPack, source: Source) -> str:
    return f"{worded(pack.title)} · {worded(source.title)}"


def _details(pack: AssessmentPack, _name: str, source: Source, day: date) -> dict[str, object]:
    settings = settings_of(office().company)
    return {
        "promise": _(ANSWERS[source.answers]),
        "is_anonymous": source.answers == "anonymous",
        "about": [(kind, _(ABOUT[kind])) for kind in survey_plan.about_of(pack, source)],
        "opens_on": day.isoformat(),
        "closes_on": (day + USUAL_DAYS).isoformat(),
        "attempts": settings.attempts,
        "link_days": settings.link_days,
        "choosing": [_choosing(name, source) for name in survey_form.choice_fields(source)],
        "limits": [
            Limit(f"limit-{name}", worded(field.title), _scale(field), f"{settings.dissatisfied_up_to(field):f}")
            for name, field in source.fields.items()
            if field.is_number
        ],
    }  # fmt: skip


def _scale(field: Field) -> str:
    lowest, highest = score(field.lowest or Decimal(0)), score(field.highest or Decimal(0))
    return _("Scores go from %(lowest)s to %(highest)s.", lowest=lowest, highest=highest)


def _choosing(name: str, source: Source) -> Choosing:
    field = source.fields[name]
    modes = [
        (survey_form.ASK, _("The customer chooses one")),
        (survey_form.EACH, _("A sheet: each of them is scored")),
        *((word, _("Always: %(choice)s", choice=worded(text))) for word, text in (field.choices or {}).items()),
    ]
    return Choosing(f"choice-{name}", worded(field.title), modes, survey_form.ASK)
