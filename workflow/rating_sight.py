"""What is shown of ratings: to whoever runs a round how far it is, to whom they are about the words as feedback.

Single figures and words of peers are shown once enough of them have answered, to nobody before; they count all
the same.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, joinedload

from models import (
    Assessed,
    Assessment,
    AssessmentRow,
    Department,
    Person,
    RatingAsked,
    RatingDuty,
    RatingGiven,
    RatingRound,
)
from workflow.assessment_pack import pack_of
from workflow.assessment_roles import ENOUGH_PEERS
from workflow.assessment_source import PEERS
from workflow.regulation import Bilingual


def kept() -> Select[int]:
    """The rows of peers that nobody opens: too few have answered about the same person in the same round."""
    few = (
        select(RatingGiven.round_id, AssessmentRow.person_id)
        .join(RatingGiven.row)
        .where(RatingGiven.rated_as == PEERS)
        .group_by(RatingGiven.round_id, AssessmentRow.person_id)
        .having(func.count() < ENOUGH_PEERS)
        .subquery()
    )
    return (
        select(RatingGiven.row_id)
        .join(RatingGiven.row)
        .join(few, (few.c.round_id == RatingGiven.round_id) & (few.c.person_id == AssessmentRow.person_id))
        .where(RatingGiven.rated_as == PEERS)
    )


# --- feedback ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Said:
    """What one rater said in words: each about a field, by its title; None for what is about none."""

    rated_as: str
    words: Sequence[tuple[Bilingual | None, str]]


@dataclass(frozen=True)
class Feedback:
    """Of one round about one person: how many peers were asked and gave, what was said, whether theirs is kept."""

    source: Bilingual
    asked: int
    given: int
    is_open: bool
    is_kept: bool
    said: Sequence[Said]


def feedback(session: Session, of: Assessment, assessed: Assessed) -> list[Feedback]:
    """Of every round of the period in which this person was rated."""
    if assessed.person_id is None:
        return []
    in_period = RatingRound.counts_on.between(of.first_day, of.last_day)
    query = select(RatingRound).where(RatingRound.regulation == of.regulation, in_period).order_by(RatingRound.id)
    found = session.scalars(query.options(joinedload(RatingRound.regulation_version)))
    return [each for round_ in found if (each := _of_round(session, round_, assessed.person_id)) is not None]


def _of_round(session: Session, round_: RatingRound, person: int) -> Feedback | None:
    about = select(RatingAsked).join(RatingAsked.duty).where(RatingAsked.person_id == person)
    asked = session.scalars(about.where(RatingDuty.round_id == round_.id)).all()
    if not asked:
        return None
    peers = [each for each in asked if each.rated_as == PEERS]
    given = sum(each.given_on is not None and each.unable is None for each in peers)
    source, is_open = pack_of(round_.regulation_version).sources[round_.source], round_.closed_at is None
    said = [] if is_open else _said(session, round_, person, {name: f.title for name, f in source.fields.items()})
    return Feedback(source.title, len(peers), given, is_open, 0 < given < ENOUGH_PEERS, said)


def _said(session: Session, round_: RatingRound, person: int, titles: dict[str, Bilingual]) -> list[Said]:
    """By the random keys of the rows: no order tells who it was."""
    query = (
        select(RatingGiven)
        .join(RatingGiven.row)
        .where(RatingGiven.round_id == round_.id, AssessmentRow.person_id == person)
        .where(RatingGiven.row_id.not_in(kept()))
        .order_by(RatingGiven.rated_as.desc(), AssessmentRow.key)
    )
    found = []
    for each in session.scalars(query):
        words = [(titles.get(name), text) for name, text in each.comments.items()]
        words += [(None, each.words)] if each.words else []
        if words:
            found.append(Said(each.rated_as, words))
    return found


# --- how far a round is ------------------------------------------------------------------------------


@dataclass
class Progress:
    """Of one department's raters: how many ratings were asked and given, how many could not judge, who is not done."""

    department: Department
    asked: int = 0
    given: int = 0
    unable: int = 0
    waits: list[Person] = field(default_factory=list)

    @property
    def open(self) -> int:
        return self.asked - self.given - self.unable


def progress(session: Session, round_: RatingRound, at: datetime) -> tuple[list[Progress], list[str]]:
    """By the raters' departments; and why some could not judge, without their names. What was asked of or about
    somebody who left before it was given counts no more."""
    duties = session.scalars(RatingDuty.whole().where(RatingDuty.round_id == round_.id)).unique()
    found, reasons = dict[int, Progress](), list[str]()
    for duty in sorted(duties, key=lambda each: (each.rater.name, each.id)):
        post = duty.rater.posting_at(at)
        if post is None:
            continue
        line = found.setdefault(post.department_id, Progress(post.department))
        before = line.open
        for each in duty.asked:
            if each.given_on is None and (duty.rater.has_left_at(at) or each.person.has_left_at(at)):
                continue
            line.asked += 1
            line.given += each.given_on is not None and each.unable is None
            line.unable += each.unable is not None
            reasons += [each.unable] if each.unable is not None else []
        line.waits += [duty.rater] if line.open > before else []
    return [found[key] for key in sorted(found)], sorted(reasons)
