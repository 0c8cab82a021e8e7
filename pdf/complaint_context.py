"""What the templates of a complaint's letters read beside the frozen content."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pdf import copies
from pdf.prose import Content
from pdf.words import Copy, Language

# More people than these stand under "copies", as in any office document.
_ADDRESSED = 3


def context(content: Content, *, lang: Language, copy: Copy) -> dict[str, Any]:  # as for every series
    """Customer, addressees, and what was said or done, as the letters of a complaint call them."""
    recipients, name = content["recipients"], content["complaint"]["customer_name"]
    return {
        "customer": copies.customer_in_text(name, lang=lang),
        "salutation": copies.salutation(content, lang=lang),
        "addressed": recipients[:_ADDRESSED],
        "copied": recipients[_ADDRESSED:],
        "statutory_is_ahead": _moment(content["complaint"]["statutory_due"]) > _moment(content["issued_at"]),
        "because": _because(content["said"]),
        "handling_for_customer": _done_for_the_customer(content["handling"]),
    }


def _moment(value: str) -> datetime:
    return datetime.fromisoformat(value)


def _because(said: Mapping[str, Any]) -> str | None:
    """What the signer gave as the ground of the step, under whichever name it was asked."""
    asked = ("reason", "opinion", "grounds", "note", "result")
    return next((said[name] for name in asked if said[name]), None)


def _done_for_the_customer(handling: Mapping[str, Any] | None) -> list[str]:
    told = ("measures_taken", "improvement_measures")
    return [handling[name] for name in told if (handling[name] or "").strip()] if handling else []
