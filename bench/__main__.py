"""`python -m bench`: prints what a step costs beside its bare rows, what a hundred times more complaints
cost, what looking for reminders costs among many closed ones, how long a month's close and a quarter's assessment take,
and what letters cost beside other ways to write them.
`python -m bench letters` measures the letters alone, in two or three minutes. `python -m bench endurance` has four
workers carry out 10,000 deadlines and send 10,000 messages while they are killed at random; another number may follow.

Measurements that are compared are taken in turns and told as medians. It works in databases of its
own: SQLite always, PostgreSQL when GONGDAO_TEST_POSTGRES_URL names a server.
"""

import os
import sys
import tempfile
from pathlib import Path

from bench import assessments, endurance, letters, lists, month, reminders, steps
from bench.place import Place, places
from bench.telling import Finding
from bin._test import postgres

ENDURED = 10_000


def main() -> int:
    missed = 0
    with tempfile.TemporaryDirectory() as folder:
        if sys.argv[1:] == ["letters"]:
            return _letters(Path(folder), at_length=False)
        if sys.argv[1:2] == ["endurance"]:
            return _endurance(Path(folder), int(sys.argv[2]) if sys.argv[2:] else ENDURED)
        for place in places(Path(folder), os.environ.get("GONGDAO_TEST_POSTGRES_URL")):
            print(f"\n{place.name}")
            for finding in measured(place):
                print(f"  {finding}", flush=True)
                missed += finding.is_missed
            for ratio in month.measure(place):
                print(f"  {ratio}", flush=True)
                missed += ratio.is_missed
            for found in assessments.measure(place):
                print(f"  {found}", flush=True)
                missed += found.is_missed
        missed += _letters(Path(folder), at_length=True)
    return 1 if missed else 0


def _endurance(folder: Path, due: int) -> int:
    with postgres() as server:
        if server is None:
            print("No PostgreSQL server could be started (Debian's packages postgresql, postgresql-common).")
            return 1
        outcome = endurance.measure(server, folder, due=due, workers=4, kills=max(4, due // 400))
    print("\nEndurance: four workers, each with its scheduler, on PostgreSQL")
    for line in outcome.told():
        print(f"  {line}", flush=True)
    return 0 if outcome.is_even else 1


def _letters(folder: Path, *, at_length: bool) -> int:
    print(f"\nLetters\n  {letters.per_second(folder)}", flush=True)
    missed = 0
    for told, is_missed in letters.measure(at_length=at_length):
        print(f"  {told}", flush=True)
        missed += is_missed
    return 1 if missed else 0


def measured(place: Place) -> list[Finding]:
    return [*steps.measure(place), *lists.measure(place), *reminders.measure(place)]


if __name__ == "__main__":
    sys.exit(main())
