"""Run the suite on SQLite and then on PostgreSQL, and close with what was passed, failed and skipped.

Unless told otherwise, journeys in the browser are made on the phone and each in one way, and PostgreSQL gets
the tests in which the databases could differ: tables and triggers, locks and races, the queries of who sees what and
what waits for whom. With --all both sizes are tried, and PostgreSQL gets every test that asks for a database and needs
no browser; where tests are named, both are done with those.

PostgreSQL is a throw-away server that lives as long as this program, or the one that GONGDAO_TEST_POSTGRES_URL
names with a superuser's login. A test counts as skipped when no run passed it;
each is named with its reason, and with --all it counts as failed.
"""

import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote
from xml.etree import ElementTree

REPORTS = Path("var/test")
WHERE_DATABASES_DIFFER = (
    "tests/models",
    *(f"tests/workflow/test_{name}.py" for name in (
        "importing", "penalty_sight", "race", "reading", "sight", "waiting",
    )),
)  # fmt: skip
# Its data live as long as the tests: nothing is kept safe, nothing is tidied meanwhile.
POSTGRES_OPTIONS = (
    "synchronous_commit=off", "full_page_writes=off", "wal_level=minimal", "max_wal_senders=0", "max_wal_size=4GB",
    "checkpoint_timeout=30min", "autovacuum=off", "max_connections=200",
)  # fmt: skip
SAY_HOW_TO_CONNECT = "import json, os, sys; print(json.dumps(dict(os.environ)), flush=True); sys.stdin.read()"
NO_POSTGRES = "the suite on PostgreSQL: no server could be started (Debian's packages postgresql, postgresql-common)"
NO_TESTS, TESTS_FAILED, INTERRUPTED = 5, 1, 130


def main() -> int:
    arguments = sys.argv[1:]
    nothing_may_be_skipped = "--all" in arguments
    pytest_arguments = [argument for argument in arguments if argument != "--all"]
    try:
        with postgres() as url:
            plain = not pytest_arguments and not nothing_may_be_skipped
            on_sqlite = ["-m", "not again"] if plain else pytest_arguments
            on_postgres = WHERE_DATABASES_DIFFER if plain else pytest_arguments
            exits = [*run_the_suites(on_sqlite, on_postgres, url)]
    except KeyboardInterrupt:
        return INTERRUPTED
    missing = [] if url else [NO_POSTGRES]
    return close(Outcome.of(REPORTS), exits, missing, nothing_may_be_skipped)


def run_the_suites(on_sqlite: Sequence[str], on_postgres: Sequence[str], url: str | None) -> Iterator[int]:
    shutil.rmtree(REPORTS, ignore_errors=True)
    given = {"GONGDAO_TEST_POSTGRES_URL": url} if url else {}
    status = pytest("sqlite", on_sqlite, given)
    yield status
    if url and status in (0, TESTS_FAILED, NO_TESTS):
        yield pytest(
            "postgres",
            ["-o", "cache_dir=.pytest_cache/postgres", "-m", "not nodb and not browser", *on_postgres],
            {**given, "GONGDAO_TEST_DATABASE_URL": url},
        )


def pytest(name: str, arguments: Sequence[str], given: dict[str, str]) -> int:
    print(f"\n--- {name}", flush=True)
    report = ("-o", "junit_family=xunit1", f"--junitxml={REPORTS / name}.xml")
    command = [sys.executable, "-m", "pytest", "-n", "2", "--dist", "worksteal", *report, *arguments]
    return subprocess.run(command, env={**os.environ, **given}).returncode


@contextmanager
def postgres() -> Iterator[str | None]:
    """The address of a PostgreSQL server: the one given, or else a throw-away one, or None."""
    given = os.environ.get("GONGDAO_TEST_POSTGRES_URL")
    if given or not shutil.which("pg_virtualenv"):
        yield given or None
        return
    server = subprocess.Popen(
        throw_away_server(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True, text=True
    )
    try:
        yield address(server)
    finally:
        # The server ends when its command does, and that reads until nobody is left to write.
        server.communicate()


def throw_away_server() -> list[str]:
    options = [part for option in POSTGRES_OPTIONS for part in ("-o", option)]
    create = ("-c", "--locale=C.UTF-8 --encoding=UTF8")
    return ["pg_virtualenv", "-t", *create, *options, sys.executable, "-c", SAY_HOW_TO_CONNECT]


def address(server: subprocess.Popen[str]) -> str | None:
    assert server.stdout
    for line in server.stdout:
        if line.startswith("{"):
            given = json.loads(line)
            login = f"{quote(given['PGUSER'])}:{quote(given['PGPASSWORD'])}"
            return f"postgresql+psycopg://{login}@{given['PGHOST']}:{given['PGPORT']}/{given['PGDATABASE']}"
    return None


class Outcome:
    """What pytest's reports say, over all runs."""

    def __init__(self) -> None:
        self.passed = 0
        self.failed = 0
        self.kinds: dict[str, Counter[str]] = {}
        self.reasons: dict[str, str] = {}

    @classmethod
    def of(cls, folder: Path) -> "Outcome":
        outcome = cls()
        for report in sorted(folder.glob("*.xml")):
            for case in ElementTree.parse(report).iter("testcase"):
                outcome.add(case)
        return outcome

    def add(self, case: ElementTree.Element) -> None:
        name = "::".join(part for part in (case.get("file"), case.get("name")) if part)
        skipped = case.find("skipped")
        if case.find("failure") is not None or case.find("error") is not None:
            self.failed += 1
        elif skipped is None or skipped.get("type") == "pytest.xfail":
            self.passed += 1
            self.kinds.setdefault(name, Counter())["passed"] += 1
        else:
            self.kinds.setdefault(name, Counter())["skipped"] += 1
            self.reasons[name] = skipped.get("message") or ""

    @property
    def skipped(self) -> list[str]:
        return [f"{name}: {self.reasons[name]}" for name, kinds in sorted(self.kinds.items()) if not kinds["passed"]]


def close(outcome: Outcome, exits: list[int], missing: list[str], nothing_may_be_skipped: bool) -> int:
    skipped = missing + outcome.skipped
    failed = outcome.failed or int(any(status not in (0, NO_TESTS) for status in exits))
    if skipped:
        print(f"\nSkipped{', which --all does not allow' if nothing_may_be_skipped else ''}:", *skipped, sep="\n  ")
    if nothing_may_be_skipped:
        failed, skipped = failed + len(skipped), []
    if not outcome.passed and not failed:
        print("\nNo test was run.")
    print(f"\n{outcome.passed} passed, {failed} failed" + (f", {len(skipped)} skipped" if skipped else ""))
    return TESTS_FAILED if failed or not outcome.passed else 0


if __name__ == "__main__":
    sys.exit(main())
