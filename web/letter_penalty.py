"""What a letter of a penalty says, from its frozen content alone: facts, words, money, examination.

The content comes as one copy shows it: what that copy hides is gone already.
"""

from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from models import LadderStep
from pdf.words import LABELS
from web import case_words, filters
from web.label import label
from web.language import is_chinese
from web.letter_values import Fact, Money, day, dotted, named, score, when, who, yuan
from workflow.penalty_content import SINGLE
from workflow.process import N_

Json = dict[str, Any]

# What people said, in the order in which it is read.
SAID = {
    "statement": N_("Defence"),
    "grounds": N_("Grounds"),
    "opinion": N_("Opinion of the department head"),
    "union_notice": N_("The union's notice"),
    "open_reason": N_("Reason for deciding in spite of open items"),
    "reason": N_("Reason"),
    "answer": N_("Answer to the appeal"),
    "note": N_("Note"),
}


def facts(content: Json) -> list[Fact]:
    told = content["penalty"]
    found = _leaders(content, told) if told["facts"] is None else _all(content, told)
    return [fact for fact in found if fact.text]


def _leaders(content: Json, told: Json) -> list[Fact]:
    """The copy of the team's leader tells no facts, and of the price only the leader's part."""
    return [
        Fact(_("Respondent"), who(content["respondent"])),
        Fact(_("Department"), named(content["department"])),
        Fact(_("Step of the ladder"), _step(told)),
        Fact(_("Team leader"), _leader(told)),
        Fact(_("Rework cost"), _shares(told["shares"])),
    ]


def _all(content: Json, told: Json) -> list[Fact]:
    return [
        Fact(_("Respondent"), who(content["respondent"])),
        Fact(_("Department"), named(content["department"])),
        Fact(_("Day of the act"), day(told["occurred_on"])),
        Fact(_("Complaint"), (told["complaint"] or {}).get("case_number") or ""),
        Fact(_("Proposed"), dotted(when(told["proposed_at"]), who(told["proposed_by"]))),
        Fact(_("Step of the ladder"), _step(told)),
        Fact(_("Why this step"), _why(told)),
        *_price(told),
        Fact(_("Team leader"), _leader(told)),
        Fact(_("Rework cost"), _shares(told["shares"])),
        Fact(_("Commission forfeited"), _commission(told["commission"])),
        Fact(_("Counts until"), day(told["counts_until"])),
        Fact(_("Defence until"), when(told["defence_due"]) if content["kind"] == "prior_notice" else ""),
        Fact(_("Appeal until"), dotted(when(told["appeal_due"]), who(told["appeal_to"])) if told["appeal_due"] else ""),
        *_ending(content.get("ending")),
        *_change(content.get("change")),
    ]


def _step(told: Json) -> str:
    return _("Single fine") if told["step"] == SINGLE else label(LadderStep(told["step"]))


def _why(told: Json) -> str:
    """Which earlier penalties are counted: the reason for the step."""
    if not told["counted"]:
        return ""
    earlier = case_words.series(
        _("%(number)s of %(day)s", number=_number(counted), day=day(counted["approved_at"][:10]))
        for counted in told["counted"]
    )
    return ngettext(
        "%(num)d penalty in force on this ladder: %(earlier)s",
        "%(num)d penalties in force on this ladder: %(earlier)s",
        len(told["counted"]), earlier=earlier,
    )  # fmt: skip


def _number(counted: Json) -> str:
    number = counted["number"]
    return _("Penalty %(number)s", number=counted["case_number"]) if number is None else filters.number(**number)


def _price(told: Json) -> list[Fact]:
    """What the step costs the respondent; a copy for somebody else hides it."""
    if told["step"] == LadderStep.DISMISSAL or told.get("points") is None:
        return [Fact(_("Points"), score(told["points"]))] if told.get("points") else []
    fine = yuan(told["fine_fen"]) if told["fine_fen"] else _("none")
    return [Fact(_("Fine"), fine), Fact(_("Points"), score(told["points"]))]


def _leader(told: Json) -> str:
    if told["leader"] is None:
        return ""
    return dotted(who(told["leader"]), _("joint liability %(points)s points", points=score(told["leader_points"])))


def _shares(shares: Json | None) -> str:
    if shares is None:
        return ""
    parts = [yuan(shares["cost_fen"])]
    for key, words in (("leader", _("leader")), ("person", _("respondent")), ("company", _("company"))):
        share = shares.get(key)
        if share and share["fen"]:
            parts.append(f"{words} {share['percent']}%: {yuan(share['fen'])}")
    return dotted(*parts)


def _commission(told: Json | None) -> str:
    return dotted(case_words.month(told["month"]), yuan(told["fen"])) if told else ""


def _ending(ending: Json | None) -> list[Fact]:
    if not ending:
        return []
    return [
        Fact(_("Last day"), day(ending["end_on"])),
        Fact(_("Employed since"), day(ending["contract_since"])),
        Fact(_("Handover to"), who(ending["handover_to"])),
    ]


def _change(change: Json | None) -> list[Fact]:
    """A regrading: old and new step, and what comes back."""
    if not change:
        return []
    old, new = (label(LadderStep(change[side]["step"])) for side in ("old", "new"))
    because = change["because"]
    return [
        Fact(_("Changed"), f"{old} → {new}"),
        Fact(_("Because"), _("Penalty %(number)s no longer counts", number=because["case_number"])),
        Fact(_("Given back"), dotted(yuan(change["refund_fen"]), _("%(n)s points", n=score(change["points_back"])))),
    ]


# --- words --------------------------------------------------------------------------------------


def texts(content: Json) -> list[Fact]:
    """The facts, and what people said of them, as the letter quotes it."""
    told, said = content["penalty"], content["said"]
    found = [
        Fact(_("Facts"), told["facts"] or ""),
        Fact(_("Defence"), _("The respondent waived the right to a defence.") if said.get("waived") else ""),
        *(Fact(_(words), said.get(key) or "") for key, words in {**SAID, **_by_kind(content["kind"])}.items()),
        *_examination(content.get("exam")),
        *_slip(content.get("slip")),
    ]
    if told.get("defence") and not said.get("statement"):
        found.insert(1, Fact(_("Defence"), told["defence"]["statement"] or ""))
    return [fact for fact in found if fact.text]


def _by_kind(kind: str) -> dict[str, str]:
    """An opinion is the head's on the submission, and on a decision of whoever decided."""
    return {} if kind == "penalty_submission" else {"opinion": N_("Opinion of whoever decided")}


def _examination(exam: Json | None) -> list[Fact]:
    if not exam:
        return []
    language = "zh" if is_chinese() else "en"
    asked, results = LABELS["exam"], LABELS["examined"]
    return [
        Fact(dotted(asked[item["key"]][language], results["open" if item["is_open"] else "checked"][language]),
             item[language])
        for item in exam["items"]
    ]  # fmt: skip


def _slip(slip: Json | None) -> list[Fact]:
    """What a pay day took, and why no more."""
    if not slip:
        return []
    told = _(
        "Owed %(owed)s, taken %(taken)s, carried over %(carried)s.",
        owed=yuan(slip["owed_fen"]), taken=yuan(slip["taken_fen"]), carried=yuan(slip["carried_fen"]),
    )  # fmt: skip
    return [Fact(_("Pay day %(month)s", month=case_words.month(slip["month"])), told)]


def money(content: Json) -> list[Money]:
    """The money that the step moved, with the account's month after it."""
    language = "zh" if is_chinese() else "en"
    return [
        Money(
            account=named(line["account"]),
            what=LABELS["money"][line["kind"]][language],
            fen=line["amount_fen"],
            after=_("%(month)s: %(total)s", month=case_words.month(line["month"]), total=yuan(line["total_fen"])),
            is_taken_back=line["effect"] == "reversed",
        )
        for line in content.get("money") or ()
    ]
