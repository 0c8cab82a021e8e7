"""Random rows of any pack about assessing, within what its sources take: none, one, extremes, fields left out."""

from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from tests.conftest import COMPANY
from workflow import founding
from workflow.assessment_entry import Row
from workflow.assessment_pack import AssessmentPack
from workflow.assessment_rows import ListedRows
from workflow.assessment_source import Field, Source

FILLED = founding.read(COMPANY).company_values
Rows = dict[str, list[Row]]


def rows_of(pack: AssessmentPack, *, at_least: int = 0) -> st.SearchStrategy[Rows]:
    return st.fixed_dictionaries({name: _of_source(name, source, at_least) for name, source in pack.sources.items()})


def listed(pack: AssessmentPack, rows: Rows) -> ListedRows:
    return ListedRows(pack.sources, rows)


def _of_source(name: str, source: Source, at_least: int) -> st.SearchStrategy[list[Row]]:
    values = st.fixed_dictionaries({}, optional={key: _of_field(field) for key, field in source.fields.items()})
    rows = st.lists(values, min_size=at_least, max_size=1 if source.once else 6)
    return rows.map(lambda found: [Row(f"{name}:{at}", _possible(source, each)) for at, each in enumerate(found)])


def _possible(source: Source, values: dict[str, Any]) -> dict[str, Any]:
    """A part that is more than its whole changes places with it; one without the other is left out."""
    for part, whole in source.never_above.items():
        if part in values and whole in values:
            values[part], values[whole] = sorted((values[part], values[whole]))
        else:
            values = {key: value for key, value in values.items() if key not in (part, whole)}
    return values


def _of_field(field: Field) -> st.SearchStrategy[Any]:
    if field.kind == "yes_no":
        return st.booleans()
    if field.kind == "choice":
        return st.sampled_from(sorted(field.choices or {}))
    assert field.lowest is not None and field.highest is not None
    unit = Decimal(1).scaleb(-field.decimals)
    lowest, highest = int(field.lowest / unit), int(min(field.highest, Decimal(1000)) / unit)
    extremes = st.sampled_from([field.lowest, field.highest])
    return st.one_of(st.integers(lowest, highest).map(lambda units: units * unit), extremes)
