"""The words of the penalty's pages: what each act is called before, during and after it is done."""

from flask_babel import gettext as _

from models import Event, LadderStep, Letter
from pdf.words import TITLES
from web import case_handing, filters, moved, reminder_lines
from web.language import is_chinese
from workflow.act_words import DISMISSAL_WORDS, Words
from workflow.act_words import PENALTY_WORDS as WORDS
from workflow.message import NUDGE
from workflow.process import N_

# What a running clock waits for, to stand after the name of whoever it waits for.
AWAITED = {
    "defence": N_("can state a defence"),
    "submit": N_("is to submit the penalty or drop it"),
    "approve": N_("is to decide on the penalty"),
    "contest": N_("can appeal"),
    "review": N_("is to rule on the appeal"),
}
# A regraded dismissal is final or settled: what it waits for is no clock of its process.
AWAITED_BY_LETTER = {**AWAITED, "reinstatement": N_("is to decide on reinstatement")}
TASKS = {
    "defence": N_("to state a defence"),
    "submit": N_("to submit the penalty or drop it"),
    "approve": N_("to decide on the penalty"),
    "contest": N_("to appeal"),
    "review": N_("to rule on the appeal"),
}
REQUESTS = {
    "defence": N_("State a defence or waive it by %(moment)s"),
    "submit": N_("Please submit the penalty or drop it by %(moment)s"),
    "approve": N_("Please decide on the penalty by %(moment)s"),
    "contest": N_("You can appeal by %(moment)s"),
    "review": N_("Please rule on the appeal by %(moment)s"),
}
# Rights, not duties: nobody has to answer these clocks.
RIGHTS = ("defence", "contest")
# What happens when the time is up.
CONSEQUENCES = {
    "defence": N_("Then the head can submit it without a defence; a defence can still be stated until they do."),
    "submit": N_("A reminder only: nothing is submitted or dropped by itself."),
    "approve": N_("Approval has no automatic deadline; being late never counts as approval."),
    "contest": N_("Without an appeal the penalty takes effect at that moment."),
    "review": N_("A reminder only: being late neither sustains nor revokes the penalty."),
}


def words_of(action: str, step: LadderStep | None = None) -> Words:
    """The words of an act; approving a dismissal is called what it is."""
    return DISMISSAL_WORDS if action == "approve" and step is LadderStep.DISMISSAL else WORDS[action]


def until(clock: str, names: str, moment: str) -> str:
    """Who has, or may use, the time until a moment for what a clock waits for."""
    task = _(TASKS[clock])
    if clock in RIGHTS:
        return _("%(names)s has the right %(task)s until %(moment)s", names=names, moment=moment, task=task)
    return _("%(names)s has until %(moment)s %(task)s", names=names, moment=moment, task=task)


def done(event: Event) -> str:
    """What was done in this event, to stand after the name of who did it."""
    said = event.said
    if event.action == "reschedule":
        return moved.told(event)
    if event.action == NUDGE:
        return reminder_lines.urged(event)
    if event.action == "hand_over":
        return case_handing.told(event)
    if event.action == "remark" and not said.get("note"):
        return _("added a file")
    if event.action == "reinstate":
        return _("decided: reinstated") if said.get("reinstated") else _("decided: not reinstated")
    if event.action == "forfeit" and said.get("instead_of"):
        return _("The month's commission is forfeited, because penalty %(number)s fell away", number=said["instead_of"])
    step = LadderStep(said["step"]) if event.action == "approve" else None
    return _(words_of(event.action, step).done)


def letter_title(kind: str) -> str:
    return TITLES[kind]["zh" if is_chinese() else "en"]


def quoted_title(kind: str) -> str:
    """《处罚决定书》 · the Penalty Decision."""
    return _("the %(title)s", title=letter_title(kind))


def named_letter(letter: Letter) -> str:
    return _("%(title)s %(number)s", title=quoted_title(letter.kind), number=filters.letter_number(letter))
