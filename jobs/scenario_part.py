"""A scenario file as parts that know their line: whatever is not understood is refused with its place.

Values are taken as they are written; nothing is guessed, rounded or left out in silence.
"""

import math
import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import yaml

from workflow import readable_yaml

MOMENT = re.compile(r"2\d{3}-\d\d-\d\d \d\d:\d\d(:\d\d)?")
DAY = re.compile(r"2\d{3}-\d\d-\d\d")
MONTH = re.compile(r"2\d{3}-(0[1-9]|1[0-2])")
HALF_A_SURROGATE = re.compile(r"[\ud800-\udfff]")
NULL = "tag:yaml.org,2002:null"


class ScenarioRefused(Exception):
    """A file that is not a scenario; says file, line and why."""


@dataclass(frozen=True)
class Part:
    """A piece of the file, with the key it belongs to and the line that this stands on."""

    file: Path
    line: int
    name: str
    node: yaml.Node

    def refused(self, why: str) -> ScenarioRefused:
        return ScenarioRefused(f"{self.file}:{self.line}: {why}")

    def keys(self) -> dict[str, "Part"]:
        if not isinstance(self.node, yaml.MappingNode):
            raise self.refused(f"“{self.name}” takes keys with values")
        return {key.value: Part(self.file, _line(key), key.value, value) for key, value in self.node.value}

    def only(self, where: str, needed: Collection[str], also: Collection[str] = ()) -> dict[str, "Part"]:
        """The keys: every one that is needed, and none that is not known in `where`."""
        found = self.keys()
        for key, part in found.items():
            if key not in {*needed, *also}:
                raise part.refused(f"unknown key “{key}” in {where}")
        for key in needed:
            if key not in found:
                raise self.refused(f"“{key}” is missing in {where}")
        return found

    def items(self) -> list["Part"]:
        if not isinstance(self.node, yaml.SequenceNode):
            raise self.refused(f"“{self.name}” takes a list")
        return [Part(self.file, _line(item), self.name, item) for item in self.node.value]

    @property
    def is_mapping(self) -> bool:
        return isinstance(self.node, yaml.MappingNode)

    @property
    def is_list(self) -> bool:
        return isinstance(self.node, yaml.SequenceNode)

    @property
    def is_empty(self) -> bool:
        return bool(self.node.tag == NULL)

    def value(self) -> Any:
        try:
            return readable_yaml.construct(self.node)
        except (yaml.MarkedYAMLError, ValueError, LookupError, AttributeError):
            # What a value that does not fit its tag comes to differs from tag to tag.
            raise self.refused(f"“{self.name}” has a value that cannot be read") from None

    def text(self) -> str:
        value = self.value()
        if not isinstance(value, str):
            raise self.refused(f"“{self.name}” takes a text; put a number or a day in quotes")
        if HALF_A_SURROGATE.search(value):
            raise self.refused(f"“{self.name}” has a character that no text can have")
        return value

    def word(self, known: Collection[str], objection: str) -> str:
        """One of the known words; `objection` is a sentence with a place for any other."""
        value = self.value()
        if not isinstance(value, str) or value not in known:
            raise self.refused(objection.format(value))
        return str(value)

    def number(self) -> int | float:
        value = self.value()
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            raise self.refused(f"“{self.name}” takes a number, not “{value}”")
        return value

    def truth(self) -> bool:
        value = self.value()
        if not isinstance(value, bool):
            raise self.refused(f"“{self.name}” takes true or false, not “{value}”")
        return value

    def moment(self) -> datetime:
        """A moment of company time, which has no zone."""
        try:
            return datetime.fromisoformat(self._written(MOMENT))
        except ValueError:
            raise self.refused(f"“{self._raw}” is no moment such as 2026-03-02 09:00") from None

    def day(self) -> date:
        try:
            return date.fromisoformat(self._written(DAY))
        except ValueError:
            raise self.refused(f"“{self._raw}” is no day such as 2026-03-02") from None

    def month(self) -> str:
        try:
            return self._written(MONTH)
        except ValueError:
            raise self.refused(f"“{self._raw}” is no month such as 2026-03") from None

    def _written(self, form: re.Pattern[str]) -> str:
        if not form.fullmatch(self._raw):
            raise ValueError
        return self._raw

    @property
    def _raw(self) -> str:
        """What the file says, before YAML makes a number or a day of it."""
        return str(self.node.value) if isinstance(self.node, yaml.ScalarNode) else str(self.value())


def opened(file: Path) -> Part:
    """The whole file as one part, in which no key stands twice."""
    data = file.read_bytes()
    try:
        node = readable_yaml.compose(data.decode("utf-8"))
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ScenarioRefused(f"{file}:{line}: the file is not in UTF-8") from None
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise ScenarioRefused(f"{file}:{line}: {error.problem}") from None
    except yaml.reader.ReaderError as error:
        line = data.decode("utf-8").count("\n", 0, error.position) + 1
        raise ScenarioRefused(f"{file}:{line}: {error.reason}") from None
    except RecursionError:
        raise ScenarioRefused(f"{file}:1: the file is nested too deeply") from None
    if node is None:
        raise ScenarioRefused(f"{file}:1: the file is empty")
    _no_key_twice(node, file)
    return Part(file, 1, "the file", node)


def as_written(moment: datetime) -> str:
    """A moment as scenarios write it."""
    return moment.replace(tzinfo=None).isoformat(" ", "seconds" if moment.second else "minutes")


def _no_key_twice(node: yaml.Node, file: Path) -> None:
    if isinstance(node, yaml.SequenceNode):
        for item in node.value:
            _no_key_twice(item, file)
    if not isinstance(node, yaml.MappingNode):
        return
    found = set()
    for key, value in node.value:
        if not isinstance(key, yaml.ScalarNode):
            raise ScenarioRefused(f"{file}:{_line(key)}: a key is a word")
        if key.value in found:
            raise ScenarioRefused(f"{file}:{_line(key)}: “{key.value}” stands twice")
        found.add(key.value)
        _no_key_twice(value, file)


def _line(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1
