"""What the reader had typed when a form was refused, to be shown back; passwords never are."""

from dataclasses import dataclass

from flask import request
from flask_babel import gettext as _

from workflow.process import N_

LABELS = {
    "reason": N_("Reason"),
    "grounds": N_("Grounds"),
    "opinion": N_("Opinion"),
    "note": N_("Note"),
    "remark": N_("Remark"),
    "description": N_("What happened"),
    "demand": N_("What the customer asks for"),
    "measures_taken": N_("Measures taken"),
    "result": N_("Result"),
    "improvement_measures": N_("Improvement measures"),
    "answer_to_customer": N_("Answer to the customer"),
    "customer_name": N_("Customer"),
    "customer_phone": N_("Phone"),
    "vehicle": N_("Vehicle"),
    "name": N_("Name"),
    "title": N_("Post"),
}
SECRET = ("csrf_token", "password", "next")
# Keys, numbers and choices: what was picked, not what was written.
LONGEST_CHOICE = 40


@dataclass(frozen=True)
class Kept:
    """One piece of text with the name of its field."""

    label: str
    text: str

    @property
    def rows(self) -> int:
        return min(12, max(2, len(self.text) // 40 + self.text.count("\n") + 1))


def kept() -> list[Kept]:
    """Every text of the form that was sent."""
    if request.method != "POST":
        return []
    return [
        Kept(_(LABELS[name]) if name in LABELS else name, text)
        for name, text in request.form.items(multi=True)
        if text.strip() and _was_written(name, text)
    ]


def _was_written(name: str, text: str) -> bool:
    if any(secret in name for secret in SECRET):
        return False
    return name in LABELS or len(text) > LONGEST_CHOICE or not text.isascii()
