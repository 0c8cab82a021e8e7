"""The briefing of a month: as it stands now, or as it was issued; customer relations issue it once (LIFE-1).

What it says is in `workflow.briefing`; who reads it is in `workflow.publication_roles`.
"""

from datetime import date

from flask import Blueprint, Response, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import selectinload, undefer

from models import Event, Letter, Publication, PublicationKind, Role
from pdf.words import LABELS
from web import briefing_chart, briefing_sheets, case_words, form, letter_rows
from web.after import after_commit
from web.assessment_chart import narrowness
from web.assessment_excel import given
from web.language import is_chinese
from web.session import actor, db, me, now, office, zone
from workflow import briefing, publication, publication_roles
from workflow.assessment_pack import pack_of
from workflow.assessment_period import Cycle, Period
from workflow.briefing import Json
from workflow.process import Refused

SHOWN = 12

bp = Blueprint("briefing", __name__, url_prefix="/briefings")


@bp.before_request
def _only_for_readers() -> None:
    if me().has_left_at(now()) or not publication_roles.reads_briefings(actor()):
        abort(404)


@bp.app_template_global()
def reads_briefings() -> bool:
    """Whether pages lead the reader to briefings."""
    return not me().has_left_at(now()) and publication_roles.reads_briefings(actor())


@bp.get("")
def index() -> str:
    """The last twelve months, with the letter of each that was issued."""
    issued = select(Publication).where(Publication.what == PublicationKind.BRIEFING)
    letters = selectinload(Publication.events).selectinload(Event.letters)
    found = {each.period: each.events[-1].letters[-1] for each in db().scalars(issued.options(letters))}
    period, months = Period.of(Cycle.MONTH, _today()), []
    for _nth in range(SHOWN):
        months.append((period.name, case_words.month(period.name), found.get(period.name)))
        period = period.previous()
    return render_template("briefing/index.html", months=months)


@bp.get("/<month>")
def show(month: str) -> str:
    return _page(_month(month), form.Wrong())


@bp.get("/<month>/chart.svg")
def chart(month: str) -> Response:
    """The picture of the page: frozen where the briefing was issued."""
    letter = _letter(_month(month))
    told = letter.content["briefing"] if letter is not None else _told(month)
    # A phone's is drawn from the months that were frozen.
    is_frozen = letter is not None and not narrowness()
    pictures = told.get("chart") if is_frozen else briefing_chart.drawn(told["trend"], narrow=narrowness())
    if not pictures:
        abort(404)
    response = Response(pictures["zh" if is_chinese() else "en"], mimetype="image/svg+xml")
    response.headers["Cache-Control"] = "private, no-cache"
    return response


@bp.get("/<month>/figures.xlsx")
def excel(month: str) -> Response:
    """The tables of the page, each on its sheet."""
    letter = _letter(_month(month))
    told = letter.content["briefing"] if letter is not None else _told(month)
    title = _("Briefing of %(month)s", month=case_words.month(month))
    return given(title, briefing_sheets.of(told, "zh" if is_chinese() else "en", _units()), what="briefing")


@bp.post("/<month>")
def issue(month: str) -> ResponseReturnValue:
    """Freeze it as a letter to the general manager and the heads."""
    _month(month)
    told = _told(month)
    told["chart"] = briefing_chart.drawn(told["trend"])
    try:
        recipients = publication.readers(actor().staff)
        publication.publish(db(), told, by=actor(), at=now(), recipients=recipients)
    except Refused as refusal:
        wrong = form.beside_fields(refusal)
        db().rollback()
        return _page(month, wrong), 422
    db().commit()
    after_commit()
    flash(_("The briefing is issued."), "success")
    return redirect(url_for(".show", month=month), 303)


def _page(month: str, wrong: form.Wrong) -> str:
    letter = _letter(month)
    told: Json = letter.content["briefing"] if letter is not None else _told(month)
    has_chart = bool(told.get("chart")) if letter is not None else _has_figures(told)
    period, today = Period.named(month), _today()
    return render_template(
        "briefing/show.html", told=told, month=month, name=case_words.month(month), wrong=wrong, has_chart=has_chart,
        letter=letter_rows.row(letter, None) if letter is not None else None, language="zh" if is_chinese() else "en",
        issues=letter is None and _is_officer(),
        is_over=period.last_day < today, words=_units(), previous=period.previous().name,
        next=period.next().name if period.next().first_day <= today else "",
    )  # fmt: skip


def _is_officer() -> bool:
    return Role.CUSTOMER_RELATIONS in actor().roles


def _units() -> dict[str, str]:
    """What stands after a figure, as the letter has it."""
    return {unit: words["zh" if is_chinese() else "en"] for unit, words in LABELS["unit"].items()}


def _has_figures(told: Json) -> bool:
    return any(each[series]["share"] is not None for each in told["trend"] for series in ("answered", "contacted"))


def _told(month: str) -> Json:
    try:
        version = publication.regulation(db(), actor(), now())
    except Refused:
        abort(404)
    return briefing.told(db(), pack_of(version), month, zone=zone(), at=now())


def _letter(month: str) -> Letter | None:
    found = publication.briefing_of(db(), month)
    if found is None:
        return None
    key = publication.newest(found).id
    return db().scalars(select(Letter).where(Letter.id == key).options(undefer(Letter.content))).one()


def _month(month: str) -> str:
    """A month that has begun, of the last ten years; or 404."""
    try:
        period = Period.named(month)
    except ValueError:
        abort(404)
    first = _today().replace(day=1)
    if period.cycle is not Cycle.MONTH or period.first_day > first or period.first_day.year < first.year - 10:
        abort(404)
    return month


def _today() -> date:
    return office().calendar.day_of(now())
