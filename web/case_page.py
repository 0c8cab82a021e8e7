"""The case page as its template prints it: everything computed, nothing left to decide."""

from dataclasses import dataclass, field

from flask import render_template, url_for
from flask_babel import gettext as _

from models import Complaint
from web import (
    case_bar,
    case_clocks,
    case_course,
    case_files,
    case_glance,
    case_handing,
    case_letters,
    case_offers,
    case_penalty,
    case_plans,
    case_points,
    case_prefill,
    case_respondent,
    case_survey,
    case_timeline,
    case_words,
    choices,
    diagram,
    nudge_panel,
)
from web.case_forms import FORMS, ActForm, Ruling
from web.case_offers import RULINGS, Choice, Closed
from web.choices import Suggestion
from web.label import label
from web.session import actor, me
from web.taking_steps import Tried


@dataclass(frozen=True)
class RulingPanel:
    """The four rulings in one form, since they share their reason."""

    choices: list[Choice]
    form: Ruling
    preview_url: str
    passed: str


@dataclass(frozen=True)
class Added:
    """Something that can be done or added beside the steps of the case."""

    action: str
    title: str
    button: str
    note: str
    url: str
    form: ActForm
    is_open: bool


@dataclass(frozen=True)
class Panel:
    """What the reader may do now, what they may add, and what is closed."""

    choices: list[Choice]
    ruling: RulingPanel | None
    closed: list[Closed]
    remark: ActForm | None
    violation: ActForm | None
    remark_is_open: bool
    added: list[Added] = field(default_factory=list)
    answer_note: str = ""
    people: list[Suggestion] = field(default_factory=list)


def show(complaint: Complaint, tried: Tried | None = None) -> str:
    """The page; after a refused form with what was typed still in it."""
    own = complaint.respondent_id == me().id
    panel, deadline = _panel(complaint, tried), case_clocks.deadline(complaint)
    letters = case_letters.shelf(complaint)
    waiting = [letter for letter in letters if letter.waits_for_me]
    all_choices = [*(panel.ruling.choices if panel.ruling else ()), *panel.choices]
    return render_template(
        "complaint/show.html",
        case=complaint, title=case_words.case_title(complaint, actor()), kicker=_kicker(complaint, own=own), is_own=own,
        stations=case_course.stations(complaint), fork=case_course.fork(complaint),
        fork_title=case_course.fork_title(complaint), diagram=diagram.of(complaint.state),
        sayings=case_glance.sayings(complaint), rules=case_glance.rules(complaint),
        edition=case_glance.edition(complaint), facts=case_glance.facts(complaint),
        related=case_glance.related(complaint), files=case_files.files_of(complaint),
        lines=case_timeline.lines(complaint), awaited=case_clocks.awaited(complaint),
        letters=letters, waiting=waiting, points=case_points.rows(complaint),
        points_note=case_points.balance_note(complaint), deadline=deadline,
        statutory=case_clocks.statutory(complaint), panel=panel, penalties=case_penalty.of(complaint),
        plans=case_plans.of(complaint),
        from_survey=case_survey.of(complaint),
        bar=case_bar.bar(complaint, all_choices, deadline, waiting),
        respondent=case_respondent.view(complaint, panel.choices, deadline) if own else None,
        nudge=nudge_panel.of(complaint, url_for("nudge.of_complaint", number=complaint.number)),
    )  # fmt: skip


def _kicker(complaint: Complaint, *, own: bool) -> str:
    last = _("you are the respondent") if own else label(complaint.category)
    return " · ".join((label(complaint.severity), last))


def _panel(complaint: Complaint, tried: Tried | None) -> Panel:
    action, form = (tried.action, tried.form) if tried is not None else (None, None)
    found = case_offers.choices(complaint, form, action)
    rulings = [choice for choice in found if choice.action in RULINGS]
    others = [choice for choice in found if choice.action not in RULINGS]
    return Panel(
        choices=others,
        ruling=_ruling(complaint, rulings, tried) if rulings else None,
        closed=case_offers.closed(complaint),
        remark=_added("remark", complaint, tried) if case_offers.may_remark(complaint) else None,
        violation=_added("find_violation", complaint, tried) if case_offers.may_find_violation(complaint) else None,
        remark_is_open=action in ("remark", "find_violation"),
        added=[_handing(offered, complaint, tried) for offered in case_handing.offered(complaint)],
        answer_note=case_prefill.left_out_note(complaint) if any(c.action == "verify" for c in others) else "",
        people=choices.suggestions() if found else [],
    )


def _ruling(complaint: Complaint, rulings: list[Choice], tried: Tried | None) -> RulingPanel:
    form = Ruling(formdata=None, version=case_prefill.version_of(complaint))
    if tried is not None and tried.action in (*RULINGS, "ruling"):
        form = Ruling.typed(tried.form)
    passed = _("Conflict check passed: you are neither appellant nor respondent")
    return RulingPanel(rulings, form, rulings[0].url, passed)


def _handing(offered: case_handing.Offered, complaint: Complaint, tried: Tried | None) -> Added:
    action, form = offered.action, _added(offered.action, complaint, tried)
    form["to"].offered = offered.people
    return Added(
        action=action, title=_(case_words.WORDS[action].choose), button=_(case_words.WORDS[action].button),
        note=offered.note, url=offered.url, form=form, is_open=tried is not None and tried.action == action,
    )  # fmt: skip


def _added(action: str, complaint: Complaint, tried: Tried | None) -> ActForm:
    if tried is not None and tried.action == action:
        return tried.form
    return FORMS[action](formdata=None, version=case_prefill.version_of(complaint))
