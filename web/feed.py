"""My deadlines in a calendar program: a feed behind a password of its own, and the page on which one makes it.

The password stands in no address: a program sends it as HTTP Basic, and here it opens the feed and nothing else.
The feed names cases and what is to be done; neither customers nor what a case is about.
"""

import hashlib
from datetime import timedelta
from urllib.parse import urlsplit

from flask import Blueprint, Response, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from flask_babel import gettext as _
from icalendar import Alarm, Calendar, Event

from models import (
    CallDay,
    Complaint,
    CustomerQuestion,
    Inspection,
    Penalty,
    Person,
    Plan,
    Publication,
    RankingDue,
    RatingDuty,
    Reward,
    Scorecard,
)
from web import access, log, moment, month_words, throttle
from web.session import database, db, me, now, office, only_for_those_who_work_here
from workflow import agenda, feed
from workflow.agenda import CUSTOMER, Entry

# An entry ends with its deadline; programs show nothing of what takes no time. The alarm comes an hour before.
SHOWN_AS = timedelta(minutes=30)
ALARM = SHOWN_AS - timedelta(hours=1)
ASKED_AGAIN = timedelta(hours=1)
LONGEST = 200
# Where what is not named by a number of its own stands.
PAGES = {
    Publication.kind: "letter.index", CallDay.kind: "survey_call.index", RankingDue.kind: "assessments.index",
    RatingDuty.kind: "ratings.index",
}  # fmt: skip
ADDRESS = "/feed/deadlines.ics"

bp = Blueprint("feed", __name__)


@bp.get(ADDRESS)
@access.public
def deadlines() -> ResponseReturnValue:
    """What waits for the person whose password was sent; the same bytes as long as nothing has changed."""
    username, password = _sent()
    if not username:
        return _refused()
    person = feed.reader(db(), username, password, now())
    if person is None:
        return _guessed(username)
    g.person_id = person.id
    with force_locale(person.language):
        body = _calendar(person).to_ical()
    response = Response(body, content_type="text/calendar; charset=utf-8")
    response.headers["Cache-Control"] = "private, max-age=300"
    response.headers["Content-Disposition"] = "inline; filename=deadlines.ics"
    response.vary.add("Authorization")
    response.set_etag(hashlib.sha256(body).hexdigest())
    return response.make_conditional(request)


def _sent() -> tuple[str, str]:
    """Account and password as HTTP Basic; nothing for what can be neither."""
    sent = request.authorization
    username, password = (sent.username or "", sent.password or "") if sent and sent.type == "basic" else ("", "")
    is_usable = max(len(username), len(password)) <= LONGEST and "\0" not in username
    return (username.strip().lower(), password) if is_usable else ("", "")


def _refused() -> ResponseReturnValue:
    return Response(
        "401\n", 401, {"WWW-Authenticate": 'Basic realm="Gongdao", charset="UTF-8"', "Cache-Control": "no-store"},
        content_type="text/plain; charset=utf-8",
    )  # fmt: skip


def _guessed(username: str) -> ResponseReturnValue:
    """Counted as at the door, apart from the door's own counts: a program with an old password locks nobody out."""
    with database().writing() as session:
        attempt = throttle.Attempt(f"calendar of {username}", f"calendar {request.remote_addr}", now())
        again_at = attempt.count(session)
        session.commit()
    if again_at is None:
        return _refused()
    wait = max(1, int((again_at - now()).total_seconds()))
    return Response("429\n", 429, {"Retry-After": str(wait)}, content_type="text/plain; charset=utf-8")


# --- the calendar


def _calendar(person: Person) -> Calendar:
    found = Calendar()
    found.add("prodid", "-//Gongdao//Deadlines//EN")
    found.add("version", "2.0")
    found.add("x-wr-calname", _("Gongdao: my deadlines"))
    found.add("x-published-ttl", ASKED_AGAIN)
    found.add("refresh-interval", ASKED_AGAIN, parameters={"VALUE": "DURATION"})
    for entry in agenda.entries(office().actor(person, now()), now()):
        found.add_component(_event(entry))
    return found


def _event(entry: Entry) -> Event:
    """Its name stays, its sequence grows: a program moves what it has, and drops what is no longer here."""
    host, words = urlsplit(log.settings().address).hostname, _words(entry)
    url = f"{log.settings().address}{_page(entry)}"
    event = Event()
    event.add("uid", f"{entry.kind}-{entry.number}-{entry.clock}@{host}")
    event.add("sequence", entry.sequence)
    event.add("dtstamp", entry.since)
    event.add("dtstart", entry.due_at - SHOWN_AS)
    event.add("dtend", entry.due_at)
    event.add("summary", words)
    event.add("description", _("Open it in Gongdao (after log-in):") + f"\n{url}")
    event.add("url", url)
    event.add("class", "PRIVATE")
    event.add("transp", "TRANSPARENT")
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", words)
    alarm.add("trigger", ALARM)
    event.add_component(alarm)
    return event


def _words(entry: Entry) -> str:
    if entry.kind == CUSTOMER:
        return _("Contact the customers who were handed over to you")
    if entry.kind == CustomerQuestion.kind:
        return _(
            "%(task)s: %(case)s", task=_(entry.task), case=_("Customer's question %(number)s", number=entry.number)
        )
    if entry.kind == Scorecard.kind:
        month = moment.month(entry.number)
        return _("Scorecards of %(month)s: %(act)s", month=month, act=month_words.verb(entry.clock))
    if entry.kind in PAGES:
        return _(entry.task)
    named = {
        Complaint.kind: _("Complaint %(number)s"), Penalty.kind: _("Penalty %(number)s"),
        Plan.kind: _("Improvement plan %(number)s"), Inspection.kind: _("Inspection %(number)s"),
        Reward.kind: _("Reward %(number)s"),
    }[entry.kind]  # fmt: skip
    return _("%(task)s: %(case)s", task=_(entry.task), case=named % {"number": entry.number})


def _page(entry: Entry) -> str:
    if entry.kind == CUSTOMER:
        return url_for("customers.index", only="yes")
    if entry.kind == CustomerQuestion.kind:
        return url_for("question.show", key=entry.number)
    if entry.kind in PAGES:
        return url_for(PAGES[entry.kind])
    if entry.kind == Reward.kind:
        return url_for("rewards.show", number=entry.number)
    if entry.kind == Scorecard.kind:
        return url_for("month.show", month=entry.number)
    return url_for(f"{entry.kind}.show", number=entry.number)


# --- making it, renewing it, ending it


@bp.get("/settings/calendar")
def show() -> str:
    return _settings()


@bp.post("/settings/calendar")
def renew() -> ResponseReturnValue:
    """A new password, shown on this answer and never again; the one before is over."""
    only_for_those_who_work_here()
    password = feed.renew(db(), me(), now())
    db().commit()
    return _settings(password), {"Cache-Control": "no-store"}


@bp.post("/settings/calendar/end")
def end() -> ResponseReturnValue:
    only_for_those_who_work_here()
    feed.end(db(), me())
    db().commit()
    flash(_("The calendar feed is ended; calendar programs are refused from now on."), "success")
    return redirect(url_for("feed.show"), 303)


def _settings(password: str = "") -> str:
    only_for_those_who_work_here()
    return render_template(
        "preferences/calendar.html", address=f"{log.settings().address}{ADDRESS}", username=me().username,
        password=password, made_at=feed.made_at(db(), me()),
    )  # fmt: skip
