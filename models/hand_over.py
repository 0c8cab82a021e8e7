"""Handing over when somebody leaves or changes post: from when, and who follows in what.

What there is to hand over is computed (`workflow/hand_over_matters.py`) and not kept; the choices are, and what was
carried out stays with its moment.
"""

from datetime import datetime

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, Index, Select, String, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from models.base import Base, UtcDateTime
from models.person import Department, Person, Team

GOES_ON = text("done_at IS NULL AND cancelled_at IS NULL")


class HandOver(Base):
    """Of one person at one moment: the end of their last day, or the beginning of the first in the new post.

    `took_effect_at` is when they left or changed post; what was open then is still handed over until `done_at`.
    """

    __tablename__ = "hand_over"
    __table_args__ = (
        Index("uq_hand_over_going_on", "person_id", unique=True, sqlite_where=GOES_ON, postgresql_where=GOES_ON),
        Index("ix_hand_over_going_on", "effective_at", sqlite_where=GOES_ON, postgresql_where=GOES_ON),
        CheckConstraint(
            "(department_id IS NULL) = (title IS NULL) AND (department_id IS NOT NULL OR team_id IS NULL)",
            name="moves_to_a_post",
        ),
        CheckConstraint("done_at IS NULL OR took_effect_at IS NOT NULL", name="done_after_it_took_effect"),
        CheckConstraint("cancelled_at IS NULL OR took_effect_at IS NULL", name="not_cancelled_afterwards"),
        CheckConstraint("(ready_at IS NULL) = (ready_by_id IS NULL)", name="ready_by_somebody"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column()
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    effective_at: Mapped[datetime] = mapped_column(UtcDateTime)
    # The new post; of who leaves the company none.
    department_id: Mapped[int | None] = mapped_column(ForeignKey("department.id"))
    team_id: Mapped[int | None] = mapped_column(ForeignKey("team.id"))
    title: Mapped[str | None] = mapped_column(String(40))
    begun_at: Mapped[datetime] = mapped_column(UtcDateTime)
    # Nobody where somebody left otherwise, with something to hand over.
    begun_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    # Everything has an owner, and somebody said so: it takes effect by itself.
    ready_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ready_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    took_effect_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    cancelled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    department: Mapped[Department | None] = relationship()
    team: Mapped[Team | None] = relationship()
    begun_by: Mapped[Person | None] = relationship(foreign_keys=[begun_by_id])
    ready_by: Mapped[Person | None] = relationship(foreign_keys=[ready_by_id])
    choices: Mapped[list["HandOverChoice"]] = relationship(
        back_populates="hand_over", order_by="HandOverChoice.chosen_at", cascade="all, delete-orphan"
    )

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy forbids the annotation

    @property
    def leaves(self) -> bool:
        """Whether the person leaves the company."""
        return self.department_id is None

    @property
    def goes_on(self) -> bool:
        return self.done_at is None and self.cancelled_at is None

    @classmethod
    def leavings(cls) -> Select[int, datetime]:
        """Who is arranged to leave the company, and when."""
        leaves = (cls.department_id.is_(None), cls.done_at.is_(None), cls.cancelled_at.is_(None))
        return select(cls.person_id, cls.effective_at).where(*leaves)

    @classmethod
    def leaves_at(cls, session: Session, person: Person) -> datetime | None:
        """When the person left or will, as far as anybody has recorded or arranged it."""
        arranged = cls.leavings().where(cls.person_id == person.id).with_only_columns(cls.effective_at)
        return person.left_at or session.scalars(arranged).first()

    @classmethod
    def stays(cls) -> ColumnElement[bool]:
        """Of a person in a query: they work here, and nobody has arranged that they leave."""
        return Person.left_at.is_(None) & Person.id.not_in(cls.leavings().with_only_columns(cls.person_id))

    def choice(self, matter: str, key: str) -> "HandOverChoice | None":
        """Who was chosen for this, whether it was carried out already or not."""
        return next((c for c in self.choices if (c.matter, c.key) == (matter, key)), None)


class HandOverChoice(Base):
    """Who follows in one matter: a place, all cases or customers of a kind, or a single one by its key.

    Without a successor it goes back to the office it came from: the head, or everybody with the role.
    """

    __tablename__ = "hand_over_choice"
    __table_args__ = (CheckConstraint("(carried_out_at IS NULL) = (count IS NULL)", name="counted_once_carried_out"),)

    hand_over_id: Mapped[int] = mapped_column(ForeignKey("hand_over.id"), primary_key=True)
    matter: Mapped[str] = mapped_column(String(24), primary_key=True)
    key: Mapped[str] = mapped_column(String(24), primary_key=True)
    successor_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    chosen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    chosen_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    carried_out_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    count: Mapped[int | None]

    hand_over: Mapped[HandOver] = relationship(back_populates="choices")
    successor: Mapped[Person | None] = relationship(foreign_keys=[successor_id])
    chosen_by: Mapped[Person] = relationship(foreign_keys=[chosen_by_id])
