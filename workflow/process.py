"""A process is a table of rules; one rule is one sentence of the regulation.

The only module that imports `transitions`. One machine per process, built at import and shared by
all threads; rows are never registered with it. A step is carried out or refused with reasons.
"""

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

from transitions import EventData, Machine

if TYPE_CHECKING:
    from models import Event, Person, ScoreEntry
    from workflow.roles import Actor

# It reports every callback of every step at the level on which we tell what the product does.
logging.getLogger("transitions").setLevel(logging.WARNING)

NOT_FOUND, FORBIDDEN, MOVED_ON = "not_found", "forbidden", "moved_on"
INVALID, TOO_EARLY, TOO_LATE = "invalid", "too_early", "too_late"


class Objection:
    """One reason against a step: a sentence the reader understands, with its values."""

    def __init__(self, code: str, msgid: str, **values: Any) -> None:
        self.code, self.msgid, self.values = code, msgid, values

    def __str__(self) -> str:
        told = {key: "、".join(value) if isinstance(value, tuple) else value for key, value in self.values.items()}
        return self.msgid % told if told else self.msgid

    def __repr__(self) -> str:
        return f"Objection({self.code}: {self})"


class Refused(Exception):
    """The one domain exception: why a step cannot be taken, and by which rule.

    Whoever may not act learns that they may not, and nothing of what else is wrong with it.
    """

    def __init__(self, objections: Iterable[Objection], rule: str | None = None) -> None:
        found = tuple(objections)
        barred = tuple(objection for objection in found if objection.code in (NOT_FOUND, FORBIDDEN))
        self.objections = barred or found
        self.rule = rule
        super().__init__("; ".join(map(str, self.objections)))

    @property
    def code(self) -> str:
        return self.objections[0].code


def refuse(*objections: Objection | None) -> None:
    """Raise Refused with everything that stands in the way; nothing happens where nothing does."""
    if found := [objection for objection in objections if objection is not None]:
        raise Refused(found)


class HasState(Protocol):
    state: Any


S = TypeVar("S", bound=HasState)


@dataclass(slots=True)
class Step(Generic[S]):
    """One act on one subject: who, when, what was said and chosen; and the event that records it.

    `said` is what the event keeps (JSON); `chosen` holds the rows that it speaks of.
    """

    subject: S
    actor: "Actor"
    at: datetime
    said: dict[str, Any] = field(default_factory=dict)
    chosen: dict[str, Any] = field(default_factory=dict)
    also_concerns: list["Person"] = field(default_factory=list)
    # Provisional points that this step made final.
    confirmed: list["ScoreEntry"] = field(default_factory=list)
    # Steps of other subjects that this one brought about, in order.
    brought: list["Step[Any]"] = field(default_factory=list)
    event: "Event" = field(init=False, repr=False)
    was: Any = field(init=False, default=None)
    rule: "Rule[S]" = field(init=False, repr=False)


Guard = Callable[[Step[S]], Objection | None]
Effect = Callable[[Step[S]], None]
Condition = Callable[[Step[S]], bool]


class Capacity(Protocol):
    """In what capacity a step is taken; answers for one actor and one subject."""

    @property
    def name(self) -> str: ...

    def __call__(self, step: Step[Any]) -> Objection | None: ...

    def principal(self, step: Step[Any]) -> "Person | None": ...


@dataclass(frozen=True, slots=True)
class Rule(Generic[S]):
    """One sentence: by `id`, `name` leads from `source` to `dest` when `by` does it, unless …, then …"""

    id: str
    name: str
    source: Sequence[StrEnum]
    dest: StrEnum | None  # None: the state stays as it is
    by: Capacity
    letter: str
    clock: str | None = None
    keeps_clock: bool = False  # what changes no state may leave the running clock to run, or to stand
    clock_from: "Callable[[Step[S]], datetime]" = lambda step: step.at
    when: Condition[S] | None = None
    unless: Sequence[Guard[S]] = ()
    then: Sequence[Effect[S]] = ()
    brings: Sequence[Effect[S]] = ()  # steps of other subjects, once all this is concluded
    # May be taken with several cases at once: it passes a case on to whoever acts next, decides on nobody's appeal,
    # penalty or right, and needs neither facts nor words of that case. All else is done with one case before the eyes.
    several: bool = False
    points: Effect[S] | None = None  # how the schedule's points are posted; None: at once, as final


@dataclass(frozen=True, slots=True)
class Offer(Generic[S]):
    """A rule leaving the present state, with what stands in the actor's way; open if nothing does."""

    rule: Rule[S]
    objections: tuple[Objection, ...]

    @property
    def name(self) -> str:
        return self.rule.name

    @property
    def is_open(self) -> bool:
        return not self.objections


class Process(Generic[S]):
    """The rules of one kind of case, with the machine that keeps to them."""

    def __init__(
        self, name: str, states: type[StrEnum], rules: Sequence[Rule[S]], *,
        unless: Sequence[Guard[S]] = (), record: Effect[S], conclude: Effect[S],
    ) -> None:  # fmt: skip
        self.name, self.states, self.rules = name, states, tuple(rules)
        self._always_unless, self._record, self._conclude = tuple(unless), record, conclude
        self._machine = Machine(
            model=None, states=states, initial=None, send_event=True, auto_transitions=False,
            queued=False, transitions=[t for rule in self.rules for t in self._transitions(rule)],
        )  # fmt: skip

    def take(self, name: str, step: Step[S]) -> Step[S]:
        """Take the named step or raise Refused; afterwards `step.event` says what happened."""
        step.was = step.subject.state
        if name not in self._machine.get_triggers(step.was):
            raise Refused([moved_on(step.was)])
        if not self._machine.events[name].trigger(step.subject, step=step):
            raise Refused([Objection(FORBIDDEN, N_("No rule applies to you here."))])
        return step

    def open(self, rule: Rule[S], step: Step[S]) -> Step[S]:
        """Take the step that creates the subject: it has no state to come from."""
        self._check(rule, step)
        step.subject.state = rule.dest
        self._carry_out(rule, step)
        return step

    def offers(self, step: Step[S]) -> list[Offer[S]]:
        """Every rule leaving the present state; of two with one name, the one that applies."""
        found: dict[str, Offer[S]] = {}
        for rule in self.rules_from(step.subject.state):
            if rule.when is None or rule.when(step):
                found[rule.name] = Offer(rule, self.objections(rule, step))
        return list(found.values())

    def within_reach(self, step: Step[S]) -> list[str]:
        """The names of the rules leaving the present state that are this actor's to take; their inputs come later."""
        own = (rule.name for rule in self.rules_from(step.subject.state) if rule.by(step) is None)
        return list(dict.fromkeys(own))

    def rules_from(self, state: Any) -> list[Rule[S]]:
        return [rule for rule in self.rules if state in rule.source]

    def rule_named(self, name: str, by: Capacity | None = None) -> Rule[S]:
        """The rule of that name; of two with one name, the one for this capacity."""
        return next(rule for rule in self.rules if rule.name == name and by in (None, rule.by))

    @property
    def actions(self) -> list[str]:
        return list(dict.fromkeys(rule.name for rule in self.rules))

    def actions_that(self, effect: Effect[S]) -> list[str]:
        """The actions of which `effect` is a part."""
        return list(dict.fromkeys(rule.name for rule in self.rules if effect in rule.then))

    def final_states(self) -> set[StrEnum]:
        """The states from which no rule leads on to another state."""
        left = {source for rule in self.rules if rule.dest not in (None, *rule.source) for source in rule.source}
        return set(self.states) - left

    def _transitions(self, rule: Rule[S]) -> list[dict[str, Any]]:
        return [
            {
                "trigger": rule.name,
                "source": source,
                "dest": "=" if rule.dest is None else rule.dest,
                "conditions": [] if rule.when is None else [partial(self._applies, rule)],
                "before": partial(self._before, rule),
                "after": partial(self._after, rule),
            }
            for source in rule.source
        ]

    def _applies(self, rule: Rule[S], event: EventData) -> bool:
        assert rule.when is not None
        return rule.when(event.kwargs["step"])

    def _before(self, rule: Rule[S], event: EventData) -> None:
        self._check(rule, event.kwargs["step"])

    def _after(self, rule: Rule[S], event: EventData) -> None:
        self._carry_out(rule, event.kwargs["step"])

    def _check(self, rule: Rule[S], step: Step[S]) -> None:
        if objections := self.objections(rule, step):
            raise Refused(objections, rule.id)

    def objections(self, rule: Rule[S], step: Step[S]) -> tuple[Objection, ...]:
        """The wrong person gets that one answer; the right one hears everything at once."""
        if (objection := rule.by(step)) is not None:
            return (objection,)
        return tuple(o for guard in (*rule.unless, *self._always_unless) if (o := guard(step)) is not None)

    def _carry_out(self, rule: Rule[S], step: Step[S]) -> None:
        step.rule = rule
        self._record(step)
        for effect in rule.then:
            effect(step)
        self._conclude(step)
        for effect in rule.brings:
            effect(step)


def N_(message: str) -> str:  # noqa: N802 - the name that message extraction looks for
    """Marks a sentence for translation; it is translated at the edge."""
    return message


def moved_on(state: Any) -> Objection:
    return Objection(MOVED_ON, N_("This step is not possible while the case is “%(state)s”."), state=state)
