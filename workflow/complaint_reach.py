"""Which complaints exist for a person, shaped for long lists: the same sentences as `workflow.sight`.

A head's thousand cases are one range of an index that can be read in order; the few cases seen for
another reason (as respondent elsewhere, for having acted, as standing deputy) are found beforehand
and named one by one. A list takes the first rows of each range instead of sorting everything.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, bindparam, func, or_, select, true, union

from models import Complaint, ComplaintState, Event
from workflow.roles import Actor, sees_every_case
from workflow.sight import deputised_to


@dataclass(frozen=True)
class Reach:
    """Everything; or whole departments, or one's own cases, and single cases `elsewhere` with their states."""

    everything: bool = False
    departments: tuple[int, ...] = ()
    respondent: int | None = None
    elsewhere: Mapping[int, ComplaintState] = field(default_factory=dict)

    @property
    def ranges(self) -> list[ColumnElement[bool]]:
        """What an index finds by itself; these and `elsewhere` do not overlap."""
        if self.everything:
            return [true()]
        if self.departments:
            return [Complaint.department_id == department for department in self.departments]
        return [Complaint.respondent_id == self.respondent]

    @property
    def condition(self) -> ColumnElement[bool]:
        """All of it as one condition on a complaint."""
        return or_(*self.ranges, *([named(self.elsewhere)] if self.elsewhere else ()))

    @property
    def filter(self) -> ColumnElement[bool]:
        """The same for rows that another index has found: COALESCE keeps a database from trying these first."""
        if self.everything:
            return true()
        column = Complaint.department_id if self.departments else Complaint.respondent_id
        home = func.coalesce(column, 0).in_(self.departments or (self.respondent,))
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
    principals = actor.staff.principals_of(actor.person)
    if sees_every_case(actor.person, actor.staff):
        return Reach(everything=True)
    acting = [principal.id for principal in principals]
    headed = [d for principal in principals for d in actor.staff.departments_headed_by(principal)]
    if not headed:
        elsewhere = _elsewhere(actor, acting, other_than_own(actor.person.id))
        return Reach(respondent=actor.person.id, elsewhere=elsewhere)
    outside = or_(Complaint.department_id.is_(None), Complaint.department_id.not_in(headed))
    own = Complaint.respondent_id == actor.person.id
    return Reach(departments=tuple(headed), elsewhere=_elsewhere(actor, acting, outside, own))


def named(ids: Iterable[int]) -> ColumnElement[bool]:
    """These complaints; written into the statement, because a database binds only so many values."""
    return Complaint.id.in_(bindparam("ids", list(ids), expanding=True, literal_execute=True, unique=True))


def other_than_own(person_id: int) -> ColumnElement[bool]:
    """The cases in which this person is not the respondent."""
    return or_(Complaint.respondent_id.is_(None), Complaint.respondent_id != person_id)


def _elsewhere(
    actor: Actor, acting: Sequence[int], outside: ColumnElement[bool], *reasons: ColumnElement[bool]
) -> dict[int, ComplaintState]:
    """The cases outside the ranges that the person sees for one of the reasons, or for having acted."""
    seen = (
        *reasons,
        Complaint.id.in_(select(Event.complaint_id).where(Event.actor_id.in_(acting))),
        Complaint.id.in_(select(Event.complaint_id).where(Event.acting_for_id.in_(acting))),
        deputised_to(list(acting), actor.staff),
    )
    queries = [select(Complaint.id, Complaint.state).where(reason, outside) for reason in seen]
    return dict(actor.office.session.execute(union(*queries)).all())
