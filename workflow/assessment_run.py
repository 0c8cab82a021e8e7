"""Running an assessment: opened for a regulation and a period, computed as a whole, its results stored.

    assessment = open_(session, pack, period, kind, scheme=…, by=actor, at=…)
    compute(session, assessment, zone=…, at=…)      # as often as rows change, until it is closed
    results(session, assessment)                    # of every subject, as stored

Computing replaces all results in one transaction: whoever reads sees the old ones or the new ones. Who may do what
stands in `assessment_roles`, what heads and owners do afterwards in `assessment_steps`.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Select, delete, insert, select, update
from sqlalchemy.orm import Session, selectinload

from models import (
    SUBJECTS,
    Assessed,
    Assessment,
    AssessmentAct,
    AssessmentAdjustment,
    AssessmentComputation,
    AssessmentResult,
    FileState,
    RegulationVersion,
)
from models.made_file import UNFINISHED
from workflow import assessment, assessment_roles
from workflow.assessment import Given, Result
from workflow.assessment_concern import concerned
from workflow.assessment_consequence import placed
from workflow.assessment_figures import Figure, NoData
from workflow.assessment_pack import AssessmentPack, pack_of
from workflow.assessment_period import Period
from workflow.assessment_places import Places
from workflow.assessment_shape import Scheme, SubjectKind
from workflow.assessment_stored import StoredRows
from workflow.process import INVALID, N_, NOT_FOUND, Objection, Refused, refuse
from workflow.roles import Actor
from workflow.targets import InForce

# How many rows one statement inserts.
AT_ONCE = 2_000
ONE = Decimal(1)


def open_(
    session: Session, pack: AssessmentPack, period: Period, kind: SubjectKind, *, scheme: str | None, by: Actor,
    at: datetime,
) -> Assessment:  # fmt: skip
    """A new assessment, waiting to be computed. Raises Refused where the actor does not run this regulation, the
    regulation has no such cycle, subject or total, was not in force, or where there is one already."""
    version = _version_on(session, pack.pack, period.last_day)
    today = by.office.calendar.day_of(at)
    refuse(assessment_roles.why_not_run(pack, by))
    if version is None:
        raise _refused(N_("The regulation is not in force on %(day)s."), "period", day=period.last_day)
    pack = pack_of(version)
    refuse(*_misfits(pack, period, kind, scheme, today))
    if session.scalars(_same(pack.pack, period, kind, scheme)).first() is not None:
        raise _refused(N_("There is an assessment of this period already."), "period")
    assert by.person is not None, "the clock runs no assessment"
    opened = Assessment(
        regulation=pack.pack, scheme=scheme, kind=kind.value, period=period.name, first_day=period.first_day,
        last_day=period.last_day, regulation_version=version, opened_at=at, opened_by=by.person,
    )  # fmt: skip
    session.add(opened)
    session.flush()
    session.add(AssessmentAct(assessment=opened, action="open", at=at, by=by.person, note=""))
    ask(session, opened, by=by, at=at)
    return opened


def _misfits(
    pack: AssessmentPack, period: Period, kind: SubjectKind, scheme: str | None, today: date
) -> Iterator[Objection | None]:
    if period.cycle not in pack.cycles:
        yield Objection(INVALID, N_("The regulation does not assess over such a period."), field="period")
    if kind not in pack.subjects:
        yield Objection(INVALID, N_("The regulation does not assess these."), field="kind")
    if (scheme is None) != (not pack.schemes) or (scheme is not None and scheme not in pack.schemes):
        yield Objection(INVALID, N_("The regulation has no such total."), field="scheme")
    if period.first_day > today:
        yield Objection(INVALID, N_("The period has not begun."), field="period")


def _refused(sentence: str, field: str, **values: object) -> Refused:
    return Refused([Objection(INVALID, sentence, field=field, **values)])


def _same(regulation: str, period: Period, kind: SubjectKind, scheme: str | None) -> Select[Assessment]:
    total = Assessment.scheme.is_(None) if scheme is None else Assessment.scheme == scheme
    return select(Assessment).where(
        Assessment.regulation == regulation, Assessment.period == period.name, Assessment.kind == kind.value, total
    )


def before(session: Session, of: Assessment) -> Assessment | None:
    """The same assessment of the period before, if there was one."""
    period, kind = Period.named(of.period).previous(), SubjectKind(of.kind)
    return session.scalars(_same(of.regulation, period, kind, of.scheme)).first()


def _version_on(session: Session, regulation: str, day: date) -> RegulationVersion | None:
    return session.scalars(RegulationVersion.in_force_on(regulation, day)).first()


def pack_for(of: Assessment) -> AssessmentPack:
    """The regulation by which it was computed."""
    return pack_of(of.regulation_version)


def scheme_of(of: Assessment) -> Scheme | None:
    return pack_for(of).schemes[of.scheme] if of.scheme is not None else None


def ask(session: Session, of: Assessment, *, by: Actor, at: datetime) -> AssessmentComputation:
    """Have it computed; whoever asks while it waits gets the computation that waits. Raises Refused once closed."""
    if of.stage != "open":
        raise _refused(N_("Only an open assessment is computed."), "")
    assert by.person is not None, "the clock asks for none"
    waiting = select(AssessmentComputation).filter_by(assessment_id=of.id, state=FileState.WAITING)
    found = session.scalars(waiting).first()
    if found is None:
        found = AssessmentComputation(assessment=of, state=FileState.WAITING, asked_at=at, asked_by_id=by.person.id)
        session.add(found)
        session.flush()
    return found


def locked(session: Session, key: int) -> Assessment:
    """The assessment, held against everybody else's steps. Raises Refused where there is none."""
    query = select(Assessment).where(Assessment.id == key).with_for_update().execution_options(populate_existing=True)
    found = session.scalars(query).first()
    if found is None:
        raise Refused([Objection(NOT_FOUND, N_("There is no such assessment."))])
    return found


def compute(session: Session, of: Assessment, *, zone: ZoneInfo, at: datetime) -> None:
    """Replace all results by those of the rows that there are now; whoever asked until `at` has them herewith. Raises
    RowRefused for rows that contradict each other, Refused where it is open no more; then nothing is changed."""
    if of.stage != "open":
        raise _refused(N_("Only an open assessment is computed."), "")
    version = _version_on(session, of.regulation, of.last_day)
    if version is not None:
        of.regulation_version = version
    pack, kind = pack_for(of), SubjectKind(of.kind)
    places = Places(session, Period.named(of.period), zone)
    rows = StoredRows(session, pack, kind, places)
    seats = concerned(session, places.subjects(kind), rows)
    given = _given(session, of, seats, rows)
    found = assessment.assess(pack, given, scheme=of.scheme)
    _store(session, of, seats, found, given)
    of.computed_at = at
    asked = update(AssessmentComputation).where(
        AssessmentComputation.assessment_id == of.id, AssessmentComputation.state.in_(UNFINISHED),
        AssessmentComputation.asked_at <= at,
    )  # fmt: skip
    session.execute(asked.values(state=FileState.DONE, finished_at=at, last_error=None))
    session.flush()


def _given(session: Session, of: Assessment, seats: Iterable[int], rows: StoredRows) -> dict[str, Given]:
    """What each subject brings: its rows, what it is to reach on the last day (KPI-1), and how it was adjusted."""
    adjusted = adjustments(session, of)
    targets = InForce.of(session, rows.pack, Period.named(of.period), of.last_day)
    found = {}
    for subject in seats:
        given = Given(rows.of(subject), targets.of_subject(rows.kind, subject))
        if (own := adjusted.get(subject)) is not None:
            given = replace(given, factor=own.factor, reason=own.reason)
        found[str(subject)] = given
    return found


def adjustments(session: Session, of: Assessment) -> dict[int, AssessmentAdjustment]:
    """The newest adjustment of each subject, by the subject's id."""
    query = select(AssessmentAdjustment).filter_by(assessment_id=of.id).order_by(AssessmentAdjustment.id)
    return {found.subject_id: found for found in session.scalars(query)}


def results(session: Session, of: Assessment) -> list[Assessed]:
    """What came of every subject, with its lines, by place."""
    query = select(Assessed).filter_by(assessment_id=of.id).options(selectinload(Assessed.results))
    return sorted(session.scalars(query), key=lambda each: (each.place is None, each.place or 0, each.id))


# --- storing -----------------------------------------------------------------------------------------


def _store(
    session: Session, of: Assessment, seats: Mapping[int, int | None], found: Mapping[str, assessment.Assessed],
    given: Mapping[str, Given],
) -> None:  # fmt: skip
    session.flush()
    mine = select(Assessed.id).where(Assessed.assessment_id == of.id)
    session.execute(delete(AssessmentResult).where(AssessmentResult.assessed_id.in_(mine)))
    session.execute(delete(Assessed).where(Assessed.assessment_id == of.id))
    scheme = scheme_of(of)
    places = _places(pack_for(of), scheme, found)
    heads = [
        {"assessment_id": of.id, **_subject(of.kind, int(subject)), "seat_id": seats[int(subject)],
         **_total(each, scheme), "factor": given[subject].factor, "factor_reason": given[subject].reason,
         "place": places.get(subject)}
        for subject, each in found.items()
    ]  # fmt: skip
    _insert(session, Assessed, heads)
    column = getattr(Assessed, f"{of.kind}_id")
    found_keys = session.execute(select(column, Assessed.id).where(Assessed.assessment_id == of.id))
    keys = {subject: key for subject, key in found_keys}  # noqa: C416 - a row is no pair to the type checker
    pack = pack_for(of)
    lines = (line for subject, each in found.items() for line in _lines(pack, keys[int(subject)], each.results))
    _insert(session, AssessmentResult, lines)
    session.expire_all()


def _places(
    pack: AssessmentPack, scheme: Scheme | None, found: Mapping[str, assessment.Assessed]
) -> Mapping[str, int | None]:  # fmt: skip
    """By the total; where the regulation has none, by its first measure."""
    if scheme is not None:
        return dict(placed({subject: each.shown for subject, each in found.items()}))
    first = next(iter(pack.measures))
    return {subject: each.results[first].place for subject, each in found.items()}


def _insert(session: Session, table: type[Assessed] | type[AssessmentResult], rows: Iterable[dict[str, Any]]) -> None:
    some: list[dict[str, Any]] = []
    for row in rows:
        some.append(row)
        if len(some) == AT_ONCE:
            session.execute(insert(table), some)
            some = []
    if some:
        session.execute(insert(table), some)


def _subject(kind: str, subject: int) -> dict[str, int | None]:
    return {f"{each}_id": subject if each == kind else None for each in SUBJECTS}


def _total(each: assessment.Assessed, scheme: Scheme | None) -> dict[str, Any]:
    grades = scheme.grades if scheme is not None else None
    grade = next((at for at, one in enumerate(grades or ()) if one is each.grade), None)
    return {
        "total": _number(each.total), "unadjusted": _number(each.unadjusted), "shown": _number(each.shown),
        "grade": grade, "missing": _missing(each.total), "left_out": list(each.left_out),
    }  # fmt: skip


def _lines(pack: AssessmentPack, assessed: int, found: Mapping[str, Result]) -> Iterator[dict[str, Any]]:
    for result in found.values():
        yield _line(assessed, result, None, _answers(pack, found, result))
        for part, each in result.parts.items():
            yield _line(assessed, each, part, _answers(pack, found, each))


def _line(assessed: int, result: Result, part: str | None, answers: int) -> dict[str, Any]:
    return {
        "assessed_id": assessed, "measure": result.measure, "part": part, "value": _number(result.value),
        "shown": _number(result.shown), "score": _number(result.score), "place": result.place,
        "target": result.target, "missing": _missing(result.value), "unscored": _missing(result.score),
        "inputs": [
            {"sum": str(each.aggregate), "function": each.aggregate.function, "source": each.aggregate.source,
             "figure": str(each.figure) if isinstance(each.figure, Decimal) else None,
             "missing": _missing(each.figure), "rows": each.number}
            for each in result.inputs
        ],
        "measures": list(dict.fromkeys(result.measures)), "answers": answers,
    }  # fmt: skip


def _answers(pack: AssessmentPack, found: Mapping[str, Result], result: Result) -> int:
    """How many people answered in confidence at least, the fewest of all the sources that the figure stands on. Each
    gives an item one answer, and a sheet has several items."""
    if result.parts:
        return max(_answers(pack, found, part) for part in result.parts.values())
    rows: dict[str, int] = {}
    for each in result.inputs:
        if pack.sources[each.aggregate.source].answers != "named":
            rows[each.aggregate.source] = max(each.number, rows.get(each.aggregate.source, 0))
    others = [
        _answers(pack, found, found[name]) for name in result.measures if assessment_roles.is_confidential(pack, name)
    ]
    return min([*rows.values(), *others], default=0)


def _number(figure: Figure) -> Decimal | None:
    return None if isinstance(figure, NoData) else figure


def _missing(figure: Figure) -> list[str] | None:
    return [figure.why.value, figure.of] if isinstance(figure, NoData) else None
