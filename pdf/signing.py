"""PAdES with pyHanko, and the red seal as the visible mark of the signature.

The only module that imports pyHanko. It adds one revision to the bytes of a letter and changes
nothing of what was there: language, title, tags and the marks of an archive file stay. The same
letter, key and time give the same bytes, unless a time-stamp service is asked.
"""

from __future__ import annotations

import hashlib
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

from asn1crypto import tsp, x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import Certificate
from pyhanko.pdf_utils import generic, layout
from pyhanko.pdf_utils.content import RawContent
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import signers
from pyhanko.sign.fields import MDPPerm, SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.stamp import StaticStampStyle
from pyhanko_certvalidator.registry import SimpleCertificateStore

from pdf import stamp
from pdf.seal import Seal, Unsealed

FIELD = "Seal"
# The id under which a template leaves room for the seal; a letter without it is signed without a mark.
PLACE = "seal"
OPACITY = 0.86
SECONDS_FOR_A_TIME_STAMP = 15
LONGEST_ANSWER = 100_000


class Press:
    """Signs letters with one seal."""

    def __init__(self, seal: Seal) -> None:
        store = SimpleCertificateStore()  # type: ignore[no-untyped-call]
        store.register_multiple([_plain(other) for other in seal.chain])
        self._hand = _Hand(seal.key, signing_cert=_plain(seal.certificate), cert_registry=store)
        self._time_stamps = _OverHttp(seal.time_stamps) if seal.time_stamps else None

    def sign(self, letter: bytes, *, at: datetime, company: str) -> bytes:
        revision = _Revision(BytesIO(letter))
        signer = self._signer(_field_on(revision.prev), at, stamp_style=_mark(company))
        return bytes(signer.sign_pdf(revision).getvalue())

    def sign_file(self, file: Path, *, at: datetime) -> None:
        """Add the signature at the end of the file, without a mark, and without reading the file into memory."""
        with file.open("r+b") as stream:
            self._signer(SigFieldSpec(FIELD, on_page=0), at).sign_pdf(_Revision(stream), in_place=True)

    def _signer(self, field: SigFieldSpec, at: datetime, **drawn: Any) -> _AtItsTime:
        signer = _AtItsTime(self._said(), self._hand, timestamper=self._time_stamps, new_field_spec=field, **drawn)
        signer.at = at.astimezone(UTC).replace(microsecond=0)
        return signer

    @staticmethod
    def _said() -> signers.PdfSignatureMetadata:
        """Whatever is changed afterwards breaks the signature: nothing is left to be filled in."""
        return signers.PdfSignatureMetadata(
            field_name=FIELD, md_algorithm="sha256", subfilter=SigSeedSubFilter.PADES,
            certify=True, docmdp_permissions=MDPPerm.NO_CHANGES,
        )  # fmt: skip


class _Hand(signers.Signer):
    """Signs with a key that is open already: pyHanko's own would read it anew for each letter."""

    def __init__(self, key: rsa.RSAPrivateKey, **known: Any) -> None:
        super().__init__(prefer_pss=False, **known)
        self._key = key

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
        if dry_run:
            return bytes(self._key.key_size // 8)
        return self._key.sign(data, padding.PKCS1v15(), hashes.SHA256())


class _AtItsTime(signers.PdfSigner):
    """Writes the time that it is given as the time of signing."""

    at: datetime

    def init_signing_session(self, *given: Any, **named: Any) -> Any:
        session = super().init_signing_session(*given, **named)
        session.system_time = self.at
        return session


class _Revision(IncrementalPdfFileWriter):
    """Adds to a file without a random mark and without today's date; what it says of itself is left alone."""

    @classmethod
    def _handle_id(cls, prev: PdfFileReader) -> generic.ArrayObject:
        prev.stream.seek(0)
        told = generic.ByteStringObject(hashlib.file_digest(prev.stream, "sha256").digest()[:16])
        before = prev.trailer["/ID"][0] if "/ID" in prev.trailer else told
        return generic.ArrayObject([generic.ByteStringObject(getattr(before, "original_bytes", before)), told])

    def _update_meta(self) -> None:
        pass


class _OverHttp(TimeStamper):
    """Asks a time-stamp service (RFC 3161); without its answer the letter waits."""

    def __init__(self, address: str) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._address = address

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        asked = urllib.request.Request(  # noqa: S310 - an address of the settings, http or https only
            self._address, data=req.dump(), headers={"Content-Type": "application/timestamp-query"}
        )
        try:
            with urllib.request.urlopen(asked, timeout=SECONDS_FOR_A_TIME_STAMP) as answer:  # noqa: S310
                return tsp.TimeStampResp.load(answer.read(LONGEST_ANSWER))
        except (OSError, ValueError) as error:
            raise Unsealed(f"The time-stamp service did not answer as it should: {error}") from None


def _plain(certificate: Certificate) -> x509.Certificate:
    """The certificate as pyHanko takes it, read to its last field.

    Such an object reads itself bit by bit when asked, and not for two threads at once.
    """
    plain = x509.Certificate.load(certificate.public_bytes(Encoding.DER))
    assert plain.native is not None
    return plain


def _field_on(read: PdfFileReader) -> SigFieldSpec:
    """The signature's field: over the place that the template left for the seal, else without a mark."""
    for page, left, top in _places(read.root):
        box = (round(left), round(top - stamp.SIDE), round(left + stamp.SIDE), round(top))
        return SigFieldSpec(FIELD, on_page=_number_of(page, read), box=box)
    return SigFieldSpec(FIELD, on_page=0)


def _places(root: generic.DictionaryObject) -> Iterator[tuple[generic.Reference, float, float]]:
    """The page and the upper left corner of the place for the seal, if there is one."""
    try:
        names = root["/Names"]["/Dests"]["/Names"]
    except KeyError:
        return
    for at in range(0, len(names), 2):
        if names[at] == PLACE:
            target = names[at + 1]
            yield target.raw_get(0).reference, float(target[2]), float(target[3])


def _number_of(page: generic.Reference, read: PdfFileReader) -> int:
    for number in range(int(read.root["/Pages"]["/Count"])):
        if read.find_page_for_modification(number)[0].idnum == page.idnum:  # type: ignore[no-untyped-call]
            return number
    raise ValueError("the place for the seal is on no page")


def _mark(company: str) -> StaticStampStyle:
    drawing = RawContent(stamp.drawn(company), box=layout.BoxConstraints(width=stamp.FIELD, height=stamp.FIELD))
    fills = layout.SimpleBoxLayoutRule(
        x_align=layout.AxisAlignment.ALIGN_MID, y_align=layout.AxisAlignment.ALIGN_MID,
        margins=layout.Margins(), inner_content_scaling=layout.InnerScaling.STRETCH_TO_FIT,
    )  # fmt: skip
    return StaticStampStyle(border_width=0, background=drawing, background_layout=fills, background_opacity=OPACITY)
