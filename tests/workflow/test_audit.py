"""The audit names what was changed, removed or put in behind the product's back, the first of each sort."""

import hashlib
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from models import Complaint, Letter, LetterPdf, Severity
from tests.builders import HOUR, MONDAY, PATHS, Desk
from tests.workflow.test_inspection import planned
from tests.workflow.test_reward import proposed
from workflow.audit import counts, findings, first_bad_event
from workflow.audit_facts import TELLS
from workflow.complaint import COMPLAINT
from workflow.remark import find_violation, remark

TABLES = ("event", "letter", "letter_pdf", "score_entry", "complaint")
HOLDS: list[str] = []


def three_cases(session: Session) -> None:
    for state in ("resolved", "assigned", "voided"):
        Desk(session).complaint(state)


@pytest.fixture
def open_books(staged: Callable[..., None], session: Session) -> Session:
    """Three cases, and a forger who has got rid of the triggers."""
    staged(three_cases)
    if session.get_bind().dialect.name == "sqlite":
        for table in TABLES:
            session.execute(text(f"DROP TRIGGER IF EXISTS hold_{table}"))
            session.execute(text(f"DROP TRIGGER IF EXISTS keep_{table}"))
        session.execute(text("PRAGMA defer_foreign_keys=ON"))
    else:
        for table in (*TABLES, "number_series"):
            session.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER ALL"))
    return session


def forge(session: Session, statement: str) -> str:
    session.execute(text(statement))
    session.expire_all()
    return str(first_bad_event(session))


def found_after(session: Session, statement: str, **values: Any) -> list[str]:
    session.execute(text(statement), values)
    session.expire_all()
    return list(findings(session))


def test_untouched_books_are_in_order(open_books: Session) -> None:
    assert first_bad_event(open_books) is None
    assert list(findings(open_books)) == HOLDS
    assert counts(open_books) == {"cases": 4, "events": 14, "letters": 13, "papers": 0, "entries": 8, "files": 0}


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


def test_an_event_that_cannot_be_read_any_more_is_named(open_books: Session) -> None:
    if open_books.get_bind().dialect.name != "sqlite":
        pytest.skip("only SQLite keeps words that are no JSON and moments that are none")
    for forgery in ("said = 'nothing'", "at = 'never'"):
        broken = forge(open_books, f"UPDATE event SET {forgery} WHERE complaint_id = 1 AND seq = 3")
        assert broken == "complaint 2026-1, event 3: its content was changed and cannot be read any more"


def test_a_case_without_events_is_found(open_books: Session) -> None:
    bad = found_after(open_books, "DELETE FROM event WHERE complaint_id = 2")
    assert "The chain is broken: complaint 2026-2, event 1: event 1 is missing" in bad


# --- letters --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("forgery", "verdict"),
    [
        ("content = '{}'", "its content does not match its digest"),
        ("content = '[]'", "its content does not match its digest"),
        ("digest = 'x'", "its content does not match its digest"),
        ("kind = 'ruling_letter'", "its kind is not the one in its content"),
        ("issued_at = '2026-01-01 00:00:00'", "its day is not the one in its content"),
    ],
)
def test_a_changed_letter_is_named(open_books: Session, forgery: str, verdict: str) -> None:
    bad = found_after(open_books, f"UPDATE letter SET {forgery} WHERE seq = 8")
    assert f"A letter was changed: complaint 2026-2, letter 客诉〔2026〕8号: {verdict}" in bad


def test_a_letter_that_was_given_to_another_step_is_named(open_books: Session) -> None:
    target = "SELECT id FROM event WHERE complaint_id = 2 AND seq = 2"
    assert found_after(open_books, f"UPDATE letter SET event_id = ({target}) WHERE seq = 3")[:2] == [
        "A step has no letter: complaint 2026-1, event 3 (accept) has no letter",
        "A letter was changed: complaint 2026-2, letter 客诉〔2026〕3号: its case is not the one in its content",
    ]


def test_a_pdf_whose_bytes_were_changed_is_named(open_books: Session) -> None:
    letter = open_books.scalars(select(Letter.id).where(Letter.seq == 2)).one()
    made = {"made_at": MONDAY, "digest": hashlib.sha256(b"paper").hexdigest(), "data": b"paper"}
    open_books.add(LetterPdf(letter_id=letter, language="zh", copy="full", voided=False, **made))
    open_books.flush()
    assert list(findings(open_books)) == HOLDS
    assert found_after(open_books, "UPDATE letter_pdf SET data = :data", data=b"other paper") == [
        "A paper was changed: the PDF of letter 客诉〔2026〕2号 (zh, full) does not match its digest"
    ]


# --- numbers --------------------------------------------------------------------------------------


def test_a_missing_letter_and_a_missing_case_are_named(open_books: Session) -> None:
    bad = found_after(open_books, "UPDATE letter SET seq = 99 WHERE seq = 8")
    assert "The letters' numbers are not in order: letter 客诉〔2026〕8号 is missing" in bad
    assert (
        "The count of numbers is wrong: the count of letters (complaint) in 2026 stands at 13, "
        "but the highest number is 99"
    ) in bad
    bad = found_after(open_books, "DELETE FROM complaint WHERE seq = 2")
    assert "The cases' numbers are not in order: complaint 2026-2 is missing" in bad


def test_a_number_below_the_first_is_named(open_books: Session) -> None:
    bad = found_after(open_books, "UPDATE complaint SET seq = 0 WHERE seq = 3")
    assert "The cases' numbers are not in order: complaint 2026-0 has a number that is never given" in bad


def test_a_number_given_twice_is_named(open_books: Session) -> None:
    if open_books.get_bind().dialect.name == "sqlite":
        pytest.skip("SQLite cannot drop the constraint that forbids it")
    open_books.execute(text("ALTER TABLE letter DROP CONSTRAINT uq_letter_series_year_seq"))
    bad = found_after(open_books, "UPDATE letter SET seq = 7 WHERE seq = 8")
    assert "The letters' numbers are not in order: letter 客诉〔2026〕7号 is there twice" in bad


def test_the_newest_case_cannot_be_removed_unseen(open_books: Session) -> None:
    bad = found_after(open_books, "DELETE FROM complaint WHERE seq = 3")
    assert (
        "The count of numbers is wrong: the count of complaints in 2026 stands at 3, but the highest number is 2"
    ) in bad


@pytest.mark.parametrize(("series", "name"), [("inspection_case", "inspections"), ("reward_case", "rewards")])
def test_inspections_and_rewards_are_counted_as_cases_are(open_books: Session, series: str, name: str) -> None:
    planned(Desk(open_books))
    proposed(Desk(open_books))
    assert list(findings(open_books)) == HOLDS
    assert found_after(open_books, f"UPDATE number_series SET last = 9 WHERE series = '{series}'") == [
        f"The count of numbers is wrong: the count of {name} in 2026 stands at 9, but the highest number is 1"
    ]


def test_a_count_that_was_removed_is_named(open_books: Session) -> None:
    (bad,) = found_after(open_books, "DELETE FROM number_series WHERE series = 'complaint'")
    assert bad == (
        "The count of numbers is wrong: the count of letters (complaint) in 2026 is not there, "
        "but the highest number is 13"
    )


# --- points ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("forgery", "difference"),
    [
        ("points = 7", "points"),
        ("status = 'final'", "status"),
        ("person_id = person_id + 1", "account"),
        ("kind = 'head'", "kind"),
        ("reverses_id = (SELECT MIN(id) FROM score_entry)", "status and case"),
    ],
)
def test_a_reversal_that_mirrors_nothing_is_named(open_books: Session, forgery: str, difference: str) -> None:
    bad = found_after(
        open_books, f"UPDATE score_entry SET {forgery} WHERE reverses_id IS NOT NULL AND person_id IS NOT NULL"
    )
    assert _without_the_rest(bad, "A reversal is wrong: ") == (
        "complaint 2026-3, event 5: the entry that takes points back has not the same "
        f"{difference} as the entry it takes back"
    )


def _without_the_rest(bad: list[str], start: str) -> str:
    return next(sentence.removeprefix(start) for sentence in bad if sentence.startswith(start))


@pytest.mark.parametrize(
    "forgery",
    [
        "UPDATE score_entry SET points = -1",
        "UPDATE score_entry SET month = '2026-04'",
        "UPDATE score_entry SET status = 'final'",
        "DELETE FROM score_entry",
    ],
)
def test_points_that_differ_from_their_letter_are_named(open_books: Session, forgery: str) -> None:
    of_case_2 = "event_id IN (SELECT id FROM event WHERE complaint_id = 2)"
    assert found_after(open_books, f"{forgery} WHERE {of_case_2} AND kind = 'respondent'") == [
        "Points were changed: complaint 2026-2, event 2: its entries are not those of its letter"
    ]


def test_points_moved_to_somebody_else_are_named(open_books: Session) -> None:
    of_case_2 = "event_id IN (SELECT id FROM event WHERE complaint_id = 2)"
    moved = f"UPDATE score_entry SET person_id = 1 WHERE {of_case_2} AND person_id IS NOT NULL"
    (bad,) = found_after(open_books, moved)
    assert bad == (
        "A case is not as its events say: complaint 2026-2: "
        "points of its event 2 stand on another account than its events say"
    )


# --- the facts of a case --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("case", "forgery", "difference"),
    [
        (2, "severity = 'major'", "severity is not what its event 1"),
        (2, "customer_name = '王先生'", "customer name is not what its event 1"),
        (2, "description = '无'", "description is not what its event 1"),
        (2, "filed_by_id = NULL", "filed by is not what its event 1"),
        (2, "occurred_on = '2026-02-01'", "occurred on is not what its event 1"),
        (2, "respondent_id = respondent_id + 1", "respondent is not what its event 2"),
        (2, "respondent_id = NULL", "respondent is not what its event 2"),
        (2, "department_id = department_id + 1", "department is not what its event 2"),
        (2, "clock = 'rule'", "clock is not what its event 2"),
        (2, "violation = true", "violation is not what its event 1"),
        (2, "rework_cost = 5", "rework cost is not what its event 1"),
        (1, "resolved_at = '2026-01-01 00:00:00'", "resolved at is not what its event 6"),
        (1, "satisfaction = 1", "satisfaction is not what its event 6"),
        (1, "completed_at = '2026-01-01 00:00:00'", "completed at is not what its event 4"),
        (1, "handling_since = '2026-01-01 00:00:00'", "handling since is not what its event 3"),
        (3, "voided_at = '2026-01-01 00:00:00'", "voided at is not what its event 5"),
        (3, "violation = true", "violation is not what its event 5"),
    ],
)
def test_a_fact_that_no_event_told_is_named(open_books: Session, case: int, forgery: str, difference: str) -> None:
    bad = found_after(open_books, f"UPDATE complaint SET {forgery} WHERE id = {case}")
    said = f"A case is not as its events say: complaint 2026-{case}: its {difference} says"
    assert bad == [said]


def test_the_audit_tells_again_what_effects_of_the_table_do() -> None:
    """An effect that was renamed must be renamed in the audit, or it no longer looks at its facts."""
    effects = {effect.__name__ for rule in COMPLAINT.rules for effect in rule.then}
    assert TELLS.keys() - effects == set()


@pytest.mark.parametrize("state", PATHS)
def test_whatever_was_done_in_order_raises_no_alarm(desk: Desk, state: str) -> None:
    desk.complaint(state)
    assert list(findings(desk.session)) == HOLDS


def test_a_case_with_everything_in_it_raises_no_alarm(desk: Desk) -> None:
    case = desk.complaint("ruling", customer_name=" 郑女士 ", vehicle="沪A·12345", department="after_sales")
    desk.take("vary", case, "gm.zhou", reason="另有其人", severity=Severity.MAJOR, respondent=desk.person("sales.wang"))
    case = Complaint.locked(desk.session, case.id)
    remark(case, by=desk.actor("sales.chen"), at=desk.now, note="已致电")
    find_violation(case, by=desk.actor("sales.chen"), at=desk.now, violation=True)
    desk.session.flush()
    desk.now += 200 * HOUR
    done = {"measures_taken": "换新", "rework_cost": 12_000, "completed_at": desk.now - HOUR}
    desk.take("complete", case, "sales.chen", **done)
    desk.take("report", case, "sales.chen", result="未接受", improvement_measures="复查")
    desk.take("return", case, "cr.sun", reason="客户不满意")
    desk.take("complete", case, "sales.chen", measures_taken="再换")
    desk.take("report", case, "sales.chen", result="接受", improvement_measures="复查")
    desk.take("verify", case, "cr.sun", satisfaction=3)
    desk.take("reopen", case, "cr.sun", reason="又坏了")
    desk.lapse(desk.now + 48 * HOUR)
    assert list(findings(desk.session)) == HOLDS
