"""Where a penalty stands: the stations it has passed, the present one, those to come, and the fork.

The course is read from the events and from the table of rules; nothing here decides a step.
"""

from flask_babel import gettext as _

from models import Event, Penalty, PenaltyState
from web import case_words, moment
from web.case_course import Station
from web.label import Look, chip, label
from web.session import me, now
from workflow.penalty import PENALTY
from workflow.process import N_
from workflow.regulation import pack_of

S = PenaltyState
# A past station is named by the act that brought the penalty there.
REACHED = {
    "propose": N_("Proposal"),
    "defend": N_("Defence"),
    "waive": N_("Defence waived"),
    "submit": N_("Submission"),
    "drop": N_("No penalty"),
    "reject": N_("No penalty"),
    "approve": N_("Decision"),
    "appeal": N_("Appeal"),
    "sustain": N_("Sustained"),
    "lapse": N_("Effect"),
    "revoke": N_("Revoked"),
    "settle": N_("Settled"),
}
# The present one, while a clock runs, by what is awaited.
AWAITED = {
    "defence": N_("Awaiting defence"),
    "submit": N_("Awaiting submission"),
    "approve": N_("Awaiting approval"),
    "contest": N_("Open to appeal"),
    "review": N_("Awaiting ruling"),
}
SUBMISSION, DECISION, EFFECT = N_("Submission"), N_("Decision"), N_("Effect")
TO_COME = {
    S.PROPOSED: (SUBMISSION, DECISION, EFFECT),
    S.HEARD: (DECISION, EFFECT),
    S.SUBMITTED: (DECISION, EFFECT),
    S.ISSUED: (EFFECT,),
    S.APPEALED: (EFFECT,),
}
_AHEAD = (S.HEARD, S.SUBMITTED, S.ISSUED, S.FINAL, S.SETTLED, S.APPEALED, S.REVOKED, S.DROPPED)


def stations(penalty: Penalty) -> list[Station]:
    """Past stations with their times, the present one with its waiting, the ordinary ones to come."""
    moves = [event for event in penalty.events if event.from_state != event.to_state]
    if penalty.clock is None:
        return [*map(_past, moves[:-1]), Station(label(penalty.state), _time_of(moves[-1]), "is-now")]
    waiting = _("for %(time)s", time=moment.duration(now() - moves[-1].at))
    present = Station(_(AWAITED[penalty.clock]), waiting, "is-now")
    return [*map(_past, moves), present, *(_ahead(name, penalty) for name in TO_COME[penalty.state])]


def _past(event: Event) -> Station:
    return Station(_(REACHED[event.action]), _time_of(event), "is-past")


def _ahead(name: str, penalty: Penalty) -> Station:
    if name != DECISION:
        return Station(_(name), "")
    limit = case_words.limit_in_words(pack_of(penalty.regulation_version).limit("contest"))
    return Station(_(name), _("open to appeal for %(limit)s", limit=limit))


def _time_of(event: Event) -> str:
    if event.actor_id == me().id:
        return _("you, %(moment)s", moment=moment.moment(event.at))
    return moment.moment(event.at)


def fork(penalty: Penalty) -> list[Look]:
    """Where the table of rules leads from here, each way once."""
    ways = {
        PenaltyState(rule.dest): chip(PenaltyState(rule.dest))
        for rule in PENALTY.rules_from(penalty.state)
        if rule.dest is not None
    }
    return [ways[state] for state in sorted(ways, key=_AHEAD.index)]


def fork_title(penalty: Penalty) -> str:
    deciding = penalty.clock is not None and penalty.clock in ("approve", "review")
    return _("After the decision") if deciding else _("Where it can go from here")
