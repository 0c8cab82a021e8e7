"""The audit of penalties: letters, numbers, points, money and facts that somebody changed are named."""

from collections.abc import Callable

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from tests.builders import PENALTY_PATHS, Desk
from workflow.audit import findings

TABLES = ("event", "letter", "score_entry", "money_entry", "penalty")


def two_penalties(session: Session) -> None:
    for state in ("revoked", "final"):
        Desk(session).penalty(state)


@pytest.fixture
def open_books(staged: Callable[..., None], session: Session) -> Session:
    """A penalty that stands and one that was revoked, and a forger who has got rid of the triggers."""
    staged(two_penalties)
    if session.get_bind().dialect.name == "sqlite":
        for table in TABLES:
            session.execute(text(f"DROP TRIGGER IF EXISTS hold_{table}"))
            session.execute(text(f"DROP TRIGGER IF EXISTS keep_{table}"))
        session.execute(text("PRAGMA defer_foreign_keys=ON"))
    else:
        for table in (*TABLES, "number_series"):
            session.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER ALL"))
    return session


@pytest.mark.parametrize("state", list(PENALTY_PATHS))
def test_whatever_was_done_in_order_raises_no_alarm(desk: Desk, state: str) -> None:
    desk.penalty(state)
    assert list(findings(desk.session)) == []


@pytest.mark.parametrize(
    ("forgery", "verdict"),
    [
        ("UPDATE penalty SET facts = '另一件事' WHERE id = 2", "penalty 2026-2: its facts is not"),
        ("UPDATE penalty SET facts_en = 'Another matter' WHERE id = 2", "penalty 2026-2: its facts en is not"),
        ("UPDATE penalty SET step = 'second' WHERE id = 2", "penalty 2026-2: its step is not"),
        ("UPDATE penalty SET counts_until = NULL WHERE id = 2", "penalty 2026-2: its counts until is not"),
        (
            "UPDATE penalty SET known_at = '2026-01-01 00:00:00.000000' WHERE id = 2",
            "penalty 2026-2: its known at is not",
        ),
        ("UPDATE penalty SET leader_id = NULL WHERE id = 2", "penalty 2026-2: its leader is not"),
        ("UPDATE money_entry SET amount = -100 WHERE id = 3", "its money is not that of its letter"),
        ("UPDATE money_entry SET amount = 4999 WHERE reverses_id = 1", "has not the same amount as"),
        ("UPDATE money_entry SET person_id = person_id + 1 WHERE id = 2", "has not the same person as"),
        ("DELETE FROM money_entry WHERE id = 3", "its money is not that of its letter"),
        ("UPDATE score_entry SET points = -100 WHERE kind = 'leader' AND id > 4", "its entries are not those"),
        ("UPDATE score_entry SET person_id = 1 WHERE kind = 'respondent' AND id > 4", "stand on another account"),
        ("UPDATE number_series SET last = 9 WHERE series = 'penalty_case'", "the count of penalties in 2026"),
        ("UPDATE number_series SET last = 99 WHERE series = 'penalty'", "the count of letters (penalty) in 2026"),
        ("UPDATE letter SET kind = 'second_penalty_notice' WHERE kind = 'first_penalty_notice'", "处罚〔2026〕"),
        ("UPDATE event SET rule = 'CS-1' WHERE penalty_id = 2 AND seq = 1", "penalty 2026-2, event 1"),
    ],
)
def test_a_forgery_is_named(open_books: Session, forgery: str, verdict: str) -> None:
    assert list(findings(open_books)) == []
    open_books.execute(text(forgery))
    open_books.expire_all()
    found = list(findings(open_books))
    assert any(verdict in sentence for sentence in found), found
