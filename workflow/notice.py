"""Who is told after which step. Writes rows; nothing leaves before the commit."""

from typing import Any

from models import Letter, Notice, Order, OrderState, Person
from workflow.process import Step


def order_the_pdf(step: Step[Any], letter: Letter) -> None:
    """The letter exists already; making its bytes is work for the background."""
    order = Order(kind="render_letter", letter=letter, state=OrderState.WAITING, attempts=0, next_try_at=step.at)
    step.event.orders.append(order)


def tell(step: Step[Any], people: list[Person]) -> None:
    """Tell each of `people` once, except whoever took the step."""
    actor_id = step.actor.person.id if step.actor.person is not None else None
    for person in {person.id: person for person in people}.values():
        if person.id != actor_id:
            step.event.notices.append(Notice(person=person, person_id=person.id))
