"""Six months of answers and contacts in time as a picture: the same SVG on the page and in the letter.

Its libraries are loaded with the first picture; its numbers stand beside it as a table.
"""

from datetime import date
from typing import Any

from web.assessment_chart import BAR, FONTS, INK, LINE, PAPER

# From the desk to a small phone.
WIDTHS, HEIGHT = (520, 256, 186), 170
SECOND = "#a4572a"
WORDS = {
    "zh": {"answered": "24小时内答复", "contacted": "一周内联系"},
    "en": {"answered": "answered in 24 hours", "contacted": "contacted in a week"},
}
Json = dict[str, Any]


def drawn(trend: list[Json], *, narrow: int = 0) -> dict[str, str] | None:
    """The picture in both languages, on request for a phone; None where no month has a figure."""
    if not any(month[series]["share"] is not None for month in trend for series in ("answered", "contacted")):
        return None
    import vl_convert

    return {language: str(vl_convert.vegalite_to_svg(_specified(trend, language, narrow))) for language in WORDS}


def _specified(trend: list[Json], language: str, narrow: int) -> Json:
    import altair as alt

    words = WORDS[language]
    rows = [
        {"month": _name(month, language), "what": words[series], "share": float(month[series]["share"])}
        for month in trend
        for series in words
        if month[series]["share"] is not None
    ]
    months = alt.X(
        "month:O", title=None, axis=_axis(), scale=alt.Scale(domain=[_name(month, language) for month in trend])
    )
    shares = alt.Y("share:Q", title="%", scale=alt.Scale(domain=[0, 100]), axis=alt.Axis(tickCount=5))
    domain = list(words.values())
    # Told apart by shape as well as by colour.
    colours = alt.Color("what:N", title=None, scale=alt.Scale(domain=domain, range=[BAR, SECOND]))
    shapes = alt.Shape("what:N", title=None, scale=alt.Scale(domain=domain, range=["circle", "square"]))
    base = alt.Chart(alt.Data(values=rows)).encode(x=months, y=shares, color=colours)
    chart = base.mark_line(strokeWidth=2) + base.mark_point(filled=True, size=60, opacity=1).encode(shape=shapes)
    chart = chart.properties(width=WIDTHS[narrow], height=HEIGHT, background=PAPER, padding=12).configure(font=FONTS)
    chart = chart.configure_view(stroke=None).configure_axis(
        labelColor=INK, labelFontSize=13, titleColor=INK, gridColor=LINE, domainColor=LINE, tickColor=LINE,
        labelFont=FONTS, titleFont=FONTS, titleAngle=0,
    ).configure_legend(
        orient="top", labelFont=FONTS, labelFontSize=13, labelColor=INK, **({"columns": 1} if narrow else {}),
    )  # fmt: skip
    specified: Json = chart.to_dict()
    return specified


def _axis() -> Any:
    """The months side by side, each in two lines."""
    import altair as alt

    return alt.Axis(labelAngle=0, labelExpr="split(datum.label, '|')")


def _name(month: Json, language: str) -> str:
    """2026年|5月 · May|2026."""
    year, number = map(int, month["month"].split("-"))
    return f"{year}年|{number}月" if language == "zh" else f"{date(year, number, 1):%b}|{year}"
