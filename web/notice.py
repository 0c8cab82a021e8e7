"""The bell: what happened in cases that concern me, the newest first. Looking changes nothing; a
notice is read once its button was pressed, or all of them at once.
"""

from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select, update
from sqlalchemy.orm import contains_eager

from models import Complaint, ComplaintState, Event, Notice
from web import case_line, deed
from web.paging import Page
from web.session import actor, db, me, now
from workflow.sight import visible_to

PER_PAGE = 20

bp = Blueprint("notice", __name__)


@dataclass(frozen=True)
class Told:
    """One notice; of a case that I no longer see, nothing but that there was something."""

    key: int
    at: datetime
    is_unread: bool
    who: str = ""
    did: str = ""
    about: str = ""
    url: str = ""
    state: ComplaintState | None = None

    @property
    def is_by_the_clock(self) -> bool:
        return not self.who


@bp.get("/notices")
def index() -> str:
    page = Page.asked(PER_PAGE)
    found = page.cut(list(db().scalars(_mine().offset(page.skip).limit(page.most))))
    visible = _visible({notice.event.complaint_id for notice in found})
    return render_template("notice/index.html", notices=[_told(n, visible) for n in found], page=page)


@bp.post("/notices/reading")
def read_all() -> ResponseReturnValue:
    unread = update(Notice).where(Notice.person_id == me().id, Notice.read_at.is_(None))
    db().execute(unread.values(read_at=now()))
    db().commit()
    return redirect(url_for("notice.index"), 303)


@bp.post("/notices/<int:key>/reading")
def read(key: int) -> ResponseReturnValue:
    """Mark one as read and go where it leads."""
    notice = db().scalars(_mine().where(Notice.id == key)).one_or_none() if key < 2**31 else None
    if notice is None:
        abort(404)
    notice.read_at = notice.read_at or now()
    case = notice.event.complaint
    address = case_line.address(case) if _visible({case.id}) else url_for("notice.index")
    db().commit()
    return redirect(address, 303)


def _mine():  # noqa: ANN202 - a select whose type its callers refine
    return (
        select(Notice)
        .join(Notice.event)
        .join(Event.complaint)
        .where(Notice.person_id == me().id)
        .options(
            contains_eager(Notice.event).contains_eager(Event.complaint).joinedload(Complaint.respondent),
            contains_eager(Notice.event).joinedload(Event.actor),
            contains_eager(Notice.event).joinedload(Event.acting_for),
        )
        .order_by(Notice.id.desc())
    )


def _visible(ids: set[int]) -> set[int]:
    return set(db().scalars(select(Complaint.id).where(Complaint.id.in_(ids), visible_to(actor()))))


def _told(notice: Notice, visible: set[int]) -> Told:
    event, is_unread = notice.event, notice.read_at is None
    if event.complaint_id not in visible:
        return Told(
            notice.id, event.at, is_unread, did=_("Something happened in a case that is no longer open to you.")
        )
    return Told(
        notice.id, event.at, is_unread,
        who=deed.by_whom(event), did=deed.done(event), about=case_line.about(event.complaint, actor()),
        url=case_line.address(event.complaint), state=event.complaint.state,
    )  # fmt: skip
