"""Rehearsals of a draft in the background: on the product's stories, then on last year's cases.

Nothing of the company is written but the rehearsal's own row. A worker that is killed leaves it
unfinished; the next one begins it anew.
"""

import logging
from collections.abc import Callable, Iterator
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from jobs import scenario_rehearsal
from jobs.failure import CHANGED_SINCE, said
from jobs.once import only_once
from models import Database, RegulationDraft, RegulationRehearsal, RehearsalState, is_away
from workflow import regulation_draft, rehearsal, rehearsal_penalty
from workflow.regulation import Pack
from workflow.rehearsal import Totals
from workflow.rehearsal_penalty import PenaltyTotals

logger = logging.getLogger("gongdao.jobs")

UNFINISHED = (RehearsalState.WAITING, RehearsalState.RUNNING)
# How many cases are told one by one; all of them are counted.
MOST_TOLD = 300

Json = dict[str, Any]


def unfinished(database: Database) -> list[int]:
    query = select(RegulationRehearsal.id).where(RegulationRehearsal.state.in_(UNFINISHED))
    with database.reading() as session:
        return list(session.scalars(query.order_by(RegulationRehearsal.id)))


def run(database: Database, rehearsal_id: int, *, now: Callable[[], datetime], must_stop: Callable[[], bool]) -> None:
    """Rehearse until the end, or until the worker must stop."""
    with only_once(database, "rehearsal", rehearsal_id) as is_the_one:
        if not is_the_one:
            return
        try:
            _run(database, rehearsal_id, now, must_stop)
        except Exception as error:
            if is_away(error):
                raise
            logger.exception("rehearsal %s could not be carried out", rehearsal_id)
            _note(database, rehearsal_id, state=RehearsalState.FAILED, finished_at=now(), last_error=said(error))


def _run(database: Database, rehearsal_id: int, now: Callable[[], datetime], must_stop: Callable[[], bool]) -> None:
    with database.reading() as session:
        asked = session.get_one(RegulationRehearsal, rehearsal_id)
        based_on = joinedload(RegulationDraft.based_on)
        draft = session.get_one(RegulationDraft, asked.draft_id, options=[based_on])
        old, new = regulation_draft.base_of(draft.based_on), regulation_draft.content_of(draft)
        if asked.state not in UNFINISHED:
            return
        is_as_asked, at = regulation_draft.digest_of(draft) == asked.digest, asked.asked_at
    if not is_as_asked:
        _note(database, rehearsal_id, state=RehearsalState.FAILED, finished_at=now(), last_error=CHANGED_SINCE)
        return
    work = _Work(database, new, at)
    total = len(scenario_rehearsal.stories()) + work.batches
    _note(database, rehearsal_id, state=RehearsalState.RUNNING, total=total, seen=0, stories=[], cases={})
    told: list[Json] = []
    for number, story in enumerate(scenario_rehearsal.rehearse(old, new), start=1):
        told.append(story)
        if must_stop():
            return
        _note(database, rehearsal_id, seen=number, stories=list(told))
    for done in work.run():
        if must_stop():
            return
        _note(database, rehearsal_id, seen=len(told) + done)
    _note(database, rehearsal_id, state=RehearsalState.DONE, finished_at=now(), seen=total, cases=work.told())


class _Work:
    """The cases of the year before `at`, a batch at a time, each in a short reading of its own."""

    def __init__(self, database: Database, content: Json, at: datetime) -> None:
        self.database, self.pack, self.at = database, Pack.model_validate(content), at
        self.totals, self.penalties = Totals(), PenaltyTotals()
        self.found: list[Json] = []
        with database.reading() as session:
            self.complaints = list(rehearsal.batches(rehearsal.recent(session, at)))
            self.people = list(rehearsal.batches(rehearsal_penalty.penalised(session, at)))

    @property
    def batches(self) -> int:
        return len(self.complaints) + len(self.people)

    def run(self) -> Iterator[int]:
        for done, (ids, is_penalties) in enumerate(self._all(), start=1):
            with self.database.reading() as session:
                self.found += (
                    rehearsal_penalty.compare(session, ids, self.pack, self.penalties, at=self.at)
                    if is_penalties
                    else rehearsal.compare(session, ids, self.pack, self.totals, at=self.at)
                )
            self._keep_what_matters()
            yield done

    def _all(self) -> Iterator[tuple[Any, bool]]:
        yield from ((ids, True) for ids in self.people)
        yield from ((ids, False) for ids in self.complaints)

    def _keep_what_matters(self) -> None:
        """Cases that would have come out differently go before those of which only a deadline moves."""
        self.found.sort(key=lambda case: not case["outcome"])
        del self.found[MOST_TOLD:]

    def told(self) -> Json:
        return {"complaints": asdict(self.totals), "penalties": asdict(self.penalties), "told": self.found}


def _note(database: Database, rehearsal_id: int, **values: Any) -> None:
    with database.writing() as session:
        row = session.get_one(RegulationRehearsal, rehearsal_id, with_for_update=True)
        for name, value in values.items():
            setattr(row, name, value)
        session.commit()
