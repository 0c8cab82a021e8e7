"""What the people of a story do: the same verbs as the pages call, by the name of process and action.

A step on a case comes back as `Step`; an act on the books (who works where, who stands in for whom)
changes rows and has, but for a pay day, no outcome to look at.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from models import (
    Category,
    Channel,
    Complaint,
    Event,
    Letter,
    LetterRecipient,
    Payday,
    Penalty,
    Person,
    Scorecard,
    Severity,
)
from workflow import commission, complaint, payday, penalty, penalty_roles, people, places, reading, scorecard, sight
from workflow.filing import Filing
from workflow.process import INVALID, NOT_FOUND, Objection, Refused, Step
from workflow.proposal import Proposal
from workflow.roles import Actor

Case = Complaint | Penalty
CASES: dict[str, type[Complaint] | type[Penalty]] = {"complaint": Complaint, "penalty": Penalty}
SIGHT: dict[str, Callable[[Any, Actor], None]] = {
    "complaint": sight.require_sight,
    "penalty": penalty_roles.require_sight,
}
VERBS: dict[str, dict[str, Callable[..., Step[Any]]]] = {"complaint": complaint.VERBS, "penalty": penalty.VERBS}
STAND_INS = {"channel": Channel.PHONE, "category": Category.OTHER, "severity": Severity.NORMAL}
# The format has no word for it, and a story of what follows is not about how it is worded.
REASON_FOR_OPEN_ITEMS = "情景推演：未决项已由总经理知悉。"


class Deed:
    """One act of a story, about to be carried out in `session`."""

    def __init__(self, session: Session, actor: Actor, at: datetime) -> None:
        self.session, self.actor, self.at = session, actor, at

    @property
    def person(self) -> Person:
        assert self.actor.person is not None, "stories are told by people"
        return self.actor.person

    def open_case(self, process: str, inputs: dict[str, Any]) -> Step[Any]:
        """The step that creates a case; its subject is new in the session."""
        taken = self._file(inputs) if process == "complaint" else self._propose(inputs)
        self.session.add(taken.subject)
        return taken

    def on_case(self, process: str, action: str, case_id: int, inputs: dict[str, Any]) -> Step[Any]:
        case = CASES[process].locked(self.session, case_id)
        SIGHT[process](case, self.actor)
        if (process, action) == ("penalty", "approve"):
            inputs = {"open_reason": REASON_FOR_OPEN_ITEMS} | inputs
        return VERBS[process][action](case, by=self.actor, at=self.at, **inputs)

    def _file(self, inputs: dict[str, Any]) -> Step[Complaint]:
        """A filing always has its choices. Something stands in for one that was left out, so that the rule
        speaks of all else first; then it is refused, as the form refuses it."""
        missing = [name for name in STAND_INS if inputs[name] is None]
        filing = Filing(**{**inputs, **{name: STAND_INS[name] for name in missing}})
        taken = complaint.file(filing, by=self.actor, at=self.at)
        if missing:
            raise Refused([Objection(INVALID, f"“{missing[0]}” is missing")])
        return taken

    def _propose(self, inputs: dict[str, Any]) -> Step[Penalty]:
        of = inputs.get("complaint")
        if of is not None and not sight.may_see(of, self.actor):
            raise Refused([Objection(NOT_FOUND, "There is no such case.")])
        return penalty.propose(Proposal(**inputs), by=self.actor, at=self.at)

    def acknowledge(self, process: str, case_id: int, kind: str | None) -> None:
        """The latest letter of this kind in the case."""
        column = {"complaint": Event.complaint_id, "penalty": Event.penalty_id}[process]
        query = (
            select(Letter)
            .join(Letter.event)
            .where(column == case_id, Letter.kind == kind)
            .where(Letter.recipients.any(LetterRecipient.person_id == self.person.id))
            .options(selectinload(Letter.recipients))
            .order_by(Letter.id.desc())
        )
        letter = self.session.scalars(query).first()
        if letter is None:
            raise Refused([Objection(NOT_FOUND, "There is no such letter.")])
        reading.acknowledge(letter, by=self.person, at=self.at)

    def start_delegation(self, *, to: Person | None, until: datetime | None, since: datetime | None = None) -> None:
        if until is None:
            raise Refused([Objection(INVALID, "“until” is missing")])
        places.delegate(self.session, to, by=self.person, at=self.at, since=since or self.at, until=until)

    def transfer(self, *, employee: Person | None, department: Any, team: Any = None) -> None:
        if employee is None:
            raise Refused([Objection(INVALID, "“employee” is missing")])
        post = employee.posting_at(self.at)
        title = post.title if post is not None else ""
        people.transfer(
            self.session, employee, by=self.person, at=self.at, department=department, title=title, team=team
        )

    def leave(self, *, employee: Person | None) -> None:
        if employee is None:
            raise Refused([Objection(INVALID, "“employee” is missing")])
        people.leave(self.session, employee, by=self.person, at=self.at)

    def record_commission(self, *, employee: Person | None, month: str | None, amount: int | None) -> None:
        commission.record(self.session, employee, month=month, amount=amount, by=self.actor, at=self.at)

    def on_scorecards(self, action: str, inputs: dict[str, Any]) -> Step[Scorecard]:
        """The whole act as one step: the first card's, which brought about the others'."""
        return scorecard.VERBS[action](self.session, by=self.actor, at=self.at, **inputs).first

    def settle_the_pay_day(self, *, month: str | None) -> Step[Payday]:
        return payday.settle(self.session, month=month, by=self.actor, at=self.at)


BOOKS: dict[str, Callable[..., Step[Any] | None]] = {
    "delegation.start": lambda deed, inputs: deed.start_delegation(
        to=inputs.get("to"), until=inputs.get("until"), since=inputs.get("from")
    ),
    "employee.transfer": lambda deed, inputs: deed.transfer(**inputs),
    "employee.leave": lambda deed, inputs: deed.leave(**inputs),
    "commission.record": lambda deed, inputs: deed.record_commission(**inputs),
    **{
        f"scorecard.{action}": lambda deed, inputs, action=action: deed.on_scorecards(action, inputs)
        for action in scorecard.VERBS
    },
    "payroll.settle": lambda deed, inputs: deed.settle_the_pay_day(**inputs),
}
