"""The audit reads evidence, how a letter was served, copies that were printed and files that were made."""

import hashlib
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from models import (
    Assessment,
    CaseFile,
    FileState,
    KeptFile,
    Letter,
    LetterPrint,
    LetterService,
    MonthFile,
    RegulationVersion,
    ReportFile,
    ServedBy,
    ServiceFile,
)
from tests.builders import HOUR, MONDAY, Desk
from workflow.audit import findings
from workflow.evidence import Evidence, place_of
from workflow.remark import remark

TABLES = ("attachment", "letter_service", "service_file", "letter_print", "case_file", "month_file", "report_file")
PHOTO, RECEIPT, BOUND, RECORDING = b"a photograph", b"a signed receipt", b"a bound file", b"a recorded call"
LATER = MONDAY + HOUR


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def evidence(name: str, data: bytes) -> Evidence:
    return Evidence(digest(data)[:32], name, "image/png", len(data), digest(data))


def two_cases(session: Session) -> None:
    """A form that was left at its addressee's and printed twice, evidence of both, and what was made of them."""
    desk = Desk(session)
    case = desk.complaint("assigned", evidence=[evidence("报价单.png", PHOTO)])
    remark(case, by=desk.actor("cr.sun"), at=desk.now, note="见附件", evidence=[evidence("再次.png", PHOTO + b"2")])
    other = desk.complaint("filed")
    letter = session.scalars(select(Letter).where(Letter.seq == 2)).one()
    of = {"letter_id": letter.id, "person_id": desk.person("service.ma").id}
    hr = desk.person("hr.qian").id
    session.add(LetterService(
        **of, way=ServedBy.COURIER, at=LATER, note="EMS 1", recorded_at=LATER, recorded_by_id=hr,
        files=[ServiceFile(key="r", name="回执.png", media_type="image/png", size=len(RECEIPT), digest=digest(RECEIPT),
                           added_at=LATER, added_by_id=hr)],
    ))  # fmt: skip
    for number in (1, 2, 3):
        session.add(LetterPrint(letter_id=letter.id, number=number, language="zh", copy="full",
                                printed_at=LATER + number * HOUR, printed_by_id=hr))  # fmt: skip
    done = {"language": "zh", "state": FileState.DONE, "asked_at": LATER, "asked_by_id": hr, "finished_at": LATER,
            "size": len(BOUND), "digest": digest(BOUND)}  # fmt: skip
    for copy in (1, 2, 3):
        session.add(CaseFile(**done, key=f"c{copy}", complaint_id=other.id, copy=copy, pages=3, remarks=[]))
    session.add(MonthFile(**done, key="m1", month="2026-03"))
    version = session.scalars(select(RegulationVersion).where(RegulationVersion.slug == "loyalty")).first()
    assessment = Assessment(
        regulation="loyalty", regulation_version=version, kind="person", period="2026-02", opened_at=LATER,
        first_day=date(2026, 2, 1), last_day=date(2026, 2, 28), opened_by_id=hr,
    )  # fmt: skip
    session.add(ReportFile(**done, key="r1", assessment=assessment, version="x", title="x", subjects=[]))
    session.add(KeptFile(key="k", name="回访.mp3", media_type="audio/mpeg", size=len(RECORDING),
                         digest=digest(RECORDING), added_at=LATER))  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the bytes of all of it lie."""
    places = {place_of(digest(data), within=tmp_path): data for data in (PHOTO, PHOTO + b"2", RECEIPT, RECORDING)}
    places |= {tmp_path / "case-files" / "c1.pdf": BOUND, tmp_path / "month-files" / "m1.zip": BOUND}
    places |= {tmp_path / "reports" / "r1.pdf": BOUND}
    for place, data in places.items():
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data)
    return tmp_path


@pytest.fixture
def open_books(staged: Callable[..., None], session: Session) -> Session:
    """Two cases with files, and a forger who has got rid of the triggers."""
    staged(two_cases)
    for table in TABLES:
        if session.get_bind().dialect.name == "sqlite":
            session.execute(text(f"DROP TRIGGER IF EXISTS hold_{table}"))
            session.execute(text(f"DROP TRIGGER IF EXISTS keep_{table}"))
        else:
            session.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER ALL"))
    return session


def test_untouched_files_are_in_order_and_deleted_ones_are_not_missed(open_books: Session, folder: Path) -> None:
    assert list(findings(open_books, folder)) == []
    (folder / "case-files" / "c1.pdf").unlink()
    assert list(findings(open_books, folder)) == []


EVIDENCE, SERVICE = (
    "Evidence was changed: complaint 2026-",
    "The record of a service was changed: letter 客诉〔2026〕2号: ",
)
PRINTS = "The internal copies are not in order: letter 客诉〔2026〕2号: its internal copy "
MADE = "The files that were made are not in order: "
EARLY = "'2026-01-01 00:00:00'"
MOVED = """
    INSERT INTO attachment (key, complaint_id, name, media_type, size, digest, added_at, added_by_id)
    SELECT 'new', 2, name, media_type, size, digest, added_at, added_by_id FROM attachment WHERE name = '报价单.png'
"""


@pytest.mark.parametrize(
    ("forgery", "verdict"),
    [
        ("UPDATE attachment SET name = '别的.png' WHERE name = '再次.png'",
         f"{EVIDENCE}1: its file “再次.png” is not as the event says"),
        ("UPDATE attachment SET digest = 'x' WHERE name = '再次.png'",
         f"{EVIDENCE}1: its file “再次.png” is not as the event says"),
        ("DELETE FROM attachment WHERE name = '报价单.png'",
         f"{EVIDENCE}1: its file “报价单.png” is not as the event says"),
        (MOVED, f"{EVIDENCE}2: its file “报价单.png” was added by no event"),
        (f"UPDATE letter_service SET at = {EARLY}",
         f"{SERVICE}it is told to be served before it was issued or after the record"),
        (f"UPDATE service_file SET added_at = {EARLY}", f"{SERVICE}“回执.png” is older than the record that it proves"),
        ("DELETE FROM letter_print WHERE number = 2", f"{PRINTS}2 is missing"),
        (f"UPDATE letter_print SET printed_at = {EARLY} WHERE number = 3", f"{PRINTS}3 was never printed like this"),
        ("UPDATE letter_print SET copy = 'all' WHERE number = 1", f"{PRINTS}1 was never printed like this"),
        ("DELETE FROM case_file WHERE copy = 2", f"{MADE}complaint 2026-2: copy 2 of its file is missing"),
        (f"UPDATE month_file SET finished_at = {EARLY}",
         f"{MADE}month-files/m1.zip was finished before it was asked for"),
        (f"UPDATE report_file SET finished_at = {EARLY}", f"{MADE}reports/r1.pdf was finished before it was asked for"),
    ],
)  # fmt: skip
def test_a_forged_row_is_named(open_books: Session, forgery: str, verdict: str) -> None:
    open_books.execute(text(forgery))
    open_books.expire_all()
    assert list(findings(open_books)) == [verdict]


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (PHOTO, "complaint 2026-1: its file “报价单.png”"),
        (RECEIPT, "letter 客诉〔2026〕2号: “回执.png”"),
        (RECORDING, "“回访.mp3”, added on 2026-03-02,"),
    ],
)
def test_evidence_that_was_exchanged_or_is_gone_is_named(
    open_books: Session, folder: Path, data: bytes, name: str
) -> None:
    place = place_of(digest(data), within=folder)
    place.write_bytes(data[::-1])
    assert list(findings(open_books, folder)) == [f"Evidence is lost: {name} is not the file that was added"]
    place.unlink()
    assert list(findings(open_books, folder)) == [f"Evidence is lost: {name} is no longer in the store"]


def test_a_service_file_that_points_at_other_bytes_is_named(open_books: Session, folder: Path) -> None:
    open_books.execute(text("UPDATE service_file SET digest = 'xy'"))
    open_books.expire_all()
    assert list(findings(open_books, folder)) == [
        "Evidence is lost: letter 客诉〔2026〕2号: “回执.png” is no longer in the store"
    ]


@pytest.mark.parametrize("place", ["case-files/c1.pdf", "month-files/m1.zip", "reports/r1.pdf"])
def test_a_file_that_was_made_and_then_changed_is_named(open_books: Session, folder: Path, place: str) -> None:
    (folder / place).write_bytes(BOUND + b" ")
    assert list(findings(open_books, folder)) == [
        f"A file that was made was changed: {place} does not match its digest"
    ]
