"""Acting on an improvement plan: load it locked, take one step, commit, look again; what was typed is never lost."""

from collections.abc import Callable
from typing import Any

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from models import (
    Attachment,
    Category,
    Cause,
    Complaint,
    Department,
    Person,
    Plan,
    PlanCustomer,
    PlanMeasure,
    PlanSource,
    ToldBy,
)
from web import choices, form, plan_page, plan_words, uploads
from web.after import after_commit
from web.attachment import as_download
from web.filters import sentence
from web.plan_list import bp
from web.plan_page import Tried
from web.session import actor, db, now, start_over
from workflow import plan as plans
from workflow import plan_roles, sight
from workflow.evidence import Evidence
from workflow.plan import VERBS, Opening
from workflow.process import INVALID, MOVED_ON, N_, Objection, Refused

Inputs = dict[str, Any]


@bp.get("/plans/<number>")
def show(number: str) -> str:
    return plan_page.show(_seen(number))


@bp.get("/plans/<number>/files/<key>")
def file(number: str, key: str) -> Response:
    plan = _seen(number)
    query = select(Attachment).where(Attachment.plan_id == plan.id, Attachment.key == key)
    attachment = db().scalars(query).one_or_none()
    if attachment is None or not uploads.path_of(attachment.digest).is_file():
        abort(404)
    return as_download(attachment, attachment.name)


@bp.post("/plans/<number>/acts/<action>")
def act(number: str, action: str) -> ResponseReturnValue:
    """Take one step; every refusal is answered in words."""
    if action not in VERBS:
        abort(404)
    plan = plan_to_act_on(number)
    try:
        VERBS[action](plan, by=actor(), at=now(), **INPUTS[action](plan))
        db().commit()
    except Refused as refusal:
        return _refused(refusal, number, action)
    except (StaleDataError, IntegrityError):
        return _moved(number)
    after_commit()
    flash(_("Done: you %(act)s.", act=_(plan_words.WORDS[action].done)), "success")
    return redirect(url_for("plan.show", number=number, _anchor="main"), 303)


def _refused(refusal: Refused, number: str, action: str) -> ResponseReturnValue:
    if refusal.code == MOVED_ON:
        return _moved(number)
    if any(objection.code == "not_found" for objection in refusal.objections):
        abort(404)
    found: dict[str, list[str]] = {}
    for objection in refusal.objections:
        found.setdefault(str(objection.values.get("field", "")), []).append(sentence(objection))
    wrong = form.Wrong({name: " ".join(sentences) for name, sentences in found.items()})
    start_over()
    status = 422 if all(objection.code == INVALID for objection in refusal.objections) else 403
    return plan_page.show(_seen(number), Tried(action, request.form.to_dict(), wrong)), status


def _moved(number: str) -> ResponseReturnValue:
    """Somebody was quicker: the plan as it is now, with what was typed shown once more."""
    start_over()
    wrong = form.Wrong({"": _("Meanwhile the plan has moved on; below it stands as it is now.")})
    return plan_page.show(_seen(number), Tried("", request.form.to_dict(), wrong)), 409


def _seen(number: str) -> Plan:
    """The plan with all that its page shows; one that is not there and one not for this reader answer alike (404)."""
    key = db().scalar(Plan.by_number(number).with_only_columns(Plan.id))
    plan = db().scalars(plan_page.for_the_page(key or 0)).unique().one_or_none()
    if plan is None or not plan_roles.may_see(plan, actor()):
        abort(404)
    return plan


def plan_to_act_on(number: str) -> Plan:
    """The plan held against others, or 404."""
    key = db().scalar(Plan.by_number(number).with_only_columns(Plan.id))
    if key is None:
        abort(404)
    plan = Plan.locked(db(), key)
    if not plan_roles.may_see(plan, actor()):
        abort(404)
    return plan


# --- what was typed


def _files() -> tuple[Evidence, ...]:
    """Files, checked and stored; Refused says at their field why one cannot be taken."""
    sent = [file for file in request.files.getlist("files") if file.filename]
    if len(sent) > uploads.MOST_FILES:
        sentence_ = N_("At most %(most)d files at once.")
        raise Refused([Objection(INVALID, sentence_, field="files", most=uploads.MOST_FILES)])
    try:
        return tuple(uploads.receive(sent))
    except uploads.FileRefused as refusal:
        raise Refused([Objection(INVALID, "%(why)s", field="files", why=str(refusal))]) from refusal


def _person() -> Person | None:
    return db().get(Person, form.chosen("owner") or 0)


def _measure(plan: Plan) -> PlanMeasure | None:
    return next((measure for measure in plan.measures if measure.id == form.chosen("measure")), None)


def _customer(plan: Plan) -> PlanCustomer | None:
    return next((row for row in plan.customers if row.complaint_id == form.chosen("customer")), None)


def _case(number: str) -> Complaint | None:
    """The case with this number, if it exists for the reader."""
    found = db().scalars(Complaint.by_number(number.strip()).with_only_columns(Complaint.id)).one_or_none()
    case = db().scalars(Complaint.whole(found)).unique().one() if found is not None else None
    return case if case is not None and sight.may_see(case, actor()) else None


def _one(of: Any, name: str) -> Any:
    return of(value) if (value := request.form.get(name, "")) in {each.value for each in of} else None


def _reopening(_plan: Plan) -> Inputs:
    number = form.text("other_complaint").strip() or form.text("complaint").strip()
    return {"reason": form.text("reason"), "due_on": form.day("due_on"), "number": number,
            "complaint": _case(number) if number else None}  # fmt: skip


INPUTS: dict[str, Callable[[Plan], Inputs]] = {
    "analyse": lambda _plan: {
        "cause": _one(Cause, "cause"), "whys": [form.text(f"why_{place}") for place in range(1, 6)],
    },
    "add_measure": lambda _plan: {
        "measure": form.text("measure"), "owner": _person(), "due_on": form.day("due_on"),
    },
    "carry_out": lambda plan: {"measure": _measure(plan), "note": form.text("note"), "evidence": _files()},
    "finish": lambda _plan: {"note": form.text("note"), "evidence": _files()},
    "confirm": lambda _plan: {"note": form.text("note"), "evidence": _files()},
    "reject": lambda _plan: {
        "reason": form.text("reason"), "due_on": form.day("due_on"), "evidence": _files(),
    },
    "reopen": _reopening,
    "tell": lambda plan: {
        "customer": _customer(plan), "how": _one(ToldBy, "how"), "told_on": form.day("told_on"),
        "note": form.text("note"),
    },
    "note": lambda _plan: {"note": form.text("note"), "evidence": _files()},
    "postpone": lambda plan: {
        "reason": form.text("reason"), "due_on": form.day("due_on"), "measure": _measure(plan),
    },
    "hand_over": lambda plan: {"reason": form.text("reason"), "owner": _person(), "measure": _measure(plan)},
    "drop": lambda _plan: {"reason": form.text("reason")},
}  # fmt: skip


# --- a new one


@bp.get("/plans/new")
def new() -> str:
    _only_who_opens()
    return _new(form.Wrong())


@bp.post("/plans")
def add() -> ResponseReturnValue:
    _only_who_opens()
    try:
        step = plans.open_plan(_opening(), by=actor(), at=now())
        db().commit()
    except Refused as refusal:
        start_over()
        return _new(form.beside_fields(refusal)), 422
    except IntegrityError:
        start_over()
        return _new(form.Wrong({"complaint": _("This case has a plan that goes on; add the measure there.")})), 409
    after_commit()
    flash(_("The plan is opened."), "success")
    return redirect(url_for("plan.show", number=step.subject.number), 303)


def _opening() -> Opening:
    source = _one(PlanSource, "source")
    if source is None:
        raise Refused([Objection(INVALID, N_("Choose where the weakness was found."), field="source")])
    case = _case(form.text("complaint")) if source is PlanSource.COMPLAINT else None
    if source is PlanSource.COMPLAINT and (case is None or case.department is None):
        sentence_ = N_("There is no such case; write its number like 2026-12.")
        raise Refused([Objection(INVALID, sentence_, field="complaint")])
    return Opening(
        source=source, title=form.text("title"), measure=form.text("measure"), department=_department(case),
        owner=_person(), due_on=form.day("due_on"), description=form.text("description"), complaint=case,
        source_ref=form.text("source_ref")[:80] if case is None else None,
        category=_one(Category, "category"),
    )  # fmt: skip


def _department(case: Complaint | None) -> Department:
    found = case.department if case is not None else choices.department_named(request.form.get("department", ""))
    if found is None:
        raise Refused([Objection(INVALID, N_("Choose the department."), field="department")])
    return found


def _only_who_opens() -> None:
    if not plan_roles.leads_somewhere(actor()):
        abort(404)


def _new(wrong: form.Wrong) -> str:
    return render_template(
        "plan/new.html",
        wrong=wrong, typed=request.form or request.args, sources=plan_words.sources(),
        departments=[("", _("Choose the department")), *choices.departments()],
        categories=[("", _("None of these")), *choices.categories()], colleagues=plan_page.colleagues(),
    )  # fmt: skip
