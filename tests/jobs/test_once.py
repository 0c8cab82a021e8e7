"""One worker is enough for one piece of work: nobody else has it until it lets go, or is killed."""

import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

from jobs.once import only_once
from models import Database

ROOT = Path(__file__).resolve().parent.parent.parent
HOLDER = """
    import sys, time
    from jobs.once import only_once
    from models import Database

    with only_once(Database(sys.argv[1]), "case file", 7) as is_the_one:
        print(is_the_one, flush=True)
        time.sleep(600)
"""


def test_what_one_has_nobody_else_gets_and_other_work_goes_on(database: Database):
    with only_once(database, "case file", 7) as first, only_once(database, "case file", 7) as second:
        assert (first, second) == (True, False)
        with only_once(database, "case file", 8) as other, only_once(database, "import", 7) as another:
            assert (other, another) == (True, True)
    with only_once(database, "case file", 7) as again:
        assert again


def test_a_worker_that_is_killed_lets_go_at_once(database: Database):
    url = database.engine.url.render_as_string(hide_password=False)
    command = [sys.executable, "-c", textwrap.dedent(HOLDER), url]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None and holder.stdout.readline() == "True\n"
        with only_once(database, "case file", 7) as mine:
            assert not mine
        os.kill(holder.pid, signal.SIGKILL)
        holder.wait()
    for _ in range(1000):
        # PostgreSQL hears of it from its own connection, a moment later.
        with only_once(database, "case file", 7) as mine:
            if mine:
                return
    raise AssertionError("the dead still hold it")
