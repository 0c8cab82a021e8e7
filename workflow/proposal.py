"""What is known when a penalty is proposed, and the new penalty made of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from models import Complaint, Penalty, Person, RegulationVersion
from workflow.evidence import Evidence
from workflow.process import INVALID, N_, Objection, Refused
from workflow.regulation import CS_MANAGEMENT
from workflow.roles import Actor
from workflow.texts import clean, spoken

CASE_SERIES = "penalty_case"
# Where the fine of a single matter stands instead of a department's ladder: nothing there counts towards a next step.
NO_LADDER = "single_fines"


@dataclass(frozen=True)
class Proposal:
    """What is known when a penalty is proposed; the rework cost in fen.

    `facts_en` says the same as `facts` where the product has worded it.
    """

    respondent: Person | None
    facts: str | None
    rule: str | None
    complaint: Complaint | None = None
    occurred_on: date | None = None
    rework_cost: int | None = None
    # When the company came to know, if somebody says so; else it knows since the complaint, or since now.
    known_on: date | None = None
    evidence: Sequence[Evidence] = ()
    # A fine in fen that another regulation sets for a single matter, and the edition that sets it.
    fine: int | None = None
    fine_version: RegulationVersion | None = None
    facts_en: str | None = None

    def said(self) -> dict[str, Any]:
        return spoken({
            "facts": self.facts,
            "facts_en": self.facts_en,
            "rule": self.rule,
            "complaint": self.complaint.number if self.complaint else None,
            "occurred_on": self.occurred_on.isoformat() if self.occurred_on else None,
            "rework_cost": self.rework_cost,
            "known_on": self.known_on.isoformat() if self.known_on else None,
            "fine": self.fine,
            "fine_edition": f"{self.fine_version.slug}/{self.fine_version.edition}" if self.fine_version else None,
        })  # fmt: skip


def when_it_happened(proposal: Proposal, by: Actor, at: datetime) -> datetime:
    """Whoever led the team then answers for it (CS-9): noon of the day, else when the company came to know."""
    complaint = proposal.complaint
    day = proposal.occurred_on or (complaint.occurred_on if complaint is not None else None)
    if day is not None:
        return min(at, datetime.combine(day, time(12), by.office.calendar.zone))
    return when_it_was_known(proposal, by, at)


def when_it_was_known(proposal: Proposal, by: Actor, at: datetime) -> datetime:
    """Since when the company knows: the time for a dismissal runs from then. Of a mere day, noon."""
    calendar, complaint = by.office.calendar, proposal.complaint
    since = complaint.filed_at if complaint is not None else at
    day = proposal.known_on
    if day is None or day == calendar.day_of(since):
        return since
    return min(at, datetime.combine(day, time(12), calendar.zone))


def penalty_from(proposal: Proposal, by: Actor, at: datetime) -> Penalty:
    """A new penalty with its case number, under the regulation in force; its state comes with the step."""
    respondent, complaint, office = proposal.respondent, proposal.complaint, by.office
    if respondent is None:
        raise Refused([Objection(INVALID, N_("Name the person concerned."), field="respondent")])
    version, post = office.regulation_in_force(CS_MANAGEMENT, at), respondent.posting_at(at)
    assert post is not None, "everybody has had a post"
    year, seq = office.next_number(CASE_SERIES, at)
    # The joint liability of a single matter is a fine of its own (MS-4).
    leader = office.leader_of(respondent, when_it_happened(proposal, by, at)) if proposal.fine is None else None
    return Penalty(
        year=year, seq=seq, respondent=respondent, respondent_id=respondent.id,
        department=post.department, department_id=post.department_id,
        ladder=post.department.ladder if proposal.fine is None else NO_LADDER, fine=proposal.fine,
        fine_version=proposal.fine_version, fine_version_id=proposal.fine_version.id if proposal.fine_version else None,
        leader=leader, leader_id=leader.id if leader else None,
        rule=clean(proposal.rule) or "", facts=clean(proposal.facts) or "", facts_en=proposal.facts_en,
        complaint=complaint, complaint_id=complaint.id if complaint else None,
        occurred_on=proposal.occurred_on or (complaint.occurred_on if complaint else None),
        known_at=when_it_was_known(proposal, by, at), rework_cost=proposal.rework_cost, proposed_at=at,
        regulation_version=version, regulation_version_id=version.id, events=[], attachments=[],
    )  # fmt: skip
