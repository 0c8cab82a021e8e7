"""Measurements taken in turns, and how they are told."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median

WARMING_UP = 3


@dataclass(frozen=True)
class Finding:
    """How many times as long one thing takes as another, and how many times it may, if that is set."""

    what: str
    seconds: float
    beside: float
    at_most: float | None = None

    @property
    def ratio(self) -> float:
        return self.seconds / self.beside

    @property
    def is_missed(self) -> bool:
        return self.at_most is not None and self.ratio > self.at_most

    def __str__(self) -> str:
        target = "" if self.at_most is None else f"  at most {self.at_most}{'  MISSED' if self.is_missed else ''}"
        times = f"{self.seconds * 1000:7.1f} ms : {self.beside * 1000:6.1f} ms"
        return f"{self.what:68} {self.ratio:5.2f} times  {times}{target}"


Work = Callable[[], object]


def in_turns(one: Callable[[int], Work], other: Callable[[int], Work], turns: int) -> tuple[float, float]:
    """The median seconds of each, measured alternately so that a busy machine slows both.

    Each is asked for the work of a turn first, which is not measured.
    """
    taken: tuple[list[float], list[float]] = ([], [])
    for turn in range(turns + WARMING_UP):
        for prepared, kept in zip((one, other), taken, strict=True):
            work = prepared(turn)
            start = time.perf_counter()
            work()
            kept.append(time.perf_counter() - start)
    return median(taken[0][WARMING_UP:]), median(taken[1][WARMING_UP:])
