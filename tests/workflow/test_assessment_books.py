"""Rows of assessments: taken as their source takes them, once, and withdrawn with a reason."""

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError, IntegrityError
from sqlalchemy.orm import Session

from models import AssessmentRow
from tests.builders import Desk
from workflow import assessment_books as books
from workflow.assessment_entry import Row, RowRefused
from workflow.assessment_pack import AssessmentPack
from workflow.evidence import Evidence
from workflow.process import Refused

DAY = date(2026, 3, 2)


def pack(desk: Desk) -> AssessmentPack:
    found = books.pack_on(desk.session, "outbound-satisfaction", DAY)
    assert found is not None
    return found


def rating(desk: Desk, key: str, level: object, who: str = "cr.sun") -> books.Entry:
    return books.Entry(desk.person(who), DAY, Row(key, {"level": level}))  # type: ignore[dict-item]


def post(desk: Desk, *entries: books.Entry) -> list[AssessmentRow]:
    rows = books.post(desk.session, pack(desk), "ratings", entries, at=desk.now, by=desk.person("cr.lin"))
    desk.session.flush()
    return rows


def test_a_regulation_that_is_not_in_force_has_no_pack(desk: Desk) -> None:
    assert books.pack_on(desk.session, "outbound-satisfaction", date(2019, 1, 1)) is None


def test_a_row_says_afterwards_what_was_posted(desk: Desk) -> None:
    proof = books.keep(
        desk.session, Evidence("k" * 32, "通话.mp3", "audio/mpeg", 9, "d" * 64), at=desk.now, by=desk.person("cr.lin")
    )
    entry = books.Entry(desk.person("cr.sun"), DAY, Row("call-1", {"level": "4"}))
    books.post(desk.session, pack(desk), "ratings", [entry], at=desk.now, by=desk.person("cr.lin"), proof=proof)
    desk.session.flush()
    desk.session.expire_all()
    (row,) = desk.session.scalars(select(AssessmentRow))
    assert (row.subject.name, row.counts_on, row.values, row.proof and row.proof.name) == (  # type: ignore[union-attr]
        "孙悦", DAY, {"level": Decimal(4)}, "通话.mp3",
    )  # fmt: skip


def test_one_row_that_is_not_taken_leaves_all_of_them_out(desk: Desk) -> None:
    with pytest.raises(RowRefused) as refused:
        post(desk, rating(desk, "call-1", 5), rating(desk, "call-2", 6))
    assert (refused.value.row, refused.value.field) == ("call-2", "level")
    assert desk.session.scalars(select(AssessmentRow)).all() == []


@pytest.mark.parametrize("together", [True, False])
def test_the_same_answer_is_never_taken_twice(desk: Desk, *, together: bool) -> None:
    first, again = rating(desk, "call-1", 5), rating(desk, "call-1", 1, who="cr.lin")
    if not together:
        post(desk, first)
    with pytest.raises(RowRefused, match="twice"):
        post(desk, *([first, again] if together else [again]))


def test_the_database_takes_no_answer_twice_and_none_about_nobody(desk: Desk) -> None:
    (row,) = post(desk, rating(desk, "call-1", 5))
    copied = 'regulation, source, key, counts_on, "values", at'
    for columns, broken in ((f"{copied}, person_id", "again"), (copied, "about nobody")):
        key = "key" if broken == "again" else "'another'"
        same = columns.replace("key", key)
        with pytest.raises((IntegrityError, DatabaseError)), desk.session.begin_nested():
            desk.session.execute(text(f"INSERT INTO assessment_row ({columns}) SELECT {same} FROM assessment_row"))
    assert row.id is not None


def test_a_row_is_withdrawn_once_and_with_a_reason(desk: Desk) -> None:
    (row,) = post(desk, rating(desk, "call-1", 5))
    with pytest.raises(Refused, match="fill"):
        books.withdraw(desk.session, row, reason="  ", at=desk.now, by=desk.person("cr.lin"))
    books.withdraw(desk.session, row, reason="录入有误", at=desk.now, by=desk.person("cr.lin"))
    with pytest.raises(Refused, match="before"):
        books.withdraw(desk.session, row, reason="再次", at=desk.now, by=desk.person("cr.lin"))
    assert row.withdrawal is not None and row.withdrawal.by.name == "林晓"


@pytest.mark.parametrize("change", ["UPDATE assessment_row SET counts_on = '2026-01-01'", "DELETE FROM assessment_row"])
def test_rows_are_neither_changed_nor_deleted(desk: Desk, change: str) -> None:
    post(desk, rating(desk, "call-1", 5))
    session: Session = desk.session
    with pytest.raises(DatabaseError, match="never"):
        session.execute(text(change))
