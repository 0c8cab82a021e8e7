"""Declarative base and the column types that every table shares.

Time is stored as UTC and handed out aware; points are stored as whole hundredths and handed
out as `Decimal`; money is whole fen. Nothing here knows a rule.
"""

from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import BigInteger, DateTime, Dialect, Enum, Integer, MetaData, TypeDecorator
from sqlalchemy.orm import DeclarativeBase

HUNDRED = Decimal(100)
CENT = Decimal("0.01")


class Base(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class UtcDateTime(TypeDecorator[datetime]):
    """An aware moment, stored as naive UTC so that both databases compare it alike."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return value.replace(tzinfo=UTC) if value is not None else None


class Points(TypeDecorator[Decimal]):
    """Signed points with two decimals, stored as whole hundredths: sums are exact."""

    impl = Integer
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> int | None:
        if value is None:
            return None
        hundredths = value * HUNDRED
        if hundredths != hundredths.to_integral_value():
            raise ValueError(f"points have two decimals at most: {value}")
        return int(hundredths)

    def process_result_value(self, value: int | None, dialect: Dialect) -> Decimal | None:
        return (Decimal(value) / HUNDRED).quantize(CENT) if value is not None else None


class Fen(TypeDecorator[int]):
    """Money in whole fen (1/100 CNY)."""

    impl = BigInteger
    cache_ok = True


def values_of(enum: type[StrEnum], name: str) -> Enum:
    """A column for the lower-case values of `enum`, refused by a named CHECK otherwise."""
    return Enum(
        enum,
        name=name,
        native_enum=False,
        create_constraint=True,
        length=24,
        values_callable=lambda members: [member.value for member in members],
    )


def numbered(number: str) -> tuple[int, int] | None:
    """Year and place of a case number such as `2026-12`; None when it is malformed."""
    year, _, seq = number.partition("-")
    if not all(part.isascii() and part.isdigit() for part in (year, seq)) or len(year) > 4 or len(seq) > 9:
        return None
    return int(year), int(seq)
