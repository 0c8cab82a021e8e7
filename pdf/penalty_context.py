"""What the templates of a penalty's letters read beside the frozen content."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pdf import copies
from pdf.filters import label
from pdf.prose import Content
from pdf.words import LEADERS_PART, TITLES, Copy, Language

Json = Mapping[str, Any]

_DECISIONS = ("first_penalty_notice", "second_penalty_notice", "dismissal_notice", "fine_notice")
_WITH_RECEIPT = (
    *_DECISIONS,
    *("revocation_notice", "sustained_ruling", "regrade_notice", "reinstatement_ruling"),
)
# Money of these kinds comes to the employee; the others are printed as what is charged.
_PAID_OUT = ("refund", "reward")
_OF_DETAILING = ("rework_share", "commission_forfeit")


def context(content: Content, *, lang: Language, copy: Copy) -> dict[str, Any]:
    """Addressees and the rows of the table of effects."""
    penalty, said = content["penalty"], content["said"]
    addressee = penalty["leader"] if copy == "leader" else content["respondent"]
    return {
        "title": TITLES[content["kind"]][lang] + (LEADERS_PART[lang] if copy == "leader" else ""),
        "addressed": [addressee],
        "customer": copies.customer_in_text(_customer(penalty), lang=lang),
        "because": said.get("answer") or said["reason"] or said["opinion"],
        "reinstated": said.get("reinstated", not said.get("end_on")),
        "effects": _effects(content, lang, copy),
        "effect_month": _only({line["month"] for line in (*content["entries"], *content["money"])}),
        "money_is_due": _money_is_due(penalty, copy),
        "has_receipt": content["kind"] in _WITH_RECEIPT,
    }


def _customer(penalty: Json) -> str | None:
    name: str | None = penalty["complaint"]["customer_name"] if penalty["complaint"] else None
    return name


def _only(months: set[str]) -> str | None:
    return months.pop() if len(months) == 1 else None


def _money_is_due(penalty: Json, copy: Copy) -> bool:
    """Whether the reader of this copy is to pay anything."""
    shares = penalty["shares"] or dict.fromkeys(("person", "leader"))
    borne = shares["leader" if copy == "leader" else "person"]
    return bool((borne and borne["fen"]) or (copy != "leader" and (penalty["fine_fen"] or penalty["commission"])))


def _effects(content: Json, lang: Language, copy: Copy) -> list[Json]:
    """A row for each entry; for the person concerned a zero where nothing was posted."""
    step = label(content["penalty"]["step"], "step", lang)
    points = [_points_row(entry, step, lang) for entry in content["entries"]]
    money = [_money_row(line, content, lang) for line in content["money"]]
    # The fine of a single matter has no points to speak of.
    if not _has_own(content["entries"], copy) and content["penalty"]["step"] != "fine":
        points.insert(
            0, {"item": step, "account": None, "points": "0.00", "balance": None, "month": None, "source": None}
        )
    if not _has_own(content["money"], copy):
        money.insert(0, _no_money(content, lang))
    return [*points, *money]


def _has_own(lines: Sequence[Json], copy: Copy) -> bool:
    return any(line["joint"] is (copy == "leader") for line in lines)


def _points_row(entry: Json, step: str, lang: Language) -> Json:
    return {
        "item": _why(entry, step, lang),
        "account": entry["account"][lang],
        "points": entry["points"],
        "balance": entry["balance_after"],
        "month": entry["month"],
        "source": None,
    }


def _why(entry: Json, step: str, lang: Language) -> str:
    if entry["effect"] == "reversed":
        return label("reversal", "penalty_action", lang)
    if entry["joint"]:
        return label("joint", "penalty_action", lang)
    return step if entry["action"] == "approve" else label(entry["action"], "penalty_action", lang)


def _money_row(line: Json, content: Json, lang: Language) -> Json:
    sign = 1 if line["kind"] in _PAID_OUT else -1
    return {
        "item": label(line["kind"], "money", lang),
        "account": line["account"][lang],
        "fen": sign * line["amount_fen"],
        "total": -line["total_fen"],
        "month": line["month"],
        "source": _source(line["kind"], content),
    }


def _no_money(content: Json, lang: Language) -> Json:
    item = label("fine", "money", lang)
    return {"item": item, "account": None, "fen": 0, "total": None, "month": None, "source": content["rule"]}


def _source(kind: str, content: Json) -> str:
    source: str = "CS-9" if kind in _OF_DETAILING else content["rule"]
    return source
