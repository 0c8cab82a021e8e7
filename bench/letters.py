"""How many letters one core makes in a second: every kind of one course, in both languages and copies."""

import time
from pathlib import Path

from sqlalchemy import select

from bench.place import Place
from bench.steps import COURSE, cases_before
from models import Letter
from pdf import letter as paper

ROUNDS = 2


def per_second(folder: Path) -> str:
    """Told by the time the processor spent, so that other programs do not count."""
    with Place("SQLite", folder).database() as database:
        cases_before(database, len(COURSE), 1)
        with database.reading() as session:
            letters = session.scalars(select(Letter)).all()
            contents = [(letter.content, letter.digest) for letter in letters]
    _draw(contents)  # fonts and templates are loaded with the first
    start = time.process_time()
    made = sum(_draw(contents) for _ in range(ROUNDS))
    return f"{made / (time.process_time() - start):.1f} letters a second on one core"


def _draw(contents: list[tuple[dict[str, object], str]]) -> int:
    count = 0
    for content, digest in contents:
        for language in ("zh", "en"):
            for copy in ("full", "respondent"):
                paper.render(content, lang=language, copy=copy, digest=digest)
                count += 1
    return count
