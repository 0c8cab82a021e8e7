"""The list of penalties: tabs with counts, search, filters, order, pages; only what exists for the reader.

A case number or a letter's number leads straight to its penalty, if there is one for this reader.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from models import LadderStep, Penalty, PenaltyState, Role
from web import case_line, choices, penalty_clocks, penalty_step
from web.filters import named
from web.label import label
from web.list_address import Filter, ListAddress, in_words, one_of, page_asked
from web.moment import Clock
from web.penalty_bp import bp
from web.session import actor, now
from workflow import penalty_list
from workflow.penalty_list import CLOCKS, GROUPS, LAST_PAGE, LONGEST, ORDERS, STEPS, UNDECIDED, Asked
from workflow.penalty_prospect import may_propose_some
from workflow.penalty_roles import sees_every_penalty

TABS = {
    "": _l("All"),
    "hearing": _l("Being heard"),
    "submitted": _l("Awaiting approval"),
    "issued": _l("Open to appeal"),
    "appealed": _l("Appealed"),
    "final": _l("In effect"),
    "ended": _l("Revoked and no penalty"),
}
CLOCK_WORDS = {"open": _l("A deadline runs"), "overdue": _l("Overdue")}
SORT_WORDS = {"due": _l("Next deadline"), "newest": _l("Newest first"), "number": _l("Oldest first")}
ADDRESS = ListAddress("penalty.index", ("state", "q", "department", "step", "clock", "sort", "page"))
GIST = 60


@dataclass(frozen=True)
class Row:
    """What a list says about a penalty, as this reader may read it."""

    number: str
    url: str
    respondent: str
    post: str
    gist: str
    step: str
    state: PenaltyState
    department: str
    clock: Clock | None


@bp.get("/penalties")
def index() -> ResponseReturnValue:
    """One page of the penalties that exist for this reader."""
    asked = _asked(request.args)
    if asked.text and (penalty := penalty_list.named(asked.text, actor())) is not None:
        return redirect(url_for("penalty.show", number=penalty.number), 303)
    found = penalty_list.find(asked, by=actor(), at=now())
    return render_template(
        "penalty/index.html",
        found=found, rows=[_row(penalty) for penalty in found.penalties], is_own=_sees_own_only(),
        tabs=ADDRESS.tabs(TABS, found), filters=_filters(), sorts=in_words(SORT_WORDS),
        without_search=ADDRESS.changed(q=None, page=None), everything=url_for("penalty.index"),
        **ADDRESS.beside(found), kept=ADDRESS.kept("state"),
        may_propose=may_propose_some(actor()),
    )  # fmt: skip


def _sees_own_only() -> bool:
    """Whether this reader has no office by which they would see others'."""
    reader = actor()
    if reader.has_left or reader.person is None:
        return True
    if sees_every_penalty(reader.person, reader.staff):
        return False
    return not (may_propose_some(reader) or Role.HUMAN_RESOURCES in reader.roles)


# --- what is asked for


def _asked(given: Mapping[str, str]) -> Asked:
    """What the address says; what it says wrongly asks for nothing."""
    department = choices.department_named(slug) if (slug := given.get("department", "")) else None
    return Asked(
        group=one_of(GROUPS, given.get("state", "")),
        text=given.get("q", "")[:LONGEST].strip(),
        department_id=department.id if department is not None else None,
        step=one_of(STEPS, given.get("step", "")),
        clock=one_of(CLOCKS, given.get("clock", "")),
        sort=one_of(ORDERS, given.get("sort", "")) or "due",
        page=page_asked(given.get("page", ""), LAST_PAGE),
    )


# --- what the page offers


def _filters() -> list[Filter]:
    """Department says nothing to somebody who sees their own penalties only."""
    offered = [
        ("department", _("Department"), choices.departments()),
        ("step", _("Ladder step"), [(step, _step_words(step)) for step in STEPS]),
        ("clock", _("Deadline"), in_words(CLOCK_WORDS)),
    ]
    return ADDRESS.filters(each for each in offered if not (each[0] == "department" and _sees_own_only()))


def _step_of(penalty: Penalty) -> str:
    if penalty.state is PenaltyState.DROPPED:
        return _("no step")
    return penalty_step.name_of(penalty)


def _step_words(step: str) -> str:
    return _("Not decided yet") if step == UNDECIDED else label(LadderStep(step))


def _row(penalty: Penalty) -> Row:
    post = penalty.respondent.posting_at(now())
    return Row(
        number=penalty.number, url=url_for("penalty.show", number=penalty.number),
        respondent=penalty.respondent.name, post=post.title if post else "", gist=_gist(penalty),
        step=_step_of(penalty), state=penalty.state,
        department=named(penalty.department), clock=_clock(penalty),
    )  # fmt: skip


def _gist(penalty: Penalty) -> str:
    line = " ".join(case_line.facts(penalty, actor()).split())
    return line if len(line) <= GIST else f"{line[:GIST].rstrip()}…"


def _clock(penalty: Penalty) -> Clock | None:
    if penalty.clock is not None and penalty.due_at is not None:
        return penalty_clocks.clock_of(penalty, penalty.clock, penalty.due_at, penalty.clock_started_at)
    if penalty.reinstatement_due_at is not None:
        return penalty_clocks.clock_of(penalty, "reinstatement", penalty.reinstatement_due_at, None)
    return None
