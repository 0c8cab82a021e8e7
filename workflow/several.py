"""Acts that may be taken with several cases at once, read off the tables of rules; why these, says `Rule.several`."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from models import Complaint, Penalty
from workflow import complaint, deadline, penalty
from workflow.inbox import PROCESSES
from workflow.process import FORBIDDEN, INVALID, N_, TOO_LATE, Objection, Rule, Step, moved_on
from workflow.roles import Actor

Case = Complaint | Penalty

# By name: the process of which each is an act. No name is used by two.
ACTS = {rule.name: name for name, process in PROCESSES.items() for rule in process.rules if rule.several}
IS_DECIDED = Objection(TOO_LATE, N_("The time is over, and the deadline decides by itself."))
DOES_NOT_APPLY = Objection(FORBIDDEN, N_("This step does not apply here."))
VERBS: Mapping[str, Mapping[str, Callable[..., Step[Any]]]] = {
    Complaint.kind: complaint.VERBS,
    Penalty.kind: penalty.VERBS,
}


def open_to(case: Case, actor: Actor, at: datetime) -> list[str]:
    """The acts of these that are this person's in the case now; what is merely missing is answered on the case."""
    rules = [rule for rule in PROCESSES[case.kind].rules_from(case.state) if rule.several]
    found = {rule.name: _against(rule, case, actor, at) for rule in rules}
    return [name for name, against in found.items() if all(objection.code == INVALID for objection in against)]


def objections(action: str, case: Case, actor: Actor, at: datetime) -> tuple[Objection, ...]:
    """What stands in the way of the act in this case."""
    if ACTS.get(action) != case.kind:
        return (DOES_NOT_APPLY,)
    rules = [rule for rule in PROCESSES[case.kind].rules_from(case.state) if rule.several and rule.name == action]
    return _against(rules[0], case, actor, at) if rules else (moved_on(case.state),)


def _against(rule: Rule[Any], case: Case, actor: Actor, at: datetime) -> tuple[Objection, ...]:
    if deadline.has_decided(case.clock, case.due_at, at):
        return (IS_DECIDED,)
    return PROCESSES[case.kind].objections(rule, Step(case, actor, at))


def stay_of(case: Case) -> str:
    """In which state the case waits, and since when: once it has moved on, it is another stay."""
    since = case.clock_started_at
    return f"{case.state.value}@{since.timestamp() if since is not None else ''}"


def take(action: str, case: Case, *, by: Actor, at: datetime, said: dict[str, Any]) -> None:
    """Take the act with one of the cases; raises Refused, and the others go on."""
    VERBS[case.kind][action](case, by=by, at=at, **said)
