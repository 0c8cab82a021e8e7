"""The demo's surveys: customers of the story with their advisers, surveys of every kind, calls, answers and links.

They are told together with the cases, in the order of time; see `demo_story`. Who answers what is worked out from the
customer's place in the list, so that every telling is the same.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from commands import demo_customers
from commands.demo_files import Files
from models import AnsweredBy, CallResult, Complaint, Customer, Person, Survey, SurveyInvitation
from workflow import complaint, customers, survey_answers, survey_form, survey_sample, surveys
from workflow.customers import Typed
from workflow.evidence import Evidence
from workflow.office import Office
from workflow.survey_form import Given
from workflow.survey_plan import Plan

Deed = tuple[datetime, Callable[[], None]]
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
RUNS, CALLS = "cr.lin", "cr.sun"
# Whose customers they are, in turn.
ADVISERS = ("service.ma", "service.ma", "sales.wang", "service.ma", "sales.zhao", "detailing.tang")
SCRIPT = (
    "您好，这里是星辰汽车客户关系部，想占用您两分钟做个回访。为保证服务质量，通话会录音，您看可以吗？\n"
    "（客户同意后）请您按自己的实际感受回答，没有标准答案。"
)
PRAISE = (
    "接待很热情，讲得清楚。",
    "等的时间有点长，其他都好。",
    "交车前又检查了一遍，放心。",
    "",
    "保养完车洗得很干净。",
    "",
)
# The one who was not satisfied, and what they said.
UNHAPPY, COMPLAINED = 9, "约好九点到店，十点半才有人来接车，中间没有人解释。"


@dataclass(frozen=True)
class Told:
    """One survey: when it was made, so many days ago, until when it runs, and what is asked of how many."""

    regulation: str
    source: str
    title: tuple[str, str]
    about: str
    made: int
    ends: int
    by_call: bool
    asked: int
    answered: int
    limits: dict[str, str]
    choices: dict[str, str]
    # Whose customers are asked, where it is not everybody's.
    of: str | None = None


SURVEYS = (
    Told("satisfaction-in-performance", "answers", ("用户满意度电话回访", "Follow-up calls on satisfaction"), "person",
         12, -18, True, 30, 19, {"score": "2"}, {}),
    Told("service-survey", "answers", ("服务评价调查", "Evaluation of our service"), "department",
         9, -21, False, 26, 15, {"service_quality": "2", "value": "2"}, {}),
    Told("satisfaction-evaluation", "answers", ("客户满意度匿名测评", "Anonymous evaluation of satisfaction"),
         "department", 20, -10, False, 28, 13, {}, {}),
    Told("sales-satisfaction", "answers", ("交车用户百分制调查", "Delivered customers, one hundred points"), "person",
         45, 15, True, 14, 11, {"score": "59.99"}, {"item": "each"}, "sales"),
    Told("outbound-satisfaction", "ratings", ("外呼评价质检抽样", "Sampled calls without a rating"), "person",
         6, -24, True, 12, 5, {"level": "2"}, {}),
)  # fmt: skip


class Surveys:
    """What customer relations did with surveys, up to `now`."""

    def __init__(
        self, session: Session, office: Office, people: dict[str, Person], files: Files, now: datetime
    ) -> None:
        self.session, self.office, self.people, self.files, self.now = session, office, people, files, now
        self.made: dict[str, Survey] = {}

    def deeds(self, cases: list[dict[str, Any]]) -> Iterator[Deed]:
        """Each of them once; `cases` are the complaints of the story, whose customers are asked."""
        first = self._at(60, 9)
        yield first, partial(self._add_customers, cases, first)
        for place, told in enumerate(SURVEYS):
            made = self._at(told.made, 9, 10 * place)
            yield made, partial(self._make, told, made)
            yield from self._answers(place, told)
        last = self._at(1, 16)
        yield last, partial(self._sample, last)

    def _answers(self, place: int, told: Told) -> Iterator[Deed]:
        for number in range(told.asked):
            # A few a day, in office hours, from the day after it was made until yesterday or its end.
            days = max(told.made - max(told.ends, 1), 1)
            at = self._at(told.made - 1 - number % days, 10 + number % 7, 5 * place + number % 5)
            if at >= self.now - 2 * HOUR:
                continue
            if number < told.answered:
                yield at, partial(self._answer, told, number, at)
            elif told.by_call and number % 3 != 2 and told.ends < 0:
                yield at, partial(self._miss, told, number, at)
        if place == 0:
            taken_up = self.now - 20 * HOUR
            yield taken_up, partial(self._answer_badly, told, taken_up)

    def _at(self, days_ago: int, hour: int, minute: int = 0) -> datetime:
        zone = self.office.calendar.zone
        day = self.now.astimezone(zone).date() - timedelta(days=days_ago)
        return datetime(day.year, day.month, day.day, hour, minute, tzinfo=zone)

    def _add_customers(self, cases: list[dict[str, Any]], at: datetime) -> None:
        by = self.office.actor(self.people[RUNS], at)
        filed = [case["file"] for case in cases if "file" in case and case["file"].get("customer_phone")]
        others = {each["customer"] for each in demo_customers.told()}
        for number, said in enumerate(said for said in filed if said["customer_name"] not in others):
            typed = Typed(said["customer_name"], said["customer_phone"], said.get("vehicle", ""))
            if customers.known(self.session, typed) is None:
                customers.add(self.session, typed, self.people[ADVISERS[number % len(ADVISERS)]], by=by, at=at)
                self.session.flush()

    def _make(self, told: Told, at: datetime) -> None:
        by, today = self.office.actor(self.people[RUNS], at), self.now.astimezone(self.office.calendar.zone).date()
        self.made[told.regulation] = survey = surveys.make(self.session, _plan(told, today), by=by, at=at)
        asked = [
            each for each in self.session.scalars(select(Customer).order_by(Customer.id)) if self._is_of(each, told)
        ]
        surveys.invite(self.session, survey, asked[: told.asked], by_call=told.by_call, by=by, at=at)
        if not told.by_call:
            for invitation in self._invitations(told):
                surveys.new_link(self.session, invitation, by=by, at=at)

    def _is_of(self, customer: Customer, told: Told) -> bool:
        username = next((name for name, each in self.people.items() if each.id == customer.adviser_id), "")
        return told.of is None or username.startswith(f"{told.of}.")

    def _answer(self, told: Told, number: int, at: datetime) -> None:
        invitation = self._invitation(told, number)
        if invitation is None or (told is SURVEYS[0] and number == UNHAPPY):
            return
        given = self._given(told, invitation.survey, number, at)
        if told.by_call:
            by = self.office.actor(self.people[CALLS], at)
            survey_answers.by_call(
                self.session, invitation, given, by=by, at=at, recording=self._recording(told, number)
            )
        elif invitation.expires_at is not None and at < invitation.expires_at:
            way = AnsweredBy.QR if number % 3 == 0 else AnsweredBy.LINK
            survey_answers.by_link(self.session, invitation, given, way=way, system=self.office.system(at), at=at)

    def _recording(self, told: Told, number: int) -> Evidence | None:
        """SAL-1: of all calls but two, which are still to be attached."""
        if told.regulation != "sales-satisfaction" or number >= told.answered - 2:
            return None
        return self.files.recording(f"交车回访录音-{number + 1}.wav")

    def _answer_badly(self, told: Told, at: datetime) -> None:
        """The call yesterday that became a complaint, assigned within the hour."""
        invitation = self._invitation(told, UNHAPPY)
        if invitation is None:
            return
        by = self.office.actor(self.people[CALLS], at)
        answer = survey_answers.by_call(self.session, invitation, Given({"score": "1"}, {}, COMPLAINED), by=by, at=at)
        if answer.complaint is not None:
            complaint.assign(Complaint.locked(self.session, answer.complaint.id), by=by, at=at)

    def _miss(self, told: Told, number: int, at: datetime) -> None:
        invitation = self._invitation(told, number)
        if invitation is None or not invitation.is_open:
            return
        by, result = self.office.actor(self.people[CALLS], at), CallResult.NOT_REACHED
        if number % 5 == 0:
            result = CallResult.REFUSED
        note = "无人接听" if result is CallResult.NOT_REACHED else "客户表示不方便"
        survey_answers.attempt(self.session, invitation, result, by=by, at=at, note=note)

    def _sample(self, at: datetime) -> None:
        by = self.office.actor(self.people[RUNS], at)
        survey_sample.take(self.session, self.made["outbound-satisfaction"], percent=30, by=by, at=at, seed="2f6b9c04")

    def _given(self, told: Told, survey: Survey, number: int, at: datetime) -> Given:
        _pack, source = surveys.source_of(self.session, survey, self.office.calendar.day_of(at))
        values, comments = dict[str, str](), dict[str, str]()
        for place, question in enumerate(survey_form.questions(source, survey.choices)):
            values[question.name] = _score(question, 3 * number + 2 * place)
            if question.comment_name and (number + place) % 5 == 0:
                comments[question.name] = PRAISE[number % 3]
        return Given(values, comments, PRAISE[number % len(PRAISE)])

    def _invitations(self, told: Told) -> list[SurveyInvitation]:
        survey = self.made[told.regulation]
        query = select(SurveyInvitation).where(SurveyInvitation.survey_id == survey.id)
        return list(self.session.scalars(query.order_by(SurveyInvitation.id)))

    def _invitation(self, told: Told, number: int) -> SurveyInvitation | None:
        found = self._invitations(told)
        return found[number] if number < len(found) else None


def _plan(told: Told, today: date) -> Plan:
    zh, en = told.title
    return Plan(
        regulation=told.regulation, source=told.source, title_zh=zh, title_en=en, about=told.about,
        opens_on=today - told.made * DAY, closes_on=today - told.ends * DAY, attempts=3, link_days=90,
        script=SCRIPT if told.by_call else "", choices=told.choices, dissatisfied=told.limits,
    )  # fmt: skip


def _score(question: survey_form.Question, chance: int) -> str:
    """Mostly content, never so bad that it would be a complaint."""
    if question.steps:
        return question.steps[-1 - (chance % 7) // 3]
    highest, lowest = question.shape.highest or 0, question.shape.lowest or 0
    return str(int(highest - (highest - lowest) * (chance % 9) / 45))
