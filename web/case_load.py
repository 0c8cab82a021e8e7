"""Finding the case that a page is about: for whoever may see it, and locked for whoever acts.

A case that is not there and a case that is not for this reader answer alike (404).
"""

from flask import abort
from sqlalchemy.orm import joinedload, selectinload

from models import Attachment, Complaint, Event, Letter, LetterRecipient, ScoreEntry
from web.after import after_commit
from web.session import actor, db, now
from workflow import overdue, sight

FOR_THE_PAGE = (
    selectinload(Complaint.events).options(
        joinedload(Event.actor),
        joinedload(Event.acting_for),
        selectinload(Event.entries).options(joinedload(ScoreEntry.person), joinedload(ScoreEntry.department)),
        selectinload(Event.letters).selectinload(Letter.recipients).joinedload(LetterRecipient.person),
    ),
    selectinload(Complaint.attachments).joinedload(Attachment.added_by),
)


def case_seen(number: str) -> Complaint:
    """The case with all that its page shows, or 404."""
    query = Complaint.by_number(number).options(*FOR_THE_PAGE).execution_options(populate_existing=True)
    complaint = db().scalars(query).unique().one_or_none()
    if complaint is None or not sight.may_see(complaint, actor()):
        abort(404)
    return complaint


def case_to_act_on(number: str) -> Complaint:
    """The case locked against others, after what had fallen due in it was carried out; or 404."""
    complaint_id = db().scalar(Complaint.by_number(number).with_only_columns(Complaint.id))
    if complaint_id is None:
        abort(404)
    if overdue.carry_out(db(), now(), case=(Complaint.kind, complaint_id)):
        db().commit()
        after_commit()
    complaint = Complaint.locked(db(), complaint_id)
    if not sight.may_see(complaint, actor()):
        abort(404)
    return complaint
