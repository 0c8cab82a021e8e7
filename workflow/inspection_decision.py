"""What becomes of an inspection’s proposals: accepted into the penalty or the reward process, or set aside.

Nothing here charges anybody. An accepted fine is a penalty proposal like any other: the person is told and heard, the
head submits, the general manager decides, and there is an appeal. Nobody decides a proposal about themselves.
"""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from models import Inspection, InspectionKind, InspectionProposal, InspectionState, Person
from workflow import inspection as verbs
from workflow import inspection_roles as roles
from workflow import penalty as penalties
from workflow import reward as rewards
from workflow.assessment_checklist import Checklist
from workflow.evidence import Evidence
from workflow.process import FORBIDDEN, INVALID, MOVED_ON, N_, NOT_FOUND, Objection, Refused, refuse
from workflow.proposal import Proposal
from workflow.roles import Actor
from workflow.told import Told

KINDS: Mapping[InspectionKind, Told] = {
    InspectionKind.MYSTERY: Told("神秘访问", "mystery visit"),
    InspectionKind.SELF: Told("突击自检", "unannounced self-inspection"),
    InspectionKind.MANUFACTURER: Told("厂家检查", "manufacturer’s check"),
}


def accept(
    session: Session, inspection: Inspection, key: int, *,
    by: Actor, at: datetime, facts: str, person: Person | None = None, photos: Mapping[int, str] | None = None,
) -> InspectionProposal:  # fmt: skip
    """A fine becomes a penalty proposal, a reward a reward proposal; `person` where nobody holds the post.

    `facts` in words other than the usual ones stay as they are. `photos` gives each photo that goes with it a key of
    its own as evidence. Raises Refused as those processes do.
    """
    proposal = _undecided(inspection, key, by)
    whom = proposal.person or person
    refuse(
        Objection(INVALID, N_("Nobody holds this post: choose whom it concerns, or set it aside."), field="person")
        if whom is None
        else None,
        Objection(INVALID, N_("This person is asked for the same already."), field="person")
        if proposal.person is None and whom is not None and _asked_already(inspection, proposal, whom)
        else None,
        _is_about(whom, by),
    )
    assert whom is not None and by.person is not None
    usual = usual_facts(inspection, proposal, by)
    in_english = usual.english_of(facts)
    facts = usual.zh if in_english is not None else facts
    proposal.person, proposal.person_id = whom, whom.id
    if proposal.kind == "reward":
        wish = rewards.Wish(
            whom, inspection.regulation_version, proposal.rule, proposal.amount, facts,
            f"inspection/{inspection.number}/{proposal.id}", reason_en=in_english,
        )  # fmt: skip
        proposal.reward = rewards.propose(session, wish, by=by, at=at)
    else:
        step = penalties.propose(
            _penalty(inspection, proposal, whom, facts, in_english, photos or {}, by), by=by, at=at
        )
        session.add(step.subject)
        session.flush()
        proposal.penalty = step.subject
    proposal.decided_at, proposal.decided_by, proposal.decided_by_id = at, by.person, by.person.id
    verbs.note(inspection, "accept", by=by, at=at, said={"proposal": proposal.id, "rule": proposal.rule})
    session.flush()
    return proposal


def set_aside(
    session: Session, inspection: Inspection, key: int, *, by: Actor, at: datetime, reason: str
) -> InspectionProposal:
    """It is not pursued, and the reason stays."""
    proposal = _undecided(inspection, key, by)
    refuse(_is_about(proposal.person, by))
    assert by.person is not None
    proposal.reason = verbs.reason_given(reason)
    proposal.decided_at, proposal.decided_by, proposal.decided_by_id = at, by.person, by.person.id
    verbs.note(
        inspection, "set_aside", by=by, at=at,
        said={"proposal": proposal.id, "rule": proposal.rule, "reason": proposal.reason},
    )  # fmt: skip
    session.flush()
    return proposal


def usual_facts(inspection: Inspection, proposal: InspectionProposal, by: Actor) -> Told:
    """The facts as they go into the letter, unless whoever decides words them otherwise: when and what."""
    checklist = verbs.checklist_of(inspection)
    begun = inspection.begun_at or inspection.planned_at
    day = by.office.calendar.day_of(begun)
    kind, number, found = KINDS[inspection.sort], inspection.number, _what(inspection, proposal, checklist)
    return Told(
        f"{day.year}年{day.month}月{day.day}日，按《{checklist.title.zh}》进行{kind.zh}（检查 {number}）。{found.zh}",
        f"{day.day} {day:%B %Y}, {kind.en} by the {checklist.title.en} (inspection {number}). {found.en}",
    )


def _what(inspection: Inspection, proposal: InspectionProposal, checklist: Checklist) -> Told:
    if proposal.because == inspection.source:
        return Told(
            "厂家检查处以罚款，经复盘会确定由其承担。",
            "The manufacturer imposed a fine; the review meeting decided that this share is theirs to bear.",
        )
    zh = "、".join(f"“{title}”" for title in titles(checklist, proposal.because, "zh"))
    en = ", ".join(f"“{title}”" for title in titles(checklist, proposal.because, "en"))
    if proposal.because in checklist.whole():
        return Told(f"{zh}模块得分低于规定。", f"The module {en} scored below what is asked.")
    passed = proposal.kind == "reward"
    return Told(f"{zh}{'合格' if passed else '不合格'}。", f"{'Met' if passed else 'Not met'}: {en}.")


def titles(checklist: Checklist, because: str, language: str) -> list[str]:
    """The factors or the module that a proposal is about, by their titles."""
    known = {name: module.title for name, module in checklist.whole().items()}
    known |= {name: factor.title for name, factor in checklist.factors().items()}
    return [getattr(known[name], language) if name in known else name for name in because.split(", ")]


def _penalty(
    inspection: Inspection, proposal: InspectionProposal, whom: Person, facts: str, in_english: str | None,
    photos: Mapping[int, str], by: Actor,
) -> Proposal:  # fmt: skip
    day = by.office.calendar.day_of(inspection.begun_at or inspection.planned_at)
    about = set(proposal.because.split(", "))
    evidence = [
        Evidence(photos[photo.id], photo.file.name, photo.file.media_type, photo.file.size, photo.file.digest)
        for photo in inspection.photos
        if photo.factor in about and photo.id in photos
    ]
    return Proposal(
        respondent=whom, facts=facts, facts_en=in_english, rule=proposal.rule, occurred_on=day, known_on=day,
        evidence=evidence, fine=proposal.amount, fine_version=inspection.regulation_version,
    )  # fmt: skip


def _undecided(inspection: Inspection, key: int, by: Actor) -> InspectionProposal:
    roles.only_who_keeps(inspection, by)
    verbs.only_while(inspection, InspectionState.PUBLISHED)
    proposal = next((each for each in inspection.proposals if each.id == key), None)
    if proposal is None:
        raise Refused([Objection(NOT_FOUND, N_("There is no such proposal."))])
    refuse(Objection(MOVED_ON, N_("This proposal was decided already.")) if proposal.decided_at is not None else None)
    return proposal


def _asked_already(inspection: Inspection, proposal: InspectionProposal, whom: Person) -> bool:
    same = (proposal.rule, proposal.kind, proposal.because, whom.id)
    return any((each.rule, each.kind, each.because, each.person_id) == same for each in inspection.proposals)


def _is_about(whom: Person | None, by: Actor) -> Objection | None:
    if whom is None or by.person is None or whom.id != by.person.id:
        return None
    return Objection(FORBIDDEN, N_("Nobody decides what is proposed about themselves; ask a colleague."))
