"""The part of the audit that reads files: evidence, how it proves a service, and what was printed or made of letters.

Rows are read first, the bytes in the installation's folder by those checks that are given the folder. What was made
for one reader is deleted after a while, evidence never: that its bytes are gone is a finding.
"""

import hashlib
from collections import Counter
from collections.abc import Iterator
from heapq import merge
from itertools import groupby
from pathlib import Path
from typing import Any

from sqlalchemy import Row, Select, Text, cast, select, union
from sqlalchemy.orm import Session

from models import (
    Attachment,
    CaseFile,
    Complaint,
    Event,
    KeptFile,
    Letter,
    LetterPrint,
    LetterService,
    MadeFile,
    MonthFile,
    Penalty,
    Plan,
    ReportFile,
    ServiceFile,
)
from workflow.audit_letters import letter_name, link_to
from workflow.evidence import place_of
from workflow.reading import FOR_CUSTOMER, FOR_LEADER, FULL, WITHOUT_CUSTOMER

AnyRow = Row[*tuple[Any, ...]]
AnySelect = Select[*tuple[Any, ...]]
Case = type[Complaint] | type[Penalty] | type[Plan]
# A case's number, one of its files by name, digest and size, and whether it was told (1) or is kept (-1).
OneFile = tuple[tuple[int, int], tuple[str, str, int], int]
BATCH = 1_000
COPIES, LANGUAGES = (FULL, WITHOUT_CUSTOMER, FOR_LEADER, FOR_CUSTOMER), ("zh", "en")


# --- evidence of a case


def first_changed_evidence(session: Session) -> str | None:
    """The first case whose evidence is not what its events say was added."""
    for sort in (Complaint, Penalty, Plan):
        files = merge(_told(session, sort), _kept(session, sort), key=lambda file: file[0])
        for (year, seq), of_case in groupby(files, key=lambda file: file[0]):
            difference = Counter[tuple[str, str, int]]()
            for _number, file, told_or_kept in of_case:
                difference[file] += told_or_kept
            for (name, _digest, _size), count in difference.items():
                if count:
                    why = "is not as the event says" if count > 0 else "was added by no event"
                    return f"{sort.kind} {year}-{seq}: its file “{name}” {why}"
    return None


def _told(session: Session, sort: Case) -> Iterator[OneFile]:
    # Few events tell of files; the database leaves out the others.
    query = (
        select(sort.year, sort.seq, Event.said)
        .join(Event, link_to(sort))
        .where(cast(Event.said, Text).contains('"files"'))
    )
    for year, seq, said in session.execute(_in_order(query, sort)):
        for file in said.get("files") or ():
            yield (year, seq), (file["name"], file["sha256"], file["size"]), 1


def _kept(session: Session, sort: Case) -> Iterator[OneFile]:
    columns = {Complaint: Attachment.complaint_id, Penalty: Attachment.penalty_id, Plan: Attachment.plan_id}
    of_case = columns[sort] == sort.id
    query = select(sort.year, sort.seq, Attachment.name, Attachment.digest, Attachment.size).join(Attachment, of_case)
    for year, seq, name, digest, size in session.execute(_in_order(query, sort)):
        yield (year, seq), (name, digest, size), -1


def _in_order(query: AnySelect, sort: Case) -> AnySelect:
    return query.order_by(sort.year, sort.seq).execution_options(yield_per=BATCH)


# --- how a letter was served, and its copies on paper


def first_changed_service(session: Session) -> str | None:
    """The first record of a service, or the first of what proves one, that cannot have been written like this."""
    service = (LetterService.at, LetterService.recorded_at, ServiceFile.name, ServiceFile.added_at)
    query = (
        select(Letter.series, Letter.year, Letter.seq, Letter.issued_at, *service)
        .join(LetterService, LetterService.letter_id == Letter.id)
        .outerjoin(LetterService.files)
        .order_by(Letter.id)
        .execution_options(yield_per=BATCH)
    )
    for row in session.execute(query):
        # People write minutes, letters are dated by the microsecond.
        if not row.issued_at.replace(second=0, microsecond=0) <= row.at <= row.recorded_at:
            return f"{_letter(row)}: it is told to be served before it was issued or after the record"
        if row.added_at is not None and row.added_at < row.recorded_at:
            return f"{_letter(row)}: “{row.name}” is older than the record that it proves"
    return None


def first_changed_print(session: Session) -> str | None:
    """The first letter whose internal copies are not numbered from one without gaps, in the order of their printing."""
    query = (
        select(
            Letter.id, Letter.series, Letter.year, Letter.seq, Letter.issued_at, LetterPrint.number,
            LetterPrint.printed_at, LetterPrint.copy, LetterPrint.language,
        )
        .join(LetterPrint, LetterPrint.letter_id == Letter.id)
        .order_by(Letter.id, LetterPrint.number)
        .execution_options(yield_per=BATCH)
    )  # fmt: skip
    for _id, prints in groupby(session.execute(query), key=lambda row: row.id):
        if (why := _wrong_print(list(prints))) is not None:
            return why
    return None


def _wrong_print(prints: list[AnyRow]) -> str | None:
    earlier = prints[0].issued_at
    for number, row in enumerate(prints, start=1):
        if row.number != number:
            return f"{_letter(row)}: its internal copy {number} is missing"
        if row.copy not in COPIES or row.language not in LANGUAGES or row.printed_at < earlier:
            return f"{_letter(row)}: its internal copy {number} was never printed like this"
        earlier = row.printed_at
    return None


# --- what was made for one reader


def first_changed_made_file(session: Session) -> str | None:
    """The first case file, month's file or report whose row cannot have been written like this."""
    for kind in (CaseFile, MonthFile, ReportFile):
        late = kind.finished_at < kind.asked_at
        if (file := session.scalars(select(kind).where(late).order_by(kind.id)).first()) is not None:
            return f"{file.place} was finished before it was asked for"
    for sort, of in ((Complaint, CaseFile.complaint_id), (Penalty, CaseFile.penalty_id)):
        query = select(sort.year, sort.seq, CaseFile.copy).join(sort, of == sort.id)
        rows = session.execute(query.order_by(sort.year, sort.seq, CaseFile.copy))
        for (year, seq), copies in groupby(rows, key=lambda row: (row.year, row.seq)):
            for number, row in enumerate(copies, start=1):
                if row.copy != number:
                    return f"{sort.kind} {year}-{seq}: copy {number} of its file is missing"
    return None


# --- bytes


def first_lost_evidence(session: Session, folder: Path) -> str | None:
    """The first evidence, recording or photo whose bytes are gone, or are not those that were added."""
    digests = union(*(select(of.digest, of.size) for of in (Attachment, ServiceFile, KeptFile))).order_by("digest")
    for digest, size in session.execute(digests):
        if why := _wrong_bytes(place_of(digest, within=folder), digest, size):
            return f"{_whose(session, digest)} {why}"
    return None


def _wrong_bytes(file: Path, digest: str, size: int) -> str | None:
    if not file.is_file():
        return "is no longer in the store"
    with file.open("rb") as data:
        is_the_same = file.stat().st_size == size and hashlib.file_digest(data, "sha256").hexdigest() == digest
    return None if is_the_same else "is not the file that was added"


def _whose(session: Session, digest: str) -> str:
    attachment = session.scalars(select(Attachment).where(Attachment.digest == digest)).first()
    if attachment is not None:
        case = attachment.complaint or attachment.penalty or attachment.plan
        return f"{case.kind} {case.number}: its file “{attachment.name}”" if case is not None else attachment.name
    query = select(Letter.series, Letter.year, Letter.seq, ServiceFile.name)
    row = session.execute(
        query.join(ServiceFile, ServiceFile.letter_id == Letter.id).where(ServiceFile.digest == digest)
    ).first()
    if row is not None:
        return f"{_letter(row)}: “{row.name}”"
    kept = session.scalars(select(KeptFile).where(KeptFile.digest == digest)).first()
    return f"“{kept.name}”, added on {kept.added_at:%Y-%m-%d}," if kept is not None else digest


def _letter(row: AnyRow) -> str:
    return letter_name(row.series, row.year, row.seq)


def first_changed_bytes(session: Session, folder: Path) -> str | None:
    """The first case file, month's file or report that is still kept, and is not the one that was made."""
    for kind in (CaseFile, MonthFile, ReportFile):
        for file in session.scalars(select(kind).where(kind.digest.is_not(None)).order_by(kind.id)):
            if _lies_changed(folder / file.place, file):
                return f"{file.place} does not match its digest"
    return None


def _lies_changed(place: Path, file: MadeFile) -> bool:
    return place.is_file() and _wrong_bytes(place, file.digest or "", file.size or 0) is not None
