"""The command line: what each command does, prints and returns."""

import re
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from commands import demo, demo_customers, demo_story
from models import (
    Assessment,
    Complaint,
    ComplaintState,
    Customer,
    CustomerHandOver,
    Database,
    Event,
    FundRequest,
    LadderStep,
    Letter,
    Order,
    PaydayLine,
    Penalty,
    PenaltyState,
    Person,
    Reward,
    RewardState,
    Scorecard,
    Training,
)
from models.schema import migrate
from tests.builders import ZONE, Desk
from web import create_app
from workflow import fund, password, reward_list, suggestion, training
from workflow.assessment_period import Cycle, Period
from workflow.audit import findings
from workflow.office import Office
from workflow.working_days import WorkingDays

COMPANY = Path(__file__).resolve().parents[2] / "demo" / "company.yaml"


@pytest.fixture
def empty(tmp_path, settings) -> Flask:
    """The product on a database without a company."""
    database = Database(f"sqlite:///{tmp_path}/empty.sqlite3")
    migrate(database)
    app = create_app(settings, database)
    yield app
    database.dispose()


def _run(app: Flask, *arguments: str):
    return app.test_cli_runner().invoke(args=arguments)


# --- audit ----------------------------------------------------------------------------------------


def test_audit_names_the_first_bad_event(app, database):
    with database.writing() as session:
        Desk(session).complaint("resolved")
        session.commit()
    _forge(database, "UPDATE event SET said = '{}' WHERE action = 'verify'")
    result = _run(app, "audit", "verify")
    assert result.exit_code == 1
    assert "The chain is broken: complaint 2026-1, event 6: its content was changed" in result.output


def _forge(database: Database, statement: str) -> None:
    """What somebody with the keys of the database could do."""
    with database.engine.begin() as connection:
        if database.engine.dialect.name == "sqlite":
            connection.execute(text("DROP TRIGGER hold_event"))
        else:
            connection.execute(text("ALTER TABLE event DISABLE TRIGGER USER"))
        connection.execute(text(statement))


# --- company --------------------------------------------------------------------------------------


def test_a_company_is_set_up_with_a_password_for_everybody_shown_once(empty):
    result = _run(empty, "company", "set-up", str(COMPANY))
    assert result.exit_code == 0, result.output
    shown = dict(re.findall(r"^([a-z.]+) +\S+ +([a-z2-9]{5}(?:-[a-z2-9]{5}){2})$", result.output, re.MULTILINE))
    with empty.extensions["database"].reading() as session:
        people = session.scalars(select(Person)).all()
        assert shown.keys() == {person.username for person in people}
        assert all(person.must_change_password for person in people)
        assert password.matches(people[0], shown[people[0].username])


def test_a_second_company_and_a_broken_description_are_refused(empty, tmp_path):
    broken = tmp_path / "broken.yaml"
    broken.write_text("name: x\n")
    result = _run(empty, "company", "set-up", str(broken))
    assert (result.exit_code, "broken.yaml: name" in result.output) == (1, True)
    assert _run(empty, "company", "set-up", str(COMPANY)).exit_code == 0
    again = _run(empty, "company", "set-up", str(COMPANY))
    assert (again.exit_code, "A company is set up already." in again.output) == (1, True)


@pytest.mark.parametrize(
    ("changed", "place"),
    [
        ("name: 周建国", "employees.0.name"),
        ("post: 总经理", "employees.0.post"),
        ("zh: 售后服务部", "departments.1.name.zh"),
        ("adoption: 经职工大会讨论", "adoption"),
        ("en: Xingchen Auto}", "short_name.en"),
    ],
)
def test_a_character_that_no_letter_prints_is_refused_with_its_place(empty, tmp_path, changed, place):
    description = tmp_path / "company.yaml"
    description.write_text(COMPANY.read_text().replace(changed, f"{changed[:-1]}\N{OCTOPUS}{changed[-1:]}", 1))
    result = _run(empty, "company", "set-up", str(description))
    assert (result.exit_code, f"{place}: letters cannot print 🐙 (U+1F419)" in result.output) == (1, True), (
        result.output
    )
    with empty.extensions["database"].reading() as session:
        assert session.scalars(select(Person)).all() == []


# --- import ---------------------------------------------------------------------------------------


@pytest.fixture
def file(tmp_path) -> Path:
    kept = tmp_path / "complaints.csv"
    kept.write_bytes("id,desc,datetime\n1001,异响,2020/6/8\n1002,漏油,昨天\n1003,抖动,2020/6/8\n".encode("gb18030"))
    return kept


def test_import_prints_bad_rows_and_a_sum_and_returns_1(app, database, file):
    result = _run(app, "import", "complaints", str(file))
    assert result.exit_code == 1
    assert "row 3: “昨天” is not a day like 2026-03-02 (datetime)." in result.output
    assert "3 rows: 2 complaints added, 0 were there already, 1 refused." in result.output
    with database.reading() as session:
        assert session.scalars(select(Complaint)).first().filed_by.username == "cr.lin"


def test_import_is_repeatable_and_takes_the_officer_and_what_columns_mean(app, database, file):
    file.write_text("代号;说了什么\n1001;异响\n")
    options = ("--by", "cr.sun", "--column", "说了什么=description", "--severity", "major")
    arguments = ("import", "complaints", str(file), *options)
    assert _run(app, *arguments).exit_code == 0
    again = _run(app, *arguments)
    assert (again.exit_code, "1 were there already" in again.output) == (0, True)
    with database.reading() as session:
        complaint = session.scalars(select(Complaint)).one()
        assert (complaint.filed_by.username, complaint.severity.value) == ("cr.sun", "major")


@pytest.mark.parametrize(
    ("arguments", "content", "sentence"),
    [
        (["--by", "nobody"], "投诉内容\n异响\n", "There is no account “nobody”."),
        ([], "甲,乙\n1,2\n", "Choose the column that says what the customer complains about."),
        (["--column", "丙=description"], "甲,乙\n1,2\n", "“丙=description” names no column or no field."),
        ([], "", "This file is empty."),
    ],
)
def test_import_says_in_a_sentence_what_is_wrong(app, file, arguments, content, sentence):
    file.write_text(content)
    result = _run(app, "import", "complaints", str(file), *arguments)
    assert result.exit_code == 1
    assert sentence in result.output


# --- demo -----------------------------------------------------------------------------------------

MOMENTS = [
    datetime(2026, 10, 4, 3, 0, tzinfo=ZONE),  # in the week of National Day
    pytest.param(datetime(2027, 1, 1, 0, 5, tzinfo=ZONE), marks=pytest.mark.again),  # right after New Year
]


@pytest.mark.parametrize("now", MOMENTS, ids=str)
def test_the_story_shows_every_state_at_any_time(empty, now):
    now = now.astimezone(UTC)
    with empty.app_context():
        demo.set_up(now)
    with empty.extensions["database"].reading() as session:
        states = dict(session.execute(select(Complaint.state, func.count()).group_by(Complaint.state)).all())
        assert set(states) == set(ComplaintState)
        assert 25 <= sum(states.values()) <= 40
        of_complaints = select(Event.action, func.count()).where(Event.complaint_id.is_not(None))
        actions = dict(session.execute(of_complaints.group_by(Event.action)).all())
        assert actions["lapse"] == 1
        assert {"uphold", "dismiss", "vary", "remand", "retract", "decline", "return", "reopen"} < set(actions)
        assert list(findings(session, empty.config["SETTINGS"].var)) == []
        assert session.scalar(select(func.max(Event.at))) <= now
        due = session.scalars(select(Complaint.due_at).where(Complaint.due_at.is_not(None))).all()
        assert min(due) < now
        names = set(session.scalars(select(Customer.name)))
        assert {each["customer"] for each in demo_customers.told()} <= names
        # Of those who were handed over one still waits for the first call, and there is time left for it.
        calls = session.scalars(select(CustomerHandOver).order_by(CustomerHandOver.handed_at)).all()
        assert [call.is_awaited for call in calls] == [False] * (len(calls) - 1) + [True]
        assert calls[-1].handed_at <= now < calls[-1].due_at
        assert any(now < moment < now + timedelta(hours=8) for moment in due)
        ordered = select(func.count(Order.id)).join(Order.event).where(Event.scorecard_id.is_(None))
        issued = select(func.count(Letter.id)).join(Letter.event).where(Event.scorecard_id.is_(None))
        assert session.scalar(ordered) == session.scalar(issued)
        assert set(session.scalars(select(Scorecard.state))) >= {"reviewed", "paid"}
        assert set(session.scalars(select(Penalty.state))) == set(PenaltyState)
        assert set(session.scalars(select(Penalty.step))) == {*LadderStep, None} - {LadderStep.CLEAR}
        assert session.scalar(select(func.max(PaydayLine.carried))) > 0
        _what_follows_from_results(session, now)


def _what_follows_from_results(session: Session, now: datetime) -> None:
    """A tie for the general manager, fines that became a fund, a training with its effect, suggestions, a leaver."""
    office = Office(session)
    gm = office.actor(session.scalars(select(Person).filter_by(username="gm.zhou")).one(), now)
    tied = reward_list.waiting(session, gm)
    assert [(each.person.username, each.place, each.is_shared) for each in reversed(tied)] == [
        ("sales.wang", 1, True), ("sales.zhao", 1, True),
    ]  # fmt: skip
    granted = session.scalar(select(func.count(Reward.id)).filter_by(state=RewardState.GRANTED))
    letters = session.scalar(select(func.count(Letter.id)).filter_by(kind="reward_notice"))
    assert granted == letters and granted is not None and granted >= 4
    assert fund.balance(session) == 1_000
    asked = session.scalars(select(FundRequest.approved).order_by(FundRequest.id)).all()
    assert asked == [True, False, None]
    held, *planned = session.scalars(select(Training).order_by(Training.id))
    assert sorted(str(each.attended) for each in held.participants) == ["False", "True", "True"]
    effect = training.effect(session, held)
    assert effect.before is not None and effect.after is not None and effect.before < effect.after
    assert len(planned) == 2 and all(each.held_on > now.astimezone(ZONE).date() for each in planned)
    outcomes = {
        (each.person.username, each.outcome, each.answer is not None)
        for of in session.scalars(select(Assessment).filter_by(regulation="after-sales-assessment"))
        for each in suggestion.suggested(session, of, gm)
    }
    assert {
        ("service.ma", "promotion", False),
        ("service.ma", "bonus", True),
        ("service.gao", "training", True),
    } <= outcomes
    left = session.scalars(select(Person).where(Person.left_at.is_not(None), Person.name == "蒋薇")).one()
    assert len(set(session.scalars(select(Person.password_hash)))) == 1, "everybody, who has left too, comes in"
    assert not session.scalars(select(Person.username).where(Person.must_change_password)).all()
    handed = session.scalars(select(CustomerHandOver).filter_by(from_id=left.id)).all()
    assert len(handed) == 3 and all(each.contacted_at <= each.due_at for each in handed)
    last = Period.of(Cycle.MONTH, now.astimezone(ZONE).date()).previous()
    assert all(last.first_day <= each.due_at.astimezone(ZONE).date() <= last.last_day for each in handed)


def test_the_demo_is_set_up_once(empty):
    first, second = _run(empty, "demo"), _run(empty, "demo")
    assert (first.exit_code, second.exit_code) == (0, 0)
    assert "nothing was changed" in second.output
    listed = _run(empty, "demo", "--show").output
    assert re.search(r"^service\.ma +马超 +服务顾问", listed, re.MULTILINE)
    assert listed.endswith(f"Everybody's password: {password.DEMO_PASSWORD}\n")


def test_the_demo_leaves_a_real_company_alone(empty):
    _run(empty, "company", "set-up", str(COMPANY))
    assert "nothing was changed" in _run(empty, "demo").output
    assert "no demo company" in _run(empty, "demo", "--show").output


def test_the_story_is_in_order_on_every_day_of_two_years():
    calendar = WorkingDays(ZONE, opens_at=time(9), closes_at=time(18))
    for number in range(0, 730, 3):
        now = datetime.combine(date(2026, 1, 1), time(number % 24, 7), ZONE) + timedelta(days=number)
        acts = demo_story.read(now.astimezone(UTC), calendar)
        assert acts[-1].at <= now
        _assert_each_case_is_in_order(acts)


def _assert_each_case_is_in_order(acts: list[demo_story.Act]) -> None:
    lately: dict[int, demo_story.Act] = {}
    order = [act.said["at"] for act in acts]
    for act in acts:
        if (before := lately.get(act.case)) is not None:
            assert before.at < act.at, (before, act)
            if before.said.get("do") == "assign" and act.said["do"] in ("accept", "appeal"):
                assert act.at - before.at < timedelta(hours=24), (before, act)
        else:
            assert act.opens_a_case, order
        lately[act.case] = act
