"""Assigning several complaints at once: each is a step and a transaction of its own.

One that cannot be assigned stays where it is and is named with its reason; the others go on.
"""

from collections.abc import Iterator, Sequence

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from models import Complaint
from web.after import after_commit
from web.customer_relations import require_customer_relations
from web.filters import sentence
from web.session import actor, db, now
from workflow import complaint as verbs
from workflow import sight
from workflow.process import N_, NOT_FOUND, Objection, Refused, moved_on

MOST = 100


def assign_each(numbers: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Assign every complaint that can be; yields what to tell, each with its kind of notice."""
    require_customer_relations()
    chosen = list(dict.fromkeys(numbers))[:MOST]
    if not chosen:
        yield _("Choose at least one complaint first."), "warning"
    stays = {number: refused for number in chosen if (refused := _assign(number))}
    after_commit()
    if assigned := [number for number in chosen if number not in stays]:
        yield _told(assigned), "success"
    for number, reasons in stays.items():
        yield _("%(number)s stays where it is: %(reasons)s", number=number, reasons=" ".join(reasons)), "warning"


def _told(assigned: Sequence[str]) -> str:
    cases = "、".join(assigned)
    return ngettext(
        "%(num)d complaint assigned: %(cases)s",
        "%(num)d complaints assigned: %(cases)s",
        len(assigned),
        cases=cases,
    )


def _assign(number: str) -> list[str]:
    """Assign one complaint and commit; or say why not, with nothing changed."""
    try:
        verbs.assign(_locked(number), by=actor(), at=now())
        db().commit()
    except Refused as refusal:
        db().rollback()
        return [sentence(objection) for objection in refusal.objections]
    except (StaleDataError, IntegrityError):
        db().rollback()
        return [sentence(moved_on(None))]
    return []


def _locked(number: str) -> Complaint:
    complaint_id = db().scalar(Complaint.by_number(number).with_only_columns(Complaint.id))
    if complaint_id is None:
        raise Refused([Objection(NOT_FOUND, N_("There is no such case."))])
    complaint = Complaint.locked(db(), complaint_id)
    sight.require_sight(complaint, actor())
    return complaint
