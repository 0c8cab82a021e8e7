"""What follows from results and waits for the reader: rankings to publish, fines to propose, rewards and spending to
decide."""

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from models import Assessment, Role
from web import assessment_choices, moment
from web.regulation_tables import worded
from web.session import actor, db, now
from workflow import fund, item_fines, ranking_due, reward_list
from workflow.assessment_pack import pack_of
from workflow.assessment_period import Period
from workflow.ranking_due import Awaited
from workflow.regulation import Bilingual

RUNNING = frozenset({Role.DEPARTMENT_HEAD, Role.GENERAL_MANAGER, Role.HUMAN_RESOURCES, Role.CUSTOMER_RELATIONS})

# A sentence, the words of its link, and where that leads.
Told = tuple[str, str, str]


def notes() -> list[Told]:
    return [*_rankings(), *_fines(), *_rewards(), *_spending()]


def _may_run_anything() -> bool:
    person = actor().person
    if person is None or actor().has_left:
        return False
    return any(actor().staff.roles_of(principal) & RUNNING for principal in actor().staff.principals_of(person))


def _rankings() -> list[Told]:
    """SAL-5: last month's results by the 10th."""
    if not _may_run_anything():
        return []
    found = ranking_due.awaited(db(), assessment_choices.run_by_me(), actor(), now())
    return [_ranking(each) for each in found]


def _fines() -> list[Told]:
    """SAL-4, MS-10: fines of closed results, each to be proposed or set aside."""
    if not _may_run_anything():
        return []
    packs = {version.slug: pack_of(version) for version in assessment_choices.run_by_me()}
    found = [each for pack in packs.values() for each in item_fines.undecided(db(), pack, actor())]
    return [_fine(of, count) for of, count in found]


def _fine(of: Assessment, count: int) -> Told:
    title = worded(Bilingual(**of.regulation_version.content["title"]))
    words = ngettext(
        "%(title)s, %(period)s: %(num)d fine is to be proposed or set aside.",
        "%(title)s, %(period)s: %(num)d fines are to be proposed or set aside.",
        count,
        title=title,
        period=moment.period(Period.named(of.period)),
    )
    return words, _("To the fines"), url_for("ranking.show", key=of.id, _anchor="fines")


def _ranking(each: Awaited) -> Told:
    title, period = worded(each.pack.title), assessment_choices.period_words(each.period)
    clock = moment.clock(each.due_at, started=None)
    words = (
        _("%(title)s, %(period)s: the ranking is not published and overdue. %(clock)s", title=title, period=period,
          clock=clock.sentence)
        if each.due_at <= now()
        else _("%(title)s, %(period)s: publish the ranking. %(clock)s", title=title, period=period,
               clock=clock.sentence)
    )  # fmt: skip
    if each.assessment is None:
        return words, _("Open the assessment"), url_for("assessments.index")
    if each.assessment.closed_at is None:
        return words, _("Close the assessment first"), url_for("assessments.show", key=each.assessment.id)
    return words, _("To the ranking"), url_for("ranking.show", key=each.assessment.id)


def _rewards() -> list[Told]:
    if not (count := len(reward_list.waiting(db(), actor()))):
        return []
    words = ngettext("%(num)d reward awaits your decision.", "%(num)d rewards await your decision.", count)
    return [(words, _("To the rewards"), url_for("rewards.index"))]


def _spending() -> list[Told]:
    if not (count := len(fund.waiting(db(), actor()))):
        return []
    words = ngettext(
        "%(num)d request to the training fund awaits your decision.",
        "%(num)d requests to the training fund await your decision.",
        count,
    )
    return [(words, _("To the training fund"), url_for("fund.index"))]
