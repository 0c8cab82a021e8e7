"""The letters' own fonts: the fonts of the system cut to the characters that letters are written in.

    python -m pdf.own_fonts FOLDER

bin/_fonts.sh calls it once, at set-up. A font of 65,000 characters with cubic outlines makes a letter
half again as slow and three times as large as one of 9,000 with quadratic ones, so each face is cut to
the 8,105 characters of 通用规范汉字表 (general_characters.txt: its three levels, in its order), GB 2312,
Latin and the marks around them, and kept as TrueType. They bear names of their own, so that no font of
the machine is taken for one of them; static/letter/letter.css names each before the full font, which
stays as the fallback. A face that is not installed is left out.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

from fontTools import subset
from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont, newTable

from pdf import fonts

GENERAL = Path(__file__).with_name("general_characters.txt")
# Latin and its accents, combining marks, punctuation, signs, arrows, shapes, Chinese marks, full-width forms.
_MARKS = ((0x20, 0x250), (0x300, 0x370), (0x2000, 0x2070), (0x20A0, 0x2300), (0x2460, 0x2670), (0x3000, 0x3040),
          (0xFF00, 0xFFF0))  # fmt: skip
_KEPT = {"GlyphOrder", "head", "hhea", "maxp", "OS/2", "hmtx", "cmap", "name", "post", "GSUB", "GPOS", "GDEF"}
# What English lines and composed characters need; vertical writing and variants of other countries go.
_FEATURES = ["pwid", "kern", "ccmp", "mark", "mkmk"]
# Thousandths of an em by which an outline may differ: a tenth of what a 600 dpi printer shows at 22 pt.
_PRECISION = 1.0
_NO_PROGRAMS = dict.fromkeys(
    ("maxTwilightPoints", "maxStorage", "maxFunctionDefs", "maxInstructionDefs", "maxStackElements",
     "maxSizeOfInstructions", "maxComponentElements", "maxPoints", "maxContours", "maxCompositePoints",
     "maxCompositeContours", "maxComponentDepth"), 0)  # fmt: skip


class Face(NamedTuple):
    """One file to be made, and the installed face it is cut from."""

    name: str
    family: str
    style: str = "Regular"


FACES = (
    Face("Gongdao Serif", "Noto Serif CJK SC"),
    Face("Gongdao Serif", "Noto Serif CJK SC", "Bold"),
    Face("Gongdao Sans", "Noto Sans CJK SC"),
    Face("Gongdao Sans", "Noto Sans CJK SC", "Bold"),
    Face("Gongdao Fang", "FandolFang"),
    Face("Gongdao Song", "FandolSong"),
    Face("Gongdao Hei", "FandolHei"),
    Face("Gongdao Kai", "FandolKai"),
)


def make(folder: Path) -> None:
    """Write every face that this machine has the font for; a face that is there is written anew."""
    folder.mkdir(parents=True, exist_ok=True)
    with ProcessPoolExecutor() as workers:
        list(workers.map(partial(_make, folder), FACES))


def characters() -> frozenset[int]:
    """The characters that every face is cut to, as far as it has them."""
    gb2312 = (bytes((row, cell)).decode("gb2312", "ignore") for row in range(0xA1, 0xF8) for cell in range(0xA1, 0xFF))
    marks = chain.from_iterable(range(*span) for span in _MARKS)
    return frozenset({*map(ord, "".join(general_characters())), *map(ord, "".join(gb2312)), *marks})


def general_characters() -> list[str]:
    """The 8,105 characters of 通用规范汉字表, in its order."""
    return list("".join(GENERAL.read_text(encoding="utf-8").split()))


def _make(folder: Path, face: Face) -> None:
    if found := fonts.find(face.family, face.style):
        full = TTFont(found.path, fontNumber=found.number, lazy=True)
        made = _cut(found, full.getGlyphOrder())
        _draw(made, full.getGlyphSet())
        _name(made, face)
        file = folder / f"{face.name.replace(' ', '')}-{face.style}.ttf"
        # Whoever reads the folder meanwhile finds a whole font or none.
        made.save(file.with_suffix(".part"))
        file.with_suffix(".part").replace(file)


def _cut(found: fonts.Font, order: list[str]) -> TTFont:
    """The face without outlines, cut to our characters: cutting outlines of this kind takes most of the time."""
    made = TTFont(found.path, fontNumber=found.number, lazy=True, recalcTimestamp=False)
    made.setGlyphOrder(order)
    for table in set(made.keys()) - _KEPT:
        del made[table]
    options = subset.Options(layout_features=_FEATURES, name_IDs=[0, 1, 2, 3, 4, 6, 13, 14], hinting=False)
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=characters())
    cutter.subset(made)
    return made


def _draw(made: TTFont, outlines: Any) -> None:
    glyphs = newTable("glyf")
    glyphs.glyphOrder = made.getGlyphOrder()
    glyphs.glyphs = {name: _quadratic(outlines[name]) for name in glyphs.glyphOrder}
    made["glyf"], made["loca"] = glyphs, newTable("loca")
    made["maxp"].tableVersion, made["maxp"].maxZones = 0x00010000, 1
    vars(made["maxp"]).update(_NO_PROGRAMS)
    made["post"].formatType = 3.0
    made.sfntVersion = "\x00\x01\x00\x00"


def _quadratic(outline: Any) -> Any:
    pen = TTGlyphPen(None)
    outline.draw(Cu2QuPen(pen, _PRECISION, reverse_direction=True))
    return pen.glyph()


def _name(made: TTFont, face: Face) -> None:
    bold = face.style == "Bold"
    full = f"{face.name} {face.style}"
    names: Iterable[tuple[int, str]] = (
        (1, face.name), (2, face.style), (3, full), (4, full), (6, full.replace(" ", "-"))
    )  # fmt: skip
    made["name"].names = [kept for kept in made["name"].names if kept.nameID in (0, 13, 14)]
    for number, words in names:
        made["name"].setName(words, number, 3, 1, 0x409)
    made["OS/2"].usWeightClass = 700 if bold else 400
    made["OS/2"].fsSelection = 0x20 if bold else 0x40
    made["head"].macStyle = int(bold)


if __name__ == "__main__":
    make(Path(sys.argv[1]))
