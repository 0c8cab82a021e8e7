"""The demo's targets and questions: two departments' targets of the year, one letter signed and one not, questions of
some weeks, and the briefing of last month."""

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import CustomerQuestion, Department, Person
from workflow import assessment_books as books
from workflow import assessment_run, briefing, publication, questions, reading, targets
from workflow.assessment_pack import AssessmentPack
from workflow.assessment_period import Cycle, Period
from workflow.assessment_shape import SubjectKind
from workflow.office import Office
from workflow.questions import Typed
from workflow.roles import Actor
from workflow.targets import REGULATION, Wanted

OFFICER, MANAGER = "cr.lin", "gm.zhou"
# What each department is to reach in the year, in per cent.
AIMS = {
    "after_sales": {"answered_in_time": "90", "contacted_in_time": "95"},
    "sales": {"answered_in_time": "85"},
}
SIGNS = "service.liu"
# Who was asked what, how many days ago and by whom it is answered, after how many hours; none: it still waits.
ASKED: tuple[tuple[int, str, str, str, str | None, int | None], ...] = (
    (61, "service.gao", "郑女士", "保养套餐还剩几次？", "还剩两次，有效期到明年六月。", 3),
    (47, "service.ma", "谢先生", "刹车油多久换一次？", "两年或四万公里，先到为准。", 20),
    (44, "sales.chen", "何女士", "置换旧车要带哪些证件？", "登记证书、行驶证、身份证和保单。", 30),
    (39, "sales.chen", "陆女士", "试驾要提前多久预约？", "提前一天即可，周末建议提前三天。", 2),
    (36, "sales.chen", "顾女士", "贷款最长几年？", "最长五年，首付两成起。", 18),
    (35, "service.ma", "庞先生", "空调滤芯多久换一次？", "一年或一万五千公里。", 6),
    (33, "service.gao", "曹先生", "车机地图怎样升级？", "连接无线网络后在设置里升级，也可以到店由我们办理。", 5),
    (31, "service.ma", "顾女士", "冬季胎什么时候可以预约？", "下周一起可以预约，到货后第一时间通知您。", 40),
    (25, "sales.chen", "吕先生", "订单排产到哪一步了？", "已下线，预计十天内到店。", 8),
    (2, "service.gao", "郑女士", "延保可以转给下一任车主吗？", None, None),
    (0, "service.ma", "程先生", "事故车维修期间有代步车吗？", None, None),
)  # fmt: skip


class Targets:
    """Acts of customer relations, the general manager and advisers, up to `now`."""

    def __init__(self, session: Session, office: Office, now: datetime) -> None:
        self.session, self.office, self.now = session, office, now
        self.zone = office.calendar.zone
        self.people = {person.username: person for person in session.scalars(select(Person))}
        self.departments = {each.slug: each for each in session.scalars(select(Department))}

    def tell(self) -> None:
        today = self.now.astimezone(self.zone).date()
        month = Period.of(Cycle.MONTH, today).previous()
        self._questions()
        decided = self._at(date(today.year, 1, 6))
        pack = books.pack_on(self.session, REGULATION, decided.date())
        if pack is None or decided > self.now:
            return
        self._targets(today.year, decided)
        self._report(pack, month)

    def _questions(self) -> None:
        for days, username, customer, question, answer, hours in ASKED:
            at = min(self._at((self.now - timedelta(days=days)).astimezone(self.zone).date()), self.now)
            typed = Typed(question, customer, "13800000001")
            found = questions.take(
                self.session, typed, self.people[username], by=self._actor(OFFICER, at), at=at
            )  # fmt: skip
            if answer is not None and hours is not None:
                self._answer(found, username, answer, at + timedelta(hours=hours))

    def _answer(self, found: CustomerQuestion, username: str, answer: str, at: datetime) -> None:
        questions.answer(self.session, found, answer, by=self._actor(username, at), at=at)

    def _targets(self, year: int, at: datetime) -> None:
        """After-sales have signed their letter, sales have not."""
        drafts = [
            targets.draft(
                self.session, Wanted(REGULATION, measure, self.departments[slug], str(year), value),
                by=self._actor(OFFICER, at), at=at,
            )
            for slug, aims in AIMS.items()
            for measure, value in aims.items()
        ]  # fmt: skip
        manager = self._actor(MANAGER, at)
        targets.approve(self.session, drafts, by=manager, at=at)
        for slug in AIMS:
            step = publication.issue(self.session, self.departments[slug], year, by=manager, at=at)
            letter = publication.newest(step.subject)
            if letter.recipients[0].person.username == SIGNS:
                reading.acknowledge(letter, by=self.people[SIGNS], at=at + timedelta(hours=5))

    def _report(self, pack: AssessmentPack, month: Period) -> None:
        """Last month is assessed and its briefing issued on the second day after it."""
        at = self._at(month.next().first_day + timedelta(days=1))
        if at > self.now:
            return
        by = self._actor(OFFICER, at)
        of = assessment_run.open_(
            self.session, pack, month, SubjectKind.DEPARTMENT, scheme=None, by=by, at=at
        )  # fmt: skip
        assessment_run.compute(self.session, of, zone=self.zone, at=at)
        told: dict[str, Any] = briefing.told(self.session, pack, month.name, zone=self.zone, at=at)
        told["chart"] = _picture(told["trend"])
        publication.publish(self.session, told, by=by, at=at, recipients=publication.readers(by.staff))

    def _at(self, day: date) -> datetime:
        return datetime(day.year, day.month, day.day, 9, 30, tzinfo=self.zone)

    def _actor(self, username: str, at: datetime) -> Actor:
        return self.office.actor(self.people[username], at)


def _picture(trend: list[dict[str, Any]]) -> dict[str, str] | None:
    from web import briefing_chart

    return briefing_chart.drawn(trend)
