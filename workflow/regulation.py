"""Policy packs: the regulation as data. Loads, validates with the file's line, fills blanks,
stores immutable versions and finds the one in force. A pack with a blank is never put in force.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import RegulationVersion, Severity

POLICIES = Path(__file__).resolve().parent.parent / "policies"
CS_MANAGEMENT = "cs-management"


class PackRefused(Exception):
    """A pack that cannot be used; says the file, the line and why."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Bilingual(_Strict):
    zh: str = Field(min_length=1)
    en: str = Field(min_length=1)


Duration = Annotated[int, Field(gt=0, le=10_000)]


class Limit(_Strict):
    """A time limit: clock hours or days, or working days."""

    hours: Duration | None = None
    days: Duration | None = None
    working_days: Duration | None = None

    @model_validator(mode="after")
    def _one_unit(self) -> "Limit":
        if sum(unit is not None for unit in (self.hours, self.days, self.working_days)) != 1:
            raise ValueError("give exactly one of hours, days, working_days")
        return self


Deduction = Annotated[Decimal, Field(le=0, ge=-100, decimal_places=2)]


class BySeverity(_Strict):
    minor: Deduction
    normal: Deduction
    major: Deduction

    def of(self, severity: Severity) -> Decimal:
        return Decimal(getattr(self, severity.value))


Account = Literal["respondent", "department", "head"]


class Price(_Strict):
    """What one step costs whom; a step that costs nothing is written `none`."""

    respondent: BySeverity | Deduction | None = None
    department: BySeverity | Deduction | None = None
    head: BySeverity | Deduction | None = None
    late_day: Deduction | None = None
    late_most: Deduction | None = None

    @model_validator(mode="after")
    def _late_in_full(self) -> "Price":
        if (self.late_day is None) != (self.late_most is None):
            raise ValueError("give late_day and late_most together")
        return self

    def of(self, account: Account, severity: Severity) -> Decimal:
        """The points of `account`; 0 where the schedule names none."""
        points: BySeverity | Decimal | None = getattr(self, account)
        return points.of(severity) if isinstance(points, BySeverity) else points or Decimal(0)


class Ladder(_Strict):
    first: Annotated[Decimal, Field(ge=0)] | None
    second: Annotated[Decimal, Field(ge=0)] | None
    third: Literal["dismissal"]


class Pack(_Strict):
    """One regulation as data, validated; `None` in a ladder is a blank."""

    pack: str
    title: Bilingual
    owner: str
    rules: dict[str, Bilingual]
    deadlines: dict[str, Limit]
    points: dict[str, dict[str, Price | Literal["none"]]]
    ladders: dict[str, Ladder]
    rework_shares: dict[Literal["leader", "person", "company"], int]
    expires_after_months: Annotated[int, Field(gt=0)] | Literal[False]

    @model_validator(mode="after")
    def _shares_add_up(self) -> "Pack":
        if sum(self.rework_shares.values()) != 100:
            raise ValueError("rework_shares must add up to 100")
        return self

    def price(self, process: str, action: str) -> Price:
        """The points of one step; an unpriced step is an error in the pack, never zero."""
        price = self.points[process][action]
        return Price() if price == "none" else price

    def limit(self, clock: str) -> Limit:
        return self.deadlines[clock]

    def blanks(self) -> list[str]:
        """The amounts that the regulation leaves open, as paths."""
        return [
            f"ladders.{name}.{step}"
            for name, ladder in self.ladders.items()
            for step in ("first", "second")
            if getattr(ladder, step) is None
        ]


# What a pack must price and limit; each process adds its own when it is declared.
PRICED: dict[str, tuple[str, ...]] = {}
PRICED_BY_THE_DAY: dict[str, tuple[str, ...]] = {}
LIMITED: set[str] = set()


def requires(process: str, *, prices: Iterable[str], late: Iterable[str], limits: Iterable[str]) -> None:
    """Declare the steps that packs must price, those whose lateness they may price, and the clocks to be limited."""
    PRICED[process], PRICED_BY_THE_DAY[process] = tuple(prices), tuple(late)
    LIMITED.update(limits)


def read(file: Path, *, filled: dict[str, Any] | None = None) -> Pack:
    """Read a pack and lay the company's values over its blanks.

    Raises PackRefused with file and line for anything that is not understood.
    """
    text = file.read_text(encoding="utf-8")
    try:
        content = yaml.safe_load(text)
        lines = _lines(yaml.compose(text))
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise PackRefused(f"{file}:{line}: {error.problem}") from None
    _lay_over(content, filled or {}, file)
    return _validated(content, file, lines)


def _validated(content: Any, file: Path, lines: dict[tuple[Any, ...], int]) -> Pack:
    try:
        pack = Pack.model_validate(content)
    except ValidationError as error:
        first = min(error.errors(), key=lambda found: found["type"] != "extra_forbidden")
        path = tuple(first["loc"])
        raise PackRefused(f"{file}:{_line_of(path, lines)}: {_dotted(path)}: {first['msg']}") from None
    for place, why in _gaps(pack):
        raise PackRefused(f"{file}:{_line_of(place, lines)}: {why}")
    return pack


def _gaps(pack: Pack) -> Iterator[tuple[tuple[str, ...], str]]:
    """Steps without a price and clocks without a limit: no deduction is a decision, never an omission."""
    for process, steps in PRICED.items():
        given = pack.points.get(process, {})
        if missing := [step for step in steps if step not in given]:
            yield ("points", process), f"no points are given for: {', '.join(missing)}"
        if unknown := [step for step in given if step not in steps]:
            yield ("points", process, unknown[0]), f"unknown steps: {', '.join(unknown)}"
        for step in steps:
            if step not in PRICED_BY_THE_DAY[process] and pack.price(process, step).late_day is not None:
                yield (
                    ("points", process, step, "late_day"),
                    f"{step} cannot be late; only what is handled and reported can",
                )
    if missing := sorted(LIMITED - set(pack.deadlines)):
        yield ("deadlines",), f"no limit is given for: {', '.join(missing)}"


def _dotted(path: tuple[Any, ...]) -> str:
    return ".".join(str(part) for part in path) or "pack"


def _line_of(path: tuple[Any, ...], lines: dict[tuple[Any, ...], int]) -> int:
    """The line of the deepest part of `path` that the file has."""
    while path and path not in lines:
        path = path[:-1]
    return lines.get(path, 1)


def _lines(node: yaml.Node | None, path: tuple[Any, ...] = ()) -> dict[tuple[Any, ...], int]:
    found = {path: node.start_mark.line + 1} if node is not None else {}
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            found[(*path, key.value)] = key.start_mark.line + 1
            found.update({k: v for k, v in _lines(value, (*path, key.value)).items() if k not in found})
    return found


def _lay_over(content: Any, filled: dict[str, Any], file: Path, path: tuple[str, ...] = ()) -> None:
    for key, value in filled.items():
        # A price may name further accounts; which there are is for the pack's own check.
        is_a_price = len(path) == 3 and path[0] == "points"
        if not isinstance(content, dict) or not (key in content or is_a_price):
            raise PackRefused(f"{file}: the company gives a value for {key}, which the pack does not have")
        if isinstance(value, dict) and isinstance(content.get(key), dict):
            _lay_over(content[key], value, file, (*path, key))
        else:
            content[key] = value


def put_in_force(
    session: Session, pack: Pack, *, from_day: date, at: datetime, edition: str | None = None
) -> RegulationVersion:
    """Store `pack` as the next immutable version. Raises PackRefused while a blank is left."""
    if blanks := pack.blanks():
        raise PackRefused(f"{pack.pack}: cannot be put in force, these are still blank: {', '.join(blanks)}")
    content = pack.model_dump(mode="json")
    digest = hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
    number = 1 + (session.scalar(select(func.max(RegulationVersion.number)).filter_by(slug=pack.pack)) or 0)
    version = RegulationVersion(
        slug=pack.pack, number=number, edition=edition or f"{from_day.year}-{number}",
        in_force_from=from_day, stored_at=at, content=content, digest=digest,
    )  # fmt: skip
    session.add(version)
    session.flush()
    return version


def pack_of(version: RegulationVersion) -> Pack:
    """The stored version as a pack; the same object for the same content."""
    if version.digest not in _packs:
        _packs[version.digest] = Pack.model_validate(version.content)
    return _packs[version.digest]


_packs: dict[str, Pack] = {}


def in_force(session: Session, slug: str, day: date) -> RegulationVersion:
    """The version of `slug` in force on `day`; PackRefused when there is none."""
    version = session.scalars(RegulationVersion.in_force_on(slug, day)).first()
    if version is None:
        raise PackRefused(f"no version of {slug} is in force on {day}")
    return version
