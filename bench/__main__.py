"""`python -m bench`: prints what a step costs beside its bare rows, what a hundred times more complaints
cost, and how many letters one core makes.

Measurements that are compared are taken in turns and told as medians. It works in databases of its
own: SQLite always, PostgreSQL when GONGDAO_TEST_POSTGRES_URL names a server.
"""

import os
import sys
import tempfile
from pathlib import Path

from bench import letters, lists, steps
from bench.place import Place, places
from bench.telling import Finding


def main() -> int:
    missed = 0
    with tempfile.TemporaryDirectory() as folder:
        for place in places(Path(folder), os.environ.get("GONGDAO_TEST_POSTGRES_URL")):
            print(f"\n{place.name}")
            for finding in measured(place):
                print(f"  {finding}", flush=True)
                missed += finding.is_missed
        print(f"\nLetters\n  {letters.per_second(Path(folder))}")
    return 1 if missed else 0


def measured(place: Place) -> list[Finding]:
    return [*steps.measure(place), *lists.measure(place)]


if __name__ == "__main__":
    sys.exit(main())
