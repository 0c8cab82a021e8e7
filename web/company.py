"""The company's settings: penalties, pay day, reminders. Read by who decides and pays, changed by administrators."""

from decimal import Decimal
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from models import Company, Person, Role
from web import form, reminder_figures, staff
from web.filters import yuan
from web.label import label
from web.session import actor, company, db, now
from workflow import company as settings
from workflow import plan_figures
from workflow.process import INVALID, N_, Objection, Refused
from workflow.reminder_figures import LEVELS, SETTING, Figures, figures_of

READERS = {Role.ADMINISTRATOR, Role.GENERAL_MANAGER, Role.HUMAN_RESOURCES}
NAMES = {
    "fines": N_("Fines"),
    "review_body": N_("Review body"),
    "deduction_cap_percent": N_("Most that a pay day takes"),
    "minimum_wage": N_("Local minimum wage"),
    "show_customer_to_respondent": N_("Customer’s name for the respondent"),
    SETTING: N_("Reminders"),
    plan_figures.SETTING: N_("Improvement plans"),
}
FINES = {"allowed": N_("Fines and points"), "points_only": N_("Points only")}

bp = Blueprint("company", __name__)


@bp.before_request
def _only_for_its_readers() -> None:
    if actor().has_left or not actor().roles & READERS:
        abort(404)


@bp.get("/company")
def show() -> ResponseReturnValue:
    return _page(form.Wrong(), _kept())


@bp.post("/company")
def change() -> ResponseReturnValue:
    try:
        changes = settings.change_settings(
            db(), by=actor(), at=now(),
            fines=form.text("fines"), review_body=_review_body(),
            cap_percent=form.chosen("cap_percent"), minimum_wage=form.fen("minimum_wage"),
            shows_customer="shows_customer" in request.form,
        )  # fmt: skip
    except Refused as error:
        typed = request.form.to_dict() | {"shows_customer": "shows_customer" in request.form}
        return _page(form.beside_fields(error), _kept() | typed), 422
    db().commit()
    flash(_("The settings are kept.") if changes else _("Nothing was different; nothing was changed."), "success")
    return redirect(url_for("company.show"), 303)


@bp.post("/company/reminders")
def change_reminders() -> ResponseReturnValue:
    try:
        change = settings.change_reminders(db(), by=actor(), at=now(), **reminder_figures.typed())
    except Refused as error:
        return _page(form.beside_fields(error), _kept() | request.form.to_dict()), 422
    db().commit()
    flash(_("The settings are kept.") if change else _("Nothing was different; nothing was changed."), "success")
    return redirect(url_for("company.show", _anchor="reminders"), 303)


@bp.post("/company/improvement")
def change_improvement() -> ResponseReturnValue:
    try:
        figures = {name: form.chosen(name) for name in plan_figures.MOST}
        change = settings.change_improvement(db(), by=actor(), at=now(), **figures)
    except Refused as error:
        return _page(form.beside_fields(error), _kept() | request.form.to_dict()), 422
    db().commit()
    flash(_("The settings are kept.") if change else _("Nothing was different; nothing was changed."), "success")
    return redirect(url_for("company.show", _anchor="improvement"), 303)


def _review_body() -> Person | None:
    """Whoever was chosen; nothing chosen means nobody, and a name that is none is no choice."""
    if not form.text("review_body"):
        return None
    body = db().get(Person, form.chosen("review_body") or 0)
    if body is None:
        raise Refused([Objection(INVALID, N_("Choose a colleague from the list."), field="review_body")])
    return body


def _kept() -> dict[str, Any]:
    found = _company()
    return {
        "fines": "allowed" if found.fines_are_allowed else "points_only",
        "review_body": found.review_body_id or "",
        "cap_percent": found.cap_percent,
        "minimum_wage": yuan(found.minimum_wage).replace(",", ""),
        "shows_customer": found.shows_customer_to_respondent,
        **reminder_figures.kept(figures_of(found)),
        **plan_figures.figures_of(found).model_dump(),
    }


def _page(wrong: form.Wrong, typed: Any) -> str:
    return render_template(
        "company/settings.html",
        wrong=wrong,
        typed=typed,
        may_change=Role.ADMINISTRATOR in actor().roles,
        fines=[(key, _(words)) for key, words in FINES.items()],
        units=[(key, _(words)) for key, words in reminder_figures.UNITS.items()],
        levels=range(1, LEVELS + 1),
        colleagues=staff.colleague_choices(_("Nobody: the general manager rules")),
        changes=[
            (change, _(NAMES[change.name]), _told(change.name, change.old), _told(change.name, change.new))
            for change in settings.changes_of(db())
        ],
    )


def _told(name: str, value: Any) -> str:
    """A setting's value as people say it."""
    match name:
        case "fines":
            return _(FINES.get(value, FINES["allowed"]))
        case "review_body":
            body = db().get(Person, value or 0)
            return body.name if body is not None else label(Role.GENERAL_MANAGER)
        case "deduction_cap_percent":
            return f"{value}%"
        case "show_customer_to_respondent":
            return _("shown") if value else _("hidden")
        case "improvement":
            return _told_of_improvement(plan_figures.Figures.model_validate(value or {}))
        case "reminders":
            return reminder_figures.told(Figures.model_validate(value or {}))
    return _("%(amount)s yuan", amount=yuan(int(Decimal(value or 0) * 100)))


def _told_of_improvement(figures: plan_figures.Figures) -> str:
    return _(
        "returns within %(returns)d days; %(work)d days to work, %(verify)d working days to verify, %(tell)d to tell",
        returns=figures.returns_days, work=figures.work_days, verify=figures.verify_days, tell=figures.tell_days,
    )  # fmt: skip


def _company() -> Company:
    return company() or abort(404)
