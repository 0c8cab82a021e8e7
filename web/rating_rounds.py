"""The rounds of ratings of an assessment, for whoever runs it: who would rate whom, opening, how far it is, closing.

It tells who has not answered yet; who gave which figure is told nowhere.
"""

from dataclasses import dataclass

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from models import Assessment, Department, RatingRound
from web import form
from web.assessment_head import head
from web.assessment_rows import locked, run
from web.case_words import names
from web.filters import named
from web.regulation_tables import worded
from web.session import actor, db, now, office
from workflow import rating_rounds, rating_sight
from workflow.assessment_roles import ENOUGH_PEERS
from workflow.assessment_run import pack_for
from workflow.assessment_source import PEERS, SUPERIOR, Source
from workflow.process import Refused
from workflow.rating_draw import Seats, superior_of
from workflow.rating_rounds import MOST_PEERS, USUAL_PEERS, Wish

# A working week.
USUAL_DAYS = 5

bp = Blueprint("rating_rounds", __name__, url_prefix="/assessments/<int(max=2147483647):key>/ratings")


@dataclass(frozen=True)
class Planned:
    """One department before the round: how many are rated, by whom, and what there is to know of it."""

    name: str
    people: int
    superior: str
    peers: int
    remarks: tuple[str, ...]


@dataclass(frozen=True)
class Section:
    """One source that colleagues fill: its round, or how to open one."""

    name: str
    title: str
    round: RatingRound | None
    planned: list[Planned]
    asks_peers: bool


@bp.get("")
def index(key: int) -> str:
    return _index(_rated(key), form.Wrong())


@bp.get("/<name>")
def show(key: int, name: str) -> str:
    of = _rated(key)
    return _round(of, _found(of, name))


@bp.post("/<name>")
def open_(key: int, name: str) -> ResponseReturnValue:
    _rated(key)
    of = locked(key)
    wish = Wish(form.day("due_on"), form.chosen("peers") if "peers" in request.form else 0)
    try:
        rating_rounds.open_(db(), of, name[:40], wish, by=actor(), at=now())
    except Refused as refusal:
        wrong = form.beside_fields(refusal)
        db().rollback()
        return _index(_rated(key), wrong, name), 422
    db().commit()
    flash(_("The round is opened; everybody who rates is told."), "success")
    return redirect(url_for(".show", key=key, name=name), 303)


@bp.get("/<name>/close")
def confirm(key: int, name: str) -> ResponseReturnValue:
    of = _rated(key)
    found = _found(of, name)
    if found.closed_at is not None:
        return redirect(url_for(".show", key=key, name=name), 303)
    lines, _reasons = rating_sight.progress(db(), found, now())
    return render_template(
        "rating/close.html", head=head(of), of=of, name=name, title=_title(of, name),
        open=sum(each.open for each in lines),
        waits=names(person.name for each in lines for person in each.waits),
    )  # fmt: skip


@bp.post("/<name>/close")
def close(key: int, name: str) -> ResponseReturnValue:
    of = _rated(key)
    found = rating_rounds.locked(db(), _found(of, name).id)
    assert found is not None
    try:
        rating_rounds.close(db(), found, by=actor(), at=now())
    except Refused as refusal:
        db().rollback()
        return _round(_rated(key), _found(_rated(key), name), form.beside_fields(refusal)), 422
    db().commit()
    flash(_("The round is closed; its ratings count as soon as the results are recomputed."), "success")
    return redirect(url_for(".show", key=key, name=name), 303)


# --- what the pages show -----------------------------------------------------------------------------


def _rated(key: int) -> Assessment:
    """404 for who sees nothing of it and where nobody rates, 403 for who sees and does not run it."""
    of = run(key)
    if of.kind != "person" or not rating_rounds.sources(pack_for(of)):
        abort(404)
    return of


def _found(of: Assessment, name: str) -> RatingRound:
    found = rating_rounds.of_period(db(), of, name[:40])
    if found is None:
        abort(404)
    return found


def _title(of: Assessment, name: str) -> str:
    return worded(pack_for(of).sources[name].title)


def _index(of: Assessment, wrong: form.Wrong, asked: str = "") -> str:
    return render_template(
        "rating/rounds.html", head=head(of), of=of, wrong=wrong, asked=asked, typed=request.form,
        sections=[_section(of, name, source) for name, source in rating_rounds.sources(pack_for(of)).items()],
        usual_peers=USUAL_PEERS, enough=ENOUGH_PEERS, most_peers=MOST_PEERS, due_on=_usual_day(),
        late=rating_rounds.TAKEN_LATE,
    )  # fmt: skip


def _usual_day() -> str:
    calendar = office().calendar
    return calendar.day_of(calendar.add(now(), USUAL_DAYS)).isoformat()


def _section(of: Assessment, name: str, source: Source) -> Section:
    round_ = rating_rounds.of_period(db(), of, name)
    asks_peers = PEERS in source.raters
    planned = []
    if round_ is None and of.stage == "open":
        peers = form.chosen("peers")
        usual = peers if peers is not None and 0 <= peers <= MOST_PEERS else USUAL_PEERS
        found = rating_rounds.planned(db(), of, name, usual if asks_peers else 0, by=actor())
        planned = [_planned(each, source, asks_peers and usual > 0) for each in found]
    return Section(name, worded(source.title), round_, planned, asks_peers)


def _planned(seats: Seats, source: Source, asks_peers: bool) -> Planned:
    department, asks_superior = db().get_one(Department, seats.department), SUPERIOR in source.raters
    return Planned(
        named(department), len(seats.people), seats.superior.name if seats.superior is not None else "", seats.peers,
        tuple(_remarks(seats, asks_superior, asks_peers)),
    )  # fmt: skip


def _remarks(seats: Seats, asks_superior: bool, asks_peers: bool) -> list[str]:
    staff, found = actor().staff, []
    without = [each.name for each in seats.people if superior_of(each, seats.department, staff) is None]
    if asks_superior and seats.superior is None:
        found.append(_("The post of head is vacant: no superior rates here."))
    elif asks_superior and without:
        found.append(_("Nobody rates %(names)s as superior.", names=names(without)))
    if asks_peers and seats.peers == 0:
        found.append(_("Too few colleagues: no peers rate here, since everybody would know who it was."))
    elif asks_peers and seats.peers < ENOUGH_PEERS:
        found.append(_("Few colleagues: what peers give is counted and never shown individually."))
    return found


def _round(of: Assessment, found: RatingRound, wrong: form.Wrong | None = None) -> str:
    lines, reasons = rating_sight.progress(db(), found, now())
    asked, open_ = sum(each.asked for each in lines), sum(each.open for each in lines)
    return render_template(
        "rating/round.html", head=head(of), round=found, title=_title(of, found.source), lines=lines, reasons=reasons,
        asked=asked, given=sum(each.given for each in lines), unable=sum(each.unable for each in lines), open=open_,
        of=of,
        wrong=wrong or form.Wrong(), enough=ENOUGH_PEERS, asks_peers=found.peers > 0,
    )  # fmt: skip
