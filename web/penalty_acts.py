"""Acting in a penalty: load it locked, let what fell due happen first, take one step, commit, look again.

Whether a step may be taken is the rules' business. These views refuse malformed input beside its field,
tell whoever came too late what has happened meanwhile, and lose nothing that was typed.
"""

from collections.abc import Callable

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from models import Event, Letter, Penalty
from web import (
    acting,
    errors,
    penalty_clocks,
    penalty_offers,
    penalty_page,
    penalty_preview,
    penalty_step,
    penalty_words,
)
from web.after import after_commit
from web.case_forms import ActForm
from web.case_moved import moved_since
from web.case_page import Tried
from web.case_preview import Preview
from web.penalty_bp import bp
from web.penalty_forms import Nothing, form_of
from web.penalty_load import penalty_seen, penalty_to_act_on
from web.penalty_moved import moved_on_page
from web.penalty_offers import DECISIONS, NOUN_OF, NOUNS
from web.session import actor, db, now, start_over
from workflow.penalty import VERBS
from workflow.process import INVALID, MOVED_ON, Refused, moved_on

ACT = f"/penalties/<number>/<any({', '.join(repr(noun) for noun in NOUNS)}):noun>"

Deed = Callable[[Penalty, ActForm], Event]


@bp.get("/penalties/<number>")
def show(number: str) -> str:
    return penalty_page.show(penalty_seen(number))


@bp.post(ACT)
def act(number: str, noun: str) -> ResponseReturnValue:
    """Take one step of the penalty's process."""
    action = NOUNS[noun]
    return carry_out(number, action, lambda penalty, form: _take(action, penalty, form))


def _take(action: str, penalty: Penalty, form: ActForm) -> Event:
    return VERBS[action](penalty, by=actor(), at=now(), **form.arguments()).event


def carry_out(number: str, action: str, deed: Deed) -> ResponseReturnValue:
    """Load, check the shape, act, commit, look again; every refusal answered in words."""
    penalty = penalty_to_act_on(number)
    if action in NOUN_OF and moved_since(penalty) is not None:
        return moved_on_page(penalty)
    form = form_of(action, penalty)()
    try:
        _refuse_if_closed(penalty, action)
        if not form.validate():
            return _again(number, Tried(action, form))
        event = deed(penalty, form)
        acting.spend(event)
        db().commit()
    except Refused as refusal:
        return _refused(refusal, number, Tried(action, form))
    except (StaleDataError, IntegrityError):
        start_over()
        return moved_on_page(penalty_seen(number))
    after_commit()
    flash(told(event), "success")
    return redirect(url_for("penalty.show", number=number, _anchor="main"), 303)


def _refuse_if_closed(penalty: Penalty, action: str) -> None:
    """A step that is not open to this person now is refused before its form is read."""
    if action not in NOUN_OF:
        return
    offer = next((o for o in penalty_offers.offers(penalty) if o.name == action), None)
    if offer is None:
        raise Refused([moved_on(penalty.state)])
    if objections := penalty_offers.standing(offer):
        raise Refused(objections, offer.rule.id)


def _refused(refusal: Refused, number: str, tried: Tried) -> ResponseReturnValue:
    if refusal.code == MOVED_ON:
        start_over()
        return moved_on_page(penalty_seen(number))
    if any(objection.code != INVALID for objection in refusal.objections):
        return errors.refused(refusal)
    tried.form.object_to(refusal.objections)
    return _again(number, tried)


def _again(number: str, tried: Tried) -> ResponseReturnValue:
    """The page once more, with what was typed and what is wrong with it."""
    start_over()
    return penalty_page.show(penalty_seen(number), tried), 422


def told(event: Event) -> str:
    """What was done, and which letter went to how many."""
    done = _("Done: you %(act)s.", act=penalty_words.done(event))
    letter = next(iter(event.letters), None)
    return done if letter is None else f"{done} {_letter_told(letter)}"


def _letter_told(letter: Letter) -> str:
    named, people = penalty_words.named_letter(letter), len(letter.recipients)
    return ngettext("Sent to %(num)s person: %(letter)s.", "Sent to %(num)s people: %(letter)s.", people, letter=named)


# --- deciding in two steps


@bp.post("/penalties/<number>/decision/preview")
def preview(number: str) -> ResponseReturnValue:
    """Step 1 of 2: take the real step, show what it brings, and undo it."""
    penalty = penalty_to_act_on(number)
    if moved_since(penalty) is not None:
        return moved_on_page(penalty)
    action = _chosen()
    if action is None:
        return _again(number, _nothing_chosen())
    form = form_of(action, penalty)()
    try:
        _refuse_if_closed(penalty, action)
        if not form.validate():
            return _again(number, Tried(action, form))
        found = penalty_preview.of(action, penalty, form.arguments())
    except Refused as refusal:
        return _refused(refusal, number, Tried(action, form))
    start_over()
    return _confirmation(penalty_seen(number), action, found)


@bp.post("/penalties/<number>/decision/revision")
def revise(number: str) -> ResponseReturnValue:
    """Back from the preview to the form, with everything that was typed."""
    start_over()
    penalty, action = penalty_seen(number), _chosen()
    if action is None:
        return redirect(url_for("penalty.show", number=number), 303)
    return penalty_page.show(penalty, Tried(action, form_of(action, penalty)()))


def _chosen() -> str | None:
    """The decision that was chosen, if it is one."""
    asked = request.form.get("decision", "")
    return asked if asked in DECISIONS else None


def _nothing_chosen() -> Tried:
    form = Nothing()
    form.form_errors.append(_("Choose one of the decisions."))
    return Tried("decision", form)


def _confirmation(penalty: Penalty, action: str, found: Preview) -> str:
    return render_template(
        "penalty/confirm.html",
        case=penalty, preview=found, action=action, title=penalty_step.title(penalty),
        words=penalty_words.words_of(action, penalty_step.present_or_intended(penalty)),
        confirm_url=url_for("penalty.act", number=penalty.number, noun=NOUN_OF[action]),
        revise_url=url_for("penalty.revise", number=penalty.number, _anchor="act"),
        back_url=url_for("penalty.show", number=penalty.number),
        typed=[(name, text) for name, text in request.form.items(multi=True) if name != "csrf_token"],
        said=_said(action), deadline=penalty_clocks.deadline(penalty),
    )  # fmt: skip


def _said(action: str) -> list[tuple[str, str]]:
    """What will be printed of what was written."""
    fields = {"open_reason": _("Why, although items are open"), "opinion": _("Opinion")}
    if action != "approve":
        fields = {"reason": _("Reason printed in the letter")}
    found = [(words, request.form.get(name, "").strip()) for name, words in fields.items()]
    return [(words, text) for words, text in found if text]
