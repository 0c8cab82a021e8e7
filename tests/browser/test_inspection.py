"""The checklist on a phone that loses its connection: nothing typed and no photo is lost, and two who write see it."""

import io
from datetime import date

import pytest
from PIL import Image
from playwright.sync_api import expect
from sqlalchemy import select

from models import Inspection, InspectionFinding, InspectionPhoto
from tests.browser.conftest import PHONE
from tests.builders import Desk
from workflow import inspection


@pytest.fixture
def number(database) -> str:
    """A mystery visit of sales that has begun."""
    with database.writing() as session:
        desk = Desk(session)
        wish = inspection.Plan(
            inspection.InspectionKind.MYSTERY, "sales", desk.department("sales"), date(2026, 3, 2),
            [desk.person("cr.lin")],
        )  # fmt: skip
        found = inspection.plan(session, wish, by=desk.actor("cr.sun"), at=desk.now)
        inspection.begin(session, found, by=desk.actor("cr.lin"), at=desk.now)
        session.commit()
        return found.number


def kept(database) -> dict[str, tuple[bool | None, str]]:
    with database.reading() as session:
        return {each.factor: (each.met, each.note) for each in session.scalars(select(InspectionFinding))}


def picture() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (2400, 1200), "red").save(file, "JPEG")
    return file.getvalue()


def answer(page, factor: str, which: str, note: str = "") -> None:
    page.locator(f"#{factor}-{which}").check()
    if note:
        page.locator(f"[data-factor={factor}] .insp-more > summary").click()
        page.locator(f"#note-{factor}").fill(note)


def test_what_is_written_without_a_connection_arrives_when_it_is_back(visitor, database, number):
    phone = visitor(size=PHONE).log_in("cr.lin")
    page = phone.go(f"/inspections/{number}/checklist")
    state = page.locator("[data-state]")
    answer(page, "greeted_at_the_door", "met")
    expect(state).to_contain_text("已保存")
    assert kept(database) == {"greeted_at_the_door": (True, "")}
    phone.context.set_offline(True)
    answer(page, "greets_within_a_minute", "missed", "等了三分钟")
    page.locator("#photo-greets_within_a_minute").set_input_files(
        {"name": "门口.jpg", "mimeType": "image/jpeg", "buffer": picture()}
    )
    expect(state).to_contain_text("没有网络")
    expect(page.locator("[data-factor=greets_within_a_minute] [data-photo-count]")).to_contain_text("待发")
    expect(page.locator("[data-score]")).to_have_text("2")
    assert kept(database) == {"greeted_at_the_door": (True, "")}
    phone.context.set_offline(False)
    expect(state).to_contain_text("已保存")
    expect(page.locator("[data-factor=greets_within_a_minute] [data-photo-count]")).to_contain_text("1 张照片已保存")
    assert kept(database)["greets_within_a_minute"] == (False, "等了三分钟")
    with database.reading() as session:
        (photo,) = session.scalars(select(InspectionPhoto))
        assert (photo.factor, photo.file.name) == ("greets_within_a_minute", "门口.jpg")
    phone.watch.faults.clear()  # what failed while there was no connection


def test_what_was_not_sent_is_there_after_the_page_was_left(visitor, database, number):
    phone = visitor(size=PHONE).log_in("cr.lin")
    page = phone.go(f"/inspections/{number}/checklist")
    phone.context.set_offline(True)
    answer(page, "offers_a_drink", "missed", "没有提供")
    expect(page.locator("[data-state]")).to_contain_text("没有网络")
    page.goto("about:blank")
    phone.context.set_offline(False)
    phone.watch.faults.clear()
    page = phone.go(f"/inspections/{number}/checklist")
    expect(page.locator("#note-offers_a_drink")).to_have_value("没有提供")
    expect(page.locator("[data-state]")).to_contain_text("已保存")
    assert kept(database) == {"offers_a_drink": (False, "没有提供")}


def test_what_two_write_is_overwritten_only_by_the_button(visitor, database, number):
    first, second = visitor(size=PHONE).log_in("cr.lin"), visitor(size=PHONE).log_in("cr.sun")
    mine, theirs = (who.go(f"/inspections/{number}/checklist") for who in (first, second))
    answer(theirs, "offers_a_drink", "met")
    expect(theirs.locator("[data-state]")).to_contain_text("已保存")
    answer(mine, "offers_a_drink", "missed", "没有")
    expect(mine.locator("[data-factor=offers_a_drink] [data-clash]")).to_contain_text("孙悦")
    answer(mine, "asks_for_the_wish", "met")
    expect(mine.locator("[data-answered]")).to_have_text("2")
    mine.get_by_role("button", name="保存“接待”").click()
    expect(mine.locator("[data-factor=offers_a_drink] [data-clash]")).to_be_empty()
    expect(mine.locator("[data-state]")).to_contain_text("已保存")
    assert kept(database)["offers_a_drink"] == (False, "没有")


@pytest.mark.again
def test_a_phone_without_a_script_keeps_a_module_by_its_button(visitor, database, number):
    phone = visitor("cr.lin", PHONE, javascript=False)
    page = phone.go(f"/inspections/{number}/checklist")
    page.locator("#greeted_at_the_door-missed").check()
    phone.press("保存“接待”")
    phone.sees("“接待”已保存")
    assert kept(database) == {"greeted_at_the_door": (False, "")}
    with database.reading() as session:
        assert session.scalars(select(Inspection)).one().state == "under_way"


@pytest.mark.parametrize("path", ["/inspections", "/inspections/new", "/posts", "/rewards", "/trainings"])
@pytest.mark.again
def test_the_pages_fit_a_phone_and_keep_the_rules_of_access(visitor, number, path):
    visitor("cr.sun", PHONE, start=path)
