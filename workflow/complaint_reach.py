"""Which complaints exist for a person, shaped for long lists: the same sentences as `workflow.sight`.

A head's thousand cases are one range of an index that can be read in order; the few cases seen for
another reason (as respondent elsewhere, for having acted, as standing deputy) are found beforehand
and named one by one. A list takes the first rows of each range instead of sorting everything.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, and_, bindparam, func, or_, select, true, union

from models import Complaint, ComplaintState
from workflow.roles import Actor
from workflow.sight import about_none_of, by_case, reasons, sees_every_case, stood_in_for


@dataclass(frozen=True)
class Reach:
    """Everything; or whole departments, or one's own cases, and single cases `elsewhere` with their states.

    What is about the people `left_out` is in none of the ranges; where it is seen all the same, it is elsewhere.
    """

    everything: bool = False
    departments: tuple[int, ...] = ()
    left_out: tuple[int, ...] = ()
    respondent: int | None = None
    elsewhere: Mapping[int, ComplaintState] = field(default_factory=dict)

    @property
    def ranges(self) -> list[ColumnElement[bool]]:
        """What an index finds by itself; these and `elsewhere` do not overlap."""
        about_others = about_none_of(self.left_out)
        if self.everything:
            return [about_others]
        if self.departments:
            return [and_(Complaint.department_id == department, about_others) for department in self.departments]
        return [Complaint.respondent_id == self.respondent]

    @property
    def condition(self) -> ColumnElement[bool]:
        """All of it as one condition on a complaint."""
        return or_(*self.ranges, *([named(self.elsewhere)] if self.elsewhere else ()))

    @property
    def filter(self) -> ColumnElement[bool]:
        """The same for rows that another index has found: COALESCE keeps a database from trying these first."""
        if self.everything and not self.left_out:
            return true()
        column = Complaint.department_id if self.departments else Complaint.respondent_id
        home: ColumnElement[bool] = (
            true() if self.everything else func.coalesce(column, 0).in_(self.departments or (self.respondent,))
        )
        home = and_(home, func.coalesce(Complaint.respondent_id, 0).not_in(self.left_out))
        return or_(home, *([named(self.elsewhere)] if self.elsewhere else ()))

    @property
    def is_about_oneself(self) -> bool:
        """Whether the person sees complaints as a respondent only, not by their post."""
        return self.respondent is not None

    def elsewhere_in(self, states: Iterable[ComplaintState]) -> list[int]:
        wanted = frozenset(states)
        return [key for key, state in self.elsewhere.items() if state in wanted]


def reach_of(actor: Actor) -> Reach:
    """What `sight.visible_to` lets this person see."""
    if actor.person is None:
        return Reach(everything=True)
    if actor.has_left:
        return Reach(respondent=actor.person.id)
    person, staff = actor.person, actor.staff
    left_out = tuple(stood_in_for(person, staff))
    about_them = [and_(why, Complaint.respondent_id.in_(left_out)) for why in reasons(person, staff) if left_out]
    if sees_every_case(person, staff):
        return Reach(everything=True, left_out=left_out, elsewhere=_found(actor, about_them))
    headed = [d for principal in staff.principals_of(person) for d in staff.departments_headed_by(principal)]
    if not headed:
        others = [and_(why, other_than_own(person.id)) for why in by_case(person, staff)]
        return Reach(respondent=person.id, elsewhere=_found(actor, others))
    outside = or_(Complaint.department_id.is_(None), Complaint.department_id.not_in(headed))
    singly = [and_(why, outside) for why in by_case(person, staff)]
    return Reach(departments=tuple(headed), left_out=left_out, elsewhere=_found(actor, [*singly, *about_them]))


def named(ids: Iterable[int]) -> ColumnElement[bool]:
    """These complaints; written into the statement, because a database binds only so many values."""
    return Complaint.id.in_(bindparam("ids", list(ids), expanding=True, literal_execute=True, unique=True))


def other_than_own(person_id: int) -> ColumnElement[bool]:
    """The cases in which this person is not the respondent."""
    return or_(Complaint.respondent_id.is_(None), Complaint.respondent_id != person_id)


def _found(actor: Actor, conditions: Sequence[ColumnElement[bool]]) -> dict[int, ComplaintState]:
    """The cases for which one of these holds, each condition by an index of its own."""
    if not conditions:
        return {}
    queries = [select(Complaint.id, Complaint.state).where(condition) for condition in conditions]
    return dict(actor.office.session.execute(union(*queries)).all())
