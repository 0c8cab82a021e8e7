"""Letters: who reads which in which copy, and acknowledging one, once."""

import re
from collections.abc import Callable
from threading import Barrier, Thread

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from jobs import letters as paper
from models import Database, Letter, LetterRecipient
from pdf.fonts import FontsMissing
from pdf.seal import Unsealed
from tests.builders import HOUR, MONDAY, Desk
from tests.conftest import Clock

Client = Callable[[str], FlaskClient]
STRANGERS = ("sales.chen", "service.gao", "hr.qian", "admin.root")


@pytest.fixture(autouse=True)
def printed(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str, str]]:
    """Nothing is printed here: what was asked of the printer is remembered."""
    asked: list[tuple[str, str, str]] = []

    def pdf_of(_session: object, letter: Letter, *, language: str, copy: str, **_with: object) -> bytes:
        asked.append((letter.kind, language, copy))
        return b"%PDF-1.7"

    monkeypatch.setattr(paper, "pdf_of", pdf_of)
    return asked


@pytest.fixture
def form(desk: Desk) -> str:
    """The key of the complaint form of an assigned case about service.ma."""
    for username in ("service.ma", "service.liu", "cr.sun", "gm.zhou"):
        desk.person(username).language = "en"
    desk.complaint("assigned", description="郑女士（13800000001）说等候两小时。")
    desk.session.commit()
    return "complaint-2026-2"


def without_token(page: str) -> str:
    """The page as it is read; the token of its forms is new each time."""
    return re.sub(r'(content|value)="[^"]+\.[^"]+\.[^"]+"', "", page)


def acknowledged(database: Database, username: str) -> list[object]:
    with database.reading() as session:
        found = session.scalars(
            select(LetterRecipient)
            .join(LetterRecipient.person)
            .filter_by(username=username)
            .order_by(LetterRecipient.letter_id)
        )
        return [line.acknowledged_at for line in found]


def test_an_addressee_reads_the_letter(form: str, client_as: Client) -> None:
    page = client_as("service.liu").get(f"/letters/{form}").text
    for told in ("Complaint Form", "客诉〔2026〕2号", "郑女士", "138****0001", "CS-2", "−5.00", "Acknowledge receipt"):
        assert told in page, told
    assert "13800000001" not in page


def test_the_respondent_reads_it_without_the_customer(form: str, client_as: Client) -> None:
    page = client_as("service.ma").get(f"/letters/{form}").text
    assert "Your copy does not name the customer." in page
    for hidden in ("郑女士", "13800000001", "138****0001"):
        assert hidden not in page, hidden


def test_who_is_not_addressed_cannot_acknowledge(form: str, client_as: Client, database: Database) -> None:
    officer = client_as("cr.sun")
    assert "Acknowledge receipt" not in officer.get(f"/letters/{form}").text
    assert officer.post(f"/letters/{form}/acknowledgement").status_code == 403
    assert acknowledged(database, "service.ma") == [None]


@pytest.mark.parametrize("stranger", STRANGERS)
def test_a_stranger_finds_nothing_and_cannot_tell_why(stranger: str, form: str, client_as: Client) -> None:
    client = client_as(stranger)
    theirs, nobodys = client.get(f"/letters/{form}"), client.get("/letters/complaint-2026-999")
    assert theirs.status_code == nobodys.status_code == 404
    assert without_token(theirs.text) == without_token(nobodys.text)
    assert client.get(f"/letters/{form}.pdf").status_code == 404
    assert client.post(f"/letters/{form}/acknowledgement").status_code == 404


@pytest.mark.parametrize(
    "key",
    [
        "x",
        "complaint-2026",
        "complaint-20260-1",
        "complaint-2026-1x",
        "penalty-2026-1",
        "complaint-２０２６-1",
        "%2e%2e",
    ],
)
def test_a_malformed_key_is_not_found(key: str, form: str, client_as: Client) -> None:
    for address in (f"/letters/{key}", f"/letters/{key}.pdf"):
        assert client_as("cr.sun").get(address).status_code == 404, address


def test_a_letter_is_acknowledged_once(form: str, client_as: Client, database: Database, clock: Clock) -> None:
    employee = client_as("service.ma")
    clock.now = MONDAY + HOUR
    assert employee.post(f"/letters/{form}/acknowledgement").status_code == 303
    clock.now = MONDAY + 2 * HOUR
    again = employee.post(f"/letters/{form}/acknowledgement", follow_redirects=True)
    assert "You acknowledged this letter on 2 Mar 10:00." in again.text
    assert acknowledged(database, "service.ma") == [MONDAY + HOUR]
    assert acknowledged(database, "service.liu") == [None]


def test_several_are_acknowledged_from_the_list(desk: Desk, client_as: Client, database: Database) -> None:
    desk.complaint("voided")
    desk.session.commit()
    employee = client_as("service.ma")
    keys = [f"complaint-2026-{seq}" for seq in (2, 4, 5)]
    assert all(key in employee.get("/letters").text for key in keys)
    assert employee.post("/letters/acknowledgement", data={"key": keys}).status_code == 303
    assert None not in acknowledged(database, "service.ma")


def test_two_presses_in_opposite_orders_at_once_are_both_answered(
    desk: Desk, client_as: Client, database: Database
) -> None:
    desk.complaint("voided")
    desk.session.commit()
    keys, start, told = [f"complaint-2026-{seq}" for seq in (2, 4, 5)], Barrier(2), []

    def press(listed: list[str]) -> None:
        client = client_as("service.ma")
        start.wait()
        told.append(client.post("/letters/acknowledgement", data={"key": listed}).status_code)

    threads = [Thread(target=press, args=(listed,)) for listed in (keys, keys[::-1])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert told == [303, 303]
    assert None not in acknowledged(database, "service.ma")


def test_one_forged_key_acknowledges_nothing(form: str, client_as: Client, database: Database) -> None:
    response = client_as("service.ma").post("/letters/acknowledgement", data={"key": [form, "complaint-2026-1"]})
    assert response.status_code == 404
    assert acknowledged(database, "service.ma") == [None]


def test_the_pdf_comes_in_the_readers_copy(form: str, client_as: Client, printed: list[tuple[str, str, str]]) -> None:
    for username, copy in (("service.ma", "respondent"), ("service.liu", "full"), ("cr.sun", "full")):
        response = client_as(username).get(f"/letters/{form}.pdf?lang=zh")
        assert response.mimetype == "application/pdf"
        assert printed[-1] == ("complaint_form", "zh", copy)
    assert "attachment" in client_as("cr.sun").get(f"/letters/{form}.pdf?download=1").headers["Content-Disposition"]


@pytest.mark.parametrize("asked", ["copy=full", "copy=customer", "copy=x", "lang=fr"])
def test_no_other_copy_can_be_asked_for(asked: str, form: str, client_as: Client) -> None:
    assert client_as("service.ma").get(f"/letters/{form}.pdf?{asked}").status_code == 404


def test_the_letter_to_the_customer_is_for_those_who_answer_for_it(desk: Desk, client_as: Client) -> None:
    desk.complaint("resolved")
    desk.session.commit()
    address = "/letters/complaint-2026-6.pdf?copy=customer"
    for username, status in (("cr.lin", 200), ("service.liu", 200), ("gm.zhou", 200), ("service.ma", 404)):
        assert client_as(username).get(address).status_code == status, username


def test_a_void_form_says_so_and_names_the_certificate(desk: Desk, client_as: Client) -> None:
    desk.person("service.ma").language = "en"
    desk.complaint("voided")
    desk.session.commit()
    page = client_as("service.ma").get("/letters/complaint-2026-2").text
    assert "This letter is void." in page
    assert '<a href="/letters/complaint-2026-5">' in page


@pytest.mark.parametrize("error", [FontsMissing("no font"), Unsealed("no seal"), OSError(28, "full")])
def test_a_machine_without_fonts_or_seal_or_room_says_so_and_loses_nothing(
    error: Exception, form: str, client_as: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def pdf_of(*_args: object, **_named: object) -> bytes:
        raise error

    monkeypatch.setattr(paper, "pdf_of", pdf_of)
    response = client_as("service.liu").get(f"/letters/{form}.pdf")
    assert response.status_code == 503
    assert "This letter cannot be printed now" in response.text


def test_the_list_holds_my_letters_only(form: str, client_as: Client) -> None:
    assert form in client_as("service.ma").get("/letters").text
    assert form not in client_as("gm.zhou").get("/letters").text
