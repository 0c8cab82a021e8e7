"""One act with several cases at once, in the hand and without JavaScript; what was done stands under “done”."""

from tests.browser.conftest import PHONE


def test_a_head_accepts_several_and_is_told_of_each(visitor, case_in, case):
    first, second, appealed = case_in("assigned"), case_in("assigned"), case_in("appealed")
    head = visitor("service.liu", PHONE, javascript=False)
    for number in (first, second, appealed):
        head.page.get_by_label(f"选择客诉 {number}", exact=True).check()
    head.press("受理")
    head.sees("已选 3 项", "本案现为“申诉中”，不能办理这一步。")
    head.page.locator("#text").fill("请当日联系客户。")
    head.press("确认办理 2 项")
    head.sees("已办理 2 项", "1 项未办理")
    assert {str(case(number).state) for number in (first, second)} == {"handling"}
    assert case(first).events[-1].said["note"] == "请当日联系客户。"
    assert str(case(appealed).state) == "appealed"
    head.follow("返回")
    head.follow("已办")
    head.sees(first, second)
