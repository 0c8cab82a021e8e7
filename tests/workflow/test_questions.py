"""LIFE-2: a customer's question has hours on the clock, is answered once, and is measured from its own record."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError

from models import Assessed, Assessment, CustomerQuestion, Notice
from tests.builders import HOUR, MONDAY, ZONE, Desk, moment
from tests.workflow.assessment_rows import FILLED
from tests.workflow.test_reminder import MINUTE, reminded
from workflow import (
    agenda,
    assessment_opened,
    assessment_run,
    clock_watch,
    message,
    packs,
    people,
    question_nudge,
    question_roles,
    questions,
)
from workflow.assessment_period import Period
from workflow.assessment_shape import SubjectKind
from workflow.office import Office
from workflow.process import FORBIDDEN, INVALID, MOVED_ON, NOT_FOUND, Refused
from workflow.questions import Typed
from workflow.regulation import put_in_force

DAY = timedelta(days=1)
GAO, MA, HEAD = "service.gao", "service.ma", "service.liu"


def test_whoever_waits_urges_once_in_four_hours_and_it_is_logged(desk: Desk) -> None:
    """The head, customer relations and who took it down; not whoever is to answer, and nobody who does not see it."""
    question = ask(desk)
    at = MONDAY + HOUR
    for who, why in ((GAO, "your own turn"), ("sales.wang", "no such question")):
        with pytest.raises(Refused, match=why):
            question_nudge.nudge(desk.session, question, by=desk.actor(who, at), at=at)
    urged = question_nudge.nudge(desk.session, question, by=desk.actor("cr.sun", at), at=at)
    assert [person.username for person in urged] == [GAO]
    notice = desk.session.scalars(select(Notice).where(Notice.nudge_id.is_not(None))).one()
    assert message.kind_of(notice, question, desk.actor(GAO, at), at).key == "question.remind"
    again = at + 4 * HOUR
    with pytest.raises(Refused, match="urged already"):
        question_nudge.nudge(desk.session, question, by=desk.actor("service.liu", at), at=again - MINUTE)
    question_nudge.nudge(desk.session, question, by=desk.actor("service.liu", again), at=again)
    questions.pass_on(desk.session, question, desk.person(MA), by=desk.actor("cr.sun", again), at=again + MINUTE)
    desk.session.refresh(question, ["passed"])
    later = again + 2 * MINUTE
    anew = question_nudge.chance(question, desk.actor("cr.sun", later), later)
    assert anew.objection is None, "it is somebody else's turn"
    assert [(each.by.username, each.at) for each in question.nudges] == [("cr.sun", at), ("service.liu", again)]
    questions.answer(desk.session, question, "每万公里一次。", by=desk.actor("service.ma", later), at=later)
    with pytest.raises(Refused, match="waits for nobody"):
        question_nudge.nudge(desk.session, question, by=desk.actor("cr.sun", later), at=later)
    with pytest.raises(DatabaseError, match="never"), desk.session.begin_nested():
        desk.session.execute(text("DELETE FROM question_nudge"))


def ask(desk: Desk, to: str = GAO, by: str = "cr.sun", at=MONDAY, **changes: str) -> CustomerQuestion:
    typed = {"question": "保养套餐还剩几次？", "customer": "郑女士", "phone": "13800000001"} | changes
    return questions.take(desk.session, Typed(**typed), desk.person(to), by=desk.actor(by, at), at=at)


def answer(desk: Desk, question: CustomerQuestion, by: str, at, said: str = "还剩两次") -> None:
    questions.answer(desk.session, question, said, by=desk.actor(by, at), at=at)


def pass_on(desk: Desk, question: CustomerQuestion, to: str, by: str, at=MONDAY) -> None:
    questions.pass_on(desk.session, question, desk.person(to), by=desk.actor(by, at), at=at)


@contextmanager
def refused(code: str, field: str = "") -> Iterator[None]:
    """Refused with this code, at this field."""
    with pytest.raises(Refused) as caught:
        yield
    [objection] = caught.value.objections
    assert (objection.code, objection.values.get("field", "")) == (code, field)


def test_from_the_question_to_the_answer_with_a_reminder_between(desk: Desk) -> None:
    """24 hours on the clock: half of them gone, all of them gone, a day late with the head as well."""
    question = ask(desk)
    assert question.due_at == MONDAY + DAY
    assert [n.person.username for n in desk.session.scalars(select(Notice))] == [GAO]
    assert message.awaits(question, desk.actor(GAO), MONDAY)
    assert not message.awaits(question, desk.actor(HEAD), MONDAY)
    [entry] = [e for e in agenda.entries(desk.actor(GAO), MONDAY) if e.kind == "question"]
    assert (entry.due_at, entry.number) == (question.due_at, str(question.id))
    half, due = MONDAY + DAY / 2, MONDAY + DAY
    mine = {"acts": [GAO]}
    for occasion, at, whom in (
        ("half", half, mine), ("due", due, mine), ("late", due + DAY, mine | {"superior": [HEAD]}),
    ):  # fmt: skip
        assert reminded(desk, at - MINUTE) == []
        assert reminded(desk, at) == [(occasion, at, whom)]
    answer(desk, question, GAO, due + DAY + HOUR)
    assert question.was_late and not question.is_awaited
    assert reminded(desk, due + 3 * DAY) == []
    assert clock_watch.tidy(desk.session) == 1
    with refused(MOVED_ON):
        answer(desk, question, GAO, due + 2 * DAY)


def test_passed_on_the_time_runs_on_and_the_next_is_told(desk: Desk) -> None:
    question = ask(desk)
    pass_on(desk, question, MA, by=HEAD, at=MONDAY + HOUR)
    assert [n.person.username for n in desk.session.scalars(select(Notice).order_by(Notice.id))] == [GAO, MA]
    assert reminded(desk, MONDAY + DAY / 2) == [("half", MONDAY + DAY / 2, {"acts": [MA]})]
    with refused(INVALID, "to"):
        pass_on(desk, question, MA, by=HEAD)
    with refused(FORBIDDEN):
        answer(desk, question, GAO, MONDAY + HOUR)
    answer(desk, question, "cr.lin", MONDAY + 2 * HOUR)
    with refused(MOVED_ON):
        pass_on(desk, question, GAO, by=HEAD)


def test_of_who_has_left_customer_relations_answer(desk: Desk) -> None:
    question = ask(desk)
    people.end_everything(desk.session, desk.person(GAO), at=MONDAY + HOUR)
    desk.session.flush()
    desk.office = Office(desk.session)
    later = MONDAY + 2 * HOUR
    assert reminded(desk, MONDAY + DAY / 2) == [("half", MONDAY + DAY / 2, {"acts": ["cr.lin", "cr.sun"]})]
    waiting = select(CustomerQuestion).where(question_roles.waits_for(desk.actor("cr.sun", later)))
    assert desk.session.scalars(waiting).all() == [question]
    with refused(INVALID, "responsible"):
        ask(desk, to=GAO, at=later, question="还有一个问题")


def test_who_sees_it_as_a_check_and_as_a_query(desk: Desk) -> None:
    question = ask(desk, by="sales.chen")
    sees = {GAO: True, HEAD: True, "sales.chen": True, "cr.lin": True, "gm.zhou": True, MA: False, "hr.qian": False,
            "parts.yuan": False, "admin.root": False}  # fmt: skip
    for username, expected in sees.items():
        actor = desk.actor(username)
        found = desk.session.scalars(select(CustomerQuestion).where(question_roles.visible_to(actor))).all()
        assert (question in found, question_roles.may_see(question, actor)) == (expected, expected), username
    with refused(NOT_FOUND):
        answer(desk, question, MA, MONDAY)
    pass_on(desk, question, "parts.yuan", by=GAO)
    actor = desk.actor(GAO)
    found = desk.session.scalars(select(CustomerQuestion).where(question_roles.visible_to(actor))).all()
    assert found == [question] and question_roles.may_see(question, actor), "whoever passed it on keeps seeing it"


def test_answered_at_once_needs_no_number_and_waits_for_nobody(desk: Desk) -> None:
    question = ask(desk, by=MA, phone="", answer="还剩两次")
    assert (question.responsible.username, question.answered_at, question.was_late) == (MA, MONDAY, False)
    assert desk.session.scalars(select(Notice)).all() == []
    assert ask(desk, by=MA, at=MONDAY + MINUTE, phone="", answer="还剩两次") is question, "the same sent twice is one"
    with refused(INVALID, "phone"):
        ask(desk, by=MA, phone="", question="什么时候开门？")


def test_a_complaint_ends_the_question_and_is_not_measured_as_one(desk: Desk) -> None:
    question, complaint = ask(desk), desk.complaint("filed")
    with refused(FORBIDDEN):
        questions.become(desk.session, question, complaint, by=desk.actor(GAO))
    questions.become(desk.session, question, complaint, by=desk.actor("cr.sun"))
    with refused(MOVED_ON):
        answer(desk, question, GAO, MONDAY + HOUR)
    with refused(MOVED_ON):
        questions.become(desk.session, question, desk.complaint("filed"), by=desk.actor("cr.sun"))


@pytest.mark.parametrize(
    "change",
    ["question = ''", "due_at = '2027-01-01'", "asked_at = '2020-01-01'", "answer = 'anders'", "answered_at = NULL"],
)
def test_the_database_keeps_what_was_asked_and_answered(desk: Desk, change: str) -> None:
    answer(desk, ask(desk), GAO, MONDAY + HOUR)
    with pytest.raises(DatabaseError, match="never"):
        desk.session.execute(text(f"UPDATE customer_question SET {change}"))


def test_the_hours_are_those_of_the_edition_in_force(desk: Desk) -> None:
    pack = packs.assessment(questions.REGULATION, filled=FILLED[questions.REGULATION])
    figures = dict(pack.figures)
    figures["answer_within"] = figures["answer_within"].model_copy(update={"value": Decimal(8)})
    shorter = pack.model_copy(update={"figures": figures})
    put_in_force(desk.session, shorter, from_day=MONDAY.date(), at=MONDAY)
    assert ask(desk).due_at == MONDAY + 8 * HOUR


def test_answers_within_24_hours_are_measured_by_department_and_period(desk: Desk) -> None:
    """Due in February: answered in 3 h, to the second in 24 h, a minute late, never; one more was a complaint, and one
    falls due in March. 2 of 4 were in time."""
    asked = moment(2, 10)
    desk.now = asked
    spans = (3 * HOUR, DAY, DAY + MINUTE, None)
    for number, span in enumerate(spans):
        question = ask(desk, at=asked, question=f"问题{number}", to=(GAO, MA)[number % 2])
        if span is not None:
            answer(desk, question, "cr.sun", asked + span)
    was_complaint = ask(desk, at=asked, question="其实是投诉")
    questions.become(desk.session, was_complaint, desk.complaint("filed"), by=desk.actor("cr.sun"))
    ask(desk, at=moment(2, 28, 12), question="三月到期")
    found = measured(desk, "2026-02")
    assert found["after_sales"] == Decimal(50)
    assert found["sales"] is None, "nobody asked there: no data, not nought"
    assert opened(desk, "after_sales") == [2, 4], "those in time, and all, each led to"
    assert measured(desk, "2026-03")["after_sales"] == Decimal(0)


def opened(desk: Desk, slug: str) -> list[int]:
    """How many questions stand behind each of the two counts of February's share, all of them found again."""
    of = desk.session.scalars(select(Assessment).filter_by(period="2026-02")).one()
    mine = desk.session.scalars(
        select(Assessed).filter_by(assessment_id=of.id, department_id=desk.department(slug).id)
    ).one()  # fmt: skip
    pack = assessment_run.pack_for(of)
    found = [
        assessment_opened.rows(desk.session, of, mine, each, zone=ZONE, skip=0, most=10)
        for each in assessment_opened.aggregates(pack, "answered_in_time", None)
    ]
    known = set(desk.session.scalars(select(CustomerQuestion.id)))
    assert all(row.kind == "question" and row.id in known for rows in found for row in rows)
    return [len(rows) for rows in found]


def measured(desk: Desk, period: str) -> dict[str, Decimal | None]:
    desk.now = moment(4, 2)
    pack = packs.assessment(questions.REGULATION)
    of = assessment_run.open_(
        desk.session, pack, Period.named(period), SubjectKind.DEPARTMENT, scheme=None, by=desk.actor("cr.lin"),
        at=desk.now,
    )  # fmt: skip
    assessment_run.compute(desk.session, of, zone=ZONE, at=desk.now)
    return {
        each.department.slug: next(r.shown for r in each.results if r.measure == "answered_in_time")
        for each in assessment_run.results(desk.session, of)
    }
