"""Stationery: what a wording may say, which pictures are taken, from when an edition holds, what letters keep of it."""

import zlib
from io import BytesIO
from typing import Any

import pytest
from PIL import Image, ImageFile
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError

from config import Settings
from jobs.letters import pdf_of
from models import Letter, StationeryDraft, StationeryEdition
from pdf import letter as paper
from tests.builders import MONDAY, Desk, moment
from workflow import picture, stationery
from workflow.audit_stationery import first_changed_stationery
from workflow.office import Office
from workflow.process import Refused
from workflow.wording import MOST_NAMES, objections

TUESDAY, WEDNESDAY = moment(3, 3), moment(3, 4)
CHECKS: dict[str, Any] = {"unprintable": lambda _text: []}
REMEDY = "可在{appeal_due}向{appeal_to}申诉。"


def wrong(words: str, kind: str = "first_penalty_notice", place: str = "remedy") -> str:
    return " ".join(map(str, objections(kind, place, "zh", words, **CHECKS)))


def png(size: tuple[int, int] = (200, 80), form: str = "PNG") -> bytes:
    file = BytesIO()
    Image.new("RGB", size, "navy").save(file, form)
    return file.getvalue()


def draft(desk: Desk) -> StationeryDraft:
    return stationery.start(desk.session, by=desk.actor("admin.root"), at=desk.now)


def put_in_force(desk: Desk, day: Any, words: str, kind: str = "complaint_form") -> StationeryEdition:
    found, by = draft(desk), desk.actor("admin.root")
    stationery.change_wording(found, kind, {("zh", "closing"): words}, seen=found.version, by=by, at=desk.now, **CHECKS)
    desk.session.flush()
    edition = stationery.put_in_force(
        desk.session, found, day=day, seen=found.version, by=by, at=desk.now, **CHECKS
    )  # fmt: skip
    desk.session.flush()
    return edition


# --- what a wording may say -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "attack",
    [
        "{{ 7*7 }}", "{% for x in range(10**9) %}{% endfor %}", "{% include '/etc/passwd' %}", "{# hidden #}",
        "{company.__class__}", "{number|attr('x')}", "{self}{}", "{0}", "{!r}", "{ company }", "{company", "company}",
        "{COMPANY}", "{company!r:>999999999}",
    ],
)  # fmt: skip
def test_whatever_is_more_than_a_name_is_refused_with_its_line(attack: str) -> None:
    told = wrong(f"{REMEDY}\n{attack}")
    assert told.startswith("Line 2:")


def test_an_unknown_name_is_refused_and_the_likely_one_named() -> None:
    assert "Line 1: this letter knows no {appealdue}" in wrong(REMEDY.replace("appeal_due", "appealdue"))
    assert "Did you mean {appeal_due}?" in wrong("{appeal_dew}{appeal_to}")
    assert "knows no {pay_by}" in wrong(REMEDY + "{pay_by}")


@pytest.mark.parametrize(
    ("kind", "place", "words", "reason"),
    [
        ("first_penalty_notice", "remedy", "可以申诉。", "{appeal_due} is missing: whoever is penalised"),
        ("prior_notice", "remedy", "可以申辩。", "(CS-7)"),
        ("second_penalty_notice", "opening", "{regulation}", "{heard} is missing"),
        ("resolution_letter", "customer_closing", "再见。", "{recourse} is missing"),
        ("separation_certificate", "opening", "{name}{end_on}", "{employed_since} is missing"),
        ("pay_slip", "closing", "无。", "{receipt} is missing"),
        ("deduction_slip", "closing", "无。", "wage-payment rules, Art. 16"),
    ],
)  # fmt: skip
def test_what_law_or_regulation_needs_is_missed_with_its_reason(kind: str, place: str, words: str, reason: str) -> None:
    assert reason in wrong(words, kind, place)


def test_a_wording_is_limited_and_keeps_discipline_inside_the_company() -> None:
    assert "too long" in wrong(REMEDY + "长" * 1500)
    assert "too long" in wrong(REMEDY + "\n" * 40)
    assert "At most" in wrong(REMEDY + "{number}" * MOST_NAMES)
    told = wrong("{case}已对当事人罚款。", "resolution_letter", "customer_opening")
    assert "may not stand in a letter that goes outside" in told
    assert wrong(REMEDY) == ""


# --- which pictures are taken ---------------------------------------------------------------------


def bomb() -> bytes:
    """A PNG of a few bytes that says it is 50,000 pixels wide and high."""
    size = (50_000).to_bytes(4)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", size + size + b"\x08\x02\x00\x00\x00") + chunk(b"IDAT", b"")


def chunk(name: bytes, content: bytes) -> bytes:
    return len(content).to_bytes(4) + name + content + zlib.crc32(name + content).to_bytes(4)


@pytest.mark.parametrize(
    ("file", "told"),
    [
        (b"", "no picture"), (b"GIF89a", "no picture"), (b"<svg onload='alert(1)'/>", "no picture"),
        (png()[:-40], "no picture"),
        (png(form="JPEG")[:-40], "no picture"), (png(form="GIF"), "no picture"), (png(form="WEBP"), "no picture"),
        (bomb(), "too many pixels"), (png((20, 20)), "too small"), (b"\0" * (picture.LARGEST_FILE + 1), "larger than"),
    ],
)  # fmt: skip
def test_what_is_no_picture_to_print_is_refused(file: bytes, told: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also in a process that has printed, where WeasyPrint has Pillow accept what is cut off."""
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)
    with pytest.raises(Refused, match=told) as refused:
        picture.read(file, field="logo")
    assert refused.value.objections[0].values["field"] == "logo"


def test_a_picture_is_drawn_anew_no_larger_than_print_needs() -> None:
    kept = picture.read(png((3000, 1500), "JPEG") + b"<script>", field="logo")
    assert (kept.width, kept.height) == (900, 450)
    assert kept.data.startswith(b"\x89PNG")
    assert b"script" not in kept.data
    assert kept == picture.read(png((3000, 1500), "JPEG"), field="logo")


# --- from when, and what letters keep -------------------------------------------------------------


def test_a_letter_keeps_for_ever_what_held_when_it_was_issued(desk: Desk) -> None:
    put_in_force(desk, TUESDAY.date(), "甲版{receipt}。")
    before, held = letter_of(desk, at=MONDAY), letter_of(desk, at=TUESDAY)
    pages = [html(before), html(held)]
    put_in_force(desk, WEDNESDAY.date(), "乙版{receipt}。")
    after = letter_of(desk, at=WEDNESDAY)
    assert "stationery" not in before.content
    assert [letter.content["stationery"]["edition"] for letter in (held, after)] == [1, 2]
    assert "甲版签收仅表示收到" in html(held)
    assert "乙版签收仅表示收到" in html(after)
    assert [html(before), html(held)] == pages
    desk.session.expire_all()
    assert [html(before), html(held)] == pages


def test_the_paper_carries_the_pictures_of_its_edition(desk: Desk, settings: Settings) -> None:
    found, by = draft(desk), desk.actor("admin.root")
    stationery.change_letterhead(
        desk.session, found, lines={}, pictures={"logo": picture.read(png(), field="logo")},
        unprintable=lambda _text: [], seen=found.version, by=by, at=desk.now,
    )  # fmt: skip
    desk.session.flush()
    stationery.put_in_force(
        desk.session, found, day=TUESDAY.date(), seen=found.version, by=by, at=desk.now, **CHECKS
    )  # fmt: skip
    desk.session.flush()
    letter = letter_of(desk, at=TUESDAY)
    assert b"/Image" in pdf_of(desk.session, letter, settings=settings, language="zh", copy="full", at=TUESDAY)


def letter_of(desk: Desk, at: Any) -> Letter:
    """The complaint form of a complaint that was filed and assigned at this moment."""
    desk.now, desk.office = at, Office(desk.session)
    complaint = desk.complaint("assigned")
    desk.session.flush()
    return complaint.events[-1].letters[0]


def html(letter: Letter) -> str:
    return paper.html(letter.content, lang="zh", copy="full", digest=letter.digest)


def test_a_day_that_is_past_is_refused_and_so_is_a_draft_that_changes_nothing(desk: Desk) -> None:
    with pytest.raises(Refused, match="a day that is past"):
        put_in_force(desk, moment(3, 1).date(), "{receipt}。")
    found = stationery.open_draft(desk.session)
    assert found is not None
    stationery.change_wording(found, "complaint_form", {}, seen=found.version, by=desk.actor("admin.root"),
                              at=desk.now, **CHECKS)  # fmt: skip
    told = stationery.objections_to_force(found, TUESDAY.date(), by=desk.actor("admin.root"), at=desk.now, **CHECKS)
    assert [str(objection) for objection in told] == ["The draft changes nothing."]


def test_only_an_administrator_changes_it_and_one_draft_is_open_at_most(desk: Desk) -> None:
    draft(desk)
    with pytest.raises(Refused, match="open already"):
        draft(desk)
    for username, code in (("gm.zhou", "forbidden"), ("service.ma", "not_found"), ("cr.sun", "not_found")):
        with pytest.raises(Refused) as refused:
            stationery.start(desk.session, by=desk.actor(username), at=desk.now)
        assert refused.value.code == code


def test_whoever_was_quicker_is_named(desk: Desk) -> None:
    found, by = draft(desk), desk.actor("admin.root")
    with pytest.raises(Refused, match="has changed this draft meanwhile"):
        stationery.discard(found, seen=found.version - 1, by=by, at=desk.now)


def test_the_database_changes_no_edition_no_picture_and_no_ended_draft(desk: Desk) -> None:
    session = desk.session
    found = draft(desk)
    stationery.change_letterhead(
        session, found, lines={"telephone": "021"}, pictures={"logo": picture.read(png(), field="logo")},
        unprintable=lambda _text: [], seen=found.version, by=desk.actor("admin.root"), at=desk.now,
    )  # fmt: skip
    session.flush()
    stationery.put_in_force(
        session, found, day=TUESDAY.date(), seen=found.version, by=desk.actor("admin.root"), at=desk.now, **CHECKS
    )  # fmt: skip
    session.flush()
    assert session.scalars(select(StationeryEdition)).one().content["telephone"] == "021"
    assert first_changed_stationery(session) is None
    for statement in (
        "UPDATE stationery_edition SET number = 9", "DELETE FROM stationery_edition",
        "UPDATE stationery_picture SET width = 9", "DELETE FROM stationery_picture",
        "UPDATE stationery_draft SET number = 9", "DELETE FROM stationery_draft",
    ):  # fmt: skip
        with pytest.raises(DatabaseError, match="never"), session.begin_nested():
            session.execute(text(statement))
