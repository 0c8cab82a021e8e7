"""Rankings (SAL-2, SAL-3, SAL-5): who stands on which place, published once by the head who runs the regulation.

Everything is read from the stored results of a closed assessment. Publishing proposes the rewards to the general
manager, who decides each; who shares a place shares it, and what each gets is theirs to say. Fines are in `item_fines`.
"""

from calendar import monthrange
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Assessed, Assessment, AssessmentPublication, Person, Reward, Role
from workflow import assessment_roles, assessment_run, reward, reward_reason
from workflow.assessment_consequence import Consequence, Proposal, Ranked, placed, proposed
from workflow.assessment_figures import Figure, Missing, NoData
from workflow.assessment_pack import AssessmentPack
from workflow.assessment_period import Period
from workflow.process import FORBIDDEN, INVALID, MOVED_ON, N_, Objection, refuse
from workflow.reward_roles import may_propose
from workflow.roles import Actor

PUBLISH_BY = "publish_by"


@dataclass(frozen=True)
class Stored:
    """One measure of one person as it is stored, with the same by item: as much as consequences look at."""

    shown: Figure
    target: Decimal | None
    parts: Mapping[str, "Stored"] = field(default_factory=dict)


@dataclass(frozen=True)
class Line:
    """One person of a group: the place, the score, and what the place brings; `fen` is 0 where it brings nothing."""

    person: Person
    place: int
    score: Decimal
    among: Decimal | None
    fen: int
    is_shared: bool


@dataclass(frozen=True)
class Group:
    """Those who are ranked together by one rule."""

    name: str
    rule: str
    ranked: Ranked
    lines: list[Line]

    @property
    def most(self) -> int:
        """The highest reward of the group, in fen."""
        return int(max(self.ranked.rewards or [Decimal(0)]) * 100)


class Results:
    """The stored results of an assessment of persons, by user name."""

    def __init__(self, session: Session, of: Assessment) -> None:
        self.session, self.of, self.pack = session, of, assessment_run.pack_for(of)
        self.people: dict[str, Person] = {}
        self.measured: dict[str, dict[str, Stored]] = {}
        for assessed in assessment_run.results(session, of):
            if assessed.person is not None:
                self.people[assessed.person.username] = assessed.person
                self.measured[assessed.person.username] = _measured(assessed)

    def proposals(self) -> list[Proposal]:
        """What the regulation attaches to these results, about the persons themselves."""
        found = proposed(self.pack.consequences.values(), self.measured)
        return [each for each in found if each.whom in self.people]

    def groups(self) -> list[Group]:
        return [
            Group(name, each.rule, each.ranked, list(self._lines(each, each.ranked)))
            for name, each in self.pack.consequences.items()
            if each.ranked is not None
        ]

    def _lines(self, of: Consequence, ranked: Ranked) -> Iterator[Line]:
        group = {who: m for who, m in self.measured.items() if ranked.among is None or ranked.among.takes(m)}
        rewards = {each.whom: each for each in proposed([of], self.measured)}
        scores = {who: measured[ranked.measure].shown for who, measured in group.items()}
        places = placed(scores)
        for who, place in sorted(places.items(), key=lambda item: item[::-1]):
            score, reward_ = scores[who], rewards.get(who)
            assert not isinstance(score, NoData), "who has a place has a figure"
            among = group[who][ranked.among.measure].shown if ranked.among is not None else None
            is_shared = list(places.values()).count(place) > 1
            yield Line(
                self.people[who], place, score, None if isinstance(among, NoData) else among,
                reward_.fen if reward_ is not None else 0, is_shared,
            )  # fmt: skip

    def unranked(self) -> list[Person]:
        """Who has a figure and is in no group: nobody asked their customers, or what they sold is not known."""
        groups = self.groups()
        ranked = {line.person.username for group in groups for line in group.lines}
        asked = {
            name for each in self.pack.consequences.values() if each.ranked is not None for name in each.measures()
        }
        return [
            self.people[who]
            for who, measured in self.measured.items()
            if who not in ranked and any(not isinstance(measured[name].shown, NoData) for name in asked)
        ]


def _measured(assessed: Assessed) -> dict[str, Stored]:
    whole = {line.measure: line for line in assessed.results if line.part is None}
    return {
        name: Stored(
            _figure(line.shown, name),
            line.target,
            {
                each.part: Stored(_figure(each.shown, name), each.target)
                for each in assessed.results
                if each.measure == name and each.part is not None
            },
        )
        for name, line in whole.items()
    }


def _figure(shown: Decimal | None, name: str) -> Figure:
    return shown if shown is not None else NoData(Missing.NO_ROWS, name)


def is_ranked(pack: AssessmentPack) -> bool:
    return any(each.ranked is not None for each in pack.consequences.values())


def attaches_anything(pack: AssessmentPack) -> bool:
    """Whether places or figures lead to anything: rewards, or fines alone (MS-10)."""
    return bool(pack.consequences)


def publication_of(session: Session, of: Assessment) -> AssessmentPublication | None:
    return session.scalars(select(AssessmentPublication).filter_by(assessment_id=of.id)).first()


def due_day(pack: AssessmentPack, period: Period) -> date | None:
    """SAL-5: until the end of which day of the following month the results are to be published; its last one at the
    latest, as a 31st is in February."""
    figure = pack.named_figures().get(PUBLISH_BY)
    if figure is None:
        return None
    first = period.next().first_day
    return first.replace(day=max(1, min(int(figure), monthrange(first.year, first.month)[1])))


def due_at(pack: AssessmentPack, period: Period, by: Actor) -> datetime | None:
    day = due_day(pack, period)
    if day is None:
        return None
    return datetime.combine(day + timedelta(days=1), time(), by.office.calendar.zone)


def may_look(of: Assessment, session: Session, by: Actor) -> bool:
    """Before it is published those who see all results; then also whoever is ranked, and heads of their departments."""
    pack = assessment_run.pack_for(of)
    if assessment_roles.sees_all(pack.owner, by):
        return True
    published = publication_of(session, of)
    if published is None or by.person is None or by.has_left:
        return False
    ranked = {line["person"] for group in published.groups for line in group["lines"]}
    mine = (
        select(Assessed.id)
        .join(Assessed.person)
        .where(
            Assessed.assessment_id == of.id, Person.username.in_(ranked), assessment_roles.visible(pack.owner, by)
        )
    )  # fmt: skip
    return session.scalars(mine.limit(1)).first() is not None


def names_are_shown(pack: AssessmentPack, group: Group, by: Actor) -> bool:
    """Where answers are given in confidence, nobody reads on which place others stand."""
    return not assessment_roles.is_confidential(pack, group.ranked.measure) or assessment_roles.sees_all(pack.owner, by)


# --- publishing --------------------------------------------------------------------------------------


def publish(session: Session, of: Assessment, *, by: Actor, at: datetime) -> AssessmentPublication:
    """SAL-5: whoever runs the regulation publishes the closed results, once, and proposes the rewards."""
    pack = assessment_run.pack_for(of)
    refuse(
        assessment_roles.why_not_run(pack, by),
        Objection(INVALID, N_("This regulation ranks nobody.")) if not is_ranked(pack) else None,
        Objection(INVALID, N_("Only closed results are published.")) if of.closed_at is None else None,
    )
    assessment_run.locked(session, of.id)
    refuse(
        Objection(MOVED_ON, N_("The results are published already.")) if publication_of(session, of) else None,
    )
    assert by.person is not None, "the clock publishes nothing"
    results = Results(session, of)
    published = AssessmentPublication(
        assessment_id=of.id, at=at, by=by.person, groups=[_told(group) for group in results.groups()]
    )
    session.add(published)
    session.flush()
    propose_rewards(session, of, by=by, at=at)
    return published


def _told(group: Group) -> dict[str, Any]:
    return {
        "name": group.name,
        "rule": group.rule,
        "lines": [
            {
                "person": line.person.username, "place": line.place, "score": str(line.score),
                "among": str(line.among) if line.among is not None else None, "fen": line.fen,
                "shared": line.is_shared,
            }
            for line in group.lines
        ],
    }  # fmt: skip


def missing_rewards(session: Session, of: Assessment) -> list[tuple[Group, Line]]:
    """The places of the published ranking that bring a reward which nobody has proposed yet."""
    groups = Results(session, of).groups()
    sources = {source_of(of, group): group for group in groups}
    known = session.execute(select(Reward.person_id, Reward.source).where(Reward.source.in_(sources)))
    there = {(person, source) for person, source in known}
    return [
        (group, line)
        for source, group in sources.items()
        for line in group.lines
        if line.fen and (line.person.id, source) not in there
    ]


def propose_rewards(session: Session, of: Assessment, *, by: Actor, at: datetime) -> list[Reward]:
    """What is missing is proposed to the general manager; nobody proposes their own, which human resources do."""
    pack = assessment_run.pack_for(of)
    refuse(
        Objection(FORBIDDEN, N_("Only whoever is responsible for this regulation can do this."))
        if not may_propose_rewards(pack, by)
        else None,
        Objection(INVALID, N_("The results are not published yet.")) if not publication_of(session, of) else None,
    )
    assert by.person is not None
    return [
        reward.propose(session, _wish(of, group, line), by=by, at=at)
        for group, line in missing_rewards(session, of)
        if line.person.id != by.person.id and not line.person.has_left_at(at)
    ]


def may_propose_rewards(pack: AssessmentPack, by: Actor) -> bool:
    runs = assessment_roles.runs(pack.owner, by) or Role.HUMAN_RESOURCES in by.roles
    return runs and may_propose(by)


def source_of(of: Assessment, group: Group) -> str:
    return f"assessment/{of.id}/{group.name}"


def _wish(of: Assessment, group: Group, line: Line) -> reward.Wish:
    """Of a shared place the amount is a mere suggestion: the decision says how much, up to the group's highest."""
    told = reward_reason.told(
        assessment_run.pack_for(of), Period.named(of.period), group.ranked, place=line.place, score=line.score,
        among=line.among, is_shared=line.is_shared,
    )  # fmt: skip
    return reward.Wish(
        line.person, of.regulation_version, group.rule, line.fen, told.zh, source_of(of, group), reason_en=told.en,
        place=line.place, most=group.most if line.is_shared else None,
    )  # fmt: skip
