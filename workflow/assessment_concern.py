"""Whom an assessment lists: those whom the regulation concerns, with or without data, and whoever else has rows.

A technician has no place in the regulation on the satisfaction of those who bought a car, not even “no data”; a row
about one is never dropped for that.
"""

from collections.abc import Collection, Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Department
from workflow import assessment
from workflow.assessment_pack import AssessmentPack
from workflow.assessment_places import Places
from workflow.assessment_rows import Rows
from workflow.assessment_shape import SubjectKind
from workflow.assessment_stored import StoredRows


def concerned(session: Session, seats: Mapping[int, int | None], rows: StoredRows) -> dict[int, int | None]:
    """Of these subjects, each with its department, those whom the regulation concerns or about whom there are rows."""
    within = meant(session, rows.pack, rows.places, rows.kind, seats)
    return {
        subject: seat for subject, seat in seats.items() if subject in within or _has_rows(rows.pack, rows.of(subject))
    }  # fmt: skip


def meant(
    session: Session, pack: AssessmentPack, places: Places, kind: SubjectKind, subjects: Collection[int]
) -> Collection[int]:
    """Of these subjects those whom the regulation concerns, whatever there is about them."""
    if not pack.concerns:
        return subjects
    departments = set(session.scalars(select(Department.id).where(Department.slug.in_(pack.concerns))))
    return places.within(kind, departments)


def _has_rows(pack: AssessmentPack, rows: Rows) -> bool:
    found = assessment.measured(pack, rows).values()
    return any(each.number for result in found for each in result.inputs)
