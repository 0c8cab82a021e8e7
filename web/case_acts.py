"""Acting in a case: load it locked, let what fell due happen first, take one step, commit, look again.

Whether a step may be taken is the rules' business. These views refuse malformed input beside its field,
tell whoever came too late what has happened meanwhile, and lose nothing that was typed.
"""

from collections.abc import Callable
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from models import Complaint, Event, Letter
from web import acting, case_clocks, case_offers, case_page, case_preview, case_timeline, case_words, errors
from web.after import after_commit
from web.case_forms import FORMS, ActForm
from web.case_load import case_seen, case_to_act_on
from web.case_moved import moved_on_page, moved_since
from web.case_offers import NOUN_OF, NOUNS, RULINGS
from web.case_page import Tried
from web.complaint_bp import bp
from web.language import is_chinese
from web.session import actor, db, now, start_over
from workflow import handing_over
from workflow import remark as remarks
from workflow.complaint import VERBS
from workflow.process import INVALID, MOVED_ON, Refused

ACT = f"/complaints/<number>/<any({', '.join(repr(noun) for noun in NOUNS)}):noun>"
TWO_STEPS = "/complaints/<number>/<any(ruling, withdrawal):what>"

Deed = Callable[[Complaint, ActForm], Event]


@bp.get("/complaints/<number>")
def show(number: str) -> str:
    return case_page.show(case_seen(number))


@bp.post(ACT)
def act(number: str, noun: str) -> ResponseReturnValue:
    """Take one step of the complaint's process."""
    action = NOUNS[noun]
    return _carry_out(number, action, lambda complaint, form: _take(action, complaint, form))


@bp.post("/complaints/<number>/remarks")
def remark(number: str) -> ResponseReturnValue:
    """Add words or files to a case that is not decided yet."""
    return _carry_out(
        number, "remark",
        lambda complaint, form: remarks.remark(complaint, by=actor(), at=now(), **form.arguments()),
    )  # fmt: skip


@bp.post("/complaints/<number>/violation")
def find_violation(number: str) -> ResponseReturnValue:
    """CS-7: say whether staff broke a rule."""
    return _carry_out(number, "find_violation", _find_violation)


@bp.post("/complaints/<number>/hand-over")
def hand_over(number: str) -> ResponseReturnValue:
    """The head's steps are somebody else's from now on."""
    return _hand_over(number, "hand_over", handing_over.hand_over)


@bp.post("/complaints/<number>/file-hand-over")
def hand_over_file(number: str) -> ResponseReturnValue:
    """A colleague keeps the file from now on."""
    return _hand_over(number, "hand_over_file", handing_over.hand_over_the_file)


def _hand_over(number: str, action: str, verb: Callable[..., Event]) -> ResponseReturnValue:
    return _carry_out(number, action, lambda complaint, form: verb(complaint, by=actor(), at=now(), **form.arguments()))


def _find_violation(complaint: Complaint, form: ActForm) -> Event:
    said = form.arguments()
    if said["violation"] is None:
        raise Refused([case_offers.Objection(INVALID, case_words.N_("Answer with yes or no."), field="violation")])
    return remarks.find_violation(complaint, by=actor(), at=now(), **said)


def _take(action: str, complaint: Complaint, form: ActForm) -> Event:
    return VERBS[action](complaint, by=actor(), at=now(), **form.arguments()).event


def _carry_out(number: str, action: str, deed: Deed) -> ResponseReturnValue:
    """Load, check the shape, act, commit, look again; every refusal answered in words."""
    complaint = case_to_act_on(number)
    if action != "remark" and moved_since(complaint) is not None:
        return moved_on_page(complaint)
    form = FORMS[action]()
    try:
        _refuse_if_closed(complaint, action)
        if not form.validate():
            return _again(number, Tried(action, form))
        event = deed(complaint, form)
        acting.spend(event)
        db().commit()
    except Refused as refusal:
        return _refused(refusal, number, Tried(action, form))
    except (StaleDataError, IntegrityError):
        start_over()
        return moved_on_page(case_seen(number))
    after_commit()
    flash(_told(event), "success")
    return redirect(url_for("complaint.show", number=number, _anchor="main"), 303)


def _refuse_if_closed(complaint: Complaint, action: str) -> None:
    """A step that is not open to this person now is refused before its form is read."""
    if action not in NOUN_OF:
        return
    offer = next((o for o in case_offers.offers(complaint) if o.name == action), None)
    if offer is None:
        raise Refused([case_offers.not_now(complaint)])
    if objections := case_offers.standing(offer):
        raise Refused(objections, offer.rule.id)


def _refused(refusal: Refused, number: str, tried: Tried) -> ResponseReturnValue:
    if refusal.code == MOVED_ON:
        start_over()
        return moved_on_page(case_seen(number), refusal)
    if any(objection.code != INVALID for objection in refusal.objections):
        return errors.refused(refusal)
    tried.form.object_to(refusal.objections)
    return _again(number, tried)


def _again(number: str, tried: Tried) -> ResponseReturnValue:
    """The page once more, with what was typed and what is wrong with it."""
    start_over()
    return case_page.show(case_seen(number), tried), 422


def _told(event: Event) -> str:
    """What was done, and which letter went to how many."""
    done = _("Done: you %(act)s.", act=case_timeline.done_in(event))
    letter = next(iter(event.letters), None)
    return done if letter is None else f"{done}{'' if is_chinese() else ' '}{_letter_told(letter)}"


def _letter_told(letter: Letter) -> str:
    named, people = case_words.named_letter(letter), len(letter.recipients)
    if not people:
        return _("On file: %(letter)s.", letter=named)
    return ngettext("Sent to %(num)s person: %(letter)s.", "Sent to %(num)s people: %(letter)s.", people, letter=named)


@bp.post(f"{TWO_STEPS}/preview")
def preview(number: str, what: str) -> ResponseReturnValue:
    """Step 1 of 2: run the real step, show what it brings, and take it back."""
    complaint = case_to_act_on(number)
    if moved_since(complaint) is not None:
        return moved_on_page(complaint)
    action = _chosen(what)
    if action is None:
        return _again(number, _nothing_chosen())
    form = FORMS[action]()
    try:
        _refuse_if_closed(complaint, action)
        if not form.validate():
            return _again(number, Tried(action, form))
        found = case_preview.of(action, complaint, form.arguments())
    except Refused as refusal:
        return _refused(refusal, number, Tried(action, form))
    start_over()
    return _confirmation(case_seen(number), action, found, what)


@bp.post(f"{TWO_STEPS}/revision")
def revise(number: str, what: str) -> ResponseReturnValue:
    """Back from the preview to the form, with everything that was typed."""
    start_over()
    complaint, action = case_seen(number), _chosen(what)
    if action is None:
        abort(404)
    return case_page.show(complaint, Tried(action, FORMS[action]()))


def _chosen(what: str) -> str | None:
    """The ruling that was chosen, if it is one."""
    if what == "withdrawal":
        return "withdraw"
    asked = request.form.get("ruling", "")
    return asked if asked in RULINGS else None


def _nothing_chosen() -> Tried:
    form = FORMS["uphold"]()
    form.form_errors.append(_("Choose one of the rulings."))
    return Tried("ruling", form)


def _confirmation(complaint: Complaint, action: str, found: Any, what: str) -> str:
    return render_template(
        "complaint/confirm.html",
        case=complaint, preview=found, what=what, action=action,
        title=case_words.case_title(complaint, actor()), words=case_words.WORDS[action],
        confirm_url=url_for("complaint.act", number=complaint.number, noun=NOUN_OF[action]),
        revise_url=url_for("complaint.revise", number=complaint.number, what=what, _anchor="act"),
        back_url=url_for("complaint.show", number=complaint.number),
        typed=[(name, text) for name, text in request.form.items(multi=True) if name != "csrf_token"],
        said=[(_("Reason printed in the letter"), request.form.get("reason", "").strip())],
        deadline=case_clocks.deadline(complaint),
    )  # fmt: skip
