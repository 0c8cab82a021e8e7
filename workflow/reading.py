"""Who may read which letter, in which copy, as a query and as a check; and the one act on a letter,
acknowledging it (签收): received, not agreed. Nothing here makes or changes a letter.

Whoever may see a case reads its letters, in full if they deal with it. Its respondent, present or
former, reads the ones addressed to them or caused by their own act, without the customer. An
addressee keeps reading what was addressed to them; who has left reads nothing else.
"""

from datetime import datetime
from typing import Literal

from sqlalchemy import ColumnElement, Select, and_, exists, not_, or_, select, true
from sqlalchemy.orm import aliased

from models import Complaint, Event, Letter, LetterRecipient, Penalty, Person
from workflow import penalty_roles, publication_roles, reward_roles, scorecard_roles
from workflow.process import FORBIDDEN, N_, Objection, Refused
from workflow.roles import Actor, who_takes_heads_steps
from workflow.sight import may_see, sees_customer, sees_every_case, visible_to

Copy = Literal["full", "respondent", "leader", "customer"]

FULL: Copy = "full"
WITHOUT_CUSTOMER: Copy = "respondent"
FOR_LEADER: Copy = "leader"
FOR_CUSTOMER: Copy = "customer"
# The one letter that also exists as a letter to the customer.
ALSO_FOR_CUSTOMER = "resolution_letter"
# The acts that name a respondent, and say so in their event.
NAMING = ("file", "assign", "vary")


def letters_visible_to(actor: Actor) -> ColumnElement[bool]:
    """The letters that exist for this person; the query beside `may_read`."""
    if actor.person is None:
        return true()
    own = (_addressed_to(actor.person), _own_act_as_party(actor.person), _own_act_in_own_penalty(actor.person))
    if actor.has_left:
        return or_(*own)
    published = Letter.event_id.in_(select(Event.id).join(Event.publication).where(publication_roles.visible_to(actor)))
    return or_(*own, _in_a_case_of_others(actor, actor.person), _in_a_penalty_of_others(actor, actor.person),
               _of_rewards(actor), _of_the_month(actor, actor.person), published)  # fmt: skip


def _addressed_to(person: Person) -> ColumnElement[bool]:
    mine = select(LetterRecipient.letter_id).where(LetterRecipient.person_id == person.id)
    return Letter.id.in_(mine)


def _own_act_as_party(person: Person) -> ColumnElement[bool]:
    own = or_(Event.actor_id == person.id, Event.acting_for_id == person.id)
    return Letter.event_id.in_(_events().where(own, _is_party(person)))


def _in_a_case_of_others(actor: Actor, person: Person) -> ColumnElement[bool]:
    return Letter.event_id.in_(_events().where(visible_to(actor), not_(_is_party(person))))


def _own_act_in_own_penalty(person: Person) -> ColumnElement[bool]:
    mine = select(Event.id).join(Event.penalty).where(Penalty.respondent_id == person.id)
    return Letter.event_id.in_(mine.where(or_(Event.actor_id == person.id, Event.acting_for_id == person.id)))


def _in_a_penalty_of_others(actor: Actor, person: Person) -> ColumnElement[bool]:
    others = select(Event.id).join(Event.penalty).where(Penalty.respondent_id != person.id)
    return Letter.event_id.in_(others.where(penalty_roles.visible_to(actor)))


def _of_rewards(actor: Actor) -> ColumnElement[bool]:
    seen = select(Event.id).join(Event.reward).where(reward_roles.visible_to(actor))
    return Letter.event_id.in_(seen)


def _of_the_month(actor: Actor, person: Person) -> ColumnElement[bool]:
    """The letters of scorecards are read with the card; pay slips of others by those who see every penalty, but
    never of whom they stand in for."""
    cards = Letter.event_id.in_(select(Event.id).join(Event.scorecard).where(scorecard_roles.visible_to(actor)))
    if not penalty_roles.sees_every_penalty(person, actor.staff):
        return cards
    slips = Letter.event_id.in_(select(Event.id).where(Event.payday_id.is_not(None)))
    about_them = select(LetterRecipient.letter_id).where(LetterRecipient.person_id.in_(_hidden(actor, person)))
    return or_(cards, and_(slips, Letter.id.not_in(about_them)))


def _hidden(actor: Actor, person: Person) -> list[int]:
    return penalty_roles.managers_stood_in_for(person, actor.staff)


def _events() -> Select[int]:
    return select(Event.id).join(Complaint, Event.complaint_id == Complaint.id)


def _is_party(person: Person) -> ColumnElement[bool]:
    """Whether the case is, or once was, about this person; never null."""
    naming = aliased(Event)
    was_named = exists().where(
        naming.complaint_id == Complaint.id,
        naming.action.in_(NAMING),
        naming.said["respondent"].as_string() == person.username,
    )
    is_named = and_(Complaint.respondent_id.is_not(None), Complaint.respondent_id == person.id)
    return or_(is_named, was_named.correlate(Complaint))


def acknowledgements_awaited(person: Person) -> ColumnElement[bool]:
    """The addresses of letters that this person has not acknowledged yet."""
    return and_(LetterRecipient.person_id == person.id, LetterRecipient.acknowledged_at.is_(None))


def may_read(letter: Letter, actor: Actor) -> Copy | None:
    """In which copy this person reads the letter; None where it does not exist for them."""
    event, person = letter.event, actor.person
    if person is None:
        return FULL
    if event.complaint is not None:
        return _copy_in_a_complaint(letter, event.complaint, actor, person)
    if event.penalty is not None:
        return _copy_in_a_penalty(letter, event.penalty, actor, person)
    if event.publication is not None:
        return FULL if _is_addressee(letter, person) or publication_roles.may_see(event.publication, actor) else None
    if _is_addressee(letter, person):
        return FULL
    if event.reward is not None:
        return FULL if not actor.has_left and reward_roles.may_see(event.reward, actor) else None
    return FULL if _reads_the_month(letter, actor, person) else None


def _copy_in_a_complaint(letter: Letter, complaint: Complaint, actor: Actor, person: Person) -> Copy | None:
    if not (_is_addressee(letter, person) or _reads_by_the_case(letter, complaint, actor, person)):
        return None
    return FULL if sees_customer(complaint, actor) else WITHOUT_CUSTOMER


def _copy_in_a_penalty(letter: Letter, penalty: Penalty, actor: Actor, person: Person) -> Copy | None:
    """The respondent reads it without the leader's part, the leader reads that part alone."""
    if penalty.respondent_id == person.id:
        own = person.id in (letter.event.actor_id, letter.event.acting_for_id)
        return WITHOUT_CUSTOMER if own or _is_addressee(letter, person) else None
    if penalty_roles.may_see(penalty, actor):
        return FULL
    if not _is_addressee(letter, person):
        return None
    return FOR_LEADER if penalty.leader_id == person.id else FULL


def _reads_the_month(letter: Letter, actor: Actor, person: Person) -> bool:
    if actor.has_left:
        return False
    if (card := letter.event.scorecard) is not None:
        return scorecard_roles.may_see(card, actor)
    about_them = any(row.person_id in _hidden(actor, person) for row in letter.recipients)
    return penalty_roles.sees_every_penalty(person, actor.staff) and not about_them


def may_read_customers_copy(letter: Letter, actor: Actor) -> bool:
    """The letter to the customer is read by who writes, answers for or supervises it, and by no party."""
    person, staff, complaint = actor.person, actor.staff, letter.event.complaint
    if letter.kind != ALSO_FOR_CUSTOMER or complaint is None or person is None or actor.has_left:
        return False
    if may_read(letter, actor) is None or was_respondent(complaint, person):
        return False
    takes_heads_steps = who_takes_heads_steps(complaint, staff)
    return sees_every_case(person, staff) or any(
        takes_heads_steps is not None and takes_heads_steps.id == principal.id
        for principal in staff.principals_of(person)
    )


def copies_for(letter: Letter, actor: Actor) -> tuple[Copy, ...]:
    """Every copy this person may read, their usual one first; empty where the letter does not exist."""
    usual = may_read(letter, actor)
    if usual is None:
        return ()
    return (usual, FOR_CUSTOMER) if may_read_customers_copy(letter, actor) else (usual,)


def was_respondent(complaint: Complaint, person: Person) -> bool:
    """Whether the case is, or once was, about this person."""
    if complaint.respondent_id == person.id:
        return True
    return any(event.action in NAMING and event.said.get("respondent") == person.username for event in complaint.events)


def _is_addressee(letter: Letter, person: Person) -> bool:
    return address_of(letter, person) is not None


def _reads_by_the_case(letter: Letter, complaint: Complaint, actor: Actor, person: Person) -> bool:
    event = letter.event
    if was_respondent(complaint, person):
        return person.id in (event.actor_id, event.acting_for_id)
    return not actor.has_left and may_see(complaint, actor)


def acknowledge(letter: Letter, *, by: Person, at: datetime) -> LetterRecipient:
    """An addressee confirms receipt, once; a second time changes nothing.

    Raises Refused for whoever the letter is not addressed to.
    """
    address = address_of(letter, by)
    if address is None:
        raise Refused([Objection(FORBIDDEN, N_("Only those to whom a letter is addressed acknowledge it."))])
    if address.acknowledged_at is None:
        address.acknowledged_at = at
    return address


def address_of(letter: Letter, person: Person) -> LetterRecipient | None:
    """The line of the address list that names this person, if any."""
    return next((row for row in letter.recipients if row.person_id == person.id), None)
