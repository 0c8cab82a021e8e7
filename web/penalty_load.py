"""Finding the penalty that a page is about: for whoever may see it, and locked for whoever acts.

A penalty that is not there and one that is not for this reader answer alike (404).
"""

from flask import abort
from sqlalchemy.orm import joinedload, selectinload

from models import Attachment, Complaint, Event, Letter, LetterRecipient, MoneyEntry, Penalty, ScoreEntry
from web.after import after_commit
from web.session import actor, db, now
from workflow import overdue, penalty_roles

FOR_THE_PAGE = (
    selectinload(Penalty.events).options(
        joinedload(Event.actor),
        joinedload(Event.acting_for),
        selectinload(Event.entries).options(joinedload(ScoreEntry.person), joinedload(ScoreEntry.department)),
        selectinload(Event.money).joinedload(MoneyEntry.person),
        selectinload(Event.letters).options(
            selectinload(Letter.recipients).joinedload(LetterRecipient.person), selectinload(Letter.services)
        ),
    ),
    selectinload(Penalty.attachments).joinedload(Attachment.added_by),
    joinedload(Penalty.complaint).selectinload(Complaint.events),
)


def penalty_seen(number: str) -> Penalty:
    """The penalty with all that its page shows, or 404."""
    query = Penalty.by_number(number).options(*FOR_THE_PAGE).execution_options(populate_existing=True)
    penalty = db().scalars(query).unique().one_or_none()
    if penalty is None or not penalty_roles.may_see(penalty, actor()):
        abort(404)
    return penalty


def penalty_to_act_on(number: str) -> Penalty:
    """The penalty locked against others, after what had fallen due in it was carried out; or 404."""
    penalty_id = db().scalar(Penalty.by_number(number).with_only_columns(Penalty.id))
    if penalty_id is None:
        abort(404)
    if overdue.carry_out(db(), now(), case=(Penalty.kind, penalty_id)):
        db().commit()
        after_commit()
    penalty = Penalty.locked(db(), penalty_id)
    if not penalty_roles.may_see(penalty, actor()):
        abort(404)
    return penalty
