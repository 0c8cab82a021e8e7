"""What is said of colleagues to rate: in the bell and in messages the same. It names none of them."""

from collections.abc import Callable
from datetime import datetime

from models import RatingDuty
from workflow import rating_turn
from workflow.process import N_

ASKED = N_("Colleagues whom you are asked to rate: %(count)s, until %(due)s. Each takes a minute.")
STILL = N_("%(waiting)s of %(count)s still to be rated")
NONE_LEFT = N_("all rated, or the round is over")
Say = Callable[..., str]


def asked(duty: RatingDuty, *, say: Say, moment: Callable[[datetime], str]) -> str:
    """How many, and until when; `say` translates a sentence and fills it."""
    return say(ASKED, count=str(len(duty.asked)), due=moment(duty.due_at))


def state_of(duty: RatingDuty, at: datetime, *, say: Say) -> str:
    """How many of them still wait."""
    waiting = len(rating_turn.still_open(duty, at))
    return say(STILL, waiting=str(waiting), count=str(len(duty.asked))) if waiting else say(NONE_LEFT)
