"""What is said of a customer's question: in the bell and in messages the same. It tells neither who asked nor what."""

from collections.abc import Callable
from datetime import datetime

from models import CustomerQuestion
from workflow.process import N_

GIVEN = N_("A customer's question was given to you. Answer it until %(due)s.")
TO_THEM = N_("A customer's question was given to %(name)s. It is to be answered until %(due)s.")
Say = Callable[..., str]


def given(question: CustomerQuestion, reader_id: int, *, say: Say, moment: Callable[[datetime], str]) -> str:
    """To whom, and until when it is to be answered; `say` translates a sentence and fills it."""
    due = moment(question.due_at)
    if question.responsible_id == reader_id:
        return say(GIVEN, due=due)
    return say(TO_THEM, name=question.responsible.name, due=due)
