"""Which of the cases behind events, notices, letters and entries the reader may see, by one query a kind."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute, joinedload

from models import Complaint, Event, Payday, Penalty, Plan, Publication, Reward, Scorecard, Team
from web.session import actor, db
from workflow import penalty_roles, plan_roles, publication_roles, reward_roles, scorecard_roles, sight

# A case by its kind and its id.
Key = tuple[str, int]
Column = InstrumentedAttribute[int | None]

COLUMNS: dict[str, Column] = {
    Complaint.kind: Event.complaint_id,
    Penalty.kind: Event.penalty_id,
    Scorecard.kind: Event.scorecard_id,
    Payday.kind: Event.payday_id,
    Plan.kind: Event.plan_id,
    Reward.kind: Event.reward_id,
    Publication.kind: Event.publication_id,
}


def key_of(event: Event) -> Key:
    """Which case the event is about."""
    keys = ((kind, getattr(event, column.key)) for kind, column in COLUMNS.items())
    return next((kind, key) for kind, key in keys if key is not None)


def visible(events: Iterable[Event]) -> set[Key]:
    """The cases of these events that exist for the person logged in."""
    asked = {key_of(event) for event in events}
    return {(kind, key) for kind in COLUMNS for key in _seen(kind, [key for of, key in asked if of == kind])}


def _seen(kind: str, ids: list[int]) -> Iterable[int]:
    if not ids:
        return ()
    match kind:
        case Complaint.kind:
            return db().scalars(select(Complaint.id).where(Complaint.id.in_(ids), sight.visible_to(actor())))
        case Penalty.kind:
            return db().scalars(select(Penalty.id).where(Penalty.id.in_(ids), penalty_roles.visible_to(actor())))
        case Scorecard.kind:
            return db().scalars(select(Scorecard.id).where(Scorecard.id.in_(ids), scorecard_roles.visible_to(actor())))
        case Plan.kind:
            return db().scalars(select(Plan.id).where(Plan.id.in_(ids), plan_roles.visible_to(actor())))
        case Reward.kind:
            return db().scalars(select(Reward.id).where(Reward.id.in_(ids), reward_roles.visible_to(actor())))
        case Publication.kind:
            seen = publication_roles.visible_to(actor())
            return db().scalars(select(Publication.id).where(Publication.id.in_(ids), seen))
        case _:
            return ids  # that a month was paid is no secret


def with_its_case() -> tuple[Any, ...]:
    """Loads the case of an event, whatever its kind, with whom it concerns; beside the other options of an event."""
    return (
        joinedload(Event.complaint).joinedload(Complaint.respondent),
        joinedload(Event.penalty).options(joinedload(Penalty.respondent), joinedload(Penalty.complaint)),
        joinedload(Event.scorecard).joinedload(Scorecard.person),
        joinedload(Event.payday),
        joinedload(Event.plan),
        joinedload(Event.reward).joinedload(Reward.person),
        joinedload(Event.publication).options(
            joinedload(Publication.department), joinedload(Publication.team).joinedload(Team.department)
        ),
    )
