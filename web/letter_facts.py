"""What a letter says about its case and what people said in it, from its frozen content alone.

The content comes as one copy shows it: what that copy hides is gone already.
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from models import Category, Channel, Severity
from web import case_line, case_words, filters, moment
from web.label import label
from web.language import is_chinese
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
    "respondent": N_("Respondent"),
    "employee": N_("Employee"),
    "system": N_("Deadline"),
}


@dataclass(frozen=True)
class Fact:
    label: str
    text: str

    @property
    def lines(self) -> list[str]:
        return self.text.splitlines()


@dataclass(frozen=True)
class Points:
    """One entry that the step moved, with the account's month after it."""

    account: str
    what: str
    points: Decimal
    after: str


# --- what it is about ---------------------------------------------------------------------------


def facts(content: Json) -> list[Fact]:
    told = content["complaint"]
    found = [
        Fact(_("Customer"), _dotted(told["customer_name"], told["customer_phone"])),
        Fact(_("Vehicle"), _dotted(told["vehicle"], told["vehicle_model"], told["order_number"])),
        Fact(_("Respondent"), _who(content["respondent"])),
        Fact(_("Department"), _named(content["department"])),
        Fact(_("Matter"), _dotted(label(Category(told["category"])), label(Severity(told["severity"])))),
        Fact(_("Logged"), _dotted(_when(told["filed_at"]), label(Channel(told["channel"])), _who(told["filed_by"]))),
    ]
    return [fact for fact in found if fact.text]


def texts(content: Json) -> list[Fact]:
    """What the customer and the people of the case said, as the letter quotes it."""
    told, said, appeal = content["complaint"], content["said"], content["appeal"] or {}
    found = [
        Fact(_("What the customer says"), told["description"]),
        Fact(_("What the customer asks for"), told["demand"] or ""),
        *(Fact(_(words), said[key] or "") for key, words in SAID.items()),
        Fact(_("Answer to the customer"), said["answer_to_customer"] or ""),
        Fact(_("Satisfaction"), _("%(mark)d of 5", mark=said["satisfaction"]) if said["satisfaction"] else ""),
        Fact(_("Improvement by"), _dotted(said["improvement_owner"], _day(said["improvement_due"]))),
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
    return _("%(days)s, was due %(moment)s", days=days, moment=_when(late["due"]))


# --- points, rules, signature, what comes next --------------------------------------------------


def points(content: Json) -> list[Points]:
    return [_entry(entry) for entry in content["entries"]]


def _entry(entry: Json) -> Points:
    effect = EFFECTS[entry["effect"]] or STATUS[entry["status"]]
    return Points(_named(entry["account"]), _(effect), Decimal(entry["points"]), _month_after(entry))


def _month_after(entry: Json) -> str:
    month, score = moment.month(entry["month"]), _score(entry["balance_after"])
    if not Decimal(entry["provisional_after"]):
        return _("%(month)s: %(score)s points", month=month, score=score)
    pending = _score(entry["provisional_after"])
    return _("%(month)s: %(score)s points, %(pending)s provisional", month=month, score=score, pending=pending)


def rules(content: Json) -> list[Fact]:
    return [Fact(rule["id"], _named(rule)) for rule in content["rules"]]


def regulation(told: Json) -> str:
    return _(
        "%(title)s, edition %(edition)s, in force from %(day)s",
        title=_named(told), edition=told["edition"], day=_day(told["in_force_from"]),
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


def following(next_: Json | None) -> str:
    """Who had to do what by when, as the letter says it; today it may be done."""
    if next_ is None:
        return ""
    names = case_words.names(who["name"] for who in next_["by"]) or _("nobody")
    awaited = case_words.AWAITED[next_["clock"]]
    return _("%(names)s %(task)s, by %(moment)s", names=names, task=_(awaited), moment=_when(next_["due"]))


# --- values -------------------------------------------------------------------------------------


def _who(who: Json | None) -> str:
    return _dotted(who["name"], who["post"]) if who else ""


def _named(thing: Json | None) -> str:
    return "" if thing is None else str(thing["zh" if is_chinese() else "en"])


def _dotted(*parts: str | None) -> str:
    return case_line.DOT.join(part for part in parts if part)


def _when(iso: str) -> str:
    return moment.weekday_moment(datetime.fromisoformat(iso))


def _day(iso: str | None) -> str:
    return moment.long_day(date.fromisoformat(iso)) if iso else ""


def _score(points: str) -> str:
    return filters.score(Decimal(points))
