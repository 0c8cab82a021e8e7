"""`flask seal`: made, installed, shown; a wrong password changes nothing and stands in no argument."""

import pytest
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12
from flask import Flask

from config import Settings
from jobs import seal


@pytest.fixture
def file(tmp_path, settings, clock):
    found = seal.seal_of(settings, at=clock.now)
    file = tmp_path / "company.p12"
    guard = BestAvailableEncryption(b"right")
    file.write_bytes(pkcs12.serialize_key_and_certificates(b"x", found.key, found.certificate, None, guard))
    return file


def _run(app: Flask, *arguments: str, typed: str = ""):
    return app.test_cli_runner().invoke(args=["seal", *arguments], input=typed)


def test_a_real_seal_is_installed_with_the_password_typed(app, settings, file):
    seal.place_of(settings).unlink()
    done = _run(app, "install", str(file), typed="right\n")
    assert done.exit_code == 0 and "given to: 星辰汽车销售服务有限公司" in done.output
    assert "right" not in done.output
    assert "until: 2045-12-26" in _run(app, "show").output


def test_a_wrong_password_is_said_in_one_sentence(app, settings, file):
    before = seal.place_of(settings).read_bytes()
    done = _run(app, "install", str(file), typed="wrong\n")
    assert done.exit_code == 1
    assert "the password is wrong, or the file is no PKCS#12 file. Nothing was changed." in done.output
    assert "Traceback" not in done.output and seal.place_of(settings).read_bytes() == before


def test_a_seal_that_is_there_is_not_replaced_unasked(app, settings):
    before = seal.place_of(settings).read_bytes()
    assert "There is a seal already" in _run(app, "init").output
    assert seal.place_of(settings).read_bytes() == before
    seal.place_of(settings).unlink()
    assert "install it with" in _run(app, "show").output
    assert "given by: 星辰汽车销售服务有限公司 CA" in _run(app, "init").output


def test_the_demo_brings_its_own(app, settings: Settings):
    seal.place_of(settings).unlink()
    done = app.test_cli_runner().invoke(args=["demo"])
    assert done.exit_code == 0, done.output
    assert "given to: 星辰汽车销售服务有限公司（演示）" in _run(app, "show").output
