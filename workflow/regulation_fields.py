"""A regulation as fields that people fill in: which there are, what stands in each, what was typed.

Content is what `RegulationVersion.content` holds. A path such as `ladders.sales.first` names a field;
what was typed into it is understood or objected to, never guessed.
"""

from collections.abc import Iterable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from workflow.limit import Limit
from workflow.regulation import PRICED, PRICED_BY_THE_DAY

Content = dict[str, Any]
Value = Decimal | int | str | Limit | tuple[str, ...] | None

# Whose points the steps of each process can move.
ACCOUNTS = {"complaint": ("respondent", "department", "head"), "penalty": ("respondent", "leader")}
LATE = ("late_day", "late_most")
SHARES = ("leader", "person", "company")
NOTHING = Decimal(0)


class Kind(StrEnum):
    """What a field holds; `NAMES` is shown and not filled in."""

    FINE = "fine"
    POINTS = "points"
    LIMIT = "limit"
    SHARE = "share"
    MONTHS = "months"
    TEXT = "text"
    NAMES = "names"


@dataclass(frozen=True)
class Field:
    """One place of a regulation."""

    path: str
    kind: Kind

    @property
    def parts(self) -> list[str]:
        return self.path.split(".")


@dataclass(frozen=True)
class Difference:
    """One field in which two editions differ."""

    field: Field
    old: Value
    new: Value

    @property
    def is_blank(self) -> bool:
        """Whether the company still has to fill it."""
        return self.field.kind is Kind.FINE and self.new is None


def fields_of(content: Content) -> Iterator[Field]:
    """Every field, in the order in which people read them."""
    for ladder in content["ladders"]:
        yield from (Field(f"ladders.{ladder}.{step}", Kind.FINE) for step in ("first", "second"))
    yield from _prices(content)
    yield from (Field(f"deadlines.{clock}", Kind.LIMIT) for clock in content["deadlines"])
    yield from (Field(f"rework_shares.{who}", Kind.SHARE) for who in SHARES)
    yield Field("expires_after_months", Kind.MONTHS)
    yield from (Field(f"penal_rules.{rule}", Kind.NAMES) for rule in content.get("penal_rules", {}))
    for text in ("title", *(f"rules.{rule}" for rule in content["rules"])):
        yield from (Field(f"{text}.{language}", Kind.TEXT) for language in ("zh", "en"))


def _prices(content: Content) -> Iterator[Field]:
    for process, steps in content["points"].items():
        for step in steps:
            for account in ACCOUNTS.get(process, ()):
                yield from _price(content, f"points.{process}.{step}.{account}")
            if step in PRICED_BY_THE_DAY.get(process, ()):
                yield from (Field(f"points.{process}.{step}.{part}", Kind.POINTS) for part in LATE)


def _price(content: Content, path: str) -> Iterator[Field]:
    """One figure, or one for each severity or step of the ladder where the schedule tells them apart."""
    given = _found(content, path)
    if isinstance(given, dict):
        yield from (Field(f"{path}.{measure}", Kind.POINTS) for measure in given)
    else:
        yield Field(path, Kind.POINTS)


def value_at(content: Content, field: Field) -> Value:
    """What stands in the field; None for a blank, and for what the content does not have."""
    found = _found(content, field.path)
    match field.kind:
        case Kind.POINTS:
            return Decimal(str(found)) if found is not None else NOTHING
        case Kind.FINE:
            return Decimal(str(found)) if found is not None else None
        case Kind.LIMIT:
            return Limit.model_validate(found) if found is not None else None
        case Kind.MONTHS:
            return int(found) if found else None
        case Kind.NAMES:
            return tuple(found or ())
        case _:
            return found  # type: ignore[no-any-return]


def _found(content: Content, path: str) -> Any:
    place: Any = content
    for key in path.split("."):
        if not isinstance(place, dict):
            return None
        place = place.get(key)
    return place


def differences(old: Content, new: Content) -> list[Difference]:
    """The fields in which `new` differs from `old`, in the order of `new`."""
    fields = dict.fromkeys([*fields_of(new), *fields_of(old)])
    pairs = ((field, value_at(old, field), value_at(new, field)) for field in fields)
    return [Difference(*pair) for pair in pairs if pair[1] != pair[2]]


# --- from one content to another ------------------------------------------------------------------


def completed(content: Content, published: Content) -> Content:
    """The content, with what the product's pack has beyond it: new steps, limits and texts, blanks included."""
    whole = {
        key: {**given, **content.get(key, {})} if isinstance(given, dict) else content.get(key, given)
        for key, given in published.items()
    }
    whole["points"] = {
        process: {step: content["points"].get(process, {}).get(step, published["points"][process][step])
                  for step in PRICED.get(process, ())}
        for process in published["points"]
    }  # fmt: skip
    return whole


def laid_over(content: Content, changes: Mapping[str, Any]) -> Content:
    """The content with the changed values in their places."""
    changed = deepcopy(content)
    for path, value in changes.items():
        _lay(changed, path.split("."), value)
    return changed


def _lay(content: Content, parts: list[str], value: Any) -> None:
    place: Any = content
    for number, key in enumerate(parts[:-1]):
        if place.get(key) in (None, "none"):
            place[key] = {}
        place = place[key]
        if number == 2 and parts[0] == "points":
            price, step = place, content["points"][parts[1]]
    if parts[0] != "points":
        place[parts[-1]] = False if value is None and parts[0] == "expires_after_months" else value
        return
    # A step for which nobody pays says so; zero for one account alone is no price.
    place[parts[-1]] = None if Decimal(str(value)) == 0 and len(parts) == 4 else value
    if not any(points is not None for points in price.values()):
        step[parts[2]] = "none"


def changes_between(old: Content, values: Mapping[Field, Value]) -> dict[str, Any]:
    """The values that differ from `old`, as they are kept."""
    return {field.path: _kept(value) for field, value in values.items() if value != value_at(old, field)}


def _kept(value: Value) -> Any:
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, Limit):
        return value.model_dump(exclude_none=True)
    return value


def blanks(content: Content) -> list[Field]:
    """The amounts that the company has not filled in."""
    return [field for field in fields_of(content) if field.kind is Kind.FINE and value_at(content, field) is None]


def editable(fields: Iterable[Field]) -> list[Field]:
    return [field for field in fields if field.kind is not Kind.NAMES]
