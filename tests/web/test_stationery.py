"""The pages about the stationery: who finds them, what is refused beside its field, and the way to an edition."""

from collections.abc import Callable
from io import BytesIO

import pytest
from flask.testing import FlaskClient
from PIL import Image

from tests.builders import Desk

As = Callable[[str], FlaskClient]
PAGE = "/company/stationery"
WORDING = f"{PAGE}/draft/wording/first_penalty_notice"


def picture() -> tuple[BytesIO, str]:
    file = BytesIO()
    Image.new("RGB", (200, 80), "navy").save(file, "PNG")
    file.seek(0)
    return file, "logo.png"


@pytest.fixture
def admin(client_as: As) -> FlaskClient:
    """An administrator who has begun a draft."""
    client = client_as("admin.root")
    client.post(f"{PAGE}/draft")
    return client


@pytest.mark.parametrize("username", ["service.ma", "service.liu", "cr.sun", "deputy.he"])
def test_strangers_find_no_stationery(admin: FlaskClient, client_as: As, username: str) -> None:
    stranger = client_as(username)
    for path in ("", "/draft", "/draft/wording", "/specimens/draft/ruling_letter.pdf", f"/pictures/{'0' * 64}.png"):
        assert stranger.get(PAGE + path).status_code == 404, path
    assert stranger.post(f"{PAGE}/draft/wording/ruling_letter", data={"version": "1"}).status_code == 404


def test_the_general_manager_reads_it_and_changes_nothing(admin: FlaskClient, client_as: As) -> None:
    manager = client_as("gm.zhou")
    assert "只有系统管理员可以修改" in manager.get(f"{PAGE}/draft").text
    assert manager.post(f"{PAGE}/draft/letterhead", data={"version": "1"}).status_code == 403
    assert manager.post(f"{PAGE}/draft/putting-in-force", data={"version": "1"}).status_code == 403


def test_a_logo_that_is_no_picture_is_refused_and_what_was_typed_stays(admin: FlaskClient) -> None:
    sent = {"version": "1", "telephone": "021-5555", "logo": (BytesIO(b"<svg/>"), "logo.png")}
    answer = admin.post(f"{PAGE}/draft/letterhead", data=sent)
    assert answer.status_code == 422
    assert "这不是可以印刷的图片" in answer.text
    assert 'value="021-5555"' in answer.text
    assert "021-5555" not in admin.get(f"{PAGE}/draft").text


def test_a_wording_that_would_do_something_is_refused_with_its_line_and_reason(admin: FlaskClient) -> None:
    sent = {"version": "1", "zh.remedy": "可以申诉。\n{% for x in y %}", "en.closing": "Be polite."}
    answer = admin.post(WORDING, data=sent)
    assert answer.status_code == 422
    assert "第 2 行：无法识别“{% for x in y %}”" in answer.text
    assert "缺少 {appeal_due}：须告知当事人申诉的截止时间（第CS-3条）" in answer.text
    assert "Be polite." in answer.text
    assert "Be polite." not in admin.get(WORDING).text


def test_whoever_comes_second_reads_who_was_quicker_and_loses_no_text(admin: FlaskClient) -> None:
    admin.post(f"{PAGE}/draft/letterhead", data={"version": "1", "telephone": "021-5555"})
    answer = admin.post(WORDING, data={"version": "1", "zh.closing": "请引以为戒。"})
    assert answer.status_code == 409
    assert "请引以为戒。" in answer.text
    assert "021-7777" in admin.post(f"{PAGE}/draft/letterhead", data={"version": "1", "telephone": "021-7777"}).text


def test_the_standard_words_sent_back_are_none_of_ones_own(admin: FlaskClient) -> None:
    from pdf import standard

    sent = {f"{lang}.{place}": words[lang] for place, words in standard.WORDS["first_penalty_notice"].items()
            for lang in ("zh", "en")}  # fmt: skip
    admin.post(WORDING, data=sent | {"version": "1"})
    assert "草案与现行模板相同" in admin.get(f"{PAGE}/draft/differences").text


def test_from_a_draft_to_an_edition(admin: FlaskClient, client_as: As) -> None:
    admin.post(f"{PAGE}/draft/letterhead", data={"version": "1", "telephone": "021-5555", "logo": picture()})
    admin.post(WORDING, data={"version": "2", "zh.closing": "请引以为戒。"})
    specimen = admin.get(f"{PAGE}/specimens/draft/first_penalty_notice.pdf?lang=zh")
    assert specimen.data.startswith(b"%PDF")
    past = admin.get(f"{PAGE}/draft/terms?day=2026-03-01").text
    assert "启用日期不能早于今天" in past
    assert "确认启用" not in past
    assert "自2026年3月5日起签发的函件" in admin.get(f"{PAGE}/draft/terms?day=2026-03-05").text
    sent = {"version": "3", "day": "2026-03-05"}
    edition = admin.post(f"{PAGE}/draft/putting-in-force", data=sent, follow_redirects=True).text
    for printed in ("系统管理员于3月2日 09:00 启用", "021-5555", "请引以为戒。", "2026年3月5日起", "待启用"):
        assert printed in edition
    assert admin.post(f"{PAGE}/draft/putting-in-force", data=sent).status_code == 409
    assert client_as("hr.qian").get(f"{PAGE}/1").status_code == 200


def test_there_is_nothing_by_a_wrong_name(admin: FlaskClient) -> None:
    for path in ("/7", "/draft/wording/nothing", "/specimens/7/ruling_letter.pdf", "/specimens/draft/nothing.pdf",
                 "/specimens/draft/ruling_letter.pdf?lang=fr", "/pictures/x.png"):  # fmt: skip
        assert admin.get(PAGE + path).status_code == 404, path


def test_a_letter_issued_on_an_edition_is_served_on_it(admin: FlaskClient, desk: Desk) -> None:
    """What the pages put in force is what the next letter keeps."""
    admin.post(f"{PAGE}/draft/letterhead", data={"version": "1", "telephone": "021-5555"})
    admin.post(f"{PAGE}/draft/putting-in-force", data={"version": "2", "day": "2026-03-02"})
    letter = desk.complaint("assigned").events[-1].letters[0]
    assert letter.content["stationery"]["telephone"] == "021-5555"
