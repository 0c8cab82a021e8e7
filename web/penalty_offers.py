"""What the reader may do with a penalty now, what each act would bring, and why the others are closed.

The open and the closed acts come from the table of rules; this module words and orders them.
"""

from flask import request, url_for
from flask_babel import gettext as _

from models import LadderStep, Penalty, PenaltyState
from web import case_words, filters
from web.case_forms import ActForm
from web.case_offers import Choice, Closed
from web.label import label
from web.penalty_consequence import consequence
from web.penalty_forms import form_of
from web.penalty_step import present_or_intended, step_of
from web.penalty_words import words_of
from workflow.penalty import PENALTY
from workflow.process import INVALID, N_, Objection, Offer

S = PenaltyState
# The address of each act is a noun.
NOUNS = {
    "defence": "defend", "waiver": "waive", "submission": "submit", "dropping": "drop", "rejection": "reject",
    "approval": "approve", "appeal": "appeal", "revocation": "revoke", "sustaining": "sustain",
    "reinstatement": "reinstate", "certificate": "certify",
}  # fmt: skip
NOUN_OF = {action: noun for noun, action in NOUNS.items()}
# What decides is shown with all its consequences before it is confirmed.
DECISIONS = ("approve", "reject", "revoke", "sustain", "reinstate")
# The likeliest act first: it is the one under the thumb.
LIKELIEST = ("submit", "approve", "defend", "appeal", "reinstate", "sustain", "certify", "waive", "reject", "revoke",
             "drop")  # fmt: skip
CLOSED_NOW = {
    ("appeal", S.APPEALED): N_("An appeal is open already; it is being ruled on."),
    ("appeal", S.FINAL): N_("The time to appeal is over; the penalty has taken effect."),
    ("defend", S.HEARD): N_("The defence has been given or waived already; more can be added as a remark."),
    ("waive", S.HEARD): N_("The defence has been given or waived already."),
}


def offers(penalty: Penalty) -> list[Offer[Penalty]]:
    """What the table of rules offers to a person here, by acts that have a place on this page."""
    found = [offer for offer in PENALTY.offers(step_of(penalty)) if _has_a_place(offer.name, penalty)]
    return sorted(found, key=lambda offer: LIKELIEST.index(offer.name))


def _has_a_place(action: str, penalty: Penalty) -> bool:
    """A certificate and a word on reinstatement belong to dismissals only."""
    if action == "certify":
        return penalty.step is LadderStep.DISMISSAL
    return action in NOUN_OF and (action != "reinstate" or penalty.reinstatement_due_at is not None)


def standing(offer: Offer[Penalty]) -> tuple[Objection, ...]:
    """The objections that no input can answer; what is merely not filled in yet closes nothing."""
    return tuple(objection for objection in offer.objections if not _can_be_answered(offer, objection))


def _can_be_answered(offer: Offer[Penalty], objection: Objection) -> bool:
    if objection.code != INVALID:
        return False
    # The union's notice is no input of the approval, and nothing brings back who has left.
    return not (offer.name == "approve" and objection.values.get("field") in ("union_notice", "respondent"))


def choices(penalty: Penalty, tried: ActForm | None, action: str | None) -> list[Choice]:
    """The open acts; `tried` is the form of `action` that came back with errors."""
    chosen = action or request.args.get("act", "")
    return [
        _choice(offer, penalty, tried if offer.name == action else None, is_chosen=offer.name == chosen)
        for offer in offers(penalty)
        if not standing(offer)
    ]


def _choice(offer: Offer[Penalty], penalty: Penalty, tried: ActForm | None, *, is_chosen: bool) -> Choice:
    action = offer.name
    words = words_of(action, present_or_intended(penalty))
    return Choice(
        action=action, title=_(words.choose), consequence=consequence(offer.rule, penalty), button=_(words.button),
        url=address(action, penalty),
        form=tried or form_of(action, penalty)(formdata=None, version=version_of(penalty)),
        is_chosen=is_chosen, needs_confirming=action in DECISIONS,
    )  # fmt: skip


def version_of(penalty: Penalty) -> int:
    """How many events the case had: what happens afterwards makes a form stale."""
    return len(penalty.events)


def address(action: str, penalty: Penalty) -> str:
    """Where an act's form is sent: at once to the act, or to the preview of what decides."""
    if action in DECISIONS:
        return url_for("penalty.preview", number=penalty.number)
    return url_for("penalty.act", number=penalty.number, noun=NOUN_OF[action])


def closed(penalty: Penalty) -> list[Closed]:
    """What stands in the way of each act that is not open: first by the rules, then by the moment."""
    found: dict[str, list[str]] = {}
    for offer in offers(penalty):
        if objections := standing(offer):
            reasons = " ".join(filters.sentence(objection) for objection in objections)
            found.setdefault(reasons, []).append(offer.name)
    for name in _not_offered(penalty):
        found.setdefault(_why_not_now(name, penalty), []).append(name)
    return [Closed(_among(names, penalty), reason) for reason, names in found.items()]


def _among(names: list[str], penalty: Penalty) -> str:
    step = present_or_intended(penalty)
    return case_words.names(_(words_of(name, step).choose) for name in names)


def _not_offered(penalty: Penalty) -> list[str]:
    """The acts that would be this reader's in another state of the penalty."""
    step, offered = step_of(penalty), {offer.name for offer in offers(penalty)}
    mine = dict.fromkeys(
        rule.name for rule in PENALTY.rules
        if rule.source and _has_a_place(rule.name, penalty) and rule.name not in offered and rule.by(step) is None
    )  # fmt: skip
    return list(mine)


def _why_not_now(action: str, penalty: Penalty) -> str:
    if (known := CLOSED_NOW.get((action, penalty.state))) is not None:
        return _(known)
    sources = dict.fromkeys(source for rule in PENALTY.rules if rule.name == action for source in rule.source)
    states = case_words.any_of(label(source) for source in sources)
    return _("Possible only while the case is “%(states)s”.", states=states)
