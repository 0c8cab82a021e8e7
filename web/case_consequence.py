"""One line on what each act would bring, computed from the pack that the case keeps."""

from collections.abc import Callable

from flask_babel import gettext as _
from flask_babel import ngettext

from models import Complaint
from web import case_words, filters
from web.session import me, now
from workflow import deadline
from workflow.ledger import PROVISIONAL, standing_entries
from workflow.process import Rule
from workflow.regulation import Pack, pack_of


def consequence(rule: Rule[Complaint], complaint: Complaint) -> str:
    """One line on what an act brings, computed from the pack that the case keeps."""
    pack = pack_of(complaint.regulation_version)
    limit = case_words.limit_in_words(pack.limit(rule.clock)) if rule.clock else ""
    words = CONSEQUENCES[rule.name](complaint, pack, limit)
    return case_words.series((words, late)) if (late := _lateness(rule.name, complaint, pack)) else words


def _lateness(action: str, complaint: Complaint, pack: Pack) -> str:
    """What being late has come to by now, where the pack prices it (CS-5)."""
    price, days = pack.price("complaint", action), deadline.days_late(complaint.due_at, now())
    if not days or price.late_day is None or price.late_most is None:
        return ""
    points = deadline.price_of_lateness(days, per_day=price.late_day, at_most=price.late_most)
    return ngettext(
        "late by %(num)d started day: head %(points)s",
        "late by %(num)d started days: head %(points)s",
        days,
        points=filters.score(points),
    )


def _assign(complaint: Complaint, pack: Pack, limit: str) -> str:
    price = pack.price("complaint", "assign")
    return _(
        "The head answers within %(limit)s. Provisional: respondent %(respondent)s, department %(department)s",
        limit=limit, respondent=filters.score(price.of("respondent", complaint.severity)),
        department=filters.score(price.of("department", complaint.severity)),
    )  # fmt: skip


def _has_provisional(complaint: Complaint) -> bool:
    """After a reopening the points are final already."""
    return any(entry.status is PROVISIONAL for entry in standing_entries(complaint))


def _accept(complaint: Complaint, _pack: Pack, limit: str) -> str:
    if not _has_provisional(complaint):
        return _("Complete the handling within %(limit)s", limit=limit)
    return _("Provisional points become final; complete the handling within %(limit)s", limit=limit)


def _appeal(complaint: Complaint, _pack: Pack, limit: str) -> str:
    if not _has_provisional(complaint):
        if complaint.respondent_id == me().id:
            return _("Your head submits it or not within %(limit)s", limit=limit)
        return _("It goes to the general manager, who rules within %(limit)s", limit=limit)
    if complaint.respondent_id == me().id:
        return _("Your head submits it or not within %(limit)s; your points stay provisional", limit=limit)
    return _("It goes to the general manager, who rules within %(limit)s; points stay provisional", limit=limit)


def _dismiss(complaint: Complaint, _pack: Pack, limit: str) -> str:
    if not _has_provisional(complaint):
        return _("The department handles it within %(limit)s", limit=limit)
    return _("Provisional points become final; the department handles it within %(limit)s", limit=limit)


def _vary(_complaint: Complaint, _pack: Pack, limit: str) -> str:
    return _("Another severity, respondent or department; points are posted anew")


def _remand(complaint: Complaint, _pack: Pack, limit: str) -> str:
    return _("Back to the department, which answers again within %(limit)s", limit=limit)


def _complete(_complaint: Complaint, _pack: Pack, limit: str) -> str:
    return _("From that moment %(limit)s are left for the report (CS-5)", limit=limit)


def _return(complaint: Complaint, pack: Pack, limit: str) -> str:
    points = filters.score(pack.price("complaint", "return").of("department", complaint.severity))
    return _("Department %(points)s points; it completes the rework within %(limit)s", points=points, limit=limit)


Consequence = Callable[[Complaint, Pack, str], str]
CONSEQUENCES: dict[str, Consequence] = {
    "assign": _assign,
    "accept": _accept,
    "appeal": _appeal,
    "retract": lambda c, p, limit: _("The case waits for an answer again, within %(limit)s", limit=limit),
    "endorse": lambda c, p, limit: _("The general manager rules within %(limit)s", limit=limit),
    "decline": _accept,
    "uphold": lambda c, p, limit: _(
        "All points are taken back; the customer is contacted within %(limit)s", limit=limit
    ),
    "dismiss": _dismiss,
    "vary": _vary,
    "remand": _remand,
    "complete": _complete,
    "report": lambda c, p, limit: _("Customer relations checks it within %(limit)s", limit=limit),
    "return": _return,
    "verify": lambda c, p, limit: _("The customer gets a letter, and a follow-up call within %(limit)s", limit=limit),
    "follow_up": lambda c, p, limit: _("Kept in the case with a record"),
    "suspend": lambda c, p, limit: _(
        "Nothing becomes late until then; afterwards as much time is left as now. The statutory limit does not move"
    ),
    "resume": lambda c, p, limit: _("As much time is left as when the clock stopped"),
    "withdraw": lambda c, p, limit: _("All points are taken back and the case ends"),
    "reopen": lambda c, p, limit: _("The department answers again within %(limit)s", limit=limit),
}
