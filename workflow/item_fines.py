"""Fines that a regulation attaches to results (SAL-4, MS-10): shown to whoever runs it, proposed one by one as single
fines to the penalty process, where the person is told and heard and the general manager decides; or set aside.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Float, and_, cast, exists, func, or_, select
from sqlalchemy.orm import Session, joinedload

from models import Assessed, Assessment, AssessmentFine, AssessmentResult, Penalty, Person
from workflow import assessment_roles, assessment_run
from workflow import penalty as penalties
from workflow.assessment_consequence import SUBJECT, Consequence
from workflow.assessment_pack import AssessmentPack
from workflow.assessment_period import Period
from workflow.people import wrong_length
from workflow.process import FORBIDDEN, INVALID, MOVED_ON, N_, NOT_FOUND, Objection, Refused, refuse
from workflow.proposal import Proposal
from workflow.ranking import Results
from workflow.roles import Actor
from workflow.texts import clean
from workflow.told import Told

LONGEST = 1000


@dataclass(frozen=True)
class Due:
    """A fine that the regulation attaches to a result, and what became of it, if anything."""

    person: Person
    rule: str
    because: str
    fen: int
    became: AssessmentFine | None

    @property
    def key(self) -> str:
        return f"{self.person.username}/{self.rule}/{self.because}"


def due(session: Session, of: Assessment) -> list[Due]:
    """Every such fine of the assessment, in the order of the regulation."""
    results = Results(session, of)
    query = select(AssessmentFine).filter_by(assessment_id=of.id).options(joinedload(AssessmentFine.penalty))
    known = {(each.person_id, each.rule, each.because): each for each in session.scalars(query)}
    return [
        Due(person, each.rule, each.because, each.fen, known.get((person.id, each.rule, each.because)))
        for each in results.proposals()
        for person in [results.people[each.whom]]
        if each.kind == "fine" and each.fen
    ]


def undecided(session: Session, pack: AssessmentPack, by: Actor) -> list[tuple[Assessment, int]]:
    """Of closed results of this regulation how many such fines nobody has proposed or set aside, the earliest first;
    counted by the database, and without those about whoever asks, which are a colleague's to decide."""
    below = [each for rule in pack.consequences.values() if (each := _below(rule)) is not None]
    if not (below and by.office.company.fines_are_allowed and assessment_roles.runs(pack.owner, by)):
        return []
    assert by.person is not None, "the clock runs no regulation"
    query = (
        select(Assessment.id, func.count())
        .join(Assessed, Assessed.assessment_id == Assessment.id)
        .join(AssessmentResult, AssessmentResult.assessed_id == Assessed.id)
        .where(
            Assessment.regulation == pack.pack, Assessment.closed_at.is_not(None), Assessed.person_id != by.person.id,
            or_(*below),
        )
        .group_by(Assessment.id)
    )  # fmt: skip
    counts = {key: count for key, count in session.execute(query)}  # noqa: C416 - a row is no pair to mypy
    which = select(Assessment).where(Assessment.id.in_(counts)).options(joinedload(Assessment.regulation_version))
    return [(of, counts[of.id]) for of in session.scalars(which.order_by(Assessment.first_day))]


def _below(consequence: Consequence) -> ColumnElement[bool] | None:
    """The stored lines to which this sentence attaches a fine that was not decided yet."""
    shown, because = cast(AssessmentResult.shown, Float), AssessmentResult.part
    if (fine := consequence.per_item) is not None:
        is_below = and_(because.is_not(None), shown < float(fine.below or 0))
    elif (missed := consequence.missed) is not None and missed.whom == SUBJECT:
        because = AssessmentResult.measure
        is_below = and_(AssessmentResult.part.is_(None), shown < cast(AssessmentResult.target, Float))
    else:
        return None
    is_decided = exists().where(
        AssessmentFine.assessment_id == Assessed.assessment_id, AssessmentFine.person_id == Assessed.person_id,
        AssessmentFine.rule == consequence.rule, AssessmentFine.because == because,
    )  # fmt: skip
    return and_(AssessmentResult.measure == consequence.form.measure, is_below, ~is_decided)


def propose(session: Session, of: Assessment, keys: Sequence[str], *, by: Actor, at: datetime) -> list[Penalty]:
    """Each chosen fine becomes a penalty proposal of its own. All or none: Raises Refused as that process does."""
    chosen = _chosen(session, of, keys, by)
    refuse(Objection(INVALID, N_("Nothing was chosen.")) if not chosen else None)
    found = []
    for each in chosen:
        penalty = penalties.propose(_proposal(of, each), by=by, at=at).subject
        session.add(penalty)
        session.flush()
        _note(session, of, each, by, at, penalty=penalty)
        found.append(penalty)
    return found


def set_aside(session: Session, of: Assessment, key: str, *, reason: str, by: Actor, at: datetime) -> None:
    """It is not pursued, and the reason stays."""
    (each,) = _chosen(session, of, [key], by)
    said = clean(reason) or ""
    refuse(wrong_length("reason", said, LONGEST, N_("Give a reason.")))
    _note(session, of, each, by, at, reason=said)


def facts(of: Assessment, each: Due) -> Told:
    """2026年2月，《用户满意度管理办法》考核：“接待”低于规定，按第SAL-5条处理。"""
    regulation, period = assessment_run.pack_for(of).title, Period.named(of.period)
    zh, en = (title(of, each.because, language) for language in ("zh", "en"))
    return Told(
        f"{period.in_chinese}，《{regulation.zh}》考核：“{zh}”低于规定，按第{each.rule}条处理。",
        f"{regulation.en}, {period.in_english}: “{en}” was below what {each.rule} asks.",
    )


def title(of: Assessment, because: str, language: str) -> str:
    """The item or the measure by its title."""
    pack = assessment_run.pack_for(of)
    known = {name: measure.title for name, measure in pack.measures.items()}
    for source in pack.sources.values():
        for each in source.fields.values():
            known |= dict(each.choices or {})
    return str(getattr(known[because], language)) if because in known else because


def _chosen(session: Session, of: Assessment, keys: Sequence[str], by: Actor) -> list[Due]:
    pack = assessment_run.pack_for(of)
    refuse(
        assessment_roles.why_not_run(pack, by),
        Objection(INVALID, N_("Fines are proposed from closed results.")) if of.closed_at is None else None,
    )
    assessment_run.locked(session, of.id)
    known = {each.key: each for each in due(session, of)}
    if any(key not in known for key in keys):
        raise Refused([Objection(NOT_FOUND, N_("There is no such proposal."))])
    chosen = [known[key] for key in dict.fromkeys(keys)]
    refuse(
        Objection(MOVED_ON, N_("This proposal was decided already."))
        if any(each.became is not None for each in chosen)
        else None,
        Objection(FORBIDDEN, N_("Nobody decides what is proposed about themselves; ask a colleague."))
        if by.person is not None and any(each.person.id == by.person.id for each in chosen)
        else None,
    )
    return chosen


def _proposal(of: Assessment, each: Due) -> Proposal:
    told = facts(of, each)
    return Proposal(
        respondent=each.person, facts=told.zh, facts_en=told.en, rule=each.rule, occurred_on=of.last_day,
        fine=each.fen, fine_version=of.regulation_version,
    )  # fmt: skip


def _note(
    session: Session, of: Assessment, each: Due, by: Actor, at: datetime, *, penalty: Penalty | None = None,
    reason: str | None = None,
) -> None:  # fmt: skip
    assert by.person is not None
    session.add(
        AssessmentFine(
            assessment_id=of.id, person=each.person, rule=each.rule, because=each.because, amount=each.fen,
            decided_at=at, decided_by=by.person, penalty=penalty, reason=reason,
        )
    )  # fmt: skip
    session.flush()
