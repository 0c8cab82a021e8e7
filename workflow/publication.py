"""Target letters and briefings (LIFE-1) as a process: the general manager issues a unit's targets of a year and issues
them anew when they change; customer relations publish the briefing of a month, once.

Each step leaves its event and its letter in one transaction; what a letter says never changes.
"""

from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, selectinload

from models import (
    Department,
    Event,
    Letter,
    LetterRecipient,
    Person,
    Publication,
    PublicationKind,
    PublicationState,
    RegulationVersion,
    Role,
    Target,
    Team,
    TeamLeadership,
)
from workflow import publication_roles, target_letter
from workflow.process import INVALID, MOVED_ON, N_, Objection, Process, Refused, Rule, Step
from workflow.record import keep_letter, number_of_letter, record_event
from workflow.roles import Actor, In, Staff, only
from workflow.targets import REGULATION

PubStep = Step[Publication]
SERIES = {"target_letter": "target", "briefing": "briefing"}
Unit = Department | Team | None


def _manager(_publication: Publication, staff: Staff) -> list[Person]:
    return only(staff.general_manager)


def _officers(_publication: Publication, staff: Staff) -> list[Person]:
    return list(staff.holders.get(Role.CUSTOMER_RELATIONS, ()))


MANAGER = In("general_manager", _manager)
OFFICERS = In("customer_relations", _officers, is_delegable=False)


def nobody_can_sign(step: PubStep) -> Objection | None:
    if step.chosen["recipients"]:
        return None
    return Objection(INVALID, N_("The unit has nobody at its head who could sign the letter."), field="unit")


def has_no_targets(step: PubStep) -> Objection | None:
    if step.chosen["told"]["lines"]:
        return None
    return Objection(INVALID, N_("No target of this unit and year is in force."), field="unit")


def issued_already(step: PubStep) -> Objection | None:
    session, subject = step.actor.office.session, step.subject
    found = session.scalars(_same(subject.what, subject.period, subject.unit)).first()
    return Objection(MOVED_ON, N_("It has been issued already.")) if found is not None else None


def is_not_over(step: PubStep) -> Objection | None:
    if step.subject.period < step.actor.office.calendar.month_of(step.at):
        return None
    return Objection(INVALID, N_("The month is not over."), field="month")


def conclude(step: PubStep) -> None:
    """Seal the event, and freeze, number and address the letter."""
    step.event.seal()
    content = target_letter.content(step, number_of_letter(step, SERIES[step.rule.letter]))
    keep_letter(step, content, step.chosen["recipients"])


PUBLICATION: Process[Publication] = Process("publication", PublicationState, [
    Rule("LIFE-1", "issue", source=(), dest=PublicationState.ISSUED, by=MANAGER,
         unless=(issued_already, has_no_targets, nobody_can_sign),
         letter="target_letter"),
    Rule("LIFE-1", "replace", source=(PublicationState.ISSUED,), dest=None, by=MANAGER,
         unless=(has_no_targets, nobody_can_sign),
         letter="target_letter"),
    Rule("LIFE-1", "publish", source=(), dest=PublicationState.ISSUED, by=OFFICERS,
         unless=(issued_already, is_not_over),
         letter="briefing"),
], record=record_event, conclude=conclude)  # fmt: skip


# --- target letters ----------------------------------------------------------------------------------


def issue(session: Session, unit: Unit, year: int, *, by: Actor, at: datetime) -> PubStep:
    """The unit's targets of the year as a letter to its head. Raises Refused where there is one, or nothing to say."""
    subject = _new(session, PublicationKind.TARGET_LETTER, str(year), unit, by, at)
    step = _target_step(session, subject, by, at)
    PUBLICATION.open(PUBLICATION.rule_named("issue"), step)
    session.add(subject)
    session.flush()
    return step


def replace(session: Session, of: Publication, *, by: Actor, at: datetime, reason: str = "") -> PubStep:
    """The targets have changed: another letter takes the place of the one before."""
    step = _target_step(session, of, by, at, reason)
    PUBLICATION.take("replace", step)
    session.flush()
    return step


def issue_anew(session: Session, of: Publication, *, by: Actor, at: datetime) -> PubStep:
    """Somebody else heads the unit than whom the letter is addressed to: another goes to them."""
    head = head_of(session, of.unit, by.staff)
    if head is not None and head.id in {line.person_id for line in newest(of).recipients}:
        raise Refused([Objection(MOVED_ON, N_("It has been issued already."))])
    return replace(session, of, by=by, at=at)


def renew(session: Session, approved: Sequence[Target], *, by: Actor, at: datetime) -> list[PubStep]:
    """Where the units of these targets have a letter of the year, another one that says them."""
    found: dict[int, tuple[Publication, list[str]]] = {}
    for each in approved:
        if (of := of_unit(session, each.unit, each.year)) is not None:
            found.setdefault(of.id, (of, []))[1].append(each.reason)
    return [
        replace(session, of, by=by, at=at, reason="；".join(dict.fromkeys(reason for reason in reasons if reason)))
        for of, reasons in found.values()
    ]


def issued(session: Session, year: int, by: Actor) -> list[Publication]:
    """The target letters of a year that exist for this person, each with all its letters, and how far they are
    signed."""
    query = with_letters().where(
        Publication.what == PublicationKind.TARGET_LETTER, Publication.period == str(year),
        publication_roles.visible_to(by),
    )  # fmt: skip
    return list(session.scalars(query.order_by(Publication.department_id, Publication.team_id)).unique())


def of_unit(session: Session, unit: Unit, year: int) -> Publication | None:
    query = _same(PublicationKind.TARGET_LETTER, str(year), unit)
    return session.scalars(query.with_for_update(of=Publication)).unique().first()


def with_letters() -> Select[Publication]:
    letters = selectinload(Event.letters)
    recipients = letters.selectinload(Letter.recipients).joinedload(LetterRecipient.person)
    loaded = (recipients.selectinload(Person.postings), letters.selectinload(Letter.services))
    return select(Publication).options(selectinload(Publication.events).options(*loaded))


def newest(of: Publication) -> Letter:
    """The letter that holds."""
    return of.events[-1].letters[-1]


def head_of(session: Session, unit: Unit, staff: Staff) -> Person | None:
    """Who signs for a unit: the head, the leader of a team, for the company the general manager."""
    match unit:
        case Department():
            return staff.heads.get(unit.id)
        case Team():
            leads = select(TeamLeadership).where(TeamLeadership.team_id == unit.id, TeamLeadership.held_at(staff.at))
            found = session.scalars(leads).first()
            return found.person if found is not None else staff.heads.get(unit.department_id)
        case _:
            return staff.general_manager


# --- steps -------------------------------------------------------------------------------------------


def _target_step(session: Session, of: Publication, by: Actor, at: datetime, reason: str = "") -> PubStep:
    head = head_of(session, of.unit, by.staff)
    told = target_letter.told(session, of.unit, int(of.period), head, by=by, at=at)
    chosen = {"recipients": [head] if head is not None else [], "told": told, "part": "target"}
    return Step(of, by, at, said={"reason": reason} if reason else {}, chosen=chosen)


def _new(session: Session, what: PublicationKind, period: str, unit: Unit, by: Actor, at: datetime) -> Publication:
    return Publication(
        what=what, period=period, department=unit if isinstance(unit, Department) else None,
        department_id=unit.id if isinstance(unit, Department) else None, team=unit if isinstance(unit, Team) else None,
        team_id=unit.id if isinstance(unit, Team) else None, regulation_version=regulation(session, by, at), events=[],
    )  # fmt: skip


def regulation(session: Session, by: Actor, at: datetime) -> RegulationVersion:
    """The edition by which it is issued; Refused where none is in force."""
    day = by.office.calendar.day_of(at)
    version = session.scalars(RegulationVersion.in_force_on(REGULATION, day)).first()
    if version is None:
        raise Refused([Objection(INVALID, N_("The regulation is not in force on %(day)s."), day=day)])
    return version


def _same(what: PublicationKind, period: str, unit: Unit) -> Select[Publication]:
    department = unit.id if isinstance(unit, Department) else None
    team = unit.id if isinstance(unit, Team) else None
    return with_letters().where(
        Publication.what == what, Publication.period == period,
        Publication.department_id.is_(None) if department is None else Publication.department_id == department,
        Publication.team_id.is_(None) if team is None else Publication.team_id == team,
    )  # fmt: skip


def letters_of(of: Publication) -> Sequence[Letter]:
    """Every letter of it, the oldest first."""
    return [letter for event in of.events for letter in event.letters]


# --- briefings ---------------------------------------------------------------------------------------


def publish(
    session: Session, told: dict[str, object], *, by: Actor, at: datetime, recipients: Sequence[Person]
) -> PubStep:  # fmt: skip
    """The briefing of a month that is over, as it stands now, to the general manager and the heads."""
    month = str(told["month"])
    subject = _new(session, PublicationKind.BRIEFING, month, None, by, at)
    step = Step(subject, by, at, chosen={"recipients": list(recipients), "told": told, "part": "briefing"})
    PUBLICATION.open(PUBLICATION.rule_named("publish"), step)
    session.add(subject)
    session.flush()
    return step


VERBS: dict[str, Callable[..., PubStep]] = {"issue": issue, "replace": replace, "publish": publish}


def briefing_of(session: Session, month: str) -> Publication | None:
    return session.scalars(_same(PublicationKind.BRIEFING, month, None)).unique().first()


def readers(staff: Staff) -> list[Person]:
    """To whom a briefing goes: the general manager first, then every head once."""
    people = [*only(staff.general_manager), *(staff.heads[key] for key in sorted(staff.heads))]
    return list({person.id: person for person in people}.values())
