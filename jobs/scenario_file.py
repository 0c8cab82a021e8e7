"""A scenario file read strictly, before anything happens: a key or a name that is not known is an
error with file and line. Only names of people and departments are left to the run, which has them.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from jobs import scenario_expect as expect
from jobs.scenario_part import Part, opened
from jobs.scenario_words import (
    ACTIONS,
    MEASURING,
    ON_A_CASE,
    OPENING,
    REFUSALS,
    SIGHTS,
    SIGHTS_OF_A_CASE,
    inputs_of,
    measures,
    rules,
)
from workflow import packs

LANGUAGES = ("zh", "en")


@dataclass
class ScenarioStep:
    """One step with the line it stands on; `what` holds its keys as they were understood."""

    line: int
    what: dict[str, Any]

    @property
    def at(self) -> datetime | None:
        return self.what.get("at")


@dataclass
class Scenario:
    name: str
    file: Path
    titles: dict[str, str] = field(default_factory=dict)
    settings: dict[str, Part] = field(default_factory=dict)
    steps: list[ScenarioStep] = field(default_factory=list)


def read(file: Path) -> Scenario:
    """The scenario in `file`, or ScenarioRefused."""
    keys = opened(file).only("a scenario", ("scenario", "steps"), ("title", "rules", "settings"))
    if "rules" in keys:
        _check_rules(keys["rules"])
    return Scenario(
        name=keys["scenario"].text(),
        titles=_titles(keys["title"]) if "title" in keys else {},
        file=file,
        settings=keys["settings"].keys() if "settings" in keys else {},
        steps=_steps(keys["steps"]),
    )


def _titles(part: Part) -> dict[str, str]:
    """One title for everybody, or one in each language."""
    if not part.is_mapping:
        return dict.fromkeys(LANGUAGES, part.text())
    return {language: text.text() for language, text in part.only("“title”", LANGUAGES).items()}


def _check_rules(part: Part) -> None:
    known = rules()
    for item in part.items():
        item.word(known, "no rule is called “{}”")


def _steps(part: Part) -> list[ScenarioStep]:
    items, reading = part.items(), _Reading()
    if not items:
        raise part.refused("a scenario needs at least one step")
    return [ScenarioStep(item.line, reading.step(item)) for item in items]


class _Reading:
    """Reads the steps in order; knows which cases have been named so far, and their process."""

    def __init__(self) -> None:
        self.cases: dict[str, str] = {}

    def step(self, part: Part) -> dict[str, Any]:
        keys = part.keys()
        if "do" in keys:
            return self._act(part, keys["do"].word(ACTIONS, "nobody can do “{}”"))
        if "see" in keys:
            return self._look(part, keys["see"].word(SIGHTS, "nothing is called “{}”"))
        for kind, (needed, also) in MEASURING.items():
            if kind in keys:
                return _measuring(part, kind, needed, also)
        return _read(part.only("a step that does, sees and measures nothing", ("at",)), {"at": Part.moment})

    def _act(self, part: Part, action: str) -> dict[str, Any]:
        """A step that is refused changes nothing: it names no case and has no outcome to expect."""
        process, where = action.partition(".")[0], f"“do: {action}”"
        outcome = expect.of_step(process)
        keys = part.only(where, ("do", "as", *(["case"] if action in ON_A_CASE else [])),
                         ("at", "with", "expect", "refused", *(["name"] if action in OPENING else [])))  # fmt: skip
        for key in [key for key in ("expect", "name") if key in keys and "refused" in keys]:
            raise keys[key].refused(f"a step that is refused changes nothing; “{key}” has no place beside “refused”")
        return _read(keys, {
            "at": Part.moment,
            "as": Part.text,
            "case": self._known_case,
            "with": lambda given: given.only(where, (), inputs_of(action)),
            "expect": lambda expected: _read(expected.only("“expect”", (), outcome), outcome),
            "refused": lambda code: code.word(REFUSALS, "unknown refusal “{}”"),
            "name": lambda name: self._new_case(name, process),
        })  # fmt: skip

    def _look(self, part: Part, sight: str) -> dict[str, Any]:
        needed, also = SIGHTS[sight]
        keys = part.only(f"“see: {sight}”", ("see", *needed, "expect"), ("at", *also))
        of = self._known_case if sight in SIGHTS_OF_A_CASE else Part.text
        process = self.cases.get(of(keys["of"])) if "of" in needed else None
        return _read(keys, {
            "at": Part.moment,
            "of": of,
            "ladder": Part.text,
            "month": Part.month,
            "expect": expect.of_sight(process, self.cases)[sight],
        })  # fmt: skip

    def _known_case(self, part: Part) -> str:
        return part.word(self.cases, "no case is called “{}”")

    def _new_case(self, part: Part, process: str) -> str:
        name = part.text()
        if name in self.cases:
            raise part.refused(f"a case is called “{name}” already")
        self.cases[name] = process
        return name


def _measuring(part: Part, kind: str, needed: tuple[str, ...], also: tuple[str, ...]) -> dict[str, Any]:
    """A step that computes; its rows and figures are read by whoever knows the regulation's sources."""
    keys = part.only(f"“{kind}”", (kind, *needed), ("at", *also))
    for name in ("data", "targets", "factors", "proposals"):
        if name in keys:
            keys[name].keys()
    return {key: MEASURED.get(key, _as_it_is)(part) for key, part in keys.items()}


def _as_it_is(part: Part) -> Part:
    return part


MEASURED: dict[str, Callable[[Part], Any]] = {
    "at": Part.moment,
    "measure": lambda part: part.word(measures(), "no measure is called “{}”"),
    "assess": lambda part: part.word(packs.ASSESSMENTS, "no regulation about assessing is called “{}”"),
    "refused": lambda part: part.word(REFUSALS, "unknown refusal “{}”"),
}


def _read(keys: dict[str, Part], readers: dict[str, Callable[[Part], Any]]) -> dict[str, Any]:
    return {key: readers.get(key, Part.value)(part) for key, part in keys.items()}
