"""What is found, factor by factor: written module by module, from a phone that is often without a connection.

Whoever writes says which revision of a finding they had before them. A finding that somebody else has changed since
then stays as it is and comes back as a clash: the writer sees both and decides; nothing is overwritten unseen. The
same words sent twice, because the first answer was lost on the way, are no clash.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from models import Inspection, InspectionFinding, InspectionPhoto, InspectionState, Person
from workflow import assessment_books, posts
from workflow import inspection as verbs
from workflow import inspection_roles as roles
from workflow.assessment_checklist import Factor, Finding, Visit, visited
from workflow.assessment_pack import pack_of
from workflow.evidence import Evidence
from workflow.process import INVALID, N_, NOT_FOUND, Objection, refuse
from workflow.roles import Actor
from workflow.texts import clean

MET, MISSED, NOT_SEEN = "met", "missed", "not_seen"
ANSWERS: Mapping[str, bool | None] = {MET: True, MISSED: False, NOT_SEEN: None}
LONGEST_NOTE = 2000
MOST_PHOTOS = 10


@dataclass(frozen=True)
class Answer:
    """What somebody wrote about a factor, and the revision that they had before them; 0 where there was none."""

    factor: str
    answer: str
    note: str = ""
    base: int = 0


@dataclass(frozen=True)
class Written:
    """What became of the answers: those that stand now, and those that clash with another's."""

    taken: list[InspectionFinding]
    clashes: list[InspectionFinding]


def write(session: Session, inspection: Inspection, answers: Sequence[Answer], *, by: Actor, at: datetime) -> Written:
    """MS-2: keep these answers. Refused, with nothing kept, for a factor or an answer that there is not."""
    roles.only_who_writes(inspection, by)
    verbs.only_while(inspection, InspectionState.UNDER_WAY)
    factors = verbs.checklist_of(inspection).factors()
    refuse(*(objection for answer in answers for objection in _wrong(answer, factors)))
    assert by.person is not None
    stand = {finding.factor: finding for finding in inspection.findings}
    taken, clashes = list[InspectionFinding](), list[InspectionFinding]()
    for answer in answers:
        met, note = ANSWERS[answer.answer], clean(answer.note) or ""
        found = stand.get(answer.factor)
        if found is None:
            found = InspectionFinding(
                factor=answer.factor, met=met, note=note, revision=1, at=at, by=by.person, by_id=by.person.id
            )
            inspection.findings.append(found)
        elif (found.met, found.note) != (met, note):
            if found.revision != answer.base:
                clashes.append(found)
                continue
            found.met, found.note, found.at, found.by, found.by_id = met, note, at, by.person, by.person.id
            found.revision += 1
        taken.append(found)
    session.flush()
    return Written(taken, clashes)


def add_photos(
    session: Session, inspection: Inspection, factor: str, files: Sequence[Evidence], *, by: Actor, at: datetime
) -> list[InspectionPhoto]:
    """Photos of one factor; the edge has checked and stored the bytes."""
    roles.only_who_writes(inspection, by)
    verbs.only_while(inspection, InspectionState.UNDER_WAY)
    here = [photo for photo in inspection.photos if photo.factor == factor]
    known = {photo.file.digest for photo in here}
    # A phone sends a photo again when the answer was lost on the way.
    fresh = list({file.digest: file for file in files if file.digest not in known}.values())
    refuse(
        Objection(INVALID, N_("There is no such factor."))
        if factor not in verbs.checklist_of(inspection).factors()
        else None,
        Objection(INVALID, N_("At most %(most)d photos of one factor."), most=MOST_PHOTOS)
        if len(here) + len(fresh) > MOST_PHOTOS
        else None,
        Objection(INVALID, N_("Only photos belong here."))
        if any(not file.media_type.startswith("image/") for file in files)
        else None,
    )
    photos = [
        InspectionPhoto(factor=factor, file=assessment_books.keep(session, file, at=at, by=by.person)) for file in fresh
    ]
    inspection.all_photos.extend(photos)
    session.flush()
    return photos


def remove_photo(session: Session, inspection: Inspection, key: str, *, by: Actor, at: datetime) -> InspectionPhoto:
    """A photo that shows the wrong thing or the wrong person is shown no more, and is never evidence."""
    roles.only_who_writes(inspection, by)
    verbs.only_while(inspection, InspectionState.UNDER_WAY)
    photo = next((each for each in inspection.photos if each.file.key == key), None)
    refuse(Objection(NOT_FOUND, N_("This photo is not there any more.")) if photo is None else None)
    assert photo is not None and by.person is not None
    photo.removed_at, photo.removed_by_id = at, by.person.id
    session.flush()
    return photo


def name_responsible(
    session: Session, inspection: Inspection, factor: str, person: Person | None, *,
    reason: str, by: Actor, at: datetime,
) -> InspectionFinding:  # fmt: skip
    """MS-2: whose doing it was, where it was not whoever the checklist names; with the reason."""
    roles.only_who_keeps(inspection, by)
    verbs.only_while(inspection, InspectionState.SUBMITTED)
    finding = next((each for each in inspection.findings if each.factor == factor), None)
    refuse(
        Objection(INVALID, N_("There is no such factor.")) if finding is None else None,
        Objection(INVALID, N_("Choose who is responsible."), field="responsible") if person is None else None,
        Objection(INVALID, N_("%(name)s has left the company."), field="responsible", name=person.name)
        if person is not None and person.has_left_at(at)
        else None,
    )
    assert finding is not None and person is not None
    proposed = proposed_for(session, inspection, factor)
    # Choosing among the holders of the post is what the checklist asks for; naming somebody else needs a reason.
    said = clean(reason) if any(each.id == person.id for each in proposed) else verbs.reason_given(reason)
    finding.responsible, finding.responsible_id, finding.responsible_because = person, person.id, said
    verbs.note(
        inspection, "responsible", by=by, at=at, said={"factor": factor, "person": person.username, "reason": said}
    )
    session.flush()
    return finding


def proposed_for(session: Session, inspection: Inspection, factor: str) -> list[Person]:
    """Who held the post that the checklist makes responsible for the factor, at the time of the visit."""
    pack = pack_of(inspection.regulation_version)
    post = verbs.checklist_of(inspection).factors()[factor].responsible
    return posts.holders(session, pack, post, inspection.begun_at or inspection.planned_at)


def scored(inspection: Inspection, whose: Mapping[str, str] | None = None) -> Visit:
    """What the findings come to so far. A factor that was not seen counts as not answered: it has no points, neither
    gained nor lost, and while there is one the visit has no score and nothing follows from it."""
    findings = {
        each.factor: Finding(each.met, (whose or {}).get(each.factor))
        for each in inspection.findings
        if each.met is not None
    }
    return visited(verbs.checklist_of(inspection), findings)


def not_seen(inspection: Inspection) -> list[str]:
    """The factors that could not be seen, in the order of the checklist."""
    unseen = {finding.factor for finding in inspection.findings if finding.met is None}
    return [name for name in verbs.checklist_of(inspection).factors() if name in unseen]


def _wrong(answer: Answer, factors: Mapping[str, Factor]) -> Iterable[Objection]:
    if answer.factor not in factors:
        yield Objection(INVALID, N_("There is no such factor."), field=f"answer.{answer.factor}")
    if answer.answer not in ANSWERS:
        yield Objection(INVALID, N_("Say whether it was met."), field=f"answer.{answer.factor}")
    if len(clean(answer.note) or "") > LONGEST_NOTE:
        sentence = N_("At most %(most)d characters, please.")
        yield Objection(INVALID, sentence, field=f"note.{answer.factor}", most=LONGEST_NOTE)
