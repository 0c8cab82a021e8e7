"""The company's stationery: what is in force, its editions, and the draft of the next one."""

from dataclasses import dataclass
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from models import StationeryDraft, StationeryEdition
from web import form, stationery_preview
from web import stationery_form as forms
from web.case_words import letter_title
from web.filters import sentence
from web.session import actor, company, db, now, office
from web.stationery_bp import bp
from web.stationery_words import GROUPS, LINES, lines
from workflow import letter as complaint_letters
from workflow import penalty_letter, reward_letter, stationery, stationery_content
from workflow.process import N_, Refused
from workflow.wording import PASSAGES

__all__ = ["bp", "stationery_preview"]

STATIONS = {
    "stationery.draft": N_("Letterhead"),
    "stationery.wordings": N_("Wording"),
    "stationery.changes": N_("Differences"),
    "stationery.terms": N_("Bring into use"),
}
PAST_SHOWN = 5


@dataclass(frozen=True)
class Station:
    """One of the pages on the way from a draft to an edition."""

    words: str
    url: str
    is_here: bool


@dataclass(frozen=True)
class Kind:
    """One kind of letter, and in how many passages it has the company's own words."""

    kind: str
    title: str
    url: str
    own: int
    of_draft: str
    copies: list[tuple[str, str]]


@bp.before_request
def _only_for_its_readers() -> None:
    stationery.require_reader(actor())


@bp.get("/company/stationery")
def show() -> str:
    found = stationery.editions(db())
    today = office().calendar.day_of(now())
    present = next((edition for edition in found if edition.in_force_from <= today), None)
    past = select(StationeryDraft).where(StationeryDraft.discarded_at.is_not(None)).order_by(StationeryDraft.id.desc())
    return render_template(
        "stationery/show.html", editions=found, present=present, today=today, draft=stationery.open_draft(db()),
        head=_head(present.content if present else stationery_content.PLAIN), may_change=stationery.may_change(actor()),
        own=_kinds(present, present.number) if present else [], past=db().scalars(past.limit(PAST_SHOWN)).all(),
    )  # fmt: skip


@bp.get("/company/stationery/<int:number>")
def edition(number: int) -> str:
    found = db().scalars(select(StationeryEdition).filter_by(number=number)).one_or_none() or abort(404)
    before = stationery.edition_before(db(), found)
    return render_template(
        "stationery/edition.html", edition=found, before=before, head=_head(found.content),
        today=office().calendar.day_of(now()), own=_kinds(found, found.number),
        changes=lines(stationery_content.differences(before.content if before else None, found.content)),
    )  # fmt: skip


@bp.post("/company/stationery/draft")
def begin() -> ResponseReturnValue:
    stationery.start(db(), by=actor(), at=now())
    db().commit()
    flash(_("A draft has begun; it stands as what is in force until you change it."), "success")
    return redirect(url_for("stationery.draft"), 303)


@bp.get("/company/stationery/draft")
def draft() -> ResponseReturnValue:
    return _letterhead(_draft(), form.Wrong())


@bp.post("/company/stationery/draft/letterhead")
def change_letterhead() -> ResponseReturnValue:
    found = stationery.draft_to_act_on(db())
    try:
        stationery.change_letterhead(
            db(), found, lines=forms.sent_lines(), pictures=forms.sent_pictures(), unprintable=forms.printable,
            seen=forms.seen(), by=actor(), at=now(),
        )  # fmt: skip
    except Refused as error:
        return _letterhead(found, form.beside_fields(error)), 422
    db().commit()
    flash(_("The draft is saved."), "success")
    return redirect(url_for("stationery.draft"), 303)


@bp.get("/company/stationery/draft/wording")
def wordings() -> str:
    found = _draft()
    groups = [
        (_(title), [kind for kind in _kinds(found, "draft", own_only=False) if _series(kind.kind) == series])
        for series, title in GROUPS.items()
    ]
    return _page("stationery/wordings.html", found, "stationery.wordings", groups=groups)


@bp.get("/company/stationery/draft/wording/<kind>")
def wording(kind: str) -> str:
    return _wording(_draft(), kind, form.Wrong())


@bp.post("/company/stationery/draft/wording/<kind>")
def change_wording(kind: str) -> ResponseReturnValue:
    found = stationery.draft_to_act_on(db())
    if kind not in PASSAGES:
        abort(404)
    try:
        stationery.change_wording(
            found, kind, forms.sent_texts(kind), unprintable=forms.printable,
            seen=forms.seen(), by=actor(), at=now(),
        )  # fmt: skip
    except Refused as error:
        return _wording(found, kind, form.beside_fields(error)), 422
    db().commit()
    flash(_("The wording is saved. Look at it on the specimen."), "success")
    return redirect(url_for("stationery.wording", kind=kind), 303)


@bp.get("/company/stationery/draft/differences")
def changes() -> str:
    found = _draft()
    return _page("stationery/changes.html", found, "stationery.changes", changes=_changes(found))


@bp.get("/company/stationery/draft/terms")
def terms() -> ResponseReturnValue:
    """From which day; with a day, everything that follows, before the press that makes it so."""
    found = _draft()
    typed = request.args.get("day", "").strip()
    return _terms(found, typed, asked="day" in request.args)


@bp.post("/company/stationery/draft/putting-in-force")
def enforce() -> ResponseReturnValue:
    found = stationery.draft_to_act_on(db())
    try:
        edition = stationery.put_in_force(
            db(), found, day=form.day("day"), unprintable=forms.printable,
            seen=forms.seen(), by=actor(), at=now(),
        )  # fmt: skip
    except Refused as error:
        form.beside_fields(error)  # what does not come from a form goes its usual way
        return _terms(found, form.text("day"), asked=True), 422
    db().commit()
    flash(_("Edition %(number)s of the stationery holds from its day on.", number=edition.number), "success")
    return redirect(url_for("stationery.edition", number=edition.number), 303)


@bp.post("/company/stationery/draft/discarding")
def discard() -> ResponseReturnValue:
    stationery.discard(stationery.draft_to_act_on(db()), seen=forms.seen(), by=actor(), at=now())
    db().commit()
    flash(_("The draft is discarded; what is in force stands as it is."), "success")
    return redirect(url_for("stationery.show"), 303)


def _draft() -> StationeryDraft:
    """The open draft; without one there is only the page that begins one."""
    return stationery.open_draft(db()) or abort(redirect(url_for("stationery.show"), 303))


def _letterhead(found: StationeryDraft, wrong: form.Wrong) -> str:
    return _page(
        "stationery/draft.html", found, "stationery.draft", typed=forms.letterhead(found, wrong), wrong=wrong,
        head=_head(found.content),
    )  # fmt: skip


def _wording(found: StationeryDraft, kind: str, wrong: form.Wrong) -> str:
    if kind not in PASSAGES:
        abort(404)
    return _page(
        "stationery/wording.html", found, "stationery.wordings", kind=_kind(found, kind, "draft"), wrong=wrong,
        boxes=forms.boxes(found, kind, wrong), names=forms.names(found, kind),
    )  # fmt: skip


def _terms(found: StationeryDraft, typed: str, *, asked: bool) -> str:
    day = form.day_of(typed)
    objections = stationery.objections_to_force(found, day, unprintable=forms.printable, by=actor(), at=now())
    wrong = " ".join(sentence(one) for one in objections if one.values.get("field") == "day") if asked else ""
    others = [sentence(one) for one in objections if one.values.get("field") != "day"]
    return _page(
        "stationery/terms.html", found, "stationery.terms", typed=typed, day=day, asked=asked and not objections,
        wrong=wrong, objections=others, changes=_changes(found), today=office().calendar.day_of(now()).isoformat(),
    )  # fmt: skip


def _changes(found: StationeryDraft) -> list[Any]:
    before = found.based_on.content if found.based_on is not None else None
    return lines(stationery_content.differences(before, found.content))


def _kinds(of: StationeryDraft | StationeryEdition, name: str | int, *, own_only: bool = True) -> list[Kind]:
    kinds = [_kind(of, kind, name) for kind in PASSAGES]
    return [kind for kind in kinds if kind.own] if own_only else kinds


def _kind(of: StationeryDraft | StationeryEdition, kind: str, name: str | int) -> Kind:
    own = of.content["wording"].get(kind, {})
    copies = [("full", "")] + ([("customer", _("letter to the customer"))] if kind == "resolution_letter" else [])
    return Kind(
        kind, letter_title(kind), url_for("stationery.wording", kind=kind),
        sum(len(places) for places in own.values()), str(name), copies,
    )  # fmt: skip


def _series(kind: str) -> str:
    """To which process a kind of letter belongs."""
    if kind in complaint_letters.KINDS:
        return complaint_letters.SERIES
    if kind in reward_letter.KINDS:
        return reward_letter.SERIES
    return penalty_letter.SERIES if kind in penalty_letter.KINDS else "scorecard"


def _head(content: dict[str, Any]) -> dict[str, str]:
    """The letterhead as it would be printed: the company's own name where no other is given."""
    found = company() or abort(404)
    names = {"letterhead.zh": found.name_zh, "letterhead.en": found.name_en}
    told = {path: forms.value_at(content, path) or names.get(path, "") for path in (*LINES,)}
    return {path.replace(".", "_"): value for path, value in told.items()}


def _page(template: str, found: StationeryDraft, here: str, **shown: Any) -> str:
    stations = [Station(_(words), url_for(name), name == here) for name, words in STATIONS.items()]
    return render_template(template, draft=found, stations=stations, may_change=stationery.may_change(actor()), **shown)
