"""The month's page: five stations with their counts, the departments with who is waited for, and the closing."""

from dataclasses import dataclass

from flask import render_template, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select

from models import Event, Role, Scorecard
from web import moment, month_words
from web.filters import named
from web.language import is_chinese
from web.month_progress import STATIONS, Row, Waiting, departments_seen, rows_of
from web.session import actor, db, now, office
from workflow import payday, performance_pay, regulation, scorecard_books, scorecard_due
from workflow.office import month_after
from workflow.performance_pay import PERFORMANCE_PAY, PerformancePay
from workflow.regulation import PackRefused
from workflow.scorecard_month import Month
from workflow.scorecard_roles import visible_to


@dataclass(frozen=True)
class Station:
    """One station of the relay."""

    title: str
    icon: str
    passed: int
    total: int
    told: str
    is_mine: bool


@dataclass(frozen=True)
class Awaited:
    """Who is waited for in a department, and since when."""

    told: str
    late: str


@dataclass(frozen=True)
class Line:
    """One row of the departments' table."""

    row: Row
    url: str
    stations: list[tuple[str, bool]]
    adjusted: str
    awaited: list[Awaited]
    acts: list[tuple[str, str]]


def show(month: Month) -> str:
    rows, pack = rows_of(month), pack_in_force(month)
    people = sum(row.people for row in rows)
    waiting = [(row, each) for row in rows for each in row.waiting]
    return render_template(
        "month/show.html",
        month=month.name, is_over=now() >= month.ends, last_day=month.last_day,
        people=people, lines=[_line(month, row) for row in rows], stations=_stations(month, rows, people, pack),
        clock=_clock(month, [each for _row, each in waiting], pack), may_compute=_may_compute(month, rows, pack),
        mine=[(action, month_words.verb(action), _all_url(month, action)) for action in _my_acts(waiting)],
        closing=_closing(month, rows, people), has_regulation=pack is not None, months=neighbours(month),
        is_manager=_approves(waiting),
        earlier=_earlier(month),
        pay_day_url=url_for("payday.show", month=month.name) if payday.may_look(actor()) else "",
    )  # fmt: skip


def pack_in_force(month: Month) -> PerformancePay | None:
    try:
        return performance_pay.pack_of(regulation.in_force(db(), PERFORMANCE_PAY, month.last_day))
    except PackRefused:
        return None


def neighbours(month: Month) -> list[tuple[str, bool]]:
    """The months before and after, as far as they have begun; the present one marked."""
    year, of_year = map(int, month.name.split("-"))
    before = f"{year - (of_year == 1):04}-{(of_year - 2) % 12 + 1:02}"
    names = (before, month.name, month_after(month.name))
    return [(name, name == month.name) for name in names if name <= office().calendar.month_of(now())]


def _earlier(month: Month) -> list[tuple[str, str]]:
    """The earlier months that are not done with, each with why."""
    missing = scorecard_due.not_computed(db(), month, departments_seen())
    told = dict.fromkeys(scorecard_books.still_open(db(), month, visible_to(actor())), _("not closed yet"))
    return sorted((told | dict.fromkeys(missing, _("not computed yet"))).items())


def _stations(month: Month, rows: list[Row], people: int, pack: PerformancePay | None) -> list[Station]:
    return [_station(action, month, rows, people, pack) for action in STATIONS]


def _station(action: str, month: Month, rows: list[Row], people: int, pack: PerformancePay | None) -> Station:
    passed = sum(row.passed(action) for row in rows)
    waiting = [each for row in rows for each in row.waiting if each.clock == action]
    mine = sum(each.count for each in waiting if each.is_mine)
    is_done = people > 0 and passed >= people
    icon = "check-circle-fill" if is_done else "person-fill" if mine else "hourglass-split" if waiting else "circle"
    told = month_words.ready(action, mine) if mine else _told(action, month, waiting, pack)
    return Station(month_words.station(action), icon, passed, people, told, mine > 0)


def _told(action: str, month: Month, waiting: list[Waiting], pack: PerformancePay | None) -> str:
    if action == "compute":
        return _computed(month, pack)
    if waiting:
        return _("waiting for %(names)s", names=_names(waiting))
    if action == "pay" and pack is not None:
        return _("by %(day)s", day=moment.day(month.day_after(pack.days.pay)))
    return _("approving closes the month") if action == "approve" else ""


def _computed(month: Month, pack: PerformancePay | None) -> str:
    """By whom and when it was computed first; when the system will."""
    event = db().scalars(
        select(Event)
        .join(Event.scorecard)
        .where(Scorecard.month == month.name, Event.action == "compute", visible_to(actor()))
        .order_by(Event.id)
        .limit(1)
    ).first()  # fmt: skip
    if event is not None:
        who = event.actor.name if event.actor is not None else _("the system")
        return _("by %(who)s, %(moment)s", who=who, moment=moment.moment(event.at))
    if pack is None:
        return ""
    return _("by the system on %(day)s", day=moment.day(month.day_after(pack.days.compute)))


def _names(waiting: list[Waiting]) -> str:
    names = dict.fromkeys(person.name for each in waiting for person in each.people)
    return ("、" if is_chinese() else ", ").join(names) or _("nobody who could")


def _line(month: Month, row: Row) -> Line:
    stations = [(f"{row.passed(name)} / {row.people}", row.is_through(name)) for name in STATIONS]
    return Line(
        row=row, url=url_for("month.cards", month=month.name, department=row.department.slug), stations=stations,
        adjusted=ngettext("%(num)s adjusted", "%(num)s adjusted", row.adjusted) if row.adjusted else "",
        awaited=[_awaited(each, row) for each in row.waiting],
        acts=[(month_words.verb(action), url_for("month.cards", month=month.name, department=row.department.slug,
                                                 act=action)) for action in row.acts],
    )  # fmt: skip


def _awaited(waiting: Waiting, row: Row) -> Awaited:
    who = _("You") if waiting.is_mine else _names([waiting])
    if waiting.count < row.people:
        who = _("%(who)s (%(what)s, %(count)s)", who=who, what=month_words.verb(waiting.clock), count=waiting.count)
    told = _("%(who)s, for %(time)s", who=who, time=moment.duration(now() - waiting.since))
    return Awaited(told, moment.clock(waiting.due).words if waiting.due <= now() else "")


def _clock(month: Month, waiting: list[Waiting], pack: PerformancePay | None) -> tuple[str, moment.Clock] | None:
    """The next deadline that somebody has not met."""
    if pack is None or not waiting:
        return None
    soonest = min(waiting, key=lambda each: each.due)
    what = _("Heads review until") if soonest.clock == "review" else _("Performance pay goes out until")
    return what, moment.clock(soonest.due)


def _may_compute(month: Month, rows: list[Row], pack: PerformancePay | None) -> bool:
    is_left = not all(row.is_through("compute") for row in rows)
    return pack is not None and is_left and now() >= month.ends and Role.HUMAN_RESOURCES in actor().roles


def _my_acts(waiting: list[tuple[Row, Waiting]]) -> list[str]:
    return [action for action in STATIONS if any(each.is_mine and each.clock == action for _row, each in waiting)]


def _all_url(month: Month, action: str) -> str:
    return url_for("month.cards", month=month.name, act=action)


def _approves(waiting: list[tuple[Row, Waiting]]) -> bool:
    return any(each.is_mine and each.clock == "approve" for _row, each in waiting)


def _closing(month: Month, rows: list[Row], people: int) -> str:
    """What stands in the way of closing the month for everybody; that it is closed; what closing means."""
    later = moment.month(month_after(month.name))
    after = _("After closing, %(month)s never changes; what is taken back later counts in %(next)s.",
              month=moment.month(month.name), next=later)  # fmt: skip
    missing = [
        _("%(department)s: %(count)s not reviewed", department=named(row.department),
          count=row.people - row.passed("review"))
        for row in rows if not row.is_through("review")
    ]  # fmt: skip
    unverified = sum(row.passed("review") - row.passed("verify") for row in rows)
    if unverified:
        missing.append(_("%(count)s not verified", count=unverified))
    if people and all(row.is_through("approve") for row in rows):
        return _("All scorecards are approved and the month is closed; what is taken back now counts in %(month)s.",
                 month=later)  # fmt: skip
    if missing:
        stops = ("、" if is_chinese() else "; ").join(missing)
        return (
            _("Not everybody's month can be closed yet: %(missing)s.", missing=stops) + " " * (not is_chinese()) + after
        )
    return after
