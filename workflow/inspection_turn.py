"""An inspection (MS-1) as a matter that waits like a case: who is told of it, whose turn it is, and how its day
and its week are counted. Those inspected are never told."""

from collections.abc import Sequence
from datetime import UTC, date, datetime

from sqlalchemy import ColumnElement, Select, select

from models import Inspection, InspectionAct, Notice, Person
from workflow import inspection_roles as roles
from workflow.limit import Limit
from workflow.office import Office
from workflow.reminder_times import Run
from workflow.roles import Actor, Staff

VISIT, PUBLISH = "visit", "publish"
OF_THE_CLOCK = Limit(days=1)
# Lines of the log that somebody is told of.
TO_INSPECTORS, TO_PUBLISHERS = ("plan", "take_back", "cancel"), ("submit",)
HANDED = "hand_over"


def tell(inspection: Inspection, act: InspectionAct, *, by: Actor) -> None:
    """Those to whom this step brings the inspection, or from whom it takes it; not whoever took the step."""
    people = {person.id: person for person in _concerned(inspection, act, by)}
    for person in people.values():
        if by.person is None or person.id != by.person.id:
            by.office.session.add(Notice(inspection_act=act, person=person, person_id=person.id))


def _concerned(inspection: Inspection, act: InspectionAct, by: Actor) -> list[Person]:
    if act.action in TO_INSPECTORS:
        return _inspectors(inspection, by.staff)
    if act.action == HANDED and act.said["to"] is not None:
        return [each for each in _inspectors(inspection, by.staff) if each.username == act.said["to"]]
    if act.action not in (*TO_PUBLISHERS, HANDED):
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
    return select(*columns).where(waits_by(PUBLISH))


def awaited_visits(until: date) -> Select[int, datetime, date]:
    """Those whose day has come by `until` and that have not begun."""
    columns = (Inspection.id, Inspection.planned_at, Inspection.planned_on)
    return select(*columns).where(waits_by(VISIT), Inspection.planned_on <= until)


def waits_by(clock: str) -> ColumnElement[bool]:
    """Whether this clock of an inspection runs."""
    begun = Inspection.begun_at.is_not(None)
    return Inspection.opened() & (begun if clock == PUBLISH else ~begun)


def run_of(since: datetime, due: datetime, office: Office) -> Run:
    """The week of the result: days of the clock, weekends included."""
    return Run(PUBLISH, since, due, due - since, OF_THE_CLOCK, office.calendar)


def visit_of(planned_at: datetime, planned_on: date, office: Office) -> Run:
    """The visit has its day, while work goes on: half time reminds while it can still be carried out."""
    opens_at, due = day_of(planned_on, office)
    since = max(opens_at, planned_at)
    return Run(VISIT, since, due, due - since, OF_THE_CLOCK, office.calendar)


def due_of(inspection: Inspection, office: Office) -> datetime:
    """Until when it waits as it is; one that is planned until work ends on its day."""
    return inspection.due_at or day_of(inspection.planned_on, office)[1]


def day_of(day: date, office: Office) -> tuple[datetime, datetime]:
    """When work begins and ends on this day; on a day off, when it usually does."""
    calendar = office.calendar
    opens_at, closes_at = calendar.hours_on(day) or calendar.usual
    return (
        datetime.combine(day, opens_at, calendar.zone).astimezone(UTC),
        datetime.combine(day, closes_at, calendar.zone).astimezone(UTC),
    )
