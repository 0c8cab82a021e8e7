"""Whom an assessment is about, and where people were on a row's day.

Whoever held a post in the period is assessed in it. What is said about somebody counts for the team and the department
of their post at the end of that day; before the first post and after the last, of that post.
"""

from bisect import bisect_right
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from models import Partner, Posting, Team
from workflow.assessment_period import Period
from workflow.assessment_shape import SubjectKind

# Whose rows count for whom: a department's are its own, its teams' and its people's.
FEEDS: Mapping[SubjectKind, tuple[str, ...]] = {
    SubjectKind.PERSON: ("person",),
    SubjectKind.TEAM: ("team", "person"),
    SubjectKind.DEPARTMENT: ("department", "team", "person"),
    SubjectKind.PARTNER: ("partner",),
}


@dataclass(frozen=True)
class Place:
    """A post's department and team, from a day on."""

    since: date
    department: int
    team: int | None


@dataclass(frozen=True)
class Bounds:
    """A period as moments: from the first, up to and without the second."""

    start: datetime
    end: datetime

    @classmethod
    def of(cls, period: Period, zone: ZoneInfo) -> "Bounds":
        start = datetime.combine(period.first_day, time(), zone)
        return cls(start, datetime.combine(period.last_day + timedelta(days=1), time(), zone))

    def holds(self, moment: InstrumentedAttribute[datetime]) -> ColumnElement[bool]:
        return and_(moment >= self.start, moment < self.end)


class Places:
    """Who held which post when, as far as one period asks for it."""

    def __init__(self, session: Session, period: Period, zone: ZoneInfo) -> None:
        self.session, self.period, self.zone = session, period, zone
        self.bounds = Bounds.of(period, zone)
        self.team_departments = {team.id: team.department_id for team in session.scalars(select(Team))}
        self._posts, self._present = self._read()

    def at(self, person: int, when: date) -> Place | None:
        """Where the person was on that day, or at that moment; None for who never had a post."""
        posts = self._posts.get(person)
        if not posts:
            return None
        day = when.astimezone(self.zone).date() if isinstance(when, datetime) else when
        return posts[max(bisect_right(posts, day, key=lambda post: post.since) - 1, 0)]

    def movers(self) -> ColumnElement[bool]:
        """Of a person in a query: a post of theirs began in the period, so that the row's day decides.

        `Posting.person_id` is to be compared with it.
        """
        return and_(Posting.since >= self.bounds.start, Posting.since < self.bounds.end)

    def subjects(self, kind: SubjectKind) -> dict[int, int | None]:
        """Who is assessed, each with the department under which it is shown: that of the last post in the period."""
        match kind:
            case SubjectKind.PERSON:
                seats = {person: self.at(person, self.period.last_day) for person in self._present}
                return {person: seat.department for person, seat in seats.items() if seat is not None}
            case SubjectKind.TEAM:
                teams = {place.team for place in self._held() if place.team is not None}
                return {team: self.team_departments[team] for team in sorted(teams)}
            case SubjectKind.DEPARTMENT:
                return {key: key for key in sorted({place.department for place in self._held()})}
            case _:
                before = Partner.added_at < self.bounds.end
                return dict.fromkeys(self.session.scalars(select(Partner.id).where(before).order_by(Partner.id)))

    def spans(self, kind: SubjectKind, key: int) -> Iterator[tuple[int, date | None, date | None]]:
        """Who was in this team or department and when: the person, the first day and the day after the last; None where
        there is no bound."""
        for person, posts in self._posts.items():
            for number, post in enumerate(posts):
                if key == (post.team if kind is SubjectKind.TEAM else post.department):
                    until = posts[number + 1].since if number + 1 < len(posts) else None
                    yield person, post.since if number else None, until

    def within(self, kind: SubjectKind, departments: Container[int]) -> set[int]:
        """Those of the subjects who were in one of these departments in the period; a partner is in none."""
        match kind:
            case SubjectKind.PERSON:
                return {
                    person for person in self._present
                    if any(place.department in departments for place in self._held_by(person))
                }  # fmt: skip
            case SubjectKind.TEAM:
                return {team for team, department in self.team_departments.items() if department in departments}
            case SubjectKind.DEPARTMENT:
                return {place.department for place in self._held() if place.department in departments}
            case _:
                return set(self.subjects(kind))

    def _held(self) -> Iterable[Place]:
        """The places of the period."""
        for person in self._present:
            yield from self._held_by(person)

    def _held_by(self, person: int) -> Iterable[Place]:
        posts = self._posts[person]
        for number, post in enumerate(posts):
            until = posts[number + 1].since if number + 1 < len(posts) else date.max
            if post.since <= self.period.last_day and until > self.period.first_day:
                yield post

    def _read(self) -> tuple[dict[int, list[Place]], list[int]]:
        columns = (Posting.person_id, Posting.since, Posting.until, Posting.department_id, Posting.team_id)
        posts: dict[int, list[Place]] = {}
        present = dict[int, None]()
        query = select(*columns).where(Posting.since < self.bounds.end).order_by(Posting.person_id, Posting.since)
        for person, since, until, department, team in self.session.execute(query):
            day = since.astimezone(self.zone).date()
            held = posts.setdefault(person, [])
            # Of two posts of one day the later one counts.
            if held and held[-1].since == day:
                held.pop()
            held.append(Place(day, department, team))
            if until is None or until > self.bounds.start:
                present[person] = None
        return posts, list(present)


def begins(day: date | None, zone: ZoneInfo) -> datetime | None:
    """The first moment of a day in company time."""
    return None if day is None else datetime.combine(day, time(), zone)
