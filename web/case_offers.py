"""What the reader may do in a case now, what each act would bring, and why the others are closed.

The open and the closed acts come from the table of rules; this module words and orders them.
"""

from dataclasses import dataclass

from flask import request, url_for
from flask_babel import gettext as _

from models import Complaint, ComplaintState, Role
from web import case_words, filters
from web.case_consequence import consequence
from web.case_forms import FORMS, ActForm
from web.case_prefill import prefilled
from web.label import label
from web.session import actor, me, now
from workflow import remark, sight
from workflow.complaint import COMPLAINT
from workflow.process import INVALID, N_, Objection, Offer, Step

S = ComplaintState
# The address of each act is a noun.
NOUNS = {
    "assignment": "assign", "acceptance": "accept", "appeal": "appeal", "retraction": "retract",
    "endorsement": "endorse", "declining": "decline", "remand": "remand", "upholding": "uphold",
    "dismissal": "dismiss", "variation": "vary", "completion": "complete", "report": "report",
    "return": "return", "verification": "verify", "follow-up": "follow_up", "withdrawal": "withdraw",
    "reopening": "reopen", "suspension": "suspend", "resumption": "resume",
}  # fmt: skip
NOUN_OF = {action: noun for noun, action in NOUNS.items()}
RULINGS = ("uphold", "dismiss", "vary", "remand")
# What cannot be taken back is shown with all its consequences before it is confirmed.
CONFIRMED = (*RULINGS, "withdraw")
# The likeliest act first: it is the one under the thumb.
LIKELIEST = (
    "assign", "accept", "endorse", "uphold", "complete", "report", "verify", "follow_up", "appeal", "dismiss",
    "decline", "vary", "remand", "return", "retract", "reopen", "resume", "suspend", "withdraw",
)  # fmt: skip
CLOSED_NOW = {
    ("appeal", S.APPEALED): N_("An appeal is open already; another can be made only after it is decided."),
    ("appeal", S.RULING): N_("An appeal is open already; another can be made only after it is decided."),
    ("accept", S.APPEALED): N_("The respondent has appealed; the case comes to handling after the ruling."),
    ("accept", S.RULING): N_("An appeal is open; the case comes to handling after the ruling."),
    ("retract", S.RULING): N_("The head has acted on the appeal already; it can no longer be taken back."),
}


@dataclass(frozen=True)
class Choice:
    """An open act: what it brings and what it asks for."""

    action: str
    title: str
    consequence: str
    button: str
    url: str
    form: ActForm
    is_chosen: bool
    needs_confirming: bool


@dataclass(frozen=True)
class Closed:
    """Acts that are not open for one and the same reason."""

    title: str
    reason: str


def step_of(complaint: Complaint) -> Step[Complaint]:
    return Step(complaint, actor(), now())


def offers(complaint: Complaint) -> list[Offer[Complaint]]:
    """What the table of rules offers to a person here; the clock's own steps are nobody's choice."""
    found = [offer for offer in COMPLAINT.offers(step_of(complaint)) if offer.rule.by.name != "system"]
    return sorted(found, key=lambda offer: LIKELIEST.index(offer.name))


def standing(offer: Offer[Complaint]) -> tuple[Objection, ...]:
    """The objections that no input can answer; what is merely not filled in yet closes nothing."""
    return tuple(objection for objection in offer.objections if objection.code != INVALID)


def choices(complaint: Complaint, tried: ActForm | None, action: str | None) -> list[Choice]:
    """The open acts; `tried` is the form of `action` that came back with errors."""
    open_now = [offer for offer in offers(complaint) if not standing(offer)]
    chosen = action or request.args.get("act", "")
    return [
        _choice(offer, complaint, tried if offer.name == action else None, is_chosen=offer.name == chosen)
        for offer in open_now
    ]


def _choice(offer: Offer[Complaint], complaint: Complaint, tried: ActForm | None, *, is_chosen: bool) -> Choice:
    action, words = offer.name, case_words.WORDS[offer.name]
    return Choice(
        action=action, title=_(words.choose), consequence=consequence(offer.rule, complaint), button=_(words.button),
        url=_address(action, complaint),
        form=tried or FORMS[action](formdata=None, **prefilled(action, complaint)),
        is_chosen=is_chosen, needs_confirming=action in CONFIRMED,
    )  # fmt: skip


def _address(action: str, complaint: Complaint) -> str:
    """Where an act's form is sent: at once to the act, or to the preview of what cannot be taken back."""
    if action in RULINGS:
        return url_for("complaint.preview", number=complaint.number, what="ruling")
    if action in CONFIRMED:
        return url_for("complaint.preview", number=complaint.number, what=NOUN_OF[action])
    return url_for("complaint.act", number=complaint.number, noun=NOUN_OF[action])


def closed(complaint: Complaint) -> list[Closed]:
    """What stands in the way of each act that is not open: first by the rules, then by the moment."""
    found: dict[str, list[str]] = {}
    for offer in offers(complaint):
        if objections := standing(offer):
            reasons = " ".join(filters.sentence(objection) for objection in objections)
            found.setdefault(reasons, []).append(offer.name)
    for name in _not_offered(complaint):
        found.setdefault(_why_not_now(name, complaint), []).append(name)
    closed_acts = [Closed(_chosen_among(names), reason) for reason, names in found.items()]
    return [*closed_acts, *_hidden(complaint)]


def _chosen_among(names: list[str]) -> str:
    return case_words.names(_(case_words.WORDS[name].choose) for name in names)


def _hidden(complaint: Complaint) -> list[Closed]:
    if sight.sees_customer(complaint, actor()):
        return []
    return [
        Closed(_("See the customer's name and number"), _("They are shown only to those who look after the customer."))
    ]


def _not_offered(complaint: Complaint) -> list[str]:
    """The acts that would be this reader's in another state of the case."""
    step, offered = step_of(complaint), {offer.name for offer in offers(complaint)}
    mine = dict.fromkeys(
        rule.name for rule in COMPLAINT.rules
        if rule.source and rule.name not in offered and rule.by(step) is None
    )  # fmt: skip
    return list(mine)


def _why_not_now(action: str, complaint: Complaint) -> str:
    if (known := CLOSED_NOW.get((action, complaint.state))) is not None:
        return _(known)
    sources = dict.fromkeys(source for rule in COMPLAINT.rules if rule.name == action for source in rule.source)
    states = case_words.any_of(label(source) for source in sources)
    return _("Possible only while the case is “%(states)s”.", states=states)


def may_remark(complaint: Complaint) -> bool:
    return remark.may_remark(complaint, actor())


def may_find_violation(complaint: Complaint) -> bool:
    return remark.may_find_violation(complaint, actor(), now())


def may_call(complaint: Complaint) -> bool:
    """Whether the reader is one of those who call the customer."""
    return Role.CUSTOMER_RELATIONS in actor().roles and complaint.respondent_id != me().id
