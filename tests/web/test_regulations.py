"""Every regulation of the company can be read by everybody who works there."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_babel import force_locale
from sqlalchemy import event

from models import Database
from tests.builders import MONDAY, Desk, moment
from tests.conftest import COMPANY, Clock
from web import assessment_told, regulations
from workflow import founding, packs, regulation
from workflow.assessment_shape import Measure
from workflow.packs import ASSESSMENTS
from workflow.performance_pay import PERFORMANCE_PAY
from workflow.regulation import CS_MANAGEMENT, in_force

Client = Callable[[str], FlaskClient]
READABLE = (*ASSESSMENTS, PERFORMANCE_PAY)
READERS = ("service.ma", "service.liu", "cr.sun", "gm.zhou", "hr.qian", "admin.root")
HAN = re.compile(r"[\u4e00-\u9fff]")


def in_english(desk: Desk, *usernames: str) -> None:
    for username in usernames:
        desk.person(username).language = "en"
    desk.session.commit()


def main(page: str) -> str:
    return page[page.index("<main") : page.index("</main>")]


@pytest.mark.parametrize("slug", READABLE)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_role_reads_every_rule_of_it(slug: str, language: str, desk: Desk, client_as: Client) -> None:
    if language == "en":
        in_english(desk, *READERS)
    content = in_force(desk.session, slug, MONDAY.date()).content
    for reader in READERS:
        page = unescape(client_as(reader).get(f"/regulations/{slug}").text)
        assert content["title"][language] in page
        for rule in content["rules"]:
            assert page.count(f'id="{rule}"') == 1
        ids = re.findall(r' id="([^"]+)"', page)
        assert len(ids) == len(set(ids))


@pytest.mark.parametrize("slug", READABLE)
def test_it_is_in_one_language(slug: str, desk: Desk, client_as: Client) -> None:
    desk.session.expire_all()
    in_english(desk, "gm.zhou")
    version = in_force(desk.session, slug, MONDAY.date())
    page = main(client_as("gm.zhou").get(f"/regulations/{slug}").text).replace(version.adoption or "", "")

    assert HAN.findall(page) == []


def test_the_index_names_all_of_them_with_owner_edition_and_day(desk: Desk, client_as: Client) -> None:
    in_english(desk, "gm.zhou")
    page = client_as("gm.zhou").get("/regulations").text
    for slug in READABLE:
        assert f'href="/regulations/{slug}"' in page
    assert 'href="/regulation"' in page
    for told in ("Regulation on KPI", "Human resources", "General manager's office", "2026-1", "1 January 2026"):
        assert told in unescape(page), told
    assert "Not in force" not in page
    assert 'href="/regulations"' in client_as("gm.zhou").get("/regulation").text


def test_one_that_is_to_come_can_be_read_from_the_index(client_as: Client, clock: Clock) -> None:
    clock.now = MONDAY - timedelta(days=90)  # before the company was founded, so all are to come
    employee = client_as("service.ma")
    page = employee.get("/regulations").text
    assert page.count("待施行") == len(READABLE) + 1
    addresses = set(re.findall(r'href="(/regulations?[^"#]*edition=[^"#]*)["#]', page))
    assert len(addresses) == len(READABLE) + 1
    for address in addresses:
        assert employee.get(address).status_code == 200


def test_only_the_complaint_regulation_is_asked_to_be_acknowledged(desk: Desk, client_as: Client) -> None:
    in_english(desk, "gm.zhou")
    manager = client_as("gm.zhou")
    page = manager.get("/regulations").text
    assert page.count("Please acknowledge") == 1
    assert page.count("not asked") == len(READABLE)
    assert "Acknowledge receipt" not in manager.get("/regulations/kpi").text


def test_one_that_is_not_in_force_is_named(desk: Desk, client_as: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    in_english(desk, "gm.zhou")
    # What was once in force is never deleted, and the demo company has filled every regulation.
    shown = regulations.newest
    monkeypatch.setattr(regulations, "newest", lambda: [line for line in shown() if line[0].slug != "kpi"])
    page = client_as("gm.zhou").get("/regulations").text
    assert "Regulation on KPI" in page[page.index("Not in force") :]
    assert "8 values left open" in page


def test_a_regulation_that_was_read_is_not_read_again(database: Database, client_as: Client) -> None:
    read: list[str] = []
    employee = client_as("service.ma")
    employee.get("/regulations/kpi")

    def remember(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        read.append(statement)

    event.listen(database.engine, "before_cursor_execute", remember)
    employee.get("/regulations/kpi")
    event.remove(database.engine, "before_cursor_execute", remember)
    assert read and not [statement for statement in read if "regulation_version.content" in statement]


@pytest.mark.parametrize("slug", ["unknown", "KPI", "<b>", "𠮷", "k" * 10_000])
def test_an_unknown_one_is_not_found(slug: str, client_as: Client) -> None:
    assert client_as("service.ma").get(f"/regulations/{slug}").status_code == 404


@pytest.mark.parametrize("edition", ["", "2025-9", "<b>"])
def test_an_unknown_edition_is_not_found(edition: str, client_as: Client) -> None:
    found = client_as("service.ma").get("/regulations/kpi", query_string={"edition": edition})
    assert found.status_code == 404


def test_the_complaint_regulation_has_its_own_page(client_as: Client) -> None:
    assert client_as("service.ma").get(f"/regulations/{CS_MANAGEMENT}").location == "/regulation"


def test_nobody_reads_them_without_logging_in(app: Flask) -> None:
    for path in ("/regulations", "/regulations/kpi"):
        assert app.test_client().get(path).status_code == 303


def test_who_has_left_reads_none(desk: Desk, client_as: Client) -> None:
    former = client_as("service.ma")
    desk.person("service.ma").left_at = MONDAY
    desk.session.commit()
    for path in ("/regulations", "/regulations/kpi"):
        assert former.get(path).status_code == 404


def test_a_new_edition_is_read_from_its_day_on_and_before_it_by_name(
    desk: Desk, client_as: Client, clock: Clock
) -> None:
    in_english(desk, "gm.zhou")
    filled = founding.read(COMPANY).company_values["partner-assessment"]
    figures = {**filled["figures"], "window_closes": {"value": 8}, "trial_days": {"value": 1}}
    pack = packs.read("partner-assessment", filled={**filled, "figures": figures})
    regulation.put_in_force(desk.session, pack, from_day=date(2026, 7, 1), at=MONDAY)
    desk.session.commit()
    manager = client_as("gm.zhou")
    page = manager.get("/regulations/partner-assessment").text
    assert "day 10 of the month" in page and "to come" in page
    assert "day 8 of the month" in manager.get("/regulations/partner-assessment?edition=2026-2").text
    clock.now = moment(7, 1, 0, 0)
    page = client_as("gm.zhou").get("/regulations/partner-assessment").text
    assert "day 8 of the month" in page and "1 day <" in page and "superseded" in page


def test_what_the_company_filled_is_marked_as_its_own(desk: Desk, client_as: Client) -> None:
    in_english(desk, "gm.zhou")
    manager = client_as("gm.zhou")
    own = "the company's own"
    assert own not in manager.get("/regulations/service-centre").text
    page = manager.get("/regulations/mystery-shopper").text
    given, company_s = page.index("Greeted at the door"), page.index("Greets within a minute")
    assert own not in page[given:company_s].split("</th>")[0]
    assert own in page[company_s:].split("</th>")[0]


def test_a_share_is_written_alike_in_both_languages(desk: Desk, client_as: Client) -> None:
    page = "/regulations/customer-service-department"
    assert "不低于 20%" in client_as("gm.zhou").get(page).text
    in_english(desk, "gm.zhou")
    assert "at least 20% of every total" in client_as("gm.zhou").get(page).text


def test_standards_grades_and_consequences_are_told_in_words(desk: Desk, client_as: Client) -> None:
    in_english(desk, "gm.zhou")
    manager = client_as("gm.zhou")

    def tells(slug: str, *texts: str) -> None:
        page = " ".join(re.sub(r"<[^>]+>", " ", main(manager.get(f"/regulations/{slug}").text)).split())
        for text in texts:
            assert text in page, (slug, text)

    tells("customer-service-department", "up to 4 hours 100", "all else 0", "0 scores 0, 10 scores 100",
          "Excellent 90 Reward", "at least 20% of every total")  # fmt: skip
    tells("kpi", "value / target in per cent, at most 100", "set for each by itself", "every quarter and every year")
    tells("sales-satisfaction", "only with “Units sold” below 10",
          "only with “Score of satisfaction” of at least 90 points",
          "place 1: 500 yuan", "a fine of 20 yuan is proposed", "day 10 of the month")  # fmt: skip
    tells("mystery-shopper", "7 modules · 37 factors · 100 points", "up to 5; above that, 200 yuan for the visit",
          "must reach 8 points", "−6", "a fine of 500 yuan is proposed for whoever is assessed",
          "met: proposed reward of 100 yuan for each: Head of security", "60%")  # fmt: skip
    tells("fair-evaluation", "a factor from 0.80 to 1.20", "Superior 50%")
    tells("performance-pay", "60 points", "taken off what the score gives", "day 20 of the month")


@pytest.mark.parametrize(
    ("standard", "direction", "said"),
    [
        ({"rank": [100, 80]}, "higher", ("Rank", "", (("place 1", "100"), ("place 2", "80"), ("all else", "0")))),
        ({"reached": {"at_least": 95}}, "higher", ("Pass or fail", "100 from 95% on, else 0", ())),
        ({"reached": {"at_most": 2.5}}, "lower", ("Pass or fail", "100 up to 2.5%, else 0", ())),
        ({"deduction": {"each": 5}}, "lower", ("Deduction for each item", "100 less 5 for each item", ())),
        ({"target": {"most": 90}}, "lower", ("Target achievement", "target / value in per cent, at most 90", ())),
        ({"bands": [{"at_least": 90, "score": 100}, {"score": 0}]}, "higher",
         ("Bands", "", (("from 90% on", "100"), ("all else", "0")))),
        (None, "higher", None),
    ],
)  # fmt: skip
def test_every_way_to_score_is_told(
    standard: dict[str, object] | None, direction: str, said: tuple[str, ...] | None, app: Flask
) -> None:
    text = {"zh": "率", "en": "Rate"}
    measure = Measure.model_validate({
        "rule": "X-1", "title": text, "words": text, "formula": "count(rows)", "unit": "percent",
        "direction": direction, "standard": standard,
    })  # fmt: skip
    with app.test_request_context("/"), force_locale("en"):
        told = assessment_told.standard(measure)
    assert (told and (told.kind, told.words, told.steps)) == said
