"""People and their places: accounts, roles, departments, teams, heads, deputies, with history.

Every place has the moment from which it was held and, once given up, until when: a case can ask
who was what on its day. Rows are ended, never deleted.
"""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, Index, String, and_, or_, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, Fen, UtcDateTime, values_of


class Role(StrEnum):
    CUSTOMER_RELATIONS = "customer_relations"
    DEPARTMENT_HEAD = "department_head"
    GENERAL_MANAGER = "general_manager"
    EMPLOYEE = "employee"
    HUMAN_RESOURCES = "human_resources"
    ADMINISTRATOR = "administrator"


# Heads come from headships and everyone is an employee: only these are granted.
GRANTED_ROLES = (
    Role.CUSTOMER_RELATIONS,
    Role.GENERAL_MANAGER,
    Role.HUMAN_RESOURCES,
    Role.ADMINISTRATOR,
)
OPEN = text("until IS NULL")


class Held:
    """Something held from a moment on, until another."""

    since: Mapped[datetime] = mapped_column(UtcDateTime)
    until: Mapped[datetime | None] = mapped_column(UtcDateTime)

    @classmethod
    def held_at(cls, at: datetime | ColumnElement[datetime]) -> ColumnElement[bool]:
        """Of rows in a query: held at this moment, which may be a parameter of the query."""
        return and_(cls.since <= at, or_(cls.until.is_(None), cls.until > at))

    def is_held_at(self, at: datetime) -> bool:
        return self.since <= at and (self.until is None or at < self.until)


class Department(Base):
    __tablename__ = "department"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(40), unique=True)
    name_zh: Mapped[str] = mapped_column(String(40))
    name_en: Mapped[str] = mapped_column(String(60))
    ladder: Mapped[str] = mapped_column(String(40))
    teams: Mapped[list["Team"]] = relationship(back_populates="department", lazy="raise")


class Team(Base):
    __tablename__ = "team"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(40), unique=True)
    department_id: Mapped[int] = mapped_column(ForeignKey("department.id"))
    department: Mapped[Department] = relationship(back_populates="teams")


class Person(Base):
    """An employee and their account. `session_epoch` changes with the password and ends sessions."""

    __tablename__ = "person"
    __table_args__ = (
        CheckConstraint("language IN ('zh_Hans_CN', 'en')", name="language_known"),
        CheckConstraint("theme IN ('time', 'light', 'dark')", name="theme_known"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    username: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(40))
    password_hash: Mapped[str | None] = mapped_column(String(200))
    session_epoch: Mapped[int] = mapped_column(default=1)
    must_change_password: Mapped[bool] = mapped_column(default=False)
    language: Mapped[str] = mapped_column(String(12), default="zh_Hans_CN")
    theme: Mapped[str] = mapped_column(String(8), default="light")
    joined_at: Mapped[datetime] = mapped_column(UtcDateTime)
    left_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    postings: Mapped[list["Posting"]] = relationship(back_populates="person", order_by="Posting.since")
    grants: Mapped[list["RoleGrant"]] = relationship(back_populates="person")

    def posting_at(self, at: datetime) -> "Posting | None":
        """The post held at `at`, else the last one held before."""
        held = [post for post in self.postings if post.since <= at]
        return held[-1] if held else (self.postings[0] if self.postings else None)

    def has_left_at(self, at: datetime) -> bool:
        return self.left_at is not None and self.left_at <= at


class Posting(Held, Base):
    """A post in a department, perhaps in a team; wage and performance base belong to it."""

    __tablename__ = "posting"
    __table_args__ = (
        Index("uq_posting_open", "person_id", unique=True, sqlite_where=OPEN, postgresql_where=OPEN),
        Index("ix_posting_department_id", "department_id"),
        CheckConstraint("wage >= 0 AND performance_base >= 0", name="pay_not_negative"),
        CheckConstraint("until IS NULL OR until >= since", name="ends_after_start"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    department_id: Mapped[int] = mapped_column(ForeignKey("department.id"))
    team_id: Mapped[int | None] = mapped_column(ForeignKey("team.id"))
    title: Mapped[str] = mapped_column(String(40))
    wage: Mapped[int] = mapped_column(Fen, default=0)
    performance_base: Mapped[int] = mapped_column(Fen, default=0)
    person: Mapped[Person] = relationship(back_populates="postings")
    department: Mapped[Department] = relationship(lazy="joined")
    team: Mapped[Team | None] = relationship(lazy="raise")


class RoleGrant(Held, Base):
    __tablename__ = "role_grant"
    __table_args__ = (
        Index(
            "uq_role_grant_open", "person_id", "role",
            unique=True, sqlite_where=OPEN, postgresql_where=OPEN,
        ),
        CheckConstraint("role NOT IN ('department_head', 'employee')", name="role_is_granted"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    role: Mapped[Role] = mapped_column(values_of(Role, "role"))
    person: Mapped[Person] = relationship(back_populates="grants")


class Headship(Held, Base):
    """Who heads a department; one at a time."""

    __tablename__ = "headship"
    __table_args__ = (
        Index(
            "uq_headship_open", "department_id",
            unique=True, sqlite_where=OPEN, postgresql_where=OPEN,
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    department_id: Mapped[int] = mapped_column(ForeignKey("department.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    department: Mapped[Department] = relationship(lazy="joined")
    person: Mapped[Person] = relationship()


class TeamLeadership(Held, Base):
    """Who leads a team; one at a time."""

    __tablename__ = "team_leadership"
    __table_args__ = (
        Index(
            "uq_team_leadership_open", "team_id",
            unique=True, sqlite_where=OPEN, postgresql_where=OPEN,
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    team_id: Mapped[int] = mapped_column(ForeignKey("team.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    person: Mapped[Person] = relationship()


class Deputation(Held, Base):
    """`deputy` stands in for `principal`: standing, for the principal's own cases; or for a period."""

    __tablename__ = "deputation"
    __table_args__ = (
        CheckConstraint("principal_id <> deputy_id", name="not_oneself"),
        CheckConstraint("is_standing OR until IS NOT NULL", name="period_ends"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    principal_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    deputy_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    is_standing: Mapped[bool]
    principal: Mapped[Person] = relationship(foreign_keys=[principal_id])
    deputy: Mapped[Person] = relationship(foreign_keys=[deputy_id])
