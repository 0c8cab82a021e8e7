"""LIFE-1: a yearly target letter per unit, signed by its head and replaced when targets change; a monthly briefing."""

import json
from datetime import date

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError

from models import Letter, Notice, Publication
from tests.builders import HOUR, ZONE, Desk, moment
from tests.workflow.test_reminder import MINUTE, reminded
from tests.workflow.test_targets import JANUARY, draft, put, refused
from workflow import (
    agenda,
    assessment_run,
    audit,
    briefing,
    clock_watch,
    message,
    packs,
    people,
    publication,
    publication_roles,
    questions,
    reading,
    targets,
)
from workflow.assessment_period import Period
from workflow.assessment_shape import SubjectKind
from workflow.office import Office
from workflow.process import FORBIDDEN, INVALID, MOVED_ON
from workflow.questions import Typed

LIFE = targets.REGULATION
MARCH = moment(3, 2)


def issue(desk: Desk, slug: str = "after_sales", at=JANUARY, by: str = "gm.zhou"):
    step = publication.issue(desk.session, desk.department(slug), 2026, by=desk.actor(by, at), at=at)
    return step, publication.newest(step.subject)


def test_a_letter_names_targets_goes_to_the_head_and_is_signed(desk: Desk) -> None:
    kpi = {"regulation": "kpi", "measure": "revenue", "period": "2026-Q1"}
    put(desk, draft(desk), draft(desk, "900000", **kpi))
    step, letter = issue(desk)
    told = letter.content["target"]
    assert (letter.kind, letter.series, letter.seq) == ("target_letter", "target", 1)
    assert [(line["rule"], line["period"], line["value"], line["unit"]) for line in told["lines"]] == [
        ("KPI-1", "2026-Q1", "900,000", "yuan"), ("LIFE-2", "2026", "80", "percent"),
    ]  # fmt: skip
    assert told["lines"][0]["weight"] is not None, "the company's weight of revenue in the KPI total"
    assert [line.person.username for line in letter.recipients] == ["service.liu"]
    assert [n.person.username for n in desk.session.scalars(select(Notice))] == ["service.liu"]
    assert letter.recipients[0].acknowledged_at is None
    reading.acknowledge(letter, by=desk.person("service.liu"), at=JANUARY + HOUR)
    assert letter.recipients[0].acknowledged_at == JANUARY + HOUR
    with refused(MOVED_ON):
        issue(desk)
    assert (
        message.kind_of(
            desk.session.scalars(select(Notice)).one(), step.subject, desk.actor("service.liu"), JANUARY
        ).key
        == "publication.know"
    )


def test_a_letter_that_nobody_signs_reminds_its_addressee_and_then_goes_up(desk: Desk) -> None:
    """Three working days from Monday at nine; a deputy signs nothing, and who has signed is left alone."""
    put(desk, draft(desk))
    step, letter = issue(desk)
    liu, due = desk.person("service.liu"), moment(1, 8)
    notice = desk.session.scalars(select(Notice)).one()
    assert message.kind_of(notice, step.subject, desk.actor("service.liu", JANUARY), JANUARY).key == "publication.act"
    entries = [e for e in agenda.entries(desk.actor("service.liu", JANUARY), JANUARY) if e.kind == Publication.kind]
    assert [(e.task, e.due_at) for e in entries] == [("Sign the target letter", due)]
    half = moment(1, 6, 13, 30)
    assert reminded(desk, half - MINUTE) == []
    assert reminded(desk, half) == [("half", half, {"acts": ["service.liu"]})]
    assert reminded(desk, due) == [("due", due, {"acts": ["service.liu"]})]
    late = moment(1, 9)
    assert reminded(desk, late) == [("late", late, {"acts": ["service.liu"], "superior": ["gm.zhou"]})]
    reading.acknowledge(letter, by=liu, at=late + HOUR)
    desk.session.flush()
    assert reminded(desk, moment(1, 14)) == []
    assert clock_watch.tidy(desk.session) == 1
    assert not [e for e in agenda.entries(desk.actor("service.liu", late), late) if e.kind == Publication.kind]


def test_a_letter_of_who_has_left_waits_for_the_general_manager_and_last_years_for_nobody(desk: Desk) -> None:
    put(desk, draft(desk))
    step, _letter = issue(desk)
    people.end_everything(desk.session, desk.person("service.liu"), at=JANUARY + HOUR)
    desk.session.flush()
    desk.office = Office(desk.session)
    [(occasion, _moment, whom)] = reminded(desk, moment(1, 8))
    assert (occasion, whom["acts"]) == ("due", ["gm.zhou"])
    assert message.awaits(step.subject, desk.actor("gm.zhou", moment(1, 8)), moment(1, 8))
    next_year = moment(1, 4, year=2027)
    assert reminded(desk, next_year) == []
    assert not message.awaits(step.subject, desk.actor("gm.zhou", next_year), next_year)


def test_a_changed_target_issues_a_letter_that_replaces_the_one_before(desk: Desk) -> None:
    put(desk, draft(desk), draft(desk, "60", unit=desk.department("sales")))
    _step, first = issue(desk)
    was = json.dumps(first.content)
    change = draft(desk, "90", MARCH, reason="新增客服一名", from_day=date(2026, 4, 1))
    other = draft(desk, "70", MARCH, reason="旺季", unit=desk.department("sales"), from_day=date(2026, 4, 1))
    put(desk, change, other, at=MARCH)
    steps = publication.renew(desk.session, [change, other], by=desk.actor("gm.zhou", MARCH), at=MARCH)
    assert len(steps) == 1, "sales have no letter, and get none by themselves"
    second = publication.newest(steps[0].subject)
    assert (second.seq, second.content["said"]["reason"]) == (2, "新增客服一名")
    assert second.content["refs"][0]["number"]["seq"] == 1
    assert [(line["value"], line["from_day"]) for line in second.content["target"]["lines"]] == [
        ("80", "2026-01-01"), ("90", "2026-04-01"),
    ]  # fmt: skip
    desk.session.expire_all()
    assert json.dumps(desk.session.get(Letter, first.id).content) == was
    assert audit.first_bad_event(desk.session) is None


def test_who_issues_and_what_cannot_be_issued(desk: Desk) -> None:
    with refused(INVALID, "unit"):
        issue(desk)
    put(desk, draft(desk), draft(desk, "60", unit=None))
    for username in ("cr.lin", "hr.qian", "service.liu"):
        with refused(FORBIDDEN):
            issue(desk, by=username)
    company = publication.issue(desk.session, None, 2026, by=desk.actor("gm.zhou", JANUARY), at=JANUARY)
    assert [line.person.username for line in publication.newest(company.subject).recipients] == ["gm.zhou"]
    issue(desk)
    for change in ("period = '2027'", "department_id = NULL", "what = 'briefing'"):
        with pytest.raises(DatabaseError), desk.session.begin_nested():
            desk.session.execute(text(f"UPDATE publication SET {change}"))


def test_who_sees_which_as_a_check_and_as_a_query(desk: Desk) -> None:
    put(desk, draft(desk), draft(desk, "60", unit=desk.department("sales")))
    service, sales = issue(desk)[0].subject, issue(desk, "sales")[0].subject
    told = publish(desk, "2026-01", moment(2, 2))
    sees = {
        "gm.zhou": [service, sales, told], "cr.sun": [service, sales, told], "hr.qian": [service, sales, told],
        "service.liu": [service, told], "sales.chen": [sales, told], "service.ma": [], "admin.root": [],
    }  # fmt: skip
    for username, expected in sees.items():
        actor = desk.actor(username, moment(2, 3))
        query = select(Publication).where(publication_roles.visible_to(actor)).order_by(Publication.id)
        assert desk.session.scalars(query).all() == expected, username
        assert [each for each in (service, sales, told) if publication_roles.may_see(each, actor)] == expected
        letters = select(Letter).where(reading.letters_visible_to(actor)).order_by(Letter.id)
        found = desk.session.scalars(letters).all()
        assert found == [publication.newest(each) for each in expected], username
        assert all(reading.may_read(letter, actor) for letter in found)


def publish(desk: Desk, month: str, at, by: str = "cr.lin"):
    pack = packs.assessment(LIFE)
    told = briefing.told(desk.session, pack, month, zone=ZONE, at=at) | {"chart": None}
    recipients = publication.readers(desk.actor(by, at).staff)
    return publication.publish(desk.session, told, by=desk.actor(by, at), at=at, recipients=recipients).subject


def ask(desk: Desk, to: str, at, answered=None, text_: str = "?") -> None:
    one = questions.take(
        desk.session, Typed(text_, "郑女士", "13800000001"), desk.person(to), by=desk.actor("cr.sun", at), at=at
    )
    if answered is not None:
        questions.answer(desk.session, one, "好的", by=desk.actor(to, at), at=at + answered)


def test_a_briefing_tells_results_trends_best_and_worst(desk: Desk) -> None:
    """February: after-sales answer 1 of 2 (target 80: 62.5 %), sales 1 of 1 (target 80: 100 %); in January none."""
    put(desk, draft(desk), draft(desk, unit=desk.department("sales")))
    asked = moment(2, 10)
    for place, (to, answered) in enumerate((("service.gao", HOUR), ("service.ma", None), ("sales.chen", HOUR))):
        ask(desk, to, asked, answered, f"问题{place}")
    at = moment(3, 2)
    desk.now = at
    of = assessment_run.open_(
        desk.session, packs.assessment(LIFE), Period.named("2026-02"), SubjectKind.DEPARTMENT, scheme=None,
        by=desk.actor("cr.lin", at), at=at,
    )  # fmt: skip
    assessment_run.compute(desk.session, of, zone=ZONE, at=at)
    told = briefing.told(desk.session, packs.assessment(LIFE), "2026-02", zone=ZONE, at=at)
    found = sorted((r["value"], r["target"], r["achievement"], r["is_reached"]) for r in told["results"])
    assert found == [("100", "80", "100", True), ("50", "80", "62.5", False)]
    assert (told["compared"], told["reached"]) == (2, 1)
    assert told["best"][0]["achievement"] == "100"
    shares = {row["unit_named"]["en"]: row["answered"] for row in told["services"]}
    assert sorted((each["whole"], each["in_time"], each["share"]) for each in shares.values()) == [
        (1, 1, "100"), (2, 1, "50"),
    ]  # fmt: skip
    months = {row["month"]: row["answered"]["share"] for row in told["trend"]}
    assert list(months) == ["2025-09", "2025-10", "2025-11", "2025-12", "2026-01", "2026-02"]
    assert (months["2026-01"], months["2026-02"]) == (None, "66.67")


def test_issued_it_changes_no_more_and_an_empty_month_says_so(desk: Desk) -> None:
    with refused(INVALID, "month"):
        publish(desk, "2026-02", moment(2, 27))
    with refused(FORBIDDEN):
        publish(desk, "2026-02", MARCH, by="service.liu")
    of = publish(desk, "2026-02", MARCH)
    letter = publication.newest(of)
    told = letter.content["briefing"]
    assert (told["results"], told["services"], told["best"], told["compared"]) == ([], [], [], 0)
    heads = [line.person.username for line in letter.recipients]
    assert heads[0] == "gm.zhou" and "service.liu" in heads and len(heads) == len(set(heads))
    was = json.dumps(letter.content, ensure_ascii=False)
    assert "service.ma" not in was and "马超" not in was
    ask(desk, "service.gao", moment(2, 10), HOUR)
    assert briefing.told(desk.session, packs.assessment(LIFE), "2026-02", zone=ZONE, at=MARCH)["services"] != []
    desk.session.expire_all()
    frozen = publication.newest(publication.briefing_of(desk.session, "2026-02"))
    assert json.dumps(frozen.content, ensure_ascii=False) == was
    with refused(MOVED_ON):
        publish(desk, "2026-02", MARCH)
