"""The case at a glance: what the customer says, what was answered, which rules apply; and the facts.

Everything about the customer goes through `workflow.veil`.
"""

from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import or_, select

from models import Complaint, Event
from web import case_words, filters, moment
from web.label import label
from web.language import is_chinese
from web.session import actor, db, me
from web.shell import regulation_url
from workflow import deadline, sight, veil
from workflow.complaint import COMPLAINT
from workflow.regulation import pack_of
from workflow.survey_complaint import SOURCE

MOST_RELATED = 5
# What the latest round of a case has brought, and how it is headed.
SAID_IN = (
    ("remand", "reason"), ("reopen", "reason"), ("appeal", "grounds"), ("endorse", "opinion"), ("decline", "reason"),
    ("uphold", "reason"), ("dismiss", "reason"), ("vary", "reason"), ("complete", "measures_taken"),
    ("report", "result"), ("report", "improvement_measures"), ("return", "reason"), ("withdraw", "reason"),
)  # fmt: skip
# Where a case begins again; what was said before is the timeline's.
NEW_ROUND = ("assign", "reopen", "remand")


@dataclass(frozen=True)
class Saying:
    """Somebody's words under their heading."""

    heading: str
    text: str


@dataclass(frozen=True)
class RuleText:
    """A rule of the case's own edition, in the reader's language."""

    id: str
    text: str


@dataclass(frozen=True)
class Related:
    """Another case of the same customer or vehicle."""

    number: str
    title: str
    state: str
    filed: str
    url: str


@dataclass(frozen=True)
class Fact:
    """One known thing; `hint` is said more quietly."""

    name: str
    value: str
    hint: str = ""


def sayings(complaint: Complaint) -> list[Saying]:
    """The customer's words first, then what was said in the present round, each by whom."""
    found = [Saying(_("The customer says"), _of_the_customer(complaint))]
    for event, key in _latest_words(complaint):
        found.append(Saying(_heading(event, key), _readable(event.said[key], complaint)))
    return found


def _of_the_customer(complaint: Complaint) -> str:
    said = _readable(complaint.description, complaint)
    if not complaint.demand:
        return said
    demand = _("Asks for: %(demand)s", demand=_readable(complaint.demand, complaint))
    return f"{said}\n{demand}"


def _readable(text: str, complaint: Complaint) -> str:
    return veil.words(text, complaint, actor(), customer=_("the customer"))


def _latest_words(complaint: Complaint) -> list[tuple[Event, str]]:
    since = max((e.seq for e in complaint.events if e.action in NEW_ROUND), default=0)
    latest: dict[tuple[str, str], Event] = {}
    for event in complaint.events:
        if event.seq >= since:
            latest.update({pair: event for pair in SAID_IN if pair[0] == event.action and event.said.get(pair[1])})
    # The respondent's own appeal has a place of its own on their page.
    own = complaint.respondent_id == me().id
    return [(e, pair[1]) for pair in SAID_IN if (e := latest.get(pair)) and not (own and pair[0] == "appeal")]


def _heading(event: Event, key: str) -> str:
    name = event.actor.name if event.actor is not None else _("Deadline")
    headings = {
        "grounds": _("%(name)s says in the appeal", name=name),
        "opinion": _("Opinion of the head, %(name)s", name=name),
        "measures_taken": _("Measures taken, by %(name)s", name=name),
        "result": _("Result, reported by %(name)s", name=name),
        "improvement_measures": _("Improvement measures"),
        "reason": _("%(name)s %(act)s, because", name=name, act=case_words.done(event.action)),
    }
    return headings[key]


def rules(complaint: Complaint) -> list[RuleText]:
    """The rules by which the running clock can be answered; those of the last act when none runs."""
    ids = [r.id for r in COMPLAINT.rules_from(complaint.state) if deadline.is_answered_by(complaint, r.name)]
    texts = pack_of(complaint.regulation_version).rules
    language = "zh" if is_chinese() else "en"
    return [RuleText(key, getattr(texts[key], language)) for key in dict.fromkeys(ids or [complaint.events[-1].rule])]


def edition(complaint: Complaint) -> tuple[str, str]:
    """The edition of the regulation that the case keeps, and where to read it."""
    version = complaint.regulation_version
    url = regulation_url(version.edition)
    return _("Edition %(edition)s", edition=version.edition), url


def facts(complaint: Complaint) -> list[Fact]:
    """What is known about the case, as far as this reader may know it."""
    reader, respondent = actor(), complaint.respondent
    post = respondent.posting_at(complaint.filed_at) if respondent is not None else None
    found = [
        Fact(_("Customer"), veil.customer_name(complaint, reader) or "", veil.customer_phone(complaint, reader) or ""),
        Fact(_("Channel"), label(complaint.channel)),
        Fact(_("Vehicle"), veil.vehicle(complaint, reader) or "", complaint.vehicle_model or ""),
        Fact(_("Order number"), complaint.order_number or "" if sight.sees_customer(complaint, reader) else ""),
        Fact(_("Respondent"), respondent.name if respondent else _("not named yet"), post.title if post else ""),
        Fact(_("Department"), filters.named(complaint.department) if complaint.department else _("not named yet")),
        Fact(_("Happened on"), moment.day(complaint.occurred_on) if complaint.occurred_on else ""),
        Fact(_("Filed by"), _filed_by(complaint), moment.moment(complaint.filed_at)),
        Fact(_("Rule broken"), _violation(complaint)),
        Fact(_("Rework cost"), _rework(complaint)),
        Fact(_("Satisfaction"), _satisfaction(complaint)),
    ]
    return [fact for fact in found if fact.value or fact.hint]


def _filed_by(complaint: Complaint) -> str:
    """Whoever took it down; a customer who was not satisfied in a survey filed it by their answer."""
    if complaint.filed_by is not None:
        return complaint.filed_by.name
    return _("Survey answer") if complaint.source == SOURCE else ""


def _violation(complaint: Complaint) -> str:
    if complaint.violation is None:
        return ""
    return _("yes (CS-7)") if complaint.violation else _("no")


def _rework(complaint: Complaint) -> str:
    if complaint.rework_cost is None:
        return ""
    return _("%(amount)s yuan", amount=filters.yuan(complaint.rework_cost))


def _satisfaction(complaint: Complaint) -> str:
    return _("%(mark)d of 5", mark=complaint.satisfaction) if complaint.satisfaction is not None else ""


def related(complaint: Complaint) -> list[Related]:
    """Other cases of this customer's number or vehicle that this reader may see, the latest first."""
    same = [
        column == value
        for column, value in (
            (Complaint.phone_digits, complaint.phone_digits), (Complaint.vehicle_key, complaint.vehicle_key)
        )
        if value
    ]  # fmt: skip
    if not same or not sight.sees_customer(complaint, actor()):
        return []
    query = (
        select(Complaint)
        .where(or_(*same), Complaint.id != complaint.id, sight.visible_to(actor()))
        .order_by(Complaint.filed_at.desc(), Complaint.id.desc())
        .limit(MOST_RELATED)
    )
    return [_related(other) for other in db().scalars(query)]


def _related(other: Complaint) -> Related:
    return Related(
        number=other.number,
        title=case_words.case_title(other, actor()),
        state=label(other.state),
        filed=moment.day(other.filed_at),
        url=url_for("complaint.show", number=other.number),
    )
