"""The respondent's own view: whether they have to do anything, and what each outcome means for them."""

from dataclasses import dataclass

from flask_babel import gettext as _

from models import Penalty, PenaltyState
from web import case_words, filters, moment
from web.case_offers import Choice
from web.case_points import Outcome, signed
from web.case_respondent import Situation
from web.label import label
from web.penalty_clocks import Deadline
from web.penalty_step import present_or_intended, step_of
from workflow import penalty_content, penalty_effects
from workflow.process import N_
from workflow.regulation import pack_of

S = PenaltyState
STANDS = {
    S.PROPOSED: N_("The time for your defence is over; %(names)s can submit the penalty or drop it."),
    S.HEARD: N_("Your answer is with %(names)s, who submits the penalty to the general manager or drops it."),
    S.SUBMITTED: N_("%(names)s decides whether the penalty is approved. Being late never counts as approval."),
    S.ISSUED: N_("The penalty has been decided."),
    S.APPEALED: N_("Your appeal is with %(names)s. Until the ruling nothing is deducted."),
    S.FINAL: N_("The penalty has taken effect. What it costs is taken on the next pay days."),
    S.SETTLED: N_("The penalty has taken effect and what it cost has been taken."),
    S.REVOKED: N_("The penalty was revoked: points and money were taken back, and it counts no longer."),
    S.DROPPED: N_("There is no penalty: no points, no money, and it counts on no ladder."),
}


@dataclass(frozen=True)
class RespondentView:
    situation: Situation
    outcomes: list[Outcome]


def view(penalty: Penalty, choices: list[Choice], deadline: Deadline | None) -> RespondentView:
    return RespondentView(_situation(penalty, choices, deadline), _outcomes(penalty))


def _situation(penalty: Penalty, choices: list[Choice], deadline: Deadline | None) -> Situation:
    open_now = {choice.action for choice in choices}
    if "defend" in open_now and deadline is not None:
        return _to_defend(deadline)
    if "appeal" in open_now and deadline is not None:
        return Situation(
            _("If you object, appeal by %(moment)s.", moment=case_words.moment_of(deadline.clock.due)),
            _("%(left)s. Without an appeal the penalty takes effect at that moment.", left=deadline.clock.words),
            has_to_act=True,
        )
    stands = _(STANDS[penalty.state], names=deadline.who if deadline is not None else "")
    return Situation(_("There is nothing you have to do now."), f"{stands}{_until(deadline)}", has_to_act=False)


def _to_defend(deadline: Deadline) -> Situation:
    when = case_words.moment_of(deadline.clock.due)
    if deadline.clock.is_over:
        return Situation(
            _("The time for your defence ended %(moment)s.", moment=when),
            _("You can still state it until the penalty is submitted."), has_to_act=True,
        )  # fmt: skip
    return Situation(
        _("State your defence, or waive it, by %(moment)s.", moment=when),
        _("%(left)s. Nothing is decided yet. Without an answer the penalty can be submitted after that moment.",
          left=deadline.clock.words),
        has_to_act=True,
    )  # fmt: skip


def _until(deadline: Deadline | None) -> str:
    if deadline is None:
        return ""
    return _(" Deadline %(moment)s, %(left)s. You will be told of the result at once.",
             moment=moment.weekday_moment(deadline.clock.due), left=deadline.clock.words)  # fmt: skip


def _outcomes(penalty: Penalty) -> list[Outcome]:
    """What each way out of the present state would mean, by the pack that the penalty keeps."""
    if penalty.state in (S.PROPOSED, S.HEARD, S.SUBMITTED):
        nothing = _("The case ends and counts on no ladder")
        return [
            Outcome(_("Approved: %(step)s", step=_step_words(penalty)), _points(penalty), "gd-minus",
                    _costs(penalty)),
            Outcome(_("Dropped or not approved"), "0", "gd-plus", nothing),
        ]  # fmt: skip
    if penalty.state is S.ISSUED:
        return [
            Outcome(_("You do not appeal"), _points(penalty), "gd-minus", _in_effect(penalty)),
            Outcome(_("You appeal"), _points(penalty), "", _meanwhile(penalty)),
        ]
    if penalty.state is S.APPEALED:
        back = _("Points and money are taken back; later penalties are regraded")
        return [
            Outcome(_("Appeal upheld"), "0", "gd-plus", back),
            Outcome(_("Appeal dismissed"), _points(penalty), "gd-minus", _in_effect(penalty)),
        ]
    return []


def _meanwhile(penalty: Penalty) -> str:
    if not _sums(penalty):
        return _("The general manager rules; a penalty that is revoked is void from the start")
    return _("Nothing is deducted before the ruling")


def _step_words(penalty: Penalty) -> str:
    return _("Single fine") if penalty.is_single_fine else label(present_or_intended(penalty))


def _points(penalty: Penalty) -> str:
    if penalty.is_single_fine:
        return _("none")
    price = pack_of(penalty.regulation_version).price("penalty", "approve")
    return signed(price.of("respondent", present_or_intended(penalty)))


def _costs(penalty: Penalty) -> str:
    return case_words.series(_sums(penalty) or [_("no fine")])


def _sums(penalty: Penalty) -> list[str]:
    """What it costs in money, part by part."""
    step = step_of(penalty)
    parts = []
    if fine := penalty_effects.fine_of(step, present_or_intended(penalty)):
        parts.append(_("fine %(yuan)s yuan", yuan=filters.yuan(fine)))
    if (shares := penalty_effects.shares_of(penalty)) is not None:
        parts.append(_("rework share %(yuan)s yuan", yuan=filters.yuan(shares.person)))
    return parts


def _in_effect(penalty: Penalty) -> str:
    month = penalty_content.first_month(step_of(penalty))
    if month is None or not _sums(penalty):
        return case_words.series((_("The penalty takes effect"), _costs(penalty)))
    return _("%(costs)s, from the pay day of %(month)s on", costs=_costs(penalty), month=case_words.month(month))
