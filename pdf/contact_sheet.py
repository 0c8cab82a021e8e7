"""Every sample letter as PDF and as pictures, and all pictures on one page, for people to look at.

Called by `bin/letters`, which sets the fonts up. The page is index.html in the folder. It shows the samples of
tests/pdf and is no part of the running product.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
from importlib import import_module
from itertools import product
from pathlib import Path
from typing import get_args

from pdf import letter
from pdf.words import Language

SHEET = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Letters</title>
<style>body {{ display: flex; flex-wrap: wrap; gap: 12px; font: 12px sans-serif; background: #ddd }}
figure {{ margin: 0; width: 300px }} img {{ width: 100%; background: #fff }}</style>{}</html>
"""
CHECK = letter.Check("https://gongdao.example/v", "ABCDEFGHJKMN")


def main(folder: Path, languages: tuple[Language, ...]) -> None:
    """Write each sample in each language and copy; pictures where pdftoppm is installed."""
    # Samples live with the tests; the product itself imports nothing of them.
    modules = [import_module(f"tests.pdf.{name}") for name in ("samples", "samples_penalty", "samples_scorecard")]
    folder.mkdir(parents=True, exist_ok=True)
    for samples in modules:
        for kind, lang in product(samples.KINDS, languages):
            for copy in letter.copies_of(kind):
                page = letter.render(samples.sample(kind), lang=lang, copy=copy, digest=modules[0].DIGEST, check=CHECK)
                _show(folder / f"{kind}.{lang}.{copy}.pdf", page)
    pictures = sorted(folder.glob("*.png"), key=lambda file: file.stat().st_mtime_ns)
    (folder / "index.html").write_text(SHEET.format("".join(map(_figure, pictures))), encoding="utf-8")


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
    asked.add_argument("languages", nargs="*", choices=get_args(Language), default=get_args(Language))
    given = asked.parse_args()
    main(given.folder, tuple(given.languages))
