"""An employee reads their own page: what waits, why points moved, and their letters."""

import re
import zipfile
from threading import Thread

from playwright.sync_api import expect
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from jobs import made_file, month_file
from models import LetterPrint, LetterService, MonthFile
from tests.browser.conftest import PHONE
from tests.builders import MONDAY, Desk


def test_an_employee_sees_why_points_moved(visitor, case_in, size):
    number = case_in("assigned")
    employee = visitor("service.ma", size)
    page = employee.go("/me")
    points = page.locator("#points").locator("xpath=ancestor-or-self::section")
    expect(points).to_contain_text("100")
    row = points.get_by_role("row").filter(has_text=number)
    expect(row).to_contain_text("−5")
    expect(row).to_contain_text("暂计")
    employee.sees_no("郑女士", "13800000001")
    employee.leave_by(row.get_by_role("link", name=number))
    employee.sees("2026-1", "您是当事人")
    employee.sees_no("郑女士", "13800000001")


def test_an_employee_reads_a_letter_on_paper_and_acknowledges_it(visitor, case_in):
    case_in("assigned")
    employee = visitor("service.ma", PHONE)
    page = employee.go("/me")
    employee.follow("打开并签收")
    expect(page.get_by_role("heading", level=1)).to_contain_text("客户抱怨单")
    opened = page.request.get(employee.address + page.get_by_role("link", name="阅读中文 PDF").get_attribute("href"))
    assert (opened.status, opened.headers["content-type"]) == (200, "application/pdf")
    with page.expect_download() as saved:
        page.get_by_role("link", name="下载").click()
    assert saved.value.suggested_filename == "客诉〔2026〕2号 客户抱怨单.pdf"
    assert saved.value.path().read_bytes() == opened.body()
    expect(page.locator("main")).to_contain_text("签收只表示收到，不表示同意，也不影响您申诉。")
    employee.press("签收")
    expect(page.locator("main")).to_contain_text(re.compile(r"您已于 3月2日 09:00 签收"))
    employee.go("/me")
    employee.sees_no("打开并签收")


def test_every_letter_of_an_employee_stands_in_a_list(visitor, case_in):
    case_in("handling")
    employee = visitor("service.ma")
    page = employee.go("/letters")
    for title in ("客户抱怨单", "受理确认单"):
        expect(page.get_by_role("link", name=title)).to_be_visible()
    employee.follow("受理确认单")
    employee.sees("刘洋")


def test_whoever_comes_to_the_content_sees_no_ring_around_the_page(visitor):
    page = visitor("service.ma").go("/letters")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    main = page.locator("#main")
    expect(main).to_be_focused()
    expect(main).to_have_css("outline-width", "0px")


def test_an_employee_reads_a_penalty_and_the_head_reads_the_same(visitor, database, size):
    with database.writing() as session:
        Desk(session).penalty("issued")
        session.commit()
    employee = visitor("service.ma", size)
    page = employee.go("/me")
    penalties = page.locator("#penalties")
    for told in ("处罚 2026-1", "第一次", "已下达", "−5.00", "−50.00 元", "计入至2027年3月2日"):
        expect(penalties).to_contain_text(told)
    expect(page.locator(".gd-ladder").get_by_role("listitem").first).to_contain_text("您现在在这里")
    expect(page.locator("#money")).to_contain_text("罚款")
    penalties.get_by_text("函件 3 份").click()
    employee.leave_by(penalties.get_by_role("link", name="第一次处罚决定书"))
    expect(page.locator("main")).to_contain_text("签收只表示收到，不表示同意，也不影响您申诉。")
    employee.sees_no("登记其他送达方式")
    head = visitor("service.liu", size)
    head.go("/standing")
    head.follow("马超")
    head.sees("处罚 2026-1", "现在在这里")
    head.sees_no("您现在在这里")


def test_human_resources_record_how_a_letter_was_left(visitor, database, size):
    with database.writing() as session:
        penalty = Desk(session).penalty("issued")
        [letter] = penalty.events[-1].letters
        address = f"/letters/penalty-2026-{letter.seq}"
        session.commit()
    human_resources = visitor("hr.qian", size)
    page = human_resources.go(address)
    page.get_by_text("登记其他送达方式").click()
    page.get_by_label("送达方式").select_option(label="留置送达（见证人在场）")
    page.get_by_label("送达时间").fill("2026-03-02T09:00")
    human_resources.press("登记送达", status=422)
    human_resources.sees("请写明留置的地点。", "留置送达须有两名见证人在场。")
    page.get_by_label("地点").fill("员工宿舍")
    page.get_by_label("见证人一").fill("李娜")
    page.get_by_label("见证人二").fill("王强")
    human_resources.press("登记送达")
    human_resources.sees("留置送达（见证人在场），3月2日 09:00", "见证人：李娜和王强", "钱芳登记")
    with database.reading() as session:
        row = session.scalars(select(LetterService).options(joinedload(LetterService.person))).one()
    assert (row.person.username, row.way, row.at) == ("service.ma", "left", MONDAY)
    assert (row.place, row.witness_1, row.witness_2) == ("员工宿舍", "李娜", "王强")


def test_internal_copies_and_the_letters_of_a_month_are_asked_for_on_any_screen(
    visitor, case_in, database, settings, clock, size
):
    case_in("assigned")
    head = visitor("service.liu", size)
    page = head.go("/letters/complaint-2026-2")
    with head.context.expect_page():
        page.get_by_role("button", name="打印中文版").click()
    head.go("/letters/complaint-2026-2")
    head.sees("第 1 份：刘洋")
    with database.reading() as session:
        assert session.scalars(select(LetterPrint.number)).all() == [1]
    head.go("/letters")
    head.press("中文版")
    head.sees("正在排队制作")
    [file_id] = made_file.unfinished(database, MonthFile)
    # As in the worker: the browser's own event loop runs in this thread.
    worker = Thread(target=month_file.run, args=(database, file_id), kwargs={"settings": settings, "now": clock})
    worker.start()
    worker.join()
    page.reload()
    head.look()
    with page.expect_download() as saved:
        page.get_by_role("link", name="下载").click()
    assert zipfile.ZipFile(saved.value.path()).testzip() is None
