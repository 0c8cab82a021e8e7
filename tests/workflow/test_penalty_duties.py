"""Separation of duties in penalties: who proposed, submitted or approved one does not decide on it again."""

from typing import Any

import pytest
from sqlalchemy import select

from models import Headship, Penalty, Role, RoleGrant
from tests.builders import MONDAY, Desk
from tests.workflow.test_fairness import delegate
from workflow import penalty_roles, penalty_waiting
from workflow.office import Office
from workflow.process import Refused

REASON = {"reason": "复核"}


def refusal(desk: Desk, action: str, penalty: Penalty, by: str, **inputs: Any) -> str:
    with pytest.raises(Refused) as caught:
        desk.decide(action, penalty, by, **inputs)
    return str(caught.value)


def name_review_body(desk: Desk, username: str) -> None:
    company = desk.office.company
    company.settings = {**company.settings, "review_body": desk.person(username).id}
    desk.session.flush()
    desk.office = Office(desk.session)


def for_nobody(desk: Desk) -> set[int]:
    staff = Office(desk.session).staff(desk.now)
    return set(desk.session.scalars(select(Penalty.id).where(penalty_waiting.for_nobody(staff))))


def proposed_by_the_manager(desk: Desk) -> Penalty:
    """About a head, so that the deputy approved it; the head appeals."""
    penalty = desk.propose("gm.zhou", respondent="service.liu")
    desk.decide("waive", penalty, "service.liu")
    desk.decide("submit", penalty, "gm.zhou")
    desk.decide("approve", penalty, "deputy.he")
    desk.decide("appeal", penalty, "service.liu", grounds="不服")
    return penalty


class TestWhoeverProposedItNeitherApprovesNorRules:
    def test_the_manager_who_proposed_it_does_neither(self, desk: Desk) -> None:
        penalty = desk.propose("gm.zhou", respondent="service.liu")
        desk.decide("waive", penalty, "service.liu")
        desk.decide("submit", penalty, "gm.zhou")
        assert "You proposed this penalty" in refusal(desk, "approve", penalty, "gm.zhou")
        desk.decide("approve", penalty, "deputy.he")
        desk.decide("appeal", penalty, "service.liu", grounds="不服")
        for verb in ("revoke", "sustain"):
            assert refusal(desk, verb, penalty, "gm.zhou", **REASON)
            # Nobody hears an appeal against their own decision.
            assert refusal(desk, verb, penalty, "deputy.he", **REASON)

    def test_where_nobody_can_rule_it_waits_for_nobody_until_a_review_body_is_named(self, desk: Desk) -> None:
        penalty = proposed_by_the_manager(desk)
        assert for_nobody(desk) == {penalty.id}
        name_review_body(desk, "parts.deng")
        assert for_nobody(desk) == set()
        desk.decide("sustain", penalty, "parts.deng", **REASON)

    def test_a_deputy_who_did_not_approve_it_rules(self, desk: Desk) -> None:
        from workflow import places

        penalty = proposed_by_the_manager(desk)
        places.name_deputy(
            desk.session, desk.person("gm.zhou"), desk.person("parts.deng"), by=desk.person("admin.root"), at=MONDAY
        )
        desk.session.flush()
        desk.office = Office(desk.session)
        assert for_nobody(desk) == set()
        desk.decide("revoke", penalty, "parts.deng", **REASON)

    def test_whoever_approved_it_does_not_rule_for_the_review_body_either(self, desk: Desk) -> None:
        delegate(desk, "gm.zhou", "service.gao")
        delegate(desk, "parts.deng", "service.gao")
        name_review_body(desk, "parts.deng")
        penalty = desk.penalty("submitted", respondent="service.ma")
        desk.decide("approve", penalty, "service.gao")
        desk.decide("appeal", penalty, "service.ma", grounds="不服")
        assert "You approved this penalty" in refusal(desk, "sustain", penalty, "service.gao", **REASON)


class TestWhoeverSubmittedItDoesNotApproveForTheManager:
    @pytest.mark.parametrize("proposer", ["cr.sun", "service.liu"])
    def test_the_head_who_stands_in_for_the_manager(self, desk: Desk, proposer: str) -> None:
        delegate(desk, "gm.zhou", "service.liu")
        penalty = desk.propose(proposer)
        desk.decide("waive", penalty, "service.ma")
        desk.decide("submit", penalty, "service.liu")
        for verb in ("approve", "reject"):
            assert refusal(desk, verb, penalty, "service.liu", **REASON if verb == "reject" else {})
        desk.decide("approve", penalty, "gm.zhou")

    def test_is_told_why(self, desk: Desk) -> None:
        delegate(desk, "gm.zhou", "service.liu")
        penalty = desk.propose("cr.sun")
        desk.decide("waive", penalty, "service.ma")
        desk.decide("submit", penalty, "service.liu")
        assert "You submitted this penalty" in refusal(desk, "approve", penalty, "service.liu")
        actor = desk.actor("service.liu")
        waits = desk.session.scalars(select(Penalty.id).where(penalty_waiting.waits_for(actor)))
        assert penalty.id not in set(waits)

    def test_whom_the_heads_steps_fall_to_takes_both(self, desk: Desk) -> None:
        """Domain, 1: a head who is the respondent is passed over, and the general manager takes the head's steps."""
        penalty = desk.propose("cr.sun", respondent="service.liu")
        desk.decide("waive", penalty, "service.liu")
        desk.decide("submit", penalty, "gm.zhou")
        assert desk.decide("approve", penalty, "gm.zhou").subject.state == "issued"


class TestWhatNobodyCanDecide:
    @pytest.mark.parametrize("state", ["heard", "submitted", "appealed"])
    def test_without_manager_and_head_it_waits_for_nobody(self, desk: Desk, state: str) -> None:
        penalty = desk.penalty(state)
        assert for_nobody(desk) == set()
        vacate(desk)
        assert for_nobody(desk) == {penalty.id}

    def test_what_has_its_holders_does_not(self, desk: Desk) -> None:
        desk.penalty("proposed")
        desk.penalty("issued")
        vacate(desk)
        assert for_nobody(desk) == set()

    def test_the_query_says_what_the_check_says(self, desk: Desk) -> None:
        proposed_by_the_manager(desk)
        for about in ("service.ma", "deputy.he", "sales.wang"):
            desk.decide("waive", desk.propose("cr.lin", respondent=about), about)
        every = list(desk.session.scalars(select(Penalty)))
        for body in (None, "deputy.he", "service.ma"):
            if body is not None:
                name_review_body(desk, body)
            staff = Office(desk.session).staff(desk.now)
            locked = [Penalty.locked(desk.session, p.id) for p in every]
            assert for_nobody(desk) == {p.id for p in locked if not penalty_roles.awaited(p, staff)}


def vacate(desk: Desk) -> None:
    for kind in (Headship, RoleGrant):
        for held in desk.session.scalars(select(kind)):
            if kind is Headship or held.role is Role.GENERAL_MANAGER:
                held.until = MONDAY
    desk.session.flush()
    desk.office = Office(desk.session)
