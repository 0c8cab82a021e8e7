"""Customers and their advisers: who looks after whom, and how each was contacted after a hand-over (LIFE-3)."""

from datetime import datetime
from typing import ClassVar

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Select,
    String,
    Text,
    UniqueConstraint,
    select,
    text,
)
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship, selectinload

from models.base import Base, UtcDateTime
from models.person import Person

NOT_CONTACTED = text("contacted_at IS NULL")


class Customer(Base):
    """A customer of one adviser."""

    __tablename__ = "customer"
    __table_args__ = (
        Index("ix_customer_adviser_id", "adviser_id", "id"),
        Index("uq_customer_phone_vehicle", "phone_digits", "vehicle_key", unique=True),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(60))
    phone: Mapped[str] = mapped_column(String(40))
    phone_digits: Mapped[str] = mapped_column(String(40))
    vehicle: Mapped[str] = mapped_column(String(40))
    # Empty where no vehicle is known: one number with one vehicle stands here once.
    vehicle_key: Mapped[str] = mapped_column(String(40))
    adviser_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)
    added_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))

    adviser: Mapped[Person] = relationship(foreign_keys=[adviser_id])
    hand_overs: Mapped[list["CustomerHandOver"]] = relationship(
        back_populates="customer", lazy="raise", order_by="CustomerHandOver.id"
    )
    contacts: Mapped[list["CustomerContact"]] = relationship(
        back_populates="customer", lazy="raise", order_by="CustomerContact.id"
    )


class HandedCustomers(Base):
    """The customers whom one adviser was given at one moment: they are told of them, and reminded, as of one matter."""

    __tablename__ = "handed_customers"
    __table_args__ = (
        # What its customers' own rows repeat; they cannot say anything else.
        UniqueConstraint("id", "to_id", "handed_at", "due_at"),
        CheckConstraint("due_at > handed_at", name="due_afterwards"),
    )
    kind: ClassVar[str] = "customers"
    clock: ClassVar[str] = "contact"
    # It is about customers, whom nobody blames, and belongs to no department.
    respondent_id: ClassVar[None] = None

    id: Mapped[int] = mapped_column(primary_key=True)
    to_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    handed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)

    to: Mapped[Person] = relationship()
    hand_overs: Mapped[list["CustomerHandOver"]] = relationship(
        lazy="raise", viewonly=True, order_by="CustomerHandOver.id"
    )

    @property
    def number(self) -> str:
        return str(self.id)

    @property
    def total(self) -> int:
        return len(self.hand_overs)

    @property
    def waiting(self) -> int:
        """How many of them have been neither contacted nor handed on."""
        return sum(hand_over.is_awaited for hand_over in self.hand_overs)

    @classmethod
    def whole(cls) -> Select["HandedCustomers"]:
        """With all that is asked about them."""
        adviser = joinedload(cls.to).selectinload(Person.postings)
        return select(cls).options(adviser, selectinload(cls.hand_overs))


class CustomerHandOver(Base):
    """From one adviser to the next, with the moment by which the successor has to have contacted the customer."""

    __tablename__ = "customer_hand_over"
    __table_args__ = (
        ForeignKeyConstraint(
            ["batch_id", "to_id", "handed_at", "due_at"],
            [f"handed_customers.{column}" for column in ("id", "to_id", "handed_at", "due_at")],
        ),
        Index("ix_customer_hand_over_batch_id", "batch_id"),
        CheckConstraint("from_id <> to_id", name="to_somebody_else"),
        CheckConstraint("due_at > handed_at", name="due_afterwards"),
        # Of one that was handed on before the contact, the next one is due.
        Index(
            "uq_customer_hand_over_awaited", "customer_id", unique=True,
            sqlite_where=text("contacted_at IS NULL AND handed_on_at IS NULL"),
            postgresql_where=text("contacted_at IS NULL AND handed_on_at IS NULL"),
        ),
        Index(
            "ix_customer_hand_over_to", "to_id", "due_at",
            sqlite_where=NOT_CONTACTED, postgresql_where=NOT_CONTACTED,
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    batch_id: Mapped[int]
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"))
    from_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    to_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    handed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    contacted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    handed_on_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    customer: Mapped[Customer] = relationship(back_populates="hand_overs")
    from_: Mapped[Person] = relationship(foreign_keys=[from_id])
    to: Mapped[Person] = relationship(foreign_keys=[to_id])

    @classmethod
    def awaited(cls) -> ColumnElement[bool]:
        """The successor has not reached the customer yet, and has handed them on to nobody."""
        return cls.contacted_at.is_(None) & cls.handed_on_at.is_(None)

    @property
    def is_awaited(self) -> bool:
        return self.contacted_at is None and self.handed_on_at is None


class CustomerContact(Base):
    """One attempt to reach a customer: by whom, when, whether they were reached, and what came of it."""

    __tablename__ = "customer_contact"
    __table_args__ = (Index("ix_customer_contact_customer_id", "customer_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"))
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    was_reached: Mapped[bool]
    result: Mapped[str] = mapped_column(Text)

    customer: Mapped[Customer] = relationship(back_populates="contacts")
    by: Mapped[Person] = relationship()
