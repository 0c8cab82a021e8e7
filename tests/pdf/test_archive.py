"""Letters as archive files: the marks of PDF/A-3, before and after they are signed."""

import json
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from pypdf import PdfReader

from config import Settings
from jobs import seal
from pdf import letter
from pdf.letter import Signature
from tests.pdf.archive import faults
from tests.pdf.samples import DIGEST
from tests.pdf.test_letter import SAMPLES
from tests.pdf.test_render import plain

ISSUED = datetime(2026, 3, 4, 8, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("kind", "lang", "copy"),
    [
        ("void_certificate", "zh", "full"),
        ("complaint_form", "en", "respondent"),
        ("resolution_letter", "zh", "customer"),
        ("first_penalty_notice", "zh", "respondent"),
        ("scorecard", "zh", "full"),
    ],
)
def test_a_signed_letter_is_an_archive_file_with_its_content(kind, lang, copy, sealed_var: Path):
    key = seal.seal_of(Settings.for_tests(var=sealed_var), at=ISSUED)
    content = SAMPLES[kind](kind)
    made = letter.render(content, lang=lang, copy=copy, digest=DIGEST, signature=Signature(key, ISSUED))
    assert faults(made) == []
    [name], [file] = zip(*PdfReader(BytesIO(made)).attachments.items(), strict=True)
    assert name == "content.json" and json.loads(file[0])["content"]["kind"] == kind


def test_the_check_sees_a_mark_that_is_missing():
    changed = BytesIO()
    with pikepdf.open(BytesIO(plain("complaint_form"))) as pdf:
        with pdf.open_metadata(set_pikepdf_as_editor=False) as about:
            del about["pdfaid:part"]
        pdf.Root.AF[0].AFRelationship = pikepdf.Name.Unspecified
        pdf.save(changed)
    assert faults(changed.getvalue()) == [
        "the metadata does not say PDF/A-3a", "an enclosed file without its kind, date, size or relation"
    ]  # fmt: skip
