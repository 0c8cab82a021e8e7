"""What a letter about a reward says: for what, how much, in which month, and why it was taken back."""

from typing import Any

from flask_babel import gettext as _

from web import case_words
from web.letter_values import Fact, named, when, who, yuan

Json = dict[str, Any]


def facts(content: Json) -> list[Fact]:
    told = content["reward"]
    found = [
        Fact(_("Employee"), who(content["respondent"])),
        Fact(_("Department"), named(content["department"])),
        Fact(_("Reward"), yuan(told["amount_fen"])),
        Fact(_("Rank"), str(told["place"] or "")),
        Fact(_("Month"), case_words.month(told["month"])),
        Fact(_("Granted"), when(told["granted_at"])),
        Fact(_("Proposed by"), who(told["proposed_by"])),
    ]
    return [fact for fact in found if fact.text]


def texts(content: Json) -> list[Fact]:
    told, said = content["reward"], content["said"]
    found = [
        Fact(_("What it is for"), told["reason"]),
        Fact(_("Decision"), said["decision"] or ""),
        Fact(_("Reason"), said["reason"] or ""),
    ]
    return [fact for fact in found if fact.text]
