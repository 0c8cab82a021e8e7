"""The demo's sales consultants: a month with fines and a training, one in which that training had its effect, and the
last one, in which two share the first place and the general manager has not said yet who gets how much (SAL-2…SAL-7).

The fines go the whole way to the training fund, of which some is spent. Told with the cases, in the order of time.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Assessment, AssessmentRow, FundRequest, Penalty, Person, Training
from workflow import assessment_books as books
from workflow import (
    assessment_run,
    assessment_steps,
    fund,
    item_fines,
    penalty,
    ranking,
    reward,
    reward_list,
    training,
)
from workflow.assessment_entry import Row
from workflow.assessment_pack import AssessmentPack
from workflow.assessment_period import Cycle, Period
from workflow.assessment_shape import SubjectKind
from workflow.office import Office
from workflow.roles import Actor
from workflow.training import Wish

SALES, HEAD, MANAGER, OFFICER = "sales-satisfaction", "sales.chen", "gm.zhou", "cr.lin"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ITEMS = ("reception", "needs", "test_drive", "negotiation", "delivery")
# Each month back from now, by consultant: the score of each item, and the units sold.
MONTHS: Mapping[int, Mapping[str, tuple[tuple[int, ...], int]]] = {
    4: {"sales.wang": ((88, 93, 95, 92, 94), 11), "sales.zhao": ((86, 91, 92, 89, 93), 8),
        "sales.li": ((91, 94, 95, 93, 96), 6)},
    2: {"sales.wang": ((93, 94, 94, 91, 95), 9), "sales.zhao": ((92, 90, 93, 91, 94), 10),
        "sales.li": ((94, 95, 93, 92, 96), 5)},
    1: {"sales.wang": ((94, 95, 93, 94, 94), 12), "sales.zhao": ((95, 93, 94, 93, 95), 10),
        "sales.li": ((94, 94, 95, 82, 96), 7)},
}  # fmt: skip
# Who share the first place of the last month, whatever a survey has brought in beside.
EQUAL, EQUAL_AT = ("sales.wang", "sales.zhao"), 94
SPREAD = (-1, 0, 1)
ANSWERS_OF_EQUALS = 6
SET_ASIDE = ("sales.zhao", "negotiation", "仅个别答卷偏低，先辅导一个月再看。")
TOPIC, AGAIN, TRAINER = "到店接待情景演练", "洽谈与报价说明演练", "陈涛"
HELD_ON = 18
ABSENT, BECAUSE = "sales.li", "当天接待交车客户，已另行观看录像。"
GRANTED = "名次清楚，同意。"

Deed = tuple[datetime, Callable[[], None]]


class Ranking:
    """What the head of sales, the general manager and the consultants did, up to `now`."""

    def __init__(self, session: Session, office: Office, people: Mapping[str, Person], now: datetime) -> None:
        self.session, self.office, self.people, self.now = session, office, people, now
        self.zone = office.calendar.zone
        self.month = Period.of(Cycle.MONTH, now.astimezone(self.zone).date())
        self.fines: list[int] = []

    def deeds(self) -> Iterator[Deed]:
        """What is to be done when; each of them once."""
        for back in MONTHS:
            # The results are out on the third of the month after, a week before they have to be (SAL-5).
            out = min(self._on(back - 1, 3, 10), self.now)
            yield out, partial(self._assess, back, out)
        yield from self._fined(self._on(3, 3, 14))
        yield self._on(3, HELD_ON, 17), partial(self._hold_the_training, self._on(3, HELD_ON, 17))
        yield from self._fund()

    def _fined(self, proposed: datetime) -> Iterator[Deed]:
        """The whole way: told, heard, submitted, approved; it becomes final by itself, and a pay day takes it."""
        yield proposed, partial(self._propose_fines, proposed)
        steps: tuple[tuple[str, str, dict[str, str]], ...] = (
            ("waive", "", {}), ("submit", HEAD, {"opinion": "答卷与录音核对无误。"}), ("approve", MANAGER, {}),
        )  # fmt: skip
        for days, (step, who, said) in enumerate(steps, start=1):
            at = self._later(proposed, days)
            yield at, partial(self._take, step, who, said, at)

    def _fund(self) -> Iterator[Deed]:
        asked, refused, open_ = self._on(2, 23, 10), self._on(1, 6, 11), self.now - 3 * DAY
        yield asked, partial(self._ask, HEAD, 3_000, "印制到店接待流程卡30张，演练时人手一份。", asked)
        yield asked + DAY, partial(self._decide, True, "用于接待演练，同意。", asked + DAY)
        yield refused, partial(self._ask, "hr.qian", 20_000, "外请讲师半日的课酬。", refused)
        yield refused + DAY, partial(self._decide, False, "基金不足，列入下季度培训预算。", refused + DAY)
        yield open_, partial(self._ask, HEAD, 1_000, "洽谈演练用的报价单样本一套。", open_)

    # --- a month

    def _assess(self, back: int, at: datetime) -> None:
        period = self._period(back)
        pack = books.pack_on(self.session, SALES, period.first_day)
        if pack is None:
            return
        for username, (scores, units) in MONTHS[back].items():
            rows = self._equal(pack, period, username) if back == 1 and username in EQUAL else _sheet(scores)
            self._post(pack, "answers", period, username, rows, at)
            self._post(pack, "sales", period, username, [{"units": units}], at)
        head, manager = self._actor(HEAD, at), self._actor(MANAGER, at)
        of = assessment_run.open_(self.session, pack, period, SubjectKind.PERSON, scheme=None, by=head, at=at)
        assessment_run.compute(self.session, of, zone=self.zone, at=at)
        assessment_steps.submit(self.session, of, by=head, at=at)
        assessment_steps.close(self.session, of, by=manager, at=at)
        ranking.publish(self.session, of, by=head, at=at)
        self._reward(at)
        if back != 2:
            self._plan_a_training(of, back, at)

    def _equal(self, pack: AssessmentPack, period: Period, username: str) -> list[dict[str, Any]]:
        """Answers that bring the consultant's mean to the same figure as the other's."""
        query = select(AssessmentRow).where(
            AssessmentRow.regulation == pack.pack, AssessmentRow.source == "answers",
            AssessmentRow.person_id == self.people[username].id, AssessmentRow.counts_on >= period.first_day,
            AssessmentRow.counts_on <= period.last_day,
        )  # fmt: skip
        there = [int(row.values["score"]) for row in self.session.scalars(query)]
        count = ANSWERS_OF_EQUALS * len(ITEMS)
        each, more = divmod(EQUAL_AT * (count + len(there)) - sum(there), count)
        return [
            {"item": ITEMS[nth % len(ITEMS)], "score": min(100, each + (nth < more))} for nth in range(count)
        ]  # fmt: skip

    def _reward(self, at: datetime) -> None:
        """Clear places are granted at once; where a place is shared he has not decided yet."""
        manager = self._actor(MANAGER, at)
        for each in reward_list.waiting(self.session, manager):
            if not each.is_shared and (found := reward.locked(self.session, each.number)) is not None:
                reward.decide(found, granted=True, decision=GRANTED, by=manager, at=at)
        self.session.flush()

    def _plan_a_training(self, of: Assessment, back: int, at: datetime) -> None:
        head = self._actor(HEAD, at)
        weak = training.weakest(self.session, of, head)[0]
        day = self._on(3, HELD_ON, 0).date() if back == 4 else self.now.astimezone(self.zone).date() + 6 * DAY
        people = [self.people[username] for username in MONTHS[back]]
        topic = TOPIC if back == 4 else AGAIN
        training.plan(self.session, of, Wish(weak.measure, weak.item, topic, day, TRAINER, people), by=head, at=at)

    def _hold_the_training(self, at: datetime) -> None:
        found = self.session.scalars(select(Training).order_by(Training.id)).first()
        if found is not None:
            there = {each.person_id: each.person.username != ABSENT for each in found.participants}
            reasons = {self.people[ABSENT].id: BECAUSE}
            training.record(self.session, found, there, reasons, by=self._actor(HEAD, at), at=at)

    # --- fines and the fund

    def _propose_fines(self, at: datetime) -> None:
        of = self.session.scalars(select(Assessment).filter_by(regulation=SALES).order_by(Assessment.id)).first()
        if of is None:
            return
        head = self._actor(HEAD, at)
        keys = [each.key for each in item_fines.due(self.session, of)]
        aside = next((key for key in keys if key.startswith(SET_ASIDE[0]) and key.endswith(SET_ASIDE[1])), None)
        if aside is not None:
            item_fines.set_aside(self.session, of, aside, reason=SET_ASIDE[2], by=head, at=at)
        found = item_fines.propose(self.session, of, [key for key in keys if key != aside], by=head, at=at)
        self.fines = [each.id for each in found]

    def _take(self, step: str, who: str, said: dict[str, str], at: datetime) -> None:
        for key in self.fines:
            found = Penalty.locked(self.session, key)
            by = self._actor(who or found.respondent.username, at)
            penalty.VERBS[step](found, by=by, at=at, **said)
            self.session.flush()

    def _ask(self, username: str, fen: int, purpose: str, at: datetime) -> None:
        fund.ask(self.session, amount=fen, purpose=purpose, by=self._actor(username, at), at=at)

    def _decide(self, approved: bool, why: str, at: datetime) -> None:
        asked = self.session.scalars(select(FundRequest).where(FundRequest.decided_at.is_(None))).first()
        approves = approved and asked is not None and fund.balance(self.session) >= asked.amount
        if asked is not None and approves == approved:
            by = self._actor(MANAGER, at)
            fund.decide(self.session, asked, approved=approved, decision=why, by=by, at=at)

    # --- people and days

    def _post(
        self, pack: AssessmentPack, source: str, period: Period, username: str, rows: list[dict[str, Any]],
        at: datetime,
    ) -> None:  # fmt: skip
        """Spread over the month."""
        length = (period.last_day - period.first_day).days
        entries = [
            books.Entry(
                self.people[username], period.first_day + (3 * nth + 2) % length * DAY,
                Row(f"{period.name.replace('-', '')}-{self.people[username].id:03}-{nth + 1:02}", row),
            )
            for nth, row in enumerate(rows)
        ]  # fmt: skip
        books.post(self.session, pack, source, entries, at=at, by=self.people[OFFICER])
        self.session.flush()

    def _actor(self, username: str, at: datetime) -> Actor:
        return self.office.actor(self.people[username], at)

    def _period(self, back: int) -> Period:
        period = self.month
        for _nth in range(back):
            period = period.previous()
        return period

    def _on(self, back: int, day: int, hour: int) -> datetime:
        first: date = self._period(back).first_day
        return datetime.combine(first.replace(day=day), time(hour), self.zone)

    def _later(self, at: datetime, working_days: int) -> datetime:
        while working_days:
            at += DAY
            working_days -= self.office.calendar.is_working(self.office.calendar.day_of(at))
        return at


def _sheet(scores: tuple[int, ...]) -> list[dict[str, Any]]:
    """Three sheets around each item's score."""
    return [
        {"item": item, "score": score + more} for more in SPREAD for item, score in zip(ITEMS, scores, strict=True)
    ]  # fmt: skip
