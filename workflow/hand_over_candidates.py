"""Who can follow in what somebody hands over: the colleagues who stay, less those who cannot hold it, and why not."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import HandOver, Person, Role
from workflow.hand_over_matter import CUSTOMERS, DEPUTY, FILES, HEADSHIP, INSPECTIONS, ROLE, STEPS, Matter
from workflow.handing_over import is_leaving, leading
from workflow.process import INVALID, N_, Objection
from workflow.roles import Actor


def candidates(session: Session, matter: Matter, hand_over: HandOver, by: Actor) -> list[Person]:
    """Who can follow in this matter, by account."""
    others = select(Person).where(HandOver.stays(), Person.id != hand_over.person_id)
    people = session.scalars(others.order_by(Person.username)).all()
    leaders = _leaders(matter, by)
    return [person for person in people if not any(_unfit(matter, person, by, leaders))]


def cannot_succeed(matter: Matter, to: Person | None, hand_over: HandOver, by: Actor) -> list[Objection]:
    """What stands in the way of this person's following in this matter, told at its field."""
    if to is None:
        found = [None if matter.may_go_back else Objection(INVALID, N_("Choose who takes it over."))]
    elif to.id == hand_over.person_id:
        found = [Objection(INVALID, N_("Nobody hands over to themselves; choose somebody else."))]
    else:
        found = [is_leaving(by, to), *_unfit(matter, to, by, _leaders(matter, by))]
    field = field_of(matter)
    return [Objection(o.code, o.msgid, **(o.values | {"field": field})) for o in found if o is not None]


def field_of(matter: Matter) -> str:
    """The name of the matter's field in a form: `headship-3`."""
    return f"{matter.kind}-{matter.key}"


def _leaders(matter: Matter, by: Actor) -> set[int]:
    return leading(by) if matter.kind == STEPS else set()


def _unfit(matter: Matter, to: Person, by: Actor, leaders: set[int]) -> list[Objection | None]:
    """Against whoever cannot hold this, as the rules for naming and handing over have it."""
    roles, is_me = by.staff.roles_of(to), by.person is not None and to.id == by.person.id
    decides = matter.kind in (HEADSHIP, DEPUTY, STEPS) or matter.key == Role.GENERAL_MANAGER.value
    return [
        Objection(INVALID, N_("Nobody names themselves; another administrator has to do it."))
        if is_me and matter.kind in (HEADSHIP, ROLE, DEPUTY)
        else None,
        Objection(INVALID, N_("An administrator decides no case; choose somebody else."))
        if decides and Role.ADMINISTRATOR in roles
        else None,
        Objection(INVALID, N_("An administrator looks after no customers; choose somebody else."))
        if matter.kind == CUSTOMERS and Role.ADMINISTRATOR in roles
        else None,
        Objection(INVALID, N_("%(name)s is not in customer relations."), name=to.name)
        if matter.kind == FILES and Role.CUSTOMER_RELATIONS not in roles
        else None,
        # Whoever sees all inspections learns nothing by it: those inspected are not to know (MS-1).
        Objection(INVALID, N_("%(name)s does not keep inspections."), name=to.name)
        if matter.kind == INSPECTIONS and not roles & {Role.CUSTOMER_RELATIONS, Role.GENERAL_MANAGER}
        else None,
        Objection(INVALID, N_("%(name)s leads nobody and cannot take the head's steps."), name=to.name)
        if matter.kind == STEPS and to.id not in leaders
        else None,
        Objection(INVALID, N_("Nobody is their own deputy."))
        if (matter.kind, matter.key) == (DEPUTY, str(to.id))
        else None,
    ]
