"""A new edition of a regulation: drafted, filled in, rehearsed, put in force from a day or discarded (CS-10).

Customer relations own the revision and may prepare it; only the general manager, or whoever stands in
for them, puts it in force. A running case keeps the edition with which it began.
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import date, datetime
from functools import cache

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Person, RegulationDraft, RegulationVersion, Role
from workflow import regulation, regulation_typed
from workflow.process import FORBIDDEN, INVALID, MOVED_ON, N_, NOT_FOUND, Objection, Refused
from workflow.regulation import POLICIES, Pack
from workflow.regulation_fields import (
    Content,
    Difference,
    blanks,
    changes_between,
    completed,
    differences,
    editable,
    fields_of,
    laid_over,
    value_at,
)
from workflow.roles import Actor
from workflow.texts import clean

CS_10 = "CS-10"
LONGEST_ADOPTION = 2000
READERS = {Role.GENERAL_MANAGER, Role.CUSTOMER_RELATIONS, Role.HUMAN_RESOURCES}


# --- who may do what ------------------------------------------------------------------------------


def may_read(actor: Actor) -> bool:
    """The general manager, whoever stands in for them, customer relations and human resources see drafts."""
    return not actor.has_left and (bool(actor.roles & READERS) or decides_for(actor) is not None)


def may_prepare(actor: Actor) -> bool:
    """Customer relations own the revision, and the general manager decides on it."""
    if actor.has_left:
        return False
    return Role.CUSTOMER_RELATIONS in actor.roles or decides_for(actor) is not None


def decides_for(actor: Actor) -> Person | None:
    """The general manager in whose place the actor decides: themselves or whoever delegated to them."""
    if actor.person is None or actor.has_left:
        return None
    principals = actor.staff.principals_of(actor.person)
    return next((p for p in principals if Role.GENERAL_MANAGER in actor.staff.roles_of(p)), None)


def require_reader(actor: Actor) -> None:
    if not may_read(actor):
        raise Refused([Objection(NOT_FOUND, N_("There is no such page."))])


def require_preparer(actor: Actor) -> None:
    require_reader(actor)
    if not may_prepare(actor):
        sentence = N_("Customer relations and the general manager prepare a new edition.")
        raise Refused([Objection(FORBIDDEN, sentence)], CS_10)


def _require_decider(actor: Actor) -> Person:
    require_reader(actor)
    if (principal := decides_for(actor)) is None:
        raise Refused([Objection(FORBIDDEN, N_("Only the general manager puts an edition in force."))], CS_10)
    return principal


# --- what a draft says ----------------------------------------------------------------------------


def base_of(version: RegulationVersion) -> Content:
    """The edition, with what the product's pack asks for beyond it."""
    return completed(version.content, _published(version.slug))


@cache
def _published(slug: str) -> Content:
    """The product's pack as it comes, blanks included; never changed, because nothing is laid over it in place."""
    return regulation.read(POLICIES / f"{slug}.yaml").model_dump(mode="json")


def content_of(draft: RegulationDraft) -> Content:
    return laid_over(base_of(draft.based_on), draft.changes)


def digest_of(draft: RegulationDraft) -> str:
    """Two drafts with the same digest would come to the same edition."""
    canonical = json.dumps(content_of(draft), sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


def changed_by(draft: RegulationDraft) -> list[Difference]:
    """What the draft changes in the edition that it is based on."""
    return differences(draft.based_on.content, content_of(draft))


def latest(session: Session, slug: str) -> RegulationVersion:
    """The edition that is in force or will be: the last to begin."""
    query = select(RegulationVersion).filter_by(slug=slug)
    newest = query.order_by(RegulationVersion.in_force_from.desc(), RegulationVersion.number.desc())
    return session.scalars(newest.limit(1)).one()


def edition_before(session: Session, version: RegulationVersion) -> RegulationVersion | None:
    """The edition that this one took the place of."""
    earlier = select(RegulationVersion).where(
        RegulationVersion.slug == version.slug, RegulationVersion.number < version.number
    )
    return session.scalars(earlier.order_by(RegulationVersion.number.desc()).limit(1)).first()


def open_draft(session: Session, slug: str, *, locked: bool = False) -> RegulationDraft | None:
    query = RegulationDraft.open_of(slug)
    return session.scalars(query.with_for_update() if locked else query).one_or_none()


# --- verbs ----------------------------------------------------------------------------------------


def start(session: Session, slug: str, *, by: Actor, at: datetime) -> RegulationDraft:
    """CS-10: begin a new edition from the latest one; of each regulation one draft is open at most."""
    require_preparer(by)
    assert by.person is not None, "the clock prepares nothing"
    if open_draft(session, slug) is not None:
        raise Refused([Objection(MOVED_ON, N_("A draft of this regulation is open already."))])
    draft = RegulationDraft(
        slug=slug, based_on=latest(session, slug), changes={}, created_at=at, created_by=by.person,
        edited_at=at, edited_by=by.person,
    )  # fmt: skip
    session.add(draft)
    session.flush()
    return draft


def change(draft: RegulationDraft, typed: Mapping[str, str], *, seen: int, by: Actor, at: datetime) -> None:
    """CS-10: fill in what was typed, by path. Refused with an objection at each field, and then nothing changes."""
    require_preparer(by)
    _require_as_seen(draft, seen)
    base, content = base_of(draft.based_on), content_of(draft)
    values = {field: value_at(content, field) for field in fields_of(content)}
    values |= regulation_typed.read(editable(values), typed)
    if objections := regulation_typed.objections_between({field.path: value for field, value in values.items()}):
        raise Refused(objections)
    changes = changes_between(base, values)
    Pack.model_validate(laid_over(base, changes))
    if changes != draft.changes:
        draft.changes = changes
        _note_who(draft, by, at)


def set_terms(
    draft: RegulationDraft, *, day: date | None, adoption: str | None, seen: int, by: Actor, at: datetime
) -> None:
    """CS-10: from when the edition is to hold, and how it was adopted and made known (劳动合同法 Art. 4)."""
    require_preparer(by)
    _require_as_seen(draft, seen)
    text = clean(adoption)
    if objections := [o for o in (_day_objection(draft, day, by, at), _adoption_objection(text)) if o is not None]:
        raise Refused(objections)
    draft.in_force_from, draft.adoption = day, text
    _note_who(draft, by, at)


def put_in_force(session: Session, draft: RegulationDraft, *, seen: int, by: Actor, at: datetime) -> RegulationVersion:
    """CS-10: the general manager puts the draft in force from its day; cases that run keep their edition."""
    principal = _require_decider(by)
    _require_as_seen(draft, seen)
    if objections := objections_to_force(session, draft, by=by, at=at):
        raise Refused(objections)
    assert draft.in_force_from is not None, "a draft without a day was refused"
    version = regulation.put_in_force(
        session, Pack.model_validate(content_of(draft)), from_day=draft.in_force_from, at=at, adoption=draft.adoption
    )
    draft.put_in_force = version
    _note_decision(draft, by, principal)
    return version


def discard(draft: RegulationDraft, *, seen: int, by: Actor, at: datetime) -> None:
    """CS-10: give the draft up; whoever began it or the general manager may."""
    require_preparer(by)
    principal = decides_for(by)
    assert by.person is not None, "the clock prepares nothing"
    if principal is None and draft.created_by_id != by.person.id:
        sentence = N_("%(name)s began this draft; only they or the general manager can discard it.")
        raise Refused([Objection(FORBIDDEN, sentence, name=draft.created_by.name)], CS_10)
    _require_as_seen(draft, seen)
    draft.discarded_at = at
    _note_decision(draft, by, principal)


def objections_to_force(session: Session, draft: RegulationDraft, *, by: Actor, at: datetime) -> list[Objection]:
    """Everything that stands in the way of putting the draft in force, for whoever may."""
    newest = latest(session, draft.slug)
    found = [
        Objection(INVALID, N_("The draft changes nothing.")) if not changed_by(draft) else None,
        _blank_objection(draft),
        _day_objection(draft, draft.in_force_from, by, at),
        _adoption_objection(draft.adoption),
        Objection(INVALID, N_("Another edition has come since; begin a new draft from it."))
        if newest.id != draft.based_on_id
        else None,
    ]
    return [objection for objection in found if objection is not None]


def _blank_objection(draft: RegulationDraft) -> Objection | None:
    if not (left := blanks(content_of(draft))):
        return None
    sentence = N_("Amounts are still blank: %(count)s. The company has to fill them in first.")
    return Objection(INVALID, sentence, count=len(left))


def _day_objection(draft: RegulationDraft, day: date | None, by: Actor, at: datetime) -> Objection | None:
    calendar = by.office.calendar
    if day is None:
        return Objection(INVALID, N_("Give the day from which it is in force, such as 2026-07-01."), field="day")
    if day < calendar.day_of(at):
        return Objection(INVALID, N_("A regulation is not put in force from a day that is past."), field="day")
    if day.year > calendar.day_of(at).year + 2:
        return Objection(INVALID, N_("This day is more than two years ahead."), field="day")
    if day < draft.based_on.in_force_from:
        sentence = N_("Edition %(edition)s comes into force on %(day)s; this one cannot begin before it.")
        begins = draft.based_on.in_force_from
        return Objection(INVALID, sentence, field="day", edition=draft.based_on.edition, day=begins)
    return None


def _adoption_objection(text: str | None) -> Objection | None:
    if text is None:
        sentence = N_("Write how it was adopted and made known; without it the edition binds nobody.")
        return Objection(INVALID, sentence, field="adoption")
    if len(text) > LONGEST_ADOPTION:
        return Objection(INVALID, N_("At most %(most)s characters."), field="adoption", most=LONGEST_ADOPTION)
    return None


def _require_as_seen(draft: RegulationDraft, seen: int) -> None:
    """Whoever acts has the draft before them as it is; otherwise they hear who was quicker."""
    if not draft.is_open:
        raise Refused([Objection(MOVED_ON, N_("This draft has been decided on already."))])
    if draft.version != seen:
        sentence = N_("%(name)s has changed this draft meanwhile.")
        raise Refused([Objection(MOVED_ON, sentence, name=draft.edited_by.name)])


def _note_who(draft: RegulationDraft, by: Actor, at: datetime) -> None:
    assert by.person is not None, "the clock prepares nothing"
    draft.edited_at, draft.edited_by, draft.edited_by_id = at, by.person, by.person.id


def _note_decision(draft: RegulationDraft, by: Actor, principal: Person | None) -> None:
    assert by.person is not None, "the clock decides nothing"
    draft.decided_by_id = by.person.id
    stood_in = principal is not None and principal.id != by.person.id
    draft.decided_for_id = principal.id if stood_in and principal is not None else None
