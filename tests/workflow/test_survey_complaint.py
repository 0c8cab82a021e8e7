"""CS-2: a dissatisfied answer is a complaint in the same transaction; who sees what of surveys; samples."""

import random

import pytest
from sqlalchemy import select

from models import (
    AnsweredBy,
    AssessmentRow,
    Category,
    Channel,
    Complaint,
    ComplaintState,
    Event,
    Severity,
    Survey,
    SurveyAnswer,
    SurveyInvitation,
)
from tests import surveys as made
from tests.builders import Desk, moment
from workflow import audit, survey_answers, survey_figures, survey_form, survey_roles, survey_sample, surveys
from workflow.evidence import Evidence
from workflow.process import Refused
from workflow.survey_complaint import Registered
from workflow.survey_form import Given

RECORDING = Evidence("r" * 32, "回访.mp3", "audio/mpeg", 9, "d" * 64)


def complaints(desk: Desk) -> list[Complaint]:
    return list(desk.session.scalars(select(Complaint)))


def test_a_dissatisfied_customer_on_the_phone_is_a_complaint_of_whoever_called(desk: Desk) -> None:
    (invitation,) = made.invitations(desk, made.survey(desk))
    registered = Registered(Category.SERVICE_ATTITUDE, Severity.MAJOR, "要求道歉")
    answer = made.answered(
        desk, invitation, {"score": "1"}, words="等了两个小时没人理。", recording=RECORDING, registered=registered
    )
    complaint = answer.complaint
    assert complaint is not None and complaints(desk) == [complaint]
    assert (complaint.channel, complaint.state) == (Channel.SURVEY, ComplaintState.FILED)
    assert (complaint.customer_name, complaint.respondent.username, complaint.department.slug) == (
        invitation.customer.name, "service.ma", "after_sales",
    )  # fmt: skip
    assert complaint.description.splitlines() == ["等了两个小时没人理。", "满意度 1（1-5）", "《三月满意度回访》"]
    assert (complaint.severity, complaint.demand, complaint.filed_by.username) == (Severity.MAJOR, "要求道歉", "cr.sun")
    # Linked both ways, and with the recording under an address of its own.
    assert (complaint.source, complaint.external_ref) == ("survey", answer.key)
    (event,) = desk.session.scalars(select(Event))
    assert event.said["files"][0]["sha256"] == RECORDING.digest


def test_a_satisfied_customer_is_no_complaint(desk: Desk) -> None:
    (invitation,) = made.invitations(desk, made.survey(desk))
    made.answered(desk, invitation, {"score": "3"})
    assert complaints(desk) == []


def test_an_answer_by_link_registers_itself_and_tells_customer_relations(desk: Desk) -> None:
    (invitation,) = made.invitations(desk, made.survey(desk), by_call=False)
    complaint = made.answered(desk, invitation, {"score": "2"}, words="态度差").complaint
    assert complaint is not None and complaint.filed_by is None
    (event,) = desk.session.scalars(select(Event))
    assert (event.action, event.rule, event.actor_id, event.signed_as) == ("file", "CS-2", None, "system")
    assert {notice.person.username for notice in event.notices} == {"cr.sun", "cr.lin"}
    desk.session.commit()
    assert list(audit.findings(desk.session)) == []
    desk.take("assign", complaint, "cr.lin")
    assert complaint.state is ComplaintState.ASSIGNED


def test_whoever_is_asked_about_registers_no_complaint_about_themselves(desk: Desk) -> None:
    (invitation,) = made.invitations(desk, made.survey(desk, "calls"), adviser="cr.sun")
    complaint = made.answered(desk, invitation, {"level": "1"}).complaint
    assert complaint is not None
    assert (complaint.filed_by, complaint.respondent.username) == (None, "cr.sun")


def test_of_somebody_who_has_left_the_department_answers(desk: Desk) -> None:
    (invitation,) = made.invitations(desk, made.survey(desk))
    desk.person("service.ma").left_at = desk.now
    complaint = made.answered(desk, invitation, {"score": "1"}).complaint
    assert complaint is not None
    assert (complaint.respondent, complaint.department.slug) == (None, "after_sales")


def test_confidential_figures_stay_out_of_the_complaint(desk: Desk) -> None:
    (invitation,) = made.invitations(desk, made.survey(desk, "dimensions"))
    answer = made.answered(
        desk, invitation, {"service_quality": "1", "value": "5"}, comments={"service_quality": "修了三次"},
        recording=RECORDING,
    )  # fmt: skip
    assert answer.complaint is not None
    assert answer.complaint.description.splitlines() == ["修了三次", "《三月满意度回访》"]
    assert "files" not in desk.session.scalars(select(Event.said)).one()


def test_nothing_is_half_done_where_the_complaint_is_refused(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    (invitation,) = made.invitations(desk, made.survey(desk))
    desk.session.commit()
    with pytest.raises(Refused):
        made.answered(desk, invitation, {"score": "1"}, registered=Registered(demand="长" * 6000))
    desk.session.rollback()
    assert complaints(desk) == [] and desk.session.scalars(select(AssessmentRow)).all() == []
    assert desk.session.scalars(select(SurveyInvitation)).one().is_open


# --- who sees what --------------------------------------------------------------------------------


@pytest.fixture
def told(desk: Desk) -> Desk:
    """Six answers about after-sales and four about sales, named and confidential."""
    for kind in ("five", "dimensions"):
        survey = made.survey(desk, kind)
        field = "score" if kind == "five" else "effect"
        for adviser, count in (("service.ma", 6), ("sales.wang", 4)):
            for invitation in made.invitations(desk, survey, count, adviser=adviser):
                made.answered(desk, invitation, {field: "4"})
    desk.session.flush()
    return desk


def seen(desk: Desk, who: str, survey: Survey) -> dict[str, object]:
    _pack, source = surveys.source_of(desk.session, survey, made.OPENS)
    asked = survey_form.questions(source, survey.choices)
    lines = survey_figures.lines(desk.session, survey, asked, by=desk.actor(who))
    name = lambda line: getattr(line.subject, "username", None) or getattr(line.subject, "slug", "all")  # noqa: E731
    return {name(line): None if line.hidden else next(m for m in line.means.values() if m) for line in lines}


def both(desk: Desk) -> tuple[Survey, Survey]:
    named, confidential = desk.session.scalars(select(Survey).order_by(Survey.id))
    return named, confidential


def test_heads_see_their_own_once_five_have_answered(told: Desk) -> None:
    named, confidential = both(told)
    assert seen(told, "service.liu", named) == {"service.ma": 4, "all": 4}
    assert seen(told, "service.liu", confidential) == {"after_sales": 4, "all": 4}
    assert seen(told, "sales.chen", named) == {"sales.wang": None, "all": None}
    assert seen(told, "sales.chen", confidential) == {"sales": None, "all": None}


def test_customer_relations_and_the_manager_see_named_figures_from_the_first_answer(told: Desk) -> None:
    named, confidential = both(told)
    for who in ("cr.sun", "gm.zhou"):
        assert seen(told, who, named) == {"service.ma": 4, "sales.wang": 4, "all": 4}
        # All less after-sales would be sales, of which four have answered: the whole is kept as well.
        assert seen(told, who, confidential) == {"after_sales": 4, "sales": None, "all": None}


@pytest.mark.parametrize(
    ("who", "of_named", "of_confidential"),
    [("cr.sun", 10, 0), ("gm.zhou", 10, 0), ("service.liu", 6, 0), ("sales.chen", 4, 0), ("parts.deng", 0, 0),
     ("service.ma", 0, 0), ("hr.qian", 0, 0), ("admin.root", 0, 0)],
)  # fmt: skip
def test_single_answers_are_read_where_they_are_named(
    told: Desk, who: str, of_named: int, of_confidential: int
) -> None:
    for survey, count in zip(both(told), (of_named, of_confidential), strict=True):
        query = survey_roles.answers_readable_by(survey, told.actor(who))
        assert len(told.session.scalars(query).all()) == count


@pytest.mark.parametrize(
    ("who", "surveys_seen"),
    [("cr.lin", 2), ("gm.zhou", 2), ("service.liu", 2), ("parts.deng", 0), ("hr.qian", 0), ("service.ma", 0),
     ("admin.root", 0)],
)  # fmt: skip
def test_surveys_exist_for_those_whom_they_concern(told: Desk, who: str, surveys_seen: int) -> None:
    assert (
        len(told.session.scalars(select(Survey).where(survey_roles.visible_to(told.actor(who)))).all()) == surveys_seen
    )


def test_whoever_has_left_sees_nothing(told: Desk) -> None:
    told.person("cr.sun").left_at = told.now
    actor = told.actor("cr.sun", moment(3, 5))
    assert not survey_roles.looks(actor)
    assert told.session.scalars(select(Survey).where(survey_roles.visible_to(actor))).all() == []


# --- samples --------------------------------------------------------------------------------------


def test_the_same_seed_and_list_give_the_same_sample_in_any_order() -> None:
    among = list(range(1, 101))
    first = survey_sample.draw("a1b2", among, 30)
    random.Random(7).shuffle(among)
    assert survey_sample.draw("a1b2", [*among, 5, 5], 30) == first
    assert (len(first), set(first) <= set(among)) == (30, True)
    assert survey_sample.draw("a1b3", among, 30) != first
    assert [len(survey_sample.draw("s", range(n), 30)) for n in (0, 1, 3, 4, 10)] == [0, 1, 1, 2, 3]


def test_unrated_calls_are_sampled_and_called_back_in_three_days(desk: Desk) -> None:
    survey = made.survey(desk, "calls")
    invitations = made.invitations(desk, survey, 11)
    made.answered(desk, invitations[0], {"level": "5"})
    share, _within = survey_sample.figures(desk.session, survey, desk.now, desk.actor("cr.lin"))
    sample = survey_sample.take(desk.session, survey, percent=share, by=desk.actor("cr.lin"), at=desk.now)
    assert (share, len(sample.among), len(sample.drawn)) == (30, 10, 3)
    assert survey_sample.is_reproduced(sample)
    drawn = [each for each in invitations if each.id in sample.drawn]
    assert {(each.due_at, each.sample_id, each.by_call) for each in drawn} == {(moment(3, 5), sample.id, True)}
    # What was drawn once is not drawn again.
    again = survey_sample.take(desk.session, survey, percent=100, by=desk.actor("cr.lin"), at=desk.now)
    assert sorted(again.drawn + sample.drawn) == [each.id for each in invitations[1:]]
    with pytest.raises(Refused, match="Nobody is left"):
        survey_sample.take(desk.session, survey, percent=30, by=desk.actor("cr.lin"), at=desk.now)


def test_only_customer_relations_draw_samples(desk: Desk) -> None:
    survey = made.survey(desk, "calls")
    made.invitations(desk, survey, 3)
    with pytest.raises(Refused):
        survey_sample.take(desk.session, survey, percent=30, by=desk.actor("gm.zhou"), at=desk.now)


# --- incentives -----------------------------------------------------------------------------------


def test_taking_part_is_thanked_once_and_only_by_what_the_regulation_gives(desk: Desk) -> None:
    (invitation,) = made.invitations(desk, made.survey(desk, "dimensions"))
    thank = {"what": "保养抵用券 50 元", "by": desk.actor("cr.sun"), "at": desk.now}
    with pytest.raises(Refused, match="not answered yet"):
        surveys.give(desk.session, invitation, kind="gift", **thank)
    made.answered(desk, invitation, {"effect": "1"})
    with pytest.raises(Refused, match="Choose what"):
        surveys.give(desk.session, invitation, kind="money", **thank)
    surveys.give(desk.session, invitation, kind="discount", **thank)
    with pytest.raises(Refused, match="thanked already"):
        surveys.give(desk.session, invitation, kind="gift", **thank)


def test_a_link_that_has_expired_takes_nothing(desk: Desk) -> None:
    (invitation,) = made.invitations(desk, made.survey(desk), by_call=False)
    surveys.new_link(desk.session, invitation, by=desk.actor("cr.sun"), at=desk.now)
    late = moment(3, 16, 9)
    with pytest.raises(Refused, match="expired"):
        survey_answers.by_link(
            desk.session,
            invitation,
            Given({"score": "5"}),
            way=AnsweredBy.LINK,
            system=desk.office.system(late),
            at=late,
        )
    assert desk.session.scalars(select(SurveyAnswer)).all() == []
