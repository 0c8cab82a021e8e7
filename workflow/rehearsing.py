"""Rehearsals of a draft: asked for, found again, and whether they still speak of the draft as it stands (CS-10).

The rehearsal itself is work for the background; see `jobs/rehearsal.py`.
"""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import RegulationDraft, RegulationRehearsal, RehearsalState
from workflow.regulation_draft import digest_of, require_preparer
from workflow.roles import Actor

UNFINISHED = (RehearsalState.WAITING, RehearsalState.RUNNING)


def ask_for_rehearsal(session: Session, draft: RegulationDraft, *, by: Actor, at: datetime) -> RegulationRehearsal:
    """CS-10: the draft as it stands is to be rehearsed; one rehearsal of the same values is enough."""
    require_preparer(by)
    assert by.person is not None, "the clock prepares nothing"
    found = last_rehearsal(session, draft)
    if found is not None and found.digest == digest_of(draft) and found.state in UNFINISHED:
        return found
    asked = RegulationRehearsal(
        draft=draft, digest=digest_of(draft), state=RehearsalState.WAITING, stories=[], cases={}, asked_at=at,
        asked_by=by.person,
    )  # fmt: skip
    session.add(asked)
    session.flush()
    return asked


def last_rehearsal(session: Session, draft: RegulationDraft) -> RegulationRehearsal | None:
    query = select(RegulationRehearsal).where(RegulationRehearsal.draft_id == draft.id)
    return session.scalars(query.order_by(RegulationRehearsal.id.desc()).limit(1)).first()


def is_of_the_draft_as_it_stands(rehearsal: RegulationRehearsal) -> bool:
    return rehearsal.digest == digest_of(rehearsal.draft)
