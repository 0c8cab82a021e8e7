"""Letters as PDF: pages, text, the same bytes, and nothing read from outside."""

import logging
import os
import re
import subprocess
import sys
from functools import cache
from io import BytesIO

import pypdf
import pytest

from pdf import letter, render
from tests.pdf import samples_penalty, samples_publication, samples_reward
from tests.pdf.samples import DIGEST, ZHOU, sample


@cache
def plain(kind: str, lang: str = "zh", copy: str = "full") -> bytes:
    """A sample as it is; several tests look at the same one."""
    return letter.render(sample(kind), lang=lang, copy=copy, digest=DIGEST)


def pdf(kind: str, lang: str = "zh", copy: str = "full", **changes: object) -> pypdf.PdfReader:
    if not changes:
        return pypdf.PdfReader(BytesIO(plain(kind, lang, copy)))
    return pypdf.PdfReader(BytesIO(letter.render(sample(kind, **changes), lang=lang, copy=copy, digest=DIGEST)))


def text(read: pypdf.PdfReader) -> str:
    """The text of all pages without blanks, which a PDF does not keep."""
    return "".join("".join(page.extract_text() for page in read.pages).split())


def squeezed(words: str) -> str:
    return "".join(words.split())


@pytest.mark.parametrize(
    ("kind", "lang", "copy", "pages", "says"),
    [
        ("void_certificate", "zh", "full", (2, 4), "第CS-4条规定：申诉成立的，客户抱怨单无效作废"),
        ("ruling_letter", "en", "respondent", (2, 2), "The appeal is dismissed."),
        ("complaint_form", "zh", "full", (2, 2), "马超客诉下发−5 分暂记100 分"),
        ("result_report", "en", "full", (1, 2), "Improvement measures"),
        ("resolution_letter", "zh", "customer", (1, 1), "尊敬的郑女士：您好！"),
        ("resolution_letter", "en", "customer", (1, 1), "Thank you for telling us directly."),
    ],
)
def test_a_letter_has_its_pages_and_its_words(kind, lang, copy, pages, says, caplog):
    with caplog.at_level(logging.WARNING, "weasyprint"):
        read = pdf(kind, lang, copy)
    assert pages[0] <= len(read.pages) <= pages[1]
    assert squeezed(says) in text(read)
    assert caplog.messages == []


def test_a_pdf_names_its_language_title_and_author():
    read = pdf("complaint_form")
    assert read.metadata.title == "客户抱怨单 客诉〔2026〕12号"
    assert read.metadata.author == "星辰汽车销售服务有限公司"
    assert read.trailer["/Root"]["/Lang"] == "zh-CN"


def test_every_page_of_a_letter_has_its_number():
    read = pdf("complaint_form")
    for page, sheet in enumerate(read.pages, start=1):
        assert f"第{page}页共2页" in squeezed(sheet.extract_text())


def test_all_fonts_are_embedded_as_subsets():
    fonts = pdf("void_certificate").pages[0]["/Resources"]["/Font"].values()
    assert all("+" in font.get_object()["/BaseFont"] for font in fonts)


LONG = "客户说等了很久，没有人来接待。" * 10


@pytest.mark.parametrize(
    ("description", "pages"),
    [("\n".join([LONG] * 33), (5, 8)), (LONG * 66, (9, 14)), ("ab" * 2500, (3, 7)), ("我是𠮷田，王喆。", (1, 2))],
    ids=["5000 characters", "10000 characters", "5000 letters unbroken", "rare characters"],
)
def test_a_form_holds_every_character_and_repeats_its_heading(description, pages):
    read = pdf("complaint_form", complaint={"description": description})
    assert pages[0] <= len(read.pages) <= pages[1]
    assert verbatim(read) == squeezed(description)


def verbatim(read: pypdf.PdfReader) -> str:
    """What stands under the heading of the customer's words, which is repeated on each of its pages."""
    under = re.compile("三、客户反映的情况（原话记录）(.*?)(?:四、客户的要求|客户抱怨单星辰|星辰汽车)")
    found = (under.search(squeezed(page.extract_text())) for page in read.pages)
    return "".join(part[1] for part in found if part)


def test_marks_of_direction_and_emoji_do_not_reach_the_paper():
    read = pdf("complaint_form", complaint={"description": "价格\u202e太\u200f高👍"})
    assert "价格太高〓（原文含有无法排印的字符，见电子原件）" in text(read)


def test_a_name_that_cannot_be_printed_is_refused():
    with pytest.raises(letter.Unprintable, match="U\\+1F44D"):
        pdf("ruling_letter", signer=ZHOU | {"name": "周👍"})


def test_a_glyph_that_is_missing_after_all_is_refused():
    with pytest.raises(render.Unprintable, match=r"\.notdef"):
        render.write("<html lang=zh-CN><body>\U0010fffd")


SIGN = """
import hashlib, pathlib, sys
from datetime import UTC, datetime
from pdf import letter, seal
from tests.pdf.samples import DIGEST, sample
key = letter.Signature(seal.opened(pathlib.Path(sys.argv[1]).read_bytes()), datetime(2026, 3, 4, tzinfo=UTC))
made = letter.render(sample("void_certificate"), lang="zh", copy="full", digest=DIGEST, signature=key)
print(len(made), hashlib.sha256(made).hexdigest())
"""


def test_the_same_content_and_key_give_the_same_bytes_in_another_process(sealed_var):
    command = [sys.executable, "-c", SIGN, sealed_var / "seal" / "seal.p12"]
    said = {
        subprocess.run(command, env=os.environ | other, capture_output=True, text=True, check=True).stdout
        for other in ({"PYTHONHASHSEED": "7", "TZ": "America/Lima"}, {"PYTHONHASHSEED": "8", "TZ": "Asia/Shanghai"})
    }
    assert len(said) == 1


@pytest.mark.parametrize(
    "address",
    [
        "file:///etc/passwd",
        "http://127.0.0.1:9/x.png",
        "https://localhost:9/x.png",
        "../../config.py",
        "ftp://127.0.0.1/x",
        "//127.0.0.1/x.png",
        "data:text/html,x",
    ],
)
def test_a_letter_reads_nothing_from_outside(address):
    from weasyprint.urls import FatalURLFetchingError

    with pytest.raises(FatalURLFetchingError):
        render.write(f'<html lang=zh-CN><body><img src="{address}">')


def test_a_letter_may_carry_an_image_of_its_own():
    dot = "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"
    assert render.write(f'<html lang=zh-CN><body><img src="{dot}">').startswith(b"%PDF-")


def test_a_process_knows_when_it_is_worn_out(monkeypatch):
    written = render.letters_written()
    render.write("<html lang=zh-CN><body>公道")
    assert render.letters_written() == written + 1
    monkeypatch.setattr(render, "LETTERS_PER_PROCESS", written + 1)
    assert render.worn_out()


def test_a_page_of_a_decision_keeps_the_measures_of_the_standard():
    """GB/T 9704-2012: type area from 28 mm at the left, lines of 225/22 mm, at most 22 of them."""
    a_line, places = 225 / 22, []

    def note(words: str, _page: object, place: list[float], *_: object) -> None:
        if words.strip():
            places.append((place[4] * 25.4 / 96, place[5] * 25.4 / 96))

    pdf("ruling_letter").pages[1].extract_text(visitor_text=note)
    body = [down for _, down in places if down < 37 + 225]
    assert min(left for left, _ in places) == pytest.approx(28, abs=0.1)
    assert len({round(down, 1) for down in body}) == 22
    assert max(body) - min(body) == pytest.approx(21 * a_line, abs=0.1)


@pytest.mark.parametrize(
    ("samples", "kind", "lang", "at_the_end"),
    [
        (samples_penalty, "first_penalty_notice", "zh", ("签发人", "送达回证")),
        (samples_penalty, "dismissal_notice", "en", ("Decidedby", "ReceiptofService")),
        (samples_penalty, "sustained_ruling", "en", ("Thisendstheappeal", "arbitration", "Ruledby")),
        (samples_publication, "target_letter", "zh", ("并承诺组织完成。", "责任人服务总监刘洋", "签发人总经理周建国")),
        (samples_publication, "target_letter", "en", ("worktowardsthem.", "Fortheunit", "Issuedby")),
        (samples_reward, "reward_notice", "en", ("Payment", "doesnotchangeyourscore.", "Grantedby")),
    ],
)
def test_what_belongs_together_stands_on_one_page(samples, kind, lang, at_the_end):
    written = letter.render(samples.sample(kind), lang=lang, copy="full", digest=DIGEST)
    last = squeezed(pypdf.PdfReader(BytesIO(written)).pages[-1].extract_text())
    assert all(words in last for words in at_the_end)


def pages_of(content: dict[str, object], **more: object) -> int:
    """As the product prints it: with the place where the paper can be checked."""
    check = letter.Check("https://gongdao.example/v", "ABCDEFGHJKMN")
    written = letter.render(content, lang="zh", copy="full", digest=DIGEST, check=check, **more)
    return len(pypdf.PdfReader(BytesIO(written)).pages)


@pytest.mark.parametrize(
    "content",
    [
        sample("complaint_record"), sample("result_report"), sample("resolution_letter"),
        samples_penalty.sample("defence_record"), samples_penalty.sample("penalty_appeal_form"),
    ],
    ids=lambda content: content["kind"],
)  # fmt: skip
def test_a_usual_form_is_one_page_and_leaves_no_signature_for_a_second(content):
    assert pages_of(content) == 1


def test_a_voided_copy_keeps_the_pages_of_its_decision():
    decision, day = samples_penalty.sample("first_penalty_notice"), "2026-03-20T11:00:00+08:00"
    revoked = {"series": "penalty", "year": 2026, "seq": 6, "issued_at": day}
    assert pages_of(decision) == pages_of(decision, voided_by=revoked) == 3
