"""Fines that a regulation attaches to results (SAL-4, MS-10): shown to whoever runs it, proposed one by one as single
fines to the penalty process, where the person is told and heard and the general manager decides; or set aside.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from models import Assessment, AssessmentFine, Penalty, Person
from workflow import assessment_roles, assessment_run
from workflow import penalty as penalties
from workflow.assessment_period import Period
from workflow.people import wrong_length
from workflow.process import FORBIDDEN, INVALID, MOVED_ON, N_, NOT_FOUND, Objection, Refused, refuse
from workflow.proposal import Proposal
from workflow.ranking import Results
from workflow.roles import Actor
from workflow.texts import clean

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


def facts(of: Assessment, each: Due) -> str:
    """2026年2月用户满意度管理办法：“接待”得分低于规定."""
    pack = assessment_run.pack_for(of)
    period = Period.named(of.period).in_chinese
    return f"{period}，《{pack.title.zh}》考核：“{title(of, each.because, 'zh')}”低于规定，按第{each.rule}条处理。"


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
    return Proposal(
        respondent=each.person, facts=facts(of, each), rule=each.rule, occurred_on=of.last_day, fine=each.fen,
        fine_version=of.regulation_version,
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
