"""Handing a case over for good: what is offered to the reader, and how the timeline tells it."""

from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _

from models import Complaint, Event, Person, Role
from web.session import actor, now
from workflow import handing_over
from workflow.process import N_

STEPS_NOTE = N_(
    "From then on the head's steps in this case are theirs. Department, points and deadlines stay as they are; "
    "both of you are told."
)
FILE_NOTE = N_(
    "From then on your colleague is told of this case and reminded of it; everyone in customer relations can still act."
)


@dataclass(frozen=True)
class Offered:
    """One way to hand the case over, and to whom."""

    action: str
    url: str
    note: str
    people: list[Person]


def offered(complaint: Complaint) -> list[Offered]:
    """What this reader can hand over of the case."""
    found = []
    if handing_over.may_hand_over(complaint, actor(), now()):
        people = handing_over.who_may_follow(complaint, actor())
        url = url_for("complaint.hand_over", number=complaint.number)
        found.append(Offered("hand_over", url, _(STEPS_NOTE), people))
    if handing_over.may_hand_over_the_file(complaint, actor(), now()):
        url = url_for("complaint.hand_over_file", number=complaint.number)
        found.append(Offered("hand_over_file", url, _(FILE_NOTE), _colleagues(complaint)))
    return found


def _colleagues(complaint: Complaint) -> list[Person]:
    officers = actor().staff.holders.get(Role.CUSTOMER_RELATIONS, ())
    return [person for person in officers if person.id != complaint.respondent_id]


def told(event: Event) -> str:
    """Who had it and who has it now, to stand after the name of who did it."""
    said, nobody = event.said, _("nobody")
    names = {"before": said.get("from_name") or nobody, "after": said.get("to_name") or nobody}
    if "file" in said:
        return _("handed the file over: %(before)s → %(after)s", **names)
    if "steps" in said:
        return _("handed the case over for good: %(before)s → %(after)s", **names)
    return _("passed the case on with the post: %(before)s → %(after)s", **names)
