"""Whom an assessment lists: those whom the regulation concerns, with or without data, and whoever else has rows.

A technician has no place in the regulation on the satisfaction of those who bought a car, not even “no data”; a row
about one is never dropped for that.
"""

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Department
from workflow import assessment
from workflow.assessment_pack import AssessmentPack
from workflow.assessment_rows import Rows
from workflow.assessment_stored import StoredRows


def concerned(session: Session, seats: Mapping[int, int | None], rows: StoredRows) -> dict[int, int | None]:
    """Of these subjects, each with its department, those whom the regulation concerns or about whom there are rows."""
    pack = rows.pack
    if not pack.concerns:
        return dict(seats)
    departments = set(session.scalars(select(Department.id).where(Department.slug.in_(pack.concerns))))
    within = rows.places.within(rows.kind, departments)
    return {
        subject: seat for subject, seat in seats.items() if subject in within or _has_rows(pack, rows.of(subject))
    }  # fmt: skip


def _has_rows(pack: AssessmentPack, rows: Rows) -> bool:
    found = assessment.measured(pack, rows).values()
    return any(each.number for result in found for each in result.inputs)
