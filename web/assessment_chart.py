"""Departments beside each other and figures over periods as pictures: SVG drawn on the server, with no script and
nothing from elsewhere.

Its libraries are loaded with the first picture, so that starting up costs nothing. The same figures make the same
picture, which is drawn once.
"""

from functools import lru_cache
from typing import Any

from flask import Response, abort
from flask_babel import gettext as _

from web.assessment_course import Course
from web.assessment_table import Comparison

WIDTH, STEP = 520, 30
FONTS = "Noto Sans CJK SC, Noto Sans SC, PingFang SC, Microsoft YaHei, Helvetica, Arial, sans-serif"
# As the pigments of the stylesheet on a light sheet: the picture keeps its own, whatever the theme.
PAPER, INK, LINE, BAR, BEFORE = "#fffdf8", "#2b2a27", "#d9d4c7", "#2f5d8a", "#b9b2a1"
# Told apart by the shape of their points as well as by colour; of more lines than these a picture tells nothing.
PIGMENTS = ("#2f5d8a", "#a8422f", "#3f7a4f", "#8a6a1f", "#6b4f8a", "#4a4a4a", "#1f7f86", "#9a5a7a")
OVER_PERIODS, GLANCE = (420, 240), (330, 120)
# Of more periods the names are written smaller.
WIDE = 4


def answer(comparison: Comparison) -> Response:
    """The picture; 404 where there is nothing to compare."""
    if not comparison.bars:
        abort(404)
    return _answered(_drawn(comparison, _("now")), comparison.version)


def course(found: Course, *, small: bool = False) -> Response:
    """Figures over periods as a picture; 404 where there is no course to see."""
    if not found.is_drawn:
        abort(404)
    return _answered(_course_drawn(found, small), found.version)


def _answered(picture: str, version: str) -> Response:
    response = Response(picture, mimetype="image/svg+xml")
    response.headers["Cache-Control"] = "private, max-age=86400"
    response.set_etag(version)
    return response


@lru_cache(maxsize=64)
def _drawn(comparison: Comparison, _language: str) -> str:
    return _svg(_specified(comparison))


@lru_cache(maxsize=128)
def _course_drawn(found: Course, small: bool) -> str:
    return _svg(_bars(found) if small or len(found.lines) == 1 else _lines(found))


def _svg(specified: dict[str, Any]) -> str:
    import vl_convert

    drawn: str = vl_convert.vegalite_to_svg(specified)
    return drawn


def _bars(found: Course) -> dict[str, Any]:
    """One line over its periods: a bar each, with its figure above it."""
    import altair as alt

    rows = [
        {"period": period, "value": float(cell.value), "told": cell.told, "at": max(0.0, float(cell.value))}
        for period, cell in zip(_broken(found), found.lines[0].cells, strict=True) if cell.value is not None
    ]  # fmt: skip
    periods = _periods(found)
    base = alt.Chart(alt.Data(values=rows)).encode(x=periods)
    values = alt.Y("value:Q", title=None, axis=None)
    bars = base.mark_bar(color=BEFORE, size=26).encode(
        y=values, color=alt.condition(alt.datum.period == _broken(found)[-1], alt.value(BAR), alt.value(BEFORE))
    )
    words = base.mark_text(dy=-8, color=INK, font=FONTS, fontSize=12).encode(y="at:Q", text="told:N")
    width, height = GLANCE
    return _finished((bars + words).properties(width=width, height=height))


def _periods(found: Course) -> Any:
    """The periods side by side, each in two lines."""
    import altair as alt

    size = 12 if len(found.periods) <= WIDE else 11
    axis = alt.Axis(labelAngle=0, labelFontSize=size, labelExpr="split(datum.label, '|')")
    return alt.X("period:N", title=None, sort=_broken(found), axis=axis)


def _broken(found: Course) -> list[str]:
    """Where a period's name is broken: before its year or after it, as its language has it."""
    return [
        period.replace(" ", "").replace("年", "年|", 1).rstrip("|")
        if "年" in period
        else "|".join(period.rsplit(" ", 1))
        for period in found.periods
    ]


def _lines(found: Course) -> dict[str, Any]:
    import altair as alt

    rows = [
        {"name": line.name, "period": period, "value": float(cell.value)}
        for line in found.lines[: len(PIGMENTS)]
        for period, cell in zip(_broken(found), line.cells, strict=True) if cell.value is not None
    ]  # fmt: skip
    names = [line.name for line in found.lines[: len(PIGMENTS)]]
    legend = alt.Legend(title=None, orient="bottom", columns=2, labelLimit=170, symbolSize=90)
    chart = alt.Chart(alt.Data(values=rows)).mark_line(strokeWidth=2, point={"size": 60, "filled": True}).encode(
        x=_periods(found),
        y=alt.Y("value:Q", title=None, scale=alt.Scale(zero=False, nice=True), axis=alt.Axis(tickCount=5)),
        color=alt.Color("name:N", sort=names, scale=alt.Scale(domain=names, range=list(PIGMENTS)), legend=legend),
        shape=alt.Shape("name:N", sort=names, scale=alt.Scale(domain=names), legend=legend),
    )  # fmt: skip
    width, height = OVER_PERIODS
    return _finished(chart.properties(width=width, height=height))


def _finished(chart: Any) -> dict[str, Any]:
    chart = chart.properties(background=PAPER, padding=12)
    chart = chart.configure(font=FONTS).configure_view(stroke=None)
    chart = chart.configure_axis(
        labelColor=INK, labelFontSize=13, gridColor=LINE, domainColor=LINE, tickColor=LINE, labelFont=FONTS
    ).configure_legend(labelColor=INK, labelFontSize=14, labelFont=FONTS)
    specified: dict[str, Any] = chart.to_dict()
    return specified


def _specified(comparison: Comparison) -> dict[str, Any]:
    import altair as alt

    # A figure stands at the right of its bar, of one below nought at the right of nought.
    rows = [
        {"name": bar.name, "value": float(bar.value), "told": bar.told, "at": max(0.0, float(bar.value))}
        for bar in comparison.bars
    ]
    names = alt.Y("name:N", title=None, sort=[bar.name for bar in comparison.bars], axis=alt.Axis(labelLimit=180))
    values = alt.X("value:Q", title=None, axis=alt.Axis(tickCount=4, grid=True))
    base = alt.Chart(alt.Data(values=rows)).encode(y=names)
    bars = base.mark_bar(color=BAR, size=16).encode(x=values)
    words = base.mark_text(align="left", dx=6, color=INK, font=FONTS, fontSize=13).encode(x="at:Q", text="told:N")
    return _finished((bars + words).properties(width=WIDTH, height=STEP * len(rows)))
