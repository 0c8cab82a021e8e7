"""The company's round seal as a drawing: a ring, a star, and the name along the upper arc.

Characters are drawn as outlines of the letters' own font, so that the mark needs no font in the
file and looks the same everywhere. The measures are those of a seal of 42 mm on a field of 420.
"""

from __future__ import annotations

import math
from functools import lru_cache

from pdf import fonts

SIDE = 42 / 25.4 * 72
FIELD, CENTRE = 420, 210
RED = "0.843 0 0.059"
RING, RING_WIDTH = 201, 11
STAR_OUTSIDE, STAR_INSIDE = 62, 23.7
NAME_AT, TALLEST = 150, 54
# The name leaves the lower part of the ring open, and a short name does not stretch to fill the rest.
WIDEST, WIDEST_STEP = math.radians(250), math.radians(27)
# A little less than the arc from one character to the next.
ROOM = 0.96


@lru_cache(maxsize=8)
def drawn(name: str) -> bytes:
    """The seal as operators of a PDF, on a square of FIELD × FIELD whose origin is below left."""
    parts = [f"{RED} rg {RED} RG", _ring(), _star(), *_name("".join(name.split()))]
    return "\n".join(parts).encode()


def _ring() -> str:
    bend = RING * 0.5523
    quarters = []
    for turn in range(4):
        cos, sin = round(math.cos(turn * math.pi / 2)), round(math.sin(turn * math.pi / 2))
        points = ((RING, bend), (bend, RING), (0, RING))
        quarters.append(
            " ".join(f"{_n(CENTRE + x * cos - y * sin)} {_n(CENTRE + x * sin + y * cos)}" for x, y in points)
        )
    return f"{RING_WIDTH} w {CENTRE + RING} {CENTRE} m " + " ".join(f"{quarter} c" for quarter in quarters) + " s"


def _star() -> str:
    points = [
        (CENTRE + radius * math.sin(turn * math.pi / 5), CENTRE + radius * math.cos(turn * math.pi / 5))
        for turn in range(10)
        for radius in [STAR_INSIDE if turn % 2 else STAR_OUTSIDE]
    ]
    first, *others = (f"{_n(x)} {_n(y)}" for x, y in points)
    return f"{first} m " + " ".join(f"{point} l" for point in others) + " h f"


def _name(name: str) -> list[str]:
    """Each character upright on the arc, the first below left, the last below right."""
    step = min(WIDEST_STEP, WIDEST / max(1, len(name) - 1))
    size = min(TALLEST, step * NAME_AT * ROOM)
    start = -step * (len(name) - 1) / 2
    return [_on_the_arc(character, start + step * place, size) for place, character in enumerate(name)]


def _on_the_arc(character: str, turned: float, size: float) -> str:
    outline, width, middle = fonts.outline(character)
    cos, sin, scale = math.cos(turned), math.sin(turned), size / fonts.EM
    x, y = CENTRE + NAME_AT * sin, CENTRE + NAME_AT * cos
    turn = f"{_n(cos)} {_n(-sin)} {_n(sin)} {_n(cos)} {_n(x)} {_n(y)} cm"
    return f"q {turn} {_n(scale)} 0 0 {_n(scale)} {_n(-width / 2 * scale)} {_n(-middle * scale)} cm {outline} f Q"


def _n(number: float) -> str:
    return f"{number:.4f}".rstrip("0").rstrip(".")
