"""The administrator gives the company's letters a letterhead and words of their own."""

from io import BytesIO

from PIL import Image
from playwright.sync_api import expect

from tests.browser.conftest import PHONE


def test_stationery_from_its_draft_to_its_edition(visitor):
    admin = visitor("admin.root", PHONE)
    page = admin.go("/company")
    admin.follow("查看函件模板")
    admin.sees("函件采用默认版式和标准措辞")
    admin.press("起草新版本")
    page.get_by_label("地址（中文）").fill("上海市浦东新区示例路88号")
    page.locator("#logo").set_input_files({"name": "logo.png", "mimeType": "image/png", "buffer": b"<svg/>"})
    admin.press("保存抬头", status=422)
    expect(page.locator("#logo-error")).to_contain_text("这不是可以印刷的图片")
    page.locator("#logo").set_input_files({"name": "logo.png", "mimeType": "image/png", "buffer": picture()})
    admin.press("保存抬头")
    admin.sees("上海市浦东新区示例路88号")
    admin.follow("措辞", within="main nav")
    admin.follow("第一次处罚决定书")
    page.locator("[name='zh.remedy']").fill("可以申诉。\n{% for x in range(10**9) %}")
    admin.press("保存措辞", status=422)
    admin.sees("第 2 行：无法识别", "缺少 {appeal_due}")
    page.locator("[name='zh.remedy']").fill("可在{appeal_due}向{appeal_to}申诉。")
    admin.press("保存措辞")
    admin.sees("公司措辞")
    admin.follow("差异", within="main nav")
    admin.sees("有 3 处不同", "可在{appeal_due}向{appeal_to}申诉。")
    admin.follow("启用", within="main nav")
    page.get_by_label("启用日期").fill("2026-03-05")
    admin.press("查看启用后果")
    admin.sees("自2026年3月5日起签发的函件，一律采用本版")
    admin.press("确认启用")
    admin.sees("函件模板第 1 版", "待启用", "第一次处罚决定书")


def picture() -> bytes:
    file = BytesIO()
    Image.new("RGB", (300, 100), "navy").save(file, "PNG")
    return file.getvalue()
