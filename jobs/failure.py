"""Why something in the background failed, as its row keeps it: pages put it into words, and never show it as it is."""

from datetime import timedelta

from workflow.process import N_

LONGEST_ERROR = 2_000
LONGEST_DELAY = timedelta(minutes=60)
CUT_SHORT = N_("Every attempt was cut short.")
NOT_THEIRS = N_("Whoever asked for it may not read the case any more.")
CHANGED_SINCE = N_("The draft was changed after the rehearsal was asked for.")
# What is no error but a reason: shown as it is, in the reader's language.
REASONS = (CUT_SHORT, NOT_THEIRS, CHANGED_SINCE)


def said(error: Exception) -> str:
    """Its kind, and what it said."""
    return f"{type(error).__name__}: {error}"[:LONGEST_ERROR]


def delay_after(attempts: int) -> timedelta:
    """1, 2, 4, … minutes, an hour at most."""
    return min(LONGEST_DELAY, timedelta(minutes=2 ** (attempts - 1)))
