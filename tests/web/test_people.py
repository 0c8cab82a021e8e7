"""The staff pages: who may keep the list, what becomes of places, and that history stays."""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from models import (
    Database,
    Department,
    Deputation,
    Headship,
    Person,
    Posting,
    Role,
    RoleGrant,
    Team,
    TeamLeadership,
)
from tests.builders import moment
from tests.conftest import Clock
from tests.web.shell_fixtures import (  # noqa: F401 - fixtures are used by name
    give_password,
    log_in,
    path_of,
    person,
)
from workflow import people
from workflow.people import roles_of

As = Callable[[str], FlaskClient]
ADMIN, HR = "admin.root", "hr.qian"
NEW = {"username": "service.han", "name": "韩梅", "title": "服务顾问"}


def rows(database: Database, kind, **facts):
    with database.reading() as session:
        return session.scalars(select(kind).filter_by(**facts).order_by(kind.id)).all()


def key(database: Database, kind, **facts) -> str:
    return str(rows(database, kind, **facts)[0].id)


def at_after_sales(database: Database) -> dict[str, str]:
    return {"department": key(database, Department, slug="after_sales"), "team": key(database, Team, slug="service-1")}


def password_on(page: str) -> str:
    found = re.search(r'gd-once">([^<]+)<', page)
    assert found is not None
    return found.group(1)


# --- who may ---


@pytest.mark.parametrize("username", ["service.ma", "service.liu", "gm.zhou", "cr.sun"])
@pytest.mark.parametrize("path", ["/people", "/people/new", "/people/service.gao", "/people/nobody", "/departments"])
def test_others_do_not_see_the_staff_pages(client_as: As, username: str, path: str) -> None:
    assert client_as(username).get(path).status_code == 403


@pytest.mark.parametrize("username", [ADMIN, HR])
@pytest.mark.parametrize("path", ["/people", "/people/new", "/people/service.gao", f"/people/{HR}", "/departments"])
def test_human_resources_and_administrators_do(client_as: As, username: str, path: str) -> None:
    assert client_as(username).get(path).status_code == 200


def test_an_account_that_does_not_exist_is_not_found(client_as: As) -> None:
    assert client_as(HR).get("/people/nobody").status_code == 404


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("/people/service.gao/roles", {"role": "human_resources"}),
        ("/people/hr.qian/roles/human_resources/end", {}),
        ("/departments/sales/head", {"person": "1"}),
        ("/people/gm.zhou/deputy", {"deputy": "3"}),
        ("/departments", {"slug": "x", "name_zh": "某部", "name_en": "X", "ladder": "other"}),
        ("/departments/sales/teams", {"slug": "sales-9"}),
        ("/teams/sales-1/leader", {"person": "1"}),
    ],
)
def test_human_resources_name_nobody_to_anything(
    client_as: As, database: Database, path: str, form: dict[str, str]
) -> None:
    before = len(rows(database, RoleGrant)), len(rows(database, Headship)), len(rows(database, Team))
    assert client_as(HR).post(path, data=form).status_code == 403
    assert before == (len(rows(database, RoleGrant)), len(rows(database, Headship)), len(rows(database, Team)))


# --- finding ---


def test_people_are_found_by_name_account_and_post(client_as: As) -> None:
    client = client_as(HR)
    for query in ("马超", "service.ma", "SERVICE.MA", "服务顾问", "马 服务顾问"):
        page = client.get("/people", query_string={"q": query}).text
        assert "/people/service.ma" in page
        assert "/people/service.gao" not in page
    assert "/people/service.ma" not in client.get("/people?q=%25").text


@pytest.mark.parametrize(
    ("username", "office"),
    [("service.liu", "售后服务部主管"), ("service.gao", "service-1 组组长"), ("deputy.he", "周建国的常设代理人")],
)
def test_the_list_names_who_heads_leads_and_stands_in(client_as: As, username: str, office: str) -> None:
    page = client_as(HR).get("/people").text
    row = next(row for row in page.split("<tr>") if f"/people/{username}" in row)
    assert office in row
    assert page.count(office) == 1


def test_an_office_is_named_with_whoever_holds_it_now(client_as: As, database: Database) -> None:
    gao = key(database, Person, username="service.gao")
    assert client_as(ADMIN).post("/departments/after_sales/head", data={"person": gao}).status_code == 303
    page = client_as(HR).get("/people").text
    heads = [row for row in page.split("<tr>") if "售后服务部主管" in row]
    assert len(heads) == 1
    assert "/people/service.gao" in heads[0]


def test_the_list_can_be_narrowed_to_a_department(client_as: As, database: Database) -> None:
    page = client_as(HR).get("/people", query_string={"department": key(database, Department, slug="parts")}).text
    assert "parts.deng" in page
    assert "service.ma" not in page


def test_strange_questions_do_no_harm(client_as: As) -> None:
    client = client_as(HR)
    for query in ("page=-3", "page=99999", "page=x", "department=x", f"q={'x' * 9000}"):
        assert client.get(f"/people?{query}").status_code == 200


# --- adding ---


def test_a_new_employee_logs_in_once_and_chooses_a_password(app: Flask, client_as: As, database: Database) -> None:
    added = client_as(HR).post("/people", data={**NEW, **at_after_sales(database)})
    assert (added.status_code, added.headers["Cache-Control"]) == (200, "no-store")
    newcomer = app.test_client()
    assert log_in(newcomer, "service.han", password_on(added.text)).status_code == 303
    assert path_of(newcomer.get("/people")) == "/settings/password"
    post = person(database, "service.han").postings[0]
    assert (post.title, post.department.slug) == ("服务顾问", "after_sales")


def test_the_day_of_joining_is_the_companys_day(client_as: As, database: Database) -> None:
    client_as(HR).post("/people", data={**NEW, **at_after_sales(database), "joined_on": "2026-02-01"})
    assert person(database, "service.han").joined_at == moment(2, 1, 0)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"username": "service.ma"}, "username"),
        ({"username": "Han Mei!"}, "username"),
        ({"username": ""}, "username"),
        ({"username": "a" * 65}, "username"),
        ({"name": "   "}, "name"),
        ({"name": "韩" * 10_000}, "name"),
        ({"title": ""}, "title"),
        ({"department": ""}, "department"),
        ({"department": "99999999999999999999"}, "department"),
        ({"department": "1"}, "team"),
        ({"team": "x/999"}, "team"),
        ({"team": "999999"}, "team"),
        ({"joined_on": "2031-01-01"}, "joined_on"),
        ({"joined_on": "1066-10-14"}, "joined_on"),
    ],
)
def test_what_will_not_do_is_told_at_its_field_and_kept(
    client_as: As, database: Database, changes: dict[str, str], field: str
) -> None:
    before = len(rows(database, Person))
    refused = client_as(HR).post("/people", data={**NEW, **at_after_sales(database), **changes})
    assert refused.status_code == 422
    assert f'id="{field}-error"' in refused.text
    assert "韩" in refused.text or "name" in changes
    assert len(rows(database, Person)) == before


def test_markup_in_a_name_stays_text(client_as: As, database: Database) -> None:
    form = {**NEW, **at_after_sales(database), "name": "<script>𠮷😀"}
    page = client_as(HR).post("/people", data=form).text
    assert "&lt;script&gt;𠮷😀" in page
    assert "<script>𠮷" not in page
    # No letter to them could be printed.
    assert "😀 (U+1F600)" in page
    assert 'id="name-error"' in page


# --- moving and leaving ---


def test_a_transfer_ends_the_old_post_and_keeps_it(client_as: As, database: Database, clock: Clock) -> None:
    form = {"department": key(database, Department, slug="sales"), "title": "销售顾问", "team": ""}
    assert client_as(HR).post("/people/service.ma/posting", data=form).status_code == 303
    old, new = person(database, "service.ma").postings
    assert (old.until, new.since, new.until) == (clock.now, clock.now, None)
    assert (new.title, new.wage) == ("销售顾问", old.wage)


def test_whoever_leads_a_team_is_not_transferred_past_the_hand_over(client_as: As, database: Database) -> None:
    gao = person(database, "service.gao")
    form = {"department": key(database, Department, slug="sales"), "title": "销售顾问"}
    refused = client_as(HR).post("/people/service.gao/posting", data=form)
    assert refused.status_code == 422
    assert "请先办理交接" in refused.text
    assert rows(database, TeamLeadership, person_id=gao.id)[0].until is None
    same_team = at_after_sales(database) | {"title": "高级技师"}
    assert client_as(HR).post("/people/service.gao/posting", data=same_team).status_code == 303


def test_a_transfer_to_the_same_post_is_refused(client_as: As, database: Database) -> None:
    form = {**at_after_sales(database), "title": "机修技师"}
    assert client_as(HR).post("/people/service.gao/posting", data=form).status_code == 422
    assert len(person(database, "service.gao").postings) == 1


def test_leaving_ends_every_place_and_deletes_nothing(client_as: As, database: Database, clock: Clock) -> None:
    """Of a role that others hold as well nobody needs to take it over."""
    sun = person(database, "cr.sun")
    assert client_as(HR).post("/people/cr.sun/leaving").status_code == 303
    gone = person(database, "cr.sun")
    assert gone.left_at == clock.now
    assert [post.until for post in gone.postings] == [clock.now]
    assert [row.until for row in rows(database, RoleGrant, person_id=sun.id)] == [clock.now]
    assert "孙悦" not in client_as(HR).get("/people").text
    assert "孙悦" in client_as(HR).get("/people?former=yes").text


def test_nobody_leaves_twice(client_as: As) -> None:
    client = client_as(HR)
    client.post("/people/service.ma/leaving")
    assert client.post("/people/service.ma/leaving").status_code == 422


@pytest.mark.parametrize("username", [HR, "gm.zhou", ADMIN])
def test_human_resources_record_neither_their_own_leaving_nor_that_of_those_above(
    client_as: As, database: Database, username: str
) -> None:
    assert client_as(HR).post(f"/people/{username}/leaving").status_code == 403
    assert person(database, username).left_at is None


# --- passwords ---


def test_a_reset_password_opens_once_and_ends_every_session(
    app: Flask, client_as: As, database: Database, give_password: Callable[..., None]
) -> None:
    give_password("service.ma")
    there = app.test_client()
    log_in(there, "service.ma")
    page = client_as(HR).post("/people/service.ma/password")
    assert there.get("/settings").status_code == 303
    assert log_in(app.test_client(), "service.ma").status_code == 401
    assert log_in(app.test_client(), "service.ma", password_on(page.text)).status_code == 303
    assert person(database, "service.ma").must_change_password


@pytest.mark.parametrize("username", ["gm.zhou", "service.liu", "cr.sun", "deputy.he", ADMIN, HR])
def test_human_resources_cannot_take_over_an_account_above_or_their_own(
    client_as: As, database: Database, username: str
) -> None:
    assert client_as(HR).post(f"/people/{username}/password").status_code == 403
    assert person(database, username).session_epoch == 1


def test_an_administrator_resets_the_general_managers_password(client_as: As) -> None:
    assert client_as(ADMIN).post("/people/gm.zhou/password").status_code == 200


# --- roles and offices ---


def test_a_department_loses_its_head_only_when_nobody_is_chosen(client_as: As, database: Database) -> None:
    assert client_as(ADMIN).post("/departments/after_sales/head").status_code == 400
    liu = person(database, "service.liu")
    assert rows(database, Headship, person_id=liu.id)[0].until is None
    assert client_as(ADMIN).post("/departments/after_sales/head", data={"person": ""}).status_code == 303
    assert rows(database, Headship, person_id=liu.id)[0].until is not None


def test_a_delegation_that_cannot_be_is_not_found(client_as: As) -> None:
    assert client_as("service.liu").post(f"/settings/delegation/{2**63}/end").status_code == 404


def test_a_role_is_granted_and_withdrawn_with_history(client_as: As, database: Database, clock: Clock) -> None:
    client = client_as(ADMIN)
    assert client.post("/people/service.gao/roles", data={"role": "customer_relations"}).status_code == 303
    assert roles_of(person(database, "service.gao"), clock.now) == {Role.CUSTOMER_RELATIONS}
    assert client.post("/people/service.gao/roles/customer_relations/end").status_code == 303
    gao = person(database, "service.gao")
    assert [(grant.role, grant.until) for grant in gao.grants] == [(Role.CUSTOMER_RELATIONS, clock.now)]


def test_nobody_grants_a_role_to_themselves(client_as: As, database: Database, clock: Clock) -> None:
    assert client_as(ADMIN).post(f"/people/{ADMIN}/roles", data={"role": "general_manager"}).status_code == 403
    assert roles_of(person(database, ADMIN), clock.now) == {Role.ADMINISTRATOR}


@pytest.mark.parametrize("role", ["department_head", "employee"])
def test_a_role_that_comes_with_an_office_is_not_granted(client_as: As, role: str) -> None:
    assert client_as(ADMIN).post("/people/service.gao/roles", data={"role": role}).status_code == 422


@pytest.mark.parametrize("role", ["", "emperor"])
def test_a_role_that_does_not_exist_is_not_found(client_as: As, role: str) -> None:
    assert client_as(ADMIN).post("/people/service.gao/roles", data={"role": role}).status_code == 404


def test_there_is_one_general_manager(client_as: As) -> None:
    assert client_as(ADMIN).post("/people/deputy.he/roles", data={"role": "general_manager"}).status_code == 422


def test_the_last_administrator_keeps_the_role(client_as: As, database: Database, clock: Clock) -> None:
    client = client_as(ADMIN)
    assert client.post(f"/people/{ADMIN}/roles/administrator/end").status_code == 422
    client.post("/people/service.gao/roles", data={"role": "administrator"})
    clock.now = moment(3, 2, 10)
    assert client.post(f"/people/{ADMIN}/roles/administrator/end").status_code == 303
    assert not roles_of(person(database, ADMIN), clock.now)


def test_a_new_head_takes_the_place_of_the_old_one(client_as: As, database: Database, clock: Clock) -> None:
    gao = person(database, "service.gao")
    assert client_as(ADMIN).post("/departments/after_sales/head", data={"person": str(gao.id)}).status_code == 303
    old, new = rows(database, Headship, department_id=int(key(database, Department, slug="after_sales")))
    assert (old.until, new.person_id, new.until) == (clock.now, gao.id, None)


def test_a_department_may_be_without_a_head(client_as: As, database: Database, clock: Clock) -> None:
    assert client_as(ADMIN).post("/departments/parts/head", data={"person": ""}).status_code == 303
    assert rows(database, Headship, person_id=person(database, "parts.deng").id)[0].until == clock.now


def test_administrators_name_themselves_to_nothing(client_as: As, database: Database) -> None:
    me = str(person(database, ADMIN).id)
    client = client_as(ADMIN)
    assert client.post("/departments/parts/head", data={"person": me}).status_code == 403
    assert client.post("/people/gm.zhou/deputy", data={"deputy": me}).status_code == 403


def test_a_standing_deputy_takes_the_place_of_the_former_one(client_as: As, database: Database, clock: Clock) -> None:
    zhou, chen = person(database, "gm.zhou"), person(database, "sales.chen")
    assert client_as(ADMIN).post("/people/gm.zhou/deputy", data={"deputy": str(chen.id)}).status_code == 303
    old, new = rows(database, Deputation, principal_id=zhou.id)
    assert (old.until, new.deputy_id, new.is_standing) == (clock.now, chen.id, True)


def test_a_team_has_a_new_leader(client_as: As, database: Database) -> None:
    ma = person(database, "service.ma")
    assert client_as(ADMIN).post("/teams/service-1/leader", data={"person": str(ma.id)}).status_code == 303
    assert [row.until is None for row in rows(database, TeamLeadership, person_id=ma.id)] == [True]


def test_departments_and_teams_are_added(client_as: As, database: Database) -> None:
    client = client_as(ADMIN)
    form = {"slug": "used_cars", "name_zh": "二手车部", "name_en": "Used cars", "ladder": "sales"}
    assert client.post("/departments", data=form).status_code == 303
    assert client.post("/departments/used_cars/teams", data={"slug": "used-1"}).status_code == 303
    page = client.get("/departments").text
    assert '<option value="sales">销售部和二手车部</option>' in page, "a ladder is called by its departments"
    assert client.post("/departments", data=form).status_code == 422
    assert client.post("/departments/used_cars/teams", data={"slug": "used-1"}).status_code == 422
    assert client.post("/departments/nowhere/teams", data={"slug": "x-1"}).status_code == 404


@pytest.mark.parametrize(
    ("address", "data", "field"),
    [
        ("/people/cr.lin/deputy", {}, "deputy"),
        ("/people/cr.lin/deputy", {"deputy": "99999"}, "deputy"),
        ("/departments/sales/head", {"person": "99999"}, "head-sales"),
        ("/teams/sales-1/leader", {"person": ""}, "leader-sales-1"),
        ("/departments/sales/teams", {"slug": "𠮷 1"}, "team-sales"),
    ],
)
def test_an_office_without_a_name_is_told_at_its_field(client_as: As, address: str, data: dict, field: str) -> None:
    refused = client_as(ADMIN).post(address, data=data)
    assert refused.status_code == 422
    assert f'id="{field}-error"' in refused.text
    assert all(f'value="{typed}"' in refused.text for name, typed in data.items() if name == "slug")
    assert refused.text.count("<details open>") == ("/departments" in address or "/teams" in address)


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "soon"])
def test_a_first_day_that_cannot_be_is_told_at_its_field(client_as: As, database: Database, day: str) -> None:
    form = {**NEW, "department": str(key(database, Department, slug="after_sales")), "joined_on": day}
    refused = client_as(HR).post("/people", data=form)
    assert refused.status_code == 422
    assert 'id="joined_on-error"' in refused.text
    assert not rows(database, Person, username=NEW["username"])


# --- while I am away ---


def test_a_head_names_a_deputy_for_a_few_days(client_as: As, database: Database) -> None:
    gao = person(database, "service.gao")
    form = {"deputy": str(gao.id), "since": "2026-03-09", "until": "2026-03-11"}
    client = client_as("service.liu")
    offered = client.get("/settings/delegation").text
    assert "service.gao" in offered
    assert "admin.root" not in offered  # decides no case
    assert client.post("/settings/delegation", data=form).status_code == 303
    found = rows(database, Deputation, deputy_id=gao.id)[0]
    assert (found.since, found.until) == (moment(3, 9, 0), moment(3, 12, 0))
    assert "2026年3月9日至2026年3月11日" in client.get("/settings/delegation").text.replace(" ", "")
    assert client.post(f"/settings/delegation/{found.id}/end").status_code == 303


@pytest.mark.parametrize(
    ("since", "until", "field"),
    [
        ("2026-03-11", "2026-03-09", "until"),
        ("2026-02-01", "2026-02-03", "until"),
        ("2026-03-09", "2028-03-09", "until"),
        ("", "2026-03-09", "since"),
        ("2026-03-09", "bald", "until"),
        ("2026-03-09", "9999-12-31", "until"),
        ("0001-01-01", "2026-03-09", "since"),
    ],
)
def test_a_period_that_cannot_be_is_told_at_its_field(
    client_as: As, database: Database, since: str, until: str, field: str
) -> None:
    form = {"deputy": str(person(database, "service.gao").id), "since": since, "until": until}
    refused = client_as("service.liu").post("/settings/delegation", data=form)
    assert refused.status_code == 422
    assert f'id="{field}-error"' in refused.text


def test_an_employee_has_no_steps_to_hand_over(client_as: As, database: Database) -> None:
    form = {"deputy": str(person(database, "service.gao").id), "since": "2026-03-09", "until": "2026-03-11"}
    assert client_as("service.ma").post("/settings/delegation", data=form).status_code == 403


@pytest.mark.parametrize("username", ["service.ma", "cr.sun", "admin.root"])
def test_whoever_has_no_post_to_hand_over_is_told_so_and_shown_nobody(client_as: As, username: str) -> None:
    page = client_as(username).get("/settings/delegation").text
    assert "只有部门主管和总经理" in page
    assert "<select" not in page
    assert "service.gao" not in page


def test_for_whoever_has_left_the_page_is_not_there(client_as: As, database: Database, clock: Clock) -> None:
    form = {"deputy": str(person(database, "service.gao").id), "since": "2026-03-09", "until": "2026-03-11"}
    with database.writing() as session:
        liu = session.scalars(select(Person).filter_by(username="service.liu")).one()
        people.end_everything(session, liu, at=clock.now)
        session.commit()
    client = client_as("service.liu")
    assert client.get("/settings/delegation").status_code == 404
    assert client.post("/settings/delegation", data=form).status_code == 404


@pytest.mark.parametrize(
    ("deputy", "left_at"), [("service.liu", None), ("service.gao", (3, 2)), ("service.gao", (3, 10))]
)
def test_nobody_hands_over_to_themselves_or_to_whoever_leaves(
    client_as: As, database: Database, deputy: str, left_at: tuple[int, int] | None
) -> None:
    with database.writing() as session:
        found = session.scalars(select(Person).filter_by(username=deputy)).one()
        found.left_at = moment(*left_at, 0) if left_at else None
        session.commit()
        form = {"deputy": str(found.id), "since": "2026-03-09", "until": "2026-03-11"}
    assert client_as("service.liu").post("/settings/delegation", data=form).status_code == 422
    assert not rows(database, Deputation, deputy_id=int(form["deputy"]), is_standing=False)


def test_delegations_never_come_back_in_a_circle(client_as: As, database: Database) -> None:
    """刘洋 → 陈涛 → 邓军 → 刘洋, and nobody would be there; afterwards they may."""
    of = {name: str(person(database, name).id) for name in ("service.liu", "sales.chen", "parts.deng")}
    days = {"since": "2026-03-09", "until": "2026-03-11"}
    for by, to in (("service.liu", "sales.chen"), ("sales.chen", "parts.deng")):
        assert client_as(by).post("/settings/delegation", data={"deputy": of[to], **days}).status_code == 303
    form = {"deputy": of["service.liu"], "since": "2026-03-11", "until": "2026-03-13"}
    refused = client_as("parts.deng").post("/settings/delegation", data=form)
    assert refused.status_code == 422
    assert 'id="deputy-error"' in refused.text
    later = {**form, "since": "2026-03-12"}
    assert client_as("parts.deng").post("/settings/delegation", data=later).status_code == 303


def test_nobody_ends_the_delegation_of_somebody_else(client_as: As, database: Database) -> None:
    standing = key(database, Deputation, is_standing=True)
    assert client_as("service.liu").post(f"/settings/delegation/{standing}/end").status_code == 404
    assert client_as("gm.zhou").post(f"/settings/delegation/{standing}/end").status_code == 404


def test_the_history_is_on_the_page(client_as: As, database: Database) -> None:
    form = {"department": key(database, Department, slug="sales"), "title": "销售顾问"}
    client = client_as(ADMIN)
    client.post("/people/service.ma/posting", data=form)
    page = client.get("/people/service.ma").text
    assert "服务顾问" in page
    assert "销售顾问" in page
    assert len(rows(database, Posting, person_id=person(database, "service.ma").id)) == 2


def test_what_was_typed_about_a_person_stays_beside_the_refusal(client_as: As, database: Database) -> None:
    page = client_as(HR).post("/people/service.ma/pay", data={"wage": "五千𠮷", "performance_base": "1.234"})
    assert page.status_code == 422
    assert 'value="五千𠮷"' in page.text
    assert 'value="1.234"' in page.text
    chosen = key(database, Department, slug="parts")
    page = client_as(HR).post("/people/service.ma/posting", data={"department": chosen, "title": "长" * 41})
    assert page.status_code == 422
    assert f'<option value="{chosen}" selected>' in page.text
    assert f'value="{"长" * 41}"' in page.text
