"""Who may see and do what with assessments, as a query and as a check.

The owner of the regulation runs its assessments: human resources, customer relations, the general manager, or the head
of the department of that name. They, human resources and the general manager see all results; a head those of the
department; everybody their own, before they are final, and nobody else's.

What customers or colleagues answered in confidence is shown to others than those who run it from five answers on, and
its single rows to them alone; where a regulation keeps answers anonymous, nobody opens its rows.
"""

from sqlalchemy import ColumnElement, Select, false, func, or_, select, true
from sqlalchemy.orm import Session

from models import Assessed, Assessment, AssessmentResult, Department, Person, RegulationVersion, Role
from workflow.assessment_formula import Aggregate, aggregates_in, names_in
from workflow.assessment_pack import AssessmentPack
from workflow.assessment_source import PEERS, RATER
from workflow.process import FORBIDDEN, N_, NOT_FOUND, Objection, Refused
from workflow.roles import Actor

# From how many answers on a confidential figure tells nothing about one of them.
ENOUGH_ANSWERS = 5
# Of two peers each would know what the other gave.
ENOUGH_PEERS = 3
ROLES = {
    "human_resources": Role.HUMAN_RESOURCES, "customer_relations": Role.CUSTOMER_RELATIONS,
    "management": Role.GENERAL_MANAGER,
}  # fmt: skip


def principals(actor: Actor) -> list[Person]:
    """As whom the actor acts: themselves and whoever delegated to them; nobody who has left."""
    if actor.person is None or actor.has_left:
        return []
    return actor.staff.principals_of(actor.person)


def is_manager(actor: Actor) -> bool:
    """The general manager, or whoever stands in for them."""
    return any(Role.GENERAL_MANAGER in actor.staff.roles_of(person) for person in principals(actor))


def headed_by(actor: Actor) -> list[int]:
    """The departments whose head the actor is or stands in for."""
    return [key for person in principals(actor) for key in actor.staff.departments_headed_by(person)]


def runs(owner: str, actor: Actor) -> bool:
    """Whether the actor runs the assessments of a regulation with this owner."""
    if actor.person is None or actor.has_left:
        return False
    if owner == "management":
        return is_manager(actor)
    if owner in ROLES:
        return ROLES[owner] in actor.roles
    session = actor.office.session
    return any(session.get_one(Department, key).slug == owner for key in headed_by(actor))


def why_not_run(pack: AssessmentPack, actor: Actor) -> Objection | None:
    if runs(pack.owner, actor):
        return None
    return Objection(FORBIDDEN, N_("Only whoever is responsible for this regulation can do this."))


def sees_all(owner: str, actor: Actor) -> bool:
    """Every result of such an assessment, answers in confidence included."""
    if actor.person is None or actor.has_left:
        return False
    return Role.HUMAN_RESOURCES in actor.roles or is_manager(actor) or runs(owner, actor)


def visible(owner: str, actor: Actor) -> ColumnElement[bool]:
    """The results that exist for this person in an assessment with this owner; the query beside `may_see`."""
    if sees_all(owner, actor):
        return true()
    if actor.person is None:
        return false()
    own = Assessed.person_id == actor.person.id
    departments = headed_by(actor)
    if not departments:
        return own
    # Nobody sees another's because they stand in for them: what is about the head is the head's.
    others = [person.id for person in principals(actor) if person.id != actor.person.id]
    seats = Assessed.seat_id.in_(departments)
    theirs = or_(Assessed.person_id.is_(None), Assessed.person_id.not_in(others))
    return or_(own, seats & theirs) if others else or_(own, seats)


def may_see(assessed: Assessed, owner: str, actor: Actor) -> bool:
    if sees_all(owner, actor):
        return True
    if actor.person is None:
        return False
    if assessed.person_id == actor.person.id:
        return True
    others = {person.id for person in principals(actor)} - {actor.person.id}
    return assessed.seat_id in headed_by(actor) and assessed.person_id not in others


def visible_assessments(session: Session, actor: Actor) -> ColumnElement[bool]:
    """The assessments of which the actor runs or sees anything."""
    whole = [regulation for regulation, owner in session.execute(_owners()) if sees_all(owner, actor)]
    some = select(Assessed.assessment_id).where(visible("", actor))
    return or_(Assessment.regulation.in_(whole), Assessment.id.in_(some))


def _owners() -> Select[str, str]:
    """Of each regulation that was assessed its owner, as the newest assessment has it."""
    newest = select(func.max(Assessment.id)).group_by(Assessment.regulation)
    owner = RegulationVersion.content["owner"].as_string()
    return select(Assessment.regulation, owner).join(Assessment.regulation_version).where(Assessment.id.in_(newest))


def require_run(pack: AssessmentPack, actor: Actor, *, sees: bool) -> None:
    """Raise Refused: not found for whoever does not see it, forbidden for whoever sees and does not run it."""
    if not sees:
        raise Refused([Objection(NOT_FOUND, N_("There is no such assessment."))])
    if (why := why_not_run(pack, actor)) is not None:
        raise Refused([why])


# --- answers in confidence ---------------------------------------------------------------------------


def sources_of(pack: AssessmentPack, measure: str) -> set[str]:
    """The sources that a measure stands on in the end, through other measures."""
    tree = pack.measures[measure].tree
    found = {aggregate.source for aggregate in aggregates_in(tree)}
    for name in names_in(tree):
        if name in pack.measures:
            found |= sources_of(pack, name)
    return found


def is_confidential(pack: AssessmentPack, measure: str) -> bool:
    return any(pack.sources[name].answers != "named" for name in sources_of(pack, measure))


def hides(pack: AssessmentPack, measure: str, answers: int, actor: Actor) -> bool:
    """Whether a figure is kept from the actor, because too few have answered."""
    return is_confidential(pack, measure) and 0 < answers < ENOUGH_ANSWERS and not sees_all(pack.owner, actor)


def too_few_peers(pack: AssessmentPack, result: AssessmentResult) -> bool:
    """Whether the figure is that of so few peers that it would tell what one of them gave; kept from everybody."""
    if result.part != PEERS or not any(pack.sources[name].is_rated_within for name in sources_of(pack, result.measure)):
        return False
    return 0 < max((each["rows"] for each in result.inputs), default=0) < ENOUGH_PEERS


def is_of_few_peers(pack: AssessmentPack, aggregate: Aggregate, rows: int) -> bool:
    """The same of one sum of a figure: of these rows, given by peers alone."""
    is_rated_within = pack.sources[aggregate.source].is_rated_within
    return is_rated_within and aggregate.is_only(RATER, PEERS) and 0 < rows < ENOUGH_PEERS


def is_kept(pack: AssessmentPack, result: AssessmentResult, actor: Actor) -> bool:
    """Whether a stored figure is kept from the actor, by either rule."""
    return too_few_peers(pack, result) or hides(pack, result.measure, result.answers, actor)


def opens_rows(pack: AssessmentPack, source: str, actor: Actor) -> bool:
    """Whether the actor may look at single rows of this source, of results that they see."""
    match pack.sources[source].answers:
        case "anonymous":
            return False
        case "confidential":
            return runs(pack.owner, actor)
        case _:
            return True
