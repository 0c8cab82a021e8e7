"""The hand-over of somebody who leaves or changes post: begun, chosen for piece by piece, declared ready, and carried
out on its day, once, also after an outage.

Human resources and administrators arrange it; the head of the department chooses in it who takes cases and customers;
places are an administrator's to give. On the last day the person goes even if something is open: it stays open, falls
to the office above it, and the administrator and the head see it until it has an owner.
"""

from datetime import datetime, timedelta

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from models import Department, HandOver, HandOverChoice, Person, Role, Team
from workflow import people
from workflow.hand_over_candidates import cannot_succeed
from workflow.hand_over_leavers import leaves_something
from workflow.hand_over_matter import ROLE, Matter
from workflow.hand_over_matters import matters, open_matters
from workflow.hand_over_succession import Succession
from workflow.people import roles_of
from workflow.process import FORBIDDEN, INVALID, MOVED_ON, N_, NOT_FOUND, Objection, Refused, refuse
from workflow.roles import Actor, heads
from workflow.texts import clean

FURTHEST = timedelta(days=366)
# How far back somebody's leaving is looked for who has no hand-over yet.
REMEMBERED = timedelta(days=60)
KEEPERS = {Role.HUMAN_RESOURCES, Role.ADMINISTRATOR}


# --- who may


def may_arrange(person: Person, actor: Actor) -> bool:
    """Begin it, declare it ready, call it off: who keeps the staff list, and never of oneself."""
    try:
        _refuse_to_arrange(person, actor)
    except Refused:
        return False
    return True


def may_choose(matter: Matter, person: Person, actor: Actor) -> bool:
    """Places are an administrator's to give; who takes cases and customers is also the head's to say."""
    if actor.person is None or actor.person.id == person.id or actor.has_left:
        return False
    if matter.is_place:
        return Role.ADMINISTRATOR in actor.roles
    return bool(actor.roles & KEEPERS) or heads(person, actor)


def may_read(hand_over: HandOver, actor: Actor) -> bool:
    """Whoever arranges it or chooses in it, and the person themselves while they work here."""
    reader = actor.person
    if reader is None or actor.has_left:
        return False
    return reader.id == hand_over.person_id or bool(actor.roles & KEEPERS) or heads(hand_over.person, actor)


def keeps_the_list(actor: Actor) -> bool:
    """Human resources and administrators, who arrange hand-overs."""
    return not actor.has_left and bool(actor.roles & KEEPERS)


def _refuse_to_arrange(person: Person, actor: Actor) -> None:
    assert actor.person is not None, "the clock arranges nothing"
    if person.id == actor.person.id:
        raise Refused([Objection(FORBIDDEN, N_("Somebody else has to arrange your hand-over."))])
    at = actor.staff.at
    if person.has_left_at(at):
        people.keeps_the_staff_list(actor.person, at)
    else:
        people.refuse_to_part(person, by=actor.person, at=at)


# --- arranging it


def going_on(session: Session, person: Person) -> HandOver | None:
    """The hand-over of this person that is not done yet."""
    return session.scalars(_going_on().where(HandOver.person_id == person.id)).one_or_none()


def locked(session: Session, key: int) -> HandOver | None:
    """The hand-over held against others until the commit."""
    query = select(HandOver).where(HandOver.id == key).with_for_update()
    return session.scalars(query.execution_options(populate_existing=True)).one_or_none()


def begin(
    session: Session, person: Person, *, by: Actor, at: datetime, effective_at: datetime | None,
    moves: bool = False, department: Department | None = None, team: Team | None = None, title: str = "",
) -> HandOver:  # fmt: skip
    """LIFE-3: somebody leaves at the end of their last day, or holds another post from a day on."""
    _refuse_to_arrange(person, by)
    title_ = clean(title) or ""
    # Of two who begin at once the second waits, and finds that it is begun.
    session.execute(select(Person.id).where(Person.id == person.id).with_for_update(key_share=True))
    refuse(
        _begun_already(session, person),
        *(people.wrong_new_post(person, department, team, title_) if moves else ()),
        *(_wrong_day(effective_at, at) if person.left_at is None else ()),
    )
    hand_over = HandOver(
        person=person, person_id=person.id, begun_at=at, begun_by=by.person, choices=[],
        **({"department": department, "team": team, "title": title_} if moves and person.left_at is None else {}),
    )  # fmt: skip
    _date(hand_over, person.left_at or effective_at, at)
    session.add(hand_over)
    return hand_over


def begin_for_leavers(session: Session, at: datetime) -> list[HandOver]:
    """Whoever leaves in another way, as after a dismissal, with something to hand over: it begins by itself."""
    found = leavers_without(session, at)
    session.add_all(found)
    return found


def leavers_without(session: Session, at: datetime) -> list[HandOver]:
    """A hand-over, not kept yet, for each of those who left or will, have something to hand over, and none begun."""
    begun = select(HandOver.id).where(HandOver.person_id == Person.id, HandOver.begun_at >= at - REMEMBERED).exists()
    recent = (Person.left_at > at - REMEMBERED / 2, ~begun, leaves_something(at))
    leavers = session.scalars(select(Person).where(*recent).order_by(Person.id))
    found = [HandOver(person=person, person_id=person.id, begun_at=at, choices=[]) for person in leavers]
    for hand_over in found:
        _date(hand_over, hand_over.person.left_at, at)
    return [h for h in found if any(matter.is_required for matter in matters(session, h, at))]


def _date(hand_over: HandOver, effective_at: datetime | None, at: datetime) -> None:
    assert effective_at is not None
    hand_over.effective_at = effective_at
    if hand_over.person.has_left_at(at):
        hand_over.took_effect_at = hand_over.person.left_at


def choose(hand_over: HandOver, matter: Matter, successor: Person | None, *, by: Actor, at: datetime) -> None:
    """Who follows in this matter; None gives it back to its office, where it has one. The last word counts."""
    refuse(_is_over(hand_over), _may_not_choose(matter, hand_over, by))
    refuse(*cannot_succeed(matter, successor, hand_over, by))
    assert by.person is not None
    choice = hand_over.choice(matter.kind, matter.key)
    if choice is None:
        choice = HandOverChoice(matter=matter.kind, key=matter.key)
        hand_over.choices.append(choice)
    elif choice.successor_id == (successor.id if successor else None):
        return
    choice.successor, choice.successor_id = successor, successor.id if successor else None
    choice.chosen_by, choice.chosen_at = by.person, at


def declare_ready(session: Session, hand_over: HandOver, *, by: Actor, at: datetime, at_once: bool = False) -> None:
    """Everything has an owner: it is carried out on its day by itself, or at once."""
    _refuse_to_arrange(hand_over.person, by)
    refuse(_is_over(hand_over), _something_is_open(open_matters(session, hand_over, at)))
    hand_over.ready_at, hand_over.ready_by = at, by.person
    if at_once and hand_over.effective_at > at:
        hand_over.effective_at = at
    session.flush()
    if hand_over.effective_at <= at:
        carry_out(session, hand_over, at=at)


def cancel(hand_over: HandOver, *, by: Actor, at: datetime) -> None:
    """The person stays where they are; nothing was carried out yet."""
    _refuse_to_arrange(hand_over.person, by)
    refuse(
        _is_over(hand_over),
        Objection(MOVED_ON, N_("This has taken effect already; it can only be completed."))
        if hand_over.took_effect_at is not None
        else None,
    )
    hand_over.cancelled_at = at


def leave_at_once(session: Session, person: Person, *, by: Actor, at: datetime) -> None:
    """The person leaves now, without a hand-over: only where there is nothing to hand over."""
    assert by.person is not None
    people.refuse_to_part(person, by=by.person, at=at)
    refuse(_needs_a_hand_over(session, person, at), _begun_already(session, person))
    people.leave(session, person, by=by.person, at=at)


def transfer_at_once(
    session: Session, person: Person, *, by: Actor, at: datetime, department: Department | None, team: Team | None,
    title: str,
) -> None:  # fmt: skip
    """Another post from now on, without a hand-over: only where nothing is given up by it."""
    assert by.person is not None
    people.keeps_the_staff_list(by.person, at)
    if department is not None:
        refuse(_begun_already(session, person), _needs_a_hand_over(session, person, at, department, team, title))
    people.transfer(session, person, by=by.person, at=at, department=department, team=team, title=title)


def _needs_a_hand_over(
    session: Session, person: Person, at: datetime, department: Department | None = None, team: Team | None = None,
    title: str | None = None,
) -> Objection | None:  # fmt: skip
    post = {"department_id": department.id if department else None, "team_id": team.id if team else None}
    not_begun = HandOver(person=person, person_id=person.id, effective_at=at, choices=[], title=title, **post)
    if not any(matter.is_required for matter in matters(session, not_begun, at)):
        return None
    return Objection(INVALID, N_("%(name)s has something to hand over first; begin the hand-over."), name=person.name)


# --- carrying it out


def due(session: Session, at: datetime) -> list[int]:
    """The hand-overs whose day has come and of which something can be done, the oldest first."""
    found = session.scalars(_going_on().where(HandOver.effective_at <= at).order_by(HandOver.effective_at, HandOver.id))
    return [hand_over.id for hand_over in found if hand_over.took_effect_at is None]


def carry_out(session: Session, hand_over: HandOver, *, at: datetime) -> None:
    """What was chosen is done and the person goes, dated with the day; what is open stays open."""
    if not hand_over.goes_on or hand_over.effective_at > at:
        return
    since = hand_over.effective_at if hand_over.took_effect_at is None else at
    found = [matter for matter in matters(session, hand_over, at) if not _successor_is_gone(matter, hand_over, at)]
    if hand_over.leaves and hand_over.took_effect_at is None and _stays_as_last_administrator(session, hand_over):
        return
    Succession(session, hand_over, since=since, at=at).carry_out(found)
    session.flush()
    if not open_matters(session, hand_over, at):
        hand_over.done_at = at


def _successor_is_gone(matter: Matter, hand_over: HandOver, at: datetime) -> bool:
    """Whoever was chosen has left meanwhile: the matter is open again."""
    choice = hand_over.choice(matter.kind, matter.key)
    if choice is None or choice.successor is None or not choice.successor.has_left_at(at):
        return False
    hand_over.choices.remove(choice)
    return True


def _stays_as_last_administrator(session: Session, hand_over: HandOver) -> bool:
    """Without an administrator nobody could put anything right: they stay until one is named."""
    if Role.ADMINISTRATOR not in roles_of(hand_over.person, hand_over.effective_at):
        return False
    follows = hand_over.choice(ROLE, Role.ADMINISTRATOR.value)
    return follows is None and not people.other_administrators(session, hand_over.person)


def _going_on() -> Select[HandOver]:
    return select(HandOver).where(HandOver.done_at.is_(None), HandOver.cancelled_at.is_(None))


# --- what stands in the way


def _begun_already(session: Session, person: Person) -> Objection | None:
    if going_on(session, person) is None:
        return None
    return Objection(MOVED_ON, N_("The hand-over of %(name)s has begun already."), name=person.name)


def _wrong_day(effective_at: datetime | None, at: datetime) -> list[Objection | None]:
    return [
        Objection(INVALID, N_("Choose a day."), field="day") if effective_at is None else None,
        Objection(INVALID, N_("This day is over or has begun; choose a later one."), field="day")
        if effective_at is not None and effective_at <= at
        else None,
        Objection(INVALID, N_("At most a year ahead, please."), field="day")
        if effective_at is not None and effective_at > at + FURTHEST
        else None,
    ]


def _is_over(hand_over: HandOver) -> Objection | None:
    if hand_over.goes_on:
        return None
    return Objection(MOVED_ON, N_("This hand-over is over; nothing in it can be changed."))


def _may_not_choose(matter: Matter, hand_over: HandOver, by: Actor) -> Objection | None:
    if may_choose(matter, hand_over.person, by):
        return None
    if matter.is_place:
        return Objection(FORBIDDEN, N_("Only administrators grant roles and name heads and deputies."))
    return Objection(NOT_FOUND, N_("There is no such hand-over."))


def _something_is_open(found: list[Matter]) -> Objection | None:
    if not found:
        return None
    return Objection(INVALID, N_("%(count)d matters have no owner yet."), count=len(found))
