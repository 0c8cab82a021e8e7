"""The company's seal on this machine: a PKCS#12 file in the var folder, readable to the product alone.

The key is never in the database. The file is kept under the password of GONGDAO_SEAL_PASSWORD where
one is set; otherwise the rights of the file are what guards it, as with the key of a web server.
"""

import os
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from tempfile import NamedTemporaryFile

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    pkcs12,
)
from cryptography.x509.oid import NameOID

from config import Settings
from pdf.seal import Seal, Unsealed, opened

FOLDER, FILE, AUTHORITY = "seal", "seal.p12", "authority.pem"
FRIENDLY_NAME = b"Gongdao"
BITS = 3072
YEARS = timedelta(days=20 * 365)
LONGEST_NAME = 64
MISSING = (
    "The company's seal is not on this machine: install it with “bin/flask seal install FILE”, "
    "or make one with “bin/flask seal init”."
)


def place_of(settings: Settings) -> Path:
    """Where the file with key and certificate lies."""
    return settings.var / FOLDER / FILE


def authority_of(settings: Settings) -> Path:
    """Where the certificate of an authority lies that `make` made."""
    return settings.var / FOLDER / AUTHORITY


def seal_of(settings: Settings, *, at: datetime) -> Seal:
    """The seal, opened and valid at this moment, or Unsealed with the reason in one sentence."""
    place = place_of(settings)
    try:
        written = place.stat().st_mtime_ns
        seal = _opened(place, written, settings.seal_password, settings.time_stamps)
    except FileNotFoundError:
        raise Unsealed(MISSING) from None
    except OSError as error:
        raise Unsealed(f"The company's seal cannot be read: {error.strerror}.") from None
    seal.require_valid(at)
    return seal


@lru_cache(maxsize=4)
def _opened(place: Path, _written: int, password: str, time_stamps: str) -> Seal:
    """Opened once for each file as it was written: deriving a key from a password is meant to take long."""
    return opened(place.read_bytes(), password, time_stamps=time_stamps)


def install(settings: Settings, file: bytes, password: str, *, at: datetime) -> Seal:
    """Keep the seal in a PKCS#12 file as this machine's; Unsealed, and nothing is changed, if it cannot be used."""
    seal = opened(file, password)
    seal.require_valid(at)
    _keep(settings, seal)
    return seal


def make(settings: Settings, company: str, *, at: datetime) -> Seal:
    """An authority of the company's own, and a key that it vouches for.

    The authority's key signs this once and is kept nowhere; its certificate lies beside the seal, for
    readers who want to trust it.
    """
    root_key, key = _new_key(), _new_key()
    root = _certificate(f"{company} CA", root_key, issuer=None, at=at)
    seal = Seal(key, _certificate(company, key, issuer=(root, root_key), at=at), (root,))
    _keep(settings, seal)
    _write(authority_of(settings), root.public_bytes(Encoding.PEM))
    return seal


def _keep(settings: Settings, seal: Seal) -> None:
    password = settings.seal_password.encode()
    guard = BestAvailableEncryption(password) if password else NoEncryption()
    _write(
        place_of(settings),
        pkcs12.serialize_key_and_certificates(FRIENDLY_NAME, seal.key, seal.certificate, seal.chain, guard),
    )
    authority_of(settings).unlink(missing_ok=True)


def _write(place: Path, data: bytes) -> None:
    """Written whole beside its place and moved there, readable to its owner alone from the first byte."""
    place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with NamedTemporaryFile(dir=place.parent, delete=False) as fresh:
        try:
            fresh.write(data)
            fresh.flush()
            os.fsync(fresh.fileno())
            os.replace(fresh.name, place)
        except OSError:
            Path(fresh.name).unlink(missing_ok=True)
            raise


def _new_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=BITS)


def _certificate(
    name: str,
    key: rsa.RSAPrivateKey,
    *,
    issuer: tuple[x509.Certificate, rsa.RSAPrivateKey] | None,
    at: datetime,
) -> x509.Certificate:
    subject = _named(name)
    vouching = issuer[1] if issuer else key
    is_authority = issuer is None
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer[0].subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(at.astimezone(UTC))
        .not_valid_after(at.astimezone(UTC) + YEARS)
        .add_extension(x509.BasicConstraints(ca=is_authority, path_length=0 if is_authority else None), critical=True)
        .add_extension(_usage(is_authority=is_authority), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(vouching.public_key()), critical=False)
    )
    return builder.sign(vouching, hashes.SHA256())


def _named(name: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "CN"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, name[:LONGEST_NAME]),
            x509.NameAttribute(NameOID.COMMON_NAME, name[:LONGEST_NAME]),
        ]
    )


def _usage(*, is_authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not is_authority, content_commitment=not is_authority, key_cert_sign=is_authority,
        crl_sign=is_authority, key_encipherment=False, data_encipherment=False, key_agreement=False,
        encipher_only=False, decipher_only=False,
    )  # fmt: skip
