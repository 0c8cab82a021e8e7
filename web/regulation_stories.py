"""What a rehearsal showed on the product's stories: step by step, as it is and as it would be."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from models import EntryStatus
from pdf.words import TITLES
from web import filters
from web import regulation_words as words
from web.label import label
from web.language import is_chinese
from workflow.process import N_

Json = dict[str, Any]

REFUSALS = {
    "not_found": N_("refused: not found"),
    "forbidden": N_("refused: not theirs to do"),
    "moved_on": N_("refused: the case has moved on"),
    "invalid": N_("refused: what was said is not valid"),
    "too_early": N_("refused: too early"),
    "too_late": N_("refused: too late"),
    "not_possible": N_("not possible: what went before came to nothing"),
}
KEYS = {
    "state": N_("State"), "letters": N_("Letters"), "points": N_("Points"), "money": N_("Money"),
    "due": N_("Next deadline"), "refused": N_("Outcome"), "fired": N_("By the clock"), "found": N_("Found"),
}  # fmt: skip
SIGHTS = {
    "points": N_("Points of %(of)s"), "provisional": N_("Provisional points of %(of)s"),
    "money": N_("Money of %(of)s"), "step": N_("Step of %(of)s on the ladder"), "state": N_("State of %(of)s"),
    "fired": N_("What the clock did"), "letters": N_("Letters of %(of)s"), "inbox": N_("Inbox of %(of)s"),
    "events": N_("Events of %(of)s"), "audit": N_("Audit"), "scorecard": N_("Scorecard of %(of)s"),
    "pay": N_("Pay of %(of)s"),
}  # fmt: skip


@dataclass(frozen=True)
class Change:
    """What it is about, as it is, and as it would be."""

    name: str
    old: str
    new: str


@dataclass(frozen=True)
class Told:
    """One step of a story or one case, with what differs in it."""

    title: str
    changes: list[Change]
    url: str = ""
    note: str = ""


@dataclass(frozen=True)
class StoryTold:
    title: str
    steps: list[Told]
    error: str

    @property
    def words(self) -> str:
        if self.error:
            return _("could not be played")
        if not self.steps:
            return _("comes out the same")
        return ngettext("%(num)d step differs", "%(num)d steps differ", len(self.steps))


def story_told(story: Json) -> StoryTold:
    title = story["titles"].get("zh" if is_chinese() else "en", story["name"])
    return StoryTold(title, [_step(step) for step in story["differs"]], story.get("error", ""))


def _step(step: Json) -> Told:
    keys = [key for key in KEYS if key in step["old"] or key in step["new"]]
    changes = [Change(_(KEYS[key]), _outcome(key, step["old"], step), _outcome(key, step["new"], step)) for key in keys]
    return Told(_title(step), changes)


def _title(step: Json) -> str:
    """2026-03-02 09:00 · 孙悦 · 下发: who does what, or what is looked at."""
    if step["do"]:
        what = words.act(*step["do"].split(".", 1))
    elif step["see"]:
        sight = SIGHTS[step["see"]]
        what = _(sight, of=step["of"] or _("the case"))
    else:
        what = _("The clock moves on")
    return " · ".join(part for part in (step["at"], step["who"], what) if part)


def _outcome(key: str, side: Json, step: Json) -> str:
    value = side.get(key)
    if value in (None, [], {}):
        return _("carried out") if key == "refused" else "–"
    match key:
        case "refused":
            return _(REFUSALS.get(value, value))
        case "state":
            return words.state((step["do"] or "complaint").split(".")[0], value)
        case "letters":
            return _series(TITLES.get(kind, {}).get("zh" if is_chinese() else "en", kind) for kind in value)
        case "points":
            return _series(_posted(*entry) for entry in value)
        case "money":
            return _series(_paid(*entry) for entry in value)
        case "fired":
            return _series(words.act(*deed.split(".", 1)) for deed in value)
        case _:
            return _found(value)


def _posted(who: list[str], points: float, status: str) -> str:
    return f"{_of(who)} {filters.score(Decimal(str(points)))} ({label(EntryStatus(status))})"


def _paid(who: list[str], yuan: float, kind: str) -> str:
    return f"{_of(who)} {amount(Decimal(str(yuan)))} ({_(words.MONEY.get(kind, kind))})"


def _of(who: list[str]) -> str:
    return who[0] if is_chinese() else who[1]


def _found(value: Any) -> str:
    if isinstance(value, int | float):
        return filters.score(Decimal(str(value)))
    return _series(map(str, value)) if isinstance(value, list) else str(value)


def _series(parts: Any) -> str:
    return ("；" if is_chinese() else "; ").join(parts)


def amount(yuan: Decimal) -> str:
    return _("%(amount)s yuan", amount=f"{yuan:,.2f}".removesuffix(".00").replace("-", filters.MINUS))
