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
        name, awaited = step.rule.name, scorecard_roles.awaited(step.subject, step.actor.staff)
        if name != "return":
            awaited = [person for person in awaited if person.id not in told]
            told.update(person.id for person in awaited)
        own = [step.subject.person] if name in TOLD_TO_THE_EMPLOYEE else []
        tell(step, [*own, *awaited])
