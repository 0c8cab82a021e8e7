"""Points: post, confirm, reverse. Entries hang on the step's event and are saved with it.

A correction is an opposite entry with the status of the one it takes back; nothing is edited
but the one flip from provisional to final.
"""

from decimal import Decimal

from models import Complaint, Department, EntryStatus, Person, ScoreEntry
from workflow.process import Step
from workflow.regulation import BySeverity, Price, pack_of

ZERO = Decimal(0)
PROVISIONAL, FINAL = EntryStatus.PROVISIONAL, EntryStatus.FINAL


def post(
    step: Step[Complaint], account: Person | Department | None, points: Decimal, *, kind: str, status: EntryStatus
) -> None:
    """Charge an account in the month of the event. Zero and nobody leave no entry."""
    if account is None or points == 0:
        return
    entry = ScoreEntry(kind=kind, points=points, status=status, month=month_of(step))
    if isinstance(account, Person):
        entry.person, entry.person_id = account, account.id
    else:
        entry.department, entry.department_id = account, account.id
    step.event.entries.append(entry)


def post_for_severity(step: Step[Complaint], *, status: EntryStatus) -> None:
    """What an assigned complaint of this severity costs respondent and department."""
    price = price_of(step, "assign")
    _post_by_severity(step, step.subject.respondent, price.respondent, kind="respondent", status=status)
    _post_by_severity(step, step.subject.department, price.department, kind="department", status=status)


def _post_by_severity(
    step: Step[Complaint], account: Person | Department | None,
    price: BySeverity | Decimal | None, *, kind: str, status: EntryStatus,
) -> None:  # fmt: skip
    points = price.of(step.subject.severity) if isinstance(price, BySeverity) else price
    post(step, account, points or ZERO, kind=kind, status=status)


def confirm(step: Step[Complaint]) -> list[ScoreEntry]:
    """Every provisional entry of the case that still stands becomes final, once."""
    confirmed = [entry for entry in standing_entries(step.subject) if entry.status is PROVISIONAL]
    for entry in confirmed:
        entry.status = FINAL
        entry.confirmed_by = step.event
    return confirmed


def reverse_all(step: Step[Complaint]) -> list[ScoreEntry]:
    """Take back every entry of the case that still stands, by an opposite entry of its status."""
    return [_reverse(step, entry) for entry in standing_entries(step.subject)]


def _reverse(step: Step[Complaint], entry: ScoreEntry) -> ScoreEntry:
    reversal = ScoreEntry(kind=entry.kind, points=-entry.points, status=entry.status, month=month_of(step))
    reversal.person, reversal.person_id = entry.person, entry.person_id
    reversal.department, reversal.department_id = entry.department, entry.department_id
    reversal.reverses = entry
    step.event.entries.append(reversal)
    return reversal


def standing_entries(complaint: Complaint) -> list[ScoreEntry]:
    """Entries that were neither taken back nor take something back."""
    entries = entries_of(complaint)
    taken_back = {id(entry.reverses) for entry in entries if entry.reverses is not None}
    return [e for e in entries if e.reverses is None and id(e) not in taken_back]


def entries_of(complaint: Complaint) -> list[ScoreEntry]:
    return [entry for event in complaint.events for entry in event.entries]


def price_of(step: Step[Complaint], action: str) -> Price:
    return pack_of(step.subject.regulation_version).price("complaint", action)


def month_of(step: Step[Complaint]) -> str:
    return step.actor.office.calendar.month_of(step.at)
