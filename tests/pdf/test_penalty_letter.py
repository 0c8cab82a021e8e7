"""Letters of penalties: what a decision must say, what each copy leaves out, money in words and figures."""

import logging
from io import BytesIO

import jinja2
import pypdf
import pytest

from pdf import letter
from tests.pdf.samples import DIGEST, LIU
from tests.pdf.samples_penalty import KINDS, SLIP_OF_A_PAY_DAY, Content, sample

LANGUAGES = pytest.mark.parametrize("lang", ["zh", "en"])
VOIDED = {"series": "penalty", "year": 2026, "seq": 6, "issued_at": "2026-03-20T11:00:00+08:00"}
SERVED = ("first_penalty_notice", "second_penalty_notice", "dismissal_notice", "revocation_notice")
SERVED += ("fine_notice", "sustained_ruling", "regrade_notice", "reinstatement_ruling")
WITH_LEADER = [kind for kind in KINDS if "leader" in letter.copies_of(kind)]


def html(content: Content, lang: str = "zh", copy: str = "full", **more: object) -> str:
    return letter.html(content, lang=lang, copy=copy, digest=DIGEST, **more)


@LANGUAGES
@pytest.mark.parametrize("kind", KINDS)
def test_every_letter_carries_its_title_company_and_digest(kind, lang):
    content = sample(kind)
    page = html(content, lang)
    assert letter.TITLES[kind][lang] in page
    assert content["company"][lang].replace("&", "&amp;") in page
    assert "5e90 b7c3 21da 8f64" in page
    assert "None" not in page


def test_a_decision_states_amount_in_capital_numerals_and_points_in_one_sentence():
    assert "<b>罚款人民币伍拾元整（¥50.00），扣减绩效分5分。</b>" in html(sample("first_penalty_notice"))
    assert "<b>a fine of CNY 50.00 and minus 5 points.</b>" in html(sample("first_penalty_notice"), "en")


def test_a_decision_names_the_last_moment_of_an_appeal_and_to_whom():
    page = html(sample("first_penalty_notice"))
    assert "可在<b>2026年3月17日15时20分前</b>" in page
    assert "向总经理周建国提交《处罚申诉单》" in page


def test_a_decision_names_edition_and_day_of_the_acknowledgement():
    assert "（2026年第1版，自2026年1月1日起施行，你于2026年1月5日签收）第CS-7条规定" in html(
        sample("first_penalty_notice")
    )


@pytest.mark.parametrize(
    ("lang", "said"),
    [("zh", "按第二次处罚办理，罚款100元、扣减绩效分10分"), ("en", "a fine of CNY 100.00 and minus 10 points")],
)
def test_a_first_penalty_tells_what_a_second_brings(lang, said):
    assert said in html(sample("first_penalty_notice"), lang)


def test_a_second_penalty_tells_of_the_first_and_of_the_third():
    page = html(sample("second_penalty_notice"))
    assert "<td>处罚〔2026〕4号</td><td>2月28日</td><td>3月10日</td>" in page
    assert "启动解除劳动合同的审查" in page
    assert "（代总经理周建国）" in page


@LANGUAGES
def test_a_company_without_fines_prints_a_zero(lang):
    content = sample("first_penalty_notice", money=[], penalty={"fine_fen": 0, "fines": "points_only"})
    page = html(content, lang)
    assert {"zh": "不罚款（0.00元），扣减绩效分5分", "en": "no fine (CNY 0.00)"}[lang] in page
    assert {"zh": "<td>0.00 元</td>", "en": "<td>CNY 0.00</td>"}[lang] in page


def test_a_dismissal_prints_examination_union_and_what_follows():
    page = html(sample("dismissal_notice"))
    for said in (
        "自2026年7月21日起解除",
        "对解除无异议",
        "<td>待定</td>",
        "无工伤、职业病情形",
        "2026年8月5日前",
        "仲裁",
    ):
        assert said in page


@LANGUAGES
def test_rework_is_told_to_each_in_their_own_copy(lang):
    content = sample("first_penalty_notice", of="guo")
    theirs, leaders = html(content, lang, "respondent"), html(content, lang, "leader")
    assert "2,666.66" in theirs
    assert "666.67" not in theirs
    assert "胡军" not in theirs
    assert "666.67" in leaders
    assert "2,666.66" not in leaders
    assert "3,333.33" in html(content, lang)


def test_rework_is_written_in_capital_numerals_to_the_fen():
    page = html(sample("first_penalty_notice", of="guo"))
    assert "人民币贰仟陆佰陆拾陆元陆角陆分（¥2,666.66）" in page
    assert "人民币陆佰陆拾陆元陆角柒分（¥666.67）" in page


@LANGUAGES
@pytest.mark.parametrize("kind", WITH_LEADER)
def test_the_respondent_learns_nothing_of_the_leader(kind, lang):
    content = sample(kind, ending=None)
    page = html(content, lang, "respondent")
    assert content["penalty"]["leader"]["name"] not in page
    assert "连带责任" not in page


@LANGUAGES
@pytest.mark.parametrize("kind", WITH_LEADER)
def test_the_leader_reads_only_their_own_part(kind, lang):
    content = sample(kind)
    page = html(content, lang, "leader")
    for hidden in ("陈述申辩", "改派", "郑女士", "卢先生", "预约登记", "50.00", "工会"):
        assert hidden not in page
    assert content["penalty"]["leader"]["name"] in page


def test_a_leader_who_is_the_head_stays_among_the_copied():
    content = sample("first_penalty_notice", recipients=[sample("first_penalty_notice")["respondent"], LIU])
    content["penalty"]["leader"] = LIU
    assert "抄送：售后服务部服务总监刘洋。" in html(content, copy="respondent")


@LANGUAGES
@pytest.mark.parametrize("kind", KINDS)
def test_the_customer_is_hidden_from_the_respondent(kind, lang):
    told = "郑小红说，请打13812340001。"
    content = sample(kind)
    content["said"] = {key: told if value else value for key, value in content["said"].items()}
    content["penalty"] |= {"facts": told, "opinion": told}
    content["penalty"]["complaint"] = {"case_number": "2026-12", "letter": None, "customer_name": "郑小红女士"}
    page = html(content, lang, "respondent")
    assert "郑" not in page
    assert "13812340001" not in page


@LANGUAGES
@pytest.mark.parametrize("kind", KINDS)
def test_what_is_served_has_a_receipt_to_tear_off(kind, lang):
    assert ('class="receipt"' in html(sample(kind), lang)) is (kind in SERVED)


@LANGUAGES
@pytest.mark.parametrize("copy", ["full", "respondent", "leader"])
def test_a_revoked_decision_is_marked_on_every_copy(lang, copy):
    page = html(sample("first_penalty_notice"), lang, copy, voided_by=VOIDED)
    assert 'class="voidmark"' in page
    assert {
        "zh": "本决定书已由处罚〔2026〕6号《撤销处罚决定书》于2026年3月20日撤销，自始无效。",
        "en": "Revoked on 20 March 2026 by the revocation notice Penalty [2026] No. 6; void from the start.",
    }[lang] in page
    assert "voidmark" not in html(sample("first_penalty_notice"), lang, copy)


@LANGUAGES
def test_a_certificate_says_nothing_of_the_reason(lang):
    page = html(sample("separation_certificate"), lang)
    for word in ("处罚", "违", "penalty", "Penalty", "2026-15", "CS-"):
        assert word not in page
    assert {"zh": "3年", "en": "3 years"}[lang] in page


def test_a_waiver_is_recorded_as_one():
    content = sample("defence_record")
    content["said"] |= {"waived": True, "statement": None}
    content["penalty"]["defence"] |= {"waived": True, "statement": None}
    assert "自愿放弃陈述申辩" in html(content)


def test_a_reinstatement_says_yes_or_no():
    content = sample("reinstatement_ruling")
    assert "恢复你与公司的劳动关系" in html(content)
    content["said"]["reinstated"] = False
    assert "不恢复劳动关系" in html(content)


def test_a_slip_tells_what_was_left_over_and_why():
    page = html(sample("deduction_slip", slip=SLIP_OF_A_PAY_DAY))
    assert "达到扣款上限" in page
    assert "人民币壹仟柒佰壹拾陆元陆角陆分（¥1,716.66）" in page
    assert "全部扣清" not in page
    assert "全部扣清" in html(sample("deduction_slip"))
    assert "依　　据" in page
    nothing = SLIP_OF_A_PAY_DAY | {"lines": [], "forfeited": [], "limited_by": None}
    paid_out = html(sample("deduction_slip", slip=nothing, rules=[]))
    assert "依　　据" not in paid_out and "条规定：" not in paid_out


def test_a_penalty_without_complaint_defence_or_examination_is_printed():
    content = sample("penalty_submission", exam=None, attachments=[], next=None)
    content["penalty"] |= {"complaint": None, "defence": None, "leader": None, "occurred_on": None}
    for lang in ("zh", "en"):
        assert "None" not in html(content, lang)


def test_a_submission_of_a_dismissal_carries_the_checklist():
    page = html(sample("penalty_submission", of="zhao"))
    assert "解除劳动合同的审查" in page
    assert "一事不再罚" in page


def test_a_content_with_something_missing_is_an_error():
    content = sample("first_penalty_notice")
    del content["penalty"]["next_step"]
    with pytest.raises(jinja2.UndefinedError):
        html(content)


def test_an_emoji_in_a_defence_becomes_a_geta_mark():
    content = sample("first_penalty_notice")
    content["penalty"]["defence"]["statement"] = "不服👎"
    assert "不服〓" in html(content)


@pytest.mark.parametrize("kind", WITH_LEADER)
def test_the_content_is_never_changed(kind):
    content = sample(kind)
    html(content, copy="respondent")
    html(content, copy="leader")
    assert content == sample(kind)


def test_only_decisions_with_joint_liability_have_a_leaders_copy():
    with pytest.raises(letter.NoSuchLetter):
        html(sample("finality_notice"), copy="leader")


@pytest.mark.parametrize(
    ("kind", "lang", "copy", "pages", "says"),
    [
        ("first_penalty_notice", "zh", "respondent", (3, 4), "罚款人民币伍拾元整（¥50.00），扣减绩效分5分。"),
        ("first_penalty_notice", "zh", "leader", (2, 2), "连带责任−2分"),
        ("dismissal_notice", "zh", "full", (4, 5), "三、审查与工会意见"),
        ("dismissal_notice", "en", "respondent", (3, 4), "Your employment contract ends on 21 July 2026"),
        ("separation_certificate", "zh", "respondent", (1, 1), "特此证明。"),
        ("deduction_slip", "zh", "full", (1, 2), "本处罚的款项已全部扣清"),
        ("penalty_submission", "en", "full", (1, 2), "Silence is no approval"),
    ],
)
def test_a_letter_has_its_pages_and_its_words(kind, lang, copy, pages, says, caplog):
    with caplog.at_level(logging.WARNING, "weasyprint"):
        paper = letter.render(sample(kind), lang=lang, copy=copy, digest=DIGEST)
    read = pypdf.PdfReader(BytesIO(paper))
    text = "".join("".join(page.extract_text() for page in read.pages).split())
    assert pages[0] <= len(read.pages) <= pages[1]
    assert "".join(says.split()) in text
    assert caplog.messages == []


def test_a_revoked_decision_keeps_its_pages_and_is_marked_on_each():
    marked = letter.render(sample("first_penalty_notice"), lang="zh", copy="full", digest=DIGEST, voided_by=VOIDED)
    read = pypdf.PdfReader(BytesIO(marked))
    assert all("作废" in page.extract_text() for page in read.pages)


@pytest.mark.parametrize(("lang", "heard"), [("zh", "听取申辩"), ("en", "your defence,")])
def test_a_dismissal_says_that_somebody_was_heard_only_if_they_were(lang, heard):
    content = sample("dismissal_notice")
    assert heard in html(content, lang)
    content["penalty"]["defence"] |= {"waived": True, "statement": None}
    assert heard not in html(content, lang)


@pytest.mark.parametrize(("lang", "told"), [("zh", "放弃陈述申辩"), ("en", "You waived your defence")])
def test_a_decision_tells_of_a_waiver_once(lang, told):
    assert html(sample("second_penalty_notice"), lang).count(told) == 1


def test_an_earlier_penalty_of_another_year_stands_with_its_year():
    content = sample("dismissal_notice")
    content["penalty"]["counted"][0] |= {"occurred_on": "2025-11-28", "served_at": "2026-01-05T10:00:00+08:00"}
    page = html(content)
    assert "<td>2025年11月28日</td><td>1月5日</td>" in page
    assert "<td>5月28日</td>" in page


@pytest.mark.parametrize(
    ("years", "months", "zh", "en"),
    [
        (3, 0, "3年", "3 years"),
        (1, 2, "1年2个月", "1 year, 2 months"),
        (0, 1, "1个月", "1 month"),
        (0, 0, "0个月", "0 months"),
    ],
)
def test_a_certificate_counts_the_years_of_service_and_no_nothing(years, months, zh, en):
    content = sample("separation_certificate")
    content["ending"]["years_of_service"] = {"years": years, "months": months}
    assert f'<td class="l">{zh}</td>' in html(content)
    assert f'<td class="l">{en}</td>' in html(content, "en")


@pytest.mark.parametrize(
    ("lang", "same", "adjusted"),
    [
        ("zh", "你的分值和款项不作调整。", "多扣的分值"),
        ("en", "Your points and money are not adjusted.", "Points given back"),
    ],
)
def test_a_leader_for_whom_a_regrade_changes_nothing_reads_so(lang, same, adjusted):
    page = html(sample("regrade_notice"), lang, "leader")
    assert same in page
    assert adjusted not in page
