"""The demo's after-sales: last month assessed, so that grades suggest something (AFT-1), and an adviser who left, whose
customers were all called by the successor within the week (LIFE-3)."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, time, timedelta
from functools import partial
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Customer, Department, Person, Team
from workflow import assessment_books as books
from workflow import assessment_run, assessment_steps, customers, hand_over, people, suggestion, training
from workflow.assessment_entry import Row
from workflow.assessment_pack import AssessmentPack
from workflow.assessment_period import Cycle, Period
from workflow.assessment_shape import SubjectKind
from workflow.customers import Typed
from workflow.office import Office
from workflow.roles import Actor
from workflow.training import Wish

REGULATION, SCHEME = "after-sales-assessment", "after_sales"
HEAD, MANAGER, HUMAN_RESOURCES, SUCCESSOR = "service.liu", "gm.zhou", "hr.qian", "service.ma"
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
# Satisfaction 1 to 5, quality and improvement 0 to 100, and of how many jobs how many were done in time.
FIGURES: Mapping[str, tuple[tuple[int, ...], tuple[int, int], tuple[int, int]]] = {
    "service.ma": ((5, 5, 4, 5, 5, 4), (94, 88), (38, 40)),
    "service.gao": ((4, 3, 4, 4, 3), (72, 60), (27, 36)),
}
TAKEN_UP = (
    ("service.ma/bonus", "总分居部门第一，从部门奖励额度中发放。"),
    ("service.gao/training", "先补工时估算和首件自检，下月再看。"),
)
TRAINED, TOPIC, TRAINER, IN_DAYS = "service.gao", "工时估算与首件自检", "刘洋", 9
LEAVER, LEAVER_NAME = "service.jiang", "蒋薇"
CUSTOMERS = (("白女士", "13800000091"), ("常先生", "13800000092"), ("柏女士", "13800000093"))
# After how many days the successor reached each of them, and what came of it.
CALLED = (
    (1, "已自我介绍，约好下次保养时间。"),
    (3, "客户已知道换了顾问，没有其他问题。"),
    (6, "出差回来后接通，提醒年检还有一个月到期。"),
)

Deed = tuple[datetime, Callable[[], None]]


class AfterSales:
    """What head, human resources and the successor did, up to `now`."""

    def __init__(self, session: Session, office: Office, people: dict[str, Person], now: datetime) -> None:
        self.session, self.office, self.people, self.now = session, office, people, now
        self.zone = office.calendar.zone
        self.month = Period.of(Cycle.MONTH, now.astimezone(self.zone).date()).previous()

    def deeds(self) -> Iterator[Deed]:
        """What is to be done when; each of them once."""
        first, left = self._on(2, 9), self._on(8, 17)
        yield first, partial(self._join, first)
        yield left, partial(self._leave, left)
        for place, (days, result) in enumerate(CALLED):
            at = left + days * DAY - 6 * HOUR
            yield at, partial(self._call, place, result, at)
        closed = datetime.combine(self.month.next().first_day, time(), self.zone) + 4 * DAY + 10 * HOUR
        yield min(closed, self.now), partial(self._assess, min(closed, self.now))

    def _join(self, at: datetime) -> None:
        """She worked here for a week only, in her trial period."""
        department = self.session.scalars(select(Department).filter_by(slug="after_sales")).one()
        team = self.session.scalars(select(Team).filter_by(slug="service-1")).one()
        self.people[LEAVER], _password = people.add_employee(
            self.session, by=self.people[HUMAN_RESOURCES], at=at, username=LEAVER, name=LEAVER_NAME,
            department=department, team=team, title="服务顾问",
        )  # fmt: skip
        # The demo's one password, as for everybody.
        self.people[LEAVER].password_hash = self.people[HEAD].password_hash
        self.people[LEAVER].must_change_password = False
        self.session.flush()
        for name, phone in CUSTOMERS:
            by = self._actor(LEAVER, at + HOUR)
            customers.add(self.session, Typed(name, phone, ""), self.people[LEAVER], by=by, at=at + HOUR)

    def _leave(self, at: datetime) -> None:
        moving = self._customers()
        customers.hand_over(self.session, moving, self.people[SUCCESSOR], by=self._actor(HEAD, at), at=at)
        self.session.flush()
        officer = self._actor(HUMAN_RESOURCES, at + HOUR / 2)
        hand_over.leave_at_once(self.session, self.people[LEAVER], by=officer, at=at + HOUR / 2)

    def _call(self, place: int, result: str, at: datetime) -> None:
        by = self._actor(SUCCESSOR, at)
        customers.contact(self.session, self._customers()[place], by=by, at=at, was_reached=True, result=result)

    def _customers(self) -> list[Customer]:
        named = [name for name, _phone in CUSTOMERS]
        return list(self.session.scalars(select(Customer).where(Customer.name.in_(named)).order_by(Customer.id)))

    def _assess(self, at: datetime) -> None:
        pack = books.pack_on(self.session, REGULATION, self.month.first_day)
        if pack is None:
            return
        for username, (satisfaction, internal, jobs) in FIGURES.items():
            self._post(pack, "customer_feedback", username, [{"satisfaction": each} for each in satisfaction], at)
            self._post(
                pack,
                "internal_assessment",
                username,
                [dict(zip(("quality", "improvement"), internal, strict=True))],
                at,
            )
            in_time, count = jobs
            done = [{"in_time": "yes" if nth < in_time else "no"} for nth in range(count)]
            self._post(pack, "jobs", username, done, at)
        head = self._actor(HEAD, at)
        of = assessment_run.open_(self.session, pack, self.month, SubjectKind.PERSON, scheme=SCHEME, by=head, at=at)
        assessment_run.compute(self.session, of, zone=self.zone, at=at)
        assessment_steps.submit(self.session, of, by=head, at=at)
        assessment_steps.close(self.session, of, by=self._actor(MANAGER, at), at=at)
        for key, reason in TAKEN_UP:
            suggestion.answer(self.session, of, key, taken_up=True, reason=reason, by=head, at=at)
        weak = training.weakest(self.session, of, head)[0]
        day = self.now.astimezone(self.zone).date() + IN_DAYS * DAY
        wish = Wish(weak.measure, weak.item, TOPIC, day, TRAINER, [self.people[TRAINED]])
        training.plan(self.session, of, wish, by=head, at=at)

    def _post(
        self, pack: AssessmentPack, source: str, username: str, rows: list[dict[str, Any]], at: datetime
    ) -> None:  # fmt: skip
        """Spread over the month."""
        length = (self.month.last_day - self.month.first_day).days
        entries = [
            books.Entry(
                self.people[username], self.month.first_day + (5 * nth + 3) % length * DAY,
                Row(f"{self.month.name.replace('-', '')}-{self.people[username].id:03}-{nth + 1:02}", row),
            )
            for nth, row in enumerate(rows)
        ]  # fmt: skip
        books.post(self.session, pack, source, entries, at=at, by=self.people[HEAD])
        self.session.flush()

    def _actor(self, username: str, at: datetime) -> Actor:
        return self.office.actor(self.people[username], at)

    def _on(self, day: int, hour: int) -> datetime:
        return datetime.combine(self.month.first_day.replace(day=day), time(hour), self.zone)
