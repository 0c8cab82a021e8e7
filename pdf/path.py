"""The outline of a character as the operators with which a PDF draws a path."""

from __future__ import annotations

from fontTools.pens.basePen import BasePen


class PdfPath(BasePen):  # type: ignore[misc]  # fontTools is untyped
    """Writes down what a font draws; curves of TrueType become cubic ones, which a PDF knows alone."""

    def __init__(self, glyphs: object) -> None:
        super().__init__(glyphs)
        self._drawn: list[str] = []

    @property
    def operators(self) -> str:
        return " ".join(self._drawn)

    def _moveTo(self, point: tuple[float, float]) -> None:  # noqa: N802 - so fontTools calls it
        self._add("m", point)

    def _lineTo(self, point: tuple[float, float]) -> None:  # noqa: N802 - so fontTools calls it
        self._add("l", point)

    def _curveToOne(self, one: tuple[float, float], two: tuple[float, float], point: tuple[float, float]) -> None:  # noqa: N802 - so fontTools calls it
        self._add("c", one, two, point)

    def _closePath(self) -> None:  # noqa: N802 - so fontTools calls it
        self._add("h")

    def _add(self, operator: str, *points: tuple[float, float]) -> None:
        self._drawn.extend(f"{round(x)} {round(y)}" for x, y in points)
        self._drawn.append(operator)
