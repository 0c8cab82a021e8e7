"""What is measured of an installation: computed from the database when asked, so that every web process says the same.

Rows of events and letters are only ever added, so a process remembers what it has counted once; but for the newest,
which may not all have been committed when it looked.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, select
from sqlalchemy.orm import Session

from models import (
    Complaint,
    CustomerQuestion,
    Event,
    HandedCustomers,
    Inspection,
    Letter,
    LetterPdf,
    Penalty,
    Plan,
    Scorecard,
    ScorecardState,
)
from models.event import CASES
from workflow import first_contact, inspection_turn, question_turn
from workflow.deadline import CLOCKS
from workflow.plan_roles import CLOCKS as PLAN_CLOCKS

# More rows than are ever under way at one moment.
UNSETTLED = 50_000
OPEN_CARDS = (ScorecardState.COMPUTED, ScorecardState.REVIEWED, ScorecardState.VERIFIED, ScorecardState.APPROVED)

Labels = tuple[str, ...]


@dataclass
class Grown:
    """Counts the rows of one table that only grows, by their labels."""

    model: type[Event] | type[Letter]
    labels: tuple[Any, ...]
    settled: Counter[Labels] = field(default_factory=Counter)
    settled_upto: int = 0
    lock: Lock = field(default_factory=Lock)

    def count(self, session: Session) -> Mapping[Labels, int]:
        with self.lock:
            bound = (session.scalar(select(func.max(self.model.id))) or 0) - UNSETTLED
            if bound > self.settled_upto:
                self.settled += self._counted(session, self.model.id.between(self.settled_upto + 1, bound))
                self.settled_upto = bound
            return self.settled + self._counted(session, self.model.id > self.settled_upto)

    def _counted(self, session: Session, which: ColumnElement[bool]) -> Counter[Labels]:
        query: Select[Any] = select(*self.labels, func.count()).where(which).group_by(*self.labels)
        return Counter({tuple(row[:-1]): row[-1] for row in session.execute(query)})


class Measures:
    """The counts of one process; what they are of is one database."""

    def __init__(self) -> None:
        process = case(*((getattr(Event, f"{name}_id").is_not(None), name) for name in CASES))
        self._steps = Grown(Event, (process, Event.action))
        self._letters = Grown(Letter, (Letter.kind,))

    def steps(self, session: Session) -> Mapping[Labels, int]:
        """By process and action."""
        return self._steps.count(session)

    def letters(self, session: Session) -> Mapping[Labels, int]:
        """Issued, by kind."""
        return self._letters.count(session)


def papers(session: Session) -> int:
    """How many sheets have been made: letters by language and copy."""
    return session.scalar(select(func.count()).select_from(LetterPdf)) or 0


def overdue(session: Session, at: datetime) -> dict[str, int]:
    """By process, how many cases wait for somebody whose time is over."""
    ran_out = {
        kind.kind: select(func.count()).where(kind.clock.in_(list(CLOCKS)), kind.due_at <= at)
        for kind in (Complaint, Penalty)
    }
    ran_out[Scorecard.kind] = select(func.count()).where(Scorecard.state.in_(OPEN_CARDS), Scorecard.due_at <= at)
    ran_out[Plan.kind] = select(func.count()).where(Plan.clock.in_(PLAN_CLOCKS), Plan.due_at <= at)
    ran_out |= {
        kind.kind: select(func.count()).select_from(awaited.where(due_at <= at).order_by(None).subquery())
        for kind, awaited, due_at in (
            (HandedCustomers, first_contact.awaited(), HandedCustomers.due_at),
            (CustomerQuestion, question_turn.awaited(), CustomerQuestion.due_at),
            (Inspection, inspection_turn.awaited(), Inspection.due_at),
        )
    }
    counts = session.execute(select(*(query.scalar_subquery() for query in ran_out.values()))).one()
    return dict(zip(ran_out, counts, strict=True))
