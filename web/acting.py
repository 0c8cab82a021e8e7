"""Acting from a message: a link leads to one act of one person, once, shows the case, and asks before it acts.

Whoever follows it logs in as always: the link is a way in and no key. A GET decides nothing; the form goes where the
case's own form goes, and the act spends the link in its transaction. A link of somebody else, and one that never was,
answer alike (404); one that is over says why (410).
"""

from dataclasses import dataclass

from flask import Blueprint, abort, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from models import ActingLink, Complaint, Event, Penalty
from web import (
    case_clocks,
    case_glance,
    case_offers,
    case_words,
    choices,
    penalty_clocks,
    penalty_exam,
    penalty_facts,
    penalty_offers,
    penalty_step,
    throttle,
)
from web.case_load import case_seen
from web.case_offers import Choice
from web.penalty_load import penalty_seen
from web.session import actor, database, db, me, now
from workflow import message as messages
from workflow.process import FORBIDDEN, N_, Objection, Refused

GONE = 410
LONGEST_TOKEN = 64

bp = Blueprint("acting", __name__)


@dataclass(frozen=True)
class Over:
    """Why a link leads nowhere any more, and where the case is to be found."""

    why: str
    url: str


@bp.get("/acting/<token>")
def show(token: str) -> ResponseReturnValue:
    link = _link(token)
    if link is None:
        return _guessed()
    case = _case(link.event)
    choice = None if _why_over(link, case) else _choice(case, link.action)
    if choice is None:
        return _over(link, case)
    page = _complaint_page if isinstance(case, Complaint) else _penalty_page
    # The form says which site it comes from and not from which address, which is a secret.
    return page(case, choice, token), {"Cache-Control": "no-store", "Referrer-Policy": "strict-origin"}


def spend(event: Event) -> None:
    """In the transaction of an act: where it came by a link, the link must be good for it and is used up with it."""
    token = request.form.get("link", "")
    if not token:
        return
    link = _link(token, to_spend=True)
    if link is None or link.action != event.action or _case_key(link.event) != _case_key(event):
        raise Refused([Objection(FORBIDDEN, N_("This link does not lead to this act."))])
    if link.used_at is not None or link.expires_at <= now():
        raise Refused([Objection(FORBIDDEN, N_("This link is used up or has expired; open the case itself."))])
    link.used_at = now()


def _link(token: str, *, to_spend: bool = False) -> ActingLink | None:
    """The link, if it is there and mine."""
    if not token or len(token) > LONGEST_TOKEN:
        return None
    query = select(ActingLink).where(ActingLink.digest == messages.digest_of(token), ActingLink.person_id == me().id)
    if to_spend:
        query = query.with_for_update(of=ActingLink)
    return db().scalars(query.options(joinedload(ActingLink.event))).one_or_none()


def _guessed() -> ResponseReturnValue:
    """Counted, so that nobody tries many; counting decides nothing about any case."""
    with database().writing() as session:
        attempt = throttle.Attempt(f"link of {me().id}", request.remote_addr or "", now())
        again_at = attempt.count(session)
        session.commit()
    abort(404 if again_at is None else 429)


def _case(event: Event) -> Complaint | Penalty:
    """The case for the page; 404 for whoever no longer sees it."""
    if event.complaint is not None:
        return case_seen(event.complaint.number)
    assert event.penalty is not None, "links lead to acts in these two"
    return penalty_seen(event.penalty.number)


def _case_key(event: Event) -> tuple[str, int]:
    """Which case it is about; the event of the step has no columns filled in yet, but knows its case."""
    return event.case.kind, event.case.id


def _why_over(link: ActingLink, case: Complaint | Penalty) -> str:
    if link.used_at is not None:
        return _("This link was used already; each works once.")
    if messages.has_moved_on(link, case.events):
        return _("The case has moved on since the message was sent.")
    return _("This link has expired.") if link.expires_at <= now() else ""


def _choice(case: Complaint | Penalty, action: str) -> Choice | None:
    """The act, if it is open to me now."""
    if isinstance(case, Complaint):
        found = case_offers.choices(case, None, action)
    else:
        found = penalty_offers.choices(case, None, action)
    return next((choice for choice in found if choice.action == action), None)


def _over(link: ActingLink, case: Complaint | Penalty) -> ResponseReturnValue:
    why = _why_over(link, case) or _("This step is not open to you now.")
    page = "complaint.show" if isinstance(case, Complaint) else "penalty.show"
    name = (
        _("Complaint %(number)s", number=case.number)
        if isinstance(case, Complaint)
        else _("Penalty %(number)s", number=case.number)
    )
    return render_template("acting/over.html", why=why, name=name, url=url_for(page, number=case.number)), GONE


def _complaint_page(complaint: Complaint, choice: Choice, token: str) -> str:
    return render_template(
        "acting/complaint.html",
        case=complaint, choice=choice, token=token, is_own=complaint.respondent_id == me().id,
        title=case_words.case_title(complaint, actor()), deadline=case_clocks.deadline(complaint),
        chosen=("ruling", choice.action) if choice.action in case_offers.RULINGS else None,
        sayings=case_glance.sayings(complaint), rules=case_glance.rules(complaint),
        edition=case_glance.edition(complaint), facts=case_glance.facts(complaint),
        related=case_glance.related(complaint), people=choices.suggestions(),
        case_url=url_for("complaint.show", number=complaint.number),
    )  # fmt: skip


def _penalty_page(penalty: Penalty, choice: Choice, token: str) -> str:
    return render_template(
        "acting/penalty.html",
        case=penalty, choice=choice, token=token, is_own=penalty.respondent_id == me().id,
        title=penalty_step.title(penalty), deadline=penalty_clocks.deadline(penalty),
        chosen=("decision", choice.action) if choice.action in penalty_offers.DECISIONS else None,
        exam=penalty_exam.of(penalty), matter=penalty_facts.matter(penalty), reasons=penalty_step.reasons(penalty),
        case_url=url_for("penalty.show", number=penalty.number),
    )  # fmt: skip
