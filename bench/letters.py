"""What a letter costs, as ratios of one run, by the time the processors spent where other programs must not count.

One three-page decision letter stands beside a trivial page, beside the same letter written the naive way
(the machine's own Noto fonts, a new font configuration and style sheet each time), and beside the same HTML
printed by Chromium, LibreOffice and Typst where they are installed. Two workers are two processes, as in
production.
"""

import gc
import os
import re
import resource
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from statistics import median

from sqlalchemy import select

from bench.place import Place
from bench.steps import COURSE, cases_before
from bench.telling import WARMING_UP, Finding
from models import Letter
from pdf import letter as paper
from pdf import render
from tests.pdf import samples

KIND, TURNS = "ruling_letter", 15
AT_MOST_TRIVIAL, NAIVE_AT_LEAST, TWO_AT_LEAST = 12, 2.5, 1.7
FOR_EACH_WORKER, LEVEL_LETTERS = 24, 1_000
# How much a process may grow for each letter once the first ones have warmed it up: the shared font configuration
# leaks about 12 KB, and the worker replaces itself after some hundreds of letters.
WARM_AFTER, MOST_GROWTH_KB = 100, 15
TRIVIAL = '<html lang="zh-CN"><body class="decision"><p>公道'


def measure(*, at_length: bool) -> Iterator[tuple[str, bool]]:
    """Every sentence that is printed, and whether it misses a target."""
    yield from _beside_a_trivial_page()
    yield from _beside_the_naive_way()
    yield from _two_workers()
    yield from _memory(LEVEL_LETTERS if at_length else LEVEL_LETTERS // 5)
    yield from _beside_other_programs()


def per_second(folder: Path) -> str:
    """Every kind of one course in both languages and copies; the time the processor spent."""
    with Place("SQLite", folder).database() as database:
        cases_before(database, len(COURSE), 1)
        with database.reading() as session:
            letters = session.scalars(select(Letter)).all()
            contents = [(letter.content, letter.digest) for letter in letters]
    _draw(contents)  # fonts and templates are loaded with the first
    start = time.process_time()
    made = _draw(contents)
    return f"{made / (time.process_time() - start):.1f} letters a second on one core"


def _draw(contents: list[tuple[dict[str, object], str]]) -> int:
    count = 0
    for content, digest in contents:
        for language in ("zh", "en"):
            for copy in ("full", "respondent"):
                paper.render(content, lang=language, copy=copy, digest=digest)
                count += 1
    return count


def _write() -> bytes:
    return paper.render(samples.sample(KIND), lang="zh", copy="full", digest=samples.DIGEST)


def _html() -> str:
    return paper.html(samples.sample(KIND), lang="zh", copy="full", digest=samples.DIGEST)


def _write_trivial() -> bytes:
    return render.write(TRIVIAL)


def _write_naively() -> bytes:
    """The letter as one writes it first: the fonts as installed, everything made anew."""
    from weasyprint import CSS, HTML
    from weasyprint.text.fonts import FontConfiguration

    fonts = FontConfiguration()
    sheet = CSS(string=_plain_sheet(), font_config=fonts)
    page = HTML(string=_html())
    return bytes(page.write_pdf(font_config=fonts, stylesheets=[sheet], pdf_variant=render.ARCHIVE))


def _plain_sheet() -> str:
    sheet = (render.ASSETS / "letter.css").read_text(encoding="utf-8")
    return re.sub(r'"(?:Gongdao \w+|Fandol\w+|LXGW WenKai)", ', "", sheet)


def _beside_a_trivial_page() -> Iterator[tuple[str, bool]]:
    ours, trivial = _in_turns(_write, _write_trivial)
    finding = Finding("a letter beside a page of one line, in the same fonts and style sheet", ours, trivial,
                      AT_MOST_TRIVIAL)  # fmt: skip
    yield str(finding), finding.is_missed


def _beside_the_naive_way() -> Iterator[tuple[str, bool]]:
    naive, ours = _in_turns(_write_naively, _write)
    ratio = naive / ours
    rates, missed = f"{1 / ours:.1f} : {1 / naive:.1f} a second", ratio < NAIVE_AT_LEAST
    told = f"as many letters as the naive way: {ratio:.2f} times ({rates})  at least {NAIVE_AT_LEAST}{_missed(missed)}"
    yield told, missed


def _in_turns(one: Callable[[], object], other: Callable[[], object]) -> tuple[float, float]:
    """The median processor seconds of each, measured alternately."""
    taken: tuple[list[float], list[float]] = ([], [])
    for _ in range(TURNS + WARMING_UP):
        for work, kept in zip((one, other), taken, strict=True):
            start = time.process_time()
            work()
            kept.append(time.process_time() - start)
    return median(taken[0][WARMING_UP:]), median(taken[1][WARMING_UP:])


def _two_workers() -> Iterator[tuple[str, bool]]:
    """How much more two processes write than one: by the clock, and by the processor time that each letter takes.

    On a machine whose processors others use, the clock tells what was left over; the processor time tells
    whether two of them stand in each other's way.
    """
    alone, together = _by(1), _by(2)
    clock = 2 * alone[0] / together[0]
    own = 2 * alone[1] / together[1]
    missed = max(clock, own) < TWO_AT_LEAST
    told = f"two workers write {clock:.2f} times what one does by the clock, {own:.2f} by processor time"
    yield f"{told}  at least {TWO_AT_LEAST}{_missed(missed)}", missed


def _by(workers: int) -> tuple[float, float]:
    """Seconds by the clock, and of processor time in each worker, for as many letters in each."""
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        list(pool.map(_warm_up, range(workers)))
        start = time.perf_counter()
        spent = list(pool.map(_write_many, [FOR_EACH_WORKER] * workers))
        return time.perf_counter() - start, sum(spent) / workers


def _warm_up(_: int) -> None:
    _write_many(2)
    # So long that the pool gives the next task to the other worker.
    time.sleep(0.5)


def _write_many(count: int) -> float:
    start = time.process_time()
    for _ in range(count):
        _write()
    return time.process_time() - start


def _memory(letters: int) -> Iterator[tuple[str, bool]]:
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        early, late = pool.submit(_grow, letters).result()
    growth = max(0, late - early) / (letters - WARM_AFTER)
    missed = growth > MOST_GROWTH_KB
    told = f"memory of a worker: {early // 1024} MB after {WARM_AFTER} letters, {late // 1024} MB after {letters}"
    yield f"{told}, {growth:.1f} KB a letter  at most {MOST_GROWTH_KB}{_missed(missed)}", missed


def _grow(letters: int) -> tuple[int, int]:
    for _ in range(WARM_AFTER):
        _write()
    gc.collect()
    early = _resident()
    for _ in range(letters - WARM_AFTER):
        _write()
    gc.collect()
    return early, _resident()


def _resident() -> int:
    """This process's memory in KB; where the system does not tell it, the most that it ever had."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return pages * os.sysconf("SC_PAGESIZE") // 1024


# --- other programs


def _beside_other_programs() -> Iterator[tuple[str, bool]]:
    start = time.perf_counter()
    for _ in range(5):
        _write()
    ours = (time.perf_counter() - start) / 5
    yield f"the same letter by the clock: {ours * 1000:.0f} ms here; elsewhere, as a share of that:", False
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "letter.html"
        page.write_text(_html().replace("</head>", f"<style>{_plain_sheet()}</style></head>"), encoding="utf-8")
        for name, took in (
            ("Chromium, kept open", _by_chromium(page)),
            ("LibreOffice, begun anew each time", _by_libreoffice(page)),
            ("Typst, the text alone", _by_typst(page)),
        ):
            told = "not installed" if took is None else f"{took / ours:.2f} times  {took * 1000:.0f} ms"
            yield f"  {name:40} {told}", False


def _by_chromium(page: Path) -> float | None:
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        return None
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        return None
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        tab = browser.new_page()
        took = _shortest(lambda: (tab.goto(page.as_uri()), tab.pdf(prefer_css_page_size=True)))
        browser.close()
    return took


def _by_libreoffice(page: Path) -> float | None:
    program = shutil.which("soffice") or shutil.which("libreoffice")
    if program is None:
        return None
    command = [program, "--headless", "--convert-to", "pdf", "--outdir", str(page.parent), str(page)]
    return _shortest(lambda: subprocess.run(command, check=True, capture_output=True, timeout=120))


def _by_typst(page: Path) -> float | None:
    program = shutil.which("typst")
    if program is None:
        return None
    source = page.with_suffix(".typ")
    text = re.sub(r"<style.*?</style>|<[^>]+>", "", page.read_text(encoding="utf-8"), flags=re.S)
    text = re.sub(r"([#*_$@<>`\\\[\]])", r"\\\1", text)
    source.write_text(f'#set text(font: "Noto Serif CJK SC", size: 16pt)\n{text}', encoding="utf-8")
    command = [program, "compile", str(source), str(source.with_suffix(".pdf"))]
    return _shortest(lambda: subprocess.run(command, check=True, capture_output=True, timeout=120))


def _shortest(work: Callable[[], object]) -> float:
    taken = []
    for _ in range(5):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return min(taken)


def _missed(is_missed: bool) -> str:
    return "  MISSED" if is_missed else ""
