"""Construction commissions: by hand and as a table, for human resources only; each bad row is named."""

import re
from io import BytesIO

import pytest
from openpyxl import Workbook
from sqlalchemy import select

from models import Commission, Penalty
from tests.builders import Desk, moment
from workflow import people

GOOD = {"employee": "郭亮", "month": "2026-03", "amount": "1,280.50"}


@pytest.fixture
def recorded(database):
    def found() -> dict[str, int]:
        with database.reading() as session:
            return {f"{row.person.name} {row.month}": row.amount for row in session.scalars(select(Commission))}

    return found


def sheet(*rows) -> BytesIO:
    book, stream = Workbook(), BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(stream)
    stream.seek(0)
    return stream


def send(client, content: BytesIO, name: str = "提成.xlsx"):
    return client.post("/commissions/table", data={"table": (content, name)}, content_type="multipart/form-data")


def test_human_resources_record_and_correct(client_as, recorded):
    officer = client_as("hr.qian")
    assert officer.get("/commissions").status_code == 200
    answer = officer.post("/commissions", data=GOOD)
    assert answer.status_code == 303, answer.text
    assert answer.location == "/commissions?month=2026-03"
    assert officer.post("/commissions", data={**GOOD, "amount": "1300"}).status_code == 303
    assert recorded() == {"郭亮 2026-03": 130_000}
    assert "1,300.00" in officer.get("/commissions?month=2026-03").text


@pytest.mark.parametrize("user", ["gm.zhou", "detailing.xu", "detailing.guo", "admin.root"])
def test_nobody_else_does(client_as, recorded, user):
    client = client_as(user)
    assert client.get("/commissions").status_code == 403
    assert client.post("/commissions", data=GOOD).status_code == 403
    assert send(client, sheet(["姓名", "月份", "金额"], ["郭亮", "2026-03", 1])).status_code == 403
    assert recorded() == {}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("employee", ""), ("employee", "查无此人"), ("month", ""), ("month", "三月"), ("month", "2026-13"),
        ("month", "2026-04"), ("amount", ""), ("amount", "-1"), ("amount", "1.234"), ("amount", "一千"),
        ("amount", "1000000.01"), ("amount", "1e5"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_at_its_field(client_as, recorded, field, value):
    answer = client_as("hr.qian").post("/commissions", data={**GOOD, field: value})
    assert answer.status_code == 422, answer.text
    assert f'id="{field}-error"' in answer.text
    assert value in answer.text
    assert recorded() == {}


def test_a_name_that_nobody_bears_is_not_said_to_be_left_open(client_as):
    answer = client_as("hr.qian").post("/commissions", data={**GOOD, "employee": "查无此人"})
    assert "请填写员工名单上的姓名或账号" in answer.text
    assert "留空" not in answer.text


@pytest.mark.parametrize("employee", ["马超", "王强", "钱芳", "系统管理员"])
def test_only_posts_of_detailing_earn_one(client_as, recorded, employee):
    officer = client_as("hr.qian")
    answer = officer.post("/commissions", data={**GOOD, "employee": employee})
    assert answer.status_code == 422
    assert f"{employee}在 2026 年 3 月没有计发施工提成的岗位" in answer.text
    assert 'id="employee-error"' in answer.text
    assert f'value="{employee}"' not in officer.get("/commissions").text.partition("<datalist")[2]
    assert recorded() == {}


def test_only_the_months_of_the_post_earn_one(client_as, database, recorded):
    """Whoever left in a month has earned until then, and nothing in the months after it."""
    with database.writing() as session:
        desk = Desk(session)
        people.end_everything(session, desk.person("detailing.guo"), at=moment(2, 10))
        session.commit()
    officer = client_as("hr.qian")
    answers = [officer.post("/commissions", data={**GOOD, "month": month}) for month in ("2026-02", "2026-03")]
    assert [answer.status_code for answer in answers] == [303, 422]
    assert recorded() == {"郭亮 2026-02": 128_050}


def test_a_month_that_is_none_shows_this_one(client_as):
    assert "2026 年 3 月" in client_as("hr.qian").get("/commissions?month=x").text


@pytest.mark.parametrize("name", ["提成.xlsx", "提成.csv"])
def test_a_table_is_recorded_whole(client_as, recorded, name):
    rows = [["姓名", "月份", "金额"], ["郭亮", "2026-02", "1280.50"], ["detailing.hu", "2026-02", "900"]]
    content = sheet(*rows) if name.endswith("xlsx") else BytesIO("\n".join(map(",".join, rows)).encode("gb18030"))
    answer = send(client_as("hr.qian"), content, name)
    assert answer.status_code == 303, answer.text
    assert recorded() == {"郭亮 2026-02": 128_050, "胡军 2026-02": 90_000}


def test_a_person_twice_in_a_month_is_named_and_nothing_is_recorded(client_as, recorded):
    rows = (["郭亮", "2026-03", 100], ["郭亮", "2026-02", 100], ["detailing.guo", "2026-03", 200])
    answer = send(client_as("hr.qian"), sheet(["姓名", "月份", "金额"], *rows))
    assert answer.status_code == 422
    assert "第 2 行已经填过该员工的这个月份。" in answer.text
    assert recorded() == {}


def test_one_bad_row_and_nothing_is_recorded_but_each_bad_row_is_named(client_as, recorded):
    rows = [["姓名", "月份", "金额"], ["郭亮", "2026-02", "100"], ["查无此人", "2026-02", "100"],
            ["胡军", "2026-02", "-5"], ["胡军", "2027-01", "5"]]  # fmt: skip
    answer = send(client_as("hr.qian"), sheet(*rows))
    assert answer.status_code == 422
    for number in (3, 4, 5):
        assert f"第 {number} 行" in answer.text
    assert "第 2 行" not in answer.text
    assert recorded() == {}


@pytest.mark.parametrize(
    "content",
    [BytesIO(b""), BytesIO(b"%PDF-1.4"), sheet(["姓名", "金额"], ["郭亮", 1]), sheet(["姓名", "月份", "金额"])],
)
def test_what_is_no_such_table_is_refused_with_the_reason(client_as, recorded, content):
    answer = send(client_as("hr.qian"), content)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert recorded() == {}


def test_a_penalty_forfeits_it_and_then_it_stays(client_as, database, recorded):
    with database.writing() as session:
        desk = Desk(session)
        penalty = desk.propose(by="detailing.xu", respondent="detailing.guo", rule="CS-9", facts="贴膜起泡。")
        for by, action in (("detailing.guo", "waive"), ("detailing.xu", "submit"), ("gm.zhou", "approve")):
            desk.decide(action, penalty, by)
        session.commit()
    officer = client_as("hr.qian")
    answer = officer.post("/commissions", data=GOOD, follow_redirects=True)
    assert "1 笔因处罚扣除" in answer.text
    assert "处罚 2026-1 扣除" in answer.text
    again = officer.post("/commissions", data={**GOOD, "amount": "5"})
    assert again.status_code == 422
    assert recorded() == {"郭亮 2026-03": 128_050}
    with database.reading() as session:
        assert session.scalars(select(Penalty)).one().forfeited_month == "2026-03"


def test_of_a_settled_month_the_page_says_on_which_pay_day_it_counts(client_as):
    officer = client_as("hr.qian")
    assert "已结算" not in officer.get("/commissions?month=2026-03").text
    seen = re.search(r'name="seen" value="([0-9a-f]{64})"', officer.get("/paydays/2026-03/settlement").text)
    assert officer.post("/paydays/2026-03/settlement", data={"seen": seen.group(1)}).status_code == 303
    page = officer.post("/commissions", data=GOOD, follow_redirects=True).text.replace("\N{NO-BREAK SPACE}", " ")
    assert "2026 年 3 月的发薪扣款已结算" in page and "列入下一次发薪结算（2026 年 4 月）" in page
    assert "已结算" not in officer.get("/commissions?month=2026-02").text
