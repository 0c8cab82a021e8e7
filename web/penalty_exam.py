"""The examination before a dismissal, as the page shows it: six questions, what is known, what is open.

While it is undecided the answers are those of this moment; afterwards those that the approval recorded.
"""

from dataclasses import dataclass, field

from flask_babel import gettext as _
from flask_babel import ngettext

from models import LadderStep, Penalty
from web import penalty_step
from web.language import is_chinese
from web.penalty_step import Counted
from workflow import dismissal, penalty_guards
from workflow.process import N_

QUESTIONS = {
    "regulation": N_("The regulation is valid and acknowledged by the person"),
    "facts": N_("Facts and evidence"),
    "earlier": N_("Earlier penalties in force, each served before the next offence"),
    "once": N_("One sanction for one act"),
    "union": N_("The union's notice"),
    "protection": N_("Special protection (pregnancy, medical period, work injury)"),
}
# The same where there is room for a word or two.
SHORT = {
    "regulation": N_("Regulation"),
    "facts": N_("Evidence"),
    "earlier": N_("Service"),
    "once": N_("One sanction"),
    "union": N_("Union"),
    "protection": N_("Protection"),
}
BLOCKS = "union"


@dataclass(frozen=True)
class Question:
    """One question with its answer."""

    key: str
    words: str
    short: str
    verdict: str
    answer: str
    is_open: bool
    earlier: list[Counted] = field(default_factory=list)


@dataclass(frozen=True)
class Examination:
    """All of it, with the count of what was checked and the reason given for what stayed open."""

    questions: list[Question]
    is_recorded: bool
    open_reason: str = ""

    @property
    def open(self) -> list[Question]:
        return [question for question in self.questions if question.is_open]

    @property
    def summary(self) -> str:
        checked, total = len(self.questions) - len(self.open), len(self.questions)
        recorded = _("recorded at the approval") if self.is_recorded else _("the answers go on file")
        return _("%(checked)d of %(total)d in order · %(recorded)s", checked=checked, total=total, recorded=recorded)

    @property
    def open_named(self) -> str:
        return ngettext(
            "%(num)d item is open: %(names)s. It can be approved with a written reason.",
            "%(num)d items are open: %(names)s. It can be approved with a written reason.",
            len(self.open), names=_(", ").join(question.short for question in self.open),
        )  # fmt: skip


def of(penalty: Penalty) -> Examination | None:
    """The examination where the penalty is, or would be, the dismissal."""
    approval = next((event for event in penalty.events if event.action == "approve"), None)
    if approval is not None and approval.said.get("exam"):
        reason = str(approval.said.get("open_reason") or "")
        return Examination([_question(item, penalty) for item in approval.said["exam"]], True, reason)
    if not penalty_step.is_undecided(penalty) or penalty_step.present_or_intended(penalty) is not LadderStep.DISMISSAL:
        return None
    step = penalty_step.step_of(penalty)
    items = dismissal.examination(penalty, step, penalty_guards.standing(step))
    return Examination([_question(item.said(), penalty) for item in items], False)


def _question(item: dict[str, object], penalty: Penalty) -> Question:
    key, is_open = str(item["key"]), bool(item["is_open"])
    return Question(
        key=key, words=_(QUESTIONS[key]), short=_(SHORT[key]), verdict=_verdict(key, penalty, is_open=is_open),
        answer=str(item["zh" if is_chinese() else "en"]), is_open=is_open,
        earlier=penalty_step.earlier(penalty) if key == "earlier" else [],
    )  # fmt: skip


def _verdict(key: str, penalty: Penalty, *, is_open: bool) -> str:
    if is_open:
        return _("blocks the approval") if key == BLOCKS else _("open")
    if key == "facts" and penalty.attachments:
        count = len(penalty.attachments)
        return ngettext("%(num)d piece of evidence", "%(num)d pieces of evidence", count)
    return _("answered") if key == BLOCKS else _("in order")
