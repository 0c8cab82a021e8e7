"""Runs one scenario: the same verbs as the pages, a clock that the story sets."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from commands.scenario_file import Scenario, ScenarioStep
from commands.scenario_inputs import Inputs
from commands.scenario_part import ScenarioRefused, as_written
from commands.scenario_settings import laid_over
from commands.scenario_sights import Sights, outcome_of
from models import Category, Channel, Complaint, Database, Person, Severity
from workflow import founding, overdue, roles
from workflow.complaint import VERBS, file
from workflow.filing import Filing
from workflow.office import Office
from workflow.process import INVALID, Objection, Refused, Step

DEMO_COMPANY = Path(__file__).resolve().parent.parent / "demo" / "company.yaml"
ZONE = ZoneInfo("Asia/Shanghai")
NO_TIME_GIVEN = datetime(2026, 1, 5, 9, tzinfo=ZONE)
STAND_INS = {"channel": Channel.PHONE, "category": Category.OTHER, "severity": Severity.NORMAL}


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
        values = laid_over(description.company_values, self.scenario.settings)
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
        actor = Office(session).actor(self._person(session, step), self.now)
        inputs, given = Inputs(session, ZONE), step.what.get("with", {})
        if action == "file":
            return self._file(session, actor, inputs.of("complaint.file", given))
        complaint = Complaint.locked(session, self.names[step.what["case"]])
        roles.require_sight(complaint, actor)
        return VERBS[action](complaint, by=actor, at=self.now, **inputs.of(step.what["do"], given))

    def _file(self, session: Session, actor: roles.Actor, inputs: dict[str, Any]) -> Step[Complaint]:
        """A filing always has its choices. Something stands in for one that was left out, so that the rule
        speaks of all else first; then it is refused, as the form refuses it."""
        missing = [name for name in STAND_INS if inputs[name] is None]
        filing = Filing(**{**inputs, **{name: STAND_INS[name] for name in missing}})
        taken = file(filing, by=actor, at=self.now)
        if missing:
            raise Refused([Objection(INVALID, f"“{missing[0]}” is missing")])
        session.add(taken.subject)
        return taken

    def _check_refusal(self, step: ScenarioStep, refusal: Refused) -> str:
        expected = step.what.get("refused")
        assert expected == refusal.code, f"refused as {refusal.code} ({refusal}), expected {expected or 'no refusal'}"
        return f"{self._when()} {step.what['as']} {step.what['do']} refused: {refusal.code}"

    def _check_outcome(self, step: ScenarioStep, taken: Step[Complaint]) -> None:
        outcome = outcome_of(taken, self._when_of)
        for key, expected in step.what.get("expect", {}).items():
            assert outcome[key] == expected, f"{key}: {outcome[key]!r}, expected {expected!r}"

    def _see(self, step: ScenarioStep) -> str:
        with self.database.reading() as session:
            sights = Sights(session, self.now, self.names, self.fired, self._place(step))
            found = sights.see(step.what)
        if found is NotImplemented:
            raise Awaited(f"{self._place(step)}: “{step.what['see']}” is not part of the product yet")
        assert found == step.what["expect"], f"{found!r}, expected {step.what['expect']!r}"
        return f"{self._when()} see {step.what['see']} of {step.what.get('of', '–')}: {found}"

    def _person(self, session: Session, step: ScenarioStep) -> Person:
        person = session.scalars(select(Person).filter_by(username=step.what["as"])).first()
        if person is None:
            raise ScenarioRefused(f"{self._place(step)}: nobody is called “{step.what['as']}”")
        return person

    def _place(self, step: ScenarioStep) -> str:
        return f"{self.scenario.file}:{step.line}"

    def _when(self) -> str:
        return self._when_of(self.now)

    @staticmethod
    def _when_of(moment: datetime) -> str:
        return as_written(moment.astimezone(ZONE))


def _utc(moment: datetime) -> datetime:
    return moment.replace(tzinfo=ZONE).astimezone(UTC)


def _start_of_year(moment: datetime) -> datetime:
    return moment.astimezone(ZONE).replace(month=1, day=1, hour=0, minute=0).astimezone(UTC)
