"""The audit names the first event that was changed, removed or put in."""

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from tests.builders import Desk
from workflow.audit import first_bad_event


@pytest.fixture
def open_books(desk: Desk) -> Session:
    """Two cases, and a forger who has got rid of the triggers."""
    desk.complaint("resolved")
    desk.complaint("assigned")
    session = desk.session
    if session.get_bind().dialect.name == "sqlite":
        session.execute(text("DROP TRIGGER hold_event"))
        session.execute(text("DROP TRIGGER keep_event"))
        session.execute(text("PRAGMA defer_foreign_keys=ON"))
    else:
        session.execute(text("ALTER TABLE event DISABLE TRIGGER ALL"))
        session.execute(text("ALTER TABLE complaint DISABLE TRIGGER ALL"))
    return session


def forge(session: Session, statement: str) -> str:
    session.execute(text(statement))
    session.expire_all()
    return str(first_bad_event(session))


def test_untouched_books_are_in_order(open_books: Session) -> None:
    assert first_bad_event(open_books) is None


@pytest.mark.parametrize(
    ("forgery", "verdict"),
    [
        ("actor_id = actor_id + 1 WHERE complaint_id = 1 AND seq = 3", "2026-1, event 3: its content was changed"),
        ("said = '{\"satisfaction\": 1}' WHERE action = 'verify'", "2026-1, event 6: its content was changed"),
        ("hash = 'x' WHERE complaint_id = 2 AND seq = 1", "2026-2, event 1: its content was changed"),
        (
            "previous_hash = 'x' WHERE complaint_id = 1 AND seq = 2",
            "2026-1, event 2: does not follow from the event before it",
        ),
    ],
)
def test_a_forgery_is_found_at_its_place(open_books: Session, forgery: str, verdict: str) -> None:
    assert forge(open_books, f"UPDATE event SET {forgery}") == f"complaint {verdict}"


def test_a_case_moved_without_an_event_is_found(open_books: Session) -> None:
    moved = "UPDATE complaint SET state = 'handling', handling_since = filed_at WHERE id = 2"
    assert forge(open_books, moved) == "complaint 2026-2, event 3: the case stands elsewhere than its last event"
