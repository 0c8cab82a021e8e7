"""The receipt of service (送达回证): filled in as far as the service is on record, with room to sign for the rest.

It is given everything and looks nothing up; the same record gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pdf import casefile, filters
from pdf import render as paper
from pdf.casefile_given import Json, ServiceIn
from pdf.casefile_words import WAYS
from pdf.prose import printable
from pdf.words import TITLES, Language


@dataclass(frozen=True)
class Proof:
    """A file that proves the service, under the name that the reader may read."""

    name: str
    digest: str


def receipt(
    service: ServiceIn, *,
    company: Json, letter_digest: str, acknowledged_at: str | None, proofs: Sequence[Proof], lang: Language,
) -> bytes:  # fmt: skip
    """One receipt for one addressee."""
    return paper.write(casefile.html(
        lang, "receipt.html", service=service, company=company[lang], letter_digest=letter_digest,
        acknowledged_at=acknowledged_at,
        title=TITLES[service.kind][lang], number=filters.number(service.number, lang),
        way=WAYS[service.way][lang] if service.way in WAYS else "", ways=[words[lang] for words in WAYS.values()],
        place=printable(service.place or ""), note=printable(service.note or ""),
        witnesses=[printable(name) for name in service.witnesses],
        proofs=[Proof(printable(proof.name), proof.digest) for proof in proofs],
    ))  # fmt: skip
