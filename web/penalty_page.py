"""The page of a penalty as its template prints it: everything computed, nothing left to decide."""

from dataclasses import dataclass, field

from flask import render_template, url_for
from flask_babel import gettext as _

from models import Penalty
from web import (
    case_handing,
    case_words,
    diagram,
    filters,
    nudge_panel,
    penalty_bar,
    penalty_clocks,
    penalty_course,
    penalty_exam,
    penalty_facts,
    penalty_files,
    penalty_ledger,
    penalty_letters,
    penalty_offers,
    penalty_respondent,
    penalty_step,
    penalty_timeline,
    standing,
)
from web.case_offers import Choice, Closed
from web.case_page import Added
from web.penalty_exam import Examination
from web.penalty_forms import FORMS, Decision, asked_by
from web.penalty_words import WORDS
from web.session import actor, now
from web.taking_steps import Tried
from workflow import handing_over, penalty_remark
from workflow.penalty import PENALTY


@dataclass(frozen=True)
class DecisionChoice:
    """One way to decide, with the fields that open inside it."""

    choice: Choice
    fields: list[str]


@dataclass(frozen=True)
class DecisionPanel:
    """The decisions open to the reader in one form, since they share their reason."""

    choices: list[DecisionChoice]
    form: Decision
    preview_url: str
    asks_reason: bool


@dataclass(frozen=True)
class Panel:
    """What the reader may do now, what they may add, and what is closed."""

    choices: list[Choice]
    decision: DecisionPanel | None
    closed: list[Closed]
    added: list[Added] = field(default_factory=list)
    answer_note: str = ""

    @property
    def ruling(self) -> DecisionPanel | None:
        """What the shared template of the acts asks for: whether a decision stands before them."""
        return self.decision


def show(penalty: Penalty, tried: Tried | None = None) -> str:
    """The page; after a refused form with what was typed still in it."""
    own = penalty_step.is_about_me(penalty)
    panel, deadline = _panel(penalty, tried), penalty_clocks.deadline(penalty)
    letters, exam = penalty_letters.shelf(penalty), penalty_exam.of(penalty)
    waiting = [letter for letter in letters if letter.waits_for_me]
    deciding = [part.choice for part in panel.decision.choices] if panel.decision else []
    return render_template(
        "penalty/show.html",
        case=penalty, title=penalty_step.title(penalty), kicker=_kicker(penalty, own=own), is_own=own,
        stations=penalty_course.stations(penalty), fork=penalty_course.fork(penalty),
        fork_title=penalty_course.fork_title(penalty), diagram=diagram.of(penalty.state, PENALTY.name),
        exam=exam, matter=penalty_facts.matter(penalty), reasons=penalty_step.reasons(penalty),
        ladder=penalty_step.ladder(penalty),
        history_url=standing.history_url(penalty.respondent), files=penalty_files.files_of(penalty),
        lines=penalty_timeline.lines(penalty), awaited=penalty_clocks.awaited(penalty),
        letters=letters, waiting=waiting, points=penalty_ledger.points(penalty), money=penalty_ledger.money(penalty),
        money_note=penalty_ledger.total(penalty), deadline=deadline, hint=penalty_clocks.since_knowing(penalty),
        panel=panel, bar=penalty_bar.bar(penalty, [*deciding, *panel.choices], deadline, waiting, exam),
        respondent=penalty_respondent.view(penalty, panel.choices, deadline) if own else None,
        nudge=nudge_panel.of(penalty, url_for("nudge.of_penalty", number=penalty.number)),
    )  # fmt: skip


def _kicker(penalty: Penalty, *, own: bool) -> str:
    times = _(penalty_step.TIMES[penalty_step.present_or_intended(penalty)])
    if penalty.is_single_fine:
        times = _("Single fine")
    last = _("you are the respondent") if own else filters.named(penalty.department)
    return " · ".join((times, last))


def _panel(penalty: Penalty, tried: Tried | None) -> Panel:
    action, form = (tried.action, tried.form) if tried is not None else (None, None)
    found = penalty_offers.choices(penalty, form, action)
    deciding = [choice for choice in found if choice.action in penalty_offers.DECISIONS]
    return Panel(
        choices=[choice for choice in found if choice not in deciding],
        decision=_decision(penalty, deciding, tried) if deciding else None,
        closed=penalty_offers.closed(penalty),
        added=_added(penalty, tried),
    )


def _decision(penalty: Penalty, deciding: list[Choice], tried: Tried | None) -> DecisionPanel:
    form = Decision(formdata=None, version=penalty_offers.version_of(penalty))
    if tried is not None and tried.action in (*penalty_offers.DECISIONS, "decision"):
        form = Decision.typed(tried.form)
    return DecisionPanel(
        [DecisionChoice(choice, _fields(choice.action, penalty)) for choice in deciding], form,
        url_for("penalty.preview", number=penalty.number),
        asks_reason=all(choice.action not in ("approve", "reject") for choice in deciding),
    )  # fmt: skip


def _fields(action: str, penalty: Penalty) -> list[str]:
    """The reason for open items is asked only where items are open."""
    exam = penalty_exam.of(penalty) if action == "approve" else None
    without = ["open_reason"] if not _has_open_items(exam) else []
    return [name for name in asked_by(action, penalty) if name not in without]


def _has_open_items(exam: Examination | None) -> bool:
    return exam is not None and bool(exam.open)


def _added(penalty: Penalty, tried: Tried | None) -> list[Added]:
    may = {
        "remark": penalty_remark.may_remark(penalty, actor()),
        "check_protection": penalty_remark.may_check_protection(penalty, actor(), now()),
        "tell_union": penalty_remark.may_tell_union(penalty, actor(), now()),
        "hand_over": handing_over.may_hand_over(penalty, actor(), now()),
    }
    return [_adding(action, penalty, tried) for action, is_open in may.items() if is_open]


def _adding(action: str, penalty: Penalty, tried: Tried | None) -> Added:
    is_tried = tried is not None and tried.action == action
    form = FORMS[action](formdata=None, version=penalty_offers.version_of(penalty))
    if tried is not None and is_tried:
        form = tried.form
    if action == "hand_over":
        form["to"].offered = handing_over.who_may_follow(penalty, actor())
    return Added(
        action=action, title=_(WORDS[action].choose), button=_(WORDS[action].button), note=_(NOTES[action]),
        url=url_for(ADDRESSES[action], number=penalty.number),
        form=form, is_open=is_tried,
    )  # fmt: skip


NOTES = {
    "remark": case_words.N_("It stands in the timeline for everyone concerned, starts no clock and changes no state."),
    "check_protection": case_words.N_(
        "Pregnancy, maternity leave, medical period, work injury, occupational disease: what was checked, and how."
    ),
    "tell_union": case_words.N_(
        "When the union was told and what it answered; a dismissal cannot be approved without."
    ),
    "hand_over": case_handing.STEPS_NOTE,
}
ADDRESSES = {
    "remark": "penalty.remark", "check_protection": "penalty.check_protection", "tell_union": "penalty.tell_union",
    "hand_over": "penalty.hand_over",
}  # fmt: skip
