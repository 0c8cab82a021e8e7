"""Inspections (MS-1…9): planned without notice, carried out by checklist, submitted, published within a week.

The steps are few and issue no letters, so where an inspection stands is read from its moments; each step leaves a line
in a log that is only added to. What is found is written in `inspection_findings`, and what follows in
`inspection_result`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session, joinedload, selectinload

from models import (
    Department,
    Inspection,
    InspectionAct,
    InspectionFinding,
    InspectionKind,
    InspectionPhoto,
    InspectionProposal,
    InspectionState,
    Inspector,
    Penalty,
    Person,
    RegulationVersion,
)
from workflow import inspection_roles as roles
from workflow import inspection_turn
from workflow.assessment_checklist import Checklist
from workflow.assessment_pack import pack_of
from workflow.process import INVALID, MOVED_ON, N_, NOT_FOUND, Objection, Refused, refuse
from workflow.roles import Actor
from workflow.texts import clean

REGULATION = "mystery-shopper"
SERIES = "inspection_case"
LONGEST_VISITOR, LONGEST_RECEIPT, LONGEST_REASON = 60, 80, 1000
FURTHEST = timedelta(days=366)
S = InspectionState


@dataclass(frozen=True)
class Plan:
    """What is to be inspected: how, by which checklist, whose department, when, by whom."""

    kind: InspectionKind
    checklist: str
    department: Department | None
    day: date | None
    inspectors: Sequence[Person] = ()
    visitor: str = ""


def plan(session: Session, wish: Plan, *, by: Actor, at: datetime) -> Inspection:
    """MS-1: an inspection on that day, of which those inspected know nothing."""
    roles.only_who_keeps(None, by)
    assert by.person is not None
    today, visitor = by.office.calendar.day_of(at), clean(wish.visitor) or ""
    version = edition_on(session, wish.day or today)
    pack = pack_of(version)
    refuse(
        Objection(INVALID, N_("Choose a checklist."), field="checklist")
        if wish.checklist not in pack.checklists
        else None,
        Objection(INVALID, N_("Choose the department."), field="department") if wish.department is None else None,
        _wrong_day(wish.day, today),
        Objection(INVALID, N_("Choose who fills in the checklist."), field="inspectors")
        if not wish.inspectors
        else None,
        *(is_inspected(person, wish.department, at) for person in wish.inspectors),
        Objection(INVALID, N_("At most %(most)d characters, please."), field="visitor", most=LONGEST_VISITOR)
        if len(visitor) > LONGEST_VISITOR
        else None,
    )
    assert wish.department is not None and wish.day is not None
    year, seq = by.office.next_number(SERIES, at)
    found = Inspection(
        year=year, seq=seq, sort=wish.kind, checklist=wish.checklist, department=wish.department,
        department_id=wish.department.id, planned_on=wish.day, regulation_version=version, planned_at=at,
        visitor=visitor or None if wish.kind is InspectionKind.MYSTERY else None,
        inspectors=[Inspector(person=person, person_id=person.id) for person in dict.fromkeys(wish.inspectors)],
        findings=[], all_photos=[], proposals=[], acts=[],
    )  # fmt: skip
    session.add(found)
    note(found, "plan", by=by, at=at, said={"day": wish.day.isoformat()})
    session.flush()
    return found


def begin(session: Session, inspection: Inspection, *, by: Actor, at: datetime) -> Inspection:
    """The visit takes place: the edition of its day holds, and its result is due within a week (MS-1)."""
    roles.only_who_writes(inspection, by)
    only_while(inspection, S.PLANNED)
    today = by.office.calendar.day_of(at)
    inspection.regulation_version = edition_on(session, today)
    inspection.begun_at = at
    inspection.due_at = at + timedelta(days=int(figure(inspection, "publish_within")))
    if inspection.sort is InspectionKind.MYSTERY:
        inspection.voucher = int(figure(inspection, "voucher") * 100)
    note(inspection, "begin", by=by, at=at)
    session.flush()
    return inspection


def submit(session: Session, inspection: Inspection, *, by: Actor, at: datetime) -> Inspection:
    """What was found is complete: every factor is answered, be it by “not seen”."""
    roles.only_who_writes(inspection, by)
    only_while(inspection, S.UNDER_WAY)
    if inspection.sort is InspectionKind.MANUFACTURER:
        refuse(_no_result(inspection))
    else:
        refuse(_unanswered(inspection))
    inspection.submitted_at = at
    note(inspection, "submit", by=by, at=at)
    session.flush()
    return inspection


def take_back(session: Session, inspection: Inspection, *, by: Actor, at: datetime, reason: str) -> Inspection:
    """Back to whoever holds the checklist, with what is to be put right."""
    roles.only_who_keeps(inspection, by)
    only_while(inspection, S.SUBMITTED)
    said = reason_given(reason)
    inspection.submitted_at = None
    note(inspection, "take_back", by=by, at=at, said={"reason": said})
    session.flush()
    return inspection


def cancel(session: Session, inspection: Inspection, *, by: Actor, at: datetime, reason: str) -> Inspection:
    """It does not take place, or cannot be completed; its number and the reason stay."""
    roles.only_who_keeps(inspection, by)
    only_while(inspection, S.PLANNED, S.UNDER_WAY)
    inspection.cancelled_because = reason_given(reason)
    inspection.cancelled_at = at
    note(inspection, "cancel", by=by, at=at, said={"reason": inspection.cancelled_because})
    session.flush()
    return inspection


def give_voucher(session: Session, inspection: Inspection, *, by: Actor, at: datetime, receipt: str) -> Inspection:
    """MS-1: the visitor gets the voucher, once, and its receipt is marked."""
    roles.only_who_keeps(inspection, by)
    mark = clean(receipt) or ""
    refuse(
        Objection(INVALID, N_("Only the visitor of a mystery visit that took place gets a voucher."))
        if inspection.sort is not InspectionKind.MYSTERY or inspection.begun_at is None or inspection.cancelled_at
        else None,
        Objection(MOVED_ON, N_("The voucher was given already.")) if inspection.voucher_given_at is not None else None,
    )
    refuse(
        Objection(INVALID, N_("Write the number of the receipt, or who signed for it."), field="receipt")
        if not mark
        else None,
        Objection(INVALID, N_("At most %(most)d characters, please."), field="receipt", most=LONGEST_RECEIPT)
        if len(mark) > LONGEST_RECEIPT
        else None,
    )
    inspection.voucher_receipt, inspection.voucher_given_at = mark, at
    note(inspection, "voucher", by=by, at=at)
    session.flush()
    return inspection


def enter_result(
    session: Session, inspection: Inspection, *,
    by: Actor, at: datetime, score: Decimal | None, day: date | None, imposed: int | None,
) -> Inspection:  # fmt: skip
    """MS-9: what a manufacturer's check came to, as the manufacturer published it; fines in fen."""
    roles.only_who_writes(inspection, by)
    only_while(inspection, S.UNDER_WAY)
    today = by.office.calendar.day_of(at)
    refuse(
        Objection(INVALID, N_("Only a manufacturer’s check has a result that is entered."))
        if inspection.sort is not InspectionKind.MANUFACTURER
        else None,
        Objection(INVALID, N_("Write the score, from -100 to 100 with two decimals at most."), field="score")
        if score is None or not -100 <= score <= 100 or score != round(score, 2)
        else None,
        Objection(
            INVALID, N_("Write the day on which the manufacturer published it, today at the latest."), field="day"
        )
        if day is None or day > today
        else None,
    )
    inspection.result, inspection.result_on, inspection.imposed = score, day, imposed or 0
    note(inspection, "result", by=by, at=at)
    session.flush()
    return inspection


# --- reading


def locked(session: Session, number: str) -> Inspection | None:
    """The inspection with everything a step needs, held against other steps."""
    query = Inspection.by_number(number).options(*everything()).with_for_update(of=Inspection)
    return session.scalars(query.execution_options(populate_existing=True)).unique().one_or_none()


def everything() -> tuple[Any, ...]:
    return (
        joinedload(Inspection.department),
        joinedload(Inspection.regulation_version).undefer(RegulationVersion.content),
        selectinload(Inspection.inspectors).joinedload(Inspector.person),
        selectinload(Inspection.findings).options(
            joinedload(InspectionFinding.responsible), joinedload(InspectionFinding.by)
        ),
        selectinload(Inspection.all_photos).joinedload(InspectionPhoto.file),
        selectinload(Inspection.proposals).joinedload(InspectionProposal.penalty).selectinload(Penalty.events),
        selectinload(Inspection.acts).joinedload(InspectionAct.by),
    )


def checklist_of(inspection: Inspection) -> Checklist:
    """The checklist as the edition of the inspection has it."""
    return pack_of(inspection.regulation_version).checklists[inspection.checklist]


def figure(inspection: Inspection, name: str) -> Decimal:
    return pack_of(inspection.regulation_version).named_figures()[name]


def edition_on(session: Session, day: date) -> RegulationVersion:
    """The edition of the regulation in force on that day; Refused where the company has none."""
    version = session.scalars(RegulationVersion.in_force_on(REGULATION, day)).first()
    if version is None:
        raise Refused(
            [Objection(INVALID, N_("The regulation on inspections is not in force on that day."), field="day")]
        )
    return version


def note(inspection: Inspection, action: str, *, by: Actor, at: datetime, said: dict[str, Any] | None = None) -> None:
    """A line in the log, in the transaction of the step; whoever it concerns is told."""
    assert by.person is not None
    act = InspectionAct(action=action, at=at, by=by.person, by_id=by.person.id, said=said or {})
    inspection.acts.append(act)
    inspection_turn.tell(inspection, act, by=by)


# --- what stands in the way


def only_while(inspection: Inspection, *states: InspectionState) -> None:
    """Raise Refused where the inspection has moved on, or has not come so far."""
    if inspection.state not in states:
        sentence = N_("This inspection has moved on; what you wanted is not possible any more.")
        raise Refused([Objection(MOVED_ON, sentence)])


def _wrong_day(day: date | None, today: date) -> Objection | None:
    if day is None:
        return Objection(INVALID, N_("Choose the day."), field="day")
    if not today <= day <= today + FURTHEST:
        return Objection(INVALID, N_("Choose a day from today on, within a year."), field="day")
    return None


def is_inspected(person: Person, department: Department | None, at: datetime) -> Objection | None:
    """Against whoever works in the department that is inspected."""
    post = person.posting_at(at)
    if post is None or department is None or post.department_id != department.id:
        return None
    sentence = N_("%(name)s works in the department that is inspected, which is not to know of it.")
    return Objection(INVALID, sentence, field="inspectors", name=person.name)


def _unanswered(inspection: Inspection) -> Objection | None:
    written = {finding.factor for finding in inspection.findings}
    missing = [name for name in checklist_of(inspection).factors() if name not in written]
    if not missing:
        return None
    sentence = N_("%(count)d factors are not answered yet. Answer each of them; “not seen” is an answer too.")
    return Objection(INVALID, sentence, count=len(missing))


def _no_result(inspection: Inspection) -> Objection | None:
    if inspection.result is not None:
        return None
    return Objection(INVALID, N_("Enter the result that the manufacturer published first."))


def reason_given(text: str) -> str:
    """The reason, cleaned; Refused without one or where it is too long."""
    reason = clean(text) or ""
    refuse(
        Objection(INVALID, N_("Give a reason."), field="reason") if not reason else None,
        Objection(INVALID, N_("At most %(most)d characters, please."), field="reason", most=LONGEST_REASON)
        if len(reason) > LONGEST_REASON
        else None,
    )
    return reason


def missing_inspection() -> Refused:
    return Refused([Objection(NOT_FOUND, N_("There is no such inspection."))])
