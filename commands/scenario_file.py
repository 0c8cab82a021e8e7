"""A scenario file read strictly: a key or a name that is not known is an error with file and line."""

from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

import yaml

from workflow import readable_yaml

TOP = {"scenario", "title", "rules", "settings", "steps"}
DO = {"at", "as", "do", "with", "case", "name", "expect", "refused"}
SEE = {"at", "see", "of", "ladder", "month", "expect"}
MEASURE = {"measure", "data", "value"}
EXPECT = {"state", "letters", "points", "money", "due"}
REFUSALS = {"not_found", "forbidden", "moved_on", "invalid", "too_early", "too_late"}
SIGHTS = {
    "points",
    "provisional",
    "money",
    "step",
    "state",
    "fired",
    "letters",
    "scorecard",
    "pay",
    "inbox",
    "events",
    "audit",
}


class ScenarioRefused(Exception):
    """A file that is not a scenario; says file, line and why."""


@dataclass
class ScenarioStep:
    """One step with the line it stands on; `what` holds its keys as written."""

    line: int
    what: dict[str, Any]

    @property
    def at(self) -> datetime | None:
        return self.what.get("at")


@dataclass
class Scenario:
    name: str
    file: Path
    rules: list[str]
    settings: dict[str, Any]
    steps: list[ScenarioStep] = field(default_factory=list)


def read(file: Path) -> Scenario:
    """The scenario in `file`, or ScenarioRefused."""
    root = _root(file)
    content = _mapping(root, file)
    _only(content, TOP, file)
    steps = content.get("steps")
    if "scenario" not in content or not isinstance(steps, yaml.SequenceNode):
        raise ScenarioRefused(f"{file}:1: a scenario needs “scenario” and “steps”")
    return Scenario(
        name=str(_plain(content["scenario"])),
        file=file,
        rules=_plain(content["rules"]) if "rules" in content else [],
        settings=_plain(content["settings"]) if "settings" in content else {},
        steps=[_step(node, file) for node in steps.value],
    )


def _root(file: Path) -> yaml.Node:
    try:
        root = readable_yaml.compose(file.read_text(encoding="utf-8"))
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise ScenarioRefused(f"{file}:{line}: {error.problem}") from None
    if root is None:
        raise ScenarioRefused(f"{file}:1: the file is empty")
    return root


def _step(node: yaml.Node, file: Path) -> ScenarioStep:
    keys = _mapping(node, file)
    allowed = DO if "do" in keys else SEE if "see" in keys else MEASURE if "measure" in keys else {"at"}
    _only(keys, allowed, file)
    if "expect" in keys and "do" in keys:
        _only(_mapping(keys["expect"], file), EXPECT, file)
    what = {key: _plain(value) for key, value in keys.items()}
    _check_words(what, node, file)
    if "at" in what:
        what["at"] = _moment(what["at"], keys["at"], file)
    return ScenarioStep(node.start_mark.line + 1, what)


def _check_words(what: dict[str, Any], node: yaml.Node, file: Path) -> None:
    where = f"{file}:{node.start_mark.line + 1}"
    if "refused" in what and what["refused"] not in REFUSALS:
        raise ScenarioRefused(f"{where}: unknown refusal “{what['refused']}”")
    if "see" in what and what["see"] not in SIGHTS:
        raise ScenarioRefused(f"{where}: nothing is called “{what['see']}”")
    if "do" in what and "as" not in what:
        raise ScenarioRefused(f"{where}: who does it? “as” is missing")


def _moment(value: Any, node: yaml.Node, file: Path) -> datetime:
    try:
        return value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    except ValueError:
        raise ScenarioRefused(f"{file}:{node.start_mark.line + 1}: “{value}” is no moment") from None


def _mapping(node: yaml.Node, file: Path) -> dict[str, yaml.Node]:
    if not isinstance(node, yaml.MappingNode):
        raise ScenarioRefused(f"{file}:{node.start_mark.line + 1}: keys and values are expected here")
    found: dict[str, yaml.Node] = {}
    for key, value in node.value:
        if key.value in found:
            raise ScenarioRefused(f"{file}:{key.start_mark.line + 1}: “{key.value}” stands twice")
        found[key.value] = value
        value.key_line = key.start_mark.line + 1  # type: ignore[attr-defined]
    return found


def _only(keys: dict[str, Any], allowed: set[str], file: Path) -> None:
    for key, node in keys.items():
        if key not in allowed:
            raise ScenarioRefused(f"{file}:{node.key_line}: unknown key “{key}”")


def _plain(node: yaml.Node) -> Any:
    """The value of a node; days stay text, as months do."""
    value = readable_yaml.construct(node)
    return value.isoformat() if isinstance(value, date) and not isinstance(value, datetime) else value
