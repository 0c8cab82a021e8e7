"""Letters as HTML: every kind in both languages and each copy against its snapshot, and what must stand in them."""

from pathlib import Path

import jinja2
import pytest

from pdf import letter
from pdf.letter import Check
from tests.pdf import samples_penalty, samples_publication, samples_reward, samples_scorecard
from tests.pdf.samples import DIGEST, GAO, HE, KINDS, LIU, MA, ZHOU, Content, sample

SNAPSHOTS = Path(__file__).parent / "snapshots"
SAMPLES = (
    dict.fromkeys(KINDS, sample)
    | dict.fromkeys(samples_penalty.KINDS, samples_penalty.sample)
    | dict.fromkeys(samples_scorecard.KINDS, samples_scorecard.sample)
    | dict.fromkeys(samples_reward.KINDS, samples_reward.sample)
    | dict.fromkeys(samples_publication.KINDS, samples_publication.sample)
)
EVERY_LETTER = [(kind, lang, copy) for kind in SAMPLES for lang in ("zh", "en") for copy in letter.copies_of(kind)]
DECISIONS = ("lapse_notice", "void_certificate", "ruling_letter", "varied_ruling_letter", "withdrawal_notice")


def html(content: Content, lang: str = "zh", copy: str = "full", **more: object) -> str:
    return letter.html(content, lang=lang, copy=copy, digest=DIGEST, **more)


def test_there_is_a_sample_of_every_kind():
    assert set(SAMPLES) == set(letter.TITLES)


@pytest.mark.parametrize(("kind", "lang", "copy"), EVERY_LETTER)
def test_a_letter_reads_as_its_snapshot(kind, lang, copy):
    """Delete a snapshot to have it written anew, then look at the difference."""
    page, kept = html(SAMPLES[kind](kind), lang, copy), SNAPSHOTS / f"{kind}.{lang}.{copy}.html"
    if not kept.exists():
        kept.parent.mkdir(exist_ok=True)
        kept.write_text(page, encoding="utf-8")
        pytest.fail(f"{kept.name} was written; read it and keep it")
    assert page == kept.read_text(encoding="utf-8")


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("kind", KINDS)
def test_every_letter_carries_what_a_letter_must(kind, lang):
    content = sample(kind)
    page = html(content, lang)
    assert letter.TITLES[kind][lang] in page
    assert content["company"][lang].replace("&", "&amp;") in page
    assert {"zh": f"客诉〔2026〕{content['number']['seq']}号", "en": f"[2026] No. {content['number']['seq']}"}[
        lang
    ] in page
    assert {"zh": "2026年第1版，自2026年1月1日起施行", "en": "edition 1 of 2026, in force from 1 January 2026"}[
        lang
    ] in page
    assert content["rule"] in page
    assert "5e90 b7c3 21da 8f64" in page
    assert content["template_version"] in page


@pytest.mark.parametrize(("lang", "zero"), [("zh", "0 分"), ("en", "Points of this step: 0")])
def test_a_step_without_points_prints_a_zero(lang, zero):
    assert zero in html(sample("appeal_form"), lang)


def test_points_show_the_step_and_the_running_total():
    page = html(sample("complaint_form"))
    assert "−5 分" in page
    assert "100 分" in page
    assert "另暂记 −5 分" in page
    assert "2026年3月累计" in page


def test_points_have_decimals_only_when_they_need_them():
    entries = sample("complaint_form")["entries"]
    entries[0]["points"] = "-2.50"
    assert "−2.50 分" in html(sample("complaint_form", entries=entries))


def test_entries_of_two_months_name_their_month():
    entries = sample("ruling_letter")["entries"]
    entries[1]["month"] = "2026-04"
    page = html(sample("ruling_letter", entries=entries))
    assert "2026年4月：" in page
    assert "2026年3月：" in page


def test_a_deputy_signs_for_the_one_they_stand_in_for():
    page = html(sample("ruling_letter", signer=HE, acting_for=ZHOU))
    assert "副总经理　何敏" in page
    assert "（代总经理周建国）" in page


def test_a_lapse_is_issued_by_the_system():
    page = html(sample("lapse_notice"))
    assert "系统自动出具" in page
    assert "依第CS-5条" in page


def test_the_only_addressee_is_called_you():
    assert "你对客户抱怨单" in html(sample("appeal_declined_notice", recipients=[MA]))
    assert "服务顾问马超对客户抱怨单" in html(sample("appeal_declined_notice", recipients=[MA, LIU]))


def test_a_varied_ruling_sets_old_beside_new():
    page = html(sample("varied_ruling_letter"))
    assert "<td>服务顾问马超</td><td>机修技师高峰</td>" in page
    assert "<td>一般</td><td>轻微</td>" in page
    assert GAO["name"] in page


def test_a_void_form_says_so_and_the_others_never_do():
    voided = html(sample("complaint_form"), voided_by={"series": "complaint", "year": 2026, "seq": 15})
    assert '<div class="voidmark">作废</div>' in voided
    assert "本单已由客诉〔2026〕15号《客诉单作废裁决书》作废，自始无效。" in voided
    assert "voidmark" not in html(sample("complaint_form"))


@pytest.mark.parametrize("kind", KINDS)
def test_no_complaint_letter_speaks_of_money(kind):
    page = html(sample(kind, complaint={"rework_cost_fen": 987654}))
    assert "9876" not in page
    assert "罚款" not in page


@pytest.mark.parametrize("kind", DECISIONS)
def test_a_customer_is_shortened_in_a_decision(kind):
    page = html(sample(kind, complaint={"customer_name": "郑小红女士"}))
    assert "客户郑女士" in page
    assert "郑小红" not in page


def test_markup_in_what_people_wrote_is_text():
    page = html(sample("complaint_form", complaint={"description": "<b>急</b> & <img src=x>"}))
    assert "&lt;b&gt;急&lt;/b&gt; &amp; &lt;img src=x&gt;" in page


def test_an_emoji_becomes_a_geta_mark_and_the_letter_says_so():
    page = html(sample("complaint_form", complaint={"description": "太慢了👍\u202e👨\u200d👩\u200d👧。"}))
    assert "太慢了〓〓〓〓。" in page
    assert "（原文含有无法排印的字符，见电子原件）" in page


def test_the_note_of_a_replaced_character_outlives_an_excerpt():
    page = html(sample("ruling_letter", complaint={"description": "慢👍，" + "等了很久。" * 60}))
    assert "……</p>" in page
    assert "（原文含有无法排印的字符，见电子原件）" in page


def test_a_rare_name_is_set_whole_in_another_face():
    page = html(sample("acceptance_notice", respondent=MA | {"name": "王喆"}))
    assert '<span class="nm-x">王喆</span>' in page


def test_a_content_with_something_missing_is_an_error():
    content = sample("ruling_letter")
    del content["complaint"]["channel"]
    with pytest.raises(jinja2.UndefinedError):
        html(content)


@pytest.mark.parametrize(
    ("kind", "lang", "copy"),
    [("ransom", "zh", "full"), ("ruling_letter", "fr", "full"), ("ruling_letter", "zh", "customer")],
)
def test_a_letter_that_does_not_exist_is_refused(kind, lang, copy):
    with pytest.raises(letter.NoSuchLetter):
        html(sample("ruling_letter") | {"kind": kind}, lang, copy)


def test_people_without_a_post_or_a_department_are_named_all_the_same():
    new = {"name": "新人", "post": "", "department": None}
    content = sample("ruling_letter", respondent=new, signer=new, recipients=[new, MA, new, new])
    content["appeal"]["by"] = new
    content["complaint"]["filed_by"] = None
    for lang in ("zh", "en"):
        assert "新人" in html(content, lang)
        assert "None" not in html(content | {"kind": "complaint_record"}, lang)


def test_the_head_answers_and_the_respondent_may_object():
    due = sample("complaint_form")["next"] | {"by": [LIU, MA]}
    page = html(sample("complaint_form", next=due))
    assert "服务总监刘洋应在<b>2026年3月3日10时20分前</b>答复" in page
    assert "服务顾问马超如有异议" in page


def test_a_time_set_by_law_is_named_until_it_has_passed():
    assert "法定期限<b>2026年3月11日9时前" in html(sample("void_certificate"))
    late = html(sample("void_certificate", issued_at="2026-03-11T09:30:00+08:00"))
    assert "客户关系部须立即将结果告知客户" in late
    assert "法定期限" not in html(sample("reopening_notice"))


def test_the_content_is_never_changed():
    content = sample("void_certificate")
    html(content, copy="respondent")
    assert content == sample("void_certificate")


@pytest.mark.parametrize(
    ("lang", "copy", "told"),
    [
        ("zh", "customer", "您向我们反映了有关问题（受理编号"),
        ("en", "customer", "you told us about a problem (our reference"),
        ("en", "full", "complained by phone about another matter (case"),
    ],
)
def test_a_complaint_of_no_named_category_is_told_in_whole_sentences(lang, copy, told):
    content = sample("resolution_letter" if copy == "customer" else "return_notice")
    content["complaint"]["category"] = "other"
    assert told in html(content, lang, copy)


def test_a_number_in_a_narrow_cell_of_an_english_form_keeps_its_figures_together():
    assert "Complaint [2026] No.\u00a012</td>" in html(sample("appeal_form"), "en")


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("kind", ["void_certificate", "complaint_form", "resolution_letter", "separation_certificate"])
def test_a_paper_that_can_be_checked_prints_its_code_and_the_same_picture_each_time(kind, lang):
    copy, check = ("customer" if kind == "resolution_letter" else "full"), Check("https://gd.example/v", "ABCDEFGHJKMN")
    first, again = (html(SAMPLES[kind](kind), lang, copy, check=check) for _ in range(2))
    assert first == again
    for printed in ("gd.example/v", "ABCD-EFGH-JKMN", "data:image/svg+xml", DIGEST[:4]):
        assert printed in first
