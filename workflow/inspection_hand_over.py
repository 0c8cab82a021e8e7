"""A checklist changes hands, because who holds it leaves the company or comes to the department that is inspected."""

from datetime import datetime

from sqlalchemy.orm import Session

from models import Inspection, Inspector, Person
from workflow.inspection import is_inspected, note
from workflow.roles import Actor


def hand_over(
    session: Session, inspection: Inspection, leaver: Person, to: Person | None, *, by: Actor, at: datetime
) -> None:
    """LIFE-3: somebody else holds the checklist of who goes; without a successor, or where that one works in the
    department that is inspected, whoever keeps inspections."""
    held = {each.person_id: each for each in inspection.inspectors}
    inspection.inspectors.remove(held[leaver.id])
    fits = to is not None and is_inspected(to, inspection.department, at) is None
    if to is not None and fits and to.id not in held:
        inspection.inspectors.append(Inspector(person=to, person_id=to.id))
    session.flush()
    note(inspection, "hand_over", by=by, at=at, said={"to": to.username if to is not None and fits else None})
