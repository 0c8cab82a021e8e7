"""Policy packs: strict when read, complete when put in force, immutable afterwards."""

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from tests.builders import MONDAY
from workflow import regulation
from workflow.complaint import COMPLAINT
from workflow.deadline import CLOCKS
from workflow.regulation import POLICIES, PackRefused

CS = POLICIES / "cs-management.yaml"
FILLED = {
    "ladders": {
        "sales": {"first": 100, "second": 200},
        "after_sales": {"second": 100},
        "detailing": {"second": 100},
        "other": {"second": 100},
    }
}


def changed(tmp_path: Path, old: str, new: str) -> Path:
    text = CS.read_text(encoding="utf-8")
    assert old in text
    file = tmp_path / "pack.yaml"
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    return file


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("  assign: {hours: 4}", "  assign: {hours: 0}", "deadlines.assign.hours"),
        (
            "  assign: {hours: 4}",
            "  assign: {hours: 4, days: 1}",
            "give exactly one of hours, days, working_hours, working_days",
        ),
        ("    lapse: {head: -2}", "    lapse: {head: 2}", "points.complaint.lapse"),
        ("    lapse: {head: -2}", "    lapse: {haed: -2}", "haed"),
        ("    complete: {late_day: -1, late_most: -5}", "    complete: {late_day: -1}", "late_day and late_most"),
        ("    accept: none\n", "    accept: {late_day: -1, late_most: -5}\n", "accept cannot be late"),
        ("owner: customer_relations", "ownr: customer_relations", "ownr"),
        ("leader: 20", "leader: 30", "rework_shares must add up to 100"),
        ("    zh: CS包括", "    zh: [CS包括", "expected"),
        ("    accept: none\n", "", "no points are given for: accept"),
        ("    accept: none\n", "    accept: none\n    explode: none\n", "unknown steps: explode"),
        ("  answer: {hours: 24}\n", "", "no limit is given for: answer"),
    ],
)
def test_a_mistake_is_named_with_its_line(tmp_path: Path, old: str, new: str, says: str) -> None:
    file = changed(tmp_path, old, new)
    with pytest.raises(PackRefused) as refusal:
        regulation.read(file, filled=FILLED)
    place, _, line = str(refusal.value).partition(f"{file}:")
    assert (place, line.partition(":")[0].isdigit(), says in line) == ("", True, True), str(refusal.value)


def test_a_pack_with_a_blank_cannot_be_put_in_force(session: Session) -> None:
    with pytest.raises(PackRefused, match=r"ladders\.sales\.first"):
        regulation.put_in_force(session, regulation.read(CS), from_day=date(2026, 3, 1), at=MONDAY)


def test_a_value_for_something_the_pack_does_not_have_is_refused() -> None:
    with pytest.raises(PackRefused, match="laders"):
        regulation.read(CS, filled={"laders": {}})


def test_the_version_in_force_is_the_latest_that_has_begun(session: Session) -> None:
    pack = regulation.read(CS, filled=FILLED)
    regulation.put_in_force(session, pack, from_day=date(2026, 4, 1), at=MONDAY)
    assert regulation.in_force(session, "cs-management", date(2026, 3, 31)).number == 1
    assert regulation.in_force(session, "cs-management", date(2026, 4, 1)).number == 2


def test_every_step_has_its_price_and_every_clock_its_limit() -> None:
    pack = regulation.read(CS, filled=FILLED)
    assert set(pack.points["complaint"]) == set(COMPLAINT.actions) - {"suspend", "resume"}
    assert set(CLOCKS) <= set(pack.deadlines)
    assert {rule.id for rule in COMPLAINT.rules} <= set(pack.rules)
