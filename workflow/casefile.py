"""What stands in the file of a case for one reader: their copy of every letter that they may read, how each was
served, and the evidence that they may open. Decides nothing of its own: it asks the modules that know.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from models import Attachment, Complaint, Letter, LetterService, Penalty, Person, ServiceFile
from workflow import penalty_roles, sight, veil
from workflow.deadline import as_json
from workflow.letter import department
from workflow.penalty_list import words_for
from workflow.reading import FULL, Copy, copies_for
from workflow.roles import Actor

Case = Complaint | Penalty
Json = dict[str, Any]


@dataclass(frozen=True)
class Served:
    """How a letter reached one of its addressees; named as on the day of the letter."""

    letter: Letter
    who: Json
    acknowledged_at: datetime | None
    service: LetterService | None


@dataclass(frozen=True)
class Contents:
    """Everything in its order, and nothing that the reader could not read elsewhere."""

    letters: list[tuple[Letter, Copy]]
    served: list[Served]
    evidence: list[tuple[Attachment | ServiceFile, str]]
    is_in_full: bool


def may_see(case: Case, actor: Actor) -> bool:
    """Whoever may see a case may take its file with them, as far as they may read it."""
    return sight.may_see(case, actor) if isinstance(case, Complaint) else penalty_roles.may_see(case, actor)


def contents_of(case: Case, actor: Actor) -> Contents:
    """The letters in the order of their issue, each with its copies; the rest as the reader may have it."""
    letters = [letter for event in case.events for letter in event.letters]
    read = [(letter, copies) for letter in letters if (copies := copies_for(letter, actor))]
    served = [line for letter, copies in read for line in _served(letter, copies[0], actor)]
    return Contents(
        letters=[(letter, copy) for letter, copies in read for copy in copies],
        served=served,
        evidence=[*_evidence(case, actor), *_proofs(served, case, actor)],
        is_in_full=len(read) == len(letters) and all(copies[0] == FULL for _letter, copies in read),
    )


def cover_of(case: Case, actor: Actor) -> Json:
    """Who and what the case is about, as its cover tells this reader; names and posts are those of its first day."""
    complaint = _complaint_of(case)
    began = case.filed_at if isinstance(case, Complaint) else case.proposed_at
    return {
        "kind": case.kind,
        "number": case.number,
        "company": {"zh": actor.office.company.name_zh, "en": actor.office.company.name_en},
        "is_about_a_customer": complaint is not None,
        "customer": veil.customer_name(complaint, actor) if complaint is not None else None,
        "complaint": complaint.number if complaint is not None and complaint is not case else None,
        "category": case.category.value if isinstance(case, Complaint) else None,
        "rule": None if isinstance(case, Complaint) else case.rule,
        "department": department(case.department),
        "respondent": _who(case.respondent, began),
        "began": as_json(began, actor.office),
        "last": as_json(case.events[-1].at, actor.office),
        "made_by": _who(actor.person, actor.staff.at),
        "made_at": as_json(actor.staff.at, actor.office),
    }


def _who(person: Person | None, at: datetime) -> Json | None:
    if person is None:
        return None
    post = person.posting_at(at)
    return {"name": person.name, "post": post.title if post else "",
            "department": department(post.department) if post else None}  # fmt: skip


def _served(letter: Letter, copy: Copy, actor: Actor) -> list[Served]:
    """Whoever reads a copy of their own reads how it reached them; to whom else it went is told with the full one."""
    own = actor.person.id if copy != FULL and actor.person is not None else None
    by_person = {row.person_id: row for row in letter.services}
    return [
        Served(letter, who, line.acknowledged_at, by_person.get(line.person_id))
        for line, who in zip(letter.recipients, letter.content["recipients"], strict=True)
        if own is None or line.person_id == own
    ]


def _evidence(case: Case, actor: Actor) -> list[tuple[Attachment, str]]:
    """The files that this reader may open, under the names that they may read."""
    if isinstance(case, Penalty):
        return [(file, words_for(file.name, case, actor)) for file in case.attachments]
    return [
        (file, veil.words(file.name, case, actor)) for file in case.attachments if sight.may_open(file, case, actor)
    ]


def _proofs(served: list[Served], case: Case, actor: Actor) -> list[tuple[Attachment | ServiceFile, str]]:
    """What proves each service that the reader reads of."""
    found = [file for line in served if line.service is not None for file in line.service.files]
    if isinstance(case, Penalty):
        return [(file, words_for(file.name, case, actor)) for file in found]
    return [(file, veil.words(file.name, case, actor)) for file in found]


def _complaint_of(case: Case) -> Complaint | None:
    return case if isinstance(case, Complaint) else case.complaint
