"""What a penalty is about: facts, rule and edition, when the company came to know, the defence and the head's opinion.

Everything that may name the customer of a complaint goes through the veil.
"""

from dataclasses import dataclass, field

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import select

from models import Event, Inspection, InspectionProposal, Penalty, RegulationVersion
from web import case_line, filters, moment
from web.case_glance import Fact, RuleText
from web.language import is_chinese
from web.penalty_step import is_about_me
from web.session import actor, db
from web.shell import may_read_regulation, regulation_url
from workflow import penalty_effects, sight
from workflow.penalty_list import words_for
from workflow.process import N_
from workflow.regulation import pack_of


@dataclass(frozen=True)
class Matter:
    """The facts with everything that was said about them."""

    facts: str
    rules: list[RuleText]
    edition: tuple[str, str]
    details: list[Fact] = field(default_factory=list)
    complaint: tuple[str, str] | None = None


def matter(penalty: Penalty) -> Matter:
    return Matter(
        facts=case_line.facts(penalty, actor()), rules=_rules(penalty), edition=_edition(penalty),
        details=[fact for fact in (*_details(penalty), *_sayings(penalty)) if fact.value],
        complaint=_complaint(penalty),
    )  # fmt: skip


def readable(text: str | None, penalty: Penalty) -> str:
    """Free text as this reader may read it."""
    return words_for(text, penalty, actor(), customer=_("the customer"))


def _rules(penalty: Penalty) -> list[RuleText]:
    language = "zh" if is_chinese() else "en"
    if penalty.fine_version is not None:
        return [RuleText(penalty.rule, penalty.fine_version.content["rules"][penalty.rule][language])]
    texts = pack_of(penalty.regulation_version).rules
    return [RuleText(key, getattr(texts[key], language)) for key in dict.fromkeys((penalty.rule, "CS-8"))]


def _edition(penalty: Penalty) -> tuple[str, str]:
    if (own := penalty.fine_version) is not None:
        return _("Edition %(edition)s", edition=own.edition), own_edition_url(own)
    version = penalty.regulation_version
    return _("Edition %(edition)s", edition=version.edition), regulation_url(version.edition)


def own_edition_url(version: RegulationVersion) -> str:
    """The address of an edition of a regulation of its own; none for who has left."""
    return url_for("regulations.show", slug=version.slug, edition=version.edition) if may_read_regulation() else ""


def _complaint(penalty: Penalty) -> tuple[str, str] | None:
    """The complaint behind it, with its address where it is there for this reader."""
    complaint = penalty.complaint
    if complaint is None:
        return None
    url = url_for("complaint.show", number=complaint.number) if sight.may_see(complaint, actor()) else ""
    return filters.case(complaint), url


def _details(penalty: Penalty) -> list[Fact]:
    post = penalty.respondent.posting_at(penalty.proposed_at)
    return [
        Fact(_("Respondent"), penalty.respondent.name, post.title if post else ""),
        Fact(_("Department"), filters.named(penalty.department)),
        Fact(_("Inspection"), _inspection(penalty)),
        Fact(_("Happened on"), moment.long_day(penalty.occurred_on) if penalty.occurred_on else ""),
        Fact(_("The company came to know"), moment.long_day(penalty.known_at)),
        Fact(_("Proposed by"), penalty.proposer.name, moment.moment(penalty.proposed_at)),
        Fact(_("Team leader"), penalty.leader.name if penalty.leader and not is_about_me(penalty) else ""),
        Fact(_("Rework cost"), _rework(penalty), _shares(penalty)),
        Fact(_("Last day of employment"), moment.long_day(penalty.ends_on) if penalty.ends_on else ""),
        Fact(_("Union's notice"), penalty.union_notice or ""),
        Fact(_("Special protection"), penalty.protection or ""),
    ]


def _inspection(penalty: Penalty) -> str:
    """The number of the inspection that led to it; a single fine alone comes from one."""
    if not penalty.is_single_fine:
        return ""
    query = select(Inspection).join(InspectionProposal).where(InspectionProposal.penalty_id == penalty.id)
    found = db().scalars(query).first()
    return found.number if found is not None else ""


def _rework(penalty: Penalty) -> str:
    return _("%(amount)s yuan", amount=filters.yuan(penalty.rework_cost)) if penalty.rework_cost else ""


def _shares(penalty: Penalty) -> str:
    """Who bears how much; the leader's part is no business of the respondent's."""
    shares = penalty_effects.shares_of(penalty)
    if shares is None:
        return ""
    own = _("%(name)s %(yuan)s", name=penalty.respondent.name, yuan=filters.yuan(shares.person))
    if is_about_me(penalty):
        return own
    leader = penalty.leader.name if penalty.leader else ""
    parts = [_("%(name)s %(yuan)s", name=leader, yuan=filters.yuan(shares.leader)) if leader else "", own]
    company = _("company %(yuan)s", yuan=filters.yuan(shares.company)) if shares.company else ""
    return _(", ").join(part for part in (*parts, company) if part)


def _sayings(penalty: Penalty) -> list[Fact]:
    """What was said before and after the decision, each by whom."""
    by_action = {event.action: event for event in penalty.events}
    found = [_defence(by_action)] if set(by_action) & {"defend", "waive", "submit"} else []
    for action, key, name in SAID:
        event = by_action.get(action)
        if event is not None and event.actor is not None and event.said.get(key):
            words = _("%(name)s: %(words)s", name=event.actor.name, words=event.said[key])
            found.append(Fact(_(name), words, moment.moment(event.at)))
    return [Fact(fact.name, readable(fact.value, penalty), fact.hint) for fact in found]


SAID = (
    ("submit", "opinion", N_("The head's opinion")),
    ("approve", "opinion", N_("Opinion with the approval")),
    ("drop", "reason", N_("Why it was dropped")),
    ("reject", "reason", N_("Why it was not approved")),
    ("appeal", "grounds", N_("Grounds of the appeal")),
    ("revoke", "reason", N_("Reasons of the ruling")),
    ("sustain", "reason", N_("Reasons of the ruling")),
    ("reinstate", "reason", N_("On reinstatement")),
)


def _defence(by_action: dict[str, Event]) -> Fact:
    name = _("The person's defence")
    if (event := by_action.get("defend")) is not None:
        return Fact(name, str(event.said.get("statement") or ""), moment.moment(event.at))
    if (event := by_action.get("waive")) is not None:
        return Fact(name, _("Waived the defence (confirmed in person, %(moment)s).", moment=moment.moment(event.at)))
    return Fact(name, _("None was stated within the time for it."))
