"""A respondent appeals with a photo, and the head submits the appeal."""

from io import BytesIO

from PIL import Image
from playwright.sync_api import expect

from tests.browser.conftest import PHONE

GROUNDS = "报价单由客户本人签字，增项前已电话告知。"


def photo() -> dict[str, object]:
    stream = BytesIO()
    Image.new("RGB", (640, 480), "linen").save(stream, "JPEG")
    return {"name": "报价单.jpg", "mimeType": "image/jpeg", "buffer": stream.getvalue()}


def test_the_respondent_appeals_with_a_photo_attached(visitor, case_in, case):
    number = case_in("assigned")
    respondent = visitor("service.ma", PHONE)
    page = respondent.go(f"/complaints/{number}?act=appeal")
    page.locator("#appeal-grounds").fill(GROUNDS)
    page.locator("#appeal-files").set_input_files(photo())
    respondent.press("提交申诉")
    respondent.sees("申诉中", GROUNDS, "您现在不需要做任何事")
    respondent.sees_no("郑女士", "13800000001")
    assert case(number).state == "appealed"
    address = page.get_by_role("link", name="报价单.jpg").first.get_attribute("href")
    file = page.request.get(respondent.address + address)
    assert (file.status, file.headers["content-type"], file.body()) == (200, "image/jpeg", photo()["buffer"])


def test_a_file_that_is_not_what_it_claims_is_refused_beside_its_field_with_the_text_kept(visitor, case_in, case):
    number = case_in("assigned")
    respondent = visitor("service.ma")
    page = respondent.go(f"/complaints/{number}?act=appeal")
    page.locator("#appeal-grounds").fill(GROUNDS)
    files = page.locator("#appeal-files")
    files.set_input_files({"name": "照片.jpg", "mimeType": "image/jpeg", "buffer": b"MZ\x90\x00 no photo at all"})
    respondent.press("提交申诉", status=422)
    expect(page.locator("#appeal-files-error")).to_contain_text("照片.jpg")
    expect(page.locator("#appeal-grounds")).to_have_value(GROUNDS)
    assert case(number).state == "assigned"


def test_the_head_finds_the_appeal_in_the_inbox_and_submits_it(visitor, case_in, case):
    number = case_in("appealed")
    head = visitor("service.liu")
    page = head.go("/")
    head.sees(number, "马超申诉")
    head.follow("提报", within="main .gd-acts")
    page.get_by_role("radio", name="提报总经理").check()
    page.locator("#endorse-opinion").fill("情况属实，建议撤销。")
    head.press("提报总经理裁决")
    head.sees("待裁决", "情况属实，建议撤销。")
    assert case(number).state == "ruling"
