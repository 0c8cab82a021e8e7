"""The pages of the pay day: for whom they are there, looking before settling, once a month, the sheet for payroll."""

import io
import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from models import Database, Order, Payday, PaydayLine, Person
from tests.builders import Desk, moment
from tests.conftest import Clock
from tests.workflow.test_payday import PAY_DAY, penalise, rework, set_wage
from workflow import people, places

As = Callable[[str], FlaskClient]
HR, GM = "hr.qian", "gm.zhou"
PAGES = ("/paydays", "/paydays/2026-03", "/paydays/2026-03/settlement", "/paydays/2026-03/payroll.xlsx")


def penalties(session: Session) -> None:
    """郭亮 owes 2,716.66 and 胡军 666.67 of a rework, 马超 a fine of 50.00; all of it is final on pay day."""
    desk = Desk(session)
    rework(desk)
    penalise(desk)
    desk.lapse(PAY_DAY)


@pytest.fixture(autouse=True)
def _books(staged: Callable[..., None], clock: Clock) -> None:
    staged(penalties)
    clock.now = PAY_DAY


def settled(database: Database) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(Payday)) or 0


def seen_on(page: str) -> str:
    found = re.search(r'name="seen" value="([0-9a-f]{64})"', page)
    assert found is not None
    return found.group(1)


def settle(client: FlaskClient, month: str = "2026-03"):
    seen = seen_on(client.get(f"/paydays/{month}/settlement").text)
    return client.post(f"/paydays/{month}/settlement", data={"seen": seen}, follow_redirects=True)


def change(database: Database, act: Callable[[Desk], object]) -> None:
    with database.writing() as session:
        act(Desk(session))
        session.commit()


def penalise_the_manager(desk: Desk) -> None:
    """Fined by the deputy, and away: somebody of another department stands in."""
    penalty = desk.propose("cr.lin", respondent=GM)
    for by, verb in ((GM, "waive"), ("deputy.he", "submit"), ("deputy.he", "approve")):
        desk.decide(verb, penalty, by)
    desk.lapse(PAY_DAY)
    gm, to = desk.person(GM), desk.person("parts.yuan")
    places.delegate(desk.session, to, by=gm, at=PAY_DAY, since=PAY_DAY, until=moment(3, 28))


def assert_without_the_manager(page: str) -> None:
    assert "郭亮" in page
    assert "周建国" not in page


class TestForWhom:
    @pytest.mark.parametrize(
        "username", ["service.ma", "detailing.guo", "service.liu", "cr.lin", "admin.root", "deputy.he"]
    )
    @pytest.mark.parametrize("path", PAGES)
    def test_for_others_the_pages_are_not_there(self, client_as: As, username: str, path: str) -> None:
        client = client_as(username)
        assert client.get(path).status_code == 404
        assert "/paydays" not in client.get("/").text

    def test_others_settle_nothing(self, client_as: As, database: Database) -> None:
        seen = seen_on(client_as(HR).get("/paydays/2026-03/settlement").text)
        for username, status in (("service.ma", 404), ("detailing.xu", 404), (GM, 403)):
            assert client_as(username).post("/paydays/2026-03/settlement", data={"seen": seen}).status_code == status
        assert settled(database) == 0

    def test_the_general_manager_reads_and_is_told_who_settles(self, client_as: As) -> None:
        client = client_as(GM)
        page = client.get("/paydays/2026-03").text
        assert "1,000.00" in page and "钱芳" in page and "/settlement" not in page
        assert client.get("/paydays/2026-03/settlement").status_code == 403

    def test_who_stands_in_for_the_general_manager_reads_too(self, client_as: As, database: Database) -> None:
        def delegate(desk: Desk) -> None:
            gm, to = desk.person(GM), desk.person("deputy.he")
            places.delegate(desk.session, to, by=gm, at=PAY_DAY, since=PAY_DAY, until=moment(3, 28))

        change(database, delegate)
        assert client_as("deputy.he").get("/paydays/2026-03").status_code == 200

    def test_who_stands_in_for_the_general_manager_finds_nothing_of_the_managers_own(
        self, client_as: As, database: Database
    ) -> None:
        change(database, penalise_the_manager)
        client = client_as("parts.yuan")
        assert "周建国" in client_as(HR).get("/paydays/2026-03").text
        assert_without_the_manager(client.get("/paydays/2026-03").text)
        slips = set(re.findall(r"/letters/penalty-2026-\d+", settle(client_as(HR)).text))
        readable = {slip for slip in slips if client.get(slip).status_code == 200}
        assert len(slips - readable) == 1
        assert_without_the_manager(client.get("/paydays/2026-03").text)
        sheet = load_workbook(io.BytesIO(client.get("/paydays/2026-03/payroll.xlsx").data)).active
        assert GM not in [row[1].value for row in sheet.iter_rows()]
        # Not even as the difference of the sums.
        assert "1,766.67" in client_as(HR).get("/paydays").text
        assert "1,716.67" in client.get("/paydays").text

    def test_who_has_left_finds_nothing(self, client_as: As, database: Database) -> None:
        change(database, lambda desk: people.end_everything(desk.session, desk.person(HR), at=PAY_DAY))
        assert client_as(HR).get("/paydays").status_code == 404


class TestLooking:
    def test_the_figures_are_those_of_the_law_and_nothing_has_happened(self, client_as: As, database: Database) -> None:
        page = client_as(HR).get("/paydays/2026-03").text
        for told in (
            "2,716.66",
            "1,716.66",
            "上限 20% = 1,000.00；余额结转 2026 年 4 月。",
            "上限 20% = 1,100.00，未触及。",
        ):
            assert told in page
        assert settled(database) == 0

    def test_the_minimum_wage_is_told(self, client_as: As, database: Database) -> None:
        change(database, lambda desk: set_wage(desk, "service.ma", 270_000))
        assert "扣后不低于最低工资 2,690.00" in client_as(HR).get("/paydays/2026-03").text

    def test_who_has_left_is_named_with_what_stays_open(self, client_as: As, database: Database, clock: Clock) -> None:
        def leave(desk: Desk) -> None:
            people.leave(desk.session, desk.person("service.ma"), by=desk.person(HR), at=moment(3, 25))

        change(database, leave)
        clock.now = moment(4, 20)
        page = client_as(HR).get("/paydays/2026-04").text
        assert "无法再从工资扣收" in page and "3月25日离职" in page and "没有应扣款项" not in page
        assert "3月25日离职" in client_as(HR).get("/paydays").text

    def test_the_last_pay_day_of_whoever_leaves_says_so(self, client_as: As, database: Database, clock: Clock) -> None:
        def leave(desk: Desk) -> None:
            people.leave(desk.session, desk.person("detailing.guo"), by=desk.person(HR), at=moment(3, 25))

        change(database, leave)
        clock.now = moment(3, 28)
        client = client_as(HR)
        assert "余额不再从工资扣收" in client.get("/paydays/2026-03").text
        assert "余额不再从工资扣收" in settle(client).text
        clock.now = moment(4, 20)
        page = client_as(HR).get("/paydays/2026-04").text
        assert "没有应扣款项" in page and "1,716.66" in page

    def test_the_pages_speak_english(self, client_as: As, database: Database) -> None:
        of_hr = update(Person).where(Person.username == HR)
        change(database, lambda desk: desk.session.execute(of_hr.values(language="en")))
        page = client_as(HR).get("/paydays/2026-03").text
        assert "Cap 20% = 1,000.00; the rest is carried to April 2026." in page

    def test_a_month_in_which_nobody_owes_anything_says_so(self, client_as: As, clock: Clock) -> None:
        settle(client_as(HR))
        clock.now = moment(6, 20)
        client = client_as(HR)
        for month in ("2026-04", "2026-05"):
            settle(client, month)
        assert "没有应扣款项" in client.get("/paydays/2026-06").text
        assert "当月没有应扣款项" in settle(client, "2026-06").text

    @pytest.mark.parametrize("month", ["2026", "2026-13", "2026-3", "März", "2026-03-01", "..", "1999-03"])
    def test_a_malformed_month_is_not_found(self, client_as: As, month: str) -> None:
        client = client_as(HR)
        for path in ("", "/settlement", "/payroll.xlsx"):
            assert client.get(f"/paydays/{month}{path}").status_code == 404

    @pytest.mark.parametrize("month", ["2026-13", "March", "2026-3", "0"])
    def test_a_malformed_month_is_told_beside_its_field(self, client_as: As, month: str) -> None:
        answer = client_as(HR).get("/paydays", query_string={"month": month})
        assert answer.status_code == 422 and "month-error" in answer.text

    def test_a_month_that_was_asked_for_is_opened(self, client_as: As) -> None:
        assert client_as(HR).get("/paydays?month=2026-03").location == "/paydays/2026-03"

    def test_a_future_month_says_why_it_cannot_be_settled(self, client_as: As, database: Database) -> None:
        client = client_as(HR)
        page = client.get("/paydays/2026-04").text
        assert "这个月份还没有到" in page and "2,716.66" not in page
        assert client.get("/paydays/2026-04/settlement").location == "/paydays/2026-04"
        assert client.post("/paydays/2026-04/settlement", data={"seen": "x"}).status_code == 422
        assert settled(database) == 0


class TestSettling:
    def test_it_is_done_and_the_slips_lie_ready(self, client_as: As, database: Database) -> None:
        page = settle(client_as(HR)).text
        assert "已结算" in page and "/letters/penalty-2026-" in page
        with database.reading() as session:
            assert session.scalar(select(func.sum(PaydayLine.deducted))) == 171_667
            assert session.scalar(select(func.count()).select_from(Order).where(Order.kind == "render_letter"))

    def test_a_second_run_is_refused(self, client_as: As, database: Database) -> None:
        client = client_as(HR)
        seen = seen_on(client.get("/paydays/2026-03/settlement").text)
        settle(client)
        answer = client.post("/paydays/2026-03/settlement", data={"seen": seen})
        assert answer.status_code == 409 and "2026 年 3 月的发薪扣款已结算，每月只结算一次" in answer.text
        assert client.get("/paydays/2026-03/settlement").location == "/paydays/2026-03"
        assert settled(database) == 1

    def test_an_earlier_month_than_the_last_is_refused(self, client_as: As) -> None:
        client = client_as(HR)
        settle(client)
        assert "不能再补结更早的月份" in client.get("/paydays/2026-02").text
        assert client.post("/paydays/2026-02/settlement", data={"seen": "x"}).status_code == 409

    @pytest.mark.parametrize("seen", [None, "", "x", "0" * 64])
    def test_figures_that_nobody_looked_at_are_not_carried_out(
        self, client_as: As, database: Database, seen: str | None
    ) -> None:
        answer = client_as(HR).post("/paydays/2026-03/settlement", data={} if seen is None else {"seen": seen})
        assert answer.status_code == 409 and settled(database) == 0

    def test_figures_that_changed_meanwhile_are_looked_at_again(self, client_as: As, database: Database) -> None:
        client = client_as(HR)
        seen = seen_on(client.get("/paydays/2026-03/settlement").text)
        change(database, lambda desk: set_wage(desk, "detailing.guo", 600_000))
        answer = client.post("/paydays/2026-03/settlement", data={"seen": seen})
        assert answer.status_code == 409 and "请重新查看" in answer.text
        assert settle(client).status_code == 200 and settled(database) == 1

    def test_the_history_has_the_sums(self, client_as: As) -> None:
        client = client_as(HR)
        before = client.get("/paydays").text
        assert "1,716.67" not in before and "查看该月" in before
        settle(client)
        page = client.get("/paydays").text
        assert "1,716.67" in page and "1,716.66" in page and "/paydays/2026-03/payroll.xlsx" in page


class TestSlips:
    def slips(self, page: str) -> list[str]:
        return re.findall(r'href="(/letters/penalty-2026-\d+)">扣款明细', page)

    def test_everybody_reads_their_own_and_nobody_elses(self, client_as: As) -> None:
        found = self.slips(settle(client_as(HR)).text)
        owners = ["service.ma", "detailing.hu", "detailing.guo"]
        assert len(found) == len(owners)
        for username in (*owners, "detailing.xu"):
            client = client_as(username)
            answers = [client.get(slip).status_code for slip in found]
            assert answers == [200 if owner == username else 404 for owner in owners]

    def test_human_resources_and_the_general_manager_read_all(self, client_as: As) -> None:
        found = self.slips(settle(client_as(HR)).text)
        for username in (HR, GM):
            assert "1,716.66" in client_as(username).get(found[2]).text

    def test_the_pages_of_those_concerned_tell_of_it(self, client_as: As) -> None:
        settle(client_as(HR))
        for username in ("service.ma", "detailing.guo"):
            client = client_as(username)
            for path in ("/", "/notices", "/letters", "/me"):
                assert client.get(path).status_code == 200
            assert "扣款明细" in client.get("/letters").text


class TestTheSheet:
    def sheet(self, client: FlaskClient):
        answer = client.get("/paydays/2026-03/payroll.xlsx")
        assert answer.headers["Cache-Control"] == "private, no-store"
        return load_workbook(io.BytesIO(answer.data)).active

    def test_before_the_month_is_settled_there_is_none(self, client_as: As) -> None:
        assert client_as(HR).get("/paydays/2026-03/payroll.xlsx").status_code == 404

    def test_amounts_are_numbers_and_add_up(self, client_as: As) -> None:
        client = client_as(HR)
        settle(client)
        rows = list(self.sheet(client).iter_rows(min_row=3, values_only=True))
        headings = "姓名 账号 部门 岗位 当月工资 应扣 本月扣 退还 奖励 结转 扣除施工提成（不计入上限） 怎么算的"
        assert rows[0] == tuple(headings.split())
        figures = {row[1]: row[4:11] for row in rows[1:-1]}
        assert figures == {
            "service.ma": (5500, 50, 50, 0, 0, 0, 0),
            "detailing.guo": (5000, 2716.66, 1000, 0, 0, 1716.66, 0),
            "detailing.hu": (7000, 666.67, 666.67, 0, 0, 0, 0),
        }
        assert rows[-1][:11] == ("合计", None, None, None, None, 3433.33, 1716.67, 0, 0, 1716.66, 0)

    @pytest.mark.parametrize("name", ["=1+1", "+8613800000001", "@SUM(A1)", "-2"])
    def test_a_name_that_looks_like_a_formula_is_text(self, client_as: As, database: Database, name: str) -> None:
        renamed = update(Person).where(Person.username == "service.ma").values(name=name)
        change(database, lambda desk: desk.session.execute(renamed))
        client = client_as(HR)
        settle(client)
        cells = [cell for row in self.sheet(client).iter_rows() for cell in row]
        assert f"'{name}" in [cell.value for cell in cells]
        assert not [cell for cell in cells if cell.data_type == "f"]
