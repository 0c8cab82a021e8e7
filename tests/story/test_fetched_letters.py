"""A letter of each process, as somebody fetches it: validly signed, whole, and the same bytes whenever it is made."""

import shutil
import subprocess
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from asn1crypto import x509
from cryptography.hazmat.primitives.serialization import Encoding
from flask.testing import FlaskClient
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext
from sqlalchemy import select
from sqlalchemy.orm import Session

from config import Settings
from jobs import letters, seal
from models import Database, Letter, LetterPdf
from tests.builders import MONDAY, Desk, moment
from tests.conftest import Clock

ADDRESSES = {
    "complaint": "/letters/complaint-2026-5", "penalty": "/letters/penalty-2026-4",
    "scorecard": "/letters/scorecard-2026-1",
}  # fmt: skip


def one_of_each(session: Session) -> None:
    desk = Desk(session)
    desk.complaint("voided")
    desk.penalty("issued")
    Desk(session, moment(4, 10)).close("compute", "")


@pytest.fixture
def fetched(
    staged: Callable[..., None], client_as: Callable[[str], FlaskClient], clock: Clock, tmp_path: Path
) -> Callable[[str], Path]:
    """The PDF of a letter of this process, as the general manager is given it."""
    staged(one_of_each)
    clock.now = moment(4, 11)

    def fetch(process: str) -> Path:
        answer = client_as("gm.zhou").get(f"{ADDRESSES[process]}.pdf?lang=zh")
        assert (answer.status_code, answer.mimetype) == (200, "application/pdf"), answer.text
        file = tmp_path / f"{process}.pdf"
        file.write_bytes(answer.data)
        return file

    return fetch


@pytest.mark.parametrize("process", ADDRESSES)
def test_a_fetched_letter_is_validly_signed_and_made_again_it_is_the_same(
    process: str, fetched: Callable[[str], Path], settings: Settings, database: Database,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    file = fetched(process)
    [found] = PdfFileReader(BytesIO(file.read_bytes())).embedded_signatures
    [root] = seal.seal_of(settings, at=MONDAY).chain
    trusted = ValidationContext(
        trust_roots=[x509.Certificate.load(root.public_bytes(Encoding.DER))], allow_fetching=False
    )
    status = validate_pdf_signature(found, trusted)
    assert status.bottom_line and status.trusted and status.coverage.name == "ENTIRE_FILE"
    if pdfsig := shutil.which("pdfsig"):
        said = subprocess.run([pdfsig, "-nocert", file], capture_output=True, text=True, env={}, check=False).stdout
        assert "Signature is Valid" in said and "Total document signed" in said
    made: list[bytes] = []
    monkeypatch.setattr(letters, "_stored", lambda *_args, **_named: made[-1] if made else None)
    monkeypatch.setattr(letters, "_keep", lambda *args, **_named: made.append(args[3]))
    with database.reading() as session:
        kept = session.scalars(select(LetterPdf)).one()
        letter = session.get_one(Letter, kept.letter_id)
        again = letters.pdf_of(session, letter, settings=settings, language="zh", copy=kept.copy)  # type: ignore[arg-type]
    assert again == file.read_bytes()
