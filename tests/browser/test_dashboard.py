"""From the figure at a glance to the sheet that it lacks: on a desk and on a phone."""

from playwright.sync_api import expect

from tests.browser.conftest import PHONE
from tests.web.test_assessment_rows import HEADS, of_work, workbook
from tests.web.test_dashboard import three_months

# Of each picture of the page, how high its smallest words stand on it.
SMALLEST_WORDS = """() => Promise.all([...document.querySelectorAll("main img.gd-chart")].map(async picture => {
    await picture.decode();
    const drawn = await (await fetch(picture.currentSrc)).text();
    const sizes = [...drawn.matchAll(/font-size="([0-9.]+)px"/g)].map(found => Number(found[1]));
    return Math.min(...sizes) * picture.clientWidth / picture.naturalWidth;
}))"""


def test_an_owner_looks_at_the_figures_compares_them_and_gives_a_sheet(visitor, database, size, tmp_path):
    with database.writing() as session:
        key = three_months(session)
        session.commit()
    owner = visitor("cr.lin", size)
    owner.follow("看板", within="nav.gd-tabbar" if size == PHONE else "nav[aria-label='主导航']")
    owner.sees("净推荐值", "的平均值", "客户忠诚度指标管理办法")
    expect(owner.page.locator("main img").first).to_be_visible()
    owner.follow("各期对比")
    owner.sees("销售部", "售后服务部", "变好")
    words = owner.page.evaluate(SMALLEST_WORDS)
    assert words and min(words) >= 11, "words of a picture are not made smaller than they can be read"
    owner.page.locator("main a", has_text="售后服务部").first.click()
    owner.sees("马超")
    owner.go(f"/assessments/{key}/records/retention")
    sheet = tmp_path / "保有.xlsx"
    for lines, press in ((("马超", "2026-03-01", "三十", 40),), False), ((("马超", "2026-03-01", 30, 40),), True):
        sheet.write_bytes(workbook(HEADS, *lines)[0].getvalue())
        owner.page.set_input_files("#file", sheet)
        owner.press("上传并预览", status=200 if press else 422)
        if press:
            owner.sees("1 条新记录")
            owner.press("全部导入")
            owner.sees("已导入 1 条记录", "期初客户数 40")
        else:
            owner.sees("C 期末仍保有", "“三十”不是数字")


def test_a_figure_is_entered_by_hand_with_its_evidence(visitor, database, tmp_path):
    with database.writing() as session:
        key = of_work(session)
        session.commit()
    owner = visitor("hr.qian", PHONE, start=f"/assessments/{key}/records")
    owner.follow("工作任务")
    page, proof = owner.page, tmp_path / "任务.pdf"
    proof.write_bytes(b"%PDF-1.4\n%%EOF\n")
    page.locator("#subject").select_option(label="马超")
    page.locator("#day").fill("2026-02-10")
    page.locator("#value-points").fill("101")
    page.set_input_files("#proof", proof)
    owner.press("录入", status=422)
    owner.sees("101")
    page.locator("#value-points").fill("88")
    page.set_input_files("#proof", proof)
    owner.press("录入")
    owner.sees("任务.pdf", "88")
