"""The checklist on a phone: each module is a form of its own, which a script sends by itself while it can.

Without the script a module is sent with its photos by its button. Text is kept before any photo is looked at, so that
a photo that is refused costs none of it. An answer that another has changed meanwhile is shown beside one's own.
"""

from dataclasses import dataclass

from flask import Blueprint, abort, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from models import Inspection, InspectionFinding, InspectionState, KeptFile
from web import form, inspection_words, moment, uploads
from web.filters import sentence
from web.inspection import held, seen
from web.regulation_tables import worded
from web.session import actor, db, now, only_for_those_who_work_here
from workflow import inspection as verbs
from workflow import inspection_findings
from workflow import inspection_roles as roles
from workflow.assessment_checklist import Module
from workflow.inspection_findings import Answer, Written
from workflow.process import N_, Refused

bp = Blueprint("inspection_checklist", __name__)


@dataclass(frozen=True)
class Asked:
    """A factor on the phone: what is asked, what stands, and another's answer where it clashes with what was sent."""

    key: str
    title: str
    points: str
    missed: str
    post: str
    answer: str
    note: str
    revision: int
    photos: list[KeptFile]
    clash: str = ""


@dataclass(frozen=True)
class Part:
    key: str
    title: str
    points: str
    at_least: str
    answered: int
    factors: list[Asked]


bp.before_request(only_for_those_who_work_here)


@bp.get("/inspections/<number>/checklist")
def show(number: str) -> ResponseReturnValue:
    found = seen(number)
    _only_who_writes(found)
    if found.state is not InspectionState.UNDER_WAY:
        return redirect(url_for("inspection.show", number=number))
    return _page(found)


@bp.post("/inspections/<number>/modules/<module>")
def save(number: str, module: str) -> ResponseReturnValue:
    """Keep the answers of one module, then its photos one by one."""
    found = held(number)
    _only_who_writes(found)
    part = verbs.checklist_of(found).whole().get(module)
    if part is None:
        abort(404)
    try:
        written = inspection_findings.write(db(), found, _answers(part), by=actor(), at=now())
    except Refused as refusal:
        if _wants_json():
            return jsonify(problem=" ".join(map(sentence, refusal.objections))), 409
        raise
    db().commit()
    if _wants_json():
        return jsonify(_told(found, written))
    problems = _photos(number, part) | _without_an_answer(part)
    found = seen(number)
    if written.clashes or problems:
        return _page(found, written, problems), 409 if written.clashes else 422
    flash(_("“%(module)s” is kept.", module=worded(part.title)), "success")
    return redirect(url_for("inspection_checklist.show", number=number, _anchor=f"module-{module}"), 303)


@bp.post("/inspections/<number>/photos/<factor>")
def add_photo(number: str, factor: str) -> ResponseReturnValue:
    """One or more photos of one factor, from the script."""
    found = held(number)
    _only_who_writes(found)
    try:
        files = uploads.receive(request.files.getlist("photo"))
        inspection_findings.add_photos(db(), found, factor, files, by=actor(), at=now())
    except uploads.FileRefused as refused:
        return jsonify(problem=str(refused)), 422
    except Refused as refusal:
        return jsonify(problem=" ".join(map(sentence, refusal.objections))), 422
    db().commit()
    return jsonify(photos=sum(photo.factor == factor for photo in found.photos))


@bp.post("/inspections/<number>/photos/remove")
def remove_photo(number: str) -> ResponseReturnValue:
    """What shows the wrong thing or the wrong person goes from the checklist, and never becomes evidence."""
    found = held(number)
    _only_who_writes(found)
    photo = inspection_findings.remove_photo(db(), found, form.text("photo"), by=actor(), at=now())
    db().commit()
    flash(_("The photo is removed."), "success")
    return redirect(url_for("inspection_checklist.show", number=number, _anchor=f"factor-{photo.factor}"), 303)


def _answers(part: Module) -> list[Answer]:
    """What was answered; a factor without an answer is left for later, with its note on the phone."""
    return [
        Answer(
            name, answer, form.text(f"note.{name}"), form.number(request.form.get(f"base.{name}", "")) or 0
        )
        for name in part.factors
        if (answer := form.text(f"answer.{name}"))
    ]  # fmt: skip


def _without_an_answer(part: Module) -> dict[str, str]:
    """Notes that stay in the form, because nobody said yet whether the factor was met."""
    words = N_("“%(factor)s”: say whether it was met; until then your note is not kept.")
    return {
        name: _(words, factor=worded(factor.title))
        for name, factor in part.factors.items()
        if form.text(f"note.{name}").strip() and not form.text(f"answer.{name}")
    }


def _photos(number: str, part: Module) -> dict[str, str]:
    """Each factor's photos by themselves: what is wrong with one keeps no other out."""
    problems = {}
    for name in part.factors:
        given = [file for file in request.files.getlist(f"photo.{name}") if file and file.filename]
        if not given:
            continue
        try:
            files = uploads.receive(given)
            inspection_findings.add_photos(db(), held(number), name, files, by=actor(), at=now())
            db().commit()
        except uploads.FileRefused as refused:
            problems[name] = str(refused)
        except Refused as refusal:
            db().rollback()
            problems[name] = " ".join(map(sentence, refusal.objections))
    return problems


def _told(found: Inspection, written: Written) -> dict[str, object]:
    return {
        "revisions": {each.factor: each.revision for each in written.taken},
        "clashes": [
            {"factor": each.factor, "revision": each.revision, "words": clash_words(each)} for each in written.clashes
        ],
    }


def clash_words(finding: InspectionFinding) -> str:
    """林晓 16:20 写的是：未做到，“……”."""
    words = _(
        "%(name)s wrote at %(time)s: %(answer)s",
        name=finding.by.name, time=moment.time_of_day(finding.at), answer=inspection_words.answer(finding.met),
    )  # fmt: skip
    if finding.note:
        words = _("%(words)s, “%(note)s”", words=words, note=finding.note)
    return _("%(words)s. Yours is not kept yet: save again to keep it instead, or choose theirs.", words=words)


def _page(found: Inspection, written: Written | None = None, problems: dict[str, str] | None = None) -> str:
    clashes = {each.factor: each for each in written.clashes} if written is not None else {}
    parts = [_part(found, key, module, clashes) for key, module in verbs.checklist_of(found).whole().items()]
    factors = [factor for part in parts for factor in part.factors]
    open_ = sum(not factor.answer for factor in factors)
    return render_template(
        "inspections/checklist.html",
        found=found, title=inspection_words.title(found), parts=parts, problems=problems or {},
        total=len(factors), answered=len(factors) - open_,
        open_words=ngettext("%(num)d item is still open", "%(num)d items are still open", open_) if open_ else "",
        answers=[(key, _(words)) for key, words in inspection_words.ANSWERS.items()],
    )  # fmt: skip


def _part(found: Inspection, key: str, module: Module, clashes: dict[str, InspectionFinding]) -> Part:
    stands = {each.factor: each for each in found.findings}
    factors = []
    for name, factor in module.factors.items():
        finding, clash = stands.get(name), clashes.get(name)
        # In a clash the writer's own words stay in the form, on the revision that they have now seen.
        own = clash is not None or (form.text(f"note.{name}") != "" and not form.text(f"answer.{name}"))
        answer = form.text(f"answer.{name}") if own else _answer(finding)
        factors.append(
            Asked(
                key=name, title=worded(factor.title), points=f"{factor.points.normalize():f}",
                missed=f"{factor.missed.normalize():f}", post=inspection_words.post(found, factor.responsible),
                answer=answer, note=form.text(f"note.{name}") if own else (finding.note if finding else ""),
                revision=finding.revision if finding else 0,
                photos=[photo.file for photo in found.photos if photo.factor == name],
                clash=clash_words(clash) if clash is not None else "",
            )
        )  # fmt: skip
    return Part(
        key, worded(module.title), inspection_words.points(module.points),
        inspection_words.points(module.at_least) if module.at_least is not None else "",
        sum(bool(factor.answer) for factor in factors), factors,
    )  # fmt: skip


def _answer(finding: InspectionFinding | None) -> str:
    if finding is None:
        return ""
    return "not_seen" if finding.met is None else "met" if finding.met else "missed"


def _only_who_writes(found: Inspection) -> None:
    """For everybody else the checklist is not there."""
    if not (roles.keeps(actor()) or roles.inspects(found, actor())):
        abort(404)


def _wants_json() -> bool:
    return request.accept_mimetypes.best == "application/json"
