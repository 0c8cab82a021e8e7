"""The demo's assessments: answers and figures of some months, two quarters of loyalty, three months of fair evaluation.

The earliest of each is closed, the later ones still open: whoever looks around finds both, and something to ask about.
Of the closed month superiors and peers rated in a round, of this month they do so now.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from commands.demo_ratings import Ratings
from models import Assessed, Assessment, Person
from workflow import assessment_books as books
from workflow import assessment_question, assessment_run, assessment_steps
from workflow.assessment_entry import Row
from workflow.assessment_pack import AssessmentPack
from workflow.assessment_period import Cycle, Period
from workflow.assessment_shape import SubjectKind
from workflow.office import Office

LOYALTY, FAIR = "loyalty", "fair-evaluation"
RUN = (
    (LOYALTY, Cycle.QUARTER, "cr.lin"), (FAIR, Cycle.MONTH, "hr.qian"),
)  # fmt: skip
# The same story whenever it is told.
SEED = 2026
CLOSED_AFTER, OPENED_AFTER, DAY = timedelta(days=9, hours=10), timedelta(hours=9), timedelta(days=1)
RATERS = {"superior": 1, "peers": 3, "customers": 4}
# Who has figures: those who serve customers.
SERVING = ("after_sales", "sales", "detailing")
ASKS, QUESTION = "service.ma", "我的推荐意愿为什么比上季度低？"
ANSWER = "主要是保养季排队，评分低的几份答卷都提到等候时间，周会上再细看。"


class Assessments:
    """Posts rows for whoever worked in a period, and runs the assessments of it, up to `now`."""

    def __init__(self, session: Session, office: Office, now: datetime) -> None:
        self.session, self.office, self.now = session, office, now
        self.zone = office.calendar.zone
        self.chance = Random(SEED)
        self.people = {person.username: person for person in session.scalars(select(Person))}

    def tell(self) -> None:
        today = self.now.astimezone(self.zone).date()
        for regulation, cycle, owner in RUN:
            latest = Period.of(cycle, today).previous()
            for period in (latest.previous(), latest):
                pack = books.pack_on(self.session, regulation, period.first_day)
                if pack is not None:
                    self._run(pack, period, owner, closes=period != latest)
            if regulation == FAIR and (pack := books.pack_on(self.session, regulation, today)) is not None:
                self._rate_now(pack, Period.of(cycle, today), owner)

    def _rate_now(self, pack: AssessmentPack, period: Period, owner: str) -> None:
        """This month's assessment, with a round that began two days ago."""
        first = datetime.combine(period.first_day, datetime.min.time(), self.zone) + OPENED_AFTER
        at = min(max(first, self.now - 2 * DAY), self.now)
        ratings = Ratings(self.session, self.office, self.people, self.chance)
        ratings.going_on(self._open(pack, period, owner, at), owner, at, self.now)

    def _open(self, pack: AssessmentPack, period: Period, owner: str, at: datetime) -> Assessment:
        by, scheme = self.office.actor(self.people[owner], at), next(iter(pack.schemes), None)
        return assessment_run.open_(self.session, pack, period, SubjectKind.PERSON, scheme=scheme, by=by, at=at)

    def _run(self, pack: AssessmentPack, period: Period, owner: str, *, closes: bool) -> None:
        for person in self._serving(period):
            if pack.pack == LOYALTY:
                self._loyalty(pack, period, person)
            else:
                self._ratings(pack, period, person, ("customers",) if closes else tuple(RATERS))
        at = min(datetime.combine(period.next().first_day, datetime.min.time(), self.zone) + CLOSED_AFTER, self.now)
        by = self.office.actor(self.people[owner], at)
        is_rated = closes and pack.pack == FAIR
        of = self._open(pack, period, owner, at - 2 * DAY if is_rated else at)
        if is_rated:
            Ratings(self.session, self.office, self.people, self.chance).ended(of, owner, at - 2 * DAY)
        assessment_run.compute(self.session, of, zone=self.zone, at=at)
        if closes:
            assessment_steps.submit(self.session, of, by=by, at=at)
            manager = self.office.actor(self.people["gm.zhou"], at)
            assessment_steps.close(self.session, of, by=manager, at=at)
        elif pack.pack == LOYALTY:
            self._ask(of, at)

    def _serving(self, period: Period) -> list[Person]:
        noon = datetime.combine(period.last_day, datetime.min.time(), self.zone)
        posts = ((person, person.posting_at(noon)) for person in self.people.values())
        return [
            person for person, post in posts
            if post is not None and post.since <= noon and post.department.slug in SERVING
            and not person.has_left_at(noon)
        ]  # fmt: skip

    def _loyalty(self, pack: AssessmentPack, period: Period, person: Person) -> None:
        keen = self.chance.randint(7, 9)
        answers = [min(10, max(0, keen + self.chance.choice((-3, -1, 0, 1, 1, 2)))) for _nth in range(8)]
        self._post(pack, "answers", period, person, *({"likelihood": answer} for answer in answers))
        served = self.chance.randint(60, 140)
        self._post(pack, "served", period, person, {"customers": served})
        for source, field, whole in (
            ("retention", "kept", "at_start"), ("renewal", "renewed", "due"), ("repurchase", "again", "customers"),
            ("referral", "referred", "new"),
        ):  # fmt: skip
            number = self.chance.randint(20, 60)
            part = int(number * self.chance.uniform(0.4, 0.95))
            self._post(pack, source, period, person, {field: part, whole: number})

    def _ratings(self, pack: AssessmentPack, period: Period, person: Person, raters: tuple[str, ...]) -> None:
        score = pack.sources["ratings"].fields["score"]
        highest, lowest = score.highest or Decimal(100), score.lowest or Decimal(0)
        usual = self.chance.uniform(0.65, 0.95)
        for rater in raters:
            for _nth in range(RATERS[rater]):
                share = Decimal(str(round(min(1.0, usual + self.chance.uniform(-0.1, 0.1)), 2)))
                found = (lowest + (highest - lowest) * share).quantize(Decimal(1).scaleb(-score.decimals))
                self._post(pack, "ratings", period, person, {"rater": rater, "score": found})

    def _post(
        self, pack: AssessmentPack, source: str, period: Period, person: Person, *rows: dict[str, Any]
    ) -> None:  # fmt: skip
        number = f"{period.name.replace('-', '')}-{person.id:03}"
        entries = [
            books.Entry(person, day, Row(f"{number}-{self.chance.getrandbits(40):010x}", row))
            for row, day in zip(rows, self._days(period), strict=False)
        ]
        by = self.people["cr.lin"]
        books.post(self.session, pack, source, entries, at=self.now, by=by)
        self.session.flush()

    def _days(self, period: Period) -> Iterator[date]:
        length = (period.last_day - period.first_day).days
        while True:
            yield period.first_day + timedelta(days=self.chance.randint(0, length))

    def _ask(self, of: Assessment, at: datetime) -> None:
        """A question about a line, answered by the head."""
        asks = self.people[ASKS]
        mine = self.session.scalars(select(Assessed).filter_by(assessment_id=of.id, person_id=asks.id)).one_or_none()
        if mine is None:
            return
        by = self.office.actor(asks, at)
        asked = assessment_question.ask(self.session, of, mine, "nps", question=QUESTION, by=by, at=at)
        head = self.office.actor(asked.to, at)
        assessment_question.answer(self.session, asked, mine.seat_id, text=ANSWER, by=head, at=at)
