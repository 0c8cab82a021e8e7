"""The posts that a regulation names, and who holds them where their titles do not say it."""

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base
from models.person import Held, Person

OPEN = text("until IS NULL")


class PostHolding(Held, Base):
    """Who holds a post that a regulation names: a person, or everybody with this title; in place of its own name."""

    __tablename__ = "post_holding"
    __table_args__ = (
        CheckConstraint("(person_id IS NULL) <> (title IS NULL)", name="a_person_or_a_title"),
        CheckConstraint("until IS NULL OR until >= since", name="ends_after_start"),
        Index("ix_post_holding_post", "regulation", "post"),
        Index(
            "uq_post_holding_person", "regulation", "post", "person_id",
            unique=True, sqlite_where=OPEN, postgresql_where=OPEN,
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    regulation: Mapped[str] = mapped_column(String(40))
    post: Mapped[str] = mapped_column(String(40))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    title: Mapped[str | None] = mapped_column(String(40))
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))

    person: Mapped[Person | None] = relationship(foreign_keys=[person_id])
