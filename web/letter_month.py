"""What a letter of the month says: scorecards in their stages, pay slips, and what a pay day took."""

from decimal import Decimal
from typing import Any

from flask_babel import gettext as _

from web import case_words
from web.language import is_chinese
from web.letter_values import Fact, named, score, who, yuan

Json = dict[str, Any]


def facts(content: Json) -> list[Fact]:
    card, slip = content.get("scorecard"), content.get("slip")
    found = [
        Fact(_("Employee"), who(content.get("respondent"))),
        Fact(_("Department"), named(content.get("department"))),
    ]
    if card:
        found += _card(card)
    if slip:
        found += _slip(slip)
    return [fact for fact in found if fact.text]


def _card(card: Json) -> list[Fact]:
    return [
        Fact(_("Month"), case_words.month(card["month"])),
        Fact(_("Score"), score(card["score"])),
        Fact(_("Performance base"), yuan(card["base_fen"])),
        Fact(_("Factor"), f"{Decimal(card['factor']):.2f}"),
        Fact(_("Performance pay"), yuan(card["pay_fen"])),
        Fact(_("Computed"), card.get("formula_zh" if is_chinese() else "formula_en") or ""),
    ]


def _slip(slip: Json) -> list[Fact]:
    return [
        Fact(_("Month"), case_words.month(slip["month"])),
        Fact(_("Wage"), yuan(slip["wage_fen"])),
        Fact(_("Owed"), yuan(slip["owed_fen"])),
        Fact(_("Taken"), yuan(slip["taken_fen"])),
        Fact(_("Paid back"), yuan(slip["refunded_fen"])),
        Fact(_("Rewards paid out"), yuan(slip["rewarded_fen"]) if slip.get("rewarded_fen") else ""),
        Fact(
            _("Not recoverable by deduction") if slip["limited_by"] == "left" else _("Carried over"),
            yuan(slip["carried_fen"]),
        ),
    ]


def texts(content: Json) -> list[Fact]:
    card, said = content.get("scorecard") or {}, content.get("said") or {}
    found = [
        Fact(_("Reason for the factor"), card.get("factor_reason") or ""),
        Fact(_("Reason"), said.get("reason") or ""),
        Fact(_("Note"), said.get("note") or ""),
    ]
    return [fact for fact in found if fact.text]
