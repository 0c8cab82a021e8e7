"""A new edition of the regulation: filled in, compared, rehearsed, put in force by the general manager."""

from dataclasses import dataclass
from typing import Any

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import func, select

from models import Complaint, ComplaintState, RegulationDraft, RehearsalState
from web import form, regulation_form, regulation_words
from web import regulation_rehearsal as shows
from web.after import start_rehearsal
from web.filters import sentence
from web.regulation_bp import bp
from web.regulation_tables import worded
from web.session import actor, db, me, now
from workflow import regulation_draft as drafts
from workflow import regulation_known, rehearsing
from workflow.process import MOVED_ON, N_, Objection, Refused
from workflow.regulation import CS_MANAGEMENT, Pack, pack_of

ENDED = (ComplaintState.RESOLVED, ComplaintState.VOIDED, ComplaintState.WITHDRAWN)
STATIONS = {
    "regulation.draft": N_("Fill in"),
    "regulation.changes": N_("Differences"),
    "regulation.rehearsal": N_("Rehearsal"),
    "regulation.terms": N_("Put in force"),
}
PAST_SHOWN = 10


@dataclass(frozen=True)
class Station:
    """One of the pages on the way from a draft to an edition."""

    words: str
    url: str
    is_here: bool


@bp.get("/regulation/draft")
def draft() -> ResponseReturnValue:
    drafts.require_reader(actor())
    found = drafts.open_draft(db(), CS_MANAGEMENT)
    return _nothing_open() if found is None else _editor(found, form.Wrong())


@bp.post("/regulation/draft")
def begin() -> ResponseReturnValue:
    drafts.start(db(), CS_MANAGEMENT, by=actor(), at=now())
    db().commit()
    flash(_("A draft has begun; it stands as the edition in force until you change it."), "success")
    return redirect(url_for("regulation.draft"), 303)


@bp.post("/regulation/draft/values")
def fill() -> ResponseReturnValue:
    found = _draft_to_act_on()
    try:
        drafts.change(found, regulation_form.typed(), seen=regulation_form.seen(), by=actor(), at=now())
    except Refused as error:
        return _editor(found, form.beside_fields(error)), 422
    db().commit()
    flash(_("The draft is saved."), "success")
    return redirect(url_for("regulation.changes"), 303)


@bp.get("/regulation/draft/differences")
def changes() -> ResponseReturnValue:
    found = _draft()
    told = regulation_words.grouped(drafts.changed_by(found))
    return _page("regulation/changes.html", found, "regulation.changes", changes=told, count=_count(told))


@bp.get("/regulation/draft/terms")
def terms() -> ResponseReturnValue:
    return _terms(_draft(), form.Wrong())


@bp.post("/regulation/draft/terms")
def set_terms() -> ResponseReturnValue:
    found = _draft_to_act_on()
    try:
        drafts.set_terms(
            found, day=form.day("day"), adoption=form.printed("adoption"), seen=regulation_form.seen(),
            by=actor(), at=now(),
        )  # fmt: skip
    except Refused as error:
        return _terms(found, form.beside_fields(error)), 422
    db().commit()
    return redirect(url_for("regulation.confirm"), 303)


@bp.get("/regulation/draft/confirmation")
def confirm() -> ResponseReturnValue:
    """Everything that follows, before the press that makes it so."""
    found = _draft()
    objections = drafts.objections_to_force(db(), found, by=actor(), at=now())
    told = regulation_words.grouped(drafts.changed_by(found))
    return _page(
        "regulation/confirm.html", found, "regulation.terms", changes=told, count=_count(told),
        objections=[sentence(objection) for objection in objections], follows=_what_follows(found, _count(told)),
        warning=_not_rehearsed(found), decides=drafts.decides_for(actor()) is not None,
        manager=actor().staff.general_manager,
    )  # fmt: skip


@bp.post("/regulation/draft/putting-in-force")
def enforce() -> ResponseReturnValue:
    found = _draft_to_act_on()
    try:
        version = drafts.put_in_force(db(), found, seen=regulation_form.seen(), by=actor(), at=now())
    except Refused as error:
        form.beside_fields(error)  # what does not come from a form goes its usual way
        return confirm(), 422
    db().commit()
    flash(_("Edition %(edition)s is in force from its day on; everybody is asked to acknowledge it.",
            edition=version.edition), "success")  # fmt: skip
    return redirect(url_for("regulation.show", edition=version.edition), 303)


@bp.post("/regulation/draft/discarding")
def discard() -> ResponseReturnValue:
    drafts.discard(_draft_to_act_on(), seen=regulation_form.seen(), by=actor(), at=now())
    db().commit()
    flash(_("The draft is discarded; the edition in force stands as it is."), "success")
    return redirect(url_for("regulation.draft"), 303)


@bp.get("/regulation/draft/rehearsal")
def rehearsal() -> ResponseReturnValue:
    found = _draft()
    last = rehearsing.last_rehearsal(db(), found)
    result = shows.result_of(last) if last is not None else None
    if shows.is_asked_for_progress() and result is not None:
        if not result.is_running:
            return "", 200, {"HX-Refresh": "true"}
        return render_template("regulation/rehearsal_progress.html", result=result)
    is_current = last is not None and rehearsing.is_of_the_draft_as_it_stands(last)
    return _page(
        "regulation/rehearsal.html", found, "regulation.rehearsal", result=result, is_current=is_current,
        changes_nothing=not drafts.changed_by(found),
    )  # fmt: skip


@bp.post("/regulation/draft/rehearsal")
def rehearse() -> ResponseReturnValue:
    asked = rehearsing.ask_for_rehearsal(db(), _draft_to_act_on(), by=actor(), at=now())
    db().commit()
    start_rehearsal(asked.id)
    return redirect(url_for("regulation.rehearsal"), 303)


def _draft() -> RegulationDraft:
    """The open draft, for whoever may read it; without one there is only the page that begins one."""
    drafts.require_reader(actor())
    found = drafts.open_draft(db(), CS_MANAGEMENT)
    return found or abort(redirect(url_for("regulation.draft"), 303))


def _draft_to_act_on() -> RegulationDraft:
    drafts.require_reader(actor())
    found = drafts.open_draft(db(), CS_MANAGEMENT, locked=True)
    if found is None:
        raise Refused([Objection(MOVED_ON, N_("This draft has been decided on already."))])
    return found


def _editor(found: RegulationDraft, wrong: form.Wrong) -> str:
    return _page(
        "regulation/draft.html", found, "regulation.draft", groups=regulation_form.groups(found, wrong),
        wrong=regulation_form.wrong_fields(found, wrong),
    )  # fmt: skip


def _terms(found: RegulationDraft, wrong: form.Wrong) -> str:
    day = found.in_force_from.isoformat() if found.in_force_from else ""
    typed = {"day": form.text("day"), "adoption": form.text("adoption")} if wrong else {}
    shown = {"day": day, "adoption": found.adoption or "", **typed}
    return _page("regulation/terms.html", found, "regulation.terms", wrong=wrong, shown=shown)


def _nothing_open() -> str:
    past = select(RegulationDraft).filter_by(slug=CS_MANAGEMENT).order_by(RegulationDraft.id.desc())
    return render_template(
        "regulation/begin.html", may_prepare=drafts.may_prepare(actor()),
        latest=drafts.latest(db(), CS_MANAGEMENT), past=db().scalars(past.limit(PAST_SHOWN)).all(),
        title=worded(pack_of(drafts.latest(db(), CS_MANAGEMENT)).title),
    )  # fmt: skip


def _page(template: str, found: RegulationDraft, here: str, **shown: Any) -> str:
    stations = [Station(_(words), url_for(name), name == here) for name, words in STATIONS.items()]
    return render_template(
        template, draft=found, stations=stations, may_prepare=drafts.may_prepare(actor()),
        may_discard=_may_discard(found), title=worded(Pack.model_validate(drafts.content_of(found)).title), **shown,
    )  # fmt: skip


def _not_rehearsed(found: RegulationDraft) -> str:
    """Putting in force what nobody has rehearsed is possible, and said."""
    last = rehearsing.last_rehearsal(db(), found)
    if last is None:
        return _("This draft has not been rehearsed.")
    if last.state is not RehearsalState.DONE or not rehearsing.is_of_the_draft_as_it_stands(last):
        return _("The draft has not been rehearsed as it stands now.")
    return ""


def _may_discard(found: RegulationDraft) -> bool:
    return drafts.decides_for(actor()) is not None or (drafts.may_prepare(actor()) and found.created_by_id == me().id)


def _count(told: dict[str, list[regulation_words.Line]]) -> int:
    return sum(len(lines) for lines in told.values())


def _what_follows(found: RegulationDraft, count: int) -> list[tuple[str, str]]:
    """What putting in force brings about: a sign and a sentence each."""
    running = db().execute(
        select(func.count()).select_from(Complaint).where(Complaint.state.not_in(ENDED))
    ).scalar_one()  # fmt: skip
    staff = regulation_known.staff_count(db(), now())
    edition = found.based_on.edition
    return [
        ("pencil-square", ngettext("%(num)d value changes.", "%(num)d values change.", count)),
        ("folder", ngettext(
            "%(num)d case that runs keeps edition %(edition)s.", "%(num)d cases that run keep edition %(edition)s.",
            running, edition=edition,
        )),
        ("pen", ngettext(
            "%(num)d employee is asked to acknowledge the new edition.",
            "%(num)d employees are asked to acknowledge the new edition.", staff,
        )),
    ]  # fmt: skip
