"""The demo's ratings of colleagues (FAIR-1): a round of the last closed month, and one of this month in which some have
still to rate."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random

from sqlalchemy.orm import Session

from models import Assessment, Person, RatingAsked, RatingDuty, RatingRound
from workflow import rating_rounds, rating_turn, ratings
from workflow.assessment_source import SUPERIOR
from workflow.office import Office
from workflow.rating_rounds import Wish
from workflow.roles import Actor
from workflow.survey_form import Given

SOURCE, PEERS, DAYS = "ratings", 5, 5
HOUR = timedelta(hours=1)
# Who has not rated anybody yet in the round that goes on; everybody else has.
WAITING = ("sales.wang", "sales.li", "service.ma", "service.liu", "gm.zhou", "detailing.hu")
UNABLE = ("detailing.tang", "日常在展厅，和施工班组接触不多。")
WORDS = {
    SUPERIOR: (
        "客户接待主动，交接记录再写细一些。", "任务完成及时，遇到问题能先提方案。", "能带新人，月底盘点时多留意核对。",
        "沟通耐心，跨部门配合可以再主动一步。",
    ),
    "peers": (
        "忙的时候愿意搭把手。", "交班说得清楚，接手很放心。", "说话有时比较急，慢一点更好。",
        "工具用完及时归位，值得学习。", "",
    ),
}  # fmt: skip


class Ratings:
    """Opens rounds of an assessment and gives what its raters give."""

    def __init__(self, session: Session, office: Office, people: Mapping[str, Person], chance: Random) -> None:
        self.session, self.office, self.people, self.chance = session, office, people, chance

    def ended(self, of: Assessment, owner: str, at: datetime) -> None:
        """A round in which everybody has rated, closed by whoever opened it."""
        opened = self._open(of, owner, at)
        self._give(opened, at + HOUR, waiting=())
        rating_rounds.close(self.session, opened, by=self._actor(owner, at + 2 * HOUR), at=at + 2 * HOUR)

    def going_on(self, of: Assessment, owner: str, at: datetime, now: datetime) -> None:
        self._give(self._open(of, owner, at), now, waiting=WAITING)

    def _open(self, of: Assessment, owner: str, at: datetime) -> RatingRound:
        wish = Wish(self._working_day(at, DAYS), PEERS)
        return rating_rounds.open_(
            self.session, of, SOURCE, wish, by=self._actor(owner, at), at=at, seed=f"demo-{of.period}"
        )

    def _give(self, opened: RatingRound, at: datetime, *, waiting: Sequence[str]) -> None:
        query = RatingDuty.whole().where(RatingDuty.round_id == opened.id).order_by(RatingDuty.id)
        for duty in self.session.scalars(query).unique().all():
            if duty.rater.username in waiting:
                continue
            by = self.office.actor(duty.rater, at)
            awaited = rating_turn.still_open(duty, at)
            for asked in awaited:
                if duty.rater.username == UNABLE[0] and asked is awaited[-1]:
                    ratings.cannot_judge(self.session, asked, UNABLE[1], by=by, at=at)
                else:
                    ratings.give(self.session, asked, self._given(asked), by=by, at=at)

    def _given(self, asked: RatingAsked) -> Given:
        score = ratings.source_of(asked.duty).fields["score"]
        lowest, highest = score.lowest or Decimal(0), score.highest or Decimal(100)
        share = Decimal(self.chance.randint(74, 96)) / 100
        found = (lowest + (highest - lowest) * share).quantize(Decimal(1).scaleb(-score.decimals))
        return Given({"score": f"{found:f}"}, words=self.chance.choice(WORDS[asked.rated_as]))

    def _actor(self, username: str, at: datetime) -> Actor:
        return self.office.actor(self.people[username], at)

    def _working_day(self, at: datetime, days: int) -> date:
        day = self.office.calendar.day_of(at)
        while days:
            day += timedelta(days=1)
            days -= self.office.calendar.is_working(day)
        return day
