"""The database refuses what the regulation forbids."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from tests.builders import Desk


@pytest.fixture
def resolved(desk: Desk) -> Session:
    desk.complaint("resolved")
    desk.session.commit()
    return desk.session


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE event SET at = at",
        "UPDATE event SET said = '{}'",
        "DELETE FROM event",
        "UPDATE score_entry SET points = 0",
        "UPDATE score_entry SET status = 'provisional'",
        "UPDATE score_entry SET month = '2026-04'",
        "DELETE FROM score_entry",
        "UPDATE letter SET content = '{}'",
        "DELETE FROM letter",
        "UPDATE letter_recipient SET position = 7",
        "DELETE FROM letter_recipient",
        "DELETE FROM complaint",
        "DELETE FROM person",
        "UPDATE regulation_version SET content = '{}'",
    ],
)
def test_history_can_be_neither_changed_nor_deleted(resolved: Session, statement: str) -> None:
    with pytest.raises(DatabaseError, match="never"):
        resolved.execute(text(statement))


def test_an_entry_flips_from_provisional_to_final_once(desk: Desk) -> None:
    case = desk.complaint("assigned")
    event = case.events[-1].id
    flip = text("UPDATE score_entry SET status = 'final', confirmed_by_id = :event WHERE status = :was")
    assert desk.session.execute(flip, {"event": event, "was": "provisional"}).rowcount == 2
    with pytest.raises(DatabaseError, match="never changed"):
        desk.session.execute(flip, {"event": event, "was": "final"})


def test_a_flip_that_also_changes_the_points_is_refused(desk: Desk) -> None:
    desk.complaint("assigned")
    with pytest.raises(DatabaseError, match="never changed"):
        desk.session.execute(text("UPDATE score_entry SET status = 'final', confirmed_by_id = 1, points = -1"))


def test_a_letter_is_acknowledged_once(desk: Desk) -> None:
    desk.complaint("assigned")
    acknowledge = text("UPDATE letter_recipient SET acknowledged_at = '2026-03-03 00:00:00'")
    assert desk.session.execute(acknowledge).rowcount == 2
    with pytest.raises(DatabaseError, match="never changed"):
        desk.session.execute(acknowledge)


@pytest.mark.parametrize(
    ("state", "change"),
    [
        ("assigned", "state = 'handling'"),
        ("assigned", "state = 'voided'"),
        ("handling", "state = 'handled'"),
        ("reported", "state = 'resolved'"),
        ("reported", "state = 'resolved', satisfaction = 5"),
        ("filed", "state = 'assigned', department_id = NULL"),
        ("assigned", "clock = NULL, due_at = NULL"),
        ("resolved", "satisfaction = 6"),
        ("handling", "rework_cost = -1"),
        ("filed", "severity = 'terrible'"),
        ("filed", "year = NULL"),
    ],
)
def test_an_impossible_case_is_refused(desk: Desk, state: str, change: str) -> None:
    case = desk.complaint(state)
    with pytest.raises(DatabaseError):
        desk.session.execute(text(f"UPDATE complaint SET {change} WHERE id = :id"), {"id": case.id})


def test_no_step_charges_an_account_twice(desk: Desk) -> None:
    desk.complaint("assigned")
    with pytest.raises(DatabaseError):
        desk.session.execute(
            text(
                "INSERT INTO score_entry (event_id, person_id, department_id, kind, points, month, status)"
                " SELECT event_id, person_id, department_id, kind, points, month, status FROM score_entry"
            )
        )


def test_a_row_cannot_be_replaced_either(resolved: Session) -> None:
    if resolved.get_bind().dialect.name != "sqlite":
        pytest.skip("only SQLite knows INSERT OR REPLACE")
    with pytest.raises(DatabaseError, match="never"):
        resolved.execute(
            text(
                "INSERT OR REPLACE INTO score_entry SELECT id, event_id, person_id, department_id, kind, -1, month,"
                " status, confirmed_by_id, reverses_id FROM score_entry WHERE id = 1"
            )
        )
