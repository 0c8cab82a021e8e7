"""Every scenario runs: those of the design, where they stand beside the project, and the project's own."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from commands.scenario import command
from jobs.scenario_file import read
from jobs.scenario_part import ScenarioRefused
from jobs.scenario_rehearsal import STORIES
from jobs.scenario_run import Story
from jobs.scenario_words import ACTIONS, inputs_of, required_by
from models import Database
from models.schema import migrate
from workflow.complaint import COMPLAINT

HERE = Path(__file__).resolve().parent
SHARED = HERE.parent.parent / "shared" / "scenarios"
FOLDERS = (HERE / "scenarios", STORIES, SHARED)
FILES = [file for folder in FOLDERS for file in sorted(folder.glob("*.yaml"))]

Play = Callable[[Path], list[str]]


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database that was migrated once; every story gets a copy."""
    file = tmp_path_factory.mktemp("empty") / "empty.sqlite3"
    database = Database(f"sqlite:///{file}")
    migrate(database)
    with database.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    database.dispose()
    return file


@pytest.fixture
def play(empty: Path, tmp_path: Path) -> Play:
    """Read a file and run it; what it prints."""

    def lines(file: Path) -> list[str]:
        scenario = read(file)
        shutil.copy(empty, tmp_path / "story.sqlite3")
        database = Database(f"sqlite:///{tmp_path}/story.sqlite3")
        try:
            return list(Story(scenario, database).run())
        finally:
            database.dispose()

    return lines


@pytest.fixture
def written(tmp_path: Path) -> Callable[[str], Path]:
    def write(text: str) -> Path:
        file = tmp_path / "story.yaml"
        file.write_text(text, encoding="utf-8")
        return file

    return write


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_the_story_holds(file: Path, play: Play) -> None:
    assert play(file)


def test_every_scenario_has_a_name_of_its_own() -> None:
    # What the design tells is told again among the product's stories.
    names = [read(file).name for file in FILES if file.parent != SHARED]
    assert sorted(set(names)) == sorted(names)


def test_a_story_can_do_every_step_of_a_complaint_that_a_person_can() -> None:
    words = {name.removeprefix("complaint.") for name in ACTIONS if name.startswith("complaint.")}
    assert words == set(COMPLAINT.actions) - {"lapse"}


INPUTS = {
    "customer_name": "甲", "channel": "phone", "category": "other", "severity": "minor", "description": "一",
    "department": "sales",
}  # fmt: skip


def filing(**changes: str | None) -> str:
    """The inputs of a filing, in braces; None leaves one out."""
    inputs = {name: value for name, value in {**INPUTS, **changes}.items() if value is not None}
    return "{" + ", ".join(f"{name}: {value}" for name, value in inputs.items()) + "}"


def filed(keys: str = "name: c1", **changes: str | None) -> str:
    return f"at: 2026-03-02 09:00, as: cr.sun, do: complaint.file, with: {filing(**changes)}, {keys}"


def steps(*lines: str) -> str:
    """A scenario of which the first step stands on line 3."""
    return "scenario: x\nsteps:\n" + "".join(f"- {{{line}}}\n" for line in lines)


ASSIGN = "as: cr.sun, do: complaint.assign, case: c1"
ACCEPT = "as: sales.chen, do: complaint.accept, case: c1"


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        # The file
        ("", ":1: the file is empty"),
        ("scenario: x\nsteps: [\n", ":3: expected the node content, but found '<stream end>'"),
        ("scenario: x\ntitle: \x07\nsteps: []", ":2: special characters are not allowed"),
        ("scenario: x\nsteps: " + "[" * 2000, ":1: the file is nested too deeply"),
        ("- scenario", ":1: “the file” takes keys with values"),
        ("scenario: x\nstepps: []", ":2: unknown key “stepps” in a scenario"),
        ("scenario: x\nscenario: y\nsteps: []", ":2: “scenario” stands twice"),
        ("scenario: x\nsteps:\n- {? [at] : 5}", ":3: a key is a word"),
        ("scenario: x", ":1: “steps” is missing in a scenario"),
        ("scenario: 5\nsteps: [{see: audit, expect: ok}]", ":1: “scenario” takes a text"),
        ("scenario: x\nsteps: []", ":2: a scenario needs at least one step"),
        ("scenario: x\nsteps: 5", ":2: “steps” takes a list"),
        ("scenario: x\nrules: CS-1\nsteps: []", ":2: “rules” takes a list"),
        ("scenario: x\nrules: [CS-10, CS-11]\nsteps: []", ":2: no rule is called “CS-11”"),
        ("scenario: x\nrules:\n- PAY-7\n- PAY-8\nsteps: []", ":4: no rule is called “PAY-8”"),
        ("scenario: x\nrules: [[CS-1]]\nsteps: []", ":2: no rule is called “['CS-1']”"),
        # A step
        (steps(""), ":3: “at” is missing in a step that does, sees and measures nothing"),
        (steps("whith: 5"), ":3: unknown key “whith” in a step"),
        ("scenario: x\nsteps: [5]", ":2: “steps” takes keys with values"),
        (steps("at: 2026-03-04"), ":3: “2026-03-04” is no moment such as 2026-03-02 09:00"),
        (steps("at: 2026-03-04 10:00Z"), ":3: “2026-03-04 10:00Z” is no moment"),
        (steps("at: 2026-03-04 10:00:00+08:00"), ":3: “2026-03-04 10:00:00+08:00” is no moment"),
        (steps("at: 2026-02-30 10:00"), ":3: “2026-02-30 10:00” is no moment"),
        (steps("at: 0001-01-01 10:00"), ":3: “0001-01-01 10:00” is no moment"),
        (steps("at: [2026]"), ":3: “[2026]” is no moment"),
        (steps("at: 2026-03-04 10:00", "at: 2026-03-04 09:59"), ":4: the clock only goes forward"),
        # An act
        (steps("as: cr.sun, do: 5"), ":3: nobody can do “5”"),
        (steps("as: cr.sun, do: [complaint.file]"), ":3: nobody can do “['complaint.file']”"),
        (steps("as: cr.sun, do: complaint.explode"), ":3: nobody can do “complaint.explode”"),
        (steps("as: cr.sun, do: complaint.lapse"), ":3: nobody can do “complaint.lapse”"),
        (steps("as: cr.sun, do: penalty.explode"), ":3: nobody can do “penalty.explode”"),
        (steps("do: complaint.file"), ":3: “as” is missing in “do: complaint.file”"),
        (steps("as: 5, do: complaint.file"), ":3: “as” takes a text"),
        (steps(r'as: "\ud800", do: complaint.file'), ":3: “as” has a character that no text can have"),
        (steps("as: nobody, do: complaint.file"), ":3: nobody is called “nobody”"),
        (steps(filed("whith: {}")), ":3: unknown key “whith” in “do: complaint.file”"),
        (steps(filed("see: audit")), ":3: unknown key “see” in “do: complaint.file”"),
        (steps(filed("case: c1")), ":3: unknown key “case” in “do: complaint.file”"),
        (steps("as: cr.sun, do: complaint.assign"), ":3: “case” is missing in “do: complaint.assign”"),
        (steps("as: cr.sun, do: complaint.assign, case: c9"), ":3: no case is called “c9”"),
        (steps("as: cr.sun, do: complaint.assign, case: [c9]"), ":3: no case is called “['c9']”"),
        (steps(filed(), f"{ASSIGN}, name: c2"), ":4: unknown key “name” in “do: complaint.assign”"),
        (steps(filed(), filed()), ":4: a case is called “c1” already"),
        (steps(filed("name: 5")), ":3: “name” takes a text"),
        (steps(filed("refused: forbiden")), ":3: unknown refusal “forbiden”"),
        (steps(filed("refused: [forbidden]")), ":3: unknown refusal “['forbidden']”"),
        (steps(filed("refused: invalid, expect: {}")), ":3: a step that is refused changes nothing; “expect” has"),
        (steps(filed("refused: invalid, name: c1")), ":3: a step that is refused changes nothing; “name” has"),
        # Its inputs
        (steps("as: cr.sun, do: complaint.file, with: 5"), ":3: “with” takes keys with values"),
        (steps(filed(colour="red")), ":3: unknown key “colour” in “do: complaint.file”"),
        (steps(filed(), f"{ASSIGN}, with: {{reason: r}}"), ":4: unknown key “reason” in “do: complaint.assign”"),
        ("scenario: x\nsteps:\n- as: cr.sun\n  do: complaint.file\n  with:\n    colour: 5", ":6: unknown key “colour”"),
        (steps(filed(channel="fax")), ":3: “fax” is none of phone, visit"),
        (steps(filed(channel="[]")), ":3: “[]” is none of phone, visit"),
        (steps(filed(severity="true")), ":3: “True” is none of minor, normal, major"),
        (steps(filed(department="kitchen")), ":3: no department is called “kitchen”"),
        (steps(filed(department="{}")), ":3: “department” takes a text"),
        (steps(filed(respondent="nobody")), ":3: nobody is called “nobody”"),
        (steps(filed(customer_phone="13800000001")), ":3: “customer_phone” takes a text; put a number or a day in"),
        (steps(filed(description="2026-13-45")), ":3: “description” has a value that cannot be read"),
        (steps(filed(description="!bell x")), ":3: “description” has a value that cannot be read"),
        (steps(filed(description="!!bool x")), ":3: “description” has a value that cannot be read"),
        (steps(filed(), ASSIGN, f"{ACCEPT}, with: {{violation: vielleicht}}"), ":5: “violation” takes true or false"),
        # An expectation of an act
        (steps(filed("expect: 5")), ":3: “expect” takes keys with values"),
        (steps(filed("expect: {colour: red}")), ":3: unknown key “colour” in “expect”"),
        (steps(filed("expect: {state: asigned}")), ":3: no state is called “asigned”"),
        (steps(filed("expect: {letters: [complaint_recrod]}")), ":3: no letter is called “complaint_recrod”"),
        (steps(filed("expect: {letters: complaint_record}")), ":3: “letters” takes a list"),
        (steps(filed("expect: {points: {sales: -1}}")), ":3: “sales” takes a list"),
        (steps(filed("expect: {points: {sales: []}}")), ":3: “sales” takes pairs such as [-5, provisional]"),
        (steps(filed("expect: {points: {sales: [[-1]]}}")), ":3: “sales” takes pairs such as [-5, provisional]"),
        (steps(filed("expect: {points: {sales: [-1, done]}}")), ":3: “done” is none of provisional, final"),
        (steps(filed("expect: {points: {sales: [one, final]}}")), ":3: “sales” takes a number, not “one”"),
        (steps(filed("expect: {points: 5}")), ":3: “points” takes keys with values"),
        (steps(filed("expect: {money: {sales.wang: [-1, final]}}")), ":3: “final” is none of fine, joint_fine"),
        (steps(filed("expect: {due: tomorrow}")), ":3: “tomorrow” is no moment"),
        # A look
        (steps("see: weather"), ":3: nothing is called “weather”"),
        (steps("see: {points: x, of: 95}"), ":3: nothing is called “{'points': 'x', 'of': 95}”"),
        (steps("see: audit"), ":3: “expect” is missing in “see: audit”"),
        (steps("see: points, expect: 100"), ":3: “of” is missing in “see: points”"),
        (steps("see: points, of: 5, expect: 100"), ":3: “of” takes a text"),
        (steps("see: points, of: nobody, expect: 100"), ":3: nobody is called “nobody”"),
        (steps("see: points, of: sales, ladder: sales, expect: 100"), ":3: unknown key “ladder” in “see: points”"),
        (steps("see: points, of: sales, month: March, expect: 100"), ":3: “March” is no month such as 2026-03"),
        (steps("see: points, of: sales, month: 2026-13, expect: 100"), ":3: “2026-13” is no month"),
        (steps("see: points, of: sales, expect: [100]"), ":3: “expect” takes a number, not “[100]”"),
        (steps("see: points, of: sales, expect: .nan"), ":3: “expect” takes a number, not “nan”"),
        (steps("see: fired, of: c1, expect: []"), ":3: unknown key “of” in “see: fired”"),
        (steps("see: fired, expect: [complaint.accept]"), ":3: no action is called “complaint.accept” here"),
        (steps("see: state, of: c9, expect: filed"), ":3: no case is called “c9”"),
        (
            steps(filed(), "see: state, of: c1, month: 2026-03, expect: filed"),
            ":4: unknown key “month” in “see: state”",
        ),
        (steps(filed(), "see: state, of: c1, expect: fild"), ":4: no state is called “fild”"),
        (steps(filed(), "see: letters, of: c1, expect: [x]"), ":4: no letter is called “x”"),
        (steps("see: inbox, of: cr.sun, expect: [[c1, [complaint.assign]]]"), ":3: no case is called “c1”"),
        (steps(filed(), "see: inbox, of: cr.sun, expect: [[c1, [x]]]"), ":4: no action is called “x”"),
        (steps(filed(), "see: inbox, of: cr.sun, expect: [c1]"), ":4: “expect” takes a list"),
        (steps("see: audit, expect: good"), ":3: an audit can only be expected to be ok, not “good”"),
        (steps("see: step, of: sales.wang, expect: first"), ":3: “ladder” is missing in “see: step”"),
        (steps("see: step, of: sales.wang, ladder: sales, expect: third"), ":3: no step is called “third”"),
        (steps("see: pay, of: sales.wang, month: 2026-03, expect: {paid: 5}"), ":3: unknown key “paid” in “expect”"),
        # A measure
        (steps("measure: OB-3, data: {}, value: 5"), ":3: no measure is called “OB-3”"),
        (steps("measure: OB-1, data: 5, value: 5"), ":3: “data” takes keys with values"),
        (steps("measure: OB-1, data: {}"), ":3: “value” is missing in “measure”"),
        (steps("measure: OB-1, data: {}, value: 5, of: sales"), ":3: unknown key “of” in “measure”"),
        (
            steps("measure: OB-1, data: {6: 1}, value: 5"),
            ":3: ratings: row ratings:1: level: 6 is no number from 1 to 5.",
        ),
        (
            steps("measure: OB-1, data: {one: 1}, value: 5"),
            ":3: ratings: row ratings:1: level: “one” is no number.",
        ),
        (steps("measure: OB-1, data: {5: -1}, value: 5"), ":3: “5” takes how often it was given, not “-1”"),
        (steps("measure: OB-1, data: {5: 1000001}, value: 5"), ":3: “5” takes how often it was given, not “1000001”"),
        (steps("measure: OB-1, data: {5: 1}, value: {score: 5}"), ":3: unknown key “score”; there are satisfaction"),
        (steps("measure: OB-1, data: {5: 1}, value: high"), ":3: “value” takes a number, not “high”"),
        (steps("measure: SVC-1, data: {}, value: 5"), ":3: “value” takes keys with values: average_days, same_day"),
        (steps("measure: SVC-3, data: {sheets: [45]}, value: {}"), ":3: “sheets” takes passed, submitted"),
        (steps("measure: SVC-3, data: {sheets: 45}, value: {}"), ":3: “sheets” takes passed, submitted"),
        (
            steps("measure: SVC-3, data: {sheets: [51, 50]}, value: {}"),
            ":3: sheets: row sheets:1: passed: 51 is more than",
        ),
        (steps("measure: SVC-3, data: {repair_days: [1]}, value: {}"), ":3: no source is called “repair_days” here"),
        (steps("assess: cs-management, data: {}"), ":3: no regulation about assessing is called “cs-management”"),
        (steps("assess: kpi"), ":3: “data” is missing in “assess”"),
        (steps("assess: kpi, data: {a: {}}, scheme: yearly"), ":3: no scheme is called “yearly”"),
        (steps("assess: kpi, data: {a: {}}, value: {b: {total: 5}}"), ":3: nothing was given of “b”"),
        (steps("assess: kpi, data: {a: {}}, targets: {a: {sales: 5}}"), ":3: no measure is called “sales”"),
        (steps("assess: kpi, data: {a: {}}, targets: {b: {revenue: 5}}"), ":3: nothing was given of “b”"),
        (steps("assess: kpi, data: {a: {}}, proposals: {a: [[5]]}"), ":3: a proposal is a pair such as [MS-3, -20]"),
        (steps("inspect: bodyshop, missed: [], value: {}"), ":3: no checklist is called “bodyshop”"),
        (steps("inspect: sales, missed: [coffee], value: {}"), ":3: no factor is called “coffee”"),
    ],
)
def test_what_is_not_understood_is_an_error_with_its_line(
    text: str, refusal: str, play: Play, written: Callable[[str], Path]
) -> None:
    file = written(text)
    with pytest.raises(ScenarioRefused) as refused:
        play(file)
    assert str(refused.value).startswith(f"{file}{refusal}")


@pytest.mark.parametrize(
    ("given", "refusal"),
    [
        ("complaint.complete, with: {measures_taken: m, completed_at: gestern}", "“gestern” is no moment"),
        ("complaint.complete, with: {measures_taken: m, completed_at: 2026-03-02}", "“2026-03-02” is no moment"),
        ("complaint.complete, with: {measures_taken: m, completed_at: 2026-03-02 09:00Z}", "“2026-03-02 09:00Z” is no"),
        ("complaint.complete, with: {measures_taken: m, rework_cost: .inf}", "“rework_cost” takes a number, not “inf”"),
        ("complaint.complete, with: {measures_taken: m, rework_cost: 1.005}", "“1.005” has more than two decimals"),
        ("complaint.report, with: {improvement_due: soon}", "“soon” is no day such as 2026-03-02"),
        ("complaint.report, with: {improvement_due: 2026-02-30}", "“2026-02-30” is no day"),
        ("complaint.report, with: {improvement_owner: nobody}", "nobody is called “nobody”"),
        ("complaint.verify, with: {satisfaction: gut}", "“satisfaction” takes a number, not “gut”"),
        ("complaint.withdraw, with: {reason: 5}", "“reason” takes a text"),
    ],
)
def test_an_input_that_means_nothing_is_an_error_with_its_line(
    given: str, refusal: str, play: Play, written: Callable[[str], Path]
) -> None:
    file = written(steps(filed(), f"as: cr.sun, case: c1, do: {given}"))
    with pytest.raises(ScenarioRefused) as refused:
        play(file)
    assert str(refused.value).startswith(f"{file}:4: {refusal}")


@pytest.mark.parametrize(
    ("settings", "refusal"),
    [
        ("5", ":2: “settings” takes keys with values"),
        ("{cs-management: 5}", ":2: “cs-management” is no path into a regulation"),
        ("{weather.rain: 5}", ":2: “weather.rain” is no path into a regulation"),
        (
            "{cs-management.deadlines.anser.hours: 5}",
            ":2: “cs-management.deadlines.anser.hours” cannot be changed so: ",
        ),
        (
            "{cs-management.deadlines.answer.hours: soon}",
            ":2: “cs-management.deadlines.answer.hours” cannot be changed",
        ),
        ("{cs-management.expires_after_months.x: 5}", ":2: “cs-management.expires_after_months.x”: "),
        (
            "{cs-management.ladders.sales.first: null}",
            ":2: “cs-management.ladders.sales.first” cannot be changed so: st",
        ),
        (
            "\n  cs-management.deadlines.answer.hours: 5\n  cs-management.x: 5",
            ":4: “cs-management.x” cannot be changed",
        ),
    ],
)
def test_a_setting_that_no_pack_takes_is_an_error_with_its_line(
    settings: str, refusal: str, play: Play, written: Callable[[str], Path]
) -> None:
    file = written(f"scenario: x\nsettings: {settings}\nsteps: [{{see: audit, expect: ok}}]\n")
    with pytest.raises(ScenarioRefused) as refused:
        play(file)
    assert str(refused.value).startswith(f"{file}{refusal}")


def test_settings_that_only_fit_together_are_taken(play: Play, written: Callable[[str], Path]) -> None:
    prices = "cs-management.rework_shares.leader: 30, cs-management.rework_shares.person: 70"
    assert play(written(f"scenario: x\nsettings: {{{prices}}}\nsteps: [{{see: audit, expect: ok}}]\n"))


def test_a_file_that_is_not_in_utf_8_is_an_error_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "story.yaml"
    file.write_bytes("scenario: x\ntitle: 客诉\n".encode("gb18030"))
    with pytest.raises(ScenarioRefused, match=r"story\.yaml:2: the file is not in UTF-8"):
        read(file)


@pytest.mark.parametrize("name", required_by("complaint.file"))
def test_a_filing_without_what_is_required_is_refused(name: str, play: Play, written: Callable[[str], Path]) -> None:
    missing = filing(**{name: None})
    stranger = f"as: sales.wang, do: complaint.file, with: {missing}, refused: forbidden"
    assert play(written(steps(stranger, f"as: cr.sun, do: complaint.file, with: {missing}, refused: invalid")))


REACHED = {
    "appeal": (ASSIGN,),
    "complete": (ASSIGN, ACCEPT),
    "withdraw": (),
}


@pytest.mark.parametrize("action", REACHED)
def test_a_step_without_what_is_required_is_refused(action: str, play: Play, written: Callable[[str], Path]) -> None:
    who = "cr.sun" if action == "withdraw" else "sales.chen"
    story = (filed(), *REACHED[action], f"as: {who}, do: complaint.{action}, case: c1, refused: invalid")
    assert required_by(f"complaint.{action}") and play(written(steps(*story)))


def test_an_input_that_is_required_is_an_input() -> None:
    assert all(set(required_by(action)) <= set(inputs_of(action)) for action in ACTIONS)


@pytest.mark.parametrize(
    ("story", "difference"),
    [
        ((filed("expect: {state: resolved}"),), ":3: state: 'filed', expected 'resolved'"),
        ((filed("expect: {due: 2026-03-02 14:00}"),), ":3: due: '2026-03-02 13:00', expected '2026-03-02 14:00'"),
        ((filed("refused: invalid"),), ":3: was carried out, though it must be refused as invalid"),
        ((filed(), "see: points, of: sales, expect: 99"), ":4: 100, expected 99"),
        (("measure: OB-1, data: {5: 1}, value: 4",), ":3: satisfaction: 5.00, expected 4"),
        (("measure: OB-1, data: {5: 1}, value: null",), ":3: satisfaction: 5.00, expected no data"),
        (("measure: OB-1, data: {}, value: 0",), ":3: satisfaction: no data (no_rows: ratings), expected 0"),
        (
            ("assess: kpi, data: {a: {}}, value: {a: {total: 5}}",),
            ":3: a: total: no data (no_rows: customer_experience)",
        ),
        (("assess: kpi, data: {a: {}}, refused: invalid",), ":3: was carried out, though it must be refused"),
        (
            ("inspect: sales, missed: [listens], value: {score: 97}, proposals: {}",),
            ":3: proposals: sales_consultant MS-3 -20; sales_director MS-4 -20, expected none",
        ),
        (
            (filed("expect: {}"), "see: inbox, of: cr.sun, expect: []"),
            ":4: [['2026-1', ['complaint.assign']]], expected",
        ),
    ],
)
def test_an_expectation_that_does_not_hold_fails_with_its_line(
    story: tuple[str, ...], difference: str, play: Play, written: Callable[[str], Path]
) -> None:
    file = written(steps(*story))
    with pytest.raises(AssertionError) as failed:
        play(file)
    assert str(failed.value).startswith(f"{file}{difference}")


def test_the_command_says_what_is_wrong_and_ends_with_1(written: Callable[[str], Path]) -> None:
    file = written(steps("see: weather"))
    result = CliRunner().invoke(command, [str(file), f"{file}.missing"])
    assert result.exit_code == 1
    assert result.output.splitlines() == [
        f"{file}:3: nothing is called “weather”",
        f"{file}.missing: No such file or directory",
    ]
