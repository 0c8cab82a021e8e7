"""`flask seal`: the key and certificate with which this company signs its letters.

A password comes from GONGDAO_SEAL_PASSWORD or is asked for at the terminal, never from the command
line, where every process could read it.
"""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import click
from cryptography.x509 import Name
from cryptography.x509.oid import NameOID
from flask import current_app
from flask.cli import with_appcontext

from config import Settings
from jobs import outbox, seal
from models import Company
from pdf.seal import Seal, Unsealed
from web.session import database


@click.group("seal")
def command() -> None:
    """The company's signature on its letters."""


@command.command("init")
@click.option("--replace", is_flag=True, help="Make a new one where there is a seal already.")
@with_appcontext
def init(replace: bool) -> None:
    """Make an authority of the company's own and a key that it vouches for."""
    settings, now = _settings(), datetime.now(UTC)
    if seal.place_of(settings).exists() and not replace:
        raise click.ClickException("There is a seal already; “--replace” makes a new one in its place.")
    with database().reading() as session:
        company = session.get(Company, 1)
    if company is None:
        raise click.ClickException("There is no company yet: found it with “bin/flask company set-up FILE”.")
    try:
        made = seal.make(settings, company.name_zh, at=now - timedelta(minutes=5))
    except OSError as why:
        raise click.ClickException(f"The seal could not be written: {why.strerror}.") from None
    click.echo(f"A seal was made.\n{_described(made)}")
    click.echo(f"Readers may trust the authority's certificate: {seal.authority_of(settings)}")
    _let_waiting_letters_go(now)


@command.command("install")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@with_appcontext
def install(file: Path) -> None:
    """Sign with the key in FILE (PKCS#12, .p12 or .pfx) from now on."""
    settings, now = _settings(), datetime.now(UTC)
    password = settings.seal_password or click.prompt("Password of the file", default="", hide_input=True, err=True)
    try:
        installed = seal.install(settings, file.read_bytes(), password, at=now)
    except Unsealed as why:
        raise click.ClickException(f"{why} Nothing was changed.") from None
    except OSError as why:
        raise click.ClickException(f"The seal could not be written: {why.strerror}. Nothing was changed.") from None
    click.echo(f"The seal is installed.\n{_described(installed)}")
    _let_waiting_letters_go(now)


@command.command("show")
@with_appcontext
def show() -> None:
    """Say whose certificate signs the letters, and until when."""
    settings = _settings()
    try:
        found = seal.seal_of(settings, at=datetime.now(UTC))
    except Unsealed as why:
        raise click.ClickException(str(why)) from None
    click.echo(_described(found))
    click.echo(f"time stamps: {settings.time_stamps or 'none'}")


def _let_waiting_letters_go(now: datetime) -> None:
    with database().writing() as session:
        count = outbox.try_again(session, Unsealed, now)
        session.commit()
    if count:
        click.echo(f"Letters that waited for it and are made now: {count}.")


def _described(found: Seal) -> str:
    certificate = found.certificate
    lines = {
        "given to": _name(certificate.subject),
        "given by": _name(certificate.issuer),
        "from": certificate.not_valid_before_utc.date(),
        "until": certificate.not_valid_after_utc.date(),
        "SHA-256": found.fingerprint,
    }
    return "\n".join(f"{name}: {value}" for name, value in lines.items())


def _name(name: Name) -> str:
    common = name.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(common[0].value) if common else name.rfc4514_string()


def _settings() -> Settings:
    found: Settings = current_app.config["SETTINGS"]
    return found
