"""Who is told after which step. Writes rows; nothing leaves before the commit."""

from collections.abc import Iterable, Iterator
from typing import Any

from models import Letter, Notice, Order, OrderState, Person
from workflow.process import Step


def order_the_pdf(step: Step[Any], letter: Letter) -> None:
    """The letter exists already; making its bytes is work for the background."""
    order = Order(kind="render_letter", letter=letter, state=OrderState.WAITING, attempts=0, next_try_at=step.at)
    step.event.orders.append(order)


def tell(step: Step[Any], people: Iterable[Person], *, known_to: set[int] | None = None) -> None:
    """Tell each of `people`, and whoever stands in for them, of this step once; not whoever took it.

    `known_to` keeps who has heard of an act of which the step is one of many: each is told of all of them once.
    """
    told = {row.person_id for row in step.event.notices} | ({step.actor.person.id} if step.actor.person else set())
    known = set() if known_to is None else known_to
    for person in _with_deputies(step, people):
        if person.id not in told | known:
            told.add(person.id)
            known.add(person.id)
            step.event.notices.append(Notice(person=person, person_id=person.id))


def _with_deputies(step: Step[Any], people: Iterable[Person]) -> Iterator[Person]:
    """Nobody stands in for somebody in that person's own affair, nor is told of their own by another's post."""
    parties = _parties_to(step.subject)
    for person in people:
        yield person
        if parties is not None and person.id not in parties:
            yield from (deputy for deputy in step.actor.staff.deputies_of(person) if deputy.id not in parties)


def _parties_to(case: Any) -> set[int | None] | None:
    """Whom the case is about, and who bears a part of it; None where each letter is its reader's own, as on pay day."""
    return {case.respondent_id, getattr(case, "leader_id", None)} if hasattr(case, "respondent_id") else None
