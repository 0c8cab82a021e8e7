"""Acting in a complaint: one address for each act, and a ruling or a withdrawal in two steps."""

from collections.abc import Callable
from typing import Any

from flask import abort, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from models import Complaint, Event
from web import case_clocks, case_offers, case_page, case_preview, case_timeline, case_words
from web.case_forms import FORMS, ActForm
from web.case_load import case_seen, case_to_act_on
from web.case_moved import moved_on_page
from web.case_offers import NOUN_OF, NOUNS, RULINGS
from web.complaint_bp import bp
from web.session import actor, now, start_over
from web.taking_steps import Desk, Tried
from workflow import handing_over
from workflow import remark as remarks
from workflow.complaint import VERBS
from workflow.process import INVALID, N_, Objection, Refused

ACT = f"/complaints/<number>/<any({', '.join(repr(noun) for noun in NOUNS)}):noun>"
TWO_STEPS = "/complaints/<number>/<any(ruling, withdrawal):what>"

DESK = Desk(
    endpoint="complaint.show", to_act_on=case_to_act_on, seen=case_seen, show=case_page.show,
    show_moved=moved_on_page, form_of=lambda action, _complaint: FORMS[action], offered=NOUN_OF.keys(),
    at_any_time=("remark",), offers=case_offers.offers, standing=case_offers.standing, done=case_timeline.done_in,
    named=case_words.named_letter,
)  # fmt: skip


@bp.get("/complaints/<number>")
def show(number: str) -> str:
    return case_page.show(case_seen(number))


@bp.post(ACT)
def act(number: str, noun: str) -> ResponseReturnValue:
    """Take one step of the complaint's process."""
    action = NOUNS[noun]
    return DESK.carry_out(number, action, lambda complaint, form: _take(action, complaint, form))


@bp.post("/complaints/<number>/remarks")
def remark(number: str) -> ResponseReturnValue:
    """Add words or files to a case that is not decided yet."""
    return DESK.carry_out(
        number, "remark",
        lambda complaint, form: remarks.remark(complaint, by=actor(), at=now(), **form.arguments()),
    )  # fmt: skip


@bp.post("/complaints/<number>/violation")
def find_violation(number: str) -> ResponseReturnValue:
    """CS-7: say whether staff broke a rule."""
    return DESK.carry_out(number, "find_violation", _find_violation)


@bp.post("/complaints/<number>/hand-over")
def hand_over(number: str) -> ResponseReturnValue:
    """The head's steps are somebody else's from now on."""
    return _hand_over(number, "hand_over", handing_over.hand_over)


@bp.post("/complaints/<number>/file-hand-over")
def hand_over_file(number: str) -> ResponseReturnValue:
    """A colleague keeps the file from now on."""
    return _hand_over(number, "hand_over_file", handing_over.hand_over_the_file)


def _hand_over(number: str, action: str, verb: Callable[..., Event]) -> ResponseReturnValue:
    return DESK.carry_out(
        number, action, lambda complaint, form: verb(complaint, by=actor(), at=now(), **form.arguments())
    )


def _find_violation(complaint: Complaint, form: ActForm) -> Event:
    said = form.arguments()
    if said["violation"] is None:
        raise Refused([Objection(INVALID, N_("Answer with yes or no."), field="violation")])
    return remarks.find_violation(complaint, by=actor(), at=now(), **said)


def _take(action: str, complaint: Complaint, form: ActForm) -> Event:
    return VERBS[action](complaint, by=actor(), at=now(), **form.arguments()).event


@bp.post(f"{TWO_STEPS}/preview")
def preview(number: str, what: str) -> ResponseReturnValue:
    """Step 1 of 2: run the real step, show what it brings, and take it back."""
    action = _chosen(what)
    if action is None:
        return DESK.again(number, _nothing_chosen())

    def look(complaint: Complaint, form: ActForm) -> ResponseReturnValue:
        found = case_preview.of(action, complaint, form.arguments())
        start_over()
        return _confirmation(case_seen(number), action, found, what)

    return DESK.with_form(number, action, look)


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
