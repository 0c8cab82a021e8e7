"""Surveys: what is asked comes from the regulation; an answer is taken once and becomes rows of the assessment."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError

from models import AssessmentRow, CallResult, InvitationStatus, SurveyAnswer, SurveyInvitation
from tests import surveys as made
from tests.builders import Desk, moment
from workflow import survey_answers, survey_form, survey_import, surveys
from workflow.evidence import Evidence
from workflow.process import Refused
from workflow.survey_form import Given

RECORDING = Evidence("r" * 32, "回访.mp3", "audio/mpeg", 9, "d" * 64)


def asked(desk: Desk, survey) -> list[survey_form.Question]:
    _pack, source = surveys.source_of(desk.session, survey, made.OPENS)
    return survey_form.questions(source, survey.choices)


def rows(desk: Desk) -> list[tuple[str, dict[str, object]]]:
    desk.session.flush()
    return [
        (getattr(row.subject, "name", None) or row.subject.slug, row.values)
        for row in desk.session.scalars(select(AssessmentRow))
    ]


@pytest.mark.parametrize(
    ("kind", "titles", "steps"),
    [
        ("five", ["满意度"], ["1", "2", "3", "4", "5"]),
        ("ten", ["推荐意愿"], [str(step) for step in range(11)]),
        ("sheet", ["接待", "需求了解", "试乘试驾", "洽谈", "交车"], []),
        ("dimensions", ["服务质量", "服务效果", "服务创新", "服务价值"], ["1", "2", "3", "4", "5"]),
        ("touchpoints", ["触点", "评分"], []),
    ],
)
def test_the_questions_are_those_of_the_regulation(desk: Desk, kind: str, titles: list[str], steps: list[str]) -> None:
    questions = asked(desk, made.survey(desk, kind))
    assert [question.title.zh for question in questions] == titles
    assert questions[0].steps == steps


def test_counts_of_a_sheet_are_asked_of_no_customer(desk: Desk) -> None:
    found = {(pack.pack, name) for pack, name, _source in surveys.askable(desk.session, made.OPENS)}
    assert ("service-centre", "overall") in found
    assert ("service-centre", "call_backs") not in found


def test_an_answer_is_a_row_about_the_adviser_on_its_day_with_the_recording(desk: Desk) -> None:
    (invitation,) = made.invitations(desk, made.survey(desk))
    answer = made.answered(desk, invitation, {"score": "4"}, words="还不错", recording=RECORDING)
    (row,) = desk.session.scalars(select(AssessmentRow))
    assert (row.subject.name, row.values, row.counts_on) == ("马超", {"score": Decimal(4)}, moment(3, 2).date())
    assert (row.key, row.by.username, row.proof.name) == (answer.key, "cr.sun", "回访.mp3")
    assert (answer.words, answer.complaint, invitation.status) == ("还不错", None, InvitationStatus.ANSWERED)


def test_a_sheet_is_a_row_for_each_item_that_was_scored(desk: Desk) -> None:
    (invitation,) = made.invitations(desk, made.survey(desk, "sheet"), adviser="sales.wang")
    made.answered(desk, invitation, {"score-reception": "95", "score-delivery": "88.5", "score-needs": ""})
    assert rows(desk) == [
        ("王强", {"item": "reception", "score": Decimal(95)}),
        ("王强", {"item": "delivery", "score": Decimal("88.5")}),
    ]


def test_a_choice_may_be_the_same_throughout(desk: Desk) -> None:
    survey = made.survey(desk, "touchpoints", choices={"touchpoint": "delivery"})
    assert [question.name for question in asked(desk, survey)] == ["score"]
    (invitation,) = made.invitations(desk, survey)
    made.answered(desk, invitation, {"score": "80"})
    assert rows(desk)[0][1] == {"touchpoint": "delivery", "score": Decimal(80)}


@pytest.mark.parametrize(
    ("values", "field", "why"),
    [
        ({}, "score", "at least one"),
        ({"score": "6"}, "score", "no number from"),
        ({"score": "gut"}, "score", "no number"),
        ({"score": "3.5"}, "score", "decimals"),
    ],
)
def test_what_is_no_answer_is_refused_beside_its_question(desk: Desk, values, field: str, why: str) -> None:
    (invitation,) = made.invitations(desk, made.survey(desk))
    with pytest.raises(Refused, match=why) as refused:
        made.answered(desk, invitation, values)
    assert refused.value.objections[0].values["field"] == field
    assert rows(desk) == []


def test_a_customer_answers_once(desk: Desk) -> None:
    (invitation,) = made.invitations(desk, made.survey(desk))
    made.answered(desk, invitation, {"score": "4"})
    with pytest.raises(Refused, match="answered already"):
        made.answered(desk, invitation, {"score": "5"})
    again = surveys.invite(
        desk.session, invitation.survey, [invitation.customer], by_call=True, by=desk.actor("cr.sun"), at=desk.now
    )
    assert (again.added, again.known) == (0, 1)


def test_after_so_many_calls_the_customer_is_unreachable_and_comes_back_the_next_day(desk: Desk) -> None:
    (invitation,) = made.invitations(desk, made.survey(desk))
    for day in (2, 3, 4):
        assert invitation.is_open
        at = moment(3, day, 15)
        survey_answers.attempt(
            desk.session, invitation, CallResult.NOT_REACHED, by=desk.actor("cr.sun", at), at=at, note="无人接听"
        )
        if day < 4:
            assert invitation.next_call_at == moment(3, day + 1, 0)
    assert invitation.status is InvitationStatus.UNREACHABLE
    with pytest.raises(Refused, match="not to be called"):
        made.answered(desk, invitation, {"score": "4"})


def test_to_call_again_needs_a_time_and_to_refuse_ends_it(desk: Desk) -> None:
    (invitation,) = made.invitations(desk, made.survey(desk))
    sun = desk.actor("cr.sun")
    for wrong in (None, desk.now - timedelta(hours=1), desk.now + timedelta(days=90)):
        with pytest.raises(Refused):
            survey_answers.attempt(
                desk.session, invitation, CallResult.CALL_AGAIN, by=sun, at=desk.now, call_again_at=wrong
            )
    later = desk.now + timedelta(hours=3)
    survey_answers.attempt(desk.session, invitation, CallResult.CALL_AGAIN, by=sun, at=desk.now, call_again_at=later)
    assert (invitation.next_call_at, invitation.status) == (later, InvitationStatus.OPEN)
    survey_answers.attempt(desk.session, invitation, CallResult.REFUSED, by=sun, at=desk.now)
    assert invitation.status is InvitationStatus.REFUSED


def test_a_closed_survey_and_one_that_has_not_begun_take_nothing(desk: Desk) -> None:
    later = made.survey(desk, opens_on=made.CLOSES)
    (invitation,) = made.invitations(desk, later)
    with pytest.raises(Refused, match="begins on"):
        made.answered(desk, invitation, {"score": "4"})
    closed = made.survey(desk)
    invitation = made.invitations(desk, closed)[-1]
    surveys.close(desk.session, closed, by=desk.actor("cr.sun"), at=desk.now)
    with pytest.raises(Refused, match="closed"):
        made.answered(desk, invitation, {"score": "4"})
    with pytest.raises(Refused, match="closed already"):
        surveys.close(desk.session, closed, by=desk.actor("cr.sun"), at=desk.now)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title_zh": " "}, "title_zh"),
        ({"about": "partner"}, "about"),
        ({"closes_on": made.OPENS - timedelta(days=1)}, "closes_on"),
        ({"opens_on": None}, "opens_on"),
        ({"attempts": 0}, "attempts"),
        ({"link_days": 91}, "link_days"),
        ({"dissatisfied": {"score": "5"}}, "limit-score"),
        ({"dissatisfied": {"score": "x"}}, "limit-score"),
        ({"choices": {"nothing": "each"}}, "choice-nothing"),
        ({"source": "work"}, "source"),
    ],
)
def test_a_survey_that_cannot_be_is_refused_beside_its_field(desk: Desk, changes, field: str) -> None:
    with pytest.raises(Refused) as refused:
        made.survey(desk, **changes)
    assert [objection.values.get("field") for objection in refused.value.objections] == [field]


@pytest.mark.parametrize("who", ["service.liu", "gm.zhou", "hr.qian", "service.ma", "admin.root"])
def test_only_customer_relations_run_surveys(desk: Desk, who: str) -> None:
    survey = made.survey(desk)
    (invitation,) = made.invitations(desk, survey)
    somebody = desk.actor(who)
    with pytest.raises(Refused):
        surveys.make(desk.session, made.plan(), by=somebody, at=desk.now)
    with pytest.raises(Refused):
        surveys.invite(desk.session, survey, [invitation.customer], by_call=True, by=somebody, at=desk.now)
    with pytest.raises(Refused):
        surveys.new_link(desk.session, invitation, by=somebody, at=desk.now)
    with pytest.raises(Refused):
        made.answered(desk, invitation, {"score": "4"}, by=who)
    assert invitation.is_open


def test_a_link_is_kept_as_a_digest_alone_and_a_new_one_ends_the_old_one(desk: Desk) -> None:
    (invitation,) = made.invitations(desk, made.survey(desk), by_call=False)
    first = surveys.new_link(desk.session, invitation, by=desk.actor("cr.sun"), at=desk.now)
    second = surveys.new_link(desk.session, invitation, by=desk.actor("cr.sun"), at=desk.now)
    assert surveys.found_by(desk.session, first) is None
    assert surveys.found_by(desk.session, second) is invitation
    stored = desk.session.execute(text("SELECT * FROM survey_invitation")).one()
    assert second not in map(str, stored)
    assert invitation.expires_at == desk.now + timedelta(days=14)


def test_a_link_ends_with_its_survey_and_is_taken_once(desk: Desk) -> None:
    (invitation,) = made.invitations(desk, made.survey(desk, link_days=90), by_call=False)
    made.answered(desk, invitation, {"score": "5"})
    assert invitation.expires_at == moment(4, 1, 0)
    with pytest.raises(Refused, match="answered already"):
        survey_answers.by_link(
            desk.session, invitation, Given({"score": "1"}), way=desk.session.scalars(select(SurveyAnswer.way)).one(),
            system=desk.office.system(desk.now), at=desk.now,
        )  # fmt: skip


def test_an_anonymous_answer_leads_to_nobody(desk: Desk) -> None:
    survey = made.survey(desk, "anonymous")
    first, second = made.invitations(desk, survey, 2, by_call=False)
    made.answered(desk, first, {"quality": "1"}, at=moment(3, 2, 14, 7), words="太贵")
    (answer,) = desk.session.scalars(select(SurveyAnswer))
    (row,) = desk.session.scalars(select(AssessmentRow))
    assert (answer.invitation_id, answer.by_id, row.by_id, answer.complaint) == (None, None, None, None)
    # Neither holds a moment by which the use of a link could be found again.
    assert (answer.at, row.at) == (moment(3, 2, 0), moment(3, 2, 0))
    kept = desk.session.execute(text(f"SELECT * FROM survey_invitation WHERE id = {first.id}")).mappings().one()
    untouched = desk.session.execute(text(f"SELECT * FROM survey_invitation WHERE id = {second.id}")).mappings().one()
    surveys.new_link(desk.session, second, by=desk.actor("cr.sun"), at=desk.now)
    assert {name for name in kept if kept[name] != untouched[name]} <= {
        "id", "customer_id", "status", "token_digest", "expires_at",
    }  # fmt: skip


def test_nobody_is_called_for_anonymous_answers(desk: Desk) -> None:
    survey = made.survey(desk, "anonymous")
    with pytest.raises(Refused, match="anonymous"):
        made.invitations(desk, survey, by_call=True)
    with pytest.raises(Refused):
        made.survey(desk, "anonymous", about="person")


def test_a_hundred_thousand_rows_are_refused_with_a_sentence(desk: Desk) -> None:
    survey = made.survey(desk)
    lines = "".join(f"B{number},马超,2026-03-01,4\n" for number in range(100_000))
    file = f"编号,顾问,日期,满意度\n{lines}".encode()
    with pytest.raises(Refused, match="At most 5000"):
        survey_import.take(desk.session, survey, file, by=desk.actor("cr.sun"), at=desk.now)
    assert desk.session.scalars(select(SurveyAnswer)).all() == []


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE survey_answer SET words = 'besser'",
        "DELETE FROM survey_answer",
        "DELETE FROM survey_figure",
        "UPDATE survey_attempt SET note = ''",
        "DELETE FROM survey_attempt",
        "DELETE FROM survey_invitation",
        "UPDATE survey_invitation SET status = 'open'",
        "UPDATE survey_invitation SET customer_id = customer_id",
        "DELETE FROM survey",
        "UPDATE survey SET answers = 'named'",
    ],
)
def test_the_database_changes_no_answer(desk: Desk, statement: str) -> None:
    (invitation,) = made.invitations(desk, made.survey(desk))
    made.answered(desk, invitation, {"score": "4"})
    desk.session.commit()
    with pytest.raises(DatabaseError, match="never"):
        desk.session.execute(text(statement))


def test_the_database_takes_one_answer_of_an_invitation(desk: Desk) -> None:
    (invitation,) = made.invitations(desk, made.survey(desk))
    made.answered(desk, invitation, {"score": "4"})
    columns = "survey_id, invitation_id, way, at, comments, words"
    with pytest.raises(DatabaseError), desk.session.begin_nested():
        desk.session.execute(
            text(f"INSERT INTO survey_answer (key, {columns}) SELECT 'x', {columns} FROM survey_answer")
        )
    assert len(desk.session.scalars(select(SurveyInvitation)).all()) == 1
