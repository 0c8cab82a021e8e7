"""Times, numbers and names as pages tell them."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from flask import Flask
from flask_babel import force_locale

from models import ComplaintState, EntryStatus, Role, Severity
from pdf.words import LABELS
from tests.builders import moment
from tests.conftest import Clock
from web import filters, label
from web import moment as words
from web.assessment_words import aligned
from workflow.process import INVALID, Objection

NOON = moment(3, 3, 12)


@pytest.fixture
def english(app: Flask, clock: Clock) -> Iterator[None]:
    clock.now = NOON
    with app.test_request_context("/"), force_locale("en"):
        yield


@pytest.fixture
def chinese(app: Flask, clock: Clock) -> Iterator[None]:
    clock.now = NOON
    with app.test_request_context("/"), force_locale("zh_Hans_CN"):
        yield


def told(due: datetime, **known: object) -> tuple[str, str, str]:
    found = words.clock(due, **known)  # type: ignore[arg-type]
    return found.words, found.until, found.css


@pytest.mark.usefixtures("english")
@pytest.mark.parametrize(
    ("due", "expected"),
    [
        (moment(3, 3, 16), ("4 h left", "by today 16:00", "gd-clock-soon")),
        (moment(3, 4, 6, 20), ("18 h 20 min left", "by Wed 4 Mar 06:20", "gd-clock-soon")),
        (moment(3, 3, 12, 25), ("25 min left", "by today 12:25", "gd-clock-soon")),
        (moment(3, 5, 17, 30), ("2 days 5 h left", "by Thu 5 Mar 17:30", "")),
        (moment(3, 3, 9), ("3 h overdue", "was due today 09:00", "gd-clock-over")),
        (moment(3, 1, 8), ("2 days 4 h overdue", "was due Sun 1 Mar 08:00", "gd-clock-over")),
        (NOON, ("less than a minute overdue", "was due today 12:00", "gd-clock-over")),
    ],
)
def test_a_deadline_says_how_long_and_until_when(due: datetime, expected: tuple[str, str, str]) -> None:
    assert told(due) == expected


@pytest.mark.usefixtures("english")
def test_working_days_are_counted_as_such_while_there_is_one_left() -> None:
    assert told(moment(3, 6, 9, 40), working_days=lambda _since, _until: 3)[0] == "3 working days left"
    assert told(moment(3, 9, 9), working_days=lambda _since, _until: 1)[0] == "1 working day left"
    assert told(moment(3, 6, 9, 40), working_days=lambda _since, _until: 0)[0] == "2 days 21 h left"


@pytest.mark.usefixtures("chinese")
@pytest.mark.parametrize("severity", Severity)
def test_pages_and_letters_call_a_severity_alike(severity: Severity) -> None:
    assert label.label(severity) == LABELS["severity"][severity]["zh"]


@pytest.mark.usefixtures("english")
@pytest.mark.parametrize(("hours_ago", "css"), [(4, "gd-clock-soon"), (2, "")])
def test_a_clock_is_urgent_from_half_of_its_time_on(hours_ago: int, css: str) -> None:
    started = NOON - timedelta(hours=hours_ago)
    assert words.clock(NOON + timedelta(hours=3), started=started).css == css


@pytest.mark.usefixtures("chinese")
def test_chinese_dates_have_no_spaces_inside() -> None:
    assert words.weekday_moment(moment(3, 4, 16)) == "3月4日（周三）16:00"
    assert words.moment(moment(3, 2, 9, 20)) == "3月2日 09:20"
    assert words.day(date(2025, 12, 30)) == "2025年12月30日"
    assert words.today() == "3月3日 周二 12:00"
    assert words.month("2026-03") == "2026 年 3 月"


@pytest.mark.usefixtures("english")
def test_the_companys_day_counts_and_not_the_servers() -> None:
    assert words.day(moment(3, 3, 0, 30)) == "3 Mar"
    assert words.iso(moment(3, 3, 0, 30)) == "2026-03-03T00:30+08:00"


def test_points_carry_a_true_minus_sign() -> None:
    assert filters.points(Decimal("-5")) == "−5.00"
    assert filters.points(Decimal("5")) == "+5.00"
    assert filters.points(Decimal("0")) == "0.00"
    assert [filters.score(Decimal(text)) for text in ("90.00", "87.50", "100")] == ["90", "87.5", "100"]
    assert [filters.yuan(fen) for fen in (128_000, -5_000, 7)] == ["1,280.00", "−50.00", "0.07"]


@pytest.mark.parametrize(("phone", "shown"), [("13500000098", "135****0098"), ("12345", "****"), ("", ""), (None, "")])
def test_a_phone_number_is_masked(phone: str | None, shown: str) -> None:
    assert filters.masked(phone) == shown


def test_every_fixed_value_has_a_word() -> None:
    for kind in (ComplaintState, EntryStatus, Role, Severity):
        assert set(kind) <= set(label.WORDS)
    assert set(ComplaintState) <= set(label.CHIPS)


@pytest.mark.usefixtures("english")
def test_a_stamp_is_vermilion_only_for_a_ruling() -> None:
    assert label.stamp(ComplaintState.RULING).css == ""
    assert label.stamp(ComplaintState.ASSIGNED).css == "gd-stamp-dian"
    assert label.stamp(ComplaintState.VOIDED).css == "gd-stamp-mo"


@pytest.mark.usefixtures("english")
def test_a_refusal_tells_its_values_in_words() -> None:
    refusal = Objection(
        INVALID, "%(day)s %(state)s %(points)s", day=moment(3, 4), state=Severity.MAJOR, points=Decimal(5)
    )
    assert filters.sentence(refusal) == "Wed 4 Mar 09:00 Major 5"


def test_figures_of_a_column_have_the_same_decimals():
    assert aligned(["94 分", "91.56 分", "", "无数据", "−1,012.5%"]) == [
        "94.00 分",
        "91.56 分",
        "",
        "无数据",
        "−1,012.50%",
    ]
    assert aligned(["7", "12", ""]) == ["7", "12", ""]
    assert aligned([]) == []
