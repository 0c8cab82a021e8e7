"""Acting in a penalty: one address for each act, and a decision in two steps."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from models import Event, Penalty
from web import (
    penalty_clocks,
    penalty_offers,
    penalty_page,
    penalty_preview,
    penalty_step,
    penalty_words,
)
from web.case_forms import ActForm
from web.case_preview import Preview
from web.penalty_bp import bp
from web.penalty_forms import Nothing, form_of
from web.penalty_load import penalty_seen, penalty_to_act_on
from web.penalty_moved import moved_on_page
from web.penalty_offers import DECISIONS, NOUN_OF, NOUNS
from web.session import actor, now, start_over
from web.taking_steps import Desk, Tried
from workflow.penalty import VERBS

ACT = f"/penalties/<number>/<any({', '.join(repr(noun) for noun in NOUNS)}):noun>"

DESK = Desk(
    endpoint="penalty.show", to_act_on=penalty_to_act_on, seen=penalty_seen, show=penalty_page.show,
    show_moved=moved_on_page, form_of=form_of, offered=NOUN_OF.keys(),
    at_any_time=("remark", "check_protection", "tell_union", "hand_over"), offers=penalty_offers.offers,
    standing=penalty_offers.standing, done=penalty_words.done, named=penalty_words.named_letter,
)  # fmt: skip


@bp.get("/penalties/<number>")
def show(number: str) -> str:
    return penalty_page.show(penalty_seen(number))


@bp.post(ACT)
def act(number: str, noun: str) -> ResponseReturnValue:
    """Take one step of the penalty's process."""
    action = NOUNS[noun]
    return DESK.carry_out(number, action, lambda penalty, form: _take(action, penalty, form))


def _take(action: str, penalty: Penalty, form: ActForm) -> Event:
    return VERBS[action](penalty, by=actor(), at=now(), **form.arguments()).event


# --- deciding in two steps


@bp.post("/penalties/<number>/decision/preview")
def preview(number: str) -> ResponseReturnValue:
    """Step 1 of 2: take the real step, show what it brings, and undo it."""
    action = _chosen()
    if action is None:
        return DESK.again(number, _nothing_chosen())

    def look(penalty: Penalty, form: ActForm) -> ResponseReturnValue:
        found = penalty_preview.of(action, penalty, form.arguments())
        start_over()
        return _confirmation(penalty_seen(number), action, found)

    return DESK.with_form(number, action, look)


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
