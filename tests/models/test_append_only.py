"""The database refuses what the regulation forbids."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from tests.builders import Desk
from workflow import customers


@pytest.fixture
def resolved(desk: Desk) -> Session:
    desk.complaint("resolved")
    sun = desk.actor("cr.sun")
    customer = customers.add(desk.session, customers.Typed("郑女士", "13800000001"), sun.person, by=sun, at=desk.now)
    customers.contact(desk.session, customer, by=sun, at=desk.now, was_reached=True, result="已联系")
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
        "UPDATE customer_contact SET result = ''",
        "DELETE FROM customer_contact",
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


# --- penalties


@pytest.fixture
def penalised(desk: Desk) -> Session:
    desk.penalty("issued")
    desk.session.commit()
    return desk.session


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE money_entry SET amount = -1",
        "DELETE FROM money_entry",
        "DELETE FROM penalty",
        "UPDATE event SET penalty_id = NULL",
        "DELETE FROM event",
    ],
)
def test_what_a_penalty_charged_can_be_neither_changed_nor_deleted(penalised: Session, statement: str) -> None:
    with pytest.raises(DatabaseError, match="never"):
        penalised.execute(text(statement))


@pytest.mark.parametrize(
    ("state", "change"),
    [
        ("proposed", "state = 'issued'"),
        ("submitted", "state = 'issued', approved_at = proposed_at"),
        ("issued", "step = 'clear'"),
        ("issued", "step = NULL"),
        ("issued", "state = 'final'"),
        ("issued", "state = 'appealed'"),
        ("issued", "state = 'settled'"),
        ("issued", "clock = NULL, due_at = NULL"),
        ("final", "state = 'revoked'"),
        ("final", "clock = 'contest', due_at = proposed_at"),
        ("proposed", "rework_cost = 5"),
        ("proposed", "rule = 'CS-9', rework_cost = 0"),
        ("proposed", "counts_until = proposed_at"),
        ("proposed", "respondent_id = NULL"),
        ("proposed", "forfeited_month = '2026-03'"),
    ],
)
def test_an_impossible_penalty_is_refused(desk: Desk, state: str, change: str) -> None:
    penalty = desk.penalty(state)
    with pytest.raises(DatabaseError):
        desk.session.execute(text(f"UPDATE penalty SET {change} WHERE id = :id"), {"id": penalty.id})


@pytest.mark.parametrize(
    "values",
    [
        "1, 'fine', 0, '2026-03', NULL",
        "1, 'refund', -5, '2026-03', NULL",
        "1, 'fine', -5, '2026-03', NULL",
        "NULL, 'fine', -5, '2026-04', NULL",
        "1, 'reward', 5, '2026-04', 77",
        "1, 'bribe', 5, '2026-04', NULL",
    ],
)
def test_an_impossible_charge_is_refused(penalised: Session, values: str) -> None:
    """Nothing, a refund that takes, the same charge twice, a fine of no penalty, what is not there, an unknown kind."""
    columns = "event_id, person_id, penalty_id, kind, amount, month, reverses_id"
    charged = "SELECT event_id, person_id FROM money_entry"
    event_id, person_id = penalised.execute(text(charged)).one()
    with pytest.raises(DatabaseError):
        penalised.execute(text(f"INSERT INTO money_entry ({columns}) VALUES ({event_id}, {person_id}, {values})"))


def test_an_event_is_about_exactly_one_case(penalised: Session) -> None:
    copied = "seq, action, rule, to_state, at, signed_as, said, previous_hash, hash"
    with pytest.raises(DatabaseError):
        penalised.execute(text(f"INSERT INTO event ({copied}) SELECT {copied} FROM event"))
