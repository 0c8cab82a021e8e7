"""What a row of a source may hold: each value as its field takes it, parts within their wholes, no row twice.

A row that is not taken is refused with its key, its field and a sentence for whoever entered or imported it.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from workflow.assessment_formula import YES
from workflow.assessment_source import LARGEST_VALUE, Field, Source
from workflow.process import INVALID, N_, Objection

Value = Decimal | str


class RowRefused(Exception):
    """A row that its source does not take: which source and row, which field, and why."""

    def __init__(self, source: str, row: str, objection: Objection, *, field: str | None = None) -> None:
        self.source, self.row, self.field, self.objection = source, row, field, objection
        super().__init__(": ".join([source, f"row {row}", *([field] if field is not None else []), str(objection)]))


@dataclass(frozen=True)
class Row:
    """One answer, case, finding or entry: the key by which it is found again, and its values by field."""

    key: str
    values: Mapping[str, Value]


def checked(name: str, source: Source, rows: Iterable[Row]) -> list[Row]:
    """The rows with each value as its field takes it. Raises RowRefused for the first that is not taken."""
    found: dict[str, Row] = {}
    for row in rows:
        if found and source.once:
            raise _refused(name, row, Objection(INVALID, N_("There is an entry for this period already.")))
        if row.key in found:
            # One answer counted twice.
            raise _refused(name, row, Objection(INVALID, N_("This row stands there twice.")))
        found[row.key] = checked_row(name, source, row)
    return list(found.values())


def checked_row(name: str, source: Source, row: Row) -> Row:
    """One row by itself; what is left empty is left out. Raises RowRefused."""
    taken = Row(row.key, dict(_values(name, source, row)))
    for part, whole in source.never_above.items():
        if (objection := _part_of(taken, part, whole)) is not None:
            raise _refused(name, row, objection, part)
    return taken


def _values(name: str, source: Source, row: Row) -> Iterator[tuple[str, Value]]:
    for field, value in row.values.items():
        if field not in source.fields:
            raise _refused(name, row, Objection(INVALID, N_("There is no such column here.")), field)
        if value is None or value == "":
            continue
        taken = _taken(source.fields[field], value)
        if isinstance(taken, Objection):
            raise _refused(name, row, taken, field)
        yield field, taken


def _refused(name: str, row: Row, objection: Objection, field: str | None = None) -> RowRefused:
    return RowRefused(name, row.key, objection, field=field)


def _part_of(row: Row, part: str, whole: str) -> Objection | None:
    some, all_ = row.values.get(part), row.values.get(whole)
    if (some is None) != (all_ is None):
        return Objection(INVALID, N_("%(part)s and %(whole)s are given together."), part=part, whole=whole)
    if isinstance(some, Decimal) and isinstance(all_, Decimal) and some > all_:
        return Objection(INVALID, N_("%(some)s is more than the whole, %(all)s."), some=some, all=all_)
    return None


def _taken(field: Field, value: Any) -> Value | Objection:
    """A value as the field takes it, or why it does not."""
    match field.kind:
        case "yes_no":
            return _yes_or_no(value)
        case "choice":
            if isinstance(value, str) and value in (field.choices or ()):
                return value
            why = N_("“%(value)s” is none of these: %(choices)s.")
            return Objection(INVALID, why, value=_short(value), choices=", ".join(field.choices or ()))
        case _:
            return _number(field, value)


def _yes_or_no(value: Any) -> Value | Objection:
    """As YAML, forms and sheets give it; a number is neither."""
    if isinstance(value, bool | str) and value in (True, False, YES, "no"):
        return YES if value in (True, YES) else "no"
    return Objection(INVALID, N_("“%(value)s” is neither yes nor no."), value=_short(value))


def _number(field: Field, value: Any) -> Value | Objection:
    try:
        found = Decimal("NaN" if isinstance(value, bool) else str(value).strip())
    except InvalidOperation:
        found = Decimal("NaN")
    if not found.is_finite():
        return Objection(INVALID, N_("“%(value)s” is no number."), value=_short(value))
    lowest = -LARGEST_VALUE if field.lowest is None else field.lowest
    highest = LARGEST_VALUE if field.highest is None else field.highest
    if not lowest <= found <= highest:
        why = N_("%(value)s is no number from %(lowest)s to %(highest)s.")
        return Objection(INVALID, why, value=_short(value), lowest=lowest, highest=highest)
    if found != found.quantize(Decimal(1).scaleb(-field.decimals)):
        why = N_("%(value)s has more than %(decimals)s decimals.")
        return Objection(INVALID, why, value=_short(value), decimals=field.decimals)
    return found + 0


def _short(value: Any) -> str:
    return str(value)[:40]
