"""Targets (LIFE-1, KPI-1): drafted for a unit, measure and period, approved by the general manager, never changed.

What a unit is to reach is what was approved last and had begun. A change is a target of its own, from a day that has
not passed, with its reason; the one before it stays as it was.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload

from models import Department, RegulationVersion, Target, Team
from workflow import packs, target_roles
from workflow.assessment_pack import AssessmentPack, pack_of
from workflow.assessment_period import Cycle, Period
from workflow.assessment_shape import Measure, SubjectKind
from workflow.assessment_source import LARGEST_VALUE
from workflow.people import wrong_length
from workflow.process import FORBIDDEN, INVALID, MOVED_ON, N_, Objection, Refused, refuse
from workflow.roles import Actor
from workflow.texts import clean

# By which regulation targets are issued and reported (LIFE-1).
REGULATION = "lifecycle-touchpoints"
MOST_DECIMALS = 4
LONGEST_REASON = 500
Unit = Department | Team | None


@dataclass(frozen=True)
class Wanted:
    """A target as somebody drafts it: `from_day` and `reason` are asked for where it takes the place of another."""

    regulation: str
    measure: str
    unit: Unit
    period: str
    value: str
    from_day: date | None = None
    reason: str = ""


def draft(session: Session, wanted: Wanted, *, by: Actor, at: datetime) -> Target:
    """A target that waits for the general manager's approval. Raises Refused with everything that is amiss."""
    today = by.office.calendar.day_of(at)
    pack = _pack(session, wanted.regulation, today)
    refuse(None if target_roles.drafts(by, pack.owner) else Objection(FORBIDDEN, N_("You do not draft targets.")))
    measure = pack.measures.get(wanted.measure)
    period = _period(wanted.period)
    if measure is None or period is None:
        raise Refused([Objection(INVALID, N_("Choose a measure and a period."), field="measure")])
    value, earlier = _value(wanted.value), _approved(session, wanted, period)
    from_day = (wanted.from_day if earlier else period.first_day) or today
    refuse(
        *_misfits(pack, wanted.unit, period, today),
        _no_value(value, measure),
        *(_no_change(earlier[-1], from_day, wanted.reason, period, today) if earlier else ()),
        _waits_already(session, wanted, period),
    )
    assert value is not None and by.person is not None
    found = Target(
        regulation=wanted.regulation, measure=wanted.measure, period=period.name, value=value, from_day=from_day,
        reason=(clean(wanted.reason) or "") if earlier else "", drafted_at=at, drafted_by=by.person, note="",
        department_id=wanted.unit.id if isinstance(wanted.unit, Department) else None,
        team_id=wanted.unit.id if isinstance(wanted.unit, Team) else None,
    )  # fmt: skip
    session.add(found)
    session.flush()
    return found


def approve(session: Session, drafts: Sequence[Target], *, by: Actor, at: datetime) -> None:
    """Put drafts in force, all of them or none."""
    _require_manager(by)
    refuse(*(_decided(each) for each in drafts))
    assert by.person is not None
    today = by.office.calendar.day_of(at)
    for each in drafts:
        approved = [found for found in history(session, each) if found.is_approved]
        refuse(
            _unless(
                not approved or each.from_day >= today,
                N_("Its first day has passed meanwhile; it has to be drafted anew."),
            ),
            _unless(
                all(found.from_day < each.from_day for found in approved),
                N_("Another target holds from that day or later meanwhile; it has to be drafted anew."),
            ),
        )  # fmt: skip
        each.decided_at, each.decided_by, each.is_approved = at, by.person, True
        session.flush()


def decline(session: Session, target: Target, reason: str, *, by: Actor, at: datetime) -> None:
    """Not approved, with the reason; whoever drafted it may take it back without one."""
    assert by.person is not None
    is_own = target.drafted_by_id == by.person.id and not target_roles.approves(by)
    if not is_own:
        _require_manager(by)
    reason = clean(reason) or ""
    refuse(_decided(target), None if is_own and not reason else wrong_length("reason", reason, LONGEST_REASON))
    target.decided_at, target.decided_by, target.is_approved, target.note = at, by.person, False, reason
    session.flush()


def history(session: Session, of: Target) -> list[Target]:
    """Every target of the same unit, measure and period, the first one first."""
    people = joinedload(Target.drafted_by), joinedload(Target.decided_by)
    return list(session.scalars(same(of).options(*people).order_by(Target.from_day, Target.id)))


def same(of: Target) -> Select[Target]:
    return _of(of.regulation, of.measure, of.period, of.department_id, of.team_id)


def waiting() -> Select[Target]:
    """The drafts that nobody has decided on."""
    return select(Target).where(Target.decided_at.is_(None)).order_by(Target.id)


# --- what is to be reached ---------------------------------------------------------------------------


@dataclass(frozen=True)
class InForce:
    """The targets of a regulation that hold in one period: for a unit its own, else, of rates, its department's or the
    company's; for a shorter period, of rates, the year's.

    A sum that a unit has not been given a share of has no target: nobody divides it silently.
    """

    pack: AssessmentPack
    period: Period
    found: dict[tuple[str, str, int | None, int | None], Target]
    departments: dict[int, int]

    @classmethod
    def of(cls, session: Session, pack: AssessmentPack, period: Period, on: date) -> "InForce":
        """As they stand on a day of the period: approved, and begun."""
        names = [period.name, str(period.first_day.year)]
        query = select(Target).where(
            Target.regulation == pack.pack,
            Target.period.in_(names),
            Target.is_approved.is_(True),
            Target.from_day <= on,
        )
        ordered = query.options(joinedload(Target.department), joinedload(Target.team)).order_by(
            Target.from_day, Target.id
        )
        found = {(t.measure, t.period, t.department_id, t.team_id): t for t in session.scalars(ordered)}
        return cls(pack, period, found, {team.id: team.department_id for team in session.scalars(select(Team))})

    def target(self, measure: str, *, department: int | None = None, team: int | None = None) -> Target | None:
        """What this unit is to reach; None where nothing was decided."""
        own = self._of(measure, department, team)
        if own is not None or not is_a_rate(self.pack, measure):
            return own
        above = self._of(measure, self.departments.get(team), None) if team is not None else None
        return above or self._of(measure, None, None)

    def of_subject(self, kind: SubjectKind, subject: int) -> dict[str, Decimal]:
        """By measure what a subject of an assessment is to reach; people and partners have no targets of their own."""
        if kind not in (SubjectKind.DEPARTMENT, SubjectKind.TEAM):
            return {}
        unit = {kind.value: subject}
        found = {name: self.target(name, **unit) for name in self.pack.measures}
        return {name: each.value for name, each in found.items() if each is not None}

    def _of(self, measure: str, department: int | None, team: int | None) -> Target | None:
        own = self.found.get((measure, self.period.name, department, team))
        if own is not None or not is_a_rate(self.pack, measure):
            return own
        return self.found.get((measure, str(self.period.first_day.year), department, team))


def is_a_rate(pack: AssessmentPack, measure: str) -> bool:
    """Whether a figure is alike for large units and small ones, for a month and a year: a mean or share, no sum."""
    return pack.measures[measure].is_a_rate(pack.measures)


def _unless(condition: bool, sentence: str) -> Objection | None:
    return None if condition else Objection(INVALID, sentence)


# --- what is refused ---------------------------------------------------------------------------------


def _require_manager(by: Actor) -> None:
    refuse(
        None if target_roles.approves(by)
        else Objection(FORBIDDEN, N_("Only the general manager puts targets in force."))
    )  # fmt: skip


def _decided(target: Target) -> Objection | None:
    return None if target.is_draft else Objection(MOVED_ON, N_("Somebody has decided on this target already."))


def _pack(session: Session, regulation: str, today: date) -> AssessmentPack:
    version = session.scalars(RegulationVersion.in_force_on(regulation, today)).first()
    if regulation not in packs.ASSESSMENTS or version is None:
        raise Refused([Objection(INVALID, N_("Choose a measure of a regulation in force."), field="measure")])
    return pack_of(version)


def _period(name: str) -> Period | None:
    try:
        return Period.named(name)
    except ValueError:
        return None


def _value(typed: str) -> Decimal | None:
    """The number that was typed; None for what is none, or has too many digits."""
    try:
        found = Decimal(typed.strip().replace(",", "").replace("，", ""))
    except InvalidOperation:
        return None
    exponent = found.as_tuple().exponent
    if not found.is_finite() or not isinstance(exponent, int) or exponent < -MOST_DECIMALS:
        return None
    return found if abs(found) <= LARGEST_VALUE else None


def _misfits(pack: AssessmentPack, unit: Unit, period: Period, today: date) -> Iterable[Objection | None]:
    kind = SubjectKind.TEAM if isinstance(unit, Team) else SubjectKind.DEPARTMENT
    if unit is not None and kind not in pack.subjects:
        yield Objection(INVALID, N_("The regulation does not assess these."), field="unit")
    if period.cycle is not Cycle.YEAR and period.cycle not in pack.cycles:
        yield Objection(INVALID, N_("The regulation does not assess over such a period."), field="period")
    if period.last_day < today:
        yield Objection(INVALID, N_("The period is over; a target is set before."), field="period")


def _no_value(value: Decimal | None, measure: Measure) -> Objection | None:
    if value is None:
        sentence = N_("Give a number with at most %(most)d decimals.")
        return Objection(INVALID, sentence, field="value", most=MOST_DECIMALS)
    if value < 0 or (value == 0 and measure.direction == "higher"):
        return Objection(INVALID, N_("A target that is to be reached from below is above zero."), field="value")
    return None


def _no_change(
    earlier: Target, from_day: date, reason: str, period: Period, today: date
) -> Iterable[Objection | None]:  # fmt: skip
    yield wrong_length("reason", clean(reason) or "", LONGEST_REASON)
    if from_day < today or from_day not in period:
        yield Objection(INVALID, N_("It holds from a day of the period that has not passed."), field="from_day")
    elif from_day <= earlier.from_day:
        sentence = N_("The one before it holds from %(day)s; another holds from a later day.")
        yield Objection(INVALID, sentence, field="from_day", day=earlier.from_day)


def _waits_already(session: Session, wanted: Wanted, period: Period) -> Objection | None:
    query = _wanted(wanted, period).where(Target.decided_at.is_(None))
    if session.scalars(query).first() is None:
        return None
    return Objection(INVALID, N_("A draft of this target waits for approval already."), field="measure")


def _approved(session: Session, wanted: Wanted, period: Period) -> list[Target]:
    query = _wanted(wanted, period).where(Target.is_approved.is_(True))
    return list(session.scalars(query.order_by(Target.from_day, Target.id)))


def _wanted(wanted: Wanted, period: Period) -> Select[Target]:
    unit = wanted.unit
    department = unit.id if isinstance(unit, Department) else None
    return _of(
        wanted.regulation, wanted.measure, period.name, department, unit.id if isinstance(unit, Team) else None
    )  # fmt: skip


def _of(regulation: str, measure: str, period: str, department: int | None, team: int | None) -> Select[Target]:
    return select(Target).where(
        Target.regulation == regulation, Target.measure == measure, Target.period == period,
        Target.department_id.is_(None) if department is None else Target.department_id == department,
        Target.team_id.is_(None) if team is None else Target.team_id == team,
    )  # fmt: skip
