"""The file inside a letter: everything for those who read the full copy, and to nobody what their paper hides."""

import json
import re
from collections.abc import Iterator
from html import unescape
from typing import Any

import pytest

from pdf import letter
from pdf.enclosed import enclosed
from tests.pdf.samples import DIGEST, sample
from tests.pdf.samples_penalty import sample as penalty_sample
from tests.pdf.test_letter import EVERY_LETTER, SAMPLES

# States, numbers and days; everything else was written by somebody or names somebody.
CODE = re.compile(r"[a-z_]+|[A-Z]+-[0-9.]+|[-+0-9.:T]+")
OPEN = ("company", "regulation", "rules")


def told(content: dict[str, Any], lang: str, copy: str) -> tuple[str, dict[str, Any], str]:
    page, shown = letter._page(content, lang=lang, copy=copy, digest=DIGEST, voided_by=None, check=None)
    data = enclosed(shown, page, lang=lang, copy=copy, digest=DIGEST).data.decode()
    return data, json.loads(data)["content"], "".join(unescape(re.sub(r"<[^>]*>", "", page)).split())


def words_in(value: Any, lang: str) -> Iterator[str]:
    """Of what is said in both languages, that of the paper."""
    match value:
        case dict():
            others = {"zh", "en"} - {lang} if {"zh", "en"} <= set(value) else set()
            for key in set(value) - others:
                yield from words_in(value[key], lang)
        case list():
            for part in value:
                yield from words_in(part, lang)
        case str() if not CODE.fullmatch(value):
            yield value


@pytest.mark.parametrize(("kind", "lang", "copy"), [given for given in EVERY_LETTER if given[2] != "full"])
def test_no_word_goes_along_that_the_paper_does_not_print(kind, lang, copy):
    _data, found, printed = told(SAMPLES[kind](kind), lang, copy)
    words = set(words_in({key: part for key, part in found.items() if key not in OPEN}, lang))
    assert {word for word in words if not _stands_in(word, printed)} == set()


def _stands_in(word: str, printed: str) -> bool:
    return all("".join(line.split()) in printed for line in word.splitlines())


def test_the_full_copy_encloses_all_that_it_shows_and_the_digest_of_what_was_frozen():
    data, found, _printed = told(sample("complaint_form"), "zh", "full")
    assert found["complaint"]["customer_name"] == "郑女士" and found["complaint"]["customer_phone"] == "138****0001"
    assert found["complaint"]["description"] == sample("complaint_form")["complaint"]["description"]
    assert json.loads(data)["digest"] == DIGEST and json.loads(data)["format"] == "gongdao-letter/1"


def test_the_respondent_learns_neither_the_customer_nor_the_leader_by_opening_the_file():
    complaint, *_ = told(sample("complaint_form"), "zh", "respondent")
    assert not [secret for secret in ("郑女士", "0001", "浙A·D12345") if secret in complaint]
    penalty, found, _printed = told(penalty_sample("first_penalty_notice"), "zh", "respondent")
    assert "高峰" not in penalty and "郑女士" not in penalty
    assert [who["name"] for who in found["recipients"]] == ["马超", "刘洋", "钱芳"]


@pytest.mark.parametrize(("kind", "copy"), [("resolution_letter", "customer"), ("separation_certificate", "full")])
def test_what_leaves_the_company_tells_nothing_but_who_wrote_what_when(kind, copy):
    _data, found, _printed = told(SAMPLES[kind](kind), "zh", copy)
    assert set(found) == {"schema", "template_version", "company", "kind", "issued_at", "number"}
    assert set(found["number"]) == {"year", "seq"}
