"""What a story may expect, read into the form in which it is compared. An expectation that could
never hold, because nothing is called so, is refused instead of failing.
"""

from collections.abc import Callable, Collection
from functools import partial
from typing import Any

from jobs.scenario_part import Part, as_written
from jobs.scenario_words import ACTIONS, BY_THE_SYSTEM
from models import ComplaintState, EntryStatus, MoneyKind, PenaltyState, ScorecardState
from workflow.complaint import COMPLAINT
from workflow.penalty import PENALTY
from workflow.scorecard import SCORECARD

Reader = Callable[[Part], Any]

# A process that the product does not have yet is awaited by name; its words come with it.
STATES: dict[str, Collection[str]] = {
    "complaint": [state.value for state in ComplaintState],
    "penalty": [state.value for state in PenaltyState],
    "scorecard": [state.value for state in ScorecardState],
}
LETTERS: dict[str, Collection[str]] = {
    "complaint": {rule.letter for rule in COMPLAINT.rules},
    "penalty": {rule.letter for rule in PENALTY.rules},
    "scorecard": {rule.letter for rule in SCORECARD.rules},
}
MONEY = [kind.value for kind in MoneyKind]


def of_step(process: str) -> dict[str, Reader]:
    """What can be expected of a step of `process`."""
    return {
        "state": partial(_state, process),
        "letters": partial(_letters, process),
        "points": partial(_posted, [status.value for status in EntryStatus]),
        "money": partial(_posted, MONEY),
        "due": lambda part: None if part.is_empty else as_written(part.moment()),
    }


def of_sight(process: str | None, cases: Collection[str]) -> dict[str, Reader]:
    """What can be expected of a look, where needed at a case of `process`; `cases` have been named before it."""
    return {
        "points": Part.number,
        "provisional": Part.number,
        "money": Part.number,
        "step": lambda part: part.word(("clear", "first", "second", "dismissal"), "no step is called “{}”"),
        "state": partial(_state, process),
        "fired": partial(_actions, BY_THE_SYSTEM),
        "letters": partial(_letters, process),
        "scorecard": partial(_figures, ("score", "performance_pay", "grade")),
        "pay": partial(_figures, ("deducted", "carried")),
        "inbox": lambda part: [_waiting(item, cases) for item in part.items()],
        "events": Part.number,
        "audit": lambda part: part.word(("ok",), "an audit can only be expected to be ok, not “{}”"),
    }


def _state(process: str | None, part: Part) -> str:
    known = STATES.get(process or "")
    return part.text() if known is None else part.word(known, "no state is called “{}”")


def _letters(process: str | None, part: Part) -> list[str]:
    known = LETTERS.get(process or "")
    return [i.text() if known is None else i.word(known, "no letter is called “{}”") for i in part.items()]


def _actions(known: Collection[str], part: Part) -> list[str]:
    return [item.word(known, "no action is called “{}” here") for item in part.items()]


def _figures(known: Collection[str], part: Part) -> Any:
    part.only(f"“{part.name}”", (), known)
    return part.value()


def _posted(kinds: Collection[str], part: Part) -> dict[str, list[list[Any]]]:
    """Subject → list of pairs; one pair may stand without its list."""
    return {subject: _pairs(kinds, posted) for subject, posted in part.keys().items()}


def _pairs(kinds: Collection[str], part: Part) -> list[list[Any]]:
    items = part.items()
    listed = items if items and all(item.is_list for item in items) else [part]
    return [_pair(kinds, item) for item in listed]


def _pair(kinds: Collection[str], part: Part) -> list[Any]:
    pair = part.items()
    if len(pair) != 2:
        raise part.refused(f"“{part.name}” takes pairs such as [-5, {next(iter(kinds))}]")
    return [pair[0].number(), pair[1].word(kinds, f"“{{}}” is none of {', '.join(kinds)}")]


def _waiting(part: Part, cases: Collection[str]) -> list[Any]:
    pair = part.items()
    if len(pair) != 2:
        raise part.refused("an inbox is a list of [case, [actions]]")
    return [pair[0].word(cases, "no case is called “{}”"), _actions(ACTIONS, pair[1])]
