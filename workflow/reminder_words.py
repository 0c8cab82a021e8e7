"""What a reminder says: one table for the bell, the timeline and messages. It names people, posts and moments, never
what a case is about; an administrator reads no more than that it is late and which post is vacant.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from models import Occasion, Part, Reminder
from workflow.process import N_

HEADLINES = {
    Part.ACTS: N_("%(case)s: please act"),
    Part.SUPERIOR: N_("%(case)s: overdue"),
    Part.ADMINISTRATOR: N_("%(case)s: an administrator is needed"),
}
TO_WHO_ACTS = {
    Occasion.HALF: N_("A reminder: this still waits for you, until %(due)s."),
    Occasion.DUE: N_("The time for it is over since %(due)s, and it still waits for you."),
    Occasion.LATE: N_("It is overdue since %(due)s, and it still waits for you."),
}
TO_SUPERIORS = N_("It is overdue since %(due)s and waits for %(names)s. You are told because you are their superior.")
OF_NOBODY = N_("It is overdue since %(due)s, and nobody can act on it. You are told because you are a superior.")
TO_ADMINISTRATORS = {
    Occasion.HALF: N_("It is to be done until %(due)s."),
    Occasion.DUE: N_("It is overdue since %(due)s."),
    Occasion.LATE: N_("It is overdue since %(due)s."),
}
GAPS = {
    "department_head": N_("The post of head of %(department)s is vacant."),
    "general_manager": N_("The post of general manager is vacant."),
    "customer_relations": N_("Nobody is in customer relations."),
    "human_resources": N_("Nobody is in human resources."),
    "nobody": N_("Nobody who could act is free to: each of them has a part in the case."),
    "end": N_("Nobody above those who must act is left to be told."),
}
Say = Callable[..., str]


def sentences(reminder: Reminder, part: Part, *, say: Say, moment: Callable[[datetime], str], is_chinese: bool) -> str:
    """What this reminder says to somebody who was told as `part`; `say` translates a sentence and fills it."""
    due = moment(reminder.due_at)
    match part:
        case Part.ACTS:
            return say(TO_WHO_ACTS[reminder.occasion], due=due)
        case Part.SUPERIOR:
            names = ("、" if is_chinese else ", ").join(reminder.names_of(Part.ACTS))
            return say(TO_SUPERIORS, due=due, names=names) if names else say(OF_NOBODY, due=due)
    said = [say(TO_ADMINISTRATORS[reminder.occasion], due=due), *gaps(reminder, say=say, is_chinese=is_chinese)]
    return ("" if is_chinese else " ").join(said)


def gaps(reminder: Reminder, *, say: Say, is_chinese: bool) -> list[str]:
    """The vacant posts and the end of the chain, each in a sentence."""
    return [_gap(gap, say, is_chinese) for gap in reminder.gaps]


def _gap(gap: dict[str, Any], say: Say, is_chinese: bool) -> str:
    return say(GAPS[gap["post"]], department=gap.get("zh" if is_chinese else "en", ""))
