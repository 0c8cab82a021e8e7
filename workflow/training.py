"""Trainings from weak items (SAL-7, AFT-1, OPS-1): the weakest items of an assessment, a training planned because of
one, who takes part, who was there, and whether the item's figure was better in the period after. A measure that is not
told apart by items is one itself, by its score.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal

from sqlalchemy import ColumnElement, and_, false, or_, select, true
from sqlalchemy.orm import Session, joinedload, selectinload
from sqlalchemy.sql.base import ExecutableOption

from models import Assessed, Assessment, AssessmentResult, Department, Person, Training, TrainingParticipant
from workflow import assessment_roles
from workflow.assessment_pack import AssessmentPack
from workflow.assessment_roles import headed_by, is_manager
from workflow.assessment_run import pack_for
from workflow.people import wrong_length
from workflow.process import FORBIDDEN, INVALID, MOVED_ON, N_, NOT_FOUND, Objection, Refused, refuse
from workflow.roles import Actor
from workflow.texts import clean

LONGEST = 500
LONGEST_TOPIC, LONGEST_TRAINER = 120, 60
SHOWN = 5
# The step of a regulation by which it plans trainings, and the outcome of a grade that does (AFT-1).
STEP, OUTCOME = "train", "training"
CENT = Decimal("0.01")


@dataclass(frozen=True)
class Weak:
    """One item of a measure, or, without an item, the measure: the mean over everybody who has a figure, and who stand
    below it, the lowest first."""

    measure: str
    item: str
    mean: Decimal
    below: list[tuple[Assessed, Decimal]]


@dataclass(frozen=True)
class Wish:
    """A training as somebody plans it."""

    measure: str
    item: str
    topic: str
    day: date | None
    trainer: str
    people: Sequence[Person]


def trains(pack: AssessmentPack) -> bool:
    """Whether the regulation plans trainings from its results."""
    return STEP in pack.steps or OUTCOME in pack.outcomes


def weakest(session: Session, of: Assessment, by: Actor) -> list[Weak]:
    """The items with the lowest means, of the results that this person sees; a figure nobody may see is in none."""
    pack = pack_for(of)
    meant = {name: measure for name, measure in pack.measures.items() if measure.about is not None}
    by_item = [name for name, measure in meant.items() if measure.by is not None]
    scored = [name for name, measure in meant.items() if measure.by is None and measure.standard is not None]
    query = (
        select(Assessed, AssessmentResult)
        .join(AssessmentResult, AssessmentResult.assessed_id == Assessed.id)
        .where(
            Assessed.assessment_id == of.id, assessment_roles.visible(pack.owner, by),
            or_(
                and_(AssessmentResult.measure.in_(by_item), AssessmentResult.part.is_not(None)),
                and_(AssessmentResult.measure.in_(scored), AssessmentResult.part.is_(None)),
            ),
        )
        .options(joinedload(Assessed.person))
    )  # fmt: skip
    found: dict[tuple[str, str], list[tuple[Assessed, Decimal]]] = {}
    for assessed, result in session.execute(query):
        figure = _figure(result)
        if figure is not None and not assessment_roles.is_kept(pack, result, by):
            found.setdefault((result.measure, result.part or ""), []).append((assessed, figure))
    items = [_weak(measure, item, figures) for (measure, item), figures in found.items()]
    return sorted(items, key=lambda each: (each.mean, each.measure, each.item))[:SHOWN]


def _figure(result: AssessmentResult) -> Decimal | None:
    """Of an item as it is shown; of a whole measure its score, which can be compared with that of another."""
    if result.part is not None or result.score is None:
        return result.shown if result.part is not None else None
    return result.score.quantize(CENT, ROUND_HALF_UP)


def _weak(measure: str, item: str, figures: list[tuple[Assessed, Decimal]]) -> Weak:
    mean = _mean([figure for _who, figure in figures])
    below = sorted(((who, figure) for who, figure in figures if figure < mean), key=lambda pair: (pair[1], pair[0].id))
    return Weak(measure, item, mean, below)


def _mean(figures: Sequence[Decimal]) -> Decimal:
    return (sum(figures, Decimal(0)) / len(figures)).quantize(CENT, ROUND_HALF_UP)


@dataclass(frozen=True)
class Effect:
    """The item's mean over those who were there, in the period of the training's cause and in the one after it."""

    before: Decimal | None
    after: Decimal | None


def effect(session: Session, training: Training) -> Effect:
    """What became of the item for those who attended; nothing where nobody did or nothing is measured yet."""
    there = [each.person_id for each in training.participants if each.attended]
    return Effect(
        _mean_of(session, training.assessment, training, there),
        _mean_of(session, _next(session, training), training, there),
    )


def _next(session: Session, training: Training) -> Assessment | None:
    of = training.assessment
    query = select(Assessment).where(
        Assessment.regulation == of.regulation, Assessment.kind == of.kind, Assessment.first_day > training.held_on,
        Assessment.computed_at.is_not(None),
    )  # fmt: skip
    return session.scalars(query.order_by(Assessment.first_day).limit(1)).first()


def _mean_of(session: Session, of: Assessment | None, training: Training, people: list[int]) -> Decimal | None:
    if of is None or not people:
        return None
    part = AssessmentResult.part == training.item if training.item else AssessmentResult.part.is_(None)
    query = select(AssessmentResult).join(Assessed).where(
        Assessed.assessment_id == of.id, Assessed.person_id.in_(people), AssessmentResult.measure == training.measure,
        part,
    )  # fmt: skip
    figures = [figure for result in session.scalars(query) if (figure := _figure(result)) is not None]
    return _mean(figures) if figures else None


# --- who may what ------------------------------------------------------------------------------------


def may_plan(of: Assessment, by: Actor) -> bool:
    """Whoever runs the regulation, where it plans trainings."""
    pack = pack_for(of)
    return of.kind == "person" and trains(pack) and assessment_roles.runs(pack.owner, by)


def may_see(training: Training, by: Actor) -> bool:
    """Who sees all results, heads of the department, and whoever takes part; the same sentences as `visible_to`."""
    person = by.person
    if person is None or by.has_left:
        return False
    if assessment_roles.sees_all(pack_for(training.assessment).owner, by):
        return True
    return training.department_id in headed_by(by) or person.id in {each.person_id for each in training.participants}


def visible_to(session: Session, by: Actor) -> ColumnElement[bool]:
    person = by.person
    if person is None or by.has_left:
        return false()
    if is_manager(by):
        return true()
    used = session.scalars(select(Assessment).where(Assessment.id.in_(select(Training.assessment_id)))).all()
    whole = [of.id for of in used if assessment_roles.sees_all(pack_for(of).owner, by)]
    mine = select(TrainingParticipant.training_id).where(TrainingParticipant.person_id == person.id)
    return or_(Training.assessment_id.in_(whole), Training.department_id.in_(headed_by(by)), Training.id.in_(mine))


def found(session: Session, by: Actor) -> Sequence[Training]:
    """Those that exist for this person, the latest day first."""
    query = select(Training).where(visible_to(session, by)).options(*_whole())
    return session.scalars(query.order_by(Training.held_on.desc(), Training.id.desc())).unique().all()


def mine(session: Session, person: Person) -> Sequence[TrainingParticipant]:
    """The trainings in which somebody is to take part or took part, the latest first; cancelled ones are none."""
    query = (
        select(TrainingParticipant)
        .join(TrainingParticipant.training)
        .where(TrainingParticipant.person_id == person.id, Training.cancelled_at.is_(None))
        .options(joinedload(TrainingParticipant.training))
        .order_by(Training.held_on.desc(), Training.id.desc())
        .limit(SHOWN)
    )
    return session.scalars(query).all()


def one(session: Session, key: int, *, lock: bool = False) -> Training | None:
    query = select(Training).where(Training.id == key).options(*_whole())
    if lock:
        query = query.with_for_update(of=Training).execution_options(populate_existing=True)
    return session.scalars(query).unique().one_or_none()


def _whole() -> tuple[ExecutableOption, ...]:
    return (
        joinedload(Training.assessment).joinedload(Assessment.regulation_version), joinedload(Training.department),
        joinedload(Training.planned_by),
        selectinload(Training.participants).joinedload(TrainingParticipant.person),
    )  # fmt: skip


# --- planning and keeping ----------------------------------------------------------------------------


def plan(session: Session, of: Assessment, wish: Wish, *, by: Actor, at: datetime) -> Training:
    """SAL-7: a training with its topic, day, trainer and those who take part, because of one item."""
    topic, trainer = clean(wish.topic) or "", clean(wish.trainer) or ""
    pack = pack_for(of)
    if not may_plan(of, by):
        raise Refused([Objection(FORBIDDEN, N_("Only whoever is responsible for this regulation can do this."))])
    department = session.scalars(select(Department).where(Department.slug == pack.owner)).first()
    assert by.person is not None
    refuse(
        wrong_length("topic", topic, LONGEST_TOPIC, N_("Give the topic.")),
        wrong_length("trainer", trainer, LONGEST_TRAINER, N_("Name the trainer.")),
        Objection(INVALID, N_("Give the day."), field="day") if wish.day is None else None,
        Objection(INVALID, N_("Choose a day after the period that was assessed."), field="day")
        if wish.day is not None and wish.day <= of.last_day
        else None,
        Objection(INVALID, N_("Choose who takes part."), field="people") if not wish.people else None,
        Objection(INVALID, N_("Choose one of the items."), field="item")
        if (wish.measure, wish.item) not in {(each.measure, each.item) for each in weakest(session, of, by)}
        else None,
        Objection(INVALID, N_("%(names)s have left the company."), field="people", names=_gone(wish.people, at))
        if _gone(wish.people, at)
        else None,
    )
    assert wish.day is not None
    post = by.person.posting_at(at)
    key = department.id if department is not None else post.department_id if post is not None else None
    training = Training(
        assessment_id=of.id, department_id=key, measure=wish.measure, item=wish.item, topic=topic, held_on=wish.day,
        trainer=trainer, planned_at=at, planned_by=by.person,
        participants=[TrainingParticipant(person=each) for each in dict.fromkeys(wish.people)],
    )  # fmt: skip
    session.add(training)
    session.flush()
    return training


def _gone(people: Iterable[Person], at: datetime) -> tuple[str, ...]:
    return tuple(person.name for person in people if person.has_left_at(at))


def record(
    session: Session, training: Training, there: Mapping[int, bool | None], reasons: Mapping[int, str], *,
    by: Actor, at: datetime,
) -> int:  # fmt: skip
    """Who was there, by person, each once; whoever was not has a reason. How many were recorded now."""
    _only_who_runs(training, by)
    open_ = [each for each in training.participants if each.attended is None and there.get(each.person_id) is not None]
    today = by.office.calendar.day_of(at)
    said = {each.person_id: clean(reasons.get(each.person_id)) for each in open_}
    missing = tuple(each.person.name for each in open_ if not there[each.person_id] and not said[each.person_id])
    refuse(
        Objection(MOVED_ON, N_("This training was cancelled.")) if training.cancelled_at is not None else None,
        Objection(INVALID, N_("The training has not taken place yet.")) if today < training.held_on else None,
        Objection(INVALID, N_("Nothing was chosen.")) if not open_ else None,
        Objection(INVALID, N_("Why did %(names)s not attend?"), names=missing) if missing else None,
        Objection(INVALID, N_("At most %(most)d characters, please."), most=LONGEST)
        if any(len(reason or "") > LONGEST for reason in said.values())
        else None,
    )
    for each in open_:
        each.attended, each.recorded_at = there[each.person_id], at
        each.recorded_by_id = by.person.id if by.person is not None else None
        each.reason = None if each.attended else said[each.person_id]
    session.flush()
    return len(open_)


def cancel(session: Session, training: Training, *, reason: str, by: Actor, at: datetime) -> None:
    """It does not take place, for a reason."""
    _only_who_runs(training, by)
    said = clean(reason) or ""
    refuse(
        Objection(MOVED_ON, N_("This training was cancelled.")) if training.cancelled_at is not None else None,
        Objection(MOVED_ON, N_("It has taken place already."))
        if any(each.attended is not None for each in training.participants)
        else None,
        wrong_length("reason", said, LONGEST, N_("Give a reason.")),
    )
    training.cancelled_at, training.cancelled_because = at, said
    session.flush()


def _only_who_runs(training: Training, by: Actor) -> None:
    if not may_see(training, by):
        raise Refused([Objection(NOT_FOUND, N_("There is no such training."))])
    if not assessment_roles.runs(pack_for(training.assessment).owner, by):
        raise Refused([Objection(FORBIDDEN, N_("Only whoever is responsible for this regulation can do this."))])
