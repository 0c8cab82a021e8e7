"""What acts on improvement plans are called, and what their events say."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from flask_babel import gettext as _

from models import Cause, Event, Plan, PlanSource, ToldBy
from web import moment, reminder_lines
from web.label import label
from web.session import actor
from workflow import veil
from workflow.act_words import Words
from workflow.message import NUDGE
from workflow.process import N_

WORDS = {
    "report": Words("", "", "", N_("opened the plan with the report")),
    "open": Words(
        N_("New improvement plan"), N_("New plan"), N_("Open the plan"), N_("opened the improvement plan")
    ),
    "report_again": Words("", "", "", N_("reported the case once more: the plan goes on")),
    "analyse": Words(N_("Find the cause (5 why)"), N_("Cause"), N_("Keep the cause"), N_("found the cause")),
    "add_measure": Words(N_("Add a measure"), N_("Add a measure"), N_("Add the measure"), N_("added a measure")),
    "carry_out": Words(
        N_("A measure is done"), N_("Done"), N_("Record it as done"), N_("carried out a measure")
    ),
    "finish": Words(
        N_("Report the plan as done"), N_("Report done"), N_("Report it as done"), N_("reported the plan as done")
    ),
    "confirm": Words(
        N_("Verified: it helped"), N_("Effective"), N_("Confirm: effective"), N_("verified that it helped")
    ),
    "reject": Words(
        N_("Verified: it did not help"), N_("Not effective"), N_("Send it back to work"),
        N_("found that it did not help, and sent it back to work"),
    ),
    "reopen": Words(
        N_("The problem has returned: reopen"), N_("Reopen"), N_("Reopen the plan"), N_("reopened the plan")
    ),
    "tell": Words(
        N_("A customer was told"), N_("Tell the customer"), N_("Record it"), N_("told a customer what was improved")
    ),
    "note": Words(
        N_("Add a progress note or a proof"), N_("Note"), N_("Add it to the plan"), N_("added a progress note")
    ),
    "postpone": Words(N_("Set another day"), N_("Another day"), N_("Set the day"), N_("set another day")),
    "hand_over": Words(
        N_("Give it to somebody else"), N_("Hand over"), N_("Hand it over"), N_("gave it to somebody else")
    ),
    "drop": Words(
        N_("Do not pursue the plan"), N_("Drop"), N_("Confirm: not pursued"), N_("ended the plan: not pursued")
    ),
}  # fmt: skip
HELP = {
    "analyse": N_("Ask why, and of each answer why again, until the cause is found that can be removed."),
    "carry_out": N_("Say what was done, and add what proves it: a photo, a list, a signed sheet."),
    "finish": N_("Somebody who owns no part of it then verifies whether it helped."),
    "confirm": N_("Check on the spot or by samples. The customers hear of it next."),
    "reject": N_("It goes back to work with a new day, and needs at least one new measure."),
    "tell": N_("Each customer is recorded once, with the day and how."),
    "note": N_("It stands in the history and cannot be changed afterwards."),
    "drop": N_("Who owns a part of the plan cannot do this."),
}


def done(event: Event) -> str:
    """What happened, to stand after the name of who did it."""
    if event.action == NUDGE:
        return reminder_lines.urged(event)
    return _(WORDS[event.action].done)


def title(plan: Plan) -> str:
    """The plan's title, without the customer of its case where this reader may not know who that is."""
    return veil.plan_words(plan.title, (plan.complaint,), actor(), customer=_("the customer"))


def written(text: str | None, plan: Plan) -> str:
    """What somebody wrote in the plan, without those of its customers whom this reader may not know."""
    cases = (plan.complaint, *(row.complaint for row in plan.customers))
    return veil.plan_words(text, cases, actor(), customer=_("the customer"))


def details(event: Event, plan: Plan) -> list[tuple[str, str]]:
    """What the event says beside that, as pairs of a name and words, as this reader may read them."""
    return [(name, written(words, plan)) for name, words in _details(event.action, event.said) if words]


def _details(action: str, said: dict[str, Any]) -> Iterator[tuple[str, str]]:
    if "cause" in said:
        yield _("Cause"), label(Cause(said["cause"]))
    for place, why in enumerate(said.get("whys") or (), 1):
        yield _("Why %(place)d", place=place), str(why)
    measure = said.get("measure")
    yield _("What is done"), str(said.get("what") or measure or "")
    if action == "hand_over":
        yield _("Previously in charge"), str(said.get("from_name") or "")
    yield _("In charge"), str(said.get("owner_name") or "")
    if said.get("was_due_on"):
        yield _("Before"), _day(said["was_due_on"])
    yield _("By"), _day(said.get("due_on"))
    if said.get("how"):
        yield _("How"), label(ToldBy(said["how"]))
        yield _("On"), _day(said.get("told_on"))
    yield _("Case"), str(said.get("complaint") or "")
    yield _("Reason"), _reason(said.get("reason"))
    yield _("Note"), str(said.get("note") or "")


def _reason(reason: str | None) -> str:
    """That somebody leaves is said by the clock, in the reader's language."""
    return _(reason) if reason in ("leaves the company", "changes post") else str(reason or "")


def _day(written: str | None) -> str:
    return moment.long_day(date.fromisoformat(written)) if written else ""


def causes() -> list[tuple[str, str]]:
    return [(cause.value, label(cause)) for cause in Cause]


def sources() -> list[tuple[str, str]]:
    return [(source.value, label(source)) for source in PlanSource]


def ways_to_tell() -> list[tuple[str, str]]:
    return [(way.value, label(way)) for way in ToldBy]
