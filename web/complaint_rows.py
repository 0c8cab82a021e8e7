"""One complaint as a row of the list, as this reader may read it; the same for a download."""

from dataclasses import dataclass, replace

from flask import url_for
from flask_babel import gettext as _

from models import Complaint, ComplaintState, Severity
from web import case_clocks
from web.filters import masked, named
from web.moment import Clock
from web.session import actor
from workflow import veil

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

    @property
    def gist(self) -> str:
        """The beginning of what the customer said."""
        line = " ".join(self.words.split())
        return line if len(line) <= LONGEST else f"{line[:LONGEST].rstrip()}…"


def row(complaint: Complaint, *, hides_customer: bool) -> Row:
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
