"""One's own page: one's own points and why, letters and cases; nobody else's."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from tests.builders import Desk, moment
from tests.conftest import Clock

Client = Callable[[str], FlaskClient]


@pytest.fixture(autouse=True)
def english(desk: Desk) -> None:
    for username in ("service.ma", "service.liu", "service.gao", "cr.sun"):
        desk.person(username).language = "en"
    desk.session.commit()


def page_of(client_as: Client, username: str, address: str = "/me") -> str:
    response = client_as(username).get(address)
    assert response.status_code == 200
    return response.text


def kept(desk: Desk, state: str, **changes: object) -> None:
    desk.complaint(state, **changes)
    desk.session.commit()


def test_provisional_points_do_not_count_yet(desk: Desk, client_as: Client) -> None:
    kept(desk, "assigned")
    page = page_of(client_as, "service.ma")
    assert "You have 100 points. Another 5 are provisional: if the complaint is accepted, you will have 95." in page
    assert 'stroke-dasharray="277.6 400"' in page, "sure: 95 of 100"
    assert 'stroke-dasharray="14.6 400" stroke-dashoffset="-277.6"' in page


def test_under_appeal_the_sentence_speaks_of_the_appeal(desk: Desk, client_as: Client) -> None:
    kept(desk, "ruling")
    assert "if the appeal fails, you will have 95" in page_of(client_as, "service.ma")


def test_final_points_say_who_made_them_final(desk: Desk, client_as: Client) -> None:
    kept(desk, "handling")
    page = page_of(client_as, "service.ma")
    assert "You have 95 points. Nothing is provisional." in page
    assert "final: 刘洋 accepted the complaint" in page


def test_points_taken_back_stand_struck_and_do_not_count(desk: Desk, client_as: Client) -> None:
    kept(desk, "voided")
    page = page_of(client_as, "service.ma")
    assert "You have 100 points." in page
    assert "gd-struck" in page
    assert page.count("Taken back") == 2, "the entry and its opposite"


def test_an_appeal_that_is_still_open_says_until_when(desk: Desk, client_as: Client, clock: Clock) -> None:
    kept(desk, "assigned")
    page = page_of(client_as, "service.ma")
    assert "you can still appeal against complaint 2026-1" in page
    assert 'href="/complaints/2026-1?act=appeal#act"' in page
    clock.now = moment(3, 3, 9, 1)
    assert "you can still appeal" not in page_of(client_as, "service.ma"), "the time to answer is over"


def test_others_points_and_cases_are_not_shown(desk: Desk, client_as: Client) -> None:
    kept(desk, "handling")
    page = page_of(client_as, "service.gao")
    assert "You have 100 points. Nothing was taken off this month." in page
    assert "No complaint names you." in page
    assert "2026-1<" not in page


def test_the_customer_is_hidden_on_ones_own_page(desk: Desk, client_as: Client) -> None:
    kept(desk, "assigned", description="郑女士说等候两小时。")
    assert "郑女士" not in page_of(client_as, "service.ma")


def test_earlier_months_can_be_chosen(desk: Desk, client_as: Client, clock: Clock) -> None:
    kept(desk, "handling")
    clock.now = moment(4, 8)
    assert "You have 100 points. Nothing was taken off this month." in page_of(client_as, "service.ma")
    march = page_of(client_as, "service.ma", "/me?month=2026-03")
    assert "March 2026: 95 points." in march
    assert "/me?month=2026-03#points" in march
    assert 'href="/months/2026-03/mine">My scorecard' in march


@pytest.mark.parametrize("month", ["2026-13", "x", "2999-01", "", "2026-3", "２０２６-03"])
def test_a_month_that_is_none_or_has_not_come_is_this_one(month: str, client_as: Client) -> None:
    assert "Points in March 2026" in page_of(client_as, "service.ma", f"/me?month={month}")


def test_a_head_reads_the_departments_month(desk: Desk, client_as: Client) -> None:
    kept(desk, "handling")
    page = page_of(client_as, "service.liu")
    assert "Your department has 98 points." in page
    assert "Your department" not in page_of(client_as, "service.ma")


def test_who_has_left_reads_their_own_page(desk: Desk, client_as: Client) -> None:
    desk.complaint("handling")
    desk.person("service.ma").left_at = moment(3, 2, 8)
    desk.session.commit()
    assert "You have 95 points." in page_of(client_as, "service.ma")
