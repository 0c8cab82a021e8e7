"""An inspection (MS-1) as a matter that waits like a case: who is told of it, whose turn it is, and how its week is
counted. Those inspected are never told."""

from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, Select, select

from models import Inspection, InspectionAct, Notice, Person
from workflow import inspection_roles as roles
from workflow.limit import Limit
from workflow.office import Office
from workflow.reminder_times import Run
from workflow.roles import Actor, Staff

CLOCK = "publish"
OF_THE_CLOCK = Limit(days=1)
# Lines of the log that somebody is told of.
TO_INSPECTORS, TO_PUBLISHERS = ("plan", "take_back", "cancel"), ("submit",)


def tell(inspection: Inspection, act: InspectionAct, *, by: Actor) -> None:
    """Those to whom this step brings the inspection, or from whom it takes it; not whoever took the step."""
    people = {person.id: person for person in _concerned(inspection, act, by)}
    for person in people.values():
        if by.person is None or person.id != by.person.id:
            by.office.session.add(Notice(inspection_act=act, person=person, person_id=person.id))


def _concerned(inspection: Inspection, act: InspectionAct, by: Actor) -> list[Person]:
    if act.action in TO_INSPECTORS:
        return _inspectors(inspection, by.staff)
    if act.action not in TO_PUBLISHERS:
        return []
    publishers = roles.publishers(by.staff)
    deputies = [deputy for each in publishers for deputy in by.staff.deputies_of(each)]
    return [each for each in (*publishers, *deputies) if roles.publishes(Actor(each, by.staff, by.office))]


def holders(inspection: Inspection, staff: Staff) -> Sequence[Person]:
    """Whose turn it is: that of who holds the checklist, until it is submitted; then customer relations'."""
    inspectors = _inspectors(inspection, staff) if inspection.submitted_at is None else []
    return inspectors or roles.publishers(staff)


def _inspectors(inspection: Inspection, staff: Staff) -> list[Person]:
    return [each.person for each in inspection.inspectors if not each.person.has_left_at(staff.at)]


def awaited() -> Select[int, datetime | None, datetime | None]:
    """Those of which the result is still to be published, with the week's beginning and end."""
    columns = (Inspection.id, Inspection.begun_at, Inspection.due_at)
    return select(*columns).where(is_awaited())


def is_awaited() -> ColumnElement[bool]:
    return Inspection.opened() & Inspection.begun_at.is_not(None)


def run_of(since: datetime, due: datetime, office: Office) -> Run:
    """Days of the clock, weekends included."""
    return Run(CLOCK, since, due, due - since, OF_THE_CLOCK, office.calendar)


def due_of(inspection: Inspection, office: Office) -> datetime:
    """Until when it waits as it is; one that is planned until work ends on its day."""
    if inspection.due_at is not None:
        return inspection.due_at
    day, calendar = inspection.planned_on, office.calendar
    _opens_at, closes_at = calendar.hours_on(day) or calendar.usual
    return datetime.combine(day, closes_at, calendar.zone).astimezone(UTC)
