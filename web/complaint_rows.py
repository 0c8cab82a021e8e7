"""One complaint as a row of the list, as this reader may read it; the same for a download."""

from dataclasses import dataclass, replace

from flask import url_for
from flask_babel import gettext as _

from models import Complaint, ComplaintState, Severity
from web import case_clocks
from web.filters import masked, named, sentence
from web.moment import Clock
from web.session import actor, now
from workflow import veil
from workflow.complaint import COMPLAINT
from workflow.process import FORBIDDEN, Objection, Step

LONGEST = 80


@dataclass(frozen=True)
class Row:
    """What a list says about a complaint; `customer` is empty where it is hidden."""

    number: str
    url: str
    customer: str
    phone: str
    words: str
    severity: Severity
    state: ComplaintState
    department: str
    respondent: str
    clock: Clock | None
    can_be_chosen: bool
    stays: str

    @property
    def gist(self) -> str:
        """The beginning of what the customer said."""
        line = " ".join(self.words.split())
        return line if len(line) <= LONGEST else f"{line[:LONGEST].rstrip()}…"


def row(complaint: Complaint, *, hides_customer: bool, offers_choice: bool) -> Row:
    """`offers_choice`: whether the rules are asked if this reader can assign it now."""
    objections = _against_assigning(complaint) if offers_choice else None
    return Row(
        number=complaint.number,
        url=url_for("complaint.show", number=complaint.number),
        customer="" if hides_customer else veil.customer_name(complaint, actor()) or "",
        phone="" if hides_customer else masked(veil.customer_phone(complaint, actor())),
        words=_words(complaint, hides_customer=hides_customer),
        severity=complaint.severity,
        state=complaint.state,
        department=named(complaint.department) if complaint.department is not None else "",
        respondent=complaint.respondent.name if complaint.respondent is not None else "",
        clock=_clock(complaint),
        can_be_chosen=objections is not None,
        stays=" ".join(map(sentence, objections or ())),
    )


def _words(complaint: Complaint, *, hides_customer: bool) -> str:
    if hides_customer:
        return veil.hidden(complaint.description, complaint, customer=_("the customer"))
    return veil.words(complaint.description, complaint, actor(), customer=_("the customer"))


def _clock(complaint: Complaint) -> Clock | None:
    if complaint.due_at is None:
        return None
    found = case_clocks.clock_of(complaint, complaint.due_at)
    if complaint.clock == "follow_up":
        return replace(found, words=_("Follow-up: %(words)s", words=found.words))
    return found


def _against_assigning(complaint: Complaint) -> tuple[Objection, ...] | None:
    """What the rules object to when this complaint is assigned as it stands; None where it is not
    this reader's to assign."""
    if complaint.state is not ComplaintState.FILED:
        return None
    offers = COMPLAINT.offers(Step(complaint, actor(), now()))
    found = next(offer for offer in offers if offer.name == "assign")
    return None if any(o.code == FORBIDDEN for o in found.objections) else found.objections
