"""A year of public holidays from a file: what is understood, and which rows are named."""

import io
from datetime import date

import pytest
from openpyxl import Workbook

from workflow.calendar import Special
from workflow.calendar_import import Reading, read
from workflow.process import Refused

NEW_YEAR = [
    Special(date(2027, 1, 1), False, "元旦"),
    Special(date(2027, 1, 2), False, "元旦"),
    Special(date(2027, 1, 3), True, "调休"),
]


def excel() -> bytes:
    book, file = Workbook(), io.BytesIO()
    for row in (
        ["日期", "安排", "名称"],
        [date(2027, 1, 1), "休", "元旦"],
        ["2027/1/2", "休", "元旦"],
        ["20270103", "班", "调休"],
    ):
        book.active.append(row)  # type: ignore[union-attr]
    book.save(file)
    return file.getvalue()


ICS = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//节假日//CN
BEGIN:VEVENT
UID:1
DTSTART;VALUE=DATE:20270101
DTEND;VALUE=DATE:20270103
SUMMARY:元旦
END:VEVENT
BEGIN:VEVENT
UID:2
DTSTART;VALUE=DATE:20270103
SUMMARY:调休（班）
END:VEVENT
END:VCALENDAR
"""


@pytest.mark.parametrize(
    "content",
    [
        "日期,安排,名称\n2027-01-01,休,元旦\n2027年1月2日,放假,元旦\n2027/1/3,补班,调休\n".encode("gb18030"),
        "开始日期;结束日期;类型;节日\n2027-01-01;2027-01-02;休;元旦\n2027-01-03;;班;调休\n".encode(),
        excel(),
        ICS.encode(),
    ],
    ids=["csv", "ranges", "excel", "ics"],
)
def test_a_year_is_read_from_whatever_it_comes_in(content: bytes) -> None:
    found = read(content)
    assert [special.day for special in found.days] == [special.day for special in NEW_YEAR]
    assert found.is_whole


def test_what_each_day_is() -> None:
    assert read(excel()).days == NEW_YEAR
    assert [special.is_working for special in read(ICS.encode()).days] == [False, False, True]


def numbers(found: Reading) -> list[tuple[int, str]]:
    return [(bad.number, str(bad.objections[0])) for bad in found.bad]


def test_each_bad_row_is_named_and_the_year_is_not_whole() -> None:
    lines = (
        "2027-01-01,休,元旦",
        "2027-02-30,休,春节",
        "2027-05-01,也许,劳动节",
        "2027-01-01,休,元旦",
        "2028-01-01,休,元旦",
    )
    found = read("\n".join(("日期,安排,名称", *lines)).encode())
    assert [number for number, _ in numbers(found)] == [3, 4, 5, 6]
    assert "2027-02-30" in numbers(found)[0][1]
    assert not found.is_whole


@pytest.mark.parametrize(
    "content", [b"", b"%PDF-1.7", "姓名,电话\n方先生,138\n".encode(), b"BEGIN:VCALENDAR\nnonsense"]
)
def test_what_is_no_calendar_is_refused(content: bytes) -> None:
    with pytest.raises(Refused):
        read(content)
