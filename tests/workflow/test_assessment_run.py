"""Running assessments: computed from the rows, stored, submitted, reviewed, closed; who may do and see what."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import DatabaseError, IntegrityError
from sqlalchemy.orm import Session

from models import Assessed, Assessment, AssessmentQuestion, AssessmentResult, AssessmentRow, Headship, Person
from tests.builders import ZONE, Desk, moment
from tests.workflow.assessment_rows import FILLED
from workflow import assessment_books as books
from workflow import assessment_question, assessment_roles, assessment_run, assessment_steps, packs, people
from workflow.assessment_entry import Row, RowRefused
from workflow.assessment_period import Period
from workflow.assessment_shape import SubjectKind
from workflow.office import Office
from workflow.process import Refused

FEBRUARY = Period.named("2026-02")
LOYALTY = "loyalty"


def post(desk: Desk, regulation: str, source: str, who: Any, day: date, **rows: dict[str, Any]) -> list[AssessmentRow]:
    pack = books.pack_on(desk.session, regulation, day)
    assert pack is not None
    entries = [books.Entry(who, day, Row(key, values)) for key, values in rows.items()]
    found = books.post(desk.session, pack, source, entries, at=desk.now, by=desk.person("cr.lin"))
    desk.session.flush()
    return found


def opened(
    desk: Desk, regulation: str = LOYALTY, by: str = "cr.lin", kind: str = "person", period: Period = FEBRUARY
) -> Assessment:
    pack = packs.assessment(regulation, filled=FILLED.get(regulation))
    scheme = next(iter(pack.schemes), None)
    return assessment_run.open_(
        desk.session, pack, period, SubjectKind(kind), scheme=scheme, by=desk.actor(by), at=desk.now
    )


def computed(desk: Desk, *args: Any, **more: Any) -> Assessment:
    of = opened(desk, *args, **more)
    assessment_run.compute(desk.session, of, zone=ZONE, at=desk.now)
    return of


def closed(desk: Desk, *args: Any, **more: Any) -> Assessment:
    of = computed(desk, *args, **more)
    assessment_steps.submit(desk.session, of, by=desk.actor("cr.lin"), at=desk.now)
    assessment_steps.close(desk.session, of, by=desk.actor("gm.zhou"), at=desk.now)
    return of


def line(desk: Desk, of: Assessment, username: str, measure: str) -> AssessmentResult:
    query = select(AssessmentResult).join(Assessed).where(
        Assessed.assessment_id == of.id, Assessed.person_id == desk.person(username).id,
        AssessmentResult.measure == measure, AssessmentResult.part.is_(None),
    )  # fmt: skip
    return desk.session.scalars(query).one()


def assessed(desk: Desk, of: Assessment, username: str) -> Assessed:
    query = select(Assessed).filter_by(assessment_id=of.id, person_id=desk.person(username).id)
    return desk.session.scalars(query).one()


def test_an_assessment_lists_whom_the_regulation_concerns_and_whoever_has_rows(desk: Desk) -> None:
    """Nobody of the workshop has a line, not even “no data”, under the regulation about those who bought a car."""
    post(desk, "sales-satisfaction", "sales", desk.person("sales.wang"), date(2026, 2, 20), a={"units": 9})
    # Somebody else who sold a car: what there are rows about is never left out.
    post(desk, "sales-satisfaction", "sales", desk.person("detailing.tang"), date(2026, 2, 20), b={"units": 1})
    of = computed(desk, "sales-satisfaction", by="sales.chen")
    found = {each.person.username: each.results for each in assessment_run.results(desk.session, of) if each.person}
    assert set(found) == {"sales.chen", "sales.li", "sales.wang", "sales.zhao", "detailing.tang"}
    assert all(result.missing for result in found["sales.zhao"]), "who is concerned and has no rows has no data"
    departments = computed(desk, "mystery-shopper", by="cr.lin", kind="department")
    seats = {each.department.slug for each in assessment_run.results(desk.session, departments) if each.department}
    assert seats == {"sales", "after_sales"}
    everybody = computed(desk, LOYALTY)
    assert len(assessment_run.results(desk.session, everybody)) > len(found) + 5


def test_results_are_stored_with_what_was_put_in(desk: Desk) -> None:
    ma = desk.person("service.ma")
    post(desk, LOYALTY, "answers", ma, date(2026, 2, 3), a={"likelihood": 10}, b={"likelihood": 9}, c={"likelihood": 5})
    of = computed(desk)
    desk.session.expire_all()
    found = line(desk, of, "service.ma", "nps")
    assert found.shown == Decimal("33.33") and found.value is not None and str(found.value).startswith("33.3333333")
    assert [(each["figure"], each["rows"]) for each in found.inputs] == [("2", 2), ("1", 1), ("3", 3)]
    nobody = line(desk, of, "sales.chen", "nps")
    assert (nobody.shown, nobody.missing) == (None, ["no_rows", "answers"])
    assert of.computed_at == desk.now


def test_computing_again_takes_new_rows_in_and_keeps_one_line_for_each(desk: Desk) -> None:
    ma = desk.person("service.ma")
    post(desk, LOYALTY, "answers", ma, date(2026, 2, 3), a={"likelihood": 10})
    of = computed(desk)
    post(desk, LOYALTY, "answers", ma, date(2026, 2, 4), b={"likelihood": 0})
    for _again in range(2):
        assessment_run.compute(desk.session, of, zone=ZONE, at=desk.now)
    assert line(desk, of, "service.ma", "nps").shown == Decimal(0)


def test_complaints_are_counted_where_they_lie(desk: Desk) -> None:
    desk.now = moment(2, 3)
    for state in ("handling", "voided"):
        desk.complaint(state)
    desk.now = moment(3, 2)
    post(desk, LOYALTY, "served", desk.person("service.ma"), date(2026, 2, 3), a={"customers": 50})
    found = line(desk, computed(desk), "service.ma", "complaint_rate")
    assert (found.shown, found.inputs[0]["rows"]) == (Decimal("2.00"), 1), "what was voided was no complaint"


@pytest.mark.parametrize(
    ("changes", "why"),
    [({"by": "service.liu"}, "responsible"), ({"period": Period.named("2026-04")}, "not begun"),
     ({"period": Period.named("2025")}, "not in force"), ({"kind": "partner"}, "does not assess these")],
)  # fmt: skip
def test_what_cannot_be_opened_is_refused(desk: Desk, changes: dict[str, Any], why: str) -> None:
    with pytest.raises(Refused, match=why):
        opened(desk, **changes)


def test_there_is_one_assessment_of_a_period(desk: Desk) -> None:
    opened(desk)
    with pytest.raises(Refused, match="already"):
        opened(desk)


def test_heads_review_before_the_owner_closes(desk: Desk) -> None:
    of = computed(desk)
    lin = desk.actor("cr.lin")
    with pytest.raises(Refused, match="submitted"):
        assessment_steps.close(desk.session, of, by=lin, at=desk.now)
    assessment_steps.submit(desk.session, of, by=lin, at=desk.now)
    waits = assessment_steps.awaited_reviews(desk.session, of)
    service = desk.department("after_sales").id
    assert service in waits and desk.department("customer_relations").id not in waits, "who submits has looked"
    with pytest.raises(Refused, match="Not reviewed yet"):
        assessment_steps.close(desk.session, of, by=lin, at=desk.now)
    with pytest.raises(Refused, match="Only the head"):
        assessment_steps.review(desk.session, of, service, note="", by=lin, at=desk.now)
    heads = desk.session.scalars(select(Headship).where(Headship.department_id.in_(waits))).all()
    for head in heads:
        by = desk.office.actor(head.person, desk.now)
        assessment_steps.review(desk.session, of, head.department_id, note="无异议", by=by, at=desk.now)
    assessment_steps.close(desk.session, of, by=lin, at=desk.now)
    assert of.stage == "closed"


def test_a_period_that_is_not_over_is_not_submitted(desk: Desk) -> None:
    of = computed(desk, period=Period.named("2026-03"))
    with pytest.raises(Refused, match="not over"):
        assessment_steps.submit(desk.session, of, by=desk.actor("cr.lin"), at=desk.now)


def test_what_was_returned_is_computed_and_reviewed_anew(desk: Desk) -> None:
    of = computed(desk)
    lin = desk.actor("cr.lin")
    assessment_steps.submit(desk.session, of, by=lin, at=desk.now)
    with pytest.raises(Refused, match="fill"):
        assessment_steps.return_(desk.session, of, reason=" ", by=lin, at=desk.now)
    assessment_steps.return_(desk.session, of, reason="漏录一张答卷", by=lin, at=desk.now)
    assert of.stage == "open"
    assessment_run.compute(desk.session, of, zone=ZONE, at=desk.now)


def test_a_closed_period_takes_no_more_rows(desk: Desk) -> None:
    ma = desk.person("service.ma")
    (row,) = post(desk, LOYALTY, "answers", ma, date(2026, 2, 3), a={"likelihood": 10})
    closed(desk)
    with pytest.raises(RowRefused, match="2026-02 is closed") as refused:
        post(desk, LOYALTY, "answers", ma, date(2026, 2, 28), b={"likelihood": 0})
    assert refused.value.objection.values["day"] == date(2026, 3, 1)
    with pytest.raises(Refused, match="2026-02 is closed"):
        books.withdraw(desk.session, row, reason="录入有误", at=desk.now, by=desk.person("cr.lin"))
    post(desk, LOYALTY, "answers", ma, date(2026, 3, 1), b={"likelihood": 0})
    post(desk, LOYALTY, "served", desk.department("after_sales"), date(2026, 2, 3), a={"customers": 5})


def test_the_database_takes_nothing_for_what_is_closed(desk: Desk) -> None:
    ma = desk.person("service.ma")
    (row,) = post(desk, LOYALTY, "answers", ma, date(2026, 2, 3), a={"likelihood": 10})
    of = closed(desk)
    key = of.id
    copied = 'regulation, source, counts_on, "values", at, person_id'
    for statement in (
        f"INSERT INTO assessment_row (key, {copied}) SELECT 'z', {copied} FROM assessment_row",
        f"INSERT INTO assessment_row_withdrawal SELECT id, at, {ma.id}, '' FROM assessment_row WHERE id = {row.id}",
        f"UPDATE assessed SET place = 1 WHERE assessment_id = {key}",
        "UPDATE assessment_result SET place = 1",
        "DELETE FROM assessment_result",
        f"DELETE FROM assessed WHERE assessment_id = {key}",
        "UPDATE assessment SET closed_at = NULL, closed_by_id = NULL",
        "DELETE FROM assessment",
        "DELETE FROM assessment_act",
    ):
        with pytest.raises((IntegrityError, DatabaseError)), desk.session.begin_nested():
            desk.session.execute(text(statement))
    with pytest.raises(Refused, match="open"):
        assessment_run.compute(desk.session, of, zone=ZONE, at=desk.now)


def test_results_of_an_open_one_change(desk: Desk) -> None:
    computed(desk)
    assert desk.session.execute(update(AssessmentResult).values(place=1)).rowcount > 0
    desk.session.expire_all()
    assert set(desk.session.scalars(select(AssessmentResult.place))) == {1}


def test_a_total_is_adjusted_within_bounds_and_with_a_reason(desk: Desk) -> None:
    pack = packs.assessment("fair-evaluation", filled=FILLED.get("fair-evaluation"))
    ma = desk.person("service.ma")
    highest = pack.sources["ratings"].fields["score"].highest
    assert highest is not None
    for rater in ("superior", "peers", "customers"):
        row = {rater: {"rater": rater, "score": highest / 2}}
        post(desk, pack.pack, "ratings", ma, date(2026, 2, 3), **row)
    of = computed(desk, "fair-evaluation", by="hr.qian")
    hr, mine = desk.actor("hr.qian"), assessed(desk, of, "service.ma")
    before = mine.shown
    assert before is not None
    usual = {"name": ma.name, "by": hr, "at": desk.now}
    for factor, reason, why in (("9", "理由", "between"), ("1.05", " ", "fill|reason"), ("x", "理由", "no number")):
        with pytest.raises(Refused, match=why):
            assessment_steps.adjust(desk.session, of, mine, factor=factor, reason=reason, **usual)
    by = desk.actor("service.liu")
    with pytest.raises(Refused, match="responsible"):
        assessment_steps.adjust(desk.session, of, mine, factor="1.05", reason="x", name="", by=by, at=desk.now)
    assessment_steps.adjust(desk.session, of, mine, factor="1.05", reason="支援外地门店", **usual)
    assessment_run.compute(desk.session, of, zone=ZONE, at=desk.now)
    mine = assessed(desk, of, "service.ma")
    assert (mine.unadjusted, mine.factor, mine.factor_reason) == (before, Decimal("1.05"), "支援外地门店")
    assert mine.total == before * Decimal("1.05")


# --- who sees what -------------------------------------------------------------------------------


def seen(session: Session, of: Assessment, actor: Any) -> set[str]:
    owner = assessment_run.pack_for(of).owner
    rows = session.scalars(select(Assessed).where(Assessed.assessment_id == of.id)).all()
    by_check = {row.person.username for row in rows if row.person and assessment_roles.may_see(row, owner, actor)}
    visible = assessment_roles.visible(owner, actor)
    query = select(Assessed).where(Assessed.assessment_id == of.id, visible)
    assert by_check == {row.person.username for row in session.scalars(query) if row.person}
    return by_check


def test_everybody_sees_their_own_and_heads_their_departments(desk: Desk) -> None:
    of = computed(desk)
    everybody = seen(desk.session, of, desk.actor("gm.zhou"))
    assert everybody == seen(desk.session, of, desk.actor("hr.qian")) == seen(desk.session, of, desk.actor("cr.sun"))
    assert seen(desk.session, of, desk.actor("service.ma")) == {"service.ma"}
    heads = seen(desk.session, of, desk.actor("service.liu"))
    assert {"service.ma", "service.liu"} <= heads < everybody and "sales.chen" not in heads


def test_who_has_left_sees_their_own_alone(desk: Desk) -> None:
    of = computed(desk)
    desk.person("service.liu").left_at = moment(3, 1)
    desk.session.flush()
    assert seen(desk.session, of, desk.actor("service.liu")) == {"service.liu"}


def test_confidential_figures_are_shown_from_five_answers_on(desk: Desk) -> None:
    pack = packs.assessment("service-survey", filled=FILLED.get("service-survey"))
    measure = next(name for name in pack.measures if assessment_roles.is_confidential(pack, name))
    liu, owner = desk.actor("service.liu"), desk.actor("cr.lin")
    assert [assessment_roles.hides(pack, measure, n, liu) for n in (0, 1, 4, 5)] == [False, True, True, False]
    assert not assessment_roles.hides(pack, measure, 1, owner)
    source = next(iter(assessment_roles.sources_of(pack, measure)))
    assert assessment_roles.opens_rows(pack, source, owner) and not assessment_roles.opens_rows(pack, source, liu)


def test_nobody_opens_rows_of_an_anonymous_source(desk: Desk) -> None:
    pack = packs.assessment("satisfaction-evaluation", filled=FILLED.get("satisfaction-evaluation"))
    assert not assessment_roles.opens_rows(pack, "answers", desk.actor("cr.lin"))


# --- questions -----------------------------------------------------------------------------------


def test_a_question_goes_to_the_head_who_answers_once(desk: Desk) -> None:
    of = computed(desk)
    ma, mine = desk.actor("service.ma"), assessed(desk, of, "service.ma")
    asked = assessment_question.ask(desk.session, of, mine, "nps", question="为何没有数据？", by=ma, at=desk.now)
    assert asked.to.username == "service.liu"
    for other in ("service.ma", "sales.chen"):
        by = desk.actor(other)
        with pytest.raises(Refused, match="somebody else"):
            assessment_question.answer(desk.session, asked, mine.seat_id, text="答", by=by, at=desk.now)
    by = desk.actor("service.liu")
    assessment_question.answer(desk.session, asked, mine.seat_id, text="本月无答卷。", by=by, at=desk.now)
    with pytest.raises(Refused, match="already"):
        assessment_question.answer(desk.session, asked, mine.seat_id, text="再答", by=by, at=desk.now)


def test_a_question_to_who_has_left_is_for_whoever_heads_the_department_and_the_general_manager(desk: Desk) -> None:
    of = computed(desk)
    ma, mine = desk.actor("service.ma"), assessed(desk, of, "service.ma")
    asked = assessment_question.ask(desk.session, of, mine, "nps", question="为何没有数据？", by=ma, at=desk.now)
    liu = desk.person("service.liu")
    people.end_everything(desk.session, liu, at=desk.now)
    desk.session.add(
        Headship(department=desk.department("after_sales"), person=desk.person("service.gao"), since=desk.now)
    )
    desk.session.flush()
    desk.office = Office(desk.session)
    waits = [
        person.username for person in desk.session.scalars(select(Person).order_by(Person.id))
        if desk.session.scalars(
            select(AssessmentQuestion).where(assessment_question.waiting_for(desk.actor(person.username)))
        ).first()
    ]  # fmt: skip
    assert sorted(waits) == ["gm.zhou", "service.gao"]
    assert not assessment_question.answers(asked, mine.seat_id, desk.actor("sales.chen"))
    by = desk.actor("service.gao")
    assessment_question.answer(desk.session, asked, mine.seat_id, text="本月无答卷。", by=by, at=desk.now)


def test_nobody_asks_about_anothers_line(desk: Desk) -> None:
    of = computed(desk)
    theirs, by = assessed(desk, of, "service.liu"), desk.actor("service.ma")
    with pytest.raises(Refused, match="no such"):
        assessment_question.ask(desk.session, of, theirs, "nps", question="？", by=by, at=desk.now)
