"""The company's settings: who reads and changes them, what is refused, and that every change is kept."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError

from models import Company, Database, Person, SettingChange
from tests.builders import Desk

As = Callable[[str], FlaskClient]
KEPT = {"fines": "allowed", "review_body": "", "cap_percent": "20", "minimum_wage": "2690.00"}


def company(database: Database) -> Company:
    with database.reading() as session:
        return session.scalars(select(Company)).one()


def key_of(database: Database, username: str) -> str:
    with database.reading() as session:
        return str(session.scalars(select(Person.id).filter_by(username=username)).one())


@pytest.mark.parametrize("username", ["service.ma", "service.liu", "cr.sun", "deputy.he"])
def test_strangers_find_no_settings(client_as: As, username: str) -> None:
    assert client_as(username).get("/company").status_code == 404
    assert client_as(username).post("/company", data=KEPT).status_code == 404


@pytest.mark.parametrize("username", ["gm.zhou", "hr.qian"])
def test_who_decides_and_pays_reads_them_and_changes_nothing(client_as: As, database: Database, username: str) -> None:
    assert "只扣分，不罚款" in client_as(username).get("/company").text
    assert client_as(username).post("/company", data=KEPT | {"fines": "points_only"}).status_code == 403
    assert company(database).fines_are_allowed


def test_with_points_only_no_fine_is_charged_from_then_on(client_as: As, database: Database) -> None:
    answer = client_as("admin.root").post("/company", data=KEPT | {"fines": "points_only"}, follow_redirects=True)
    assert "罚款并扣分 → 只扣分，不罚款" in answer.text
    with database.writing() as session:
        assert Desk(session).penalty("issued").events[-1].money == []


def test_a_change_is_kept_for_ever_and_the_same_again_is_none(client_as: As, database: Database) -> None:
    admin = client_as("admin.root")
    for _ in range(2):
        admin.post("/company", data=KEPT | {"minimum_wage": "2,800.5"})
    with database.writing() as session:
        [change] = session.scalars(select(SettingChange)).all()
        assert (change.name, change.old, change.new) == ("minimum_wage", "2690.0", "2800.5")
        with pytest.raises(DatabaseError, match="never"):
            session.execute(text("UPDATE setting_change SET name = 'fines'"))
    assert company(database).minimum_wage == 280_050
    assert "2,690.00 元 → 2,800.50 元" in admin.get("/company").text


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("fines", "as you like"), ("cap_percent", "51"), ("cap_percent", "-1"), ("cap_percent", "二十"),
        ("minimum_wage", "0"), ("minimum_wage", "1.234"), ("minimum_wage", "1e5"), ("minimum_wage", "一千"),
        ("minimum_wage", "100000.01"),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused_at_its_field(client_as: As, database: Database, field: str, value: str) -> None:
    answer = client_as("admin.root").post("/company", data=KEPT | {field: value})
    assert answer.status_code == 422
    assert "没有任何改动" in answer.text or "未作任何更改" in answer.text or "invalid-feedback" in answer.text
    assert company(database).settings["deduction_cap_percent"] == 20


@pytest.mark.parametrize("forged", ["x/999", "999999", "-1"])
def test_a_reviewer_who_is_none_is_told_and_not_taken_for_nobody(
    client_as: As, database: Database, forged: str
) -> None:
    admin, deputy = client_as("admin.root"), key_of(database, "deputy.he")
    admin.post("/company", data=KEPT | {"review_body": deputy})
    answer = admin.post("/company", data=KEPT | {"review_body": forged})
    assert answer.status_code == 422
    assert 'id="review_body-error"' in answer.text
    assert "请从名单中选择一位同事" in answer.text
    assert company(database).review_body_id == int(deputy)


def test_the_general_manager_reviews_no_decision_of_their_own(client_as: As, database: Database) -> None:
    admin = client_as("admin.root")
    own = admin.post("/company", data=KEPT | {"review_body": key_of(database, "gm.zhou")})
    assert own.status_code == 422
    assert "不能同时担任复核人" in own.text
    admin.post("/company", data=KEPT | {"review_body": key_of(database, "deputy.he")})
    assert company(database).review_body_id == int(key_of(database, "deputy.he"))


class TestPay:
    def test_human_resources_set_it_from_now_on(self, client_as: As, database: Database) -> None:
        client_as("hr.qian").post("/people/service.ma/pay", data={"wage": "6000", "performance_base": "2100.5"})
        with database.reading() as session:
            ma = Desk(session).person("service.ma")
            assert [(post.wage, post.performance_base) for post in ma.postings] == [
                (550_000, 200_000), (600_000, 210_050),
            ]  # fmt: skip
            assert [post.until is None for post in ma.postings] == [False, True]

    def test_an_administrator_neither_sees_nor_sets_it(self, client_as: As, database: Database) -> None:
        admin = client_as("admin.root")
        assert "月工资" not in admin.get("/people/service.ma").text
        assert admin.post("/people/service.ma/pay", data={"wage": "1", "performance_base": "1"}).status_code == 403

    @pytest.mark.parametrize("wage", ["", "-5", "1.234", "五千", "100000.01"])
    def test_an_amount_that_makes_no_sense_changes_nothing(self, client_as: As, database: Database, wage: str) -> None:
        data = {"wage": wage, "performance_base": "1"}
        assert client_as("hr.qian").post("/people/service.ma/pay", data=data).status_code == 422
        with database.reading() as session:
            assert len(Desk(session).person("service.ma").postings) == 1


# --- reminders

FIGURES = {
    "first_percent": "40", "again_days": "2", "superior_1": "1", "superior_2": "4", "superior_3": "8",
    "superior_4": "16", "superiors_unit": "hours", "nudge_hours": "1",
}  # fmt: skip


def test_the_figures_of_reminders_are_changed_kept_and_told_to_everybody(client_as: As, database: Database) -> None:
    admin = client_as("admin.root")
    answer = admin.post("/company/reminders", data=FIGURES, follow_redirects=True)
    assert "时限过去 50% 时" in answer.text and "→ 时限过去 40% 时" in answer.text
    assert "逾期 1、4、8、16 小时时" in client_as("service.ma").get("/regulation").text
    assert company(database).settings["reminders"]["superiors"] == [1, 4, 8, 16]
    admin.post("/company/reminders", data=FIGURES)
    with database.reading() as session:
        assert [change.name for change in session.scalars(select(SettingChange))] == ["reminders"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("first_percent", "0"), ("first_percent", "100"), ("again_days", ""), ("again_days", "31"),
        ("superior_1", "x" * 10_000), ("superior_2", "1"), ("superior_4", "8"), ("superiors_unit", "years"),
        ("nudge_hours", "-1"), ("nudge_hours", "𠮷"),
    ],
)  # fmt: skip
def test_figures_that_make_no_sense_are_refused_at_their_field_and_kept_as_typed(
    client_as: As, database: Database, field: str, value: str
) -> None:
    answer = client_as("admin.root").post("/company/reminders", data=FIGURES | {field: value})
    assert answer.status_code == 422
    assert f'{field}-error"' in answer.text
    assert field == "superiors_unit" or f'value="{value}"' in answer.text
    assert company(database).settings["reminders"]["first_percent"] == 50


@pytest.mark.parametrize(("username", "status"), [("service.ma", 404), ("gm.zhou", 403), ("hr.qian", 403)])
def test_only_an_administrator_changes_when_reminders_come(
    client_as: As, database: Database, username: str, status: int
) -> None:
    assert client_as(username).post("/company/reminders", data=FIGURES).status_code == status
    assert company(database).settings["reminders"]["first_percent"] == 50
