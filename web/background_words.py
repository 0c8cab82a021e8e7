"""The rows of work in the background as an administrator reads them: what it is, for whom, and why it failed.

They name cases, letters and whoever asked; what a message, a letter or a file says is not shown.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session

from jobs import failed_steps, post
from jobs.background import State
from models import (
    AssessmentComputation,
    CallDay,
    CaseFile,
    Complaint,
    ComplaintImport,
    CustomerQuestion,
    FailedStep,
    HandedCustomers,
    HandOver,
    Inspection,
    Letter,
    Message,
    MonthFile,
    Order,
    Penalty,
    Person,
    Plan,
    Publication,
    RankingDue,
    RatingDuty,
    RegulationRehearsal,
    ReportFile,
    Reward,
    Scorecard,
)
from web import case_words, filters, moment, paper_words
from web.reach import CHANNELS
from web.regulation_tables import worded
from web.session import now
from workflow.act_words import WORDS
from workflow.assessment_period import Period
from workflow.deadline import Due
from workflow.process import N_
from workflow.regulation import Bilingual

NAMES = {
    "deadlines": N_("Steps due"),
    "hand-overs": N_("Hand-overs"),
    "reminders": N_("Reminders due"),
    "letters": N_("Papers"),
    "messages": N_("Messages"),
    "case-files": N_("Case files"),
    "month-files": N_("Monthly letters"),
    "reports": N_("Assessment reports"),
    "imports": N_("Imports"),
    "rehearsals": N_("Rehearsals"),
    "assessments": N_("Assessments"),
}
STATES: dict[State, str] = {"failed": N_("Failed"), "runs": N_("Running"), "waits": N_("Waiting")}
# What a server most often says to a message, by the kind of error; its own words stand behind.
SAID_OF_A_SERVER = {
    "ConnectionRefusedError": N_("The server cannot be reached."),
    "ConnectionError": N_("The server cannot be reached."),
    "TimeoutError": N_("The server does not answer."),
    "gaierror": N_("There is no server of this name."),
    "SSLCertVerificationError": N_("The server's certificate is not trusted."),
    "SMTPAuthenticationError": N_("The mail server does not accept the account or its password."),
    "SMTPRecipientsRefused": N_("The mail server does not accept the address."),
}
CASES: dict[str, type[Complaint] | type[Penalty]] = {Complaint.kind: Complaint, Penalty.kind: Penalty}


@dataclass(frozen=True)
class Row:
    """One piece of work: `key` is that of its row, which what only fell due does not have."""

    what: str
    whose: str = ""
    key: int | None = None
    why: str = ""
    times: str = ""


def row(session: Session, found: Any, state: State) -> Row:
    what, whose = TOLD[type(found)](session, found)
    return Row(
        what, whose, key=getattr(found, "id", None), why=_why(found) if state == "failed" else "",
        times=_times(found, state),
    )  # fmt: skip


def _why(found: Any) -> str:
    if isinstance(found, Message):
        return _why_not_sent(found.last_error or post.REFUSED)
    return paper_words.why(found.last_error or "")


def _why_not_sent(error: str) -> str:
    sentence = SAID_OF_A_SERVER.get(error.partition(": ")[0])
    return _(error) if sentence is None else f"{_(sentence)} {error}"


def _times(found: Any, state: State) -> str:
    """How often it was tried, the moment that counts, and how far it is."""
    attempts, total = getattr(found, "attempts", 0), getattr(found, "total", 0)
    tried = ngettext("%(num)s try", "%(num)s tries", attempts) if attempts else ""
    seen = _("%(seen)d of %(total)d", seen=found.seen, total=total) if state == "runs" and total else ""
    return " · ".join(part for part in (tried, _moment(found, state), seen) if part)


def _moment(found: Any, state: State) -> str:
    """Until when it is in hand, when it is tried again, or since when it could be done."""
    if _is_given_up(found):
        return _("once more each night") if isinstance(found, Order) else _("given up")
    until: datetime | None = getattr(found, "next_try_at", None)
    if state == "runs" and until is not None:
        return _("in hand until %(moment)s", moment=moment.moment(until))
    if until is not None and until > now():
        return _("next: %(moment)s", moment=moment.moment(until))
    if isinstance(found, Due | FailedStep):
        return _("due %(moment)s", moment=moment.moment(found.moment))
    asked = getattr(found, "asked_at", getattr(found, "uploaded_at", None))
    return _("asked for %(moment)s", moment=moment.moment(asked)) if asked else ""


def _is_given_up(found: Any) -> bool:
    return isinstance(found, Order | Message) and found.state == "failed"


# --- what each kind is about


def _failed(session: Session, step: FailedStep) -> tuple[str, str]:
    """A step of a case, a hand-over, or a reminder; of customers who were handed over the adviser is named."""
    if step.action == failed_steps.HAND_OVER:
        return _("Hand-over"), session.get_one(HandOver, step.case_id).person.name
    if step.action != failed_steps.REMIND:
        return _due(session, step)
    return _("Reminder"), REMINDED[step.kind](session, step.case_id)


def _case(of: type[Complaint | Penalty | Plan | Reward]) -> Callable[[Session, int], str]:
    return lambda session, key: filters.case(session.get_one(of, key))


def _customers(session: Session, key: int) -> str:
    return f"{_('First contact with customers')} · {session.get_one(HandedCustomers, key).to.name}"


def _card(session: Session, key: int) -> str:
    return _("Scorecards of %(number)s", number=moment.month(session.get_one(Scorecard, key).month))


# What somebody could not be reminded of, by its kind.
REMINDED: dict[str, Callable[[Session, int], str]] = {
    Complaint.kind: _case(Complaint), Penalty.kind: _case(Penalty), Plan.kind: _case(Plan), Scorecard.kind: _card,
    HandedCustomers.kind: _customers,
    CustomerQuestion.kind: lambda _session, key: _("Customer's question %(number)s", number=str(key)),
    Inspection.kind: lambda session, key: _(
        "Inspection %(number)s", number=session.get_one(Inspection, key).number
    ),
    Reward.kind: _case(Reward),
    Publication.kind: lambda session, key: _(
        "Target letter of %(number)s", number=session.get_one(Publication, key).period
    ),
    RankingDue.kind: lambda session, key: _(
        "Ranking of %(number)s", number=session.get_one(RankingDue, key).period
    ),
    RatingDuty.kind: lambda session, key: _(
        "Ratings of %(number)s", number=session.get_one(RatingDuty, key).number
    ),
    CallDay.kind: lambda _session, _key: _("Survey calls"),
}  # fmt: skip


def _due(session: Session, due: Due | FailedStep) -> tuple[str, str]:
    if due.kind == Scorecard.kind:
        month = f"{due.case_id // 100}-{due.case_id % 100:02}"
        return _("Compute the scorecards of %(month)s", month=moment.month(month)), ""
    act = _(WORDS[due.kind][due.action].choose)
    return act, filters.case(session.get_one(CASES[due.kind], due.case_id))


def _order(session: Session, order: Order) -> tuple[str, str]:
    letter = session.get_one(Letter, order.letter_id)
    return case_words.letter_title(letter.kind), filters.letter_number(letter)


def _message(session: Session, message: Message) -> tuple[str, str]:
    channel = _(CHANNELS[message.channel])
    person = session.get_one(Person, message.person_id)
    return person.name, _("%(channel)s, daily digest", channel=channel) if message.is_digest else channel


def _case_file(session: Session, file: CaseFile) -> tuple[str, str]:
    return _("Case file: %(case)s", case=filters.case(file.case)), _asked_by(session, file.asked_by_id)


def _month_file(session: Session, file: MonthFile) -> tuple[str, str]:
    return _("Letters of %(month)s", month=moment.month(file.month)), _asked_by(session, file.asked_by_id)


def _report_file(session: Session, file: ReportFile) -> tuple[str, str]:
    return _("Assessment report: %(title)s", title=file.title), _asked_by(session, file.asked_by_id)


def _import(session: Session, imported: ComplaintImport) -> tuple[str, str]:
    rows = ngettext("%(num)s row", "%(num)s rows", imported.total)
    return _("Import of complaints, %(rows)s", rows=rows), _asked_by(session, imported.uploaded_by_id)


def _rehearsal(session: Session, rehearsal: RegulationRehearsal) -> tuple[str, str]:
    return _("Rehearsal of a draft of the regulation"), _asked_by(session, rehearsal.asked_by_id)


def _assessment(session: Session, computation: AssessmentComputation) -> tuple[str, str]:
    of = computation.assessment
    title = worded(Bilingual(**of.regulation_version.content["title"]))
    return _("%(regulation)s, %(period)s", regulation=title, period=moment.period(Period.named(of.period))), _asked_by(
        session, computation.asked_by_id
    )


def _asked_by(session: Session, person_id: int) -> str:
    return _("requested by %(name)s", name=session.get_one(Person, person_id).name)


TOLD: dict[type[Any], Callable[[Session, Any], tuple[str, str]]] = {
    Due: _due, FailedStep: _failed, Order: _order, Message: _message, CaseFile: _case_file, MonthFile: _month_file,
    ReportFile: _report_file, ComplaintImport: _import, RegulationRehearsal: _rehearsal,
    AssessmentComputation: _assessment,
}  # fmt: skip
