"""Files as spreadsheet programs really write them, read row by row: no good row is lost, each bad one is named."""

import io
import zipfile
from datetime import date, datetime
from pathlib import Path

import pytest
from openpyxl import Workbook
from sqlalchemy import func, select

from models import Category, Channel, Complaint, Event, NumberSeries, Severity
from tests.builders import MONDAY
from workflow import import_columns, import_table, importing
from workflow.import_row import ANONYMOUS, Plan
from workflow.import_template import template
from workflow.import_text import day_of, tidy
from workflow.process import Refused

REAL = Path(__file__).resolve().parents[3] / "shared" / "demo" / "car-complaints.csv"
HEADINGS = "投诉编号,车主,联系电话,投诉内容,投诉日期"
CARS = """id,brand,car_model,type,desc,problem,datetime,status
482028,一汽马自达,阿特兹,2020款 2.5L,阿特兹B柱异响\t,"H93,H15,",2020/6/8,信息审核
482027,大众（进口）,高尔夫（进口）,2014款,召回后无动力,"B96,",2020/6/8,厂家受理
"""


def the_table(text: str, encoding: str = "utf-8"):
    table = import_table.read(text.encode(encoding))
    return table.headings, list(table.rows)


def workbook(*rows: list[object], before=lambda sheet: None) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    before(book)
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


# --- what a file is -------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_text_is_read_whatever_its_encoding_and_delimiter(encoding, delimiter):
    lines = [["投诉编号", "客户姓名", "投诉内容"], ["T1", "郑女士", "等了两小时𠮷"]]
    headings, rows = the_table("\r\n".join(map(delimiter.join, lines)), encoding)
    assert headings == lines[0]
    assert [(row.number, row.cells) for row in rows] == [(2, lines[1])]


def test_quoted_texts_may_hold_delimiters_quotes_and_lines():
    _, rows = the_table('内容,日期\n"第一行,\n第二行 ""原话""",2026-03-02\n"另一件",2026-03-01\n')
    assert [row.cells[0] for row in rows] == ['第一行,\n第二行 "原话"', "另一件"]
    assert [row.number for row in rows] == [2, 3]


def test_a_quotation_mark_that_never_closes_swallows_no_other_row():
    good = "".join(f"第{n}件,2026-03-01\n" for n in range(150))
    _, rows = the_table(f'内容,日期\n"没有结束,2026-03-01\n19" 轮毂异响,2026-03-01\n{good}')
    assert len(rows) == 152
    assert [row.number for row in rows if row.objections] == [2]
    assert rows[1].cells == ['19" 轮毂异响', "2026-03-01"]


def test_a_row_with_damaged_characters_is_named_and_the_others_are_read():
    lines = [line.encode("gb18030") for line in ("内容,日期", "好的,2026-03-01", "坏", "也好,2026-03-01")]
    lines[2] += b"\xff\xff"
    table = import_table.read(b"\n".join([*lines, *[lines[1]] * 50]))
    rows = list(table.rows)
    assert [row.number for row in rows if row.objections] == [3]
    assert len(rows) == 53


def test_a_row_with_too_many_cells_is_named():
    _, rows = the_table("内容,日期\n等候,太久,2026-03-01\n短\n")
    assert [len(row.objections) for row in rows] == [1, 0]
    assert rows[1].cells == ["短", ""]


def test_titles_above_the_headings_and_repeated_headings_are_no_complaints():
    top = "编号,姓名,投诉内容\n"
    headings, rows = the_table(f"2026年3月客诉登记表,,\n\n{top}1,王女士,异响\n{top}2,李先生,漏油\n")
    assert headings == ["编号", "姓名", "投诉内容"]
    assert [(row.number, row.cells[2]) for row in rows] == [(4, "异响"), (6, "漏油")]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "This file is empty."),
        (b"\xef\xbb\xbf\r\n \r\n", "This file is empty."),
        (b",,,\n,,\n", "This file is empty."),
        (b"%PDF-1.7 ...", "This is a PDF and not a table."),
        (b"\x89PNG\r\n\x1a\n" + bytes(80), "This is a picture and not a table."),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(80), "This is an old or a locked Excel file."),
        (b"  <html><table><tr><td>x</td></tr></table>", "This is a web page"),
        (b"PK\x03\x04 not really a zip", "This is neither Excel"),
        (bytes(range(256)) * 20, "This is neither Excel"),
    ],
)  # fmt: skip
def test_what_is_no_table_is_refused_with_a_sentence(content, sentence):
    with pytest.raises(Refused, match=sentence):
        import_table.read(content)


def test_headings_alone_are_a_table_without_rows():
    assert the_table(HEADINGS)[1] == []


def test_a_file_beyond_the_limit_is_refused_politely(monkeypatch):
    monkeypatch.setattr(import_table, "MOST_ROWS", 3)
    with pytest.raises(Refused, match="more than 3 rows"):
        the_table("内容\na\nb\nc\nd\n")


# --- Excel ----------------------------------------------------------------------------------------


def test_excel_cells_are_read_as_they_would_be_typed():
    content = workbook(
        ["编号", "电话", "投诉内容", "日期"],
        [482028, 13800000001, "异响", date(2026, 3, 2)],
        [1.5, 13800000001.0, "漏油", datetime(2026, 3, 2, 13, 5)],
        [None, None, None, None],
        ["=1+1", "", "刹车", "#N/A"],
    )
    rows = list(import_table.read(content).rows)
    assert [row.cells for row in rows] == [
        ["482028", "13800000001", "异响", "2026-03-02"],
        ["1.5", "13800000001", "漏油", "2026-03-02 13:05"],
        ["", "", "刹车", "#N/A"],
    ]
    assert [row.number for row in rows] == [2, 3, 5]
    assert [len(row.objections) for row in rows] == [0, 0, 1]


def test_hidden_and_empty_sheets_are_passed_over():
    def hide(book):
        book.active.sheet_state = "hidden"
        book.create_sheet("空")
        book.create_sheet("三月").append(["投诉内容"])
        book["三月"].append(["异响"])

    headings = import_table.read(workbook(["编号", "投诉内容"], ["1", "不该读"], before=hide)).headings
    assert headings == ["投诉内容"]


def test_cells_merged_downwards_hold_for_every_row():
    def merge(book):
        book.active.merge_cells("A2:A3")

    content = workbook(["姓名", "投诉内容"], ["王女士", "异响"], [None, "漏油"], before=merge)
    rows = list(import_table.read(content).rows)
    assert [row.cells for row in rows] == [["王女士", "异响"], ["王女士", "漏油"]]


def test_our_own_template_is_understood():
    for chinese in (True, False):
        table = import_table.read(template(chinese=chinese))
        fields = import_columns.match(table.headings)
        assert None not in fields
        assert len(set(fields)) == len(fields) == 14
        assert len(list(table.rows)) == 1


# --- columns and cells ----------------------------------------------------------------------------


def test_the_columns_of_the_complaint_site_are_recognised():
    fields = import_columns.match(CARS.splitlines()[0].split(","))
    assert fields == [
        "external_ref", "vehicle_model", "vehicle_model", "vehicle_model", "description", "description_note",
        "occurred_on", None,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("headings", "fields"),
    [
        ("客户姓名*,联系电话（必填）,类型,Description ", "customer_name customer_phone category description"),
        ("序号,车牌,问题", "None vehicle description"),
        ("客户电话号码,客户投诉的内容,处理人", "customer_phone description None"),
        ("姓名,车主,投诉内容", "customer_name None description"),
    ],
)
def test_headings_are_recognised_in_their_usual_disguises(headings, fields):
    assert " ".join(map(str, import_columns.match(headings.split(",")))) == fields


def test_running_numbers_are_not_taken_for_the_number_of_a_complaint():
    headings, rows = the_table("编号,投诉内容\n1,异响\n2,漏油\n3,抖动\n")
    assert importing.plan_for(headings, rows).fields == (None, "description")


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2020/6/8", date(2020, 6, 8)), ("2020-06-08 13:05:00", date(2020, 6, 8)), ("2020年6月8日", date(2020, 6, 8)),
        ("２０２０．６．８", date(2020, 6, 8)), ("20200608", date(2020, 6, 8)), ("43990", date(2020, 6, 8)),
        ("2020/13/45", None), ("6/8/20", None), ("昨天", None), ("1234567890123", None),
    ],
)  # fmt: skip
def test_days_are_read_as_people_write_them(text, day):
    assert day_of(text) == day


def test_what_is_not_seen_is_not_kept():
    assert tidy("\u202e异\u200b响\x07\u00a0 很大\t了\n") == "异响 很大 了"
    assert tidy("一\r\n二", lines=True) == "一\n二"
    assert tidy("'=1+1") == "=1+1"


# --- rows -----------------------------------------------------------------------------------------


@pytest.fixture
def bring_in(session, desk):
    """Files a text's rows as cr.sun; the plan's usual constants may be changed."""

    def file(text: str, **constants):
        headings, rows = the_table(text)
        plan = Plan(importing.plan_for(headings, rows[:5]).fields, **constants)
        outcome = importing.file_rows(
            session, headings, rows, plan, by=desk.person("cr.sun"), at=MONDAY, unprintable=lambda _: ()
        )
        session.flush()
        return outcome

    return file


def _complaints(session) -> list[Complaint]:
    return list(session.scalars(select(Complaint).order_by(Complaint.id)))


def test_a_row_becomes_a_complaint_like_one_logged_by_phone(session, bring_in):
    assert bring_in(CARS).added == 2
    first, second = _complaints(session)
    assert (first.number, first.customer_name, first.channel, first.category) == (
        "2026-1", ANONYMOUS, Channel.WEB, Category.PRODUCT_QUALITY,
    )  # fmt: skip
    assert first.vehicle_model == "一汽马自达 阿特兹 2020款 2.5L"
    assert first.description == "阿特兹B柱异响（故障码：H93、H15）"
    assert (first.occurred_on, first.source, first.external_ref) == (date(2020, 6, 8), "import", "482028")
    assert second.vehicle_model == "大众（进口） 高尔夫（进口） 2014款"
    assert (first.clock, first.severity, first.state.value) == ("assign", Severity.NORMAL, "filed")
    assert session.scalar(select(func.count(Event.id))) == 2


def test_the_same_file_twice_adds_nothing_twice(session, bring_in):
    bring_in(CARS)
    again = bring_in(CARS.replace("信息审核", "处理反馈"))
    assert (again.added, again.repeated, again.refused) == (0, 2, [])
    assert session.get(NumberSeries, ("complaint", 2026)).last == 2


def test_a_row_without_a_number_is_known_by_its_content_also_in_another_file(session, bring_in):
    first = bring_in("姓名,投诉内容,备注\n王女士,异响,x\n王女士,异响,y\n李先生,漏油,z\n")
    again = bring_in("备注,投诉内容,姓名\n无关,漏油,李先生\n无关,抖动,李先生\n")
    assert (first.added, first.repeated) == (2, 1)
    assert (again.added, again.repeated) == (1, 1)


def test_two_different_complaints_under_one_number_are_not_mixed_up(session, bring_in):
    bring_in("编号,投诉内容\nA7,异响\n")
    [refused] = bring_in("编号,投诉内容\nA7,漏油\n").refused
    assert "2026-1 was imported under the same number A7" in str(refused.objections[0])
    assert bring_in("编号,投诉内容\nA7,漏油\n", source="厂家").added == 1


def test_every_bad_row_is_named_with_all_its_reasons_and_the_good_ones_are_filed(session, bring_in):
    outcome = bring_in(
        "编号,车主,电话,投诉内容,日期,等级,当事人,部门\n"
        "T1,王女士,13900000000,异响,2026/3/1,严重,马超,\n"
        "T2,王女士,没有电话,,下周三,非常严重,张三,公关部\n"
        f"T3,{'长' * 61},,异响,2026-12-31,,马超,销售部\n"
        "T4,李先生,,漏油,,,,Sales\n"
    )
    assert outcome.added == 2
    reasons = {row.number: [str(objection) for objection in row.objections] for row in outcome.refused}
    assert reasons == {
        3: [
            "“没有电话” is not a phone number (电话).",
            "“下周三” is not a day like 2026-03-02 (日期).",
            "There is no department “公关部” (部门).",
            "Nobody here is called “张三” (当事人).",
            "“非常严重” is none of 轻微、一般、重大 (等级).",
            "Write down what the customer says.",
        ],
        4: [
            "This day has not come yet.",
            "马超 does not work in this department.",
            "This text is too long: 61 characters, at most 60.",
        ],
    }
    filed = _complaints(session)
    assert [complaint.number for complaint in filed] == ["2026-1", "2026-2"]
    assert (filed[0].respondent.username, filed[0].department.slug) == ("service.ma", "after_sales")


def test_only_customer_relations_may_import(session, desk, bring_in):
    headings, rows = the_table("投诉内容\n异响\n")
    plan = importing.plan_for(headings, rows)
    outcome = importing.file_rows(
        session, headings, rows, plan, by=desk.person("service.ma"), at=MONDAY, unprintable=lambda _: ()
    )
    assert "can take this step" in str(outcome.refused[0].objections[0])
    assert _complaints(session) == []


def test_a_name_that_no_letter_can_print_is_refused(session, desk):
    headings, rows = the_table("车主,投诉内容\n王😀,异响\n")
    plan = importing.plan_for(headings, rows)
    [reading] = importing.check(
        session, headings, rows, plan, by=desk.person("cr.sun"), at=MONDAY, unprintable=lambda text: ["😀 (U+1F600)"]
    )
    assert str(reading.objections[0]) == "Letters cannot print 😀 (U+1F600). Please write it another way."


def like_the_real_ones() -> bytes:
    """The real complaints where they stand beside the project; elsewhere as many of the same shape."""
    if REAL.exists():
        return REAL.read_bytes()
    heading, *lines = CARS.splitlines()
    rows = [line.replace("48202", str(n), 1) for n, line in zip(range(1, 301), lines * 150, strict=True)]
    return "\r\n".join([heading, *rows]).encode("gb18030")


def test_three_hundred_complaints_of_the_site_are_taken_as_they_are(session, desk):
    table = import_table.read(like_the_real_ones())
    rows = list(table.rows)
    plan = importing.plan_for(table.headings, rows[:8])
    readings = importing.check(
        session, table.headings, rows, plan, by=desk.person("cr.sun"), at=MONDAY, unprintable=lambda _: ()
    )
    assert len(readings) == 300
    assert [reading for reading in readings if reading.objections] == []
    assert len({reading.filing.external_ref for reading in readings}) == 300


def _workbook_with(sheet: str) -> bytes:
    """An Excel file whose sheet is this XML."""
    stream = io.BytesIO()
    Workbook().save(stream)
    changed = io.BytesIO()
    with zipfile.ZipFile(stream) as old, zipfile.ZipFile(changed, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, sheet if name.endswith("sheet1.xml") else old.read(name))
    return changed.getvalue()


@pytest.mark.parametrize(
    "rows",
    [
        "<row/>" * 130_000,
        '<row r="1048576"><c r="A1048576" t="inlineStr"><is><t>x</t></is></c></row>',
        f'<row r="1"><c r="A1" t="inlineStr"><is><t>{"x" * 70_000_000}</t></is></c></row>',
    ],
    ids=["empty rows", "the last row", "one long cell"],
)
def test_a_small_workbook_that_unfolds_without_end_is_refused(rows: str) -> None:
    sheet = f'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{rows}</sheetData></worksheet>'
    with pytest.raises(Refused, match="too large"):
        list(import_table.read(_workbook_with(sheet)).rows)
