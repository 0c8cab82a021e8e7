"""Departments beside each other and figures over periods as pictures: SVG drawn on the server, with no script and
nothing from elsewhere.

Its libraries are loaded with the first picture, so that starting up costs nothing. The same figures make the same
picture, which is drawn once. A phone asks for a narrow one (`?narrow=1`), a small one for a narrower still
(`?narrow=2`), so that their words are not made smaller.
"""

import re
from functools import lru_cache
from typing import Any

from flask import Response, abort, request
from flask_babel import gettext as _

from web.assessment_course import Course
from web.assessment_table import Comparison

WIDTH, STEP = 520, 30
# Of a narrow picture: its names stand above their bars.
NARROW, NARROW_STEP = (WIDTH, 246, 176), 46
FONTS = "Noto Sans CJK SC, Noto Sans SC, PingFang SC, Microsoft YaHei, Helvetica, Arial, sans-serif"
# As the pigments of the stylesheet on a light sheet: the picture keeps its own, whatever the theme.
PAPER, INK, LINE, BAR, BEFORE = "#ffffff", "#2b2a27", "#d9d4c7", "#2f5d8a", "#b9b2a1"
# Told apart by the shape of their points as well as by colour; of more lines than these a picture tells nothing.
PIGMENTS = ("#2f5d8a", "#a8422f", "#3f7a4f", "#8a6a1f", "#6b4f8a", "#4a4a4a", "#1f7f86", "#9a5a7a")
# From the desk to a small phone.
OVER_PERIODS = ((420, 240), (258, 220), (190, 200))
GLANCE = ((330, 120), (292, 120), (222, 120))
SMALL = 2
# An English month before its year.
MONTH = re.compile(r"^[A-Z][a-z]+(?=\|)")
# Of more periods the names are written smaller.
WIDE = 4


def answer(comparison: Comparison) -> Response:
    """The picture; 404 where there is nothing to compare."""
    if not comparison.bars:
        abort(404)
    return _answered(_drawn(comparison, _("now"), narrowness()), comparison.version)


def course(found: Course, *, small: bool = False) -> Response:
    """Figures over periods as a picture; 404 where there is no course to see."""
    if not found.is_drawn:
        abort(404)
    return _answered(_course_drawn(found, small, narrowness()), found.version)


def narrowness() -> int:
    """0 for a desk, 1 for a phone that asks for the picture, 2 for a small one."""
    return {"": 0, "2": SMALL}.get(request.args.get("narrow", ""), 1)


def is_drawn(found: Course) -> bool:
    """Of one period there is no course, and of very many lines no picture."""
    return found.is_drawn and len(found.periods) > 1 and len(found.lines) <= len(PIGMENTS)


def picture(comparison: Comparison) -> str:
    """Departments beside each other; nothing where there is nothing to compare."""
    return _drawn(comparison, _("now"), narrow=0) if comparison.bars else ""


def picture_of(found: Course) -> str:
    """Figures over periods."""
    return _course_drawn(found, small=False, narrow=0)


def _answered(picture: str, version: str) -> Response:
    response = Response(picture, mimetype="image/svg+xml")
    response.headers["Cache-Control"] = "private, max-age=86400"
    response.set_etag(version)
    return response


@lru_cache(maxsize=64)
def _drawn(comparison: Comparison, _language: str, narrow: int) -> str:
    return _svg(_narrow(comparison, NARROW[narrow]) if narrow else _specified(comparison))


@lru_cache(maxsize=128)
def _course_drawn(found: Course, small: bool, narrow: int) -> str:
    return _svg(_bars(found, narrow) if small or len(found.lines) == 1 else _lines(found, narrow))


def _svg(specified: dict[str, Any]) -> str:
    import vl_convert

    drawn: str = vl_convert.vegalite_to_svg(specified)
    return drawn


def _bars(found: Course, narrow: int) -> dict[str, Any]:
    """One line over its periods: a bar each, with its figure above it."""
    import altair as alt

    rows = [
        {"period": period, "value": float(cell.value), "told": cell.told, "at": max(0.0, float(cell.value))}
        for period, cell in zip(_broken(found, narrow), found.lines[0].cells, strict=True) if cell.value is not None
    ]  # fmt: skip
    periods = _periods(found, narrow)
    base = alt.Chart(alt.Data(values=rows)).encode(x=periods)
    values = alt.Y("value:Q", title=None, axis=None)
    bars = base.mark_bar(color=BEFORE, size=26).encode(
        y=values, color=alt.condition(alt.datum.period == _broken(found, narrow)[-1], alt.value(BAR), alt.value(BEFORE))
    )
    words = base.mark_text(dy=-8, color=INK, font=FONTS, fontSize=12).encode(y="at:Q", text="told:N")
    picture = bars + words
    if any(cell.value is not None and cell.value < 0 for cell in found.lines[0].cells):
        # Below nought the foot of the picture is not nought: nought has its own line.
        nought = alt.Chart(alt.Data(values=[{"nought": 0}])).mark_rule(color=BEFORE).encode(y="nought:Q")
        picture = nought + picture
    width, height = GLANCE[narrow]
    return _finished(picture.properties(width=width, height=height))


def _periods(found: Course, narrow: int) -> Any:
    """The periods side by side, each in two lines."""
    import altair as alt

    size = 12 if len(found.periods) <= WIDE else 11
    axis = alt.Axis(
        labelAngle=0, labelFontSize=size, labelExpr="split(datum.label, '|')", labelOverlap="greedy", labelSeparation=4
    )
    return alt.X("period:N", title=None, sort=_broken(found, narrow), axis=axis)


def _broken(found: Course, narrow: int) -> list[str]:
    """Where a period's name is broken: before its year or after it, as its language has it; the months of a small
    English picture by their first three letters.
    """
    names = [
        period.replace(" ", "").replace("年", "年|", 1).rstrip("|")
        if "年" in period
        else "|".join(period.rsplit(" ", 1))
        for period in found.periods
    ]
    return [MONTH.sub(lambda month: month[0][:3], name) for name in names] if narrow == SMALL else names


def _lines(found: Course, narrow: int) -> dict[str, Any]:
    import altair as alt

    rows = [
        {"name": line.name, "period": period, "value": float(cell.value)}
        for line in found.lines[: len(PIGMENTS)]
        for period, cell in zip(_broken(found, narrow), line.cells, strict=True) if cell.value is not None
    ]  # fmt: skip
    names = [line.name for line in found.lines[: len(PIGMENTS)]]
    legend = alt.Legend(
        title=None, orient="bottom", columns=1 if narrow else 2, labelLimit=(170, 230, 180)[narrow], symbolSize=90
    )
    chart = alt.Chart(alt.Data(values=rows)).mark_line(strokeWidth=2, point={"size": 60, "filled": True}).encode(
        x=_periods(found, narrow),
        y=alt.Y("value:Q", title=None, scale=alt.Scale(zero=False, nice=True), axis=alt.Axis(tickCount=5)),
        color=alt.Color("name:N", sort=names, scale=alt.Scale(domain=names, range=list(PIGMENTS)), legend=legend),
        shape=alt.Shape("name:N", sort=names, scale=alt.Scale(domain=names), legend=legend),
    )  # fmt: skip
    width, height = OVER_PERIODS[narrow]
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

    rows = _rows(comparison)
    names = alt.Y("name:N", title=None, sort=[bar.name for bar in comparison.bars], axis=alt.Axis(labelLimit=180))
    values = alt.X("value:Q", title=None, axis=alt.Axis(tickCount=4, grid=True))
    base = alt.Chart(alt.Data(values=rows)).encode(y=names)
    bars = base.mark_bar(color=BAR, size=16).encode(x=values)
    words = base.mark_text(align="left", dx=6, color=INK, font=FONTS, fontSize=13).encode(x="at:Q", text="told:N")
    return _finished((bars + words).properties(width=WIDTH, height=STEP * len(rows)))


def _narrow(comparison: Comparison, width: int) -> dict[str, Any]:
    import altair as alt

    rows = _rows(comparison)
    # Named by their place, so that two of one name stay two; the words are drawn above the bars.
    places = alt.Y("place:O", title=None, axis=None, sort=None)
    values = alt.X("value:Q", title=None, axis=alt.Axis(tickCount=4, grid=True))
    base = alt.Chart(alt.Data(values=rows)).encode(y=places)
    bars = base.mark_bar(color=BAR, size=14, yOffset=8).encode(x=values)
    told = base.mark_text(align="left", dx=6, dy=8, color=INK, font=FONTS, fontSize=13).encode(x="at:Q", text="told:N")
    names = base.mark_text(align="left", dx=2, dy=-10, color=INK, font=FONTS, fontSize=13, limit=width + 40).encode(
        x=alt.value(0), text="name:N"
    )
    return _finished((bars + told + names).properties(width=width, height=NARROW_STEP * len(rows)))


def _rows(comparison: Comparison) -> list[dict[str, Any]]:
    """A figure stands at the right of its bar, of one below nought at the right of nought."""
    return [
        {"place": place, "name": bar.name, "value": float(bar.value), "told": bar.told,
         "at": max(0.0, float(bar.value))}
        for place, bar in enumerate(comparison.bars)
    ]  # fmt: skip
