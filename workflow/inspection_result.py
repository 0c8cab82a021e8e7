"""Publishing an inspection (MS-1…9): its score goes into the books, and what the regulation asks is proposed.

Nothing is charged here. Whoever decides sees all that one visit leads to side by side, because the sanctions of a visit
add up as they are written, and each becomes a penalty proposal, a reward proposal, or is set aside with a reason.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy.orm import Session

from models import (
    AssessmentRow,
    Inspection,
    InspectionKind,
    InspectionProposal,
    InspectionShare,
    InspectionState,
    Person,
)
from workflow import assessment_books, inspection_findings, posts
from workflow import inspection as verbs
from workflow import inspection_roles as roles
from workflow.assessment_checklist import Visit
from workflow.assessment_consequence import Proposal
from workflow.assessment_entry import Row
from workflow.assessment_figures import NoData
from workflow.assessment_pack import AssessmentPack, pack_of
from workflow.process import INVALID, N_, Objection, refuse
from workflow.roles import Actor
from workflow.texts import clean

PERSON = "person:"
BORNE = "MS-9"
FULL = Decimal(100)
LONGEST_SHARE = 500


@dataclass(frozen=True)
class Share:
    """What somebody bears of a manufacturer's check; the fine in fen."""

    person: Person
    fine: int
    points: Decimal
    reason: str


def publish(
    session: Session, inspection: Inspection, *, by: Actor, at: datetime, shares: Sequence[Share] = ()
) -> Inspection:
    """MS-1: the result stands from now on; its score counts (MS-9 by the day on which a manufacturer published it)."""
    roles.only_who_keeps(inspection, by)
    verbs.only_while(inspection, InspectionState.SUBMITTED)
    is_manufacturers = inspection.sort is InspectionKind.MANUFACTURER
    if is_manufacturers:
        refuse(*_wrong_shares(inspection, shares))
        proposals = list(_of_shares(inspection, shares))
        score: Decimal | NoData = inspection.result or Decimal(0)
        inspection.shares.extend(
            InspectionShare(
                person=share.person, person_id=share.person.id, fine=share.fine, points=share.points,
                reason=clean(share.reason) or "",
            )
            for share in shares
        )  # fmt: skip
    else:
        refuse(*_unnamed(session, inspection))
        visit = outcome(session, inspection)
        score, proposals = visit.score, _in_the_company(session, inspection, visit)
    if not isinstance(score, NoData):
        inspection.row = _posted(session, inspection, score, by=by, at=at)
    inspection.published_at = at
    verbs.note(inspection, "publish", by=by, at=at)
    session.flush()
    inspection.proposals.extend(proposals)
    session.flush()
    return inspection


def outcome(session: Session, inspection: Inspection) -> Visit:
    """The score and what follows, with the persons whom the review has settled on."""
    return inspection_findings.scored(inspection, _whose(session, inspection))


def preview(session: Session, inspection: Inspection) -> list[InspectionProposal]:
    """What would be proposed if it were published now; nothing is kept."""
    return _in_the_company(session, inspection, outcome(session, inspection))


def counts_on(inspection: Inspection, by: Actor) -> date:
    """The day by which the score counts into a month."""
    if inspection.result_on is not None:
        return inspection.result_on
    assert inspection.begun_at is not None, "what is submitted has begun"
    return by.office.calendar.day_of(inspection.begun_at)


def _posted(session: Session, inspection: Inspection, score: Decimal, *, by: Actor, at: datetime) -> AssessmentRow:
    row = Row(inspection.number, {"score": score})
    entry = assessment_books.Entry(inspection.department, counts_on(inspection, by), row)
    pack = pack_of(inspection.regulation_version)
    (posted,) = assessment_books.post(session, pack, inspection.source, [entry], at=at, by=by.person)
    return posted


def _whose(session: Session, inspection: Inspection) -> dict[str, str]:
    """Whose doing each finding was: whoever was named, or the only holder of the post."""
    found = {}
    for finding in inspection.findings:
        if finding.responsible_id is not None:
            found[finding.factor] = f"{PERSON}{finding.responsible_id}"
        elif finding.met is False:
            holders = inspection_findings.proposed_for(session, inspection, finding.factor)
            if len(holders) == 1:
                found[finding.factor] = f"{PERSON}{holders[0].id}"
    return found


def _unnamed(session: Session, inspection: Inspection) -> Iterator[Objection]:
    """A missed factor of a post that several hold: somebody has to say whose doing it was."""
    whose, factors = _whose(session, inspection), verbs.checklist_of(inspection).factors()
    for finding in inspection.findings:
        if finding.met is not False or finding.factor in whose:
            continue
        if len(inspection_findings.proposed_for(session, inspection, finding.factor)) > 1:
            sentence = N_("Several people hold the post that answers for “%(factor)s”: name the one responsible.")
            yield Objection(INVALID, sentence, factor=factors[finding.factor].title.zh)


def _in_the_company(session: Session, inspection: Inspection, visit: Visit) -> list[InspectionProposal]:
    """Posts become the people who held them on that day: one proposal for each person, rule and matter."""
    pack, at = pack_of(inspection.regulation_version), inspection.begun_at or inspection.planned_at
    found: dict[tuple[str, str, str, object], InspectionProposal] = {}
    for proposal in visit.proposals:
        for person, post in _people(session, pack, proposal, at):
            key = (proposal.rule, proposal.kind, proposal.because, person.id if person else post)
            found.setdefault(key, _row(proposal, person, post))
    return list(found.values())


def _people(
    session: Session, pack: AssessmentPack, proposal: Proposal, at: datetime
) -> Iterator[tuple[Person | None, str | None]]:
    if proposal.whom.startswith(PERSON):
        person = session.get(Person, int(proposal.whom.removeprefix(PERSON)))
        yield person, None
        return
    holders = posts.holders(session, pack, proposal.whom, at)
    yield from ((person, proposal.whom) for person in holders)
    if not holders:
        yield None, proposal.whom


def _row(proposal: Proposal, person: Person | None, post: str | None) -> InspectionProposal:
    return InspectionProposal(
        kind=proposal.kind, rule=proposal.rule, post=post, person_id=person.id if person is not None else None,
        amount=proposal.fen, because=proposal.because,
    )  # fmt: skip


def _of_shares(inspection: Inspection, shares: Sequence[Share]) -> Iterator[InspectionProposal]:
    for share in shares:
        if share.fine:
            yield InspectionProposal(
                kind="fine", rule=BORNE, post=None, person_id=share.person.id, amount=share.fine,
                because=inspection.source,
            )  # fmt: skip


def _wrong_shares(inspection: Inspection, shares: Sequence[Share]) -> Iterator[Objection]:
    """MS-9: the fines and the lost points are shared out whole, nobody stands there twice, and each has a reason."""
    imposed, lost = inspection.imposed or 0, FULL - (inspection.result or Decimal(0))
    if sum(share.fine for share in shares) != imposed:
        sentence = N_("The fines add up to %(sum)s yuan, and the manufacturer imposed %(whole)s yuan.")
        total = Decimal(sum(share.fine for share in shares)) / 100
        yield Objection(INVALID, sentence, field="shares", sum=f"{total:.2f}", whole=f"{Decimal(imposed) / 100:.2f}")
    if (points := sum((share.points for share in shares), Decimal(0))) != lost:
        sentence = N_("The lost points add up to %(sum)s, and %(whole)s were lost.")
        yield Objection(INVALID, sentence, field="shares", sum=f"{points:.2f}", whole=f"{lost:.2f}")
    if len({share.person.id for share in shares}) != len(shares):
        yield Objection(INVALID, N_("Each person stands there once."), field="shares")
    if any(not clean(share.reason) or len(share.reason) > LONGEST_SHARE for share in shares):
        sentence = N_("Say for each person why, in at most %(most)d characters.")
        yield Objection(INVALID, sentence, field="shares", most=LONGEST_SHARE)
    if any(share.fine < 0 or share.points < 0 or share.fine + share.points <= 0 for share in shares):
        yield Objection(INVALID, N_("Each person bears something."), field="shares")
