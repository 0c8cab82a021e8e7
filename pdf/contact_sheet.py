"""Every sample letter as PDF and as pictures, and all pictures on one page, for people to look at.

Called by `bin/letters`, which sets the fonts up. The page is index.html in the folder. It shows the samples of
tests/pdf and is no part of the running product.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from functools import partial
from importlib import import_module
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import get_args

from pdf import letter
from pdf.seal import Seal
from pdf.words import Language

SHEET = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Letters</title>
<style>body {{ display: flex; flex-wrap: wrap; gap: 12px; font: 12px sans-serif; background: #ddd }}
figure {{ margin: 0; width: 300px }} img {{ width: 100%; background: #fff }}</style>{}</html>
"""
NAMES = sorted(file.stem for file in Path("tests/pdf").glob("samples*.py"))
CHECK = letter.Check("https://gongdao.example/v", "ABCDEFGHJKMN")
ISSUED = datetime(2026, 3, 10, 7, 20, tzinfo=UTC)
# What was made void since, and by which letter.
VOIDED = {"complaint_form": ("complaint", 15), "first_penalty_notice": ("penalty", 6)}


def main(folder: Path, languages: tuple[Language, ...]) -> None:
    """Write each sample in each language and copy, signed and sealed; pictures where pdftoppm is installed."""
    # Samples live with the tests; the product itself imports nothing of them.
    modules = [import_module(f"tests.pdf.{name}") for name in NAMES]
    folder.mkdir(parents=True, exist_ok=True)
    paper = partial(letter.render, digest=modules[0].DIGEST, check=CHECK, signature=letter.Signature(_seal(), ISSUED))
    for samples in modules:
        for kind, lang in product(samples.KINDS, languages):
            for copy in letter.copies_of(kind):
                _show(folder / f"{kind}.{lang}.{copy}.pdf", paper(samples.sample(kind), lang=lang, copy=copy))
            if kind in VOIDED:
                page = paper(samples.sample(kind), lang=lang, copy="full", voided_by=_voiding(*VOIDED[kind]))
                _show(folder / f"{kind}.{lang}.void.pdf", page)
    pictures = sorted(folder.glob("*.png"), key=lambda file: file.stat().st_mtime_ns)
    (folder / "index.html").write_text(SHEET.format("".join(map(_figure, pictures))), encoding="utf-8")


def _seal() -> Seal:
    """A seal that is thrown away; `bin/flask seal` keeps the real ones, above this layer."""
    with TemporaryDirectory() as var:
        settings = import_module("config").Settings.for_tests(var=Path(var))
        made: Seal = import_module("jobs.seal").make(settings, "星辰汽车销售服务有限公司", at=ISSUED)
        return made


def _voiding(series: str, seq: int) -> dict[str, object]:
    return {"series": series, "year": 2026, "seq": seq, "issued_at": "2026-03-20T11:00:00+08:00"}


def _figure(picture: Path) -> str:
    return f'<figure><img src="{picture.name}" alt=""><figcaption>{picture.stem}</figcaption></figure>\n'


def _show(file: Path, page: bytes) -> None:
    for old in file.parent.glob(f"{file.stem}*.png"):
        old.unlink()
    file.write_bytes(page)
    sys.stdout.write(f"{file}\n")
    if pdftoppm := shutil.which("pdftoppm"):
        command = [pdftoppm, "-r", "75", "-png", str(file), str(file.with_suffix(""))]
        subprocess.run(command, check=True)  # noqa: S603  # nothing of it comes from outside


if __name__ == "__main__":
    asked = argparse.ArgumentParser(
        description="Every sample letter as PDF and pictures, with all of them on one page."
    )
    asked.add_argument("folder", type=Path)
    asked.add_argument("language", nargs="?", choices=get_args(Language), help="one of them; both if none is named")
    given = asked.parse_args()
    main(given.folder, (given.language,) if given.language else get_args(Language))
