"""Passwords: what may be one, how it is kept, and a random one to begin with.

Kept as argon2 hashes only. The demo's password is known to everyone who reads the documentation and
therefore opens a demo company's accounts and nothing else.
"""

import secrets
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from models import Company, Person
from workflow.process import INVALID, N_, Objection

DEMO_PASSWORD = "gongdao-demo"  # noqa: S105 - public, and refused outside the demo
SHORTEST, LONGEST = 10, 200
# Without letters and digits that are mistaken for each other when read from paper.
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"

_hasher = PasswordHasher()


def hashed(password: str) -> str:
    return _hasher.hash(password)


def matches(person: Person | None, password: str) -> bool:
    """Whether this is the person's password; takes as long for an account that does not exist."""
    kept = person.password_hash if person is not None else None
    try:
        right = _hasher.verify(kept or _nobodys_hash(), password)
    except (VerificationError, InvalidHashError):
        return False
    return right and kept is not None


def is_outdated(person: Person) -> bool:
    """Whether the hash was made with weaker parameters than today's."""
    return person.password_hash is not None and _hasher.check_needs_rehash(person.password_hash)


def random_password() -> str:
    """A password for one log-in: it is shown once and must be changed at once."""
    return "-".join("".join(secrets.choice(ALPHABET) for _ in range(5)) for _ in range(3))


def objections_to(password: str, *, of: Person, company: Company) -> list[Objection]:
    """Why this cannot be the person's password; empty when it can."""
    found = []
    if not SHORTEST <= len(password) <= LONGEST:
        found.append(
            Objection(INVALID, N_("A password has at least %(least)d characters."), least=SHORTEST)
            if len(password) < SHORTEST
            else Objection(INVALID, N_("A password has at most %(most)d characters."), most=LONGEST)
        )
    if password.casefold() in (of.username.casefold(), of.name.casefold()):
        found.append(Objection(INVALID, N_("The password must not be the account name.")))
    if password == DEMO_PASSWORD and not company.is_demo:
        found.append(Objection(INVALID, N_("This password is printed in the documentation; choose another.")))
    return found


@cache
def _nobodys_hash() -> str:
    return _hasher.hash(secrets.token_hex(16))
