"""What is done to an assessment once it is computed: adjusted, submitted, looked at by heads, returned, closed.

    open ── submit ──▶ submitted ── close ──▶ closed
      ▲                    │ review, by each head
      └────── return_ ─────┘

Every step leaves one act that is never changed. Closing ends it for good: the database takes nothing more for it, and
no row for its period.
"""

from datetime import datetime
from decimal import Decimal, InvalidOperation

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import (
    SUBJECTS,
    Assessed,
    Assessment,
    AssessmentAct,
    AssessmentAdjustment,
    AssessmentComputation,
    Department,
    Person,
)
from models.assessment_run import hold_for_closing
from models.made_file import UNFINISHED
from workflow import assessment_roles, rating_rounds, target_results
from workflow.assessment import checked_factor
from workflow.assessment_roles import headed_by, is_manager, runs
from workflow.assessment_run import ask as ask_for_results
from workflow.assessment_run import pack_for, scheme_of
from workflow.people import wrong_length
from workflow.process import FORBIDDEN, INVALID, N_, Objection, Refused, refuse
from workflow.roles import Actor

LONGEST = 500


def adjust(
    session: Session, of: Assessment, assessed: Assessed, *, factor: str, reason: str, name: str, by: Actor,
    at: datetime,
) -> AssessmentAdjustment:  # fmt: skip
    """FAIR-1: multiply a total because of special circumstances, and have all computed anew. Raises Refused for a
    factor out of bounds or without its reason, and once the results are submitted."""
    scheme = scheme_of(of)
    refuse(assessment_roles.why_not_run(pack_for(of), by), _unless(of.stage == "open", N_("It is open no more.")))
    if scheme is None or scheme.adjustment is None:
        raise Refused([Objection(INVALID, N_("This regulation knows no adjustment."))])
    if by.person is not None and assessed.person_id == by.person.id:
        raise Refused([Objection(FORBIDDEN, N_("Nobody adjusts their own total."))])
    refuse(wrong_length("reason", reason.strip(), LONGEST))
    number = checked_factor(scheme, _decimal(factor), reason, name)
    subject = {f"{each}_id": getattr(assessed, f"{each}_id") for each in SUBJECTS}
    made = AssessmentAdjustment(
        assessment_id=of.id, **subject, factor=number, reason=reason.strip(), at=at, by=_person(by)
    )
    session.add(made)
    session.flush()
    ask_for_results(session, of, by=by, at=at)
    return made


def _decimal(factor: str) -> Decimal:
    try:
        return Decimal(factor.strip())
    except InvalidOperation:
        why = Objection(INVALID, N_("“%(value)s” is no number."), field="factor", value=factor[:20])
        raise Refused([why]) from None


def submit(session: Session, of: Assessment, *, by: Actor, at: datetime) -> None:
    """Put the results before the heads. Raises Refused before the period is over, and while they are being computed."""
    today = by.office.calendar.day_of(at)
    computing = select(AssessmentComputation.id).where(
        AssessmentComputation.assessment_id == of.id, AssessmentComputation.state.in_(UNFINISHED)
    )
    refuse(
        assessment_roles.why_not_run(pack_for(of), by),
        _unless(of.stage == "open", N_("It has been submitted already.")),
        _unless(today > of.last_day, N_("The period is not over.")),
        _unless(of.computed_at is not None, N_("There are no results yet.")),
        _unless(session.scalars(computing).first() is None, N_("The results are being computed.")),
        rating_rounds.why_not_submitted(session, of),
    )
    of.submitted_at = at
    _act(session, of, "submit", by, at)
    # Whoever submits has looked at what is theirs.
    for department in sorted(set(headed_by(by)) & seats(session, of)):
        _act(session, of, "review", by, at, department=department)


def review(session: Session, of: Assessment, department: int, *, note: str, by: Actor, at: datetime) -> None:
    """A head has looked at the department's results; what there is to say about them is said in the note."""
    note = note.strip()
    refuse(
        _unless(department in headed_by(by), N_("Only the head of the department can do this."), FORBIDDEN),
        _unless(of.stage == "submitted", N_("There is nothing to review now.")),
        _unless(department in awaited_reviews(session, of), N_("This was reviewed already.")),
        Objection(INVALID, N_("This is too long."), field="note") if len(note) > LONGEST else None,
    )
    _act(session, of, "review", by, at, department=department, note=note)


def return_(session: Session, of: Assessment, *, reason: str, by: Actor, at: datetime) -> None:
    """Open it once more, for a reason: rows may be put right and the results computed anew; heads look again."""
    reason = reason.strip()
    refuse(
        _unless(_may_close(of, by), N_("Only whoever is responsible for this regulation can do this."), FORBIDDEN),
        _unless(of.stage == "submitted", N_("Only what is submitted can be returned.")),
        wrong_length("reason", reason, LONGEST),
    )
    of.submitted_at = None
    _act(session, of, "return", by, at, note=reason)


def close(session: Session, of: Assessment, *, by: Actor, at: datetime) -> None:
    """End it for good, once all heads have reviewed; the general manager may do without those who have not."""
    names = tuple(
        session.get_one(Department, key).name_zh for key in awaited_reviews(session, of) if not is_manager(by)
    )
    refuse(
        _unless(_may_close(of, by), N_("Only whoever is responsible for this regulation can do this."), FORBIDDEN),
        _unless(of.stage == "submitted", N_("Only what is submitted can be closed.")),
        Objection(INVALID, N_("Not reviewed yet: %(names)s."), names=names) if names else None,
    )
    hold_for_closing(session, of.regulation)
    _act(session, of, "close", by, at)
    of.closed_at, of.closed_by = at, _person(by)
    session.flush()
    target_results.hand_on(session, of, by=_person(by), at=at)
    session.flush()


def _may_close(of: Assessment, by: Actor) -> bool:
    return runs(pack_for(of).owner, by) or is_manager(by)


def seats(session: Session, of: Assessment) -> set[int]:
    """The departments under which results are shown."""
    query = select(Assessed.seat_id).where(Assessed.assessment_id == of.id, Assessed.seat_id.is_not(None)).distinct()
    return {seat for seat in session.scalars(query) if seat is not None}


def awaited_reviews(session: Session, of: Assessment) -> list[int]:
    """The departments whose heads have not reviewed since it was last submitted."""
    if of.stage != "submitted":
        return []
    acts = select(AssessmentAct).filter_by(assessment_id=of.id, action="review")
    done = {act.department_id for act in session.scalars(acts) if act.at >= (of.submitted_at or act.at)}
    return sorted(seats(session, of) - done)


def _act(
    session: Session, of: Assessment, action: str, by: Actor, at: datetime, *, department: int | None = None,
    note: str = "",
) -> None:  # fmt: skip
    person = _person(by)
    acted_for = None
    if department is not None and department not in by.staff.departments_headed_by(person):
        acted_for = by.staff.heads.get(department)
    session.add(
        AssessmentAct(
            assessment_id=of.id, action=action, at=at, by=person, acted_for=acted_for, department_id=department,
            note=note,
        )
    )  # fmt: skip
    session.flush()


def _person(by: Actor) -> Person:
    assert by.person is not None, "the clock takes none of these steps"
    return by.person


def _unless(condition: bool, sentence: str, code: str = INVALID) -> Objection | None:
    return None if condition else Objection(code, sentence)
