"""Who reads which letter in which copy: the query and the check agree; and acknowledging, once."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from models import Company, Complaint, Deputation, Event, Headship, Letter, Person
from tests.builders import HOUR, MONDAY, Desk
from workflow.office import Office
from workflow.process import Refused
from workflow.reading import acknowledge, copies_for, letters_visible_to, may_read

RESPONDENTS = ("service.ma", "service.liu", "gm.zhou", "cr.sun")


@pytest.fixture
def cases(desk: Desk) -> Desk:
    """Cases about an employee, a head, the GM and an officer; appealed, ruled, varied, resolved."""
    for respondent in RESPONDENTS:
        by = "cr.lin" if respondent == "cr.sun" else "cr.sun"
        appealed = desk.file(by, respondent=respondent)
        desk.take("assign", appealed, by)
        desk.take("appeal", appealed, respondent, grounds="有异议")
    desk.complaint("resolved")
    desk.complaint("voided")
    varied = desk.complaint("ruling")
    desk.take("vary", varied, "gm.zhou", reason="另有其人", respondent=desk.person("service.gao"))
    desk.session.flush()
    return desk


def letters(desk: Desk) -> list[Letter]:
    query = select(Letter).options(
        selectinload(Letter.recipients),
        selectinload(Letter.event).selectinload(Event.complaint).selectinload(Complaint.events),
    )
    return list(desk.session.scalars(query.order_by(Letter.id)))


def letter(desk: Desk, kind: str, case: Complaint) -> Letter:
    return next(found for found in letters(desk) if found.kind == kind and found.event.complaint_id == case.id)


def assert_query_and_check_agree(desk: Desk) -> None:
    every, office = letters(desk), Office(desk.session)
    for person in desk.session.scalars(select(Person)):
        actor = office.actor(person, desk.now)
        queried = set(desk.session.scalars(select(Letter.id).where(letters_visible_to(actor))))
        assert queried == {found.id for found in every if may_read(found, actor)}, f"what {person.username} reads"


def test_query_and_check_agree_for_everyone(cases: Desk) -> None:
    assert_query_and_check_agree(cases)


def test_they_agree_when_people_delegated_left_or_changed_their_places(cases: Desk) -> None:
    cases.session.add(
        Deputation(
            principal=cases.person("service.liu"), deputy=cases.person("service.gao"), is_standing=False,
            since=MONDAY - timedelta(days=1), until=MONDAY + timedelta(days=1),
        )
    )  # fmt: skip
    cases.person("service.ma").left_at = cases.person("cr.sun").left_at = MONDAY - HOUR
    headship = cases.session.scalars(select(Headship).where(Headship.person == cases.person("sales.chen"))).one()
    headship.until = MONDAY - HOUR
    cases.session.flush()
    assert_query_and_check_agree(cases)


def test_whoever_deals_with_the_case_reads_in_full(desk: Desk) -> None:
    form = letter(desk, "complaint_form", desk.complaint("assigned"))
    for username in ("cr.sun", "cr.lin", "service.liu", "gm.zhou"):
        assert may_read(form, desk.actor(username)) == "full", username
    for stranger in ("service.gao", "sales.chen", "hr.qian", "admin.root"):
        assert may_read(form, desk.actor(stranger)) is None, stranger


def test_the_respondent_reads_what_is_theirs_without_the_customer(desk: Desk) -> None:
    case = desk.complaint("ruling")
    actor = desk.actor("service.ma")
    assert may_read(letter(desk, "complaint_form", case), actor) == "respondent"
    assert may_read(letter(desk, "appeal_form", case), actor) == "respondent", "their own act"
    assert may_read(letter(desk, "complaint_record", case), actor) is None, "an internal record"


def test_the_company_may_show_the_customer_to_the_respondent(desk: Desk) -> None:
    form = letter(desk, "complaint_form", desk.complaint("assigned"))
    company = desk.session.get_one(Company, 1)
    company.settings = {**company.settings, "show_customer_to_respondent": True}
    desk.session.flush()
    assert may_read(form, desk.actor("service.ma")) == "full"


def test_a_former_respondent_stays_one(desk: Desk) -> None:
    case = desk.complaint("ruling")
    desk.take("vary", case, "gm.zhou", reason="另有其人", respondent=desk.person("service.gao"))
    former, present = desk.actor("service.ma"), desk.actor("service.gao")
    ruling = letter(desk, "varied_ruling_letter", case)
    assert may_read(ruling, former) == may_read(ruling, present) == "respondent"
    assert may_read(letter(desk, "appeal_submission", case), present) is None
    assert may_read(letter(desk, "complaint_record", case), former) is None


def test_an_addressee_who_no_longer_sees_the_case_keeps_the_letter(desk: Desk) -> None:
    form = letter(desk, "complaint_form", desk.complaint("assigned"))
    headship = desk.session.scalars(select(Headship).where(Headship.person == desk.person("service.liu"))).one()
    headship.until = MONDAY - HOUR
    desk.session.flush()
    former_head = Desk(desk.session).actor("service.liu")
    assert may_read(form, former_head) == "respondent", "who no longer deals with the case reads no customer"
    assert may_read(letter(desk, "complaint_record", form.event.complaint), former_head) is None


def test_who_has_left_reads_their_own_letters_and_nothing_else(desk: Desk) -> None:
    case = desk.complaint("resolved")
    desk.person("cr.sun").left_at = MONDAY - HOUR
    desk.session.flush()
    actor = desk.actor("cr.sun")
    assert may_read(letter(desk, "acceptance_notice", case), actor) == "respondent", "addressed to them"
    assert may_read(letter(desk, "resolution_letter", case), actor) is None, "their act, but not their letter"


def test_the_letter_to_the_customer_is_read_by_those_who_answer_for_it(desk: Desk) -> None:
    resolution = letter(desk, "resolution_letter", desk.complaint("resolved"))
    for username in ("cr.sun", "cr.lin", "service.liu", "gm.zhou"):
        assert copies_for(resolution, desk.actor(username)) == ("full", "customer"), username
    assert copies_for(resolution, desk.actor("service.ma")) == ("respondent",)
    assert copies_for(resolution, desk.actor("sales.wang")) == ()
    acceptance = letter(desk, "acceptance_notice", resolution.event.complaint)
    assert copies_for(acceptance, desk.actor("cr.sun")) == ("full",)


def test_an_addressee_acknowledges_once(desk: Desk) -> None:
    form = letter(desk, "complaint_form", desk.complaint("assigned"))
    first = acknowledge(form, by=desk.person("service.ma"), at=MONDAY)
    again = acknowledge(form, by=desk.person("service.ma"), at=MONDAY + HOUR)
    assert first is again
    assert again.acknowledged_at == MONDAY
    others = [line.acknowledged_at for line in form.recipients if line is not first]
    assert others == [None]


def test_only_an_addressee_acknowledges(desk: Desk) -> None:
    form = letter(desk, "complaint_form", desk.complaint("assigned"))
    with pytest.raises(Refused) as refusal:
        acknowledge(form, by=desk.person("gm.zhou"), at=MONDAY)
    assert refusal.value.code == "forbidden"
