"""The demo's books beside its cases: commissions, pay days and scorecards, month by month, and a letter that was left.

They are told together with the cases, in the order of time; see `demo_story`.
"""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from models import Event, Letter, Penalty, Person, ServedBy
from workflow import commission, payday, performance_pay, scorecard, service
from workflow.office import Office, month_after

# Who earns a construction commission, and about how much of it in fen.
COMMISSIONS = {"detailing.guo": 118_000, "detailing.hu": 96_000}
MONTHS_BACK, PAY_DAY, BOOKED_ON = 14, 20, 2
HOUR = timedelta(hours=1)
COMPUTED_ON = 10
HEADS = ("service.liu", "sales.chen", "detailing.xu", "parts.deng", "cr.lin", "hr.qian")
# On which day of the next month who takes which step; what is not theirs to act on they leave to the others.
RELAY = (
    (12, "review", (*HEADS, "gm.zhou", "deputy.he")),
    (14, "verify", ("hr.qian", "deputy.he")),
    (16, "approve", ("gm.zhou", "deputy.he")),
    (18, "pay", ("hr.qian", "deputy.he")),
)
# Who has not reviewed the latest month yet.
LATE = ("sales.chen", "detailing.xu", "deputy.he")
# The latest pay day still waits for human resources.
STILL_OPEN = timedelta(days=10)
# Whose decision was left in the presence of witnesses, because they would not sign it.
UNSIGNED, WITNESSES = "detailing.tang", ("胡军", "郭亮")

Deed = tuple[datetime, Callable[[], None]]


class Books:
    """Acts of human resources that come round every month, up to `now`."""

    def __init__(self, session: Session, office: Office, people: dict[str, Person], now: datetime) -> None:
        self.session, self.office, self.people, self.now = session, office, people, now
        self.zone: ZoneInfo = office.calendar.zone

    def deeds(self) -> Iterator[Deed]:
        """What is to be done when; each of them once, in the order of time."""
        for month in self._months():
            booked, paid = self._on(month_after(month), BOOKED_ON), self._on(month, PAY_DAY)
            if paid <= self.now - STILL_OPEN:
                yield paid, partial(self._settle, month, paid)
            if booked <= self.now:
                yield booked, partial(self._book, month, booked)
            yield from self._relay(month)

    def _relay(self, month: str) -> Iterator[Deed]:
        """The month's five stations; the latest month goes no further than its review, which some heads still owe."""
        following = month_after(month)
        if month < self._first_month_of_pay():
            return
        is_latest = self._on(month_after(following), COMPUTED_ON) > self.now
        for day, action, usernames in RELAY[:1] if is_latest else RELAY:
            at = self._on(following, day)
            for username in usernames:
                if at <= self.now and not (is_latest and username in LATE):
                    yield at, partial(self._act, action, month, username, at)

    def _first_month_of_pay(self) -> str:
        """Since when the company keeps scorecards."""
        version = performance_pay.first_in_force(self.session)
        return f"{version.in_force_from:%Y-%m}" if version is not None else "9999-12"

    def _act(self, action: str, month: str, username: str, at: datetime) -> None:
        by = self.office.actor(self.people[username], at)
        scorecard.VERBS[action](self.session, month=month, by=by, at=at)

    def _months(self) -> list[str]:
        local = self.now.astimezone(self.zone)
        counted = [local.year * 12 + local.month - 1 - back for back in range(MONTHS_BACK, -1, -1)]
        return [f"{months // 12}-{months % 12 + 1:02}" for months in counted]

    def _on(self, month: str, day: int) -> datetime:
        year, of_year = map(int, month.split("-"))
        return datetime(year, of_year, day, 10, tzinfo=self.zone)

    def _settle(self, month: str, at: datetime) -> None:
        payday.settle(self.session, month=month, by=self.office.actor(self.people["hr.qian"], at), at=at)

    def _book(self, month: str, at: datetime) -> None:
        by = self.office.actor(self.people["hr.qian"], at)
        for place, (username, amount) in enumerate(COMMISSIONS.items()):
            earned = amount + 3_700 * ((int(month[-2:]) + place) % 5)
            commission.record(self.session, self.people[username], month=month, amount=earned, by=by, at=at)

    def serve_what_was_not_signed(self) -> None:
        """The first decision about one of them was left at the workshop, before two colleagues; once."""
        query = (
            select(Letter)
            .join(Letter.event)
            .join(Event.penalty)
            .where(Penalty.respondent_id == self.people[UNSIGNED].id, Letter.kind == "first_penalty_notice")
            .options(selectinload(Letter.recipients), selectinload(Letter.services), selectinload(Letter.event))
        )
        letter = self.session.scalars(query).first()
        if letter is None or letter.services:
            return
        at = letter.issued_at + 5 * HOUR
        said = service.Service(
            way=ServedBy.LEFT, at=at, place="精品部施工车间", witness_1=WITNESSES[0], witness_2=WITNESSES[1],
            note="当面宣读后本人拒绝签收，留置于工位。",
        )  # fmt: skip
        by = self.office.actor(self.people["hr.qian"], at)
        service.record(letter, self.people[UNSIGNED], said, by=by, at=at)
