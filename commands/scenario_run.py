"""Runs one scenario: the same verbs as the pages, a clock that the story sets."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from commands.scenario_file import Scenario, ScenarioRefused, ScenarioStep
from commands.scenario_inputs import Inputs
from commands.scenario_sights import Sights, outcome_of
from models import Complaint, Database, Person
from workflow import founding, overdue, roles
from workflow.complaint import VERBS, file
from workflow.office import Office
from workflow.process import Refused, Step

DEMO_COMPANY = Path(__file__).resolve().parent.parent / "demo" / "company.yaml"


ZONE = ZoneInfo("Asia/Shanghai")
NO_TIME_GIVEN = datetime(2026, 1, 5, 9, tzinfo=ZONE)


class Awaited(Exception):
    """The story speaks of a process that the product does not have yet."""


class Story:
    """One scenario on one fresh database."""

    def __init__(self, scenario: Scenario, database: Database) -> None:
        self.scenario, self.database = scenario, database
        self.names: dict[str, int] = {}
        self.fired: list[str] = []
        self.now = _utc(scenario.steps[0].at or NO_TIME_GIVEN)

    def run(self) -> Iterator[str]:
        """Run every step; yields a line for each, raises AssertionError where one does not hold."""
        self._found_company()
        for step in self.scenario.steps:
            try:
                yield self._run(step)
            except AssertionError as error:
                raise AssertionError(f"{self.scenario.file}:{step.line}: {error}") from None

    def _found_company(self) -> None:
        description = founding.read(DEMO_COMPANY)
        values = _with_settings(description.company_values, self.scenario)
        with self.database.writing() as session:
            description = description.model_copy(update={"company_values": values})
            founding.found(session, description, at=_start_of_year(self.now), is_demo=True)
            session.commit()

    def _run(self, step: ScenarioStep) -> str:
        self._move_the_clock(step)
        if "do" in step.what:
            return self._do(step)
        if "see" in step.what:
            return self._see(step)
        if "measure" in step.what:
            raise Awaited(f"{self._place(step)}: measures are not part of the product yet")
        return f"{step.at:%m-%d %H:%M}"

    def _move_the_clock(self, step: ScenarioStep) -> None:
        if step.at is not None:
            moment = _utc(step.at)
            if moment < self.now:
                raise ScenarioRefused(f"{self._place(step)}: the clock only goes forward")
            self.now = moment
        with self.database.writing() as session:
            fired = overdue.carry_out(session, self.now)
            self.fired = [f"complaint.{taken.rule.name}" for taken in fired]
            session.commit()

    def _do(self, step: ScenarioStep) -> str:
        process, _, action = step.what["do"].partition(".")
        if process != "complaint":
            raise Awaited(f"{self._place(step)}: “{step.what['do']}” is not part of the product yet")
        if action not in VERBS or action == "lapse":
            raise ScenarioRefused(f"{self._place(step)}: nobody can do “{step.what['do']}”")
        with self.database.writing() as session:
            try:
                taken = self._act(session, step, action)
            except Refused as refusal:
                return self._check_refusal(step, refusal)
            assert "refused" not in step.what, f"was carried out, though it must be refused as {step.what['refused']}"
            session.flush()
            self._check_outcome(step, taken)
            session.commit()
            if "name" in step.what:
                self.names[step.what["name"]] = taken.subject.id
        return f"{self._when()} {step.what['as']} {step.what['do']} → {taken.subject.state.value}"

    def _act(self, session: Session, step: ScenarioStep, action: str) -> Step[Complaint]:
        person = self._person(session, step)
        actor = Office(session).actor(person, self.now)
        inputs = Inputs(session, self._place(step), ZONE)
        if action == "file":
            taken = file(inputs.filing(step.what.get("with") or {}), by=actor, at=self.now)
            session.add(taken.subject)
            return taken
        complaint = Complaint.locked(session, self._case(step))
        roles.require_sight(complaint, actor)
        arguments = inputs.arguments(action, step.what.get("with") or {})
        return VERBS[action](complaint, by=actor, at=self.now, **arguments)

    def _check_refusal(self, step: ScenarioStep, refusal: Refused) -> str:
        expected = step.what.get("refused")
        assert expected == refusal.code, f"refused as {refusal.code} ({refusal}), expected {expected or 'no refusal'}"
        return f"{self._when()} {step.what['as']} {step.what['do']} refused: {refusal.code}"

    def _check_outcome(self, step: ScenarioStep, taken: Step[Complaint]) -> None:
        outcome = outcome_of(taken, self._when_of)
        for key, expected in (step.what.get("expect") or {}).items():
            wanted = _listed(expected) if key in ("points", "money") else expected
            assert outcome[key] == wanted, f"{key}: {outcome[key]!r}, expected {wanted!r}"

    def _see(self, step: ScenarioStep) -> str:
        with self.database.reading() as session:
            sights = Sights(session, self.now, self.names, self.fired, self._place(step))
            found = sights.see(step.what)
        if found is NotImplemented:
            raise Awaited(f"{self._place(step)}: “{step.what['see']}” is not part of the product yet")
        assert found == step.what.get("expect"), f"{found!r}, expected {step.what.get('expect')!r}"
        return f"{self._when()} see {step.what['see']} of {step.what.get('of', '–')}: {found}"

    def _person(self, session: Session, step: ScenarioStep) -> Person:
        person = session.scalars(select(Person).filter_by(username=step.what["as"])).first()
        if person is None:
            raise ScenarioRefused(f"{self._place(step)}: nobody is called “{step.what['as']}”")
        return person

    def _case(self, step: ScenarioStep) -> int:
        name = step.what.get("case")
        if name not in self.names:
            raise ScenarioRefused(f"{self._place(step)}: no case is called “{name}”")
        return self.names[str(name)]

    def _place(self, step: ScenarioStep) -> str:
        return f"{self.scenario.file}:{step.line}"

    def _when(self) -> str:
        return self._when_of(self.now)

    @staticmethod
    def _when_of(moment: datetime) -> str:
        return moment.astimezone(ZONE).strftime("%Y-%m-%d %H:%M")


def _listed(expected: dict[str, Any]) -> dict[str, list[list[Any]]]:
    """One pair or a list of pairs, as a list of pairs."""
    return {subject: pairs if isinstance(pairs[0], list) else [pairs] for subject, pairs in expected.items()}


def _with_settings(values: dict[str, dict[str, Any]], scenario: Scenario) -> dict[str, dict[str, Any]]:
    """The company's values with those of the story laid over them, by dotted path from the pack's name."""
    changed = {slug: dict(pack) for slug, pack in values.items()}
    for path, value in scenario.settings.items():
        slug, *keys = path.split(".")
        place = changed.setdefault(slug, {})
        for key in keys[:-1]:
            place[key] = dict(place.get(key) or {})
            place = place[key]
        place[keys[-1]] = value
    return changed


def _utc(moment: datetime) -> datetime:
    return moment.replace(tzinfo=ZONE).astimezone(UTC)


def _start_of_year(moment: datetime) -> datetime:
    return moment.astimezone(ZONE).replace(month=1, day=1, hour=0, minute=0).astimezone(UTC)
