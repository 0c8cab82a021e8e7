"""The respondent's own view: whether they have to do anything, and what each decision means for them."""

from dataclasses import dataclass

from flask_babel import gettext as _

from models import Complaint, ComplaintState, Event
from web import case_points, case_words, moment
from web.case_clocks import Deadline
from web.case_files import File, files_of
from web.case_offers import Choice
from web.session import me
from workflow.process import N_

S = ComplaintState


@dataclass(frozen=True)
class Situation:
    """The first line of the page: what to do, or that there is nothing to do, and why."""

    sentence: str
    details: str
    has_to_act: bool


@dataclass(frozen=True)
class OwnAppeal:
    """The respondent's own words of the present round."""

    grounds: str
    sent: str
    files: list[File]


@dataclass(frozen=True)
class RespondentView:
    situation: Situation
    outcomes: list[case_points.Outcome]
    appeal: OwnAppeal | None


# Where the case stands, for whoever waits for others.
STANDS = {
    S.FILED: N_("The complaint is registered and not yet sent to a department."),
    S.ASSIGNED: N_(
        "%(names)s can accept or appeal as well as you. Without an answer the complaint counts as accepted."
    ),
    S.APPEALED: N_("Your appeal is with %(names)s, who submits it to the general manager or not."),
    S.RULING: N_("The appeal has been submitted; %(names)s rules on it."),
    S.HANDLING: N_("The complaint is being handled by %(names)s."),
    S.HANDLED: N_("The handling is complete; %(names)s reports the result."),
    S.REPORTED: N_("The result is reported; customer relations checks it."),
    S.RESOLVED: N_("The case is closed."),
    S.VOIDED: N_("The appeal succeeded: the complaint form is void and its points were taken back."),
    S.WITHDRAWN: N_("The customer withdrew; the points of this case were taken back."),
}


def view(complaint: Complaint, choices: list[Choice], deadline: Deadline | None) -> RespondentView:
    return RespondentView(
        _situation(complaint, choices, deadline), case_points.outcomes(complaint), _own_appeal(complaint)
    )


def _situation(complaint: Complaint, choices: list[Choice], deadline: Deadline | None) -> Situation:
    if complaint.state is S.ASSIGNED and deadline is not None and any(c.action == "appeal" for c in choices):
        return Situation(
            _("If you object, appeal by %(moment)s.", moment=case_words.moment_of(deadline.clock.due)),
            _(
                "%(left)s. Without an appeal the points become final once the complaint is accepted or the time is up.",
                left=deadline.clock.words,
            ),
            has_to_act=True,
        )
    stands = _(STANDS[complaint.state], names=deadline.who if deadline is not None else "")
    return Situation(_("There is nothing you have to do now."), f"{stands}{_until(deadline)}", has_to_act=False)


def _until(deadline: Deadline | None) -> str:
    if deadline is None:
        return ""
    return _(" Deadline %(moment)s, %(left)s. You will be told of the result at once.",
             moment=moment.weekday_moment(deadline.clock.due), left=deadline.clock.words)  # fmt: skip


def _own_appeal(complaint: Complaint) -> OwnAppeal | None:
    own = [e for e in complaint.events if e.action == "appeal" and e.actor_id == me().id]
    if not own:
        return None
    return OwnAppeal(str(own[-1].said.get("grounds") or ""), moment.moment(own[-1].at), _files_of(own[-1], complaint))


def _files_of(event: Event, complaint: Complaint) -> list[File]:
    return [file for file in files_of(complaint) if file.added_at == event.at]
