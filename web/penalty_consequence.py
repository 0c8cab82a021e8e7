"""One line on what each act on a penalty would bring, computed from the pack that it keeps."""

from flask_babel import gettext as _

from models import LadderStep, Penalty
from web import case_words, filters
from web.case_points import signed
from web.penalty_step import present_or_intended, step_of
from web.session import me
from workflow import penalty_effects
from workflow.process import Rule
from workflow.regulation import pack_of


def consequence(rule: Rule[Penalty], penalty: Penalty) -> str:
    limit = ""
    if rule.clock is not None:
        limit = case_words.limit_in_words(pack_of(penalty.regulation_version).limit(rule.clock))
    if rule.name == "approve":
        return _approve(penalty, limit)
    return SENTENCES[rule.name](limit)


SENTENCES = {
    "defend": lambda limit: _("The head reads it before anything is submitted, within %(limit)s", limit=limit),
    "waive": lambda limit: _("The head can submit at once; you can still appeal against a decision"),
    "submit": lambda limit: _("The general manager decides within %(limit)s", limit=limit),
    "drop": lambda limit: _("The case ends; no points and no money, and it counts on no ladder"),
    "reject": lambda limit: _("A notice of no penalty is issued; no points and no money"),
    "appeal": lambda limit: _("It is ruled on within %(limit)s; until then nothing is deducted", limit=limit),
    "revoke": lambda limit: _("Points and money are taken back; later penalties are regraded"),
    "sustain": lambda limit: _("The penalty takes effect at once"),
    "reinstate": lambda limit: _("Yes gives the post back from now on; no leaves the dismissal as it is"),
    "certify": lambda limit: _("It states contract, last day, post and years of service, and no reason"),
}


def _approve(penalty: Penalty, limit: str) -> str:
    step = present_or_intended(penalty)
    parts = [*points_of(penalty, step), *_money_of(penalty, step), _("open to appeal for %(limit)s", limit=limit)]
    return case_words.series(parts)


def points_of(penalty: Penalty, step: LadderStep) -> list[str]:
    """马超 −20 分，组长高峰连带 −2 分; for the respondent without the leader's part."""
    if penalty.is_single_fine:
        return []
    price = pack_of(penalty.regulation_version).price("penalty", "approve")
    own = _("%(name)s %(points)s points", name=_name(penalty), points=signed(price.of("respondent", step)))
    if penalty.leader is None or penalty.respondent_id == me().id:
        return [own]
    points = signed(price.of("leader", step))
    return [own, _("team leader %(name)s %(points)s points", name=penalty.leader.name, points=points)]


def _name(penalty: Penalty) -> str:
    return _("you") if penalty.respondent_id == me().id else penalty.respondent.name


def _money_of(penalty: Penalty, step: LadderStep) -> list[str]:
    fine = penalty_effects.fine_of(step_of(penalty), step)
    told = [_("fine %(yuan)s yuan", yuan=filters.yuan(fine)) if fine else _("no fine")]
    if (shares := penalty_effects.shares_of(penalty)) is not None:
        told.append(_("rework share %(yuan)s yuan", yuan=filters.yuan(shares.person)))
    return told
