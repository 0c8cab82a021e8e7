"""From a complaint in which a breach was found to its penalty: the one there is, or the form that proposes one."""

from dataclasses import dataclass, field

from flask import url_for
from sqlalchemy import select

from models import Complaint, Penalty, PenaltyState
from web import filters
from web.label import label
from web.session import actor, db, now
from workflow import penalty_prospect, penalty_roles

ENDED = (PenaltyState.DROPPED, PenaltyState.REVOKED)


@dataclass(frozen=True)
class Penalties:
    """The penalties for this complaint that the reader may see, and where another is proposed, if it can be."""

    propose_url: str
    there: list[tuple[str, str, str]] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.propose_url or self.there)


def of(complaint: Complaint) -> Penalties:
    reader = actor()
    query = select(Penalty).where(Penalty.complaint_id == complaint.id).order_by(Penalty.id)
    found = list(db().scalars(query.where(penalty_roles.visible_to(reader))))
    there = [(filters.case(p), url_for("penalty.show", number=p.number), label(p.state)) for p in found]
    return Penalties(_propose_url(complaint), there)


def _propose_url(complaint: Complaint) -> str:
    """One sanction for one act: as long as no penalty for it stands or is on its way."""
    if not penalty_prospect.bears_a_penalty(complaint, actor(), now()):
        return ""
    pending = select(Penalty.id).where(
        Penalty.complaint_id == complaint.id, Penalty.respondent_id == complaint.respondent_id,
        Penalty.state.not_in(ENDED),
    )  # fmt: skip
    return "" if db().scalars(pending).first() else url_for("penalty.new", complaint=complaint.number)
