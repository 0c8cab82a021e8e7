"""One thing to hand over when somebody leaves or changes post, and the question whose it is, as of when."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from models import HandOver, Person
from models.person import Held

HEADSHIP, ROLE, TEAM, DEPUTY = "headship", "role", "team", "deputy"
STEPS, FILES, CUSTOMERS, PLANS = "steps", "files", "customers", "plans"
INSPECTIONS, QUESTIONS = "inspections", "questions"
# What only an administrator names somebody to.
PLACES = (HEADSHIP, ROLE, TEAM, DEPUTY)
# What may go back to the office that it came from: to the head, to everyone in customer relations.
MAY_GO_BACK = (STEPS, FILES, INSPECTIONS, QUESTIONS)


@dataclass(frozen=True)
class Matter:
    """One thing to hand over. `key` names it among those of its kind; `about` is the department, role, team or
    principal; `counts` says how much of what goes with it, by the kind of case."""

    kind: str
    key: str = ""
    about: Any = None
    counts: dict[str, int] = field(default_factory=dict)
    soonest: datetime | None = None
    is_required: bool = True
    proposed: Person | None = None

    @property
    def is_place(self) -> bool:
        return self.kind in PLACES

    @property
    def may_go_back(self) -> bool:
        return self.kind in MAY_GO_BACK


@dataclass(frozen=True)
class Leaving:
    """Whose matters are asked for, and as of when; what was carried out is not asked for again."""

    session: Session
    hand_over: HandOver
    at: datetime

    @property
    def person(self) -> Person:
        return self.hand_over.person

    @property
    def end(self) -> datetime | None:
        """When the places ended or will, where that is known to them."""
        return self.hand_over.took_effect_at or self.person.left_at

    def held(self, kind: type[Held]) -> list[Any]:
        """What the person holds, or held to the end, and nobody holds instead of them."""
        query = select(kind).where(kind.person_id == self.person.id, self.lasted(kind))  # type: ignore[attr-defined]
        return list(self.session.scalars(query.order_by(kind.id)))  # type: ignore[attr-defined]

    def lasted(self, kind: type[Held]) -> ColumnElement[bool]:
        return kind.until.is_(None) if self.end is None else kind.until == self.end

    def somebody(self, kind: type[Held], *conditions: ColumnElement[bool]) -> bool:
        """Whether another than the person holds such a place and stays."""
        holds = select(kind).where(kind.until.is_(None), kind.person_id != self.person.id, *conditions)  # type: ignore[attr-defined]
        return self.session.scalars(holds.limit(1)).first() is not None

    def stays_in(self, department_id: int) -> bool:
        return self.hand_over.department_id == department_id

    def stays_in_the_department(self) -> bool:
        """Whoever changes post inside a department keeps cases and customers."""
        if self.hand_over.leaves or self.hand_over.took_effect_at is not None:
            return False
        post = self.person.posting_at(self.at)
        return post is not None and self.stays_in(post.department_id)
