"""Inspections on their pages: who finds which, the checklist without a script, what is published to whom."""

import io
from collections.abc import Callable
from datetime import date

import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook
from PIL import Image
from sqlalchemy import select, update
from sqlalchemy.exc import DBAPIError

from models import (
    Database,
    Inspection,
    InspectionFinding,
    InspectionPhoto,
    InspectionProposal,
    KeptFile,
    Penalty,
    PostHolding,
)
from tests.builders import Desk
from tests.web.shell_fixtures import person
from workflow import inspection, inspection_findings, inspection_result
from workflow.inspection_findings import Answer

As = Callable[[str], FlaskClient]
JSON = {"Accept": "application/json"}


def played(database: Database, until: str, *missed: str) -> str:
    """A mystery visit of sales that came so far; 王强 is responsible for what was missed."""
    with database.writing() as session:
        desk = Desk(session)
        sun, lin = desk.actor("cr.sun"), desk.actor("cr.lin")
        wish = inspection.Plan(
            inspection.InspectionKind.MYSTERY, "sales", desk.department("sales"), date(2026, 3, 2),
            [desk.person("cr.lin")], "秦女士",
        )  # fmt: skip
        found = inspection.plan(session, wish, by=sun, at=desk.now)
        if until != "planned":
            inspection.begin(session, found, by=lin, at=desk.now)
        if until in ("submitted", "published"):
            answers = [
                Answer(name, "missed" if name in missed else "met", "没有做到" if name in missed else "")
                for name in inspection.checklist_of(found).factors()
            ]
            inspection_findings.write(session, found, answers, by=lin, at=desk.now)
            inspection.submit(session, found, by=lin, at=desk.now)
            for factor in missed:
                inspection_findings.name_responsible(
                    session, found, factor, desk.person("sales.wang"), reason="当班", by=sun, at=desk.now
                )
        if until == "published":
            inspection_result.publish(session, found, by=sun, at=desk.now)
        session.commit()
        return found.number


def text(client: FlaskClient, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status, answer.get_data(as_text=True)[:500]
    return answer.get_data(as_text=True)


def picture(kind: str = "JPEG") -> io.BytesIO:
    file = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(file, kind)
    file.seek(0)
    return file


@pytest.mark.parametrize("state", ["planned", "under_way", "submitted"])
@pytest.mark.parametrize("who", ["sales.chen", "sales.wang", "deputy.he", "hr.qian", "admin.root"])
def test_those_inspected_find_nothing_before_it_is_published(
    client_as: As, database: Database, state: str, who: str
) -> None:
    number, client = played(database, state), client_as(who)
    assert number not in text(client, "/inspections")
    for path in (f"/inspections/{number}", f"/inspections/{number}/checklist"):
        assert client.get(path).status_code == 404
    for act in ("begin", "submit", "publish", "cancel", "voucher", "take-back", "modules/needs", "photos/listens"):
        assert client.post(f"/inspections/{number}/{act}", data={"reason": "x"}).status_code == 404
    book = load_workbook(io.BytesIO(client.get("/inspections.xlsx").data))
    assert [row[0].value for row in book.active.rows][1:] == []  # type: ignore[union-attr]


def test_everybody_reads_the_scores_and_nobody_else_names_findings_or_the_visitor(
    client_as: As, database: Database
) -> None:
    number = played(database, "published", "listens")
    other = text(client_as("service.ma"), f"/inspections/{number}")
    assert "97" in other and "王强" not in other and "没有做到" not in other and "秦女士" not in other
    own = text(client_as("sales.wang"), f"/inspections/{number}")
    assert "没有做到" in own and "20.00" in own and "秦女士" not in own and "陈涛" not in own
    head = text(client_as("sales.chen"), f"/inspections/{number}")
    assert "没有做到" in head and "王强" in head and "秦女士" not in head
    assert "秦女士" in text(client_as("cr.lin"), f"/inspections/{number}")


def test_a_reason_that_is_refused_is_told_at_its_field_and_stays(client_as: As, database: Database) -> None:
    number, client = played(database, "under_way"), client_as("cr.lin")
    for sent in ("", "长" * 3000):
        told = client.post(f"/inspections/{number}/cancel", data={"reason": sent})
        page = told.get_data(as_text=True)
        assert told.status_code == 422 and 'id="cancel-reason-error"' in page and f"\n{sent}</textarea>" in page


def test_an_inspection_is_planned_and_those_who_may_not_find_no_form(client_as: As, database: Database) -> None:
    with database.reading() as session:
        sales = Desk(session).department("sales").id
    sent = {"kind": "mystery", "checklist": "sales", "department": sales, "day": "2026-03-03", "visitor": "秦女士",
            "inspectors": person(database, "cr.lin").id}  # fmt: skip
    assert client_as("sales.chen").get("/inspections/new").status_code == 404
    assert client_as("sales.chen").post("/inspections", data=sent).status_code == 404
    wrong = client_as("cr.sun").post("/inspections", data=sent | {"inspectors": person(database, "sales.li").id})
    assert (
        wrong.status_code == 422 and "李娜" in wrong.get_data(as_text=True) and "秦女士" in wrong.get_data(as_text=True)
    )
    assert client_as("cr.sun").post("/inspections", data=sent).status_code == 303
    with database.reading() as session:
        assert session.scalars(select(Inspection)).one().visitor == "秦女士"


def test_an_accepted_fine_leads_to_its_penalty_only_those_who_see_it(client_as: As, database: Database) -> None:
    """Who keeps inspections, and neither proposed the penalty nor deals with it, reads its number alone."""
    number = played(database, "published", "listens")
    with database.reading() as session:
        keys = {each.person_id: each.id for each in session.scalars(select(InspectionProposal))}
        key = keys[Desk(session).person("sales.wang").id]
    sent = {"verdict": "accept", "facts": "未认真倾听客户需求。"}
    assert client_as("cr.sun").post(f"/inspections/{number}/proposals/{key}", data=sent).status_code == 303
    link = "/penalties/2026-1"
    assert link in text(client_as("cr.sun"), f"/inspections/{number}")
    other = text(client_as("cr.lin"), f"/inspections/{number}")
    assert link not in other and "处罚 2026-1" in other
    assert link in text(client_as("gm.zhou"), f"/inspections/{number}")


def test_without_a_script_a_module_is_kept_with_its_photo(client_as: As, database: Database) -> None:
    number, client = played(database, "under_way"), client_as("cr.lin")
    sent = {"answer.listens": "missed", "note.listens": "打断客户", "base.listens": "0",
            "photo.listens": (picture(), "现场.jpg")}  # fmt: skip
    assert client.post(f"/inspections/{number}/modules/needs", data=sent).status_code == 303
    with database.reading() as session:
        assert session.scalars(select(InspectionFinding)).one().note == "打断客户"
        key = session.scalars(select(InspectionPhoto)).one().file.key
    shown = client.get(f"/inspections/{number}/photos/{key}")
    assert (shown.status_code, shown.mimetype) == (200, "image/jpeg")
    shown.close()
    assert client_as("sales.chen").get(f"/inspections/{number}/photos/{key}").status_code == 404


def test_a_photo_that_is_refused_costs_no_text(client_as: As, database: Database) -> None:
    number, client = played(database, "under_way"), client_as("cr.lin")
    sent = {
        "answer.listens": "met",
        "note.listens": "很好",
        "photo.listens": (io.BytesIO(b"MZ no picture"), "现场.jpg"),
    }
    answer = client.post(f"/inspections/{number}/modules/needs", data=sent)
    assert answer.status_code == 422 and "很好" in answer.get_data(as_text=True)
    with database.reading() as session:
        assert session.scalars(select(InspectionFinding)).one().note == "很好"


def test_a_note_without_an_answer_stays_in_the_form(client_as: As, database: Database) -> None:
    number, client = played(database, "under_way"), client_as("cr.lin")
    answer = client.post(f"/inspections/{number}/modules/needs", data={"note.listens": "一直看手机"})
    assert answer.status_code == 422 and "一直看手机" in answer.get_data(as_text=True)


def test_two_who_write_about_one_factor_see_each_other(client_as: As, database: Database) -> None:
    number = played(database, "under_way")
    url = f"/inspections/{number}/modules/needs"
    first = client_as("cr.lin").post(url, data={"answer.listens": "met", "base.listens": "0"}, headers=JSON)
    assert first.get_json() == {"revisions": {"listens": 1}, "clashes": []}
    second = client_as("cr.sun").post(
        url, data={"answer.listens": "missed", "base.listens": "0", "note.listens": "没有"}, headers=JSON
    )
    (clash,) = second.get_json()["clashes"]
    assert (clash["factor"], clash["revision"]) == ("listens", 1) and "林晓" in clash["words"]
    page = client_as("cr.sun").post(url, data={"answer.listens": "missed", "base.listens": "0", "note.listens": "没有"})
    assert page.status_code == 409 and "没有" in page.get_data(as_text=True) and "林晓" in page.get_data(as_text=True)


def test_a_photo_from_the_script_says_how_many_are_kept(client_as: As, database: Database) -> None:
    number, client = played(database, "under_way"), client_as("cr.lin")
    url = f"/inspections/{number}/photos/listens"
    assert client.post(url, data={"photo": (picture(), "1.jpg")}, headers=JSON).get_json() == {"photos": 1}
    refused = client.post(url, data={"photo": (io.BytesIO(b"%PDF-1.4 x"), "1.pdf")}, headers=JSON)
    assert refused.status_code == 422 and refused.get_json()["problem"]


def test_a_photo_is_taken_back_while_the_checklist_is_written(client_as: As, database: Database) -> None:
    number, client = played(database, "under_way"), client_as("cr.lin")
    photos = f"/inspections/{number}/photos"
    client.post(f"{photos}/listens", data={"photo": (picture(), "错拍.jpg")}, headers=JSON)
    with database.reading() as session:
        key = session.scalars(select(KeptFile.key)).one()
    assert key in text(client, f"/inspections/{number}/checklist")
    assert client_as("sales.chen").post(f"{photos}/remove", data={"photo": key}).status_code == 404
    assert client.post(f"{photos}/remove", data={"photo": key}).status_code == 303
    assert key not in text(client, f"/inspections/{number}/checklist")
    assert client.get(f"{photos}/{key}").status_code == 404
    assert client.post(f"{photos}/remove", data={"photo": key}).status_code == 404
    assert client.post(f"{photos}/listens", data={"photo": (picture(), "1.jpg")}, headers=JSON).get_json() == {
        "photos": 1
    }
    with database.writing() as session, pytest.raises(DBAPIError, match="never changed"):
        session.execute(update(InspectionPhoto).values(removed_at=None, removed_by_id=None))


def test_pressing_twice_proposes_one_penalty(client_as: As, database: Database) -> None:
    number, client = played(database, "published", "listens"), client_as("cr.sun")
    with database.reading() as session:
        key = session.scalars(select(InspectionProposal.id).where(InspectionProposal.rule == "MS-3")).one()
    sent = {"verdict": "accept", "facts": "未认真倾听客户需求。"}
    assert client.post(f"/inspections/{number}/proposals/{key}", data=sent).status_code == 303
    assert client.post(f"/inspections/{number}/proposals/{key}", data=sent).status_code == 409
    with database.reading() as session:
        (penalty,) = session.scalars(select(Penalty))
        assert (penalty.rule, penalty.fine) == ("MS-3", 2000)
    for who in ("cr.sun", "sales.wang", "gm.zhou", "sales.chen"):
        shown = text(client_as(who), f"/penalties/{penalty.number}")
        assert "MS-3" in shown and "单项罚款" in shown and number in shown
    assert "20.00" in text(client_as("sales.wang"), f"/penalties/{penalty.number}")


def test_who_holds_a_post_is_chosen_by_an_administrator_alone(client_as: As, database: Database) -> None:
    sent = {"person": person(database, "sales.zhao").id}
    assert client_as("sales.chen").get("/posts").status_code == 404
    assert client_as("cr.sun").post("/posts/receptionist", data=sent).status_code == 403
    assert client_as("admin.root").post("/posts/receptionist", data=sent).status_code == 303
    assert client_as("admin.root").post("/posts/receptionist", data=sent | {"title": "前台"}).status_code == 422
    assert "赵敏" in text(client_as("cr.sun"), "/posts")
    with database.reading() as session:
        key = session.scalars(select(PostHolding.id)).one()
    assert client_as("admin.root").post(f"/posts/holdings/{key}/end").status_code == 303


def test_the_plan_says_what_is_missing(client_as: As, database: Database) -> None:
    before = text(client_as("cr.sun"), "/inspections")
    played(database, "planned")
    after = text(client_as("cr.sun"), "/inspections")
    assert before.count("exclamation-triangle") == after.count("exclamation-triangle") + 1


@pytest.mark.parametrize("who", ["cr.sun", "gm.zhou", "sales.wang", "admin.root"])
@pytest.mark.parametrize("state", ["published", "submitted"])
def test_every_page_is_there_in_both_languages(client_as: As, database: Database, who: str, state: str) -> None:
    played(database, state, "listens", "greeted_at_the_door")
    with database.writing() as session:
        Desk(session).person(who).language = "en"
        session.commit()
    assert "Inspections" in text(client_as(who), "/inspections")
    text(client_as(who), "/rewards")
