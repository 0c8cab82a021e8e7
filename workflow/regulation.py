"""Policy packs: the regulation as data. Loads, validates with the file's line, fills blanks,
stores immutable versions and finds the one in force. A pack with a blank is never put in force.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

import yaml
from pydantic import Field, ValidationError, model_validator
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import LadderStep, RegulationVersion, Severity
from workflow.file_lines import dotted, line_of, lines_of
from workflow.limit import Limit, Strict
from workflow.readable_yaml import construct

POLICIES = Path(__file__).resolve().parent.parent / "policies"
CS_MANAGEMENT = "cs-management"


class PackRefused(Exception):
    """A pack that cannot be used; says the file, the line and why."""


class Bilingual(Strict):
    zh: str = Field(min_length=1)
    en: str = Field(min_length=1)


Deduction = Annotated[Decimal, Field(le=0, ge=-100, decimal_places=2)]


class BySeverity(Strict):
    minor: Deduction
    normal: Deduction
    major: Deduction

    def of(self, severity: Severity) -> Decimal:
        return Decimal(getattr(self, severity.value))


class ByStep(Strict):
    """Points by the step of the ladder on which a penalty stands (CS-8)."""

    first: Deduction
    second: Deduction
    dismissal: Deduction

    def of(self, step: LadderStep) -> Decimal:
        return Decimal(getattr(self, step.value))


Account = Literal["respondent", "department", "head", "leader"]


class Price(Strict):
    """What one step costs whom; a step that costs nothing is written `none`."""

    respondent: BySeverity | ByStep | Deduction | None = None
    department: BySeverity | Deduction | None = None
    head: BySeverity | Deduction | None = None
    leader: Deduction | None = None
    late_day: Deduction | None = None
    late_most: Deduction | None = None

    @model_validator(mode="after")
    def _late_in_full(self) -> "Price":
        if (self.late_day is None) != (self.late_most is None):
            raise ValueError("give late_day and late_most together")
        return self

    def of(self, account: Account, measure: Severity | LadderStep) -> Decimal:
        """The points of `account` by severity or by step of the ladder; 0 where the schedule names none."""
        points: BySeverity | ByStep | Decimal | None = getattr(self, account)
        if isinstance(points, BySeverity):
            assert isinstance(measure, Severity), "a complaint's steps are priced by severity"
            return points.of(measure)
        if isinstance(points, ByStep):
            assert isinstance(measure, LadderStep), "a penalty's steps are priced by the ladder"
            return points.of(measure)
        return points or Decimal(0)


# One hundred thousand yuan; more is a slip of the finger.
Fine = Annotated[Decimal, Field(ge=0, le=100_000, decimal_places=2)]


class Ladder(Strict):
    first: Fine | None
    second: Fine | None
    third: Literal["dismissal"]

    def fine(self, step: LadderStep) -> int:
        """The fine of a step in fen; a dismissal carries none."""
        yuan: Decimal | None = None if step is LadderStep.DISMISSAL else getattr(self, step.value)
        return int((yuan or Decimal(0)) * 100)


Place = tuple[str, ...]


class AnyPack(Strict):
    """What every regulation has, as data and validated: its name, who keeps it, and its rules."""

    pack: str
    title: Bilingual
    owner: str
    rules: dict[str, Bilingual]

    def blanks(self) -> list[str]:
        """What the regulation leaves open, as paths."""
        return []

    def gaps(self) -> Iterator[tuple[Place, str]]:
        """What a pack of this kind must have and this one has not: where, and why."""
        return iter(())


class Pack(AnyPack):
    """The core regulation, `cs-management`; `None` in a ladder is a blank."""

    deadlines: dict[str, Limit]
    points: dict[str, dict[str, Price | Literal["none"]]]
    ladders: dict[str, Ladder]
    rework_shares: dict[Literal["leader", "person", "company"], int]
    expires_after_months: Annotated[int, Field(gt=0, le=600)] | Literal[False]
    # The rules whose breach is penalised, each with the ladders on which it is.
    penal_rules: dict[str, list[str]] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _shares_add_up(self) -> "Pack":
        if sum(self.rework_shares.values()) != 100:
            raise ValueError("rework_shares must add up to 100")
        return self

    def price(self, process: str, action: str) -> Price:
        """The points of one step; an unpriced step is an error in the pack, never zero. What only stops a clock or
        lets it go on is no pack's to price."""
        if action in FREE.get(process, ()):
            return Price()
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

    def gaps(self) -> Iterator[tuple[Place, str]]:
        return _gaps(self)


# The packs are the product's own files: they need no loader that withstands everything, and this is ten times as quick.
PackLoader: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

# What a pack must price and limit; each process adds its own when it is declared.
PRICED: dict[str, tuple[str, ...]] = {}
PRICED_BY_THE_DAY: dict[str, tuple[str, ...]] = {}
FREE: dict[str, tuple[str, ...]] = {}
LIMITED: set[str] = set()


def requires(
    process: str, *, prices: Iterable[str], late: Iterable[str], limits: Iterable[str], free: Iterable[str] = ()
) -> None:
    """Declare the steps that packs must price, those whose lateness they may price, those that never cost anything,
    and the clocks to be limited."""
    FREE[process] = tuple(free)
    PRICED[process] = tuple(step for step in prices if step not in FREE[process])
    PRICED_BY_THE_DAY[process] = tuple(late)
    LIMITED.update(limits)


Shape = TypeVar("Shape", bound=AnyPack)


def read(file: Path, *, filled: dict[str, Any] | None = None) -> Pack:
    """Read the core pack and lay the company's values over its blanks."""
    return read_as(Pack, file, filled=filled)


def read_as(shape: type[Shape], file: Path, *, filled: dict[str, Any] | None = None) -> Shape:
    """Read a pack of this shape and lay the company's values over its blanks.

    Raises PackRefused with file and line for anything that is not understood.
    """
    text = file.read_text(encoding="utf-8")
    try:
        node = _composed(text)
        content = construct(node) if node is not None else None
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise PackRefused(f"{file}:{line}: {error.problem}") from None
    _lay_over(content, filled or {}, file)
    return _validated(shape, content, file, node)


@lru_cache(maxsize=32)
def _composed(text: str) -> yaml.Node | None:
    """The file as nodes, which nobody changes; a company is founded with all of them, and founded often in tests."""
    return yaml.compose(text, Loader=PackLoader)


def _validated(shape: type[Shape], content: Any, file: Path, node: yaml.Node | None) -> Shape:
    try:
        pack = shape.model_validate(content)
    except ValidationError as error:
        first = min(error.errors(), key=lambda found: found["type"] != "extra_forbidden")
        path = tuple(first["loc"])
        raise PackRefused(f"{file}:{line_of(path, lines_of(node))}: {dotted(path)}: {first['msg']}") from None
    for place, why in pack.gaps():
        raise PackRefused(f"{file}:{line_of(place, lines_of(node))}: {why}")
    return pack


def _gaps(pack: Pack) -> Iterator[tuple[Place, str]]:
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
    session: Session, pack: AnyPack, *, from_day: date, at: datetime, edition: str | None = None,
    adoption: str | None = None,
) -> RegulationVersion:  # fmt: skip
    """Store `pack` as the next immutable version. Raises PackRefused while a blank is left."""
    if blanks := pack.blanks():
        raise PackRefused(f"{pack.pack}: cannot be put in force, these are still blank: {', '.join(blanks)}")
    content = pack.model_dump(mode="json")
    digest = hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
    number = 1 + (session.scalar(select(func.max(RegulationVersion.number)).filter_by(slug=pack.pack)) or 0)
    version = RegulationVersion(
        slug=pack.pack, number=number, edition=edition or f"{from_day.year}-{number}",
        in_force_from=from_day, stored_at=at, content=content, digest=digest, adoption=adoption,
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
