"""The seal on a machine: who may read it, what is wrong with it, and letters that wait for it."""

import errno
import os
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from config import Settings
from jobs import letters, outbox, seal
from models import Complaint, ComplaintState, Letter, LetterPdf, Order, OrderState
from pdf import render
from pdf.fonts import FontsMissing
from pdf.seal import Unsealed
from tests.builders import FOUNDED, MONDAY, Desk


@pytest.fixture
def locked(sealed_var: Path) -> bytes:
    """The seal under a password, as a certificate authority hands it out."""
    found = seal.seal_of(Settings.for_tests(var=sealed_var), at=MONDAY)
    return pkcs12.serialize_key_and_certificates(
        b"x", found.key, found.certificate, found.chain, BestAvailableEncryption(b"right")
    )


@pytest.fixture
def bare(tmp_path: Path) -> Settings:
    return Settings.for_tests(var=tmp_path)


def test_nobody_but_the_product_may_read_the_key(settings):
    folder = seal.place_of(settings).parent
    assert {file.name: oct(file.stat().st_mode & 0o777) for file in folder.iterdir()} == {
        "seal.p12": "0o600", "authority.pem": "0o600"
    }  # fmt: skip


def test_a_wrong_password_is_one_sentence_and_changes_nothing(bare, locked):
    with pytest.raises(Unsealed, match=r"^The company's seal cannot be opened: the password is wrong, or .*\.$"):
        seal.install(bare, locked, "wrong", at=MONDAY)
    assert not seal.place_of(bare).parent.exists()


def test_a_seal_under_a_password_is_kept_under_it(tmp_path, locked):
    settings = Settings.for_tests(var=tmp_path, seal_password="right")
    seal.install(settings, locked, "right", at=MONDAY)
    assert seal.seal_of(settings, at=MONDAY).certificate
    with pytest.raises(Unsealed, match="the password is wrong"):
        seal.seal_of(Settings.for_tests(var=tmp_path, seal_password="another"), at=MONDAY)


def test_a_certificate_that_has_ended_signs_nothing(settings):
    with pytest.raises(Unsealed, match="ended on 20"):
        seal.seal_of(settings, at=FOUNDED + timedelta(days=21 * 365))


def test_a_short_key_is_refused(monkeypatch, bare):
    monkeypatch.setattr(seal, "_new_key", lambda: rsa.generate_private_key(65537, 1024))
    seal.make(bare, "星辰", at=FOUNDED)
    with pytest.raises(Unsealed, match="at least 2048 bits"):
        seal.seal_of(bare, at=MONDAY)


def test_a_seal_that_finds_no_room_leaves_the_old_one(settings, locked, monkeypatch):
    before = {file.name: file.read_bytes() for file in seal.place_of(settings).parent.iterdir()}
    monkeypatch.setattr(seal.os, "fsync", _no_room)
    with pytest.raises(OSError, match="No space left on device"):
        seal.install(settings, locked, "right", at=MONDAY)
    assert {file.name: file.read_bytes() for file in seal.place_of(settings).parent.iterdir()} == before


def _no_room(*_: object, **__: object) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def _no_font(*_: object) -> None:
    raise FontsMissing("Letters cannot be printed.")


def _ended(*_: object, **__: object) -> None:
    raise Unsealed("The certificate of the company's seal ended on 2026-01-01.")


WAITS = {
    "no seal": (seal, "place_of", lambda settings: settings.var / "nowhere", f"Unsealed: {seal.MISSING}"),
    "ended": (letters, "seal_of", _ended, "Unsealed: The certificate of the company's seal ended on 2026-01-01."),
    "no room to print": (render, "write", _no_room, "OSError: [Errno 28] No space left on device"),
    "no room to store": (letters, "_keep", _no_room, "OSError: [Errno 28] No space left on device"),
    "no font": (
        letters.paper.fonts,
        "unprintable",
        _no_font,
        "FontsMissing: Letters cannot be printed.",
    ),
}


@pytest.mark.parametrize("obstacle", WAITS)
def test_whatever_stops_the_paper_the_letter_is_issued_and_printed_later(obstacle, database, settings, monkeypatch):
    where, name, fails, said = WAITS[obstacle]
    with database.writing() as session:
        Desk(session).complaint("filed")
        session.commit()
    with monkeypatch.context() as broken:
        broken.setattr(where, name, fails)
        assert outbox.carry_out(database, MONDAY, settings=settings) == 1
    with database.reading() as session:
        assert session.query(Letter).one() and not session.query(LetterPdf).all()
        assert session.query(Complaint).one().state is ComplaintState.FILED
        assert session.query(Order).one().last_error.startswith(said)
    later = MONDAY + timedelta(minutes=1)
    assert outbox.carry_out(database, later, settings=settings) == 1
    with database.reading() as session:
        assert session.query(LetterPdf).one().data.startswith(b"%PDF-")
        assert session.query(Order).one().state is OrderState.DONE


def test_a_seal_that_is_put_right_lets_letters_go_at_once(database, settings, monkeypatch):
    with database.writing() as session:
        Desk(session).complaint("filed")
        session.commit()
    with monkeypatch.context() as broken:
        broken.setattr(letters, "seal_of", _ended)
        outbox.carry_out(database, MONDAY, settings=settings)
    with database.writing() as session:
        assert outbox.try_again(session, Unsealed, MONDAY) == 1
        session.commit()
    assert len(outbox.waiting(database, MONDAY)) == 1


def test_a_store_that_is_full_keeps_no_half_of_a_paper(database, settings):
    """The disk as SQLite sees it: no page more."""
    if database.engine.dialect.name != "sqlite":
        pytest.skip("PostgreSQL has its disk elsewhere")
    with database.writing() as session:
        Desk(session).complaint("filed")
        session.commit()
    with database.reading() as session:
        letter = session.query(Letter).one()

        def limit(connection, _record, _proxy=None):
            connection.execute("PRAGMA max_page_count = 1")

        event.listen(database.engine, "checkout", limit)
        try:
            with pytest.raises(OperationalError, match="full"):
                letters.pdf_of(session, letter, settings=settings, language="zh", copy="full", at=MONDAY)
        finally:
            event.remove(database.engine, "checkout", limit)
    with database.reading() as session:
        assert not session.query(LetterPdf).all() and session.query(Letter).one().digest == letter.digest
