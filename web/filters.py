"""What templates may ask for: words, numbers and times made readable. Filters decide nothing."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any

from babel.lists import format_list
from flask import Flask
from flask_babel import get_locale
from flask_babel import gettext as _

from models import Complaint, Department, Letter, Payday, Penalty, Plan, Publication, PublicationKind, Reward, Scorecard
from web import label, moment
from web.language import is_chinese
from workflow.assessment_period import Period
from workflow.process import Objection

AN_INSTANT = timedelta(microseconds=1)
MINUS = "\N{MINUS SIGN}"
SERIES = {
    "complaint": "客诉",
    "penalty": "处罚",
    "scorecard": "考核",
    "reward": "奖励",
    "target": "目标",
    "briefing": "简报",
}


def init_app(app: Flask) -> None:
    app.jinja_env.filters.update(
        {
            "label": label.label,
            "chip": label.chip,
            "stamp": label.stamp,
            "day": moment.day,
            "long_day": moment.long_day,
            "last_day": last_day,
            "weekday": moment.weekday,
            "time_of_day": moment.time_of_day,
            "moment": moment.moment,
            "weekday_moment": moment.weekday_moment,
            "month": moment.month,
            "day_name": lambda iso: moment.day(date.fromisoformat(iso)),
            "duration": moment.duration,
            "iso": moment.iso,
            "points": points,
            "points_class": points_class,
            "score": score,
            "yuan": yuan,
            "grouped": grouped,
            "masked": masked,
            "initial": initial,
            "named": named,
            "letter_number": letter_number,
            "case": case,
            "sentence": sentence,
        }
    )
    app.jinja_env.globals.update(clock=moment.clock, today=moment.today)


def last_day(held: Any) -> str:
    """The last day on which something was held: what ends at midnight ended with the day before."""
    return moment.long_day(max(held.since, held.until - AN_INSTANT))


def points(value: Decimal) -> str:
    """−5.00 · +5.00 · 0.00, with a true minus sign."""
    sign = MINUS if value < 0 else "+" if value > 0 else ""
    return f"{sign}{abs(value):.2f}"


def points_class(value: Decimal) -> str:
    return "gd-minus" if value < 0 else "gd-plus" if value > 0 else ""


def score(value: Decimal) -> str:
    """A month's score as people say it: 90 · 87.5, without idle zeros."""
    return f"{value:.2f}".rstrip("0").rstrip(".").replace("-", MINUS)


def yuan(fen: int) -> str:
    """Whole fen as yuan with thousands: 1,280.00 · −50.00."""
    whole, rest = divmod(abs(fen), 100)
    return f"{MINUS if fen < 0 else ''}{whole:,}.{rest:02d}"


def grouped(number: int) -> str:
    """A whole number with thousands: 50,000."""
    return f"{number:,}"


def masked(phone: str | None) -> str:
    """135****0098: for whoever does not call the customer."""
    if not phone:
        return ""
    return f"{phone[:3]}****{phone[-4:]}" if len(phone) > 8 else "****"


def initial(name: str) -> str:
    """What stands in the round sign beside a person's words: 刘 · L."""
    return name.strip()[:1].upper() or "?"


def named(thing: Department | Any) -> str:
    """The name of a department or the company in the reader's language."""
    return str(thing.name_zh if is_chinese() else thing.name_en)


def letter_number(letter: Letter) -> str:
    """客诉〔2026〕35号, the same in every language."""
    return number(series=letter.series, year=letter.year, seq=letter.seq)


def number(*, series: str, year: int, seq: int) -> str:
    return f"{SERIES.get(series, series)}〔{year}〕{seq}号"


def case(found: Complaint | Penalty | Scorecard | Payday | Plan | Reward | Publication) -> str:
    """客诉 2026-12 · 处罚 2026-11 · Complaint 2026-12 · Penalty 2026-11; a month by its name."""
    if isinstance(found, Penalty):
        return _("Penalty %(number)s", number=found.number)
    if isinstance(found, Scorecard):
        return _("Scorecard %(month)s, %(name)s", month=moment.month(found.month), name=found.person.name)
    if isinstance(found, Payday):
        return _("Pay day %(month)s", month=moment.month(found.month))
    if isinstance(found, Plan):
        return _("Improvement plan %(number)s", number=found.number)
    if isinstance(found, Reward):
        return _("Reward %(number)s", number=found.number)
    if isinstance(found, Publication):
        return publication(found)
    return _("Complaint %(number)s", number=found.number)


def publication(found: Publication) -> str:
    """2026年目标责任书 · 售后服务部; the briefing of a month by its name."""
    if found.what is PublicationKind.BRIEFING:
        return _("Briefing of %(month)s", month=moment.month(found.period))
    unit = found.unit
    if unit is None:
        whose = _("The whole company")
    else:
        whose = named(unit) if isinstance(unit, Department) else f"{named(unit.department)} · {unit.slug}"
    return _("Targets of %(year)s, %(unit)s", year=found.period, unit=whose)


def sentence(objection: Objection) -> str:
    """An objection as the reader understands it, its values told in their language; `month` is one like `2026-03`,
    `period` one like `2026-Q1`."""
    return _(objection.msgid, **{key: _told(key, value) for key, value in objection.values.items()})


def _told(key: str, value: Any) -> Any:
    match key:
        case "month":
            return moment.month(value)
        case "period":
            return moment.period(Period.named(value))
        case _:
            return readable(value)


def readable(value: Any) -> Any:
    """A value inside a sentence: moments, days, points, fixed values and reasons in words."""
    if isinstance(value, Objection):
        return sentence(value)
    if isinstance(value, datetime):
        return moment.weekday_moment(value)
    if isinstance(value, date):
        return moment.day(value)
    if isinstance(value, Decimal):
        return score(value)
    if isinstance(value, StrEnum):
        return label.label(value)
    if isinstance(value, tuple):
        return format_list(value, style="or", locale=get_locale())
    return value
