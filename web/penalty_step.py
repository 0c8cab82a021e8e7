"""The step of a penalty in words: on which rung it stands or would stand, and by which earlier penalties.

Before the decision the count is taken now; after it, the event of the approval says what was counted.
"""

from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from models import Event, LadderStep, Penalty
from web import case_words, filters, moment, penalty_words
from web.label import label
from web.session import actor, db, me, now
from workflow import dismissal, escalation, penalty_effects, penalty_guards, penalty_roles
from workflow.process import N_, Step

RUNGS = (LadderStep.FIRST, LadderStep.SECOND, LadderStep.DISMISSAL)
# What an approval now would bring, as a title says it.
INTENDED = {
    LadderStep.FIRST: N_("first penalty proposed"),
    LadderStep.SECOND: N_("second penalty proposed"),
    LadderStep.DISMISSAL: N_("dismissal proposed"),
}
DECIDED = {
    LadderStep.FIRST: N_("first penalty"),
    LadderStep.SECOND: N_("second penalty"),
    LadderStep.DISMISSAL: N_("dismissal"),
}
# How often, as a line above the title says it.
TIMES = {
    LadderStep.FIRST: N_("First time"),
    LadderStep.SECOND: N_("Second time"),
    LadderStep.DISMISSAL: N_("Third time"),
}


@dataclass(frozen=True)
class Counted:
    """An earlier penalty that counts: its letter's number, its day and its step."""

    number: str
    url: str
    step: str
    day: str
    served: str
    fine: str


@dataclass(frozen=True)
class Rung:
    """One rung of the ladder: what stands on it or would stand on it."""

    number: int
    title: str
    text: str
    is_now: bool = False


def step_of(penalty: Penalty) -> Step[Penalty]:
    return Step(penalty, actor(), now())


def name_of(penalty: Penalty) -> str:
    """The step in short, as lists show it; of a single matter, that it stands on none."""
    if penalty.is_single_fine:
        return _("Single fine")
    return label(penalty.step) if penalty.step is not None else _("Not decided yet")


def present_or_intended(penalty: Penalty) -> LadderStep:
    """The step that was decided, or the one that an approval now would bring."""
    return penalty_guards.decided_or_intended(step_of(penalty))


def is_undecided(penalty: Penalty) -> bool:
    return penalty.approved_at is None and penalty.clock is not None


def counted(penalty: Penalty) -> list[Penalty]:
    """The earlier penalties that make the step: those in force now, or those that were counted at the approval."""
    if penalty.approved_at is None:
        return list(penalty_guards.standing(step_of(penalty)).counted)
    approval = next(event for event in penalty.events if event.action == "approve")
    numbers = approval.said.get("counted") or ()
    return [other for other in escalation.on_ladder_of(db(), penalty) if other.number in numbers]


def title(penalty: Penalty) -> str:
    """马超：拟解除劳动合同 · Ma Chao: dismissal proposed."""
    if penalty.is_single_fine:
        step = _("single fine") if penalty.step is not None else _("single fine proposed")
        return _("%(name)s: %(step)s", name=penalty.respondent.name, step=step)
    words = DECIDED if penalty.step is not None else INTENDED
    return _("%(name)s: %(step)s", name=penalty.respondent.name, step=_(words[present_or_intended(penalty)]))


def reasons(penalty: Penalty) -> list[str]:
    """Why it is this step, sentence by sentence."""
    if penalty.is_single_fine:
        return [_("The fine of a single matter: it stands on no ladder and takes no points.")]
    if penalty.approved_at is None and penalty.clock is None:
        return [_("It was dropped before a decision and counts on no ladder.")]
    return [reason(TIMES[_first_step(penalty)], counted(penalty)), *_afterwards(penalty)]


def reason(times: str, earlier: list[Penalty]) -> str:
    """第二次：本阶梯上有一项有效处罚，处罚〔2026〕3号，3月2日."""
    if not earlier:
        return _("%(times)s: no penalty is in force on this ladder.", times=_(times))
    listed = case_words.names(_with_day(penalty) for penalty in earlier)
    return ngettext(
        "%(times)s: %(num)d penalty in force on this ladder, %(listed)s.",
        "%(times)s: %(num)d penalties in force on this ladder, %(listed)s.",
        len(earlier), times=_(times), listed=listed,
    )  # fmt: skip


def _first_step(penalty: Penalty) -> LadderStep:
    """The step before any regrading."""
    approval = next((event for event in penalty.events if event.action == "approve"), None)
    return LadderStep(approval.said["step"]) if approval is not None else present_or_intended(penalty)


def _with_day(penalty: Penalty) -> str:
    assert penalty.approved_at is not None, "only what was approved is counted"
    return _("%(number)s of %(day)s", number=number_of(penalty), day=moment.day(penalty.approved_at))


def number_of(penalty: Penalty) -> str:
    """The number of its decision, or else of the case."""
    letter = dismissal.decision_of(penalty)
    return filters.letter_number(letter) if letter is not None else _("penalty %(number)s", number=penalty.number)


def _afterwards(penalty: Penalty) -> list[str]:
    found = [_regraded(event) for event in penalty.events if event.action == "regrade"]
    if penalty.revoked_at is not None:
        found.append(_("It was revoked and counts no longer."))
    elif penalty.counts_until is not None and penalty.counts_until <= now():
        found.append(_("Since %(day)s it counts no longer.", day=moment.long_day(penalty.counts_until)))
    elif penalty.counts_until is not None:
        found.append(_("It counts until %(day)s.", day=moment.long_day(penalty.counts_until)))
    return found


def _regraded(event: Event) -> str:
    said = event.said
    return _(
        "On %(day)s it was regraded from “%(old)s” to “%(new)s”, because penalty %(number)s fell away.",
        day=moment.day(event.at), old=label(LadderStep(said["from"])), new=label(LadderStep(said["to"])),
        number=said["because"],
    )  # fmt: skip


# --- the ladder


def ladder(penalty: Penalty) -> list[Rung]:
    """Where the respondent stands on the ladder today, and what this penalty does to it."""
    if penalty.is_single_fine:
        return []
    standing = escalation.standing_of(db(), penalty.respondent, penalty.ladder, now())
    return rungs(list(standing.counted), penalty)


def rungs(standing: list[Penalty], penalty: Penalty | None = None) -> list[Rung]:
    """The three rungs: those taken with their day, then the next one."""
    taken = [_taken(place, earlier, is_now=place == len(standing)) for place, earlier in enumerate(standing[:3], 1)]
    following = [_ahead(place, penalty, is_next=place == len(taken) + 1) for place in range(len(taken) + 1, 4)]
    return [*taken, *following]


def _taken(place: int, penalty: Penalty, *, is_now: bool) -> Rung:
    assert penalty.approved_at is not None and penalty.step is not None, "only what was approved is counted"
    name = label(penalty.step)
    return Rung(place, _("%(step)s · now", step=name) if is_now else name, _what_it_brought(penalty), is_now)


def _what_it_brought(penalty: Penalty) -> str:
    assert penalty.approved_at is not None and penalty.step is not None, "only what was approved is counted"
    parts = [number_of(penalty), moment.long_day(penalty.approved_at)]
    if fine := penalty_effects.fine_of(step_of(penalty), penalty.step):
        parts.append(_("fine %(yuan)s yuan", yuan=filters.yuan(fine)))
    if penalty.counts_until is not None:
        parts.append(_("counts until %(day)s", day=moment.long_day(penalty.counts_until)))
    return case_words.series(parts)


def _ahead(place: int, penalty: Penalty | None, *, is_next: bool) -> Rung:
    name = label(RUNGS[place - 1])
    if is_next and penalty is not None and is_undecided(penalty):
        return Rung(place, _("If this is approved: %(step)s", step=name), _if_approved(RUNGS[place - 1]))
    return Rung(place, name, _("not reached"))


def _if_approved(step: LadderStep) -> str:
    if step is LadderStep.FIRST:
        return _("It counts from the day of approval.")
    return _("If an earlier one is revoked, this one is regraded.")


# --- the earlier penalties, for the examination


def earlier(penalty: Penalty) -> list[Counted]:
    """By the order in which they counted, whatever step each of them was regraded to since."""
    return [_counted(other, penalty, rung) for rung, other in zip(RUNGS, counted(penalty), strict=False)]


def _counted(other: Penalty, penalty: Penalty, rung: LadderStep) -> Counted:
    assert other.step is not None and other.approved_at is not None, "only what was approved is counted"
    served = dismissal.served_at(dismissal.decision_of(other), penalty.respondent)
    return Counted(
        number=number_of(other), url=url_of(other), step=_(TIMES[rung]), day=moment.day(other.approved_at),
        served=_("served %(day)s", day=moment.day(served)) if served else _("not known to be served"),
        fine=filters.yuan(penalty_effects.fine_of(step_of(other), other.step)),
    )  # fmt: skip


def url_of(other: Penalty) -> str:
    """The address of another penalty, if it is there for this reader."""
    return url_for("penalty.show", number=other.number) if penalty_roles.may_see(other, actor()) else ""


def is_about_me(penalty: Penalty) -> bool:
    return penalty.respondent_id == me().id


def approve_words(penalty: Penalty) -> penalty_words.Words:
    return penalty_words.words_of("approve", present_or_intended(penalty))
