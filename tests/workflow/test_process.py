"""The engine on plain objects: it refuses with reasons, denies by default, and keeps its order."""

from enum import StrEnum
from types import SimpleNamespace
from typing import Any

import pytest

from tests.builders import MONDAY
from workflow.process import FORBIDDEN, INVALID, Objection, Process, Refused, Rule, Step


class Door(StrEnum):
    SHUT = "shut"
    OPEN = "open"
    LOCKED = "locked"


class Anyone:
    name = "anyone"

    def __call__(self, step: Step[Any]) -> Objection | None:
        return None if step.actor != "stranger" else Objection(FORBIDDEN, "not you, %(who)s", who=step.actor)

    def principal(self, step: Step[Any]) -> None:
        return None


def wind_blows(step: Step[Any]) -> Objection | None:
    return Objection(INVALID, "the wind blows") if step.said.get("wind") else None


def it_is_late(step: Step[Any]) -> Objection | None:
    return Objection(INVALID, "it is late") if step.said.get("late") else None


def noted(word: str):  # type: ignore[no-untyped-def]
    return lambda step: step.subject.log.append((word, step.subject.state.value))


DOOR: Process[Any] = Process(
    "door",
    Door,
    [
        Rule("D-1", "open", source=(Door.SHUT,), dest=Door.OPEN, by=Anyone(), letter="opening",
             unless=(wind_blows,), then=(noted("first"), noted("second"))),
        Rule("D-2", "knock", source=(Door.SHUT, Door.OPEN), dest=None, by=Anyone(), letter="knocking"),
        Rule("D-3", "shut", source=(Door.OPEN,), dest=Door.LOCKED, by=Anyone(), letter="locking",
             when=lambda step: bool(step.said.get("key"))),
        Rule("D-4", "shut", source=(Door.OPEN,), dest=Door.SHUT, by=Anyone(), letter="shutting",
             when=lambda step: not step.said.get("key")),
    ],
    unless=(it_is_late,), record=noted("record"), conclude=noted("conclude"),
)  # fmt: skip


def door(state: Door = Door.SHUT) -> Any:
    return SimpleNamespace(state=state, log=[])


def step(subject: Any, actor: str = "friend", **said: Any) -> Step[Any]:
    return Step(subject, actor, MONDAY, said=said)  # type: ignore[arg-type]


def test_a_step_is_recorded_then_its_effects_run_in_their_order() -> None:
    subject = door()
    DOOR.take("open", step(subject))
    assert subject.log == [("record", "open"), ("first", "open"), ("second", "open"), ("conclude", "open")]


def test_a_step_that_the_state_does_not_know_has_moved_on() -> None:
    subject = door(Door.LOCKED)
    with pytest.raises(Refused) as refusal:
        DOOR.take("open", step(subject))
    assert (refusal.value.code, subject.state, subject.log) == ("moved_on", Door.LOCKED, [])


def test_a_name_that_no_rule_has_is_refused_like_any_other() -> None:
    with pytest.raises(Refused):
        DOOR.take("to_locked", step(door()))


def test_the_wrong_person_hears_only_that() -> None:
    with pytest.raises(Refused) as refusal:
        DOOR.take("open", step(door(), "stranger", wind=True))
    assert [str(o) for o in refusal.value.objections] == ["not you, stranger"]


def test_the_right_person_hears_everything_at_once() -> None:
    subject = door()
    with pytest.raises(Refused) as refusal:
        DOOR.take("open", step(subject, wind=True, late=True))
    assert [str(o) for o in refusal.value.objections] == ["the wind blows", "it is late"]
    assert (refusal.value.rule, subject.state, subject.log) == ("D-1", Door.SHUT, [])


def test_a_rule_that_leads_nowhere_keeps_the_state_and_is_still_recorded() -> None:
    subject = door(Door.OPEN)
    DOOR.take("knock", step(subject))
    assert (subject.state, len(subject.log)) == (Door.OPEN, 2)


def test_of_two_rules_with_one_name_the_one_whose_condition_holds_applies() -> None:
    with_key, without = door(Door.OPEN), door(Door.OPEN)
    DOOR.take("shut", step(with_key, key=True))
    DOOR.take("shut", step(without))
    assert (with_key.state, without.state) == (Door.LOCKED, Door.SHUT)


def test_offers_name_each_way_on_with_what_stands_in_it() -> None:
    offers = DOOR.offers(step(door(), wind=True))
    assert [(offer.name, offer.is_open, [str(o) for o in offer.objections]) for offer in offers] == [
        ("open", False, ["the wind blows"]),
        ("knock", True, []),
    ]


def test_final_states_are_those_without_a_way_out() -> None:
    assert DOOR.final_states() == {Door.LOCKED}
