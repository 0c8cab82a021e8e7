"""The company's seal: the key that signs letters, with its certificate and those that vouch for it.

It is given the bytes of a PKCS#12 file and says what is wrong about them in one sentence. How a
letter is signed stands in signing.py, which is imported with the first letter.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509 import Certificate, ExtensionNotFound, KeyUsage

if TYPE_CHECKING:
    from pdf.signing import Press

SHORTEST_KEY = 2048


class Unsealed(Exception):
    """Why a letter cannot be signed, in one sentence for whoever keeps the machine."""


@dataclass(frozen=True)
class Seal:
    """An opened key with its certificate; `time_stamps` is the address of a service, if one is asked."""

    key: rsa.RSAPrivateKey
    certificate: Certificate
    chain: tuple[Certificate, ...] = ()
    time_stamps: str = ""

    @property
    def fingerprint(self) -> str:
        return self.certificate.fingerprint(hashes.SHA256()).hex()

    def require_valid(self, at: datetime) -> None:
        """Raise Unsealed outside the days for which the certificate was given."""
        first, last = self.certificate.not_valid_before_utc, self.certificate.not_valid_after_utc
        if at > last:
            raise Unsealed(f"The certificate of the company's seal ended on {last.date()}.")
        if at < first:
            raise Unsealed(f"The certificate of the company's seal begins only on {first.date()}.")

    def sign(self, letter: bytes, *, at: datetime, company: str) -> bytes:
        """The letter with the company's signature and, where a place was left for it, the red seal of this name.

        A letter older than the certificate is signed as of the certificate's first moment.
        """
        return self._press.sign(letter, at=self._in_its_days(at), company=company)

    def sign_file(self, file: Path, *, at: datetime) -> None:
        """The same for a whole file in its place, without the red seal."""
        self._press.sign_file(file, at=self._in_its_days(at))

    def _in_its_days(self, at: datetime) -> datetime:
        return max(at, self.certificate.not_valid_before_utc)

    @cached_property
    def _press(self) -> Press:
        from pdf.signing import Press

        return Press(self)


def opened(data: bytes, password: str = "", *, time_stamps: str = "") -> Seal:
    """The seal in a PKCS#12 file, or Unsealed with what is wrong about it."""
    try:
        found = pkcs12.load_pkcs12(data, password.encode() or None)
    except (ValueError, UnsupportedAlgorithm):
        raise Unsealed(
            "The company's seal cannot be opened: the password is wrong, or the file is no PKCS#12 file."
        ) from None
    if found.cert is None or found.key is None:
        raise Unsealed("The file holds no key with its certificate.")
    key, certificate = found.key, found.cert.certificate
    if not isinstance(key, rsa.RSAPrivateKey) or key.key_size < SHORTEST_KEY:
        raise Unsealed(f"The key of the seal must be an RSA key of at least {SHORTEST_KEY} bits.")
    if not _may_sign(certificate):
        raise Unsealed("The certificate was not given for signing documents.")
    return Seal(key, certificate, tuple(other.certificate for other in found.additional_certs), time_stamps)


def _may_sign(certificate: Certificate) -> bool:
    try:
        usage = certificate.extensions.get_extension_for_class(KeyUsage).value
    except ExtensionNotFound:
        return True
    # What a reader's program asks of a signature that binds.
    return usage.content_commitment
