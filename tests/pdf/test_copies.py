"""What each copy hides: the customer from the respondent, the staff from the customer."""

import pytest

from pdf import letter
from tests.pdf.samples import DIGEST, KINDS, MEASURES, Content, sample


def html(content: Content, copy: str, lang: str = "zh") -> str:
    return letter.html(content, lang=lang, copy=copy, digest=DIGEST)


TOLD = "郑小红说：我是郑小红，电话 138 1234 0001，车牌浙A·D12345（浙a D12345）。郑女士很生气，找郑小红女士。"
HIDDEN = {"description": TOLD, "demand": TOLD, "customer_name": "郑小红女士", "order_number": "D-77"}


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("kind", KINDS)
def test_the_respondent_learns_nothing_of_the_customer(kind, lang):
    content = sample(kind, complaint=HIDDEN, attachments=["郑小红的车.png"])
    content["said"] |= {"reason": TOLD, "note": TOLD, "measures_taken": TOLD, "result": TOLD}
    for part, field in (("appeal", "grounds"), ("handling", "result")):
        if content[part]:
            content[part][field] = TOLD
    page = html(content, "respondent", lang)
    for secret in ("郑", "0001", "D12345", "D-77"):
        assert secret not in page


def test_other_people_keep_their_names():
    content = sample(
        "complaint_form", complaint={"customer_name": "马先生", "description": "马先生说马超和马师傅都在。"}
    )
    assert "客户说马超和马师傅都在。" in html(content, "respondent")


def test_a_customer_with_a_latin_name_is_hidden_as_a_whole_word():
    content = sample(
        "complaint_form", complaint={"customer_name": "John Li", "description": "Listen, Mr Li called. JOHN LI!"}
    )
    assert "Listen, the customer called. the customer!" in html(content, "respondent")


def test_every_mobile_number_is_hidden_from_the_respondent():
    content = sample("complaint_form", complaint={"customer_phone": None, "description": "请打13912345678。"})
    assert "请打（略）。" in html(content, "respondent")


def test_the_full_copy_masks_the_number_that_someone_typed():
    content = sample("complaint_form", complaint={"description": "请打138-1234-0001，或者13912345678。"})
    assert "请打138****0001，或者13912345678。" in html(content, "full")


@pytest.mark.parametrize(
    ("masked", "typed"),
    [
        ("138****0001", "138 1234 0001"),
        ("057****4321", "0571-8765-4321"),
        ("****67", "5551267"),
        ("861****0001", "8613812340001"),
    ],
)
def test_a_number_is_found_behind_every_mask(masked, typed):
    content = sample("complaint_form", complaint={"customer_phone": masked, "description": f"请打{typed}。3月12日见。"})
    assert f"请打{masked}。3月12日见。" in html(content, "full")
    assert typed not in html(content, "respondent")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_customer_never_reads_of_staff_or_penalties(lang):
    content = sample("resolution_letter", respondents=["马超", "李强"])
    content["handling"] |= {
        "measures_taken": "服务顾问马超已道歉。马超被处罚，正在申诉。小马会联系客户。",
        "result": "扣分作废。马超已被开除。当班人员扣 分2分。李强师傅说明了原因。",
    }
    page = html(content, "customer", lang)
    for word in ("马超", "小马", "处罚", "扣分", "申诉", "作废", "开除", "扣 分", "李强", "2026-03", "138"):
        assert word not in page


def test_the_customer_reads_the_answer_written_for_them():
    content = sample("resolution_letter")
    content["said"]["answer_to_customer"] = "马超已向您道歉。我们为您保留了每周六上午的预约。积分（points）已到账。"
    page = html(content, "customer")
    assert "相关同事已向您道歉。我们为您保留了每周六上午的预约。积分（points）已到账。" in page
    assert "免费做了全车检查" not in page


def test_what_was_done_is_told_to_the_customer_as_you():
    assert MEASURES.startswith("3月4日，服务总监当面向客户说明原因")
    page = html(sample("resolution_letter"), "customer")
    assert "3月4日，服务总监当面向您说明原因并致歉；为您的车辆免费做了全车检查" in page


@pytest.mark.parametrize(
    ("name", "lang", "greeting"),
    [
        ("郑女士", "zh", "尊敬的郑女士："),
        ("欧阳明先生", "zh", "尊敬的欧阳先生："),
        ("郑敏", "zh", "尊敬的客户郑敏："),
        (None, "zh", "尊敬的客户："),
        ("郑女士", "en", "Dear Ms 郑,"),
        ("John Li", "en", "Dear John Li,"),
        (None, "en", "Dear customer,"),
    ],
)
def test_the_customer_is_greeted_by_name(name, lang, greeting):
    assert greeting in html(sample("resolution_letter", complaint={"customer_name": name}), "customer", lang)


@pytest.mark.parametrize(
    ("rating", "said"), [(5, "表示非常满意，这件事至此办结"), (2, "还没有让您完全满意"), (None, "听听您还有什么想法")]
)
def test_the_letter_says_only_what_the_customer_said(rating, said):
    content = sample("resolution_letter")
    content["said"]["satisfaction"] = rating
    page = html(content, "customer")
    assert said in page
    assert ("表示" in page) is (rating == 5)


def test_a_former_respondent_does_not_read_the_successors_score():
    """Both get the ruling that changes the respondent; the head reads the scores in full."""
    content = sample("varied_ruling_letter")
    scores = [entry["balance_after"] for entry in content["entries"] if entry["account_kind"] == "employee"]
    assert scores
    for score in {f"{float(score):.0f} 分</span>" for score in scores}:
        assert score in html(content, "full")
    assert html(content, "respondent").count("<td>—</td>") >= len(scores)
