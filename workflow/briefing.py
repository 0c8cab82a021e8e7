"""What the briefing of a month says (LIFE-1): results against targets, trends, the best and the worst, plans that run,
and what the system's own records tell of questions (LIFE-2) and of customers handed over (LIFE-3).

Results are those that assessments have stored; what the system records is drawn afresh. Units are named, people never.
Figures that few people answered in confidence are left out, whoever reads it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from models import Assessed, Assessment, AssessmentResult, Complaint, Department, Plan, PlanState, Team
from workflow import assessment, assessment_roles, assessment_run
from workflow.assessment_cases import COUNTS
from workflow.assessment_figures import HUNDRED, rounded
from workflow.assessment_pack import AssessmentPack, pack_of
from workflow.assessment_period import Period
from workflow.assessment_places import Places
from workflow.assessment_shape import SubjectKind
from workflow.assessment_stored import StoredRows
from workflow.target_letter import named_unit, plain, title_of

MONTHS, BEST, MOST_PLANS = 6, 3, 20
ANSWERED, CONTACTED = "answered_in_time", "contacted_in_time"
Json = dict[str, Any]


@dataclass(frozen=True)
class Counted:
    """Of how many something was done in time."""

    whole: int = 0
    in_time: int = 0

    def __add__(self, other: "Counted") -> "Counted":
        return Counted(self.whole + other.whole, self.in_time + other.in_time)

    @property
    def share(self) -> Decimal | None:
        """In per cent, with two decimals; None where there was none."""
        found = rounded(HUNDRED * self.in_time / self.whole, 2) if self.whole else None
        return found if isinstance(found, Decimal) else None

    def as_json(self) -> Json:
        share = self.share
        return {"whole": self.whole, "in_time": self.in_time, "share": plain(share) if share is not None else None}


def told(session: Session, pack: AssessmentPack, month: str, *, zone: ZoneInfo, at: datetime) -> Json:
    """Everything that the briefing says, as a letter freezes it; `pack` is the regulation of LIFE-1 in force."""
    period = Period.named(month)
    results = list(_results(session, period))
    reached = [each for each in results if each["achievement"] is not None]
    ranked = sorted(reached, key=lambda each: -Decimal(each["achievement"]))
    return {
        "month": month,
        "at": at.astimezone(zone).isoformat(),
        "results": results,
        "best": ranked[: min(BEST, -(-len(ranked) // 2))],
        "worst": list(reversed(ranked))[: min(BEST, len(ranked) // 2)],
        "reached": sum(each["is_reached"] for each in reached),
        "compared": len(reached),
        "services": _services(session, pack, period, zone),
        "trend": [_month(session, pack, each, zone) for each in _months(period)],
        "plans": _plans(session),
        "plans_in_all": session.scalar(select(func.count()).select_from(Plan).where(_runs())) or 0,
    }


def _months(last: Period) -> list[Period]:
    found = [last]
    while len(found) < MONTHS:
        found.append(found[-1].previous())
    return list(reversed(found))


# --- results against targets ---------------------------------------------------------------------------


def _results(session: Session, month: Period) -> Iterator[Json]:
    """What was assessed over a period that ended in the month: of units, with a target or without."""
    query = (
        select(Assessment)
        .where(Assessment.kind.in_((SubjectKind.DEPARTMENT.value, SubjectKind.TEAM.value)),
               Assessment.computed_at.is_not(None), Assessment.last_day >= month.first_day,
               Assessment.last_day <= month.last_day)
        .options(joinedload(Assessment.regulation_version))
        .order_by(Assessment.regulation, Assessment.period, Assessment.id)
    )  # fmt: skip
    for of in session.scalars(query):
        pack, before = pack_of(of.regulation_version), _before(session, of)
        units = select(Assessed).filter_by(assessment_id=of.id).options(
            selectinload(Assessed.results), joinedload(Assessed.department),
            joinedload(Assessed.team).joinedload(Team.department),
        )  # fmt: skip
        for each in session.scalars(units.order_by(Assessed.seat_id, Assessed.id)):
            yield from _of_unit(of, pack, each, before)


def _before(session: Session, of: Assessment) -> dict[tuple[int, str], Decimal]:
    """The figures of the period before, by unit and measure; those kept in confidence are left out."""
    earlier = assessment_run.before(session, of)
    if earlier is None:
        return {}
    pack = pack_of(earlier.regulation_version)
    query = select(Assessed).filter_by(assessment_id=earlier.id).options(selectinload(Assessed.results))
    return {
        (each.subject_id, result.measure): result.shown
        for each in session.scalars(query)
        for result in each.results
        if result.part is None and result.shown is not None and not _is_hidden(pack, result)
    }


def _of_unit(
    of: Assessment, pack: AssessmentPack, each: Assessed, before: dict[tuple[int, str], Decimal]
) -> Iterator[Json]:
    for result in each.results:
        if result.part is None and result.target is not None and not _is_hidden(pack, result):
            earlier = before.get((each.subject_id, result.measure))
            yield {**_line(of, pack, each, result), "before": plain(earlier) if earlier is not None else None}


def _is_hidden(pack: AssessmentPack, result: AssessmentResult) -> bool:
    """Of too few answers in confidence; a briefing goes to many."""
    few = 0 < result.answers < assessment_roles.ENOUGH_ANSWERS
    return few and assessment_roles.is_confidential(pack, result.measure)


def _line(of: Assessment, pack: AssessmentPack, each: Assessed, result: AssessmentResult) -> Json:
    measure, target = pack.measures[result.measure], result.target
    assert target is not None, "only what has a target is told"
    is_reached = result.shown is not None and (
        result.shown >= target if measure.direction == "higher" else result.shown <= target
    )
    achievement = result.score if measure.standard is not None and measure.standard.target is not None else None
    return {
        "unit_named": named_unit(each.department or each.team),
        "regulation": title_of(pack.title),
        "measure": title_of(measure.title),
        "period": of.period,
        "value": plain(result.shown) if result.shown is not None else None,
        "target": plain(target),
        "unit": measure.unit,
        "direction": measure.direction,
        "achievement": plain(round(achievement, 2)) if achievement is not None else None,
        "is_reached": is_reached,
    }


# --- what the system records ---------------------------------------------------------------------------


def _services(session: Session, pack: AssessmentPack, period: Period, zone: ZoneInfo) -> list[Json]:
    """Each department with its questions and its customers handed over, those due in the month."""
    found = _counted(session, pack, period, zone)
    departments = session.scalars(select(Department).where(Department.id.in_(list(found))).order_by(Department.id))
    return [
        {"unit_named": named_unit(each), "answered": answered.as_json(), "contacted": contacted.as_json()}
        for each in departments
        for answered, contacted in [found[each.id]]
        if answered.whole or contacted.whole
    ]


def _month(session: Session, pack: AssessmentPack, period: Period, zone: ZoneInfo) -> Json:
    """One month of the company as a whole."""
    answered, contacted = Counted(), Counted()
    for mine, theirs in _counted(session, pack, period, zone).values():
        answered, contacted = answered + mine, contacted + theirs
    bounds = Places(session, period, zone).bounds
    filed = select(func.count()).select_from(Complaint).where(COUNTS, bounds.holds(Complaint.filed_at))
    return {
        "month": period.name, "answered": answered.as_json(), "contacted": contacted.as_json(),
        "complaints": session.scalar(filed) or 0,
    }  # fmt: skip


def _counted(
    session: Session, pack: AssessmentPack, period: Period, zone: ZoneInfo
) -> dict[int, tuple[Counted, Counted]]:  # fmt: skip
    """By department, as the measures of the regulation count."""
    wanted = {name: pack.measures[name] for name in (ANSWERED, CONTACTED)}
    pack, places = pack.model_copy(update={"measures": wanted}), Places(session, period, zone)
    rows = StoredRows(session, pack, SubjectKind.DEPARTMENT, places)
    found = {}
    for department in places.subjects(SubjectKind.DEPARTMENT):
        results = assessment.measured(pack, rows.of(department))
        found[department] = _both(results[ANSWERED]), _both(results[CONTACTED])
    return found


def _both(result: assessment.Result) -> Counted:
    """The two counts that the share was made of: those in time, and all."""
    in_time, whole = result.inputs
    return Counted(whole.number, in_time.number if whole.number else 0)


# --- improvement plans -----------------------------------------------------------------------------------


def _runs() -> Any:
    return Plan.state.in_((PlanState.WORKING, PlanState.DONE))


def _plans(session: Session) -> list[Json]:
    """Those that run, the soonest first."""
    query = select(Plan).where(_runs()).options(joinedload(Plan.department)).order_by(Plan.due_on, Plan.id)
    return [
        {"number": plan.number, "title": plan.title, "unit_named": named_unit(plan.department),
         "due_on": plan.due_on.isoformat(), "state": plan.state.value}
        for plan in session.scalars(query.limit(MOST_PLANS))
    ]  # fmt: skip
