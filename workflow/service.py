"""Service of a letter (送达) on somebody who did not acknowledge it: how, when, where, before whom.

The ladder below one's own acknowledgement (field practice, Letters). Recorded once, by whoever deals with
the case, and never by the addressee; what is recorded is not changed. What proves it (a signed receipt, a photograph,
a consignment note) may follow later, and nothing of it is taken away. Nothing here makes a letter.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from models import Letter, LetterRecipient, LetterService, Person, Role, ServedBy, ServiceFile
from workflow import penalty_roles
from workflow.evidence import Evidence
from workflow.process import FORBIDDEN, INVALID, MOVED_ON, N_, NOT_FOUND, Objection, Refused, refuse
from workflow.reading import FULL, address_of, may_read, was_respondent
from workflow.roles import Actor, who_handles
from workflow.texts import MAX_TEXT, clean

MAX_PLACE, MAX_WITNESS = 120, 40
MOST_FILES = 20
# Who deals with letters whatever the department, as far as they may read them.
OFFICES = {Role.CUSTOMER_RELATIONS, Role.HUMAN_RESOURCES, Role.GENERAL_MANAGER}
# Which ways leave something behind by which they can be proved: it stands in the note.
PROOFS = {
    ServedBy.COURIER: N_("Give the courier and the number of the consignment."),
    ServedBy.MESSAGE: N_("Give the confirmed address or number to which it was sent."),
    ServedBy.PUBLIC_NOTICE: N_("Say where the notice was published, and which other ways had failed."),
}


@dataclass(frozen=True)
class Service:
    """What somebody says about how a letter was served."""

    way: ServedBy | None = None
    at: datetime | None = None
    place: str | None = None
    note: str | None = None
    witness_1: str | None = None
    witness_2: str | None = None

    def cleaned(self) -> "Service":
        texts = (clean(text) for text in (self.place, self.note, self.witness_1, self.witness_2))
        return Service(self.way, self.at, *(text or None for text in texts))


def record(
    letter: Letter, addressee: Person | None, said: Service, *,
    by: Actor, at: datetime, evidence: Sequence[Evidence] = (),
) -> LetterService:  # fmt: skip
    """CS-7: the letter reached its addressee in another way than by their own acknowledgement."""
    line = address_of(letter, addressee) if addressee is not None else None
    if may_read(letter, by) is None or by.person is None:
        raise Refused([Objection(NOT_FOUND, N_("There is no such letter."))])
    refuse(_may_not_record(letter, by))
    if addressee is None or line is None:
        raise Refused([Objection(INVALID, N_("Choose one of the addressees."), field="person")])
    said = said.cleaned()
    refuse(_is_the_addressee(addressee, by))
    refuse(_has_arrived(letter, line))
    refuse(_names_no_way(said), _moment_is_wrong(said, letter, at), *_is_not_proved(said, addressee), *_too_long(said))
    assert said.way is not None and said.at is not None
    row = LetterService(
        person_id=addressee.id, person=addressee, way=said.way, at=said.at, place=said.place, note=said.note,
        witness_1=said.witness_1, witness_2=said.witness_2,
        recorded_at=at, recorded_by=by.person, recorded_by_id=by.person.id,
        files=[_file(file, by.person, at) for file in evidence],
    )  # fmt: skip
    letter.services.append(row)
    return row


def add_evidence(
    letter: Letter, addressee: Person, evidence: Sequence[Evidence], *, by: Actor, at: datetime
) -> LetterService:
    """CS-7: what proves a service that is recorded already."""
    row = service_on(letter, addressee.id)
    if row is None or may_read(letter, by) is None or by.person is None:
        raise Refused([Objection(NOT_FOUND, N_("There is no such letter."))])
    refuse(_may_not_record(letter, by), _is_the_addressee(addressee, by))
    if not evidence:
        raise Refused([Objection(INVALID, N_("Choose the files first."), field="files")])
    if len(row.files) + len(evidence) > MOST_FILES:
        raise Refused(
            [Objection(INVALID, N_("At most %(most)d files for one service."), field="files", most=MOST_FILES)]
        )
    row.files.extend(_file(file, by.person, at) for file in evidence)
    return row


def _file(file: Evidence, by: Person, at: datetime) -> ServiceFile:
    return ServiceFile(
        key=file.key, name=file.name, media_type=file.media_type, size=file.size, digest=file.digest,
        added_at=at, added_by=by, added_by_id=by.id,
    )  # fmt: skip


def may_add_evidence(letter: Letter, addressee: Person, actor: Actor) -> bool:
    """Whether this person could add to what proves the service on that addressee."""
    row = service_on(letter, addressee.id)
    if row is None or len(row.files) >= MOST_FILES or may_read(letter, actor) is None:
        return False
    return _may_not_record(letter, actor) is None and _is_the_addressee(addressee, actor) is None


def may_see_proof(letter: Letter, addressee: Person, actor: Actor) -> bool:
    """Receipt and evidence of a service are for the addressee and for those who read the letter in full."""
    if actor.person is None or address_of(letter, addressee) is None:
        return False
    copy = may_read(letter, actor)
    return copy is not None and (actor.person.id == addressee.id or (copy == FULL and not actor.has_left))


def may_record(letter: Letter, addressee: Person, actor: Actor) -> bool:
    """Whether this person could record the service on that addressee now."""
    line = address_of(letter, addressee)
    return (
        line is not None
        and may_read(letter, actor) is not None
        and _may_not_record(letter, actor) is None
        and _is_the_addressee(addressee, actor) is None
        and _has_arrived(letter, line) is None
    )


def service_on(letter: Letter, person_id: int) -> LetterService | None:
    """How the letter was served on this addressee, if that is recorded."""
    return next((row for row in letter.services if row.person_id == person_id), None)


# --- who and when


def _may_not_record(letter: Letter, actor: Actor) -> Objection | None:
    """By office, and never in a case of one's own."""
    if not actor.has_left and not _is_party(letter, actor) and _holds_an_office(letter, actor):
        return None
    return Objection(
        FORBIDDEN,
        N_("Service is recorded by the department's head, customer relations, human resources or the general manager."),
    )


def _is_party(letter: Letter, actor: Actor) -> bool:
    event, person = letter.event, actor.person
    assert person is not None
    if event.complaint is not None:
        return was_respondent(event.complaint, person)
    about = event.penalty or event.scorecard
    return about is not None and about.respondent_id == person.id


def _holds_an_office(letter: Letter, actor: Actor) -> bool:
    person, staff, event = actor.person, actor.staff, letter.event
    assert person is not None
    principals = staff.principals_of(person)
    if OFFICES & {role for principal in principals for role in staff.roles_of(principal)}:
        return True
    case = event.complaint or event.penalty or event.scorecard
    handler = who_handles(case, staff) if case is not None else None
    if handler is not None and handler.id in {principal.id for principal in principals}:
        return True
    headed = {department for principal in principals for department in staff.departments_headed_by(principal)}
    if case is not None and case.department_id in headed:
        return True
    return event.penalty is not None and penalty_roles.deals_with(event.penalty, actor)


def _is_the_addressee(addressee: Person, by: Actor) -> Objection | None:
    if by.person is None or addressee.id != by.person.id:
        return None
    return Objection(FORBIDDEN, N_("You acknowledge your own letters; service on you is recorded by somebody else."))


def _has_arrived(letter: Letter, line: LetterRecipient) -> Objection | None:
    if line.acknowledged_at is not None:
        return Objection(
            MOVED_ON, N_("%(name)s acknowledged this letter on %(moment)s."),
            name=line.person.name, moment=line.acknowledged_at,
        )  # fmt: skip
    if (row := service_on(letter, line.person_id)) is not None:
        return Objection(
            MOVED_ON, N_("The service on %(name)s is recorded already; it took place on %(moment)s."),
            name=line.person.name, moment=row.at,
        )  # fmt: skip
    return None


# --- what is said


def _names_no_way(said: Service) -> Objection | None:
    return None if said.way is not None else Objection(INVALID, N_("Choose how it was served."), field="way")


def _moment_is_wrong(said: Service, letter: Letter, at: datetime) -> Objection | None:
    if said.at is None:
        return Objection(INVALID, N_("Give the day and the time of the service."), field="served_at")
    if said.at > at:
        return Objection(INVALID, N_("This moment has not come yet."), field="served_at")
    # People write minutes, letters are dated by the microsecond.
    if said.at < letter.issued_at.replace(second=0, microsecond=0):
        return Objection(
            INVALID, N_("The letter was issued on %(moment)s; it cannot have been served before."),
            field="served_at", moment=letter.issued_at,
        )  # fmt: skip
    return None


def _is_not_proved(said: Service, addressee: Person) -> list[Objection]:
    """Leaving a letter takes two witnesses and a place; the ways below it leave a trace, which is noted."""
    found = []
    if said.way is ServedBy.LEFT:
        if said.place is None:
            found.append(Objection(INVALID, N_("Say where it was left."), field="place"))
        if said.witness_1 is None or said.witness_2 is None:
            found.append(
                Objection(INVALID, N_("A letter is left in the presence of two witnesses."), field="witness_1")
            )
    if said.way in PROOFS and said.note is None:
        found.append(Objection(INVALID, PROOFS[said.way], field="note"))
    if said.witness_1 is not None and said.witness_1 == said.witness_2:
        found.append(Objection(INVALID, N_("The second witness is somebody else."), field="witness_2"))
    if addressee.name in (said.witness_1, said.witness_2):
        found.append(Objection(INVALID, N_("The addressee is no witness."), field="witness_1"))
    return found


def _too_long(said: Service) -> list[Objection]:
    limits = {"place": MAX_PLACE, "witness_1": MAX_WITNESS, "witness_2": MAX_WITNESS, "note": MAX_TEXT}
    return [
        Objection(INVALID, N_("At most %(most)d characters, please."), field=field, most=most)
        for field, most in limits.items()
        if len(getattr(said, field) or "") > most
    ]
