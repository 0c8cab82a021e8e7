"""`python -m bench`: prints what a step costs beside its bare rows, what a hundred times more complaints
cost, what looking for reminders costs among many closed ones, how long a month's close takes, and what letters cost
beside other ways to write them.
`python -m bench letters` measures the letters alone, in two or three minutes.

Measurements that are compared are taken in turns and told as medians. It works in databases of its
own: SQLite always, PostgreSQL when GONGDAO_TEST_POSTGRES_URL names a server.
"""

import os
import sys
import tempfile
from pathlib import Path

from bench import letters, lists, month, reminders, steps
from bench.place import Place, places
from bench.telling import Finding


def main() -> int:
    missed = 0
    with tempfile.TemporaryDirectory() as folder:
        if sys.argv[1:] == ["letters"]:
            return _letters(Path(folder), at_length=False)
        for place in places(Path(folder), os.environ.get("GONGDAO_TEST_POSTGRES_URL")):
            print(f"\n{place.name}")
            for finding in measured(place):
                print(f"  {finding}", flush=True)
                missed += finding.is_missed
            for ratio in month.measure(place):
                print(f"  {ratio}", flush=True)
                missed += ratio.is_missed
        missed += _letters(Path(folder), at_length=True)
    return 1 if missed else 0


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
