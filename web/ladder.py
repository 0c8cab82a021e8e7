"""The ladder as its page draws it: where somebody stands, what the next step would be, when it lightens."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import select

from models import Department, LadderStep, Penalty, Person
from web import case_words, filters, moment
from web.label import label
from web.session import company, db, me, now, office
from workflow import regulation, standing
from workflow.standing import Climb, Rung


@dataclass(frozen=True)
class Step:
    title: str
    text: str
    is_now: bool


@dataclass(frozen=True)
class Ladder:
    name: str
    sentence: str
    steps: list[Step]


def ladders_of(person: Person, penalties: Sequence[Penalty]) -> list[Ladder]:
    """The ladder of the person's department, and every other on which a penalty of theirs is in force."""
    version, found = office().regulation_in_force(regulation.CS_MANAGEMENT, now()), company()
    pack, post = regulation.pack_of(version), person.posting_at(now())
    assert found is not None
    own = [post.department.ladder] if post is not None else []
    counted = [penalty.ladder for penalty in reversed(penalties) if penalty.counts_at(now())]
    names = [ladder for ladder in dict.fromkeys([*own, *counted]) if ladder in pack.ladders]
    climbs = [standing.climb(ladder, penalties, pack, at=now(), fines=found.fines_are_allowed) for ladder in names]
    known = _departments()
    return [_ladder(climb, known, is_me=person.id == me().id) for climb in climbs]


def _departments() -> dict[str, list[Department]]:
    """Which departments climb which ladder; several may share one."""
    found: dict[str, list[Department]] = {}
    for department in db().scalars(select(Department).order_by(Department.id)):
        found.setdefault(department.ladder, []).append(department)
    return found


def _ladder(climb: Climb, departments: dict[str, list[Department]], *, is_me: bool) -> Ladder:
    name = case_words.names(filters.named(department) for department in departments.get(climb.ladder, ()))
    return Ladder(name, _sentence(climb), [_step(rung, climb, is_me=is_me) for rung in climb.rungs])


def _sentence(climb: Climb) -> str:
    if climb.state is LadderStep.CLEAR:
        return _("No penalty is in force on this ladder.")
    counted = case_words.names(filters.case(penalty) for penalty in climb.counted)
    return _("In force: %(counted)s.", counted=counted)


def _step(rung: Rung, climb: Climb, *, is_me: bool) -> Step:
    title = label(rung.step)
    if rung.is_now:
        here = _("%(step)s · you stand here") if is_me else _("%(step)s · stands here")
        title = here % {"step": title}
    text = _price(rung)
    if rung.is_now:
        text = case_words.sentences([text, _lightens(climb)])
    return Step(title, text, rung.is_now)


def _price(rung: Rung) -> str:
    """罚款 50.00 元，−5 分; a dismissal is examined and never comes by itself."""
    if rung.step is LadderStep.DISMISSAL:
        return _("Decided by the general manager after an examination and the union's notice; never by itself.")
    points = filters.score(rung.points)
    if not rung.fine:
        return _("%(points)s points.", points=points)
    return _("Fine %(fine)s yuan, %(points)s points.", fine=filters.yuan(rung.fine), points=points)


def _lightens(climb: Climb) -> str:
    if climb.lightens_at is None:
        return _("It does not lapse with time.")
    return _(
        "From %(day)s it eases to “%(step)s”.",
        day=moment.long_day(climb.lightens_at), step=label(climb.lightens_to),
    )  # fmt: skip
