"""Records that people give an assessment: entered by hand with their evidence, or taken from a sheet.

Whoever runs the regulation enters them, while its assessment of the period is open. Nothing is edited: a correction
takes the old record back and enters a new one. Results are computed anew by whoever calls.
"""

import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, joinedload

from models import Assessment, AssessmentRow, AssessmentRowWithdrawal, Department, Partner, Person, Team
from workflow import assessment_books as books
from workflow.assessment_books import Subject
from workflow.assessment_entry import Row, RowRefused
from workflow.assessment_pack import AssessmentPack
from workflow.assessment_period import Period
from workflow.assessment_places import FEEDS, Places
from workflow.assessment_roles import opens_rows, require_run
from workflow.assessment_run import pack_for
from workflow.assessment_shape import SubjectKind
from workflow.assessment_source import Origin, Source
from workflow.evidence import Evidence
from workflow.people import wrong_length
from workflow.process import INVALID, N_, NOT_FOUND, Objection, Refused, refuse
from workflow.roles import Actor

LONGEST_NOTE, LONGEST_NAME = 500, 60
BY_PEOPLE = (Origin.BY_HAND, Origin.EXCEL)
MODELS: Mapping[str, type[Any]] = {"person": Person, "team": Team, "department": Department, "partner": Partner}


@dataclass(frozen=True)
class Given:
    """One record as somebody typed it: about whom (`person:12`), on which day, its values by field, a note, a file."""

    subject: str
    day: date | None
    values: Mapping[str, str]
    note: str
    proof: Evidence | None


def sources(pack: AssessmentPack) -> dict[str, Source]:
    """The sources of a regulation that people fill."""
    return {name: source for name, source in pack.sources.items() if source.origin in BY_PEOPLE}


def source_of(of: Assessment, name: str) -> Source:
    """A source that people fill. Raises Refused where the regulation has no such one."""
    found = sources(pack_for(of)).get(name)
    if found is None:
        raise Refused([Objection(NOT_FOUND, N_("There is no such source."))])
    return found


def candidates(session: Session, of: Assessment, source: Source, zone: ZoneInfo) -> dict[str, Subject]:
    """About whom records may be: whoever is assessed in the period and whose records count for these, by
    `person:12`."""
    places = Places(session, Period.named(of.period), zone)
    kinds = (of.kind,) if source.once else FEEDS[SubjectKind(of.kind)]
    found: dict[str, Subject] = {}
    for kind in kinds:
        keys = list(places.subjects(SubjectKind(kind)))
        some = session.scalars(select(MODELS[kind]).where(MODELS[kind].id.in_(keys)).order_by(MODELS[kind].id))
        found |= {f"{kind}:{each.id}": each for each in some.unique()}
    return found


def require_open(of: Assessment, by: Actor) -> None:
    """Raise Refused unless the actor runs this regulation and the assessment is open: its results are neither with the
    heads nor closed with their period."""
    require_run(pack_for(of), by, sees=True)
    if of.stage == "closed":
        refuse(books.closed_periods(by.office.session, of.regulation).why_not(of.kind, of.first_day))
    if of.stage == "submitted":
        why = N_("The results are with the heads. Have the assessment returned before you enter anything more.")
        raise Refused([Objection(INVALID, why)])


def enter(
    session: Session, of: Assessment, name: str, given: Given, *, by: Actor, at: datetime,
    instead: AssessmentRow | None = None, reason: str = "",
) -> AssessmentRow:  # fmt: skip
    """One record by hand, with its evidence; `instead` of one that is taken back for this reason. Raises Refused, with
    what is wrong beside its field."""
    require_open(of, by)
    source = source_of(of, name)
    subject = candidates(session, of, source, by.office.calendar.zone).get(given.subject)
    refuse(*_objections(session, of, name, source, given, subject, instead))
    assert subject is not None and given.day is not None and by.person is not None, "all of them were refused"
    if instead is not None:
        withdraw(session, of, instead, reason=reason, by=by, at=at)
    proof = books.keep(session, given.proof, at=at, by=by.person) if given.proof is not None else None
    row = Row(f"hand-{secrets.token_hex(8)}", dict(given.values))
    entry = books.Entry(subject, given.day, row, given.note.strip() or None)
    try:
        [entered] = books.post(session, pack_for(of), name, [entry], at=at, by=by.person, proof=proof)
    except RowRefused as refused:
        raise Refused([beside(refused)]) from None
    session.flush()
    return entered


def withdraw(session: Session, of: Assessment, row: AssessmentRow, *, reason: str, by: Actor, at: datetime) -> None:
    """A record counts no more. Raises Refused without a reason, and once its period is closed."""
    require_open(of, by)
    assert by.person is not None, "the clock takes nothing back"
    books.withdraw(session, row, reason=reason, at=at, by=by.person)


def beside(refused: RowRefused) -> Objection:
    """The objection to a row with the field that it is about."""
    objection = refused.objection
    values = {**objection.values, **({"field": refused.field} if refused.field is not None else {})}
    return Objection(objection.code, objection.msgid, **values)


def _objections(
    session: Session, of: Assessment, name: str, source: Source, given: Given, subject: Subject | None,
    instead: AssessmentRow | None,
) -> Iterator[Objection | None]:  # fmt: skip
    if source.origin is not Origin.BY_HAND:
        yield Objection(INVALID, N_("These figures come from a sheet."))
    if subject is None:
        yield Objection(INVALID, N_("Choose one of those who are assessed in this period."), field="subject")
    yield wrong_day(of, given.day)
    if not any(value.strip() for value in given.values.values()):
        yield Objection(INVALID, N_("Please fill this in."), field=next(iter(source.fields)))
    if given.proof is None and instead is None:
        yield Objection(INVALID, N_("Figures entered by hand need their evidence: attach a file."), field="proof")
    if len(given.note) > LONGEST_NOTE:
        yield wrong_length("note", given.note, LONGEST_NOTE)
    if subject is not None and source.once and _stands(session, of, name, subject, instead):
        why = N_("There is an entry for this period already.")
        yield Objection(INVALID, why, field="subject")


def wrong_day(of: Assessment, day: date | None) -> Objection | None:
    """Against a day that is none, or outside of the period."""
    if day is None:
        return Objection(INVALID, N_("Write the day like 2026-03-02."), field="day")
    if not of.first_day <= day <= of.last_day:
        why = N_("%(day)s is outside of the period, which goes from %(first)s to %(last)s.")
        return Objection(INVALID, why, field="day", day=day, first=of.first_day, last=of.last_day)
    return None


def _stands(session: Session, of: Assessment, name: str, subject: Subject, instead: AssessmentRow | None) -> bool:
    """Whether the subject has a record of this period that counts, other than the one to be replaced."""
    column = getattr(AssessmentRow, f"{type(subject).__tablename__}_id")
    query = _rows(of, name).where(column == subject.id, AssessmentRow.id.not_in(_withdrawn()))
    if instead is not None:
        query = query.where(AssessmentRow.id != instead.id)
    return session.scalars(query.limit(1)).first() is not None


# --- what stands there -------------------------------------------------------------------------------


def rows(session: Session, of: Assessment, name: str, *, by: Actor, skip: int, most: int) -> Sequence[AssessmentRow]:
    """The records of one source in this period, those taken back among them, the newest first; none where the
    regulation keeps them from everybody."""
    if not opens_rows(pack_for(of), name, by):
        return []
    query = _rows(of, name).options(
        joinedload(AssessmentRow.person), joinedload(AssessmentRow.team), joinedload(AssessmentRow.department),
        joinedload(AssessmentRow.partner), joinedload(AssessmentRow.by), joinedload(AssessmentRow.proof),
        joinedload(AssessmentRow.withdrawal).joinedload(AssessmentRowWithdrawal.by),
    )  # fmt: skip
    found = session.scalars(query.order_by(AssessmentRow.id.desc()).offset(skip).limit(most))
    return found.unique().all()


def row(session: Session, of: Assessment, name: str, key: int, by: Actor) -> AssessmentRow:
    """Raises Refused where there is none that the actor may open."""
    found = session.scalars(_rows(of, name).where(AssessmentRow.id == key)).unique().first()
    if found is None or not opens_rows(pack_for(of), name, by):
        raise Refused([Objection(NOT_FOUND, N_("There is no such record."))])
    return found


def counts(session: Session, of: Assessment) -> dict[str, int]:
    """How many records of each source count in this period."""
    query = (
        select(AssessmentRow.source, func.count())
        .where(*_of_period(of), AssessmentRow.id.not_in(_withdrawn()))
        .group_by(AssessmentRow.source)
    )
    return {source: number for source, number in session.execute(query)}  # noqa: C416 - a row is no pair to mypy


def _rows(of: Assessment, name: str) -> Select[AssessmentRow]:
    return select(AssessmentRow).where(*_of_period(of), AssessmentRow.source == name)


def _of_period(of: Assessment) -> tuple[Any, ...]:
    return AssessmentRow.regulation == of.regulation, AssessmentRow.counts_on.between(of.first_day, of.last_day)


def _withdrawn() -> Select[int]:
    return select(AssessmentRowWithdrawal.row_id)


# --- business partners -------------------------------------------------------------------------------


def add_partner(session: Session, of: Assessment, name: str, *, by: Actor, at: datetime) -> Partner:
    """A business partner (SP-1) is named, so that records can be about it. Raises Refused for a name that is there."""
    require_run(pack_for(of), by, sees=True)
    name = " ".join(name.split())
    taken = session.scalars(select(Partner).where(func.lower(Partner.name) == name.lower())).first() is not None
    refuse(
        wrong_length("name", name, LONGEST_NAME),
        Objection(INVALID, N_("There is a partner of this name already."), field="name") if taken else None,
    )
    assert by.person is not None, "somebody adds it"
    found = Partner(name=name, added_at=at, added_by=by.person)
    session.add(found)
    session.flush()
    return found
