"""A new edition: who prepares it, what it objects to and where, what it changes, who puts it in force."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DatabaseError

from models import RegulationDraft, RegulationVersion
from tests.builders import MONDAY, Desk, moment
from workflow import places, regulation, regulation_draft
from workflow.office import Office
from workflow.process import FORBIDDEN, INVALID, MOVED_ON, NOT_FOUND, Refused
from workflow.regulation import CS_MANAGEMENT, pack_of

ADOPTION = "2026年3月经职工代表大会讨论通过，3月2日公示。"
JULY = date(2026, 7, 1)


@pytest.fixture
def draft(desk: Desk) -> RegulationDraft:
    return regulation_draft.start(desk.session, CS_MANAGEMENT, by=desk.actor("cr.lin"), at=MONDAY)


def change(desk: Desk, draft: RegulationDraft, by: str = "cr.lin", **typed: str) -> None:
    values = {path.replace("__", "."): value for path, value in typed.items()}
    regulation_draft.change(draft, values, seen=draft.version, by=desk.actor(by), at=MONDAY)
    desk.session.flush()


def set_terms(desk: Desk, draft: RegulationDraft, day: date | None = JULY, adoption: str | None = ADOPTION) -> None:
    regulation_draft.set_terms(
        draft, day=day, adoption=adoption, seen=draft.version, by=desk.actor("gm.zhou"), at=MONDAY
    )
    desk.session.flush()


def put_in_force(desk: Desk, draft: RegulationDraft, by: str = "gm.zhou") -> RegulationVersion:
    version = regulation_draft.put_in_force(desk.session, draft, seen=draft.version, by=desk.actor(by), at=MONDAY)
    desk.session.flush()
    return version


def told(draft: RegulationDraft) -> dict[str, tuple[object, object]]:
    return {d.field.path: (d.old, d.new) for d in regulation_draft.changed_by(draft)}


def refusal(error: pytest.ExceptionInfo[Refused]) -> dict[str, str]:
    return {str(o.values.get("field", "")): str(o) for o in error.value.objections}


# --- what it changes


def test_a_draft_begins_as_the_edition_in_force(draft: RegulationDraft) -> None:
    assert told(draft) == {}


def test_what_was_typed_is_told_as_old_and_new(desk: Desk, draft: RegulationDraft) -> None:
    change(desk, draft, ladders__after_sales__first="80", deadlines__answer__number="2",
           deadlines__answer__unit="working_days", points__complaint__lapse__head="−3.5")  # fmt: skip
    found = told(draft)
    assert [str(old) for old in found["ladders.after_sales.first"]] == ["50", "80"]
    assert (found["deadlines.answer"][0].hours, found["deadlines.answer"][1].working_days) == (24, 2)  # type: ignore[attr-defined]
    assert [str(points) for points in found["points.complaint.lapse.head"]] == ["-2", "-3.5"]
    assert len(found) == 3


def test_what_is_typed_as_it_stands_changes_nothing(desk: Desk, draft: RegulationDraft) -> None:
    change(desk, draft, ladders__after_sales__first="50.00", ladders__sales__first=" １００ 元",
           expires_after_months="12", points__complaint__accept__head="0")  # fmt: skip
    assert draft.changes == {}


def test_a_step_that_cost_nothing_can_be_priced_and_freed_again(desk: Desk, draft: RegulationDraft) -> None:
    change(desk, draft, points__complaint__accept__head="-1")
    assert regulation_draft.content_of(draft)["points"]["complaint"]["accept"] == {"head": "-1"}
    change(desk, draft, points__complaint__accept__head="")
    assert regulation_draft.content_of(draft)["points"]["complaint"]["accept"] == "none"
    assert told(draft) == {}


def test_penalties_may_stop_to_expire(desk: Desk, draft: RegulationDraft) -> None:
    change(desk, draft, expires_after_months="")
    assert told(draft) == {"expires_after_months": (12, None)}


def test_a_text_is_changed_in_one_language(desk: Desk, draft: RegulationDraft) -> None:
    change(desk, draft, **{"rules__CS-10__en": "Applies to everybody."})
    assert [*told(draft)] == ["rules.CS-10.en"]


def test_what_the_product_asks_for_beyond_the_edition_comes_into_the_draft(desk: Desk) -> None:
    older = pack_of(regulation_draft.latest(desk.session, CS_MANAGEMENT)).model_copy(deep=True)
    del older.points["complaint"]["retract"], older.deadlines["reopening"]
    regulation.put_in_force(desk.session, older, from_day=date(2026, 2, 1), at=MONDAY)
    draft = regulation_draft.start(desk.session, CS_MANAGEMENT, by=desk.actor("gm.zhou"), at=MONDAY)
    assert [*told(draft)] == ["deadlines.reopening"]
    assert "retract" in regulation_draft.content_of(draft)["points"]["complaint"]


# --- what it objects to


@pytest.mark.parametrize(
    ("path", "typed", "says"),
    [
        ("ladders.sales.first", "-100", "not negative"),
        ("ladders.sales.first", "100.005", "two decimals"),
        ("ladders.sales.first", "1000000", "slip of the pen"),
        ("ladders.sales.first", "一百", "Write an amount"),
        ("ladders.sales.first", "1e3", "Write an amount"),
        ("ladders.sales.first", "NaN", "Write an amount"),
        ("points.complaint.lapse.head", "5", "write −5"),
        ("points.complaint.lapse.head", "-5.555", "two decimals"),
        ("points.complaint.lapse.head", "-101", "100 points"),
        ("points.complaint.lapse.head", "much", "as a number"),
        ("deadlines.answer.number", "0", "at least 1"),
        ("deadlines.answer.number", "1.5", "whole number"),
        ("deadlines.answer.number", "9999999", "more than a year"),
        ("deadlines.answer.number", "", "whole number"),
        ("rework_shares.leader", "101", "between 0 and 100"),
        ("rework_shares.leader", "a fifth", "whole number"),
        ("expires_after_months", "0", "1 to 600"),
        ("expires_after_months", "never", "whole months"),
        ("title.zh", "  ", "both languages"),
        ("rules.CS-1.en", "x" * 2001, "2000 characters"),
    ],
)
def test_a_mistake_is_objected_to_at_its_field_and_changes_nothing(
    desk: Desk, draft: RegulationDraft, path: str, typed: str, says: str
) -> None:
    unit = {"deadlines.answer.unit": "hours"} if path.startswith("deadlines") else {}
    with pytest.raises(Refused) as error:
        change(desk, draft, **{"ladders.other.first": "70", path: typed, **unit})
    assert error.value.code == INVALID
    field = path.removesuffix(".number")
    assert says in refusal(error)[field]
    assert draft.changes == {}


def test_every_mistake_is_named_at_once(desk: Desk, draft: RegulationDraft) -> None:
    with pytest.raises(Refused) as error:
        change(desk, draft, ladders__sales__first="x", ladders__sales__second="y", title__en="")
    assert [*refusal(error)] == ["ladders.sales.first", "ladders.sales.second", "title.en"]


def test_shares_must_add_up_to_the_whole(desk: Desk, draft: RegulationDraft) -> None:
    with pytest.raises(Refused) as error:
        change(desk, draft, rework_shares__leader="20", rework_shares__person="70", rework_shares__company="0")
    assert "add up to 90%" in refusal(error)["rework_shares.leader"]
    change(desk, draft, rework_shares__leader="20", rework_shares__person="60", rework_shares__company="20")
    assert [*told(draft)] == ["rework_shares.person", "rework_shares.company"]


@pytest.mark.parametrize(("day", "most", "says"), [("0", "-5", "Give both"), ("-3", "-2", "cannot cost less")])
def test_lateness_is_priced_by_the_day_and_as_a_whole(
    desk: Desk, draft: RegulationDraft, day: str, most: str, says: str
) -> None:
    with pytest.raises(Refused) as error:
        change(desk, draft, points__complaint__report__late_day=day, points__complaint__report__late_most=most)
    assert says in refusal(error)["points.complaint.report.late_day"]


def test_lateness_may_cost_nothing(desk: Desk, draft: RegulationDraft) -> None:
    change(desk, draft, points__complaint__report__late_day="0", points__complaint__report__late_most="0")
    assert regulation_draft.content_of(draft)["points"]["complaint"]["report"] == "none"


def test_whoever_has_an_older_draft_before_them_hears_who_was_quicker(desk: Desk, draft: RegulationDraft) -> None:
    seen = draft.version
    change(desk, draft, by="gm.zhou", ladders__sales__first="120")
    with pytest.raises(Refused, match="周建国 has changed") as error:
        regulation_draft.change(draft, {}, seen=seen, by=desk.actor("cr.lin"), at=MONDAY)
    assert error.value.code == MOVED_ON


# --- who may


@pytest.mark.parametrize(("who", "code"), [("service.ma", NOT_FOUND), ("service.liu", NOT_FOUND),
                                           ("deputy.he", NOT_FOUND), ("admin.root", NOT_FOUND),
                                           ("hr.qian", FORBIDDEN)])  # fmt: skip
def test_who_does_not_prepare_editions_begins_none(desk: Desk, who: str, code: str) -> None:
    with pytest.raises(Refused) as error:
        regulation_draft.start(desk.session, CS_MANAGEMENT, by=desk.actor(who), at=MONDAY)
    assert error.value.code == code


def test_only_one_draft_is_open_at_a_time(desk: Desk, draft: RegulationDraft) -> None:
    with pytest.raises(Refused, match="open already"):
        regulation_draft.start(desk.session, CS_MANAGEMENT, by=desk.actor("gm.zhou"), at=MONDAY)


def test_customer_relations_do_not_put_in_force_what_they_own(desk: Desk, draft: RegulationDraft) -> None:
    change(desk, draft, ladders__sales__first="120")
    set_terms(desk, draft)
    with pytest.raises(Refused, match="Only the general manager") as error:
        put_in_force(desk, draft, by="cr.lin")
    assert error.value.code == FORBIDDEN


def test_the_deputy_puts_it_in_force_while_standing_in(desk: Desk, draft: RegulationDraft) -> None:
    change(desk, draft, ladders__sales__first="120")
    set_terms(desk, draft)
    manager, deputy = desk.person("gm.zhou"), desk.person("deputy.he")
    until = MONDAY + timedelta(days=3)
    places.delegate(desk.session, deputy, by=manager, since=MONDAY, until=until, at=MONDAY)
    desk.session.flush()
    desk.office = Office(desk.session)
    put_in_force(desk, draft, by="deputy.he")
    assert (draft.decided_by_id, draft.decided_for_id) == (desk.person("deputy.he").id, desk.person("gm.zhou").id)


# --- putting in force


def test_it_holds_from_its_day_on_and_not_before(desk: Desk, draft: RegulationDraft) -> None:
    running = desk.complaint("assigned")
    change(desk, draft, deadlines__answer__number="12", deadlines__answer__unit="hours")
    set_terms(desk, draft)
    version = put_in_force(desk, draft)
    assert (version.number, version.edition, version.in_force_from) == (2, "2026-2", JULY)
    assert regulation.in_force(desk.session, CS_MANAGEMENT, JULY - timedelta(days=1)).number == 1
    assert regulation.in_force(desk.session, CS_MANAGEMENT, JULY).number == 2
    assert desk.file(at=moment(7, 1)).regulation_version_id == version.id
    assert running.regulation_version_id != version.id


@pytest.mark.parametrize(("day", "says"), [(None, "Give the day"), (date(2026, 3, 1), "past"),
                                           (date(2099, 1, 1), "two years")])  # fmt: skip
def test_it_begins_on_a_day_that_makes_sense(desk: Desk, draft: RegulationDraft, day: date | None, says: str) -> None:
    with pytest.raises(Refused) as error:
        set_terms(desk, draft, day=day)
    assert says in refusal(error)["day"]


def test_it_needs_to_say_how_it_was_adopted(desk: Desk, draft: RegulationDraft) -> None:
    with pytest.raises(Refused) as error:
        set_terms(desk, draft, adoption=" \n")
    assert "binds nobody" in refusal(error)["adoption"]


def test_a_blank_keeps_it_from_being_put_in_force(desk: Desk, draft: RegulationDraft) -> None:
    change(desk, draft, ladders__sales__first="", ladders__sales__second="")
    set_terms(desk, draft)
    with pytest.raises(Refused, match="still blank: 2"):
        put_in_force(desk, draft)
    versions = desk.session.scalars(select(RegulationVersion).filter_by(slug=CS_MANAGEMENT))
    assert len(versions.all()) == 1


def test_a_draft_that_changes_nothing_or_has_no_terms_is_refused(desk: Desk, draft: RegulationDraft) -> None:
    with pytest.raises(Refused) as error:
        put_in_force(desk, draft)
    assert {*refusal(error)} == {"", "day", "adoption"}


def test_a_day_that_has_passed_meanwhile_is_refused(desk: Desk, draft: RegulationDraft) -> None:
    change(desk, draft, ladders__sales__first="120")
    set_terms(desk, draft, day=date(2026, 3, 3))
    later = moment(3, 4)
    with pytest.raises(Refused, match="past"):
        regulation_draft.put_in_force(
            desk.session, draft, seen=draft.version, by=desk.actor("gm.zhou", later), at=later
        )


def test_it_does_not_begin_before_the_edition_that_it_is_based_on(desk: Desk, draft: RegulationDraft) -> None:
    change(desk, draft, ladders__sales__first="120")
    set_terms(desk, draft)
    put_in_force(desk, draft)
    following = regulation_draft.start(desk.session, CS_MANAGEMENT, by=desk.actor("gm.zhou"), at=MONDAY)
    assert following.based_on.number == 2
    with pytest.raises(Refused) as error:
        set_terms(desk, following, day=date(2026, 6, 1))
    assert "2026-2" in refusal(error)["day"]


# --- the end of a draft


def test_a_discarded_draft_makes_room_for_the_next_and_is_kept(desk: Desk, draft: RegulationDraft) -> None:
    regulation_draft.discard(draft, seen=draft.version, by=desk.actor("cr.lin"), at=MONDAY)
    desk.session.flush()
    regulation_draft.start(desk.session, CS_MANAGEMENT, by=desk.actor("cr.sun"), at=MONDAY)
    assert len(desk.session.scalars(select(RegulationDraft)).all()) == 2


def test_nobody_discards_what_a_colleague_began_but_the_general_manager(desk: Desk, draft: RegulationDraft) -> None:
    with pytest.raises(Refused, match="林晓 began this draft"):
        regulation_draft.discard(draft, seen=draft.version, by=desk.actor("cr.sun"), at=MONDAY)
    regulation_draft.discard(draft, seen=draft.version, by=desk.actor("gm.zhou"), at=MONDAY)
    assert not draft.is_open


def test_what_was_decided_on_is_not_changed_any_more(desk: Desk, draft: RegulationDraft) -> None:
    regulation_draft.discard(draft, seen=draft.version, by=desk.actor("cr.lin"), at=MONDAY)
    desk.session.flush()
    with pytest.raises(Refused, match="decided on already"):
        change(desk, draft, ladders__sales__first="120")
    draft.changes = {"ladders.sales.first": "1"}
    with pytest.raises(DatabaseError, match="never changed"):
        desk.session.flush()


def test_the_database_keeps_every_draft(desk: Desk, draft: RegulationDraft) -> None:
    desk.session.delete(draft)
    with pytest.raises(DatabaseError, match="never"):
        desk.session.flush()
