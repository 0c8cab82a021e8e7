"""Rounds of ratings (FAIR-1, STAFF-1): who rates whom, given once and for good, known to nobody, told and reminded."""

from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given as generated
from hypothesis import strategies as st
from sqlalchemy import inspect, select, text
from sqlalchemy.exc import DatabaseError, IntegrityError

from models import (
    Assessment,
    AssessmentResult,
    AssessmentRow,
    Base,
    Database,
    Event,
    Notice,
    Person,
    RatingAsked,
    RatingDuty,
    RatingGiven,
    RatingRound,
)
from tests.builders import MONDAY, ZONE, Desk, moment
from tests.surveys import survey
from tests.workflow.assessment_rows import FILLED
from tests.workflow.test_assessment_run import assessed, line, opened
from tests.workflow.test_race import together
from tests.workflow.test_reminder import MINUTE, reminded, vacate
from workflow import (
    agenda,
    assessment_opened,
    assessment_run,
    assessment_steps,
    message,
    packs,
    rating_draw,
    rating_rounds,
    rating_sight,
    rating_turn,
    ratings,
    survey_form,
)
from workflow.assessment_source import PEERS, SUPERIOR
from workflow.process import Refused
from workflow.rating_rounds import Wish
from workflow.roles import Staff
from workflow.survey_form import Given

FAIR, APPRAISAL = "fair-evaluation", "staff-appraisal"
# Friday of the week that begins with MONDAY; late ratings are taken until the Wednesday after it.
DUE_ON, DUE, CLOSES = date(2026, 3, 6), moment(3, 6, 18), moment(3, 11, 18)
SALES = ("sales.li", "sales.wang", "sales.zhao")


def begun(desk: Desk, regulation: str = FAIR, peers: int | None = 5, due_on: date | None = DUE_ON) -> RatingRound:
    """A round of February."""
    of = opened(desk, regulation, by="hr.qian")
    return rating_rounds.open_(
        desk.session, of, "ratings", Wish(due_on, peers), by=desk.actor("hr.qian"), at=desk.now, seed="one"
    )


def pairs(desk: Desk, of: RatingRound) -> list[tuple[str, str, str]]:
    found = desk.session.scalars(RatingDuty.whole().where(RatingDuty.round_id == of.id)).unique()
    return [(duty.rater.username, each.person.username, each.rated_as) for duty in found for each in duty.asked]


def asked(desk: Desk, rater: str, person: str) -> RatingAsked:
    query = select(RatingAsked).filter_by(rater_id=desk.person(rater).id, person_id=desk.person(person).id)
    return desk.session.scalars(query).one()


def give(desk: Desk, rater: str, person: str, score: int = 80, words: str = "", at: Any = None) -> None:
    at = at or desk.now
    found = ratings.locked(desk.session, asked(desk, rater, person).id, desk.actor(rater, at))
    ratings.give(desk.session, found, Given({"score": str(score)}, words=words), by=desk.actor(rater, at), at=at)


def close(desk: Desk, of: RatingRound) -> None:
    rating_rounds.close(desk.session, of, by=desk.actor("hr.qian"), at=desk.now)


def compute(desk: Desk, of: RatingRound) -> Assessment:
    found = desk.session.scalars(select(Assessment).filter_by(regulation=of.regulation)).one()
    assessment_run.compute(desk.session, found, zone=ZONE, at=desk.now)
    return found


# --- who rates whom


@generated(st.integers(1, 40), st.integers(0, 20), st.text(max_size=8), st.booleans(), st.booleans())
def test_nobody_rates_themselves_and_everybody_is_rated_by_the_same_number(
    count: int, peers: int, seed: str, has_head: bool, has_manager: bool
) -> None:
    people: list[Any] = [SimpleNamespace(id=key, has_left_at=lambda _at: False) for key in range(1, count + 1)]
    manager: Any = SimpleNamespace(id=99, has_left_at=lambda _at: False)
    staff = Staff(MONDAY, heads={7: people[0]} if has_head else {})
    staff = Staff(MONDAY, heads=staff.heads, holders={"general_manager": (manager,)} if has_manager else {})  # type: ignore[dict-item]
    raters = (SUPERIOR, PEERS)
    seats = rating_draw.seats(people, dict.fromkeys(range(1, count + 1), 7), staff, raters=raters, peers=peers)
    found = rating_draw.pairs(seats, staff, seed, raters=raters)
    assert found == rating_draw.pairs(seats, staff, seed, raters=raters), "drawn again it is the same"
    assert all(pair.rater.id != pair.person.id for pair in found)
    assert max(Counter((pair.rater.id, pair.person.id) for pair in found).values(), default=0) <= 1
    of_peers = [pair for pair in found if pair.rated_as == PEERS]
    gives, gets = (Counter(getattr(p, side).id for p in of_peers) for side in ("rater", "person"))
    assert len({*gives.values(), *gets.values()}) <= 1 and set(gives) == set(gets)
    assert all(1 < number <= peers for number in gives.values())
    assert not has_head or 1 not in gives, "a head is no peer"
    superiors = Counter(pair.person.id for pair in found if pair.rated_as == SUPERIOR)
    assert len(superiors) == (count - 1 if has_head else 0) + (1 if has_head and has_manager else 0)


def test_heads_rate_their_people_the_general_manager_the_heads_and_colleagues_each_other(desk: Desk) -> None:
    found = pairs(desk, begun(desk))
    of_sales = {pair for pair in found if pair[1] in SALES}
    assert of_sales == {("sales.chen", who, SUPERIOR) for who in SALES} | {
        (one, other, PEERS) for one in SALES for other in SALES if one != other
    }
    assert [pair for pair in found if pair[1] == "sales.chen"] == [("gm.zhou", "sales.chen", SUPERIOR)]
    assert not [pair for pair in found if pair[1] == "gm.zhou"], "nobody is above the general manager"
    parts = [pair for pair in found if pair[1] == "parts.yuan"]
    assert parts == [("parts.deng", "parts.yuan", SUPERIOR)], "nobody else is in parts"
    told = Counter(desk.session.scalars(select(Notice.person_id).where(Notice.rating_id.is_not(None))))
    assert set(told.values()) == {1} and desk.person("hr.qian").id not in told, "whoever opened it knows"


def test_where_a_head_is_missing_and_colleagues_have_left_the_rest_is_asked(desk: Desk) -> None:
    desk.person("sales.zhao").left_at = MONDAY
    vacate(desk, "sales")
    found = pairs(desk, begun(desk))
    # The former head is a colleague like the others.
    assert {pair for pair in found if pair[1].startswith("sales.")} == {
        (one, other, PEERS)
        for one in ("sales.chen", *SALES[:2])
        for other in ("sales.chen", *SALES[:2])
        if one != other
    }


def test_a_round_is_opened_once_by_whoever_runs_the_regulation_and_as_it_must_be(desk: Desk) -> None:
    for wish, field in (
        (Wish(None, 5), "due_on"), (Wish(date(2026, 3, 7), 5), "due_on"), (Wish(date(2026, 2, 27), 5), "due_on"),
        (Wish(date(2026, 9, 1), 5), "due_on"), (Wish(DUE_ON, None), "peers"), (Wish(DUE_ON, 2), "peers"),
        (Wish(DUE_ON, 21), "peers"), (Wish(DUE_ON, -1), "peers"),
    ):  # fmt: skip
        with pytest.raises(Refused) as refused, desk.session.begin_nested():
            begun(desk, peers=wish.peers, due_on=wish.due_on)
        assert [each.values["field"] for each in refused.value.objections] == [field], wish
    of = begun(desk)
    assert (of.counts_on, of.due_at, of.closes_at) == (date(2026, 2, 28), DUE, CLOSES)
    assessment = desk.session.scalars(select(Assessment)).one()
    for who, why in (("hr.qian", "already"), ("service.liu", "responsible")):
        with pytest.raises(Refused, match=why):
            rating_rounds.open_(
                desk.session, assessment, "ratings", Wish(DUE_ON, 5), by=desk.actor(who), at=desk.now
            )  # fmt: skip
    with pytest.raises(Refused, match="no such source"):
        rating_rounds.source_of(assessment, "other")


def test_a_round_of_a_period_that_goes_on_counts_into_it_and_without_peers_heads_rate_alone(desk: Desk) -> None:
    desk.now = moment(2, 16)
    of = begun(desk, peers=0, due_on=date(2026, 2, 27))
    assert of.counts_on == date(2026, 2, 16)
    assert {rated_as for _rater, _person, rated_as in pairs(desk, of)} == {SUPERIOR}


# --- giving


def test_a_rating_is_given_once_by_whom_was_asked_while_the_round_is_open(desk: Desk) -> None:
    of = begun(desk)
    give(desk, "sales.wang", "sales.li", 90)
    with pytest.raises(Refused, match="already"):
        give(desk, "sales.wang", "sales.li", 10)
    found = asked(desk, "sales.wang", "sales.zhao")
    for score, why in (("", "at least one"), ("101", "no number from"), ("x", "is no number")):
        with pytest.raises(Refused, match=why):
            ratings.give(desk.session, found, Given({"score": score}), by=desk.actor("sales.wang"), at=desk.now)
    with pytest.raises(Refused, match="no such rating"):
        ratings.asked_of(desk.session, asked(desk, "sales.wang", "sales.zhao").id, desk.actor("hr.qian"))
    found = asked(desk, "sales.wang", "sales.zhao")
    with pytest.raises(Refused, match="cannot judge"):
        ratings.cannot_judge(desk.session, found, " ", by=desk.actor("sales.wang"), at=desk.now)
    ratings.cannot_judge(desk.session, found, "刚到同一班组，了解不多。", by=desk.actor("sales.wang"), at=desk.now)
    assert found.duty.done_on == date(2026, 3, 2), "nothing is left"
    assert desk.session.scalars(select(RatingGiven)).one().rated_as == PEERS
    lines, reasons = rating_sight.progress(desk.session, of, desk.now)
    sales = next(each for each in lines if each.department.slug == "sales")
    assert (sales.asked, sales.given, sales.unable, sales.open) == (9, 1, 1, 7)
    assert {each.username for each in sales.waits} == {"sales.chen", "sales.li", "sales.zhao"}
    assert reasons == ["刚到同一班组，了解不多。"]
    give(desk, "sales.li", "sales.wang", at=CLOSES - MINUTE)
    with pytest.raises(Refused, match="closed"):
        give(desk, "sales.li", "sales.zhao", at=CLOSES)
    assert rating_rounds.close_what_is_over(desk.session, CLOSES - MINUTE) == 0
    assert rating_rounds.close_what_is_over(desk.session, CLOSES + MINUTE) == 1
    assert (of.closed_at, of.closed_by) == (CLOSES + MINUTE, None)
    with pytest.raises(Refused, match="already"):
        close(desk, of)


def test_nothing_says_who_gave_what(desk: Desk) -> None:
    """Neither the row, nor what stands beside it, nor any event; and no moment leads from one to the other."""
    begun(desk)
    give(desk, "sales.wang", "sales.li", 91, "接待客户很耐心。", at=MONDAY + timedelta(hours=3))
    row = desk.session.scalars(select(AssessmentRow)).one()
    assert (row.by_id, row.note, row.proof_id, row.at) == (None, None, None, MONDAY)
    wang = desk.person("sales.wang").id
    given = desk.session.scalars(select(RatingGiven)).one()
    for found in (row, given):
        columns = {column.key: getattr(found, column.key) for column in inspect(type(found)).columns}
        assert wang not in [value for key, value in columns.items() if key.endswith("_id")]
        assert "sales.wang" not in str(columns) and "王强" not in str(columns)
    assert desk.session.scalars(select(Event.id)).first() is None
    keys = {(key.parent.table.name, key.column.table.name) for table in Base.metadata.tables.values()
            for key in table.foreign_keys}  # fmt: skip
    assert ("rating_given", "rating_asked") not in keys and ("rating_given", "rating_duty") not in keys
    assert ("rating_asked", "rating_given") not in keys and ("rating_asked", "assessment_row") not in keys


# --- what is shown of it


def shown(desk: Desk, of: Assessment, who: str, part: str = PEERS) -> int:
    aggregate = assessment_opened.aggregates(assessment_run.pack_for(of), "evaluation", part)[0]
    mine = assessed(desk, of, who)
    return len(assessment_opened.rows(desk.session, of, mine, aggregate, zone=ZONE, skip=0, most=50))


def inputs(desk: Desk, of: Assessment, who: str, part: str = PEERS) -> int:
    query = select(AssessmentResult).filter_by(assessed_id=assessed(desk, of, who).id, part=part)
    return max(each["rows"] for each in desk.session.scalars(query).one().inputs)


def grow(desk: Desk) -> None:
    """Two more colleagues in sales, so that four peers of each rate."""
    for username in ("detailing.tang", "parts.yuan"):
        post = desk.person(username).postings[0]
        post.department_id = desk.department("sales").id
        post.team_id = None
    desk.session.flush()
    desk.session.expire_all()


def test_peers_figures_and_words_are_shown_from_three_on_and_once_the_round_is_closed(desk: Desk) -> None:
    grow(desk)
    of = begun(desk)
    for number, rater in enumerate(("sales.wang", "sales.zhao", "detailing.tang")):
        give(desk, rater, "sales.li", 80 + number, f"第{number + 1}句")
    for rater in ("sales.li", "sales.zhao"):
        give(desk, rater, "sales.wang", 70, "两个人说的")
    give(desk, "sales.chen", "sales.wang", 88, "跟进及时。")
    found = compute(desk, of)
    assert inputs(desk, found, "sales.li") == 0, "a figure more would tell what the last one gave"
    assert rating_sight.feedback(desk.session, found, assessed(desk, found, "sales.li"))[0].said == []
    close(desk, of)
    compute(desk, of)
    assert (inputs(desk, found, "sales.li"), shown(desk, found, "sales.li")) == (3, 3)
    assert (inputs(desk, found, "sales.wang"), shown(desk, found, "sales.wang")) == (2, 0), "counted, not shown"
    assert shown(desk, found, "sales.wang", SUPERIOR) == 1
    [li], [wang] = (
        rating_sight.feedback(desk.session, found, assessed(desk, found, who)) for who in ("sales.li", "sales.wang")
    )
    assert (li.asked, li.given, li.is_kept, len(li.said)) == (4, 3, False, 3)
    assert {words for said in li.said for _title, words in said.words} == {"第1句", "第2句", "第3句"}
    assert (wang.given, wang.is_kept) == (2, True)
    assert [(said.rated_as, said.words) for said in wang.said] == [(SUPERIOR, [(None, "跟进及时。")])]


def test_results_wait_for_the_end_of_the_round(desk: Desk) -> None:
    of = begun(desk)
    found = compute(desk, of)
    later = moment(3, 3)
    with pytest.raises(Refused, match="goes on"):
        assessment_steps.submit(desk.session, found, by=desk.actor("hr.qian", later), at=later)
    rating_rounds.close(desk.session, of, by=desk.actor("hr.qian", later), at=later)
    with pytest.raises(Refused, match="recompute"):
        assessment_steps.submit(desk.session, found, by=desk.actor("hr.qian", later), at=later)
    assessment_run.compute(desk.session, found, zone=ZONE, at=later)
    assessment_steps.submit(desk.session, found, by=desk.actor("hr.qian", later), at=later)


def test_results_of_the_minute_before_the_clock_closes_a_round_are_computed_anew(desk: Desk) -> None:
    of = begun(desk)
    give(desk, "sales.chen", "sales.li", 88)
    found = desk.session.scalars(select(Assessment)).one()
    assessment_run.compute(desk.session, found, zone=ZONE, at=CLOSES + MINUTE / 2)
    at = CLOSES + MINUTE
    assert rating_rounds.close_what_is_over(desk.session, at) == 1 and of.closed_at == at
    with pytest.raises(Refused, match="recompute"):
        assessment_steps.submit(desk.session, found, by=desk.actor("hr.qian", at), at=at)


def test_where_no_field_says_who_rates_the_rows_just_count_with_a_comment_on_each_question(desk: Desk) -> None:
    of = begun(desk, APPRAISAL)
    found = asked(desk, "service.liu", "service.ma")
    said = Given({"attitude": "5", "skill": "4"}, {"attitude": "始终耐心。"}, "请多带新人。")
    ratings.give(desk.session, found, said, by=desk.actor("service.liu"), at=desk.now)
    close(desk, of)
    computed = compute(desk, of)
    mine = assessed(desk, computed, "service.ma")
    assert line(desk, computed, "service.ma", "attitude").value == 5
    [said_] = rating_sight.feedback(desk.session, computed, mine)[0].said
    assert [(title.en if title else "", words) for title, words in said_.words] == [
        ("Attitude", "始终耐心。"), ("", "请多带新人。"),
    ]  # fmt: skip


# --- told and reminded


def rows_of(desk: Desk, at: Any) -> list[tuple[str, dict[str, list[str]]]]:
    return [(occasion, whom) for occasion, _moment, whom in reminded(desk, at)]


def test_who_rates_is_told_and_reminded_and_then_their_superiors_hear_of_it(desk: Desk) -> None:
    begun(desk, peers=0)
    [deng] = [duty for duty in desk.session.scalars(RatingDuty.whole()).unique() if duty.rater.username == "parts.deng"]
    actor = desk.actor("parts.deng")
    assert [(each.kind, each.task, each.due_at) for each in agenda.entries(actor, desk.now)] == [
        ("rating", "Rate these colleagues", DUE)
    ]
    notice = desk.session.scalars(select(Notice).where(Notice.person_id == actor.person.id)).one()  # type: ignore[union-attr]
    assert message.kind_of(notice, deng, actor, desk.now).key == "rating.act"
    for other in ("gm.zhou", "sales.chen", "hr.qian", "sales.wang", "parts.yuan"):
        assert rating_turn.exists_for(deng, desk.actor(other)) is (other in ("gm.zhou", "hr.qian"))
    raters = sorted({duty.rater.username for duty in desk.session.scalars(RatingDuty.whole()).unique()})
    half = moment(3, 4, 16)
    found = rows_of(desk, half)
    assert sorted(whom["acts"][0] for _occasion, whom in found) == raters
    give(desk, "parts.deng", "parts.yuan", at=half)
    assert rating_turn.mine(desk.actor("parts.deng", half)) == []
    assert "parts.deng" not in str(rows_of(desk, DUE))
    late = {whom["acts"][0]: whom.get("superior") for _occasion, whom in rows_of(desk, moment(3, 10, 9))}
    assert late["sales.chen"] == ["gm.zhou"] and "parts.deng" not in late
    assert rows_of(desk, CLOSES) == [], "once it is closed nobody is reminded"


def test_with_whoever_leaves_what_was_asked_of_them_and_about_them_falls_away(desk: Desk) -> None:
    of = begun(desk)
    give(desk, "sales.wang", "sales.li")
    desk.person("sales.zhao").left_at = MONDAY + MINUTE
    desk.session.flush()
    at = moment(3, 3)
    assert rating_turn.mine(desk.actor("sales.wang", at)) == [], "only the one who left was still to be rated"
    with pytest.raises(Refused, match="has left"):
        give(desk, "sales.wang", "sales.zhao", at=at)
    lines, _reasons = rating_sight.progress(desk.session, of, at)
    sales = next(each for each in lines if each.department.slug == "sales")
    assert {each.username for each in sales.waits} == {"sales.chen", "sales.li"}
    assert (sales.asked, sales.given, sales.open) == (4, 1, 3)


# --- surveys of customers, and the database


def test_customers_are_never_asked_who_they_are(desk: Desk) -> None:
    pack = packs.assessment(FAIR, filled=FILLED.get(FAIR))
    source = pack.sources["ratings"]
    assert "rater" not in survey_form.choice_fields(source)
    for chosen in ({}, {"rater": "ask"}, {"rater": "superior"}, {"rater": "each"}):
        assert [each.field for each in survey_form.questions(source, chosen)] == ["score"]
        made = SimpleNamespace(source="ratings", choices=chosen)
        [row] = survey_form.rows_of(made, source, Given({"score": "70"}), "k")  # type: ignore[arg-type]
        assert row.values == {"rater": "customers", "score": "70"}
    with pytest.raises(Refused, match="Choose how"):
        survey(desk, regulation=FAIR, source="ratings", choices={"rater": "superior"}, dissatisfied={})
    assert survey(desk, regulation=FAIR, source="ratings", choices={}, dissatisfied={}).id


def test_the_database_takes_back_nothing_and_nobody_rates_themselves(desk: Desk) -> None:
    of = begun(desk)
    give(desk, "sales.wang", "sales.li")
    close(desk, of)
    for statement in (
        "UPDATE rating_round SET closed_at = NULL, closed_by_id = NULL",
        "UPDATE rating_round SET seed = 'two'",
        "UPDATE rating_duty SET due_at = since",
        "UPDATE rating_asked SET given_on = NULL",
        "UPDATE rating_asked SET person_id = rater_id WHERE given_on IS NULL",
        "UPDATE rating_given SET words = 'x'",
        *(f"DELETE FROM {table}" for table in ("rating_given", "rating_asked", "rating_duty", "rating_round")),
        (
            "INSERT INTO rating_asked (duty_id, rater_id, person_id, rated_as)"
            " SELECT id, rater_id, rater_id, 'peers' FROM rating_duty"
        ),
        (
            "INSERT INTO rating_asked (duty_id, rater_id, person_id, rated_as)"
            " SELECT d.id, p.id, d.rater_id, 'peers' FROM rating_duty d JOIN person p ON p.id <> d.rater_id"
        ),
    ):
        with pytest.raises((IntegrityError, DatabaseError)), desk.session.begin_nested():
            desk.session.execute(text(statement))


def test_of_two_ratings_by_the_same_person_at_once_one_is_taken(database: Database) -> None:
    with database.writing() as session:
        desk = Desk(session)
        begun(desk)
        keys = [asked(desk, "sales.wang", who).id for who in ("sales.li", "sales.li", "sales.zhao")]
        session.commit()
    results = together(*(_giving(database, key) for key in keys))
    assert sorted(results) == ["done", "done", "moved_on"]
    with database.reading() as session:
        wang = session.scalars(select(Person).filter_by(username="sales.wang")).one()
        assert session.scalars(select(RatingDuty.done_on).filter_by(rater_id=wang.id)).one() is not None
        assert len(session.scalars(select(AssessmentRow)).all()) == 2


def _giving(database: Database, key: int) -> Callable[[], str]:
    def act() -> str:
        with database.writing() as session:
            desk = Desk(session)
            try:
                by = desk.actor("sales.wang")
                found = ratings.locked(session, key, by)
                ratings.give(session, found, Given({"score": "80"}), by=by, at=MONDAY)
                session.commit()
            except Refused as refusal:
                return refusal.code
        return "done"

    return act
