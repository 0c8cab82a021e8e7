"""Every sample letter as PDF and as pictures, for people to look at.

    python -m pdf.contact_sheet OUTDIR [zh|en]

It shows the samples of tests/pdf and is no part of the running product.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import get_args

from pdf import letter
from pdf.words import Language


def main(folder: Path, languages: tuple[Language, ...]) -> None:
    """Write each sample in each language and copy; pictures where pdftoppm is installed."""
    # Samples live with the tests; the product itself imports nothing of them.
    samples = import_module("tests.pdf.samples")
    folder.mkdir(parents=True, exist_ok=True)
    for kind in samples.KINDS:
        for lang in languages:
            for copy in letter.copies_of(kind):
                page = letter.render(samples.sample(kind), lang=lang, copy=copy, digest=samples.DIGEST)
                _show(folder / f"{kind}.{lang}.{copy}.pdf", page)


def _show(file: Path, page: bytes) -> None:
    for old in file.parent.glob(f"{file.stem}*.png"):
        old.unlink()
    file.write_bytes(page)
    sys.stdout.write(f"{file}\n")
    if pdftoppm := shutil.which("pdftoppm"):
        command = [pdftoppm, "-r", "75", "-png", str(file), str(file.with_suffix(""))]
        subprocess.run(command, check=True)  # noqa: S603  # nothing of it comes from outside


if __name__ == "__main__":
    main(Path(sys.argv[1]), tuple(sys.argv[2:]) or get_args(Language))  # type: ignore[arg-type]
