"""Plays a story twice, under two editions of the regulation, and tells the steps that come out differently.

What a story expects is not looked at here: it says what should follow under the edition for which it was
written, and the question is what would follow under another.
"""

import shutil
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from pydantic import ValidationError
from sqlalchemy import select

from jobs.scenario_file import Scenario, ScenarioStep, read
from jobs.scenario_part import Part, ScenarioRefused
from jobs.scenario_run import DEMO_COMPANY, Awaited, Story, first_day, start_of_year
from jobs.scenario_sights import outcome_of
from models import Database, Department, Person
from models.schema import migrate
from workflow import founding, regulation
from workflow.process import Refused, Step
from workflow.regulation import CS_MANAGEMENT, POLICIES, Pack

STORIES = POLICIES / "scenarios"
NOT_POSSIBLE = "not_possible"

Json = dict[str, Any]


def stories() -> list[Path]:
    """The stories that come with the product, in the order of their names."""
    return sorted(STORIES.glob("*.yaml"))


class Stage:
    """A place for stories: an empty database, migrated once and copied for each of them."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.empty = folder, folder / "empty.sqlite3"
        self.names = {employee.user: employee.name for employee in founding.read(DEMO_COMPANY).employees}
        database = Database(f"sqlite:///{self.empty}")
        migrate(database)
        database.dispose()

    def play(self, scenario: Scenario, content: Json) -> list[Json]:
        """What came of every step under the regulation with this content."""
        file = self.folder / "story.sqlite3"
        shutil.copy(self.empty, file)
        database = Database(f"sqlite:///{file}")
        try:
            return Rehearsed(scenario, database, content).outcomes()
        finally:
            database.dispose()
            for left in self.folder.glob("story.sqlite3*"):
                left.unlink()


def compare(file: Path, old: Json, new: Json, stage: Stage) -> Json:
    """One story under both editions: the steps that differ, or why it could not be played."""
    scenario = read(file)
    told: Json = {"name": scenario.name, "titles": scenario.titles, "steps": len(scenario.steps), "differs": []}
    try:
        pairs = zip(scenario.steps, stage.play(scenario, old), stage.play(scenario, new), strict=True)
        told["differs"] = [_step(step, was, would, stage.names) for step, was, would in pairs if was != would]
    except (ScenarioRefused, ValidationError) as error:
        told["error"] = str(error)
    return told


def _step(step: ScenarioStep, was: Json, would: Json, names: dict[str, str]) -> Json:
    keys = [key for key in {**was, **would} if was.get(key) != would.get(key)]
    if "refused" in keys:
        # A step that is refused on one side has nothing else to compare.
        keys = [key for key in keys if key in ("refused", "fired")]
    of = step.what.get("case") or step.what.get("of") or ""
    return {
        "line": step.line, "at": step.at.isoformat(" ", "minutes") if step.at else None,
        "who": names.get(step.what.get("as", "")), "do": step.what.get("do"), "see": step.what.get("see"),
        "of": names.get(of, ""),
        "old": {key: was.get(key) for key in keys}, "new": {key: would.get(key) for key in keys},
    }  # fmt: skip


class Rehearsed(Story):
    """A story that notes what comes of its steps, under an edition that is handed in."""

    def __init__(self, scenario: Scenario, database: Database, content: Json) -> None:
        super().__init__(scenario, database)
        self.content, self.noted = content, dict[str, Any]()

    def outcomes(self) -> list[Json]:
        self._found_company()
        with self.database.reading() as session:
            self.people = {person.username: person.name for person in session.scalars(select(Person))}
            self.departments = {d.slug: [d.name_zh, d.name_en] for d in session.scalars(select(Department))}
        return list(self._outcomes())

    def _outcomes(self) -> Iterator[Json]:
        for step in self.scenario.steps:
            self.noted = {}
            try:
                self._run(step)
            except Awaited:
                pass  # what the product cannot do yet comes to nothing under either edition
            except (KeyError, AssertionError):
                # An earlier step that opened the case came to nothing.
                self.noted["refused"] = NOT_POSSIBLE
            yield {**({"fired": self.fired} if self.fired else {}), **self.noted}

    def _found_company(self) -> None:
        """The demo company, with the edition that is rehearsed in place of its own."""
        description = founding.read(DEMO_COMPANY)
        others = {slug: values for slug, values in description.company_values.items() if slug != CS_MANAGEMENT}
        self.values = others
        pack = Pack.model_validate(with_settings(self.content, self.scenario.settings))
        founded = start_of_year(self.now)
        with self.database.writing() as session:
            description = description.model_copy(update={"company_values": others})
            founding.found(session, description, at=founded, is_demo=True)
            regulation.put_in_force(session, pack, from_day=first_day(self.now), at=founded)
            session.commit()

    def _check_refusal(self, step: ScenarioStep, refusal: Refused) -> str:
        self.noted["refused"] = refusal.code
        return ""

    def _check_outcome(self, step: ScenarioStep, taken: Step[Any] | None) -> None:
        if taken is None:
            return
        outcome = outcome_of(taken, self._when_of)
        self.noted |= outcome
        for key in ("points", "money"):
            self.noted[key] = [[self._named(who), *entry] for who, posted in outcome[key].items() for entry in posted]

    def _check_sight(self, step: ScenarioStep, found: Any) -> None:
        self.noted["found"] = found

    def _named(self, subject: str) -> list[str]:
        """The name of a person or a department, in both languages."""
        return self.departments.get(subject) or [self.people[subject]] * 2


def with_settings(content: Json, settings: dict[str, Part]) -> Json:
    """The edition, with the values that the story itself changes."""
    changed = deepcopy(content)
    for path, part in settings.items():
        slug, *keys = path.split(".")
        if slug == CS_MANAGEMENT:
            _lay(changed, keys, part.value())
    return changed


def _lay(content: Json, keys: list[str], value: Any) -> None:
    place: Any = content
    if keys[0] == "deadlines" and len(keys) == 3:
        keys, value = keys[:2], {keys[2]: value}  # a limit has one unit
    for key in keys[:-1]:
        if not isinstance(place.get(key), dict):
            place[key] = {}
        place = place[key]
    place[keys[-1]] = value


def rehearse(old: Json, new: Json) -> Iterator[Json]:
    """Every story of the product, one after the other."""
    with TemporaryDirectory() as folder:
        stage = Stage(Path(folder))
        for file in stories():
            yield compare(file, old, new, stage)
