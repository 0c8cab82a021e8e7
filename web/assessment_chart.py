"""Departments beside each other as a picture: an SVG drawn on the server, with no script and nothing from elsewhere.

Its libraries are loaded with the first picture, so that starting up costs nothing. The same figures make the same
picture, which is drawn once.
"""

from functools import lru_cache
from typing import Any

from flask import Response, abort
from flask_babel import gettext as _

from web.assessment_table import Comparison

WIDTH, STEP = 520, 30
FONTS = "Noto Sans CJK SC, Noto Sans SC, PingFang SC, Microsoft YaHei, Helvetica, Arial, sans-serif"
# As the pigments of the stylesheet on a light sheet: the picture keeps its own, whatever the theme.
PAPER, INK, LINE, BAR, BEFORE = "#fffdf8", "#2b2a27", "#d9d4c7", "#2f5d8a", "#b9b2a1"


def answer(comparison: Comparison) -> Response:
    """The picture; 404 where there is nothing to compare."""
    if not comparison.bars:
        abort(404)
    response = Response(_drawn(comparison, _("now")), mimetype="image/svg+xml")
    response.headers["Cache-Control"] = "private, max-age=86400"
    response.set_etag(comparison.version)
    return response


@lru_cache(maxsize=64)
def _drawn(comparison: Comparison, _language: str) -> str:
    import vl_convert

    drawn: str = vl_convert.vegalite_to_svg(_specified(comparison))
    return drawn


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
    chart = (bars + words).properties(width=WIDTH, height=STEP * len(rows), background=PAPER, padding=12)
    chart = chart.configure(font=FONTS).configure_view(stroke=None)
    chart = chart.configure_axis(
        labelColor=INK, labelFontSize=13, gridColor=LINE, domainColor=LINE, tickColor=LINE, labelFont=FONTS
    )
    specified: dict[str, Any] = chart.to_dict()
    return specified
