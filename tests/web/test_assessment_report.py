"""The report of an assessment as a PDF: the same as the page, for whom the page is, and no longer than that."""

from collections.abc import Callable
from io import BytesIO

import pytest
from flask.testing import FlaskClient
from pikepdf import Dictionary, Pdf
from pypdf import PdfReader
from sqlalchemy import select
from sqlalchemy.orm import Session

from config import Settings
from jobs import made_file
from jobs import report as work
from models import Database, Department, FileState, Headship, ReportFile
from pdf import report
from tests.builders import MONDAY, Desk
from tests.conftest import Clock
from tests.pdf.archive import faults
from tests.web.test_assessments import computed
from workflow import assessment_run, packs
from workflow.assessment_period import Period
from workflow.assessment_shape import SubjectKind


class Reports:
    """Orders reports and has the worker print them."""

    def __init__(
        self, client_as: Callable[[str], FlaskClient], database: Database, settings: Settings, clock: Clock
    ) -> None:
        self.client_as, self.database, self.settings, self.clock = client_as, database, settings, clock

    def order(self, by: str, place: str) -> str:
        answer = self.client_as(by).post(f"/assessments/{place}")
        assert answer.status_code == 303, answer.status_code
        return answer.location

    def make(self) -> None:
        for file_id in made_file.unfinished(self.database, ReportFile):
            work.run(self.database, file_id, settings=self.settings, now=self.clock)

    def data(self, by: str, place: str) -> bytes:
        page = self.order(by, place)
        self.make()
        told = self.client_as(by).get(page).text
        assert f"{page}.pdf" in told
        return self.client_as(by).get(f"{page}.pdf", buffered=True).data

    def read(self, by: str, place: str) -> str:
        pages = PdfReader(BytesIO(self.data(by, place))).pages
        return "".join("".join(page.extract_text().split()) for page in pages)


@pytest.fixture
def reports(client_as: Callable[[str], FlaskClient], database: Database, settings: Settings, clock: Clock) -> Reports:
    return Reports(client_as, database, settings, clock)


def test_each_reader_gets_what_their_page_shows(staged: Callable[..., int], reports: Reports) -> None:
    key = staged(computed)
    data = reports.data("gm.zhou", f"{key}/report?measure=nps")
    assert not faults(data)
    whole = reports.read("gm.zhou", f"{key}/report?measure=nps")
    for words in ("客户忠诚度", "2026年2月", "净推荐值", "马超", "陈涛", "打印：周建国", "各部门", "100分"):
        assert words in whole, words
    with Pdf.open(BytesIO(data)) as pdf:
        told = {str(each.Alt) for each in pdf.objects if isinstance(each, Dictionary) and "/Alt" in each}
    assert told == {"各部门净推荐值；数字见下表。"}
    assert "陈涛" not in reports.read("gm.zhou", f"{key}/report?department={_department(reports, 'after_sales')}")
    head = reports.read("service.liu", f"{key}/report")
    assert "马超" in head and "陈涛" not in head and "销售部" not in head and "办理经过" not in head
    own = reports.read("service.ma", f"{key}/report")
    assert "马超" in own and "刘洋" not in own


def _department(reports: Reports, slug: str) -> int:
    with reports.database.reading() as session:
        return Desk(session).department(slug).id


def test_what_few_have_answered_is_hidden_on_paper_too(staged: Callable[..., int], reports: Reports) -> None:
    key = staged(computed, "service-survey", 4)
    assert "满五人作答后显示" in reports.read("service.liu", f"{key}/report")
    assert "满五人作答后显示" not in reports.read("cr.lin", f"{key}/report")


def test_the_comparison_of_periods_is_printed(staged: Callable[..., int], reports: Reports) -> None:
    key = staged(computed)
    whole = reports.read("cr.lin", f"{key}/compare/report?measure=nps")
    assert "客户忠诚度指标管理办法：对比" in whole and "售后服务部100分" in whole
    assert "陈涛" not in reports.read("service.liu", f"{key}/compare/report?measure=nps")


def test_strangers_find_nothing(
    staged: Callable[..., int], reports: Reports, client_as: Callable[[str], FlaskClient]
) -> None:
    key = staged(computed)
    page = reports.order("gm.zhou", f"{key}/report")
    reports.make()
    for address in (page, f"{page}.pdf"):
        assert client_as("cr.lin").get(address).status_code == 404
    assert client_as("admin.root").post("/assessments/99/report").status_code == 404
    assert client_as("gm.zhou").post(f"/assessments/{key}/report?department=999999").status_code == 404


def test_who_may_no_longer_see_somebody_in_it_is_not_handed_it(
    staged: Callable[..., int], reports: Reports, client_as: Callable[[str], FlaskClient]
) -> None:
    page = reports.order("service.liu", f"{staged(computed)}/report")
    reports.make()
    assert client_as("service.liu").get(f"{page}.pdf", buffered=True).status_code == 200
    with reports.database.writing() as session:
        liu = Desk(session).person("service.liu").id
        for headship in session.scalars(select(Headship).where(Headship.person_id == liu)):
            headship.until = MONDAY
        session.commit()
    assert client_as("service.liu").get(f"{page}.pdf").status_code == 404


def test_a_second_press_finds_the_first(staged: Callable[..., int], reports: Reports) -> None:
    key = staged(computed)
    page = reports.order("cr.lin", f"{key}/report")
    assert reports.order("cr.lin", f"{key}/report") == page != reports.order("cr.lin", f"{key}/compare/report")
    reports.make()
    with reports.database.reading() as session:
        files = session.scalars(select(ReportFile)).all()
        assert [(file.state, file.content) for file in files] == [(FileState.DONE, None)] * 2


def test_nobody_has_more_made_at_once_than_the_worker_bears(staged: Callable[..., int], reports: Reports) -> None:
    key = staged(computed)
    with reports.database.reading() as session:
        *some, one_more = session.scalars(select(Department.id).order_by(Department.id).limit(6))
    orders = {reports.order("cr.lin", f"{key}/report?department={each}") for each in some}
    assert len(orders) == 5
    refused = f"/assessments/{key}/report?department={one_more}"
    assert "有 5 份报表正在制作" in reports.client_as("cr.lin").post(refused, follow_redirects=True).text
    assert "/assessment-reports/" in reports.order("gm.zhou", f"{key}/report")
    reports.make()
    assert "/assessment-reports/" in reports.order("cr.lin", f"{key}/report?department={one_more}")


def test_a_report_of_nothing_says_so(staged: Callable[..., int], reports: Reports) -> None:
    def opened(session: Session) -> int:
        by = Desk(session).actor("cr.lin")
        pack, period = packs.assessment("loyalty"), Period.named("2026-02")
        return assessment_run.open_(session, pack, period, SubjectKind.PERSON, scheme=None, by=by, at=MONDAY).id

    assert "暂无结果" in reports.read("cr.lin", f"{staged(opened)}/report")


def test_what_cannot_be_printed_is_said(
    staged: Callable[..., int], reports: Reports, client_as: Callable[[str], FlaskClient],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    def fails(*_args: object, **_named: object) -> bytes:
        raise OSError("no space left on device")

    monkeypatch.setattr(report, "render", fails)
    page = reports.order("cr.lin", f"{staged(computed)}/report")
    reports.make()
    told = client_as("cr.lin").get(page)
    assert told.status_code == 200 and "报表未能制作成功" in told.text and "no space" not in told.text
    assert client_as("cr.lin").get(f"{page}.pdf").status_code == 404
    assert "考核报表：客户忠诚度" in client_as("admin.root").get("/background/reports?state=failed").text
