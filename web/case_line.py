"""A case in one line, as lists tell it: its address, its matter in a few words, whom it concerns.

Everything about a customer comes through the veil.
"""

from flask import url_for
from flask_babel import gettext as _

from models import Complaint, Payday, Penalty, Plan, Publication, Reward, Scorecard
from web import case_words
from web.filters import case, yuan
from web.language import told
from web.shell import has_endpoint
from workflow import veil
from workflow.roles import Actor

Case = Complaint | Penalty | Scorecard | Payday | Plan | Reward | Publication

# The dot stays with what it follows when the line breaks.
DOT = "\N{NO-BREAK SPACE}· "
# Where a case of a kind has a page of its own.
PAGES = {
    Complaint.kind: "complaint.show", Penalty.kind: "penalty.show", Plan.kind: "plan.show",
    Reward.kind: "rewards.show",
}  # fmt: skip


def address(found: Case, *, act: str = "") -> str:
    """The page of the case; with the panel of one act open if named. Empty where the kind has no such page."""
    page = PAGES.get(found.kind)
    if page is None or not has_endpoint(page):
        return ""
    if not act:
        return url_for(page, number=found.number)
    return url_for(page, number=found.number, act=act, _anchor="act")


def gist(found: Case, actor: Actor) -> str:
    """The first sentence of what it is about, shortened, as this reader may read it."""
    if isinstance(found, Complaint):
        words = veil.words(found.description, found, actor, customer=_("the customer"))
        return case_words.first_sentence(words)
    if isinstance(found, Plan):
        return veil.plan_words(found.title, (found.complaint,), actor, customer=_("the customer"))
    if isinstance(found, Reward):
        return _("%(name)s, %(sum)s yuan", name=found.person.name, sum=yuan(found.amount))
    return case_words.first_sentence(facts(found, actor)) if isinstance(found, Penalty) else ""


def facts(penalty: Penalty, actor: Actor) -> str:
    """What somebody did, as this reader may read it: the customer of the complaint behind it is veiled."""
    if penalty.complaint is None:
        return told(penalty.facts, penalty.facts_en)
    return veil.words(penalty.facts, penalty.complaint, actor, customer=_("the customer"))


def about(found: Case, actor: Actor, *, instead: str = "") -> str:
    """客诉 2026-14 · 何女士 · 交车时未说明保养项目 · 当事人 马超; `instead` takes the matter's place."""
    parts = [
        case(found),
        veil.customer_name(found, actor) if isinstance(found, Complaint) else "",
        instead or gist(found, actor),
        "" if instead else _respondent(found, actor),
    ]
    return DOT.join(part for part in parts if part)


def _respondent(found: Case, actor: Actor) -> str:
    """Whom it concerns; the line of a scorecard names them already."""
    if not isinstance(found, Complaint | Penalty) or found.respondent is None:
        return ""
    if actor.person is not None and found.respondent_id == actor.person.id:
        return _("you are the respondent")
    return _("respondent %(name)s", name=found.respondent.name)
