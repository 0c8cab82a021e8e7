"""The company's stationery on paper: its words stand where the standard ones stood; nothing of them is carried out."""

import json

import pytest

from pdf import letter, specimen, standard, wording
from tests.pdf.samples import DIGEST, Content
from tests.pdf.test_letter import SAMPLES
from workflow.wording import PASSAGES, all_names, names_of

PLAIN = {"letterhead": {"zh": None, "en": None}, "address": {"zh": None, "en": None}, "telephone": None,
         "logo": None, "seal": None}  # fmt: skip


def on_stationery(kind: str, words: dict[str, dict[str, str]], **more: object) -> Content:
    return SAMPLES[kind](kind) | {"stationery": {"edition": 1, **PLAIN, **more, "wording": words}}


def html(content: Content, lang: str = "zh", copy: str = "full", **more: object) -> str:
    return letter.html(content, lang=lang, copy=copy, digest=DIGEST, **more)


def lines(page: str) -> list[str]:
    return [line for line in page.splitlines() if line.strip()]


def test_every_kind_can_be_worded_and_every_name_has_a_value():
    assert set(PASSAGES) == set(letter.TITLES)
    assert all_names() == wording.NAMES


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_standard_words_say_what_the_templates_print(lang):
    """A company begins with them: what it does not change must not change the letter."""
    for kind, places in standard.WORDS.items():
        own = {lang: {place: words[lang] for place, words in places.items()}}
        for copy in letter.copies_of(kind):
            assert lines(html(on_stationery(kind, own), lang, copy)) == lines(html(SAMPLES[kind](kind), lang, copy))


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_each_place_prints_the_companys_words_with_the_values_of_the_letter(lang):
    for kind, places in PASSAGES.items():
        for place, passage in places.items():
            copy = "customer" if place.startswith("customer") else "full"
            text = "甲〔" + "".join(f"{{{name}}}" for name in names_of(passage)) + "〕乙 <b>&"
            own = on_stationery(
                kind, {lang: {place: text}}, address={"zh": "示例路1号", "en": "1 Road"}, telephone="021-0000"
            )
            page = html(own, lang, copy)
            assert "甲〔" in page, (kind, place)
            assert "〕乙 &lt;b&gt;&amp;" in page, (kind, place)


def test_what_is_said_to_the_respondent_is_not_in_the_leaders_copy_nor_the_inner_form_in_the_customers():
    own = on_stationery("first_penalty_notice", {"zh": {"opening": "只对本人", "closing": "只对本人"}})
    assert "只对本人" in html(own)
    assert "只对本人" not in html(own, copy="leader")
    resolved = on_stationery("resolution_letter", {"zh": {"closing": "内部", "customer_closing": "给客户"}})
    assert "给客户" in html(resolved, copy="customer")
    assert "内部" not in html(resolved, copy="customer")
    assert "内部" in html(resolved)


def test_a_letter_that_lacks_a_value_prints_the_standard_words():
    own = on_stationery("first_penalty_notice", {"zh": {"remedy": "最迟{appeal_due}，找{appeal_to}。"}})
    own["penalty"]["appeal_due"] = None
    assert "最迟" not in html(own)
    assert "一年内，依法向劳动争议仲裁委员会申请仲裁" in html(own)


@pytest.mark.parametrize(
    "attack", ["{{ 7 * 7 }}", "{company.__class__}", "{% for x in range(10**9) %}", "{0.__init__}"]
)
def test_nothing_that_stands_in_a_wording_is_carried_out(attack):
    """The rules refuse these before; should one ever arrive, it is printed as it stands."""
    page = html(on_stationery("prior_notice", {"zh": {"opening": attack}}))
    assert attack.replace("&", "&amp;") in page


def test_letterhead_logo_seal_and_address_stand_in_every_model_of_letter():
    own = {"letterhead": {"zh": "星辰·浦东店", "en": None}, "address": {"zh": "示例路1号", "en": None},
           "telephone": "021-0000", "logo": "a", "seal": "b"}  # fmt: skip
    for kind, copy in (("ruling_letter", "full"), ("complaint_form", "full"), ("resolution_letter", "customer"),
                       ("separation_certificate", "full")):  # fmt: skip
        page = html(on_stationery(kind, {}, **own), copy=copy, pictures={"a": b"logo", "b": b"seal"}, specimen=True)
        for printed in ("星辰·浦东店", "地址：示例路1号　电话：021-0000", "data:image/png;base64,bG9nbw==", "样张"):
            assert printed in page, (kind, printed)
        assert ("data:image/png;base64,c2VhbA==" in page) == (kind != "complaint_form")


@pytest.mark.parametrize("kind", SAMPLES)
def test_the_specimens_are_the_samples(kind):
    """Delete a specimen to have it written anew."""
    kept, sample = specimen.FOLDER / f"{kind}.json", json.loads(json.dumps(SAMPLES[kind](kind)))
    if not kept.exists():
        kept.write_text(json.dumps(sample, ensure_ascii=False, indent=1, sort_keys=True) + "\n", encoding="utf-8")
        pytest.fail(f"{kept.name} was written")
    assert json.loads(kept.read_text(encoding="utf-8")) == sample
