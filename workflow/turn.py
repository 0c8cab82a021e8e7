"""Whose turn it is: who can answer the running clock of a case, of every process, and who stands in for them."""

from datetime import datetime

from models import Complaint, Penalty, Person, Scorecard
from workflow import letter, message, penalty_roles, scorecard_roles
from workflow.office import Office
from workflow.process import Step
from workflow.roles import Staff, only, who_takes_heads_steps

Case = Complaint | Penalty | Scorecard
REINSTATEMENT = "reinstatement"
# Clocks of a right: whoever may use it need not.
RIGHTS = ("defence", "contest")


def clock_of(case: Case) -> str | None:
    """The clock that runs, or the decision that a regraded dismissal waits for."""
    if case.clock is None and isinstance(case, Penalty) and case.reinstatement_due_at is not None:
        return REINSTATEMENT
    return case.clock


def due_of(case: Case) -> datetime | None:
    return case.reinstatement_due_at if clock_of(case) == REINSTATEMENT and isinstance(case, Penalty) else case.due_at


def is_a_right(case: Case, at: datetime) -> bool:
    """Whether nobody has to act yet: the time for a defence or an appeal is running."""
    return case.clock in RIGHTS and case.due_at is not None and at < case.due_at


def who_must_act(case: Case, office: Office, at: datetime) -> list[Person]:
    """Everybody who can answer what waits now, each once, with those who stand in for them."""
    staff = office.staff(at)
    holders = _holders(case, office, at)
    people = {person.id: person for holder in holders for person in (holder, *staff.delegates.get(holder.id, ()))}
    return [person for person in people.values() if message.awaits(case, office.actor(person, at), at)]


def _holders(case: Case, office: Office, at: datetime) -> list[Person]:
    staff = office.staff(at)
    match case:
        case Complaint():
            return letter.awaited(Step(case, office.system(at), at))
        case Scorecard():
            return scorecard_roles.awaited(case, staff)
        case _:
            return _of_a_penalty(case, staff, at)


def _of_a_penalty(penalty: Penalty, staff: Staff, at: datetime) -> list[Person]:
    """Once the time for a defence is over, it is the head's turn."""
    if clock_of(penalty) == REINSTATEMENT:
        return only(penalty_roles.who_approves(penalty, staff))
    if penalty.clock == "defence" and penalty.due_at is not None and penalty.due_at <= at:
        return only(who_takes_heads_steps(penalty, staff))
    return penalty_roles.awaited(penalty, staff)
