"""What the reader had typed when a form was refused, to be shown back; passwords never are."""

from dataclasses import dataclass

from flask import request
from flask_babel import gettext as _

from web.regulation_words import GROUPS
from web.stationery_words import LINES
from workflow.process import N_

LABELS = {
    "reason": N_("Reason"),
    "grounds": N_("Grounds"),
    "facts": N_("Facts"),
    "statement": N_("Your statement"),
    "open_reason": N_("Why, although items are open"),
    "union_notice": N_("The union's notice and its answer"),
    "finding": N_("What was checked and found"),
    "respondent": N_("Person concerned"),
    "opinion": N_("Opinion"),
    "note": N_("Note"),
    "answer": N_("Answer"),
    "remark": N_("Remark"),
    "description": N_("What happened"),
    "demand": N_("What the customer asks for"),
    "measures_taken": N_("Measures taken"),
    "result": N_("Result"),
    "improvement_measures": N_("Improvement measures"),
    "improvement_owner": N_("Who improves it"),
    "answer_to_customer": N_("Answer to the customer"),
    "customer_name": N_("Customer"),
    "customer_phone": N_("Phone"),
    "vehicle": N_("Vehicle"),
    "vehicle_model": N_("Model"),
    "order_number": N_("Work order or contract number"),
    "name": N_("Name"),
    "title": N_("Post"),
    "rework_cost": N_("Rework cost in yuan"),
    "employee": N_("Employee"),
    "amount": N_("Commission in yuan"),
    "cap_percent": N_("Most that a pay day takes, in percent of the month's wage"),
    "minimum_wage": N_("Local minimum wage in yuan"),
    "wage": N_("Wage in yuan"),
    "performance_base": N_("Performance base in yuan"),
    "place": N_("Place"),
    "witness_1": N_("First witness"),
    "witness_2": N_("Second witness"),
    "adoption": N_("How it was adopted and made known"),
    "source": N_("Source"),
    "name_zh": N_("Name in Chinese"),
    "name_en": N_("Name in English"),
    **LINES,
}
# Days, numbers and choices: shown back only where something else was written in their place.
OF_CHOICES = {
    "complaint": N_("Complaint"),
    "rule": N_("Rule that was broken"),
    "channel": N_("Channel"),
    "category": N_("Category"),
    "severity": N_("Severity"),
    "department": N_("Department"),
    "team": N_("Team"),
    "ladder": N_("Ladder of penalties"),
    "deputy": N_("Deputy"),
    "person": N_("Employee"),
    "role": N_("Role"),
    "username": N_("Account"),
    "user": N_("Account"),
    "slug": N_("Short name"),
    "fines": N_("What a penalty takes"),
    "review_body": N_("Who rules on appeals against penalties"),
    "way": N_("How it was served"),
    "satisfaction": N_("How satisfied is the customer?"),
    "violation": N_("Did staff break a rule (CS-7)?"),
    "varied_violation": N_("Did staff break a rule (CS-7)?"),
    "reinstated": N_("Does the person come back?"),
    "occurred_on": N_("When it happened"),
    "known_on": N_("When the company came to know"),
    "completed_at": N_("Complete since"),
    "improvement_due": N_("By when"),
    "ends_on": N_("Last day of employment"),
    "served_at": N_("When it was served"),
    "joined_on": N_("Joined on"),
    "since": N_("From"),
    "until": N_("To, that day included"),
    "day": N_("In force from"),
    "month": N_("Month"),
    "factor": N_("Factor"),
}
WITHOUT_NAME = N_("What you typed")
SECRET = ("csrf_token", "password", "next")
# What a form carries to tell which figures were seen, and the files that it has brought already.
CARRIED = ("seen", "files_kept")
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
        Kept(label_of(name), text)
        for name, text in request.form.items(multi=True)
        if text.strip() and _was_written(name, text)
    ]


def label_of(name: str) -> str:
    """A field as the page calls it, never as the form does: `reason-14` stands beside one card of many."""
    plain, group = name.partition("-")[0], name.partition(".")[0]
    words = LABELS.get(plain) or OF_CHOICES.get(plain) or GROUPS.get(group) or WITHOUT_NAME
    return _(words)


def _was_written(name: str, text: str) -> bool:
    if name in CARRIED or any(secret in name for secret in SECRET):
        return False
    return name.partition("-")[0] in LABELS or len(text) > LONGEST_CHOICE or not text.isascii()
