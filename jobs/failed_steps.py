"""What the clock should have done and could not: each failure stands before the administrator with its reason, rests
for a while that grows, and goes once it succeeds or there is nothing to do any more.
"""

from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy import delete, select

from jobs.failure import delay_after, said
from models import Database, FailedStep

# What else the clock does than take steps of cases.
HAND_OVER, REMIND = "hand_over", "remind"
# What it is about, by its kind and its id.
Key = tuple[str, int]


def known(database: Database, action: str) -> dict[Key, FailedStep]:
    """What failed of one kind of work and has not succeeded since."""
    with database.reading() as session:
        rows = session.scalars(select(FailedStep).where(FailedStep.action == action))
        return {(row.kind, row.case_id): row for row in rows}


def resting(failed: dict[Key, FailedStep], at: datetime) -> set[Key]:
    """What is not to be tried again yet."""
    return {key for key, row in failed.items() if row.next_try_at > at}


def note(database: Database, action: str, key: Key, at: datetime, error: Exception, *, due: datetime) -> None:
    """Say why it failed; `due` is when it should have been done. Once for each, however often it fails."""
    kind, case_id = key
    with database.writing() as session:
        same = select(FailedStep).filter_by(kind=kind, case_id=case_id, action=action).with_for_update()
        row = session.scalars(same).first()
        if row is None:
            row = FailedStep(kind=kind, case_id=case_id, action=action, moment=due, attempts=0)
            session.add(row)
        row.attempts, row.last_error = row.attempts + 1, said(error)
        row.next_try_at = at + delay_after(row.attempts)
        session.commit()


def forget(database: Database, rows: Iterable[FailedStep]) -> None:
    """They have been carried out, or there is nothing to do any more."""
    if ids := [row.id for row in rows]:
        with database.writing() as session:
            session.execute(delete(FailedStep).where(FailedStep.id.in_(ids)))
            session.commit()


def forget_but(database: Database, failed: dict[Key, FailedStep], still: Collection[Key]) -> None:
    """What failed before and does not now is gone."""
    forget(database, [row for key, row in failed.items() if key not in still])
