"""Where the data of a measure come from: a source, its fields, and what each field takes."""

from collections.abc import Iterator
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field as Shaped
from pydantic import model_validator

from workflow.limit import Strict
from workflow.regulation import Bilingual, Place

Word = Annotated[str, Shaped(pattern=r"^[a-z][a-z0-9_]*$", max_length=40)]
# A year's turnover in yuan still leaves room for its square.
LARGEST_VALUE = Decimal(10) ** 12
# The field that says who gave a row, and who may.
RATER, SUPERIOR, PEERS, CUSTOMERS = "rater", "superior", "peers", "customers"
Plain = Annotated[Decimal, Shaped(ge=-LARGEST_VALUE, le=LARGEST_VALUE, decimal_places=6)]


class Origin(StrEnum):
    """Who delivers the rows."""

    CASES = "cases"  # complaints, penalties, scorecards and other records that the system keeps itself
    SURVEYS = "surveys"
    INSPECTIONS = "inspections"
    EXCEL = "excel"
    BY_HAND = "by_hand"  # always with its evidence


class Field(Strict):
    """One thing that a row says: a number within bounds, yes or no, or one of the choices. `null` is a blank."""

    title: Bilingual
    kind: Literal["number", "yes_no", "choice"] = "number"
    lowest: Plain | None = Decimal(0)
    highest: Plain | None = LARGEST_VALUE
    decimals: Annotated[int, Shaped(ge=0, le=6)] = 0
    choices: dict[Word, Bilingual] | None = None
    # Whether whoever answers may add words of their own (SVY-1).
    comment: bool = False

    @model_validator(mode="after")
    def _fits_together(self) -> "Field":
        if self.lowest is not None and self.highest is not None and self.lowest > self.highest:
            raise ValueError("lowest must not be above highest")
        if self.choices is not None and self.kind != "choice":
            raise ValueError("only a field of the kind choice has choices")
        return self

    @property
    def is_number(self) -> bool:
        return self.kind == "number"

    def blanks(self) -> Iterator[str]:
        if self.kind == "choice" and not self.choices:
            yield "choices"
        for bound in ("lowest", "highest"):
            if self.is_number and getattr(self, bound) is None:
                yield bound


class Source(Strict):
    """Rows of one kind. `none_is_zero`: no row means that nothing happened, as with complaints, which the system
    knows all of; otherwise no row means no data."""

    origin: Origin
    title: Bilingual
    fields: dict[Word, Field] = Shaped(min_length=1)
    none_is_zero: bool = False
    # Whether a subject has one row at most in a period, such as the months of a quarter in which something was done.
    once: bool = False
    # Of a part no row has more than of its whole, and neither without the other.
    never_above: dict[Word, Word] = Shaped(default_factory=dict)
    # Whether the regulation wants the recording of each call attached to its answer (SAL-1).
    recorded: bool = False
    # Who may learn what one person answered (SVY-1, EVAL-1).
    answers: Literal["named", "confidential", "anonymous"] = "named"
    # Who gives the rows of a survey (FAIR-1): customers where nothing is said; superiors and peers inside the product.
    rated_by: list[Literal["superior", "peers", "customers"]] | None = None

    def blanks(self) -> Iterator[Place]:
        for name, field in self.fields.items():
            for blank in field.blanks():
                yield "fields", name, blank

    @property
    def raters(self) -> tuple[str, ...]:
        """Who gives its rows, where these are answers."""
        return tuple(self.rated_by or (CUSTOMERS,)) if self.origin is Origin.SURVEYS else ()

    @property
    def is_rated_within(self) -> bool:
        """Whether superiors or peers give rows of it, in rounds."""
        return bool({SUPERIOR, PEERS} & set(self.raters))

    @property
    def only_field(self) -> str | None:
        return next(iter(self.fields)) if len(self.fields) == 1 else None
