"""The customer is hidden from the respondent, in names, numbers and words."""

import pytest

from tests.builders import Desk
from workflow import veil


def test_the_respondent_reads_no_name_number_or_plate(desk: Desk) -> None:
    case = desk.file(
        customer_name="郑小丽",
        vehicle="沪A·12345",
        description="郑小丽（13800000001，沪A·12345）来电；郑女士说可打 139 1111 2222。",
    )
    reader = desk.actor("service.ma")
    assert veil.customer_name(case, reader) is None
    assert veil.customer_phone(case, reader) is None
    assert veil.vehicle(case, reader) is None
    assert veil.words(case.description, case, reader) == "客户（****，****）来电；客户说可打 ****。"


@pytest.mark.parametrize(
    "written",
    [
        "沪A12345",
        "沪a·12345",
        "沪A 123 45",
        "a12345",
        "Ａ１２３４５",
        "１３８００００００01",
        "138-0000-0001",
        "138.0000.0001",
        "xc 20260088",
    ],
)
def test_numbers_and_plates_are_found_however_they_are_written(desk: Desk, written: str) -> None:
    case = desk.file(vehicle="沪A·12345", order_number="XC-2026-0088")
    hidden = veil.hidden(f"客户的{written}，3月12日，工单20260089", case, customer="客户")
    assert hidden == "客户的****，3月12日，工单20260089"


@pytest.mark.parametrize(
    ("username", "phone"),
    [("cr.sun", "13800000001"), ("service.liu", "138****0001"), ("gm.zhou", "138****0001")],
)
def test_the_number_is_whole_only_for_those_who_call(desk: Desk, username: str, phone: str) -> None:
    case = desk.complaint("assigned")
    assert veil.customer_phone(case, desk.actor(username)) == phone
    assert veil.customer_name(case, desk.actor(username)) == "郑女士"


def test_customer_relations_as_respondents_are_respondents(desk: Desk) -> None:
    case = desk.file("cr.lin", respondent="cr.sun")
    assert veil.customer_name(case, desk.actor("cr.sun")) is None


def test_the_company_may_show_the_customer(desk: Desk) -> None:
    case = desk.complaint("assigned")
    desk.office.company.settings = {"show_customer_to_respondent": True}
    assert veil.customer_name(case, desk.actor("service.ma")) == "郑女士"


@pytest.mark.parametrize("called", ["郑小丽", "郑女士", "郑总", "郑阿姨", "老郑"])
def test_a_customer_is_hidden_however_called(desk: Desk, called: str) -> None:
    assert veil.hidden(f"{called}来电", desk.file(customer_name="郑小丽"), customer="客户") == "客户来电"


@pytest.mark.parametrize(
    ("text", "customer", "read"),
    [
        ("客户郑女士按约到店", "客户", "客户按约到店"),
        ("The customer Ms Zheng waited", "the customer", "The customer waited"),
    ],
)
def test_a_hidden_customer_is_not_named_twice(text: str, customer: str, read: str, desk: Desk) -> None:
    name = "郑女士" if "郑" in text else "Ms Zheng"
    assert veil.hidden(text, desk.file(customer_name=name), customer=customer) == read


def test_who_does_not_call_reads_a_masked_number_in_texts_too(desk: Desk) -> None:
    case = desk.file(description="请回 138 0000 0001 或 13911112222，不要打138****0001")
    told = "请回 138****0001 或 139****2222，不要打138****0001"
    assert veil.words(case.description, case, desk.actor("service.liu")) == told
    assert veil.words(case.description, case, desk.actor("cr.sun")) == case.description
