"""An import goes on where it stood, whoever was killed, and never files a row twice."""

import os
import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from jobs import imports
from models import Complaint, ComplaintImport, Database, ImportState, NumberSeries, Person
from tests.builders import MONDAY
from workflow import import_table, importing
from workflow.process import Refused

ROOT = Path(__file__).resolve().parent.parent.parent
ROWS = 30
FILE = "编号,投诉内容,日期\n" + "".join(
    f"T{n},第{n}件,{'2026-03-01' if n % 10 else '昨天'}\n" for n in range(1, ROWS + 1)
)


@pytest.fixture
def started(database: Database, tmp_path: Path) -> int:
    """An import that waits for the worker: 30 rows, three of them bad."""
    imports.keep(tmp_path, "k", FILE.encode("gb18030"))
    table = import_table.read(FILE.encode())
    with database.writing() as session:
        by = session.scalars(select(Person).filter_by(username="cr.sun")).one()
        waiting = ComplaintImport(
            key="k", file_name="三月.csv", digest="0" * 64, state=ImportState.WAITING, total=ROWS, refused=[],
            columns=importing.plan_for(table.headings).as_json(), uploaded_at=MONDAY, uploaded_by=by,
        )  # fmt: skip
        session.add(waiting)
        session.commit()
        return waiting.id


def _run(database: Database, import_id: int, folder: Path, *, batches: int = 1_000) -> None:
    left = iter([False] * batches)
    imports.run(database, import_id, folder=folder, now=lambda: MONDAY, must_stop=lambda: next(left, True))


def _found(database: Database, import_id: int) -> ComplaintImport:
    with database.reading() as session:
        return session.get_one(ComplaintImport, import_id)


def _assert_complete(database: Database, import_id: int) -> None:
    found = _found(database, import_id)
    assert (found.state, found.seen, found.added, found.repeated) == (ImportState.DONE, ROWS, 27, 0)
    assert [row["row"] for row in found.refused] == [11, 21, 31]
    with database.reading() as session:
        assert session.scalars(select(Complaint.external_ref).order_by(Complaint.id)).all() == [
            f"T{n}" for n in range(1, ROWS + 1) if n % 10
        ]
        assert session.get_one(NumberSeries, ("complaint", 2026)).last == 27
        assert session.get_one(NumberSeries, ("complaint_case", 2026)).last == 27


def test_every_good_row_is_filed_and_every_bad_one_named(database, started, tmp_path):
    _run(database, started, tmp_path)
    _assert_complete(database, started)
    found = _found(database, started)
    assert found.finished_at == MONDAY
    [objection] = imports.objections_of(found.refused[0])
    assert str(objection) == "“昨天” is not a day like 2026-03-02 (日期)."


def test_a_worker_that_must_stop_leaves_the_rest_to_the_next(database, started, tmp_path):
    _run(database, started, tmp_path, batches=2)
    found = _found(database, started)
    assert (found.state, found.seen) == (ImportState.RUNNING, 2 * imports.ROWS_AT_ONCE)
    assert imports.unfinished(database) == [started]
    _run(database, started, tmp_path)
    _assert_complete(database, started)
    assert imports.unfinished(database) == []


def test_two_workers_on_one_import_file_each_row_once(database, started, tmp_path):
    one = imports.Batches(database, started, tmp_path)
    other = imports.Batches(database, started, tmp_path)
    assert one.file_next(MONDAY)
    assert not other.file_next(MONDAY)
    while one.file_next(MONDAY):
        pass
    _assert_complete(database, started)


def test_what_is_done_is_not_begun_again(database, started, tmp_path):
    _run(database, started, tmp_path)
    _run(database, started, tmp_path)
    _assert_complete(database, started)


def test_an_import_whose_file_is_gone_ends_and_says_so(database, started, tmp_path):
    (tmp_path / "imports" / "k").unlink()
    _run(database, started, tmp_path)
    found = _found(database, started)
    assert found.state is ImportState.DONE
    assert str(imports.objections_of(found.refused[0])[0]) == "The file is no longer there. Please upload it again."
    with pytest.raises(Refused):
        imports.table_of(tmp_path, "k")


RUN = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from jobs import imports
from models import Database
imports.SECONDS_FOR_OTHERS = 0.2
imports.run(Database(sys.argv[1]), int(sys.argv[2]), folder=Path(sys.argv[3]),
            now=lambda: datetime(2026, 3, 2, 1, tzinfo=UTC), must_stop=lambda: False)
"""


def test_an_import_that_was_killed_goes_on_where_the_last_commit_stands(database, started, tmp_path):
    url = database.engine.url.render_as_string(hide_password=False)
    process = subprocess.Popen([sys.executable, "-c", RUN, url, str(started), str(tmp_path)], cwd=ROOT, env=os.environ)
    try:
        give_up = time.monotonic() + 60
        while _found(database, started).seen == 0:
            assert process.poll() is None
            assert time.monotonic() < give_up
            time.sleep(0.01)
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
    found = _found(database, started)
    with database.reading() as session:
        assert session.scalar(select(func.count(Complaint.id))) == found.added < 27
    _run(database, started, tmp_path)
    _assert_complete(database, started)


def test_files_are_deleted_a_month_after_their_import_and_not_before(database, started, tmp_path):
    _run(database, started, tmp_path)
    imports.keep(tmp_path, "of-nobody", b"x")
    for file in (tmp_path / "imports").iterdir():
        os.utime(file, (MONDAY.timestamp(), MONDAY.timestamp()))
    imports.forget_old_files(database, tmp_path, MONDAY + timedelta(days=29))
    assert imports.is_kept(tmp_path, "k") and imports.is_kept(tmp_path, "of-nobody")
    imports.forget_old_files(database, tmp_path, MONDAY + timedelta(days=31))
    assert not any((tmp_path / "imports").iterdir())


def test_the_file_of_an_import_that_goes_on_is_kept(database, started, tmp_path):
    os.utime(tmp_path / "imports" / "k", (MONDAY.timestamp(), MONDAY.timestamp()))
    imports.forget_old_files(database, tmp_path, MONDAY + timedelta(days=400))
    assert imports.is_kept(tmp_path, "k")
