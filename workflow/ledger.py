"""Points: post, confirm, reverse. Entries hang on the step's event and are saved with it.

A correction is an opposite entry with the status of the one it takes back; nothing is edited
but the one flip from provisional to final.
"""

from collections.abc import Sequence
from decimal import Decimal

from models import Complaint, Department, EntryStatus, Person, ScoreEntry
from workflow import roles
from workflow.process import Step
from workflow.regulation import Account, Price, pack_of

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


def charge(step: Step[Complaint], *, actions: Sequence[str] = (), status: EntryStatus = FINAL) -> None:
    """What the schedule asks of respondent, department and head for this step, or for `actions` together."""
    case = step.subject
    prices = [price_of(step, action) for action in actions or (step.rule.name,)]
    accounts: tuple[tuple[Account, Person | Department | None], ...] = (
        ("respondent", case.respondent), ("department", case.department), ("head", _head(step)),
    )  # fmt: skip
    for kind, account in accounts:
        points = sum((price.of(kind, case.severity) for price in prices), ZERO)
        post(step, account, points, kind=kind, status=status)


def _head(step: Step[Complaint]) -> Person | None:
    if step.subject.department is None:
        return None
    return roles.who_takes_heads_steps(step.subject, step.actor.staff)


def confirm(step: Step[Complaint]) -> None:
    """Every provisional entry of the case that still stands becomes final, once."""
    for entry in standing_entries(step.subject):
        if entry.status is PROVISIONAL:
            entry.status = FINAL
            entry.confirmed_by = step.event


def reverse(step: Step[Complaint], *, posted_by: Sequence[str] = ()) -> None:
    """Take back, by opposite entries of the same status, what still stands; or only what these actions posted."""
    for entry in standing_entries(step.subject):
        if not posted_by or entry.event.action in posted_by:
            _take_back(step, entry)


def _take_back(step: Step[Complaint], entry: ScoreEntry) -> None:
    reversal = ScoreEntry(kind=entry.kind, points=-entry.points, status=entry.status, month=month_of(step))
    reversal.person, reversal.person_id = entry.person, entry.person_id
    reversal.department, reversal.department_id = entry.department, entry.department_id
    reversal.reverses = entry
    step.event.entries.append(reversal)


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
