"""A target letter (LIFE-1) as a matter that waits like a case, until the unit's head has signed it: whose turn it is
and how its days are counted.

Signing is the addressee's own; nobody does it in their place. A letter that was served in another way waits no more,
nor does one that another replaced, or whose year is over. Where the addressee heads the unit no more it waits for the
general manager, who issues it anew to the next.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Select, exists, select
from sqlalchemy.orm import aliased

from models import Event, Letter, LetterRecipient, LetterService, Person, Publication, PublicationKind, Role
from workflow import deadline
from workflow.clock_words import SIGN_THE_TARGETS
from workflow.limit import Limit
from workflow.office import Office
from workflow.process import N_
from workflow.reminder_times import Run
from workflow.roles import Actor, Staff

CLOCK = "sign"
# The regulation sets none; a head has as long as for an answer that asks for thought, such as handling a complaint.
TO_SIGN = Limit(working_days=3)
ISSUE_ANEW = N_("Issue the target letter to whoever heads the unit now")


def letter_of(publication: Publication) -> Letter:
    """The letter that holds."""
    return publication.events[-1].letters[-1]


def unsigned(publication: Publication) -> list[Person]:
    """To whom the letter that holds is addressed and who has neither signed it nor been served."""
    if publication.what is not PublicationKind.TARGET_LETTER:
        return []
    letter = letter_of(publication)
    served = {row.person_id for row in letter.services}
    return [line.person for line in letter.recipients if line.acknowledged_at is None and line.person_id not in served]


def holders(publication: Publication, staff: Staff) -> Sequence[Person]:
    """Whose turn it is: that of who is to sign; once they head the unit no more, the general manager's."""
    found = unsigned(publication)
    stay = [person for person in found if _heads_it(publication, person, staff)]
    return stay or (staff.holders.get(Role.GENERAL_MANAGER, ()) if found else ())


def _heads_it(publication: Publication, person: Person, staff: Staff) -> bool:
    if person.has_left_at(staff.at):
        return False
    head = staff.heads.get(publication.department_id or 0)
    return publication.department_id is None or (head is not None and head.id == person.id)


def task_of(publication: Publication, actor: Actor) -> str:
    """What is to be done: signed by whom it is addressed to, issued anew by the general manager."""
    to_them = actor.person is not None and actor.person.id in {each.id for each in unsigned(publication)}
    return SIGN_THE_TARGETS if to_them else ISSUE_ANEW


def awaits(publication: Publication, actor: Actor) -> bool:
    """Whether a signature is still awaited, and from this person."""
    person = actor.person
    if person is None or actor.has_left or _is_over(publication, actor):
        return False
    return any(each.id == person.id for each in holders(publication, actor.staff))


def _is_over(publication: Publication, actor: Actor) -> bool:
    return publication.period < year_of(actor.office, actor.staff.at)


def year_of(office: Office, at: datetime) -> str:
    return f"{office.calendar.day_of(at).year}"


def awaited(office: Office, at: datetime) -> Select[int, datetime]:
    """Those that still wait for a signature, with the moment at which the letter was issued."""
    query = select(Publication.id, Letter.issued_at).join(Event, Event.publication_id == Publication.id)
    of_the_event = query.join(Letter, Letter.event_id == Event.id)
    return of_the_event.where(is_awaited(year_of(office, at)))


def mine(actor: Actor) -> Select[int, datetime]:
    """Of these, those that wait for this person's own signature."""
    assert actor.person is not None, "the clock signs nothing"
    to_them = exists().where(
        LetterRecipient.letter_id == Letter.id, LetterRecipient.person_id == actor.person.id, _is_unsigned()
    )
    return awaited(actor.office, actor.staff.at).where(to_them)


def is_awaited(year: str) -> ColumnElement[bool]:
    """Of publications with their events and letters in a query."""
    later = aliased(Event)
    replaced = exists().where(later.publication_id == Publication.id, later.seq > Event.seq)
    waits = exists().where(LetterRecipient.letter_id == Letter.id, _is_unsigned())
    of_a_year = (Publication.what == PublicationKind.TARGET_LETTER) & (Publication.period >= year)
    return of_a_year & ~replaced & waits


def _is_unsigned() -> ColumnElement[bool]:
    served = exists().where(
        LetterService.letter_id == LetterRecipient.letter_id, LetterService.person_id == LetterRecipient.person_id
    )
    return LetterRecipient.acknowledged_at.is_(None) & ~served


def run_of(since: datetime, office: Office) -> Run:
    """Working days of the company."""
    calendar = office.calendar
    due = deadline.after(TO_SIGN, since, calendar)
    return Run(CLOCK, since, due, calendar.working_time(since, due), TO_SIGN, calendar)
