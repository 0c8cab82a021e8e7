"""What a letter says about its case and what people said in it, from its frozen content alone.

The content comes as one copy shows it: what that copy hides is gone already.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from models import Category, Channel, Severity
from web import (
    case_words,
    letter_month,
    letter_penalty,
    letter_reward,
    letter_target,
    moment,
    month_words,
    penalty_words,
)
from web.label import label
from web.letter_values import Fact, day, dotted, named, score, when, who
from workflow.process import N_

Json = dict[str, Any]

# What people said, in the order in which it is read.
SAID = {
    "grounds": N_("Grounds"),
    "opinion": N_("Opinion of the department head"),
    "reason": N_("Reason"),
    "measures_taken": N_("Measures taken"),
    "result": N_("Result"),
    "improvement_measures": N_("Improvement measures"),
    "note": N_("Note"),
}
EFFECTS = {"posted": "", "confirmed": N_("now final"), "reversed": N_("taken back")}
STATUS = {"provisional": N_("provisional"), "final": N_("final")}
SIGNED_AS = {
    "general_manager": N_("General manager"),
    "department_head": N_("Department head"),
    "customer_relations": N_("Customer relations"),
    "human_resources": N_("Human resources"),
    "review_body": N_("Review body"),
    "respondent": N_("Respondent"),
    "employee": N_("Employee"),
    "system": N_("Deadline"),
}


@dataclass(frozen=True)
class Points:
    """One entry that the step moved, with the account's month after it."""

    account: str
    what: str
    points: Decimal
    after: str


# --- what it is about ---------------------------------------------------------------------------


def facts(content: Json) -> list[Fact]:
    return KINDS[_kind(content)].facts(content)


def texts(content: Json) -> list[Fact]:
    """What people said, as the letter quotes it."""
    return KINDS[_kind(content)].texts(content)


def _kind(content: Json) -> str:
    """By what the content speaks of: a pay day's slip is about no single penalty."""
    told = {
        "complaint": content.get("complaint"), "penalty": (content.get("penalty") or {}).get("step"),
        "reward": content.get("reward"),
        "target": content.get("target"), "briefing": content.get("briefing"),
    }  # fmt: skip
    return next((kind for kind, found in told.items() if found), "month")


def _complaint_facts(content: Json) -> list[Fact]:
    told = content["complaint"]
    found = [
        Fact(_("Customer"), dotted(told["customer_name"], told["customer_phone"])),
        Fact(_("Vehicle"), dotted(told["vehicle"], told["vehicle_model"], told["order_number"])),
        Fact(_("Respondent"), who(content["respondent"])),
        Fact(_("Department"), named(content["department"])),
        Fact(_("Matter"), dotted(label(Category(told["category"])), label(Severity(told["severity"])))),
        Fact(_("Logged"), dotted(when(told["filed_at"]), label(Channel(told["channel"])), who(told["filed_by"]))),
    ]
    return [fact for fact in found if fact.text]


def _complaint_texts(content: Json) -> list[Fact]:
    """What the customer and the people of the case said, as the letter quotes it."""
    told, said, appeal = content["complaint"], content["said"], content["appeal"] or {}
    found = [
        Fact(_("What the customer says"), told["description"]),
        Fact(_("What the customer asks for"), told["demand"] or ""),
        *(Fact(_(words), said[key] or "") for key, words in SAID.items()),
        Fact(_("Answer to the customer"), said["answer_to_customer"] or ""),
        Fact(_("Satisfaction"), _("%(mark)d of 5", mark=said["satisfaction"]) if said["satisfaction"] else ""),
        Fact(_("Improvement by"), dotted(said["improvement_owner"], day(said["improvement_due"]))),
        Fact(_("Changed"), _change(content["change"])),
        Fact(_("Late"), _late(content["late"])),
    ]
    if appeal and not said["grounds"]:
        found.append(Fact(_("Appeal of %(name)s", name=appeal["by"]["name"]), appeal["grounds"] or ""))
    return [fact for fact in found if fact.text]


def _change(change: Json | None) -> str:
    pairs = [(key, pair) for key, pair in (change or {}).items() if pair]
    return case_words.series(
        f"{case_words.changed_value(key, old)} → {case_words.changed_value(key, new)}" for key, (old, new) in pairs
    )


def _late(late: Json | None) -> str:
    if late is None:
        return ""
    days = ngettext("%(num)d started day late", "%(num)d started days late", late["days"])
    return _("%(days)s, was due %(moment)s", days=days, moment=when(late["due"]))


# --- points, rules, signature, what comes next --------------------------------------------------


def points(content: Json) -> list[Points]:
    return [_entry(entry) for entry in content["entries"]]


def _entry(entry: Json) -> Points:
    effect = EFFECTS[entry["effect"]] or STATUS[entry["status"]]
    return Points(named(entry["account"]), _(effect), Decimal(entry["points"]), _month_after(entry))


def _month_after(entry: Json) -> str:
    month, after = moment.month(entry["month"]), score(entry["balance_after"])
    if not Decimal(entry["provisional_after"]):
        return _("%(month)s: %(score)s points", month=month, score=after)
    pending = score(entry["provisional_after"])
    return _("%(month)s: %(score)s points, %(pending)s provisional", month=month, score=after, pending=pending)


def rules(content: Json) -> list[Fact]:
    """The rules it applies; a letter of the month names none but its own."""
    return [Fact(rule["id"], named(rule)) for rule in content["rules"]]


def regulation(told: Json) -> str:
    return _(
        "%(title)s, edition %(edition)s, in force from %(day)s",
        title=named(told), edition=told["edition"], day=day(told["in_force_from"]),
    )  # fmt: skip


def signed(content: Json) -> str:
    as_whom = SIGNED_AS[content["signed_as"]]
    capacity = _(as_whom)
    if content["signer"] is None:
        return capacity
    if content["acting_for"] is not None:
        return _(
            "%(name)s (for %(principal)s), %(capacity)s",
            name=content["signer"]["name"], principal=content["acting_for"]["name"], capacity=capacity,
        )  # fmt: skip
    return _("%(name)s, %(capacity)s", name=content["signer"]["name"], capacity=capacity)


def following(content: Json) -> str:
    """Who had to do what by when, as the letter says it; today it may be done."""
    next_ = content["next"]
    if next_ is None:
        return ""
    names = case_words.names(person["name"] for person in next_["by"]) or _("nobody")
    # The clocks of different kinds of case share names, not meanings.
    awaited = KINDS[_kind(content)].awaited[next_["clock"]]
    return _("%(names)s %(task)s, by %(moment)s", names=names, task=_(awaited), moment=when(next_["due"]))


@dataclass(frozen=True)
class Telling:
    """How the letters of one kind of case tell what they are about."""

    facts: Callable[[Json], list[Fact]]
    texts: Callable[[Json], list[Fact]]
    awaited: Mapping[str, str]


KINDS = {
    "complaint": Telling(_complaint_facts, _complaint_texts, case_words.AWAITED),
    "penalty": Telling(letter_penalty.facts, letter_penalty.texts, penalty_words.AWAITED_BY_LETTER),
    "reward": Telling(letter_reward.facts, letter_reward.texts, {}),
    "month": Telling(letter_month.facts, letter_month.texts, month_words.AWAITED),
    "target": Telling(letter_target.target_facts, letter_target.texts, {}),
    "briefing": Telling(letter_target.briefing_facts, letter_target.texts, {}),
}
