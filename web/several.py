"""One act with several cases at once, and letters acknowledged at once: chosen on a list, looked at, then done.

Each is a transaction of its own with a result of its own; what cannot go on stays where it is and says why, the
others go on. Sent twice, nothing is done twice: what has moved on since it was chosen stays.
"""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from models import Complaint, Penalty
from web import access, case_forms, penalty_forms, several_results
from web.after import after_commit
from web.case_fields import Words
from web.case_forms import ActForm
from web.session import actor, now, start_over
from web.several_results import ACKNOWLEDGE, Choice
from workflow import several
from workflow.act_words import WORDS

Case = Complaint | Penalty

MOST = 100
FORMS = {Complaint.kind: case_forms.FORMS, Penalty.kind: penalty_forms.FORMS}

bp = Blueprint("several", __name__)


def acts_of(case: Case) -> list[str]:
    """The acts that can be taken with this case among others; its row has a tick if there are any."""
    return several.open_to(case, actor(), now())


def tick_of(case: Case) -> str:
    """What the tick of a row sends: the case, and where it stood when the row was drawn."""
    return f"{case.kind}:{case.number}:{several.stay_of(case)}"


def buttons(acts: set[str], *, letters: bool = False) -> list[tuple[str, str]]:
    """The buttons below a list: the acts that are open in one of its rows, with their words."""
    found = [(act, _(WORDS[kind][act].short)) for act, kind in several.ACTS.items() if act in acts]
    return [*found, *([(ACKNOWLEDGE, _("Acknowledge"))] if letters else [])]


@bp.post("/several/preview")
def preview() -> ResponseReturnValue:
    """Step 1 of 2: which of the chosen go on and which stay, and one text for all; nothing is changed."""
    act, choices = _act(), _chosen()
    if not choices:
        flash(_("Choose at least one first."), "warning")
        return redirect(_back(), 303)
    return _preview(act, choices, _form(act))


@bp.post("/several")
def take() -> ResponseReturnValue:
    """Step 2 of 2: take the act with each of the chosen, and say of each what became of it."""
    act, choices = _act(), _chosen()
    form = _form(act)
    if form is not None and not form.validate():
        return _preview(act, choices, form), 422
    said = form.arguments() if form is not None else {}
    results = [several_results.taken(act, choice, said) for choice in choices]
    after_commit()
    start_over()
    return render_template("several/results.html", results=results, title=_title(act), back=_back())


def _act() -> str:
    asked = request.form.get("act", "")
    return asked if asked == ACKNOWLEDGE or asked in several.ACTS else abort(404)


def _title(act: str) -> str:
    return _("Acknowledge letters") if act == ACKNOWLEDGE else _(WORDS[several.ACTS[act]][act].choose)


def _chosen() -> list[Choice]:
    ticks = [tick.split(":", 2) for tick in dict.fromkeys(request.form.getlist("case")[:MOST])]
    return [Choice(*parts) for parts in ticks if len(parts) == 3]


def _back() -> str:
    return access.own_address(request.form.get("back", "")) or url_for("inbox.show")


def _form(act: str) -> ActForm | None:
    """The form of the act with one text for all; whatever else it asks for is left as it is in each case."""
    if act == ACKNOWLEDGE:
        return None
    form = FORMS[several.ACTS[act]][act]
    return form(formdata=MultiDict({_text_of(form(formdata=None)).name: request.form.get("text", "")}))


def _text_of(form: ActForm) -> Words:
    return next(field for field in form if isinstance(field, Words))


def _preview(act: str, choices: list[Choice], form: ActForm | None) -> str:
    start_over()
    results = [several_results.seen(act, choice) for choice in choices]
    return render_template(
        "several/preview.html", act=act, title=_title(act), results=results, back=_back(),
        text=_text_of(form) if form is not None else None, typed=request.form.get("text", ""),
    )  # fmt: skip
