"""Every letter that the process really issues can be printed, in every copy and language."""

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Letter, LetterRecipient
from pdf import letter as paper
from tests.builders import HOUR, MONDAY, Desk, moment
from workflow import commission, payday, penalty_letter


def a_whole_life(desk: Desk) -> None:
    """Every act of the process at least once."""
    desk.penalty("dropped")
    rejected = desk.penalty("submitted")
    desk.decide("reject", rejected, "gm.zhou", reason="未造成不满")
    first = desk.penalty("issued")
    desk.penalty("final")
    third = desk.propose(occurred_on=date(2026, 3, 1))
    desk.decide("defend", third, "service.ma", statement="人手不足")
    desk.decide("submit", third, "service.liu", opinion="属实", union_notice="工会无异议。")
    desk.decide("approve", third, "gm.zhou", open_reason="已核", ends_on=date(2026, 4, 30))
    desk.decide("certify", third, "hr.qian")
    desk.decide("appeal", first, "service.ma", grounds="不实")
    desk.decide("revoke", first, "gm.zhou", at=MONDAY + HOUR, reason="成立")
    desk.decide("reinstate", third, "gm.zhou", at=MONDAY + HOUR, reinstated=True, reason="改为第二次")
    rework = desk.propose("detailing.xu", respondent="detailing.guo", rule="CS-9", rework_cost=333_333)
    desk.decide("waive", rework, "detailing.guo")
    desk.decide("submit", rework, "detailing.xu")
    desk.decide("approve", rework, "gm.zhou")
    commission.record(
        desk.session, desk.person("detailing.guo"), month="2026-03", amount=120_000,
        by=desk.actor("hr.qian", moment(3, 3)), at=moment(3, 3),
    )  # fmt: skip
    desk.lapse(moment(4, 20))
    desk.session.flush()
    for month in (3, 4, 5, 6):
        at = moment(month + 1, 20)
        payday.settle(desk.session, month=f"2026-{month:02}", by=desk.actor("hr.qian", at), at=at)
        desk.session.flush()


@pytest.fixture
def letters(desk: Desk) -> list[Letter]:
    a_whole_life(desk)
    of_penalties = select(Letter).where(Letter.series == penalty_letter.SERIES)
    return list(desk.session.scalars(of_penalties.order_by(Letter.id)))


def test_every_kind_is_issued_and_every_copy_can_be_printed(letters: list[Letter], session: Session) -> None:
    # The fine of a single matter comes from an inspection, and is issued there.
    assert {letter.kind for letter in letters} == set(penalty_letter.KINDS) - {"fine_notice"}
    for letter in letters:
        for copy in paper.copies_of(letter.kind):
            for lang in ("zh", "en"):
                page = paper.html(letter.content, lang=lang, copy=copy, digest=letter.digest)
                assert "None" not in page, f"{letter.kind} in {lang} as {copy}"
                assert "郑女士" not in page or copy == "full"


def test_everybody_who_is_addressed_is_told_what_they_are_to_do(letters: list[Letter], session: Session) -> None:
    addressed = session.scalars(select(LetterRecipient).join(LetterRecipient.letter).where(Letter.series == "penalty"))
    assert {row.letter_id for row in addressed} == {letter.id for letter in letters}, "a letter to nobody"
