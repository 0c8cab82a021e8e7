"""Stand-ins, clause by clause: who acts for whom stands on every event and every letter, messages go to both, never
oneself, never in a circle, never in one's own case.
"""

from datetime import timedelta
from itertools import pairwise

import pytest
from sqlalchemy import select

from models import Database, Deputation, Event, Notice, Person
from tests.builders import MONDAY, Desk
from tests.workflow.test_fairness import delegate
from tests.workflow.test_race import together
from workflow import hand_over, places, remark
from workflow.letter import KINDS
from workflow.process import Refused

DAY = timedelta(days=1)


def told(desk: Desk, event: Event) -> set[str]:
    return {n.person.username for n in desk.session.scalars(select(Notice).where(Notice.event_id == event.id))}


def test_for_whom_somebody_acted_stands_on_every_event_and_every_letter(desk: Desk) -> None:
    """Every step of a head and of the general manager, taken by whoever stands in for both."""
    delegate(desk, "service.liu", "sales.chen")
    delegate(desk, "gm.zhou", "sales.chen")
    upheld = desk.complaint("appealed")
    steps = [desk.take("endorse", upheld, "sales.chen"), desk.take("remand", upheld, "sales.chen", reason="r")]
    handled = desk.complaint("assigned")
    steps += [
        desk.take("accept", handled, "sales.chen"),
        desk.take("complete", handled, "sales.chen", measures_taken="m"),
        desk.take("report", handled, "sales.chen", result="r", improvement_measures="i"),
    ]
    ruled = desk.complaint("ruling")
    steps.append(desk.take("dismiss", ruled, "sales.chen", reason="r"))
    penalty = desk.penalty("heard")
    steps.append(desk.decide("submit", penalty, "sales.chen"))
    names = {"service.liu": "刘洋", "gm.zhou": "周建国"}
    for step in steps:
        assert step.event.actor.username == "sales.chen"
        principal = names[step.event.acting_for.username]
        for letter in step.event.letters:
            assert (letter.content["signer"]["name"], letter.content["acting_for"]["name"]) == ("陈涛", principal)
    assert {letter.kind for step in steps for letter in step.event.letters} <= {*KINDS, "penalty_submission"}


def test_messages_go_to_both(desk: Desk) -> None:
    delegate(desk, "service.liu", "sales.chen")
    delegate(desk, "gm.zhou", "parts.deng")
    case = desk.complaint("assigned")
    assert {"service.liu", "sales.chen"} <= told(desk, case.events[-1])
    appealed = desk.take("appeal", case, "service.ma", grounds="g")
    assert told(desk, appealed.event) == {"service.liu", "sales.chen"}
    endorsed = desk.take("endorse", case, "sales.chen")
    assert {"gm.zhou", "parts.deng"} <= told(desk, endorsed.event)
    said = remark.remark(case, by=desk.actor("service.ma"), at=desk.now, note="补充")
    desk.session.flush()
    assert {"service.liu", "sales.chen", "gm.zhou", "parts.deng"} <= told(desk, said)


def test_a_letter_for_information_goes_to_both_as_well(desk: Desk) -> None:
    """The head is not awaited once it is ruled on and closed; both hear of it all the same."""
    delegate(desk, "service.liu", "sales.chen")
    closed = desk.take("verify", desk.complaint("reported"), "cr.sun", satisfaction=5)
    assert {"service.liu", "sales.chen"} <= told(desk, closed.event)


def test_messages_about_a_penalty_go_to_both(desk: Desk) -> None:
    delegate(desk, "service.liu", "sales.chen")
    penalty = desk.penalty("proposed")
    heard = desk.decide("waive", penalty, "service.ma")
    assert {"sales.chen", "service.liu"} <= told(desk, heard.event)


def test_nobody_is_told_in_anothers_place_of_that_persons_own_case(desk: Desk) -> None:
    delegate(desk, "service.liu", "sales.chen")
    case = desk.file(respondent="service.liu")
    step = desk.take("assign", case, "cr.sun")
    assert told(desk, step.event) == {"service.liu", "gm.zhou"}


def test_nobody_hears_of_their_own_case_by_standing_in(desk: Desk) -> None:
    delegate(desk, "gm.zhou", "service.ma")
    endorsed = desk.take("endorse", desk.complaint("appealed"), "service.liu")
    addressed = {row.person.username for letter in endorsed.event.letters for row in letter.recipients}
    assert told(desk, endorsed.event) == addressed


def test_whoever_is_head_no_more_has_no_deputy(desk: Desk) -> None:
    delegate(desk, "service.liu", "sales.chen")
    places.vacate_head(desk.session, desk.department("after_sales"), by=desk.person("admin.root"), at=MONDAY)
    desk.session.flush()
    assert "sales.chen" not in told(desk, desk.complaint("assigned").events[-1])


def test_never_to_oneself(desk: Desk) -> None:
    liu = desk.person("service.liu")
    with pytest.raises(Refused, match="own deputy"):
        places.delegate(desk.session, liu, by=liu, at=MONDAY, since=MONDAY, until=MONDAY + DAY)


def test_not_to_somebody_who_leaves_before_the_period_is_over(desk: Desk) -> None:
    liu, chen, hr = desk.person("service.liu"), desk.person("sales.chen"), desk.actor("hr.qian")
    hand_over.begin(desk.session, chen, by=hr, at=MONDAY, effective_at=MONDAY + 2 * DAY)
    desk.session.flush()
    places.delegate(desk.session, chen, by=liu, at=MONDAY, since=MONDAY, until=MONDAY + DAY)
    with pytest.raises(Refused, match="leaves the company before"):
        places.delegate(desk.session, chen, by=liu, at=MONDAY, since=MONDAY, until=MONDAY + 3 * DAY)


def test_never_in_a_circle_also_at_the_same_instant(database: Database) -> None:
    """Of two heads who name one another at once one is refused."""

    def name(principal: str, deputy: str) -> str:
        with database.writing() as session:
            by, to = (session.scalars(select(Person).filter_by(username=u)).one() for u in (principal, deputy))
            try:
                places.delegate(session, to, by=by, at=MONDAY, since=MONDAY, until=MONDAY + DAY)
                session.commit()
            except Refused as refusal:
                return refusal.code
        return "done"

    for attempt in range(5):
        results = together(lambda: name("service.liu", "sales.chen"), lambda: name("sales.chen", "service.liu"))
        assert sorted(results) == ["done", "invalid"], f"attempt {attempt}"
        with database.writing() as session:
            for row in session.scalars(select(Deputation).where(Deputation.is_standing.is_(False))):
                row.until = MONDAY
                row.since = MONDAY
            session.commit()


def test_a_circle_over_three_is_one_too(desk: Desk) -> None:
    people = [desk.person(name) for name in ("service.liu", "sales.chen", "parts.deng")]
    for by, to in pairwise(people):
        places.delegate(desk.session, to, by=by, at=MONDAY, since=MONDAY, until=MONDAY + DAY)
        desk.session.flush()
    with pytest.raises(Refused, match="away in this period"):
        places.delegate(desk.session, people[0], by=people[2], at=MONDAY, since=MONDAY, until=MONDAY + DAY)


@pytest.mark.parametrize(("state", "action"), [("assigned", "accept"), ("appealed", "endorse")])
def test_never_in_ones_own_case(desk: Desk, state: str, action: str) -> None:
    delegate(desk, "service.liu", "service.ma")
    with pytest.raises(Refused) as caught:
        desk.take(action, desk.complaint(state), "service.ma")
    assert caught.value.code == "forbidden"
