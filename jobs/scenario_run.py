"""Runs one scenario: the same verbs as the pages, a clock that the story sets."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from jobs import scenario_measure
from jobs.scenario_acts import BOOKS, VERBS, Deed
from jobs.scenario_file import Scenario, ScenarioStep
from jobs.scenario_inputs import Inputs
from jobs.scenario_part import Part, ScenarioRefused, as_written
from jobs.scenario_settings import Values, laid_over
from jobs.scenario_sights import Sights, outcome_of
from jobs.scenario_words import OPENING
from models import Database, Person
from workflow import founding, overdue
from workflow.office import Office
from workflow.process import Refused, Step

DEMO_COMPANY = Path(__file__).resolve().parent.parent / "demo" / "company.yaml"
ZONE = ZoneInfo("Asia/Shanghai")
NO_TIME_GIVEN = datetime(2026, 1, 5, 9, tzinfo=ZONE)


class Awaited(Exception):
    """The story speaks of a process that the product does not have yet."""


COMPUTED = {"measure": scenario_measure.measure, "assess": scenario_measure.assess, "inspect": scenario_measure.inspect}


class Story:
    """One scenario on one fresh database."""

    def __init__(self, scenario: Scenario, database: Database) -> None:
        self.scenario, self.database = scenario, database
        self.names: dict[str, tuple[str, int]] = {}
        self.fired: list[str] = []
        self.values: Values = {}
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
        self.values = values = laid_over(description.company_values, self.scenario.settings)
        with self.database.writing() as session:
            description = description.model_copy(update={"company_values": values})
            founding.found(session, description, at=start_of_year(self.now), is_demo=True)
            session.commit()

    def _run(self, step: ScenarioStep) -> str:
        self._move_the_clock(step)
        if "do" in step.what:
            return self._do(step)
        if "see" in step.what:
            return self._see(step)
        for kind, compute in COMPUTED.items():
            if kind in step.what:
                return f"{self._when()} {kind} {self._measured(step.what[kind])}: {compute(step.what, self.values)}"
        return f"{step.at:%m-%d %H:%M}"

    @staticmethod
    def _measured(what: Any) -> Any:
        return what.value() if isinstance(what, Part) else what

    def _move_the_clock(self, step: ScenarioStep) -> None:
        if step.at is not None:
            moment = _utc(step.at)
            if moment < self.now:
                raise ScenarioRefused(f"{self._place(step)}: the clock only goes forward")
            self.now = moment
        with self.database.writing() as session:
            fired = overdue.carry_out(session, self.now)
            self.fired = [f"{taken.subject.kind}.{taken.rule.name}" for taken in fired]
            session.commit()

    def _do(self, step: ScenarioStep) -> str:
        process, _, action = step.what["do"].partition(".")
        with self.database.writing() as session:
            try:
                taken = self._act(session, step, process, action)
            except Refused as refusal:
                return self._check_refusal(step, refusal)
            session.flush()
            self._check_outcome(step, taken)
            session.commit()
            if "name" in step.what and taken is not None:
                self.names[step.what["name"]] = (process, taken.subject.id)
        became = taken.subject.state.value if taken is not None else "done"
        return f"{self._when()} {step.what['as']} {step.what['do']} → {became}"

    def _act(self, session: Session, step: ScenarioStep, process: str, action: str) -> Step[Any] | None:
        actor = Office(session).actor(self._person(session, step), self.now)
        deed, did = Deed(session, actor, self.now), step.what["do"]
        inputs = Inputs(session, ZONE, self.names).of(did, step.what.get("with", {}))
        if did in OPENING:
            return deed.open_case(process, inputs)
        if did == "letter.acknowledge":
            deed.acknowledge(*self.names[step.what["case"]], inputs["kind"])
            return None
        if process in VERBS:
            of, case_id = self.names[step.what["case"]]
            assert of == process, f"“{step.what['case']}” is no {process}"
            return deed.on_case(process, action, case_id, inputs)
        if did not in BOOKS:
            raise Awaited(f"{self._place(step)}: “{did}” is not part of the product yet")
        return BOOKS[did](deed, inputs)

    def _check_refusal(self, step: ScenarioStep, refusal: Refused) -> str:
        expected = step.what.get("refused")
        assert expected == refusal.code, f"refused as {refusal.code} ({refusal}), expected {expected or 'no refusal'}"
        return f"{self._when()} {step.what['as']} {step.what['do']} refused: {refusal.code}"

    def _check_outcome(self, step: ScenarioStep, taken: Step[Any] | None) -> None:
        assert "refused" not in step.what, f"was carried out, though it must be refused as {step.what['refused']}"
        if taken is None:
            return
        outcome = outcome_of(taken, self._when_of)
        for key, expected in step.what.get("expect", {}).items():
            assert outcome[key] == expected, f"{key}: {outcome[key]!r}, expected {expected!r}"

    def _see(self, step: ScenarioStep) -> str:
        with self.database.reading() as session:
            sights = Sights(session, self.now, self.names, self.fired, self._place(step))
            found = sights.see(step.what)
        if found is NotImplemented:
            raise Awaited(f"{self._place(step)}: “{step.what['see']}” is not part of the product yet")
        self._check_sight(step, found)
        return f"{self._when()} see {step.what['see']} of {step.what.get('of', '–')}: {found}"

    def _check_sight(self, step: ScenarioStep, found: Any) -> None:
        assert found == step.what["expect"], f"{found!r}, expected {step.what['expect']!r}"

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


def first_day(moment: datetime) -> date:
    return start_of_year(moment).astimezone(ZONE).date()


def start_of_year(moment: datetime) -> datetime:
    return moment.astimezone(ZONE).replace(month=1, day=1, hour=0, minute=0).astimezone(UTC)
