"""Proposing a penalty: the form, what it would bring, and the proposal itself.

From a complaint the form knows person, day and facts, without the customer's name: the prior notice
goes to the respondent. A form that is sent twice proposes once.
"""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import selectinload
from wtforms.validators import StopValidation, ValidationError

from models import Complaint, LadderStep, Penalty, Person
from web import case_words, choices, filters, penalty_step
from web.after import after_commit
from web.case_fields import AN_AMOUNT
from web.case_points import signed
from web.label import label
from web.penalty_acts import DESK
from web.penalty_bp import bp
from web.penalty_form import NewPenalty, complaint_named
from web.penalty_step import Rung
from web.session import actor, db, me, now, office, start_over
from workflow import penalty as verbs
from workflow import penalty_prospect, veil
from workflow.penalty_prospect import Prospect
from workflow.process import FORBIDDEN, N_, Objection, Refused, Step
from workflow.regulation import CS_MANAGEMENT, pack_of

# A second form that says the same so soon is the first one sent again; one that differs in anything is another.
SENT_AGAIN = timedelta(minutes=10)
SAID = ("facts", "rule", "complaint", "occurred_on", "known_on", "rework_cost", "files")


@dataclass(frozen=True)
class Outlook:
    """What the penalty would bring, in words."""

    heading: str
    reason: str
    costs: list[str]
    ladder: list[Rung]
    is_dismissal: bool


@bp.get("/penalties/new")
def new() -> ResponseReturnValue:
    """The empty form, or one that a complaint has begun; for htmx only what it would bring."""
    _require_proposer()
    if "HX-Request" in request.headers:
        return render_template("penalty/new_outlook.html", **_what_follows(_asked("respondent")))
    return _page(NewPenalty(formdata=None, **_begun()))


@bp.post("/penalties")
def create() -> ResponseReturnValue:
    """Propose what was written down; the prior notice goes out with it."""
    _require_proposer()
    form = NewPenalty()
    if not form.validate():
        return _again(form)
    if (known := _sent_already(form)) is not None:
        flash(_("This penalty has been proposed already: %(number)s.", number=known.number), "info")
        return redirect(url_for("penalty.show", number=known.number), 303)
    try:
        step = _proposed(form)
    except Refused as refusal:
        form.object_to(refusal)
        return _again(form)
    db().commit()
    after_commit()
    flash(DESK.told(step.event), "success")
    return redirect(url_for("penalty.show", number=step.subject.number), 303)


def _proposed(form: NewPenalty) -> Step[Penalty]:
    step = verbs.propose(form.proposal(), by=actor(), at=now())
    db().add(step.subject)
    db().flush()
    return step


def _require_proposer() -> None:
    if not penalty_prospect.may_propose_some(actor()):
        raise Refused([Objection(FORBIDDEN, N_("Penalties are proposed by customer relations and by heads."))], "CS-7")


def _sent_already(form: NewPenalty) -> Penalty | None:
    """The same about the same person a moment ago: a second press, or a page that was sent again."""
    proposal = form.proposal()
    said = {**proposal.said(), "files": [file.said() for file in proposal.evidence] or None}
    recent = select(Penalty).where(
        Penalty.respondent_id == form.respondent.value.id,
        Penalty.proposed_by_id == me().id,
        Penalty.proposed_at > now() - SENT_AGAIN,
    )
    for penalty in db().scalars(recent.options(selectinload(Penalty.events))):
        first = penalty.events[0].said
        if all(first.get(what) == said.get(what) for what in SAID):
            return penalty
    return None


# --- what the form knows beforehand


def _begun() -> dict[str, Any]:
    """What the address says: the complaint behind it, or the person."""
    number = _asked("complaint")
    if not number:
        return {"respondent": _asked("respondent"), "known_on": office().calendar.day_of(now()).isoformat()}
    complaint = complaint_named(number)
    if complaint is None:
        abort(404)
    return {
        "complaint": complaint.number,
        "respondent": choices.with_account(complaint.respondent) if complaint.respondent else "",
        "facts": veil.hidden(complaint.description, complaint, customer="客户"),
        "occurred_on": complaint.occurred_on.isoformat() if complaint.occurred_on else "",
        "known_on": office().calendar.day_of(complaint.filed_at).isoformat(),
        **_of_detailing(complaint),
    }


def _of_detailing(complaint: Complaint) -> dict[str, str]:
    """A rework that was recorded leads to CS-9 where the department's ladder knows it."""
    pack = pack_of(office().regulation_in_force(CS_MANAGEMENT, now()))
    ladder = complaint.department.ladder if complaint.department else ""
    if complaint.rework_cost and ladder in pack.penal_rules.get("CS-9", ()):
        return {"rule": "CS-9", "rework_cost": f"{complaint.rework_cost // 100}.{complaint.rework_cost % 100:02d}"}
    return {"rule": "CS-7"}


def _asked(name: str) -> str:
    return request.args.get(name, "")[:120].strip()


def _what_follows(typed: str, cost: int | None = None) -> dict[str, Any]:
    """What a penalty for the colleague meant would bring, or why the reader cannot propose it."""
    person = _named(typed)
    if person is None:
        return {"outlook": None, "why_not": ""}
    objection = penalty_prospect.against_proposing(person, actor(), now())
    if objection is not None:
        return {"outlook": None, "why_not": filters.sentence(objection)}
    return {"outlook": _outlook(person, cost), "why_not": ""}


def _named(typed: str) -> Person | None:
    """The colleague meant, if exactly one is."""
    if not typed:
        return None
    try:
        return choices.person_named(typed)
    except (ValidationError, StopValidation):
        return None


def _cost() -> int | None:
    typed = (request.values.get("rework_cost") or "").replace(",", "").strip()
    is_detailing = request.values.get("rule") == "CS-9"
    return int(Decimal(typed) * 100) if is_detailing and AN_AMOUNT.fullmatch(typed) else None


# --- what it would bring


def _outlook(person: Person, cost: int | None = None) -> Outlook | None:
    if person.has_left_at(now()):
        return None
    cost = cost if cost is not None else _cost()
    prospect = penalty_prospect.prospect_of(person, actor(), now(), rework_cost=cost)
    return _in_words(prospect) if prospect is not None else None


def _in_words(prospect: Prospect) -> Outlook:
    times = penalty_step.TIMES[prospect.step]
    heading = _("For %(name)s this would be: %(step)s", name=prospect.respondent.name, step=label(prospect.step))
    return Outlook(
        heading, penalty_step.reason(times, list(prospect.counted)), [part for part in _costs(prospect) if part],
        penalty_step.rungs(list(prospect.counted)), prospect.step is LadderStep.DISMISSAL,
    )  # fmt: skip


def _costs(prospect: Prospect) -> list[str]:
    name = prospect.respondent.name
    leader = ""
    if prospect.leader is not None:
        leader = _("Team leader %(name)s (joint liability): %(points)s points",
                   name=prospect.leader.name, points=signed(prospect.leader_points))  # fmt: skip
    fine = _("Fine: %(yuan)s yuan", yuan=filters.yuan(prospect.fine)) if prospect.fine else _("No fine")
    return [_("%(name)s: %(points)s points", name=name, points=signed(prospect.points)), leader, fine,
            _shares(prospect)]  # fmt: skip


def _shares(prospect: Prospect) -> str:
    shares = prospect.shares
    if shares is None:
        return ""
    parts = [_("%(name)s %(yuan)s", name=prospect.respondent.name, yuan=filters.yuan(shares.person))]
    if prospect.leader is not None and shares.leader:
        parts.insert(0, _("%(name)s %(yuan)s", name=prospect.leader.name, yuan=filters.yuan(shares.leader)))
    if shares.company:
        parts.append(_("company %(yuan)s", yuan=filters.yuan(shares.company)))
    return _("Rework cost, in yuan: %(shares)s", shares=case_words.series(parts))


# --- the page


def _again(form: NewPenalty) -> ResponseReturnValue:
    """The form once more, with what was typed and what is wrong with it."""
    start_over()
    return _page(form), 422


def _page(form: NewPenalty) -> str:
    pack = pack_of(office().regulation_in_force(CS_MANAGEMENT, now()))
    return render_template(
        "penalty/new.html",
        form=form, wrong=list(form.wrong()), suggestions=choices.suggestions(), rules=form.rule.choices,
        **_what_follows((form.respondent.data or "")[:120], form.rework_cost.value),
        defence_within=case_words.limit_in_words(pack.limit("defence")), shares=pack.rework_shares,
        today=office().calendar.day_of(now()),
    )  # fmt: skip
