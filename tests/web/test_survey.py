"""Surveys on pages: made, invited, called, shown with their figures; and who finds which page."""

import io
import re
from collections.abc import Sequence

import pytest
from openpyxl import Workbook, load_workbook
from sqlalchemy import select

from models import Complaint, InvitationStatus, Survey, SurveyAnswer, SurveyAttempt, SurveyInvitation, SurveySample
from tests import surveys as made
from tests.builders import Desk, moment

SOUND = b"ID3\x03\x00\x00\x00\x00\x00\x21" + b"\0" * 64


def one(session, kind: str = "five", count: int = 1, *, by_call: bool = True, scores: Sequence[str] = "") -> int:
    """A survey with so many customers of service.ma invited, the first of whom answered these scores."""
    desk = Desk(session)
    survey = made.survey(desk, kind)
    field = {
        "five": "score",
        "calls": "level",
        "dimensions": "effect",
        "anonymous": "support",
        "sheet": "score-reception",
    }[kind]
    for invitation, score in zip(made.invitations(desk, survey, count, by_call=by_call), scores, strict=False):
        made.answered(desk, invitation, {field: score}, words="第一句话", at=desk.now)
    return survey.id


@pytest.fixture
def survey(staged):
    """The number of a survey, as `one` makes it."""
    return lambda *words, **changes: staged(one, *words, **changes)


def all_of(database, kind) -> list:
    with database.reading() as session:
        return list(session.scalars(select(kind).order_by(kind.id)))


def text_of(answer) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True)))


# --- making and inviting --------------------------------------------------------------------------


def test_a_survey_is_made_from_what_the_regulation_asks(client_as, database):
    officer = client_as("cr.sun")
    page = officer.get("/surveys/new?source=loyalty:answers").get_data(as_text=True)
    assert 'name="limit-likelihood"' in page and 'value="6"' in page
    form = {
        "source": "loyalty:answers", "title_zh": "推荐意愿", "title_en": "Recommendation", "about": "person",
        "opens_on": "2026-03-01", "closes_on": "2026-03-31", "attempts": "3", "link_days": "14",
        "limit-likelihood": "6", "script": "您好",
    }  # fmt: skip
    answer = officer.post("/surveys", data=form)
    (survey,) = all_of(database, Survey)
    assert answer.headers["Location"] == f"/surveys/{survey.id}/invitations"
    assert (survey.dissatisfied, survey.answers, survey.script) == ({"likelihood": "6"}, "named", "您好")
    refused = officer.post("/surveys", data={**form, "title_zh": "", "limit-likelihood": "11"})
    assert refused.status_code == 422 and refused.get_data(as_text=True).count("is-invalid") == 2
    assert len(all_of(database, Survey)) == 1


def test_customers_are_invited_by_adviser_or_by_number_and_once(client_as, database, survey):
    key = survey("five", 2)
    with database.writing() as session:
        made.customer(Desk(session), 50, "sales.wang")
        session.commit()
    officer, address = client_as("cr.sun"), f"/surveys/{key}/invitations"
    assert "1 位" in text_of(
        officer.post(address, data={"customer": "13800000050", "way": "link"}, follow_redirects=True)
    )
    again = text_of(officer.post(address, data={"adviser": "all", "way": "call"}, follow_redirects=True))
    assert "3 位此前已邀请" in again
    assert officer.post(address, data={"adviser": "0", "way": "call"}).status_code == 422
    assert officer.post(address, data={"adviser": "all"}).status_code == 422
    assert [each.by_call for each in all_of(database, SurveyInvitation)] == [True, True, False]


def test_links_come_as_a_sheet_and_only_their_digests_are_kept(client_as, database, survey):
    key = survey("five", 2, by_call=False)
    answer = client_as("cr.sun").post(f"/surveys/{key}/links.xlsx")
    rows = list(load_workbook(io.BytesIO(answer.data)).active.values)
    assert len(rows) == 3 and answer.headers["Cache-Control"] == "private, no-store"
    for _name, _phone, link in rows[1:]:
        token = link.rpartition("/")[2]
        assert client_as("gm.zhou").get(f"/s/{token}").status_code == 200
        assert token not in str([vars(each) for each in all_of(database, SurveyInvitation)])


def test_thanks_are_recorded_once_with_what_the_regulation_gives(client_as, survey):
    key = survey("dimensions", 1, scores="1")
    officer, address = client_as("cr.sun"), f"/surveys/{key}/invitations/1/incentive"
    assert officer.post(address, data={"kind": "gift", "what": " "}).status_code == 422
    shown = officer.post(address, data={"kind": "gift", "what": "车载香薰"}, follow_redirects=True)
    assert "车载香薰" in text_of(shown)
    assert officer.post(address, data={"kind": "gift", "what": "再来一个"}).status_code == 409


# --- the telephone --------------------------------------------------------------------------------


def test_who_is_to_be_called_stands_in_the_inbox_and_in_the_list(client_as, survey, clock):
    survey("five", 3, scores="4")
    officer = client_as("cr.sun")
    assert "今天有 2 位客户待回访" in text_of(officer.get("/"))
    assert "待回访" not in text_of(client_as("service.liu").get("/"))
    listed = text_of(officer.get("/surveys/calls"))
    assert "13800000002" in listed and "13800000001" not in listed
    officer.post("/surveys/calls/2/attempt", data={"result": "not_reached", "note": "无人接听"})
    assert "13800000002" not in text_of(officer.get("/surveys/calls"))
    clock.now = moment(3, 3)
    assert "13800000002" in text_of(client_as("cr.sun").get("/surveys/calls"))


def test_a_call_is_answered_on_one_screen_with_its_recording(client_as, database, survey):
    key = survey("five", 1)
    officer = client_as("cr.sun")
    page = officer.get("/surveys/calls/1").get_data(as_text=True)
    assert "您好，这里是星辰汽车" in page and page.count('name="q-score"') == 5
    sent = {"q-score": "4", "words": "不错", "recording": (io.BytesIO(SOUND), "回访.mp3")}
    assert "答案已保存" in text_of(officer.post("/surveys/calls/1/answer", data=sent, follow_redirects=True))
    (answer,) = all_of(database, SurveyAnswer)
    heard = officer.get(f"/surveys/{key}/answers/{answer.key}/recording")
    assert (heard.status_code, heard.mimetype) == (200, "audio/mpeg")
    heard.close()
    with client_as("service.liu").get(f"/surveys/{key}/answers/{answer.key}/recording") as heard:
        assert heard.data == SOUND
    for nobody in ("sales.chen", "service.ma", "hr.qian"):
        assert client_as(nobody).get(f"/surveys/{key}/answers/{answer.key}/recording").status_code == 404
    assert "已答复" in text_of(officer.get("/surveys/calls/1"))


def test_a_recording_comes_after_the_answer_once(client_as, database, survey):
    key = survey("sheet", 2, scores=["90"])
    officer, page = client_as("cr.sun"), f"/surveys/{key}/answers"
    (answer,) = all_of(database, SurveyAnswer)
    place = f"{page}/{answer.key}/recording"
    assert "1 份电话答卷缺少录音" in text_of(officer.get(f"/surveys/{key}"))
    assert place in officer.get(f"{page}?recording=missing").get_data(as_text=True)
    assert officer.post(place).status_code == 422

    def sent():
        return {"recording": (io.BytesIO(SOUND), "回访.mp3")}

    refused = officer.post(place, data={"recording": (io.BytesIO(b"%PDF-1.7 "), "回访.pdf")})
    assert refused.status_code == 422 and "不是录音" in text_of(refused)
    for nobody in ("sales.chen", "gm.zhou", "service.ma"):
        assert client_as(nobody).post(place, data=sent()).status_code == 404
    assert officer.post(place, data=sent()).status_code == 303
    assert officer.post(place, data=sent()).status_code == 409
    with client_as("service.liu").get(place) as heard:
        assert heard.data == SOUND
    assert "缺少录音" not in text_of(officer.get(f"/surveys/{key}"))
    assert "每通电话都有录音" in text_of(officer.get(f"{page}?recording=missing"))


def test_what_is_no_recording_is_refused_and_nothing_is_lost(client_as, database, survey):
    survey("five", 1)
    sent = {"q-score": "4", "words": "原话", "recording": (io.BytesIO(b"%PDF-1.7 "), "回访.pdf")}
    refused = client_as("cr.sun").post("/surveys/calls/1/answer", data=sent)
    assert refused.status_code == 422
    assert "不是录音" in text_of(refused) and "原话" in text_of(refused)
    assert all_of(database, SurveyAnswer) == []


def test_a_dissatisfied_answer_is_shown_as_a_complaint_before_it_is_saved(client_as, database, survey):
    key = survey("five", 1)
    officer = client_as("cr.sun")
    sent = {"q-score": "1", "words": "等了两个小时。", "recording": (io.BytesIO(SOUND), "回访.mp3")}
    asked = officer.post("/surveys/calls/1/answer", data=sent)
    assert "等了两个小时。" in text_of(asked) and "满意度 1（1-5）" in text_of(asked)
    assert all_of(database, SurveyAnswer) == [] and all_of(database, Complaint) == []
    hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', asked.get_data(as_text=True)))
    told = officer.post("/surveys/calls/1/answer", data=hidden | {"category": "service_attitude", "severity": "major"})
    assert told.status_code == 303
    (complaint,), (answer,) = all_of(database, Complaint), all_of(database, SurveyAnswer)
    assert (complaint.severity.value, answer.complaint_id) == ("major", complaint.id)
    case = officer.get(f"/complaints/{complaint.number}").get_data(as_text=True)
    assert f"/surveys/{key}/answers/{answer.key}" in case and "回访.mp3" in case
    listed = officer.get(f"/surveys/{key}/answers").get_data(as_text=True)
    assert f"/complaints/{complaint.number}" in listed


def test_a_call_may_end_without_an_answer(client_as, database, survey):
    survey("five", 1)
    officer, address = client_as("cr.sun"), "/surveys/calls/1/attempt"
    assert officer.post(address, data={"result": "sold a car"}).status_code == 422
    assert officer.post(address, data={"result": "call_again", "call_again_at": "2026-03-01T10:00"}).status_code == 422
    officer.post(address, data={"result": "call_again", "call_again_at": "2026-03-02T16:30"})
    assert "16:30" in text_of(officer.get("/surveys/calls"))
    officer.post(address, data={"result": "refused"})
    assert all_of(database, SurveyInvitation)[0].status is InvitationStatus.REFUSED
    assert [each.result.value for each in all_of(database, SurveyAttempt)] == ["call_again", "refused"]
    assert officer.post("/surveys/calls/1/answer", data={"q-score": "4"}).status_code == 409


# --- figures --------------------------------------------------------------------------------------


def test_figures_are_shown_once_five_have_answered(client_as, survey):
    key = survey("five", 6, scores="44444")
    assert "4.00" in text_of(client_as("service.liu").get(f"/surveys/{key}"))


def test_fewer_are_kept_from_the_head_and_from_the_excel_sheet(client_as, survey):
    key = survey("five", 6, scores="4445")
    page = text_of(client_as("service.liu").get(f"/surveys/{key}"))
    assert "4.25" not in page and "不足五份" in page
    sheet = client_as("service.liu").get(f"/surveys/{key}/export.xlsx").data
    cells = [str(cell) for row in load_workbook(io.BytesIO(sheet)).worksheets[0].values for cell in row]
    assert not any("4.25" in cell for cell in cells)
    assert "4.25" in text_of(client_as("cr.sun").get(f"/surveys/{key}"))


def test_confidential_answers_are_opened_by_nobody(client_as, survey):
    key = survey("dimensions", 6, scores="444444")
    for who in ("cr.sun", "gm.zhou", "service.liu"):
        assert client_as(who).get(f"/surveys/{key}").status_code == 200
        assert client_as(who).get(f"/surveys/{key}/answers").status_code == 404
        book = load_workbook(io.BytesIO(client_as(who).get(f"/surveys/{key}/export.xlsx").data))
        assert len(book.worksheets) == 1


@pytest.mark.parametrize("who", ["service.ma", "admin.root", "detailing.tang"])
def test_surveys_do_not_exist_for_others(client_as, survey, who):
    key = survey("five", 1)
    someone = client_as(who)
    for address in ("/surveys", "/surveys/new", f"/surveys/{key}", f"/surveys/{key}/export.xlsx", "/surveys/calls"):
        assert someone.get(address).status_code == 404, address


@pytest.mark.parametrize("who", ["gm.zhou", "service.liu", "sales.chen", "service.ma"])
def test_only_customer_relations_run_them(client_as, database, survey, who):
    key = survey("five", 1)
    someone = client_as(who)
    gets = ("/surveys/new", "/surveys/calls", "/surveys/calls/1", f"/surveys/{key}/invitations",
            f"/surveys/{key}/import", f"/surveys/{key}/table.xlsx")  # fmt: skip
    posts = ("/surveys", "/surveys/calls/1/answer", "/surveys/calls/1/attempt", f"/surveys/{key}/invitations",
             f"/surveys/{key}/invitations/1/link", f"/surveys/{key}/links.xlsx", f"/surveys/{key}/sample",
             f"/surveys/{key}/close", f"/surveys/{key}/import", f"/surveys/{key}/invitations/1/incentive")  # fmt: skip
    assert {someone.get(address).status_code for address in gets} == {404}
    assert {someone.post(address, data={"q-score": "5", "way": "call"}).status_code for address in posts} == {404}
    assert all_of(database, Survey)[0].closed_at is None and all_of(database, SurveyAnswer) == []


def test_a_head_of_another_department_finds_no_such_survey(client_as, survey):
    key = survey("five", 1)
    assert client_as("sales.chen").get(f"/surveys/{key}").status_code == 404
    assert "三月满意度回访" not in text_of(client_as("sales.chen").get("/surveys"))


def test_a_sample_is_drawn_and_told_with_its_seed(client_as, database, survey):
    key = survey("calls", 10)
    officer = client_as("cr.sun")
    assert officer.post(f"/surveys/{key}/sample", data={"percent": "0"}).status_code == 422
    page = text_of(officer.post(f"/surveys/{key}/sample", data={"percent": "30"}, follow_redirects=True))
    (sample,) = all_of(database, SurveySample)
    assert sample.seed in page and len(sample.drawn) == 3
    assert "抽样" not in text_of(officer.get(f"/surveys/{survey('five', 0)}"))


# --- import ---------------------------------------------------------------------------------------


def sent(client, key: int, *rows: tuple[object, ...], name: str = "答卷.xlsx"):
    book = Workbook()
    for row in rows:
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)
    return client.post(f"/surveys/{key}/import", data={"file": (io.BytesIO(file.getvalue()), name)})


HEAD = ("编号", "顾问", "日期", "满意度", "客户原话")


def test_answers_come_from_a_sheet_all_or_none(client_as, database, survey):
    key, officer = survey("five", 0), client_as("cr.sun")
    good = ("A1", "马超", "2026-03-01", 4, "不错")
    wrong = sent(officer, key, ("三月回访",), HEAD, good, ("A2", "马朝", "2026-03-01", 5),
                 ("A3", "马超", "昨天", "很好"), ("A1", "马超", "2026-03-02", 5))  # fmt: skip
    told = text_of(wrong)
    assert wrong.status_code == 422 and all_of(database, SurveyAnswer) == []
    assert "4 顾问" in told and "5 日期" in told and "5 满意度 “很好”不是数字" in told and "6 编号" in told
    assert sent(officer, key, ("三月回访",), HEAD, good).status_code == 303
    again = sent(officer, key, HEAD, good)
    assert again.status_code == 422 and "A1" in text_of(again)
    assert [answer.words for answer in all_of(database, SurveyAnswer)] == ["不错"]


def test_a_shifted_sheet_a_closed_period_and_a_closed_survey_are_told(client_as, database, survey):
    key, officer = survey("five", 0), client_as("cr.sun")
    shifted = sent(officer, key, HEAD, ("", "A1", "马超", "2026-03-01", "4", "不错"))
    assert shifted.status_code == 422 and "2 编号" in text_of(shifted) and "2 顾问" in text_of(shifted)
    early = sent(officer, key, HEAD, ("A1", "马超", "2026-02-28", 4))
    assert "2 日期" in text_of(early)
    assert "缺少" in text_of(sent(officer, key, ("编号", "满意度"), ("A1", 4)))
    officer.post(f"/surveys/{key}/close")
    closed = sent(officer, key, HEAD, ("A1", "马超", "2026-03-01", 4))
    assert closed.status_code == 422 and "已结束" in text_of(closed)
    assert all_of(database, SurveyAnswer) == []


def test_merged_cells_are_read_as_they_look(client_as, database, survey):
    key, officer = survey("five", 0), client_as("cr.sun")
    book = Workbook()
    for row in (HEAD, ("A1", "马超", "2026-03-01", 4), ("A2", None, "2026-03-01", 5)):
        book.active.append(row)
    book.active.merge_cells("B2:B3")
    file = io.BytesIO()
    book.save(file)
    officer.post(f"/surveys/{key}/import", data={"file": (io.BytesIO(file.getvalue()), "答卷.xlsx")})
    assert len(all_of(database, SurveyAnswer)) == 2


def test_the_empty_table_has_the_columns_that_are_read(client_as, survey):
    key = survey("dimensions", 0)
    sheet = load_workbook(io.BytesIO(client_as("cr.sun").get(f"/surveys/{key}/table.xlsx").data)).active
    titles = next(sheet.values)
    assert titles[:5] == ("编号", "评价对象", "日期", "服务质量", "服务质量意见")


@pytest.mark.parametrize("language", ["zh_Hans_CN", "en"])
def test_every_page_is_drawn_in_both_languages(client_as, database, survey, language):
    key = survey("five", 3, scores="45")
    with database.writing() as session:
        Desk(session).person("cr.sun").language = language
        session.commit()
    officer = client_as("cr.sun")
    for address in ("/surveys", f"/surveys/{key}", f"/surveys/{key}/invitations", f"/surveys/{key}/answers",
                    f"/surveys/{key}/import", "/surveys/calls", "/surveys/calls/3", "/surveys/new",
                    "/surveys/new?source=sales-satisfaction:answers"):  # fmt: skip
        assert officer.get(address).status_code == 200, address
