"""Logging a complaint: the form, the warning about earlier ones, and the filing itself.

Filing and assigning at once are two steps of one transaction. A form that is sent twice files once.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from models import Complaint, Person, RegulationVersion
from web import choices, question_complaint
from web.after import after_commit
from web.case_line import gist
from web.case_words import limit_in_words, moment_of
from web.complaint_bp import bp
from web.complaint_form import NewComplaint
from web.customer_relations import require_customer_relations
from web.session import actor, db, me, now, office, start_over
from workflow import complaint as verbs
from workflow import deadline
from workflow.process import Refused, Step
from workflow.regulation import CS_MANAGEMENT, pack_of
from workflow.repeats import PERIOD, Repeats, earlier

# A second form with the same words so soon is the first one sent again.
SENT_AGAIN = timedelta(minutes=10)
RECENT = 50


@dataclass(frozen=True)
class Afterwards:
    """What follows from filing now: each limit in words, and the moment at which it ends."""

    assign_within: str
    assign_by: datetime
    tell_within: str
    tell_by: datetime
    answer_within: str


@bp.get("/complaints/new")
def new() -> ResponseReturnValue:
    """The empty form; for htmx only the notice about earlier complaints."""
    require_customer_relations()
    if "HX-Request" in request.headers:
        return render_template("complaint/new_earlier.html", **_earlier(_asked("customer_phone"), _asked("vehicle")))
    known = question_complaint.known(question_complaint.asked())
    typed = {"customer_phone": _asked("customer_phone"), "vehicle": _asked("vehicle")}
    form = NewComplaint(formdata=None, **(typed | known))
    return _page(form)


@bp.post("/complaints")
def create() -> ResponseReturnValue:
    """File what was taken down; and assign it at once where that was asked for."""
    require_customer_relations()
    form = NewComplaint()
    if not form.validate():
        return _again(form)
    _queue()
    if (known := _sent_already(form)) is not None:
        flash(_("This complaint has been filed already: %(number)s.", number=known.number), "info")
        return redirect(url_for("complaint.show", number=known.number), 303)
    try:
        step = _filed(form)
    except Refused as refusal:
        form.object_to(refusal)
        return _again(form)
    db().commit()
    after_commit()
    flash(_told(step), "success")
    return redirect(url_for("complaint.show", number=step.subject.number), 303)


def _filed(form: NewComplaint) -> Step[Complaint]:
    step = verbs.file(form.filing(), by=actor(), at=now())
    db().add(step.subject)
    db().flush()
    question_complaint.end(step.subject)
    if request.form.get("then") == "assign":
        step = verbs.assign(Complaint.locked(db(), step.subject.id), by=actor(), at=now())
        db().flush()
    return step


def _queue() -> None:
    """Of two presses at once the second waits, and then finds what the first one filed."""
    db().execute(select(Person.id).where(Person.id == me().id).with_for_update(key_share=True))


def _sent_already(form: NewComplaint) -> Complaint | None:
    """The same words by the same person a moment ago: a second press, or a page that was sent again."""
    latest = select(Complaint.id).order_by(Complaint.id.desc()).limit(RECENT).subquery()
    the_same = select(Complaint).where(
        Complaint.id.in_(select(latest.c.id)),
        Complaint.filed_by_id == me().id,
        Complaint.filed_at > now() - SENT_AGAIN,
        Complaint.customer_name == form.customer_name.value,
        Complaint.description == form.description.value,
    )
    return db().scalars(the_same).first()


def _told(step: Step[Complaint]) -> str:
    """What was done, and until when the next act is due."""
    number, due = step.subject.number, moment_of(step.subject.due_at or step.at)
    if step.rule is verbs.FILE:
        return _("Filed as %(number)s. Please assign it by %(moment)s.", number=number, moment=due)
    return _("Filed as %(number)s and assigned; the answer is due by %(moment)s.", number=number, moment=due)


def _again(form: NewComplaint) -> ResponseReturnValue:
    """The page once more, with everything that was typed; nothing was filed."""
    start_over()
    return _page(form), 422


def _page(form: NewComplaint) -> str:
    version = office().regulation_in_force(CS_MANAGEMENT, now())
    return render_template(
        "complaint/new.html",
        form=form,
        question=question_complaint.asked(),
        wrong=list(form.wrong()),
        channels=form.channel.choices,
        categories=form.category.choices,
        severities=choices.severities_with_points(pack_of(version)),
        departments=form.department.choices(),
        suggestions=choices.suggestions(),
        afterwards=_afterwards(version),
        today=office().calendar.day_of(now()),
        **_earlier(form.customer_phone.data or "", form.vehicle.data or ""),
    )


def _afterwards(version: RegulationVersion) -> Afterwards:
    pack = pack_of(version)
    return Afterwards(
        assign_within=limit_in_words(pack.limit("assign")),
        assign_by=deadline.after(pack.limit("assign"), now(), office().calendar),
        tell_within=limit_in_words(pack.limit("statutory")),
        tell_by=deadline.statutory(pack, now(), office()),
        answer_within=limit_in_words(pack.limit("answer")),
    )


def _asked(name: str) -> str:
    return request.args.get(name, "")[:60]


def _earlier(phone: str, vehicle: str) -> dict[str, object]:
    """The notice about earlier complaints of this customer or vehicle."""
    repeats: Repeats = earlier(phone, vehicle, by=actor(), at=now())
    lines = [(complaint, gist(complaint, actor())) for complaint in repeats.complaints]
    return {"repeats": repeats, "earlier": lines, "period": PERIOD.days}
