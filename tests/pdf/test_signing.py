"""The company's signature: valid when read again, the same each time, broken by any change."""

import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from threading import Barrier

import pytest
from PIL import Image
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext
from pypdf import PdfReader

from config import Settings
from jobs import seal
from pdf import binder, letter
from pdf.letter import Signature
from pdf.seal import Seal, Unsealed
from pdf.signing import Press
from tests.pdf.samples import DIGEST, sample

ISSUED = datetime(2026, 3, 4, 8, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
def key(sealed_var: Path) -> Seal:
    return seal.seal_of(Settings.for_tests(var=sealed_var), at=ISSUED)


@pytest.fixture(scope="module")
def signed(key: Seal) -> bytes:
    return _signed("void_certificate", key)


def _signed(kind: str, key: Seal) -> bytes:
    return letter.render(sample(kind), lang="zh", copy="full", digest=DIGEST, signature=Signature(key, ISSUED))


def test_where_the_company_prints_its_own_seal_none_is_drawn_over_it(key):
    """The signature stays; only its visible mark gives way."""
    own = {"edition": 1, "letterhead": {"zh": None, "en": None}, "address": {"zh": None, "en": None},
           "telephone": None, "logo": None, "seal": "a", "wording": {}}  # fmt: skip
    drawn = BytesIO()
    Image.new("RGBA", (64, 64), "red").save(drawn, "PNG")
    paper = letter.render(
        sample("void_certificate") | {"stationery": own}, lang="zh", copy="full", digest=DIGEST,
        signature=Signature(key, ISSUED), pictures={"a": drawn.getvalue()},
    )  # fmt: skip
    found, status = _read(paper, key)
    assert status.bottom_line
    assert [float(side) for side in found.sig_field["/Rect"]] == [0, 0, 0, 0]


def _read(paper: bytes, key: Seal):
    [found] = PdfFileReader(BytesIO(paper)).embedded_signatures
    [root] = key.chain
    from pdf.signing import _plain

    return found, validate_pdf_signature(found, ValidationContext(trust_roots=[_plain(root)], allow_fetching=False))


def test_the_signature_is_valid_trusted_and_covers_the_whole_letter(signed, key):
    found, status = _read(signed, key)
    assert status.bottom_line and status.intact and status.trusted
    assert status.coverage.name == "ENTIRE_FILE"
    assert found.sig_object["/SubFilter"] == "/ETSI.CAdES.detached"
    assert found.self_reported_timestamp == ISSUED


def test_a_changed_byte_breaks_the_signature(signed, key):
    at = signed.index(b"stream") + 40
    _found, status = _read(signed[:at] + bytes([signed[at] ^ 1]) + signed[at + 1 :], key)
    assert not status.intact


def test_signing_adds_to_the_letter_and_changes_nothing_of_it(signed):
    plain = letter.render(sample("void_certificate"), lang="zh", copy="full", digest=DIGEST)
    assert signed.startswith(plain)


def test_the_same_letter_is_signed_with_the_same_bytes(signed, key, sealed_var):
    again = seal.opened((sealed_var / "seal" / "seal.p12").read_bytes())
    assert _signed("void_certificate", again) == signed


def test_the_seal_stands_where_the_template_left_room_and_forms_have_none(signed, key):
    field = PdfFileReader(BytesIO(signed)).root["/AcroForm"]["/Fields"][0]
    left, low, right, high = (float(side) for side in field["/Rect"])
    assert (right - left, high - low) == (119, 119)
    form = PdfFileReader(BytesIO(_signed("complaint_form", key))).root["/AcroForm"]["/Fields"][0]
    assert [float(side) for side in form["/Rect"]] == [0, 0, 0, 0]


def test_in_a_bound_file_the_seal_is_part_of_the_page_and_no_signature(signed, tmp_path):
    front, to = letter.paper.write("<title>x</title>"), tmp_path / "bound.pdf"
    parts = [binder.Part("letters", "one", binder.Sheets(signed))]
    stamps = letter.paper.write("<title>x</title>" + '<p style="break-after: page">1</p>' * binder.count(signed))
    said = {"title": "x", "author": "x", "language": "zh-CN", "front_title": "x"}
    binder.bind(front, parts, stamps, [], to=to, **said)
    bound, plain = PdfReader(to), PdfReader(BytesIO(signed))
    assert "/AcroForm" not in bound.trailer["/Root"]
    notes = [note.get_object()["/Subtype"] for page in bound.pages for note in page.get("/Annots", ())]
    assert "/Widget" not in notes
    sealed = next(n for n, page in enumerate(plain.pages) if any(
        note.get_object()["/Subtype"] == "/Widget" for note in page.get("/Annots", ())))  # fmt: skip
    drawn = bound.pages[sealed + 1]["/Resources"]["/XObject"]
    assert any(b"0.843 0 0.059 rg" in _all_streams(form.get_object()) for form in drawn.values())


def _all_streams(form) -> bytes:
    """What a form draws, with the forms inside it."""
    inner = form.get("/Resources", {}).get("/XObject", {}).values()
    return form.get_data() + b"".join(_all_streams(other.get_object()) for other in inner)


@pytest.mark.skipif(not shutil.which("pdfsig"), reason="pdfsig (poppler-utils) is not installed")
def test_pdfsig_calls_the_signature_valid(signed, tmp_path):
    file = tmp_path / "letter.pdf"
    file.write_bytes(signed)
    said = subprocess.run(["pdfsig", "-nocert", file], capture_output=True, text=True, env={}, check=False).stdout
    assert "Signature is Valid" in said and "Total document signed" in said


def test_a_time_stamp_stands_in_the_signature_where_a_service_is_set(key, monkeypatch):
    from asn1crypto import keys, tsp
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
    from pyhanko.sign.timestamps.dummy_client import DummyTimeStamper

    from pdf.signing import _plain

    private = key.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    service = DummyTimeStamper(_plain(key.certificate), keys.PrivateKeyInfo.load(private), fixed_dt=ISSUED)

    def answer(asked, timeout):
        assert asked.full_url == "http://stamps.example/tsr"
        return BytesIO(service.request_tsa_response(tsp.TimeStampReq.load(asked.data)).dump())

    monkeypatch.setattr("urllib.request.urlopen", answer)
    stamped = _signed("void_certificate", replace(key, time_stamps="http://stamps.example/tsr"))
    [found] = PdfFileReader(BytesIO(stamped)).embedded_signatures
    assert [attribute["type"].native for attribute in found.signer_info["unsigned_attrs"]] == [
        "signature_time_stamp_token"
    ]


def test_without_the_answer_of_its_service_a_letter_waits(key, monkeypatch):
    def refuse(*_: object, **__: object) -> None:
        raise OSError("connection refused")

    monkeypatch.setattr("urllib.request.urlopen", refuse)
    with pytest.raises(Unsealed, match="The time-stamp service did not answer as it should: connection refused"):
        _signed("void_certificate", replace(key, time_stamps="http://stamps.example/tsr"))


def test_two_letters_at_once_may_be_the_first_that_a_seal_signs(key):
    """Workers sign in threads; a certificate that is read while it is used has half a name."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        for _ in range(40):
            hand, ready = Press(key)._hand, Barrier(4)
            with ThreadPoolExecutor(4) as threads:
                names = {job.result() for job in [threads.submit(_name, hand, ready) for _ in range(4)]}
            assert len(names) == 1
    finally:
        sys.setswitchinterval(usual)


def _name(hand, ready: Barrier) -> str:
    ready.wait()
    return hand.subject_name
