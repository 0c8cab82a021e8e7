"""Who is told of a month's closing: the employee of what was decided, and whoever is to act next.

One act often moves hundreds of cards: whoever is to act next is told once of all of them, and of each one that
came back.
"""

from collections.abc import Iterable

from models import Scorecard
from workflow import scorecard_roles
from workflow.notice import tell
from workflow.process import Step

TOLD_TO_THE_EMPLOYEE = ("approve", "pay", "return")


def announce(steps: Iterable[Step[Scorecard]], told: set[int]) -> None:
    """Write the notices of one act; `told` are those who know of it already."""
    for step in steps:
        if step.rule.name in TOLD_TO_THE_EMPLOYEE:
            tell(step, [step.subject.person])
        awaited = scorecard_roles.awaited(step.subject, step.actor.staff)
        tell(step, awaited, known_to=None if step.rule.name == "return" else told)
