"""Scorecards that wait for the person logged in: a month waits as a whole, however many cards it has."""

from dataclasses import dataclass
from datetime import datetime

from flask import g

from models import ScorecardState
from web.session import actor, db
from workflow import scorecard_waiting
from workflow.scorecard_roles import acts_on_months


@dataclass(frozen=True)
class Month:
    """Scorecards of one month that wait for me on one clock, with the soonest of their deadlines."""

    name: str
    clock: str
    state: ScorecardState
    cards: int
    since: datetime
    due_at: datetime


def months() -> list[Month]:
    """What waits for me on scorecards, read once in a request."""
    if "waiting_months" not in g:
        found = db().execute(scorecard_waiting.months(actor())) if acts_on_months(actor()) else ()
        g.waiting_months = [Month(*row[:6]) for row in found]
    return list(g.waiting_months)
