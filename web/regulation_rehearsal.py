"""What a rehearsal showed: story by story, and last year's cases one by one with their sums.

Cases are told only to whoever sees every case of their kind; the others read what the stories show.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from flask import request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from models import LadderStep, RegulationRehearsal, RehearsalState
from web import filters, moment
from web import regulation_words as words
from web.regulation_stories import Change, StoryTold, Told, amount, story_told
from web.session import actor, me
from web.shell import has_endpoint
from workflow import penalty_roles, sight
from workflow.process import N_

Json = dict[str, Any]

OUTCOMES = {
    "in_time": N_("in time"),
    "late": N_("too late"),
    "lapsed": N_("lapsed"),
    "open": N_("still running"),
}
PENALTY_VALUES = {
    "step": N_("Step"), "fine": N_("Fine"), "points": N_("Points of the respondent"),
    "leader_points": N_("Points of the team leader"), "person_share": N_("Rework cost of the person concerned"),
    "leader_share": N_("Rework cost of the team leader"),
}  # fmt: skip


@dataclass(frozen=True)
class Sums:
    """All cases of one kind together."""

    sentence: str
    rows: list[Change]


@dataclass(frozen=True)
class Result:
    state: RehearsalState
    seen: int
    total: int
    stories: list[StoryTold]
    sums: list[Sums]
    cases: list[Told]
    only_deadlines: list[Told]
    more: int
    asked: str
    hidden: bool

    @property
    def is_running(self) -> bool:
        return self.state in (RehearsalState.WAITING, RehearsalState.RUNNING)

    @property
    def has_failed(self) -> bool:
        return self.state is RehearsalState.FAILED

    @property
    def differing_stories(self) -> int:
        return sum(bool(story.steps or story.error) for story in self.stories)

    @property
    def headline(self) -> str:
        if not self.total:
            return _("The rehearsal waits for its turn.")
        return _("%(seen)d of %(total)d parts rehearsed", seen=self.seen, total=self.total)


def result_of(found: RegulationRehearsal) -> Result:
    sees = _kinds_seen()
    told = [case for case in found.cases.get("told", []) if case["process"] in sees]
    return Result(
        state=found.state, seen=found.seen, total=found.total,
        stories=[story_told(story) for story in found.stories],
        sums=list(_sums(found.cases, sees)),
        cases=[_case(case) for case in told if case["outcome"]],
        only_deadlines=[_case(case) for case in told if not case["outcome"]],
        more=_not_told(found.cases, sees) - len(told),
        asked=f"{moment.moment(found.asked_at)} · {found.asked_by.name}",
        hidden=len(sees) < 2,
    )  # fmt: skip


def is_asked_for_progress() -> bool:
    return "HX-Request" in request.headers


def _kinds_seen() -> set[str]:
    staff = actor().staff
    return {
        *({"complaint"} if sight.sees_every_case(me(), staff) else set()),
        *({"penalty"} if penalty_roles.sees_every_penalty(me(), staff) else set()),
    }


def _not_told(cases: Json, sees: set[str]) -> int:
    """How many differ in all, of those that this reader may know of."""
    complaints, penalties = cases.get("complaints", {}), cases.get("penalties", {})
    number = complaints.get("changed", 0) + complaints.get("only_deadlines", 0) if "complaint" in sees else 0
    return number + (penalties.get("changed", 0) if "penalty" in sees else 0)


# --- last year's cases ----------------------------------------------------------------------------


def _case(case: Json) -> Told:
    if case["process"] == "penalty":
        return Told(
            _("Penalty %(number)s", number=case["number"]),
            [Change(_(PENALTY_VALUES[name]), *(_value(name, side) for side in pair))
             for name, pair in case["values"].items()],
            _url("penalty.show", case["number"]),
        )  # fmt: skip
    note = ""
    if case["departs_at"]:
        note = _("“%(act)s” would have come too late; what followed is not known.",
                 act=words.act("complaint", case["departs_at"]))  # fmt: skip
    return Told(
        _("Complaint %(number)s", number=case["number"]), [*_points(case), *map(_deadline, case["deadlines"])],
        _url("complaint.show", case["number"]), note,
    )  # fmt: skip


def _url(endpoint: str, number: str) -> str:
    return url_for(endpoint, number=number) if has_endpoint(endpoint) else ""


def _points(case: Json) -> Iterator[Change]:
    for line in case["points"]:
        yield Change(
            _points_of(line["account"]),
            filters.score(Decimal(line["old"])), filters.score(Decimal(line["new"])),
        )  # fmt: skip


def _points_of(account: str) -> str:
    return _("Points: %(account)s", account=_(words.ACCOUNTS[account]))


def _deadline(line: Json) -> Change:
    return Change(
        words.task(line["clock"]),
        f"{_moment(line['old'])} ({_(OUTCOMES[line['was']])})",
        f"{_moment(line['new'])} ({_(OUTCOMES[line['would']])})",
    )


def _moment(written: str) -> str:
    return moment.moment(datetime.fromisoformat(written))


def _value(name: str, value: str | int) -> str:
    if name == "step":
        return _(words.STEPS[LadderStep(value).value])
    if name in ("points", "leader_points"):
        return filters.score(Decimal(value))
    return amount(Decimal(value) / 100)


def _sums(cases: Json, sees: set[str]) -> Iterator[Sums]:
    if "complaints" in cases and "complaint" in sees:
        yield _of_complaints(cases["complaints"])
    if "penalties" in cases and "penalty" in sees:
        yield _of_penalties(cases["penalties"])


def _of_complaints(totals: Json) -> Sums:
    sentence = ngettext(
        "%(num)d complaint of the last twelve months: %(changed)d would have come out differently, "
        "in %(moved)d only deadlines move.",
        "%(num)d complaints of the last twelve months: %(changed)d would have come out differently, "
        "in %(moved)d only deadlines move.",
        totals["seen"], changed=totals["changed"], moved=totals["only_deadlines"],
    )  # fmt: skip
    points = [
        Change(_points_of(account), *(filters.score(Decimal(side)) for side in sides))
        for account, sides in totals["points"].items()
    ]  # fmt: skip
    counted = [
        Change(_("Cases with a missed deadline"), *map(str, totals["late"])),
        Change(_("Cases that lapsed without an answer"), *map(str, totals["lapsed"])),
    ]
    return Sums(sentence, [*points, *counted])


def _of_penalties(totals: Json) -> Sums:
    sentence = ngettext(
        "%(num)d penalty of the last twelve months: %(changed)d would have come out differently.",
        "%(num)d penalties of the last twelve months: %(changed)d would have come out differently.",
        totals["seen"], changed=totals["changed"],
    )  # fmt: skip
    rows = [
        Change(_("Fines"), *(amount(Decimal(side) / 100) for side in totals["fines"])),
        Change(_("Rework cost borne by staff"), *(amount(Decimal(side) / 100) for side in totals["shares"])),
        Change(_("Points"), *(filters.score(Decimal(side)) for side in totals["points"])),
        Change(_("Dismissals"), *map(str, totals["dismissals"])),
    ]
    return Sums(sentence, rows)
