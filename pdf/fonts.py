"""Which characters the letters' fonts have, and what is missing on this machine.

Asks fontconfig itself, so that the answer is what the renderer will find (FONTCONFIG_FILE is
honoured). It only looks: it installs nothing and downloads nothing.
"""

from __future__ import annotations

import ctypes
import threading
import unicodedata
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

# The ends of every font stack of the letters; what neither has cannot be printed.
LAST_RESORT = ("Noto Serif CJK SC", "BabelStone Han")
# The seal is cut in the bold face where there is one.
OF_THE_SEAL = (("Noto Serif CJK SC", "Bold"), ("Noto Serif CJK SC", "Regular"), ("BabelStone Han", "Regular"))
EM = 1000

# A face reads its tables when they are first asked for, and does not expect two threads to ask at once.
_one_reader = threading.Lock()

# Emoji come out in colour, far too large or not at all, depending on the fonts around.
_EMOJI = range(0x1F000, 0x1FC00)
_INVISIBLE = ("Cc", "Cf", "Cs", "Co", "Cn")
_LIBRARIES = {
    "libfontconfig.so.1": "libfontconfig1",
    "libpango-1.0.so.0": "libpango-1.0-0",
    "libpangoft2-1.0.so.0": "libpangoft2-1.0-0",
    # Without it a letter takes 20 seconds in place of 0.4, and only a log line says so.
    "libharfbuzz-subset.so.0": "libharfbuzz-subset0",
}


class FontsMissing(RuntimeError):
    """Letters cannot be issued on this machine; the message names the command that helps."""


class Font(NamedTuple):
    """A face in a font file."""

    path: Path
    number: int


def require_fonts() -> None:
    """Raise FontsMissing, with the exact command, unless letters can be printed here."""
    packages = [package for library, package in _LIBRARIES.items() if not _loads(library)]
    if not chinese_font():
        packages.append("fonts-noto-cjk")
    if packages:
        raise FontsMissing(
            "Letters cannot be printed on this machine. Install what is missing with: "
            f"apt-get install --no-install-recommends {' '.join(packages)}"
        )


def chinese_font() -> Path | None:
    """The file of the Chinese font that every letter falls back to, if it is installed."""
    font = find(LAST_RESORT[0])
    return font.path if font else None


def unprintable(text: str) -> list[str]:
    """The characters of the text that no letter can print, named, each once, in order."""
    return [_named(character) for character in missing(text)]


def missing(text: str) -> list[str]:
    """The characters of the text that no letter can print, each once, in order."""
    printable = printable_characters()
    return [c for c in dict.fromkeys(text) if ord(c) not in printable and c not in "\t\n"]


def is_invisible(character: str) -> bool:
    """Is this a control, a variation selector or the like, which leaves no mark on paper?"""
    return unicodedata.category(character) in _INVISIBLE or _selects_a_variant(character)


@cache
def printable_characters() -> frozenset[int]:
    """Every character that the fonts at the end of the stacks can print."""
    from fontTools.ttLib import TTFont

    covered: set[int] = set()
    for font in filter(None, map(find, LAST_RESORT)):
        with TTFont(font.path, fontNumber=font.number, lazy=True) as face:
            covered.update(face.getBestCmap())
    if not covered:
        require_fonts()
    return frozenset(c for c in covered if not is_invisible(chr(c)) and c not in _EMOJI)


@cache
def outline(character: str) -> tuple[str, float, float]:
    """A character as a path of PDF operators, its width and its middle, all on an em of EM units.

    A character that no font has is left out: an empty path.
    """
    with _one_reader:
        return _outline(character)


def _outline(character: str) -> tuple[str, float, float]:
    from fontTools.pens.boundsPen import BoundsPen
    from fontTools.pens.transformPen import TransformPen

    from pdf.path import PdfPath

    for face in filter(None, (_opened(family, style) for family, style in OF_THE_SEAL)):
        if (glyph := face.getBestCmap().get(ord(character))) is None:
            continue
        glyphs, scale = face.getGlyphSet(), EM / face["head"].unitsPerEm
        path, bounds = PdfPath(glyphs), BoundsPen(glyphs)
        for pen in (path, bounds):
            glyphs[glyph].draw(TransformPen(pen, (scale, 0, 0, scale, 0, 0)))
        left, low, right, high = bounds.bounds or (0, 0, 0, 0)
        return path.operators, left + right, (low + high) / 2
    return "", 0, 0


@cache
def _opened(family: str, style: str) -> Any:
    """A face that stays open: the names of its sixty thousand glyphs are read once."""
    from fontTools.ttLib import TTFont

    font = find(family, style)
    return TTFont(font.path, fontNumber=font.number, lazy=True) if font else None


def _selects_a_variant(character: str) -> bool:
    return "\ufe00" <= character <= "\ufe0f" or "\U000e0100" <= character <= "\U000e01ef"


def _named(character: str) -> str:
    code = f"U+{ord(character):04X}"
    if is_invisible(character):
        return f"{code} {unicodedata.name(character, '')}".rstrip()
    return f"{character} ({code})"


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def find(family: str, style: str = "Regular") -> Font | None:
    """A face of the family, the first in the order in which fontconfig lists it."""
    try:
        fontconfig = _fontconfig()
    except OSError:
        return None
    config = fontconfig.FcInitLoadConfigAndFonts()
    pattern = fontconfig.FcNameParse(f"{family}:style={style}".encode())
    wanted = fontconfig.FcObjectSetCreate()
    for name in (b"file", b"index"):
        fontconfig.FcObjectSetAdd(wanted, name)
    fonts = fontconfig.FcFontList(config, pattern, wanted)
    try:
        return min(_faces(fontconfig, fonts), default=None)
    finally:
        fontconfig.FcFontSetDestroy(fonts)
        fontconfig.FcObjectSetDestroy(wanted)
        fontconfig.FcPatternDestroy(pattern)
        fontconfig.FcConfigDestroy(config)


class _FontSet(ctypes.Structure):
    _fields_ = [
        ("count", ctypes.c_int),
        ("room", ctypes.c_int),
        ("patterns", ctypes.POINTER(ctypes.c_void_p)),
    ]


@cache
def _fontconfig() -> ctypes.CDLL:
    library = ctypes.CDLL("libfontconfig.so.1")
    for maker in ("FcInitLoadConfigAndFonts", "FcNameParse", "FcObjectSetCreate"):
        getattr(library, maker).restype = ctypes.c_void_p
    library.FcFontList.restype = ctypes.POINTER(_FontSet)
    library.FcFontList.argtypes = [ctypes.c_void_p] * 3
    library.FcObjectSetAdd.argtypes = [ctypes.c_void_p, ctypes.c_char_p]
    for ender in ("FcObjectSetDestroy", "FcPatternDestroy", "FcConfigDestroy"):
        getattr(library, ender).argtypes = [ctypes.c_void_p]
    return library


def _faces(fontconfig: ctypes.CDLL, fonts: ctypes._Pointer[_FontSet]) -> Iterator[Font]:
    for number in range(fonts.contents.count):
        pattern = ctypes.c_void_p(fonts.contents.patterns[number])
        path, index = ctypes.c_char_p(), ctypes.c_int()
        fontconfig.FcPatternGetString(pattern, b"file", 0, ctypes.byref(path))
        fontconfig.FcPatternGetInteger(pattern, b"index", 0, ctypes.byref(index))
        if path.value:
            yield Font(Path(path.value.decode()), index.value)
