"""Every scenario runs: those of the design, where they stand beside the project, and the project's own."""

from pathlib import Path

import pytest

from commands.scenario_file import ScenarioRefused, read
from commands.scenario_run import Awaited, Story
from models import Database
from models.schema import migrate

HERE = Path(__file__).resolve().parent
SHARED = HERE.parent.parent / "shared" / "scenarios"
FILES = sorted((HERE / "scenarios").glob("*.yaml")) + sorted(SHARED.glob("*.yaml"))
# Stories of processes that are not part of the product yet, each by name.
AWAITED = {"measures", "penalty-ladder", "penalty-revoked-regrades", "rework-shared", "scorecards"}

pytestmark = pytest.mark.nodb


def story(file: Path, folder: Path) -> Story:
    database = Database(f"sqlite:///{folder}/scenario.sqlite3")
    migrate(database)
    return Story(read(file), database)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_the_story_holds(file: Path, tmp_path: Path) -> None:
    if file.stem in AWAITED:
        with pytest.raises(Awaited):
            list(story(file, tmp_path).run())
    else:
        assert list(story(file, tmp_path).run())


FILING = "at: 2026-03-02 09:00, as: cr.sun, do: complaint.file"


@pytest.mark.parametrize(
    ("steps", "complaint"),
    [
        (f"steps:\n- {{{FILING}, whith: {{}}}}", ":3: unknown key “whith”"),
        ("stepps: []", ":2: unknown key “stepps”"),
        ("steps:\n- {see: weather}", ":3: nothing is called “weather”"),
        ("steps:\n- {as: cr.sun, do: complaint.accept, case: c9}", ":3: no case is called “c9”"),
        ("steps:\n- {as: nobody, do: complaint.accept, case: c9}", ":3: nobody is called “nobody”"),
        ("steps:\n- {as: cr.sun, do: complaint.explode, case: c9}", ":3: nobody can do “complaint.explode”"),
    ],
)
def test_an_unknown_word_is_an_error_with_its_line(steps: str, complaint: str, tmp_path: Path) -> None:
    file = tmp_path / "story.yaml"
    file.write_text(f"scenario: x\n{steps}\n", encoding="utf-8")
    with pytest.raises(ScenarioRefused) as refusal:
        list(story(file, tmp_path).run())
    assert complaint in str(refusal.value)


def test_an_expectation_that_does_not_hold_fails_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "story.yaml"
    file.write_text(
        "scenario: x\nsteps:\n- at: 2026-03-02 09:00\n  as: cr.sun\n  do: complaint.file\n"
        "  with: {customer_name: 甲, channel: phone, category: other, severity: minor, description: 一, 二}\n"
        "  expect: {state: resolved}\n",
        encoding="utf-8",
    )
    with pytest.raises(AssertionError, match=r"story\.yaml:3: state: 'filed', expected 'resolved'"):
        list(story(file, tmp_path).run())
