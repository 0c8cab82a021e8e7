"""Who rates whom in a round (FAIR-1), from who was where in the period.

A head rates whoever is in their department, the general manager the heads. Colleagues of one department stand in an
order shuffled by the seed, and each rates the next ones, so that everybody rates and is rated by the same number.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from models import Person
from workflow.assessment_source import PEERS, SUPERIOR
from workflow.roles import Staff

# Of a single colleague everybody knows who it was: then no peers rate.
FEWEST_PEERS = 2


@dataclass(frozen=True)
class Pair:
    """Who rates whom, as what."""

    rater: Person
    person: Person
    rated_as: str


@dataclass(frozen=True)
class Seats:
    """One department of the round: who is rated there, who rates as superior (None: nobody), how many peers each."""

    department: int
    people: Sequence[Person]
    superior: Person | None
    peers: int


def seats(
    people: Iterable[Person], at: Mapping[int, int], staff: Staff, *, raters: Iterable[str], peers: int
) -> list[Seats]:  # fmt: skip
    """The departments; `at` is everybody's by their id, `peers` how many are to rate each."""
    asks, found = set(raters), dict[int, list[Person]]()
    for person in people:
        found.setdefault(at[person.id], []).append(person)
    return [
        Seats(
            department, there, staff.heads.get(department) if SUPERIOR in asks else None,
            _number(len(_colleagues(there, department, staff)), peers if PEERS in asks else 0),
        )
        for department, there in sorted(found.items())
    ]  # fmt: skip


def pairs(of: Iterable[Seats], staff: Staff, seed: str, *, raters: Iterable[str]) -> list[Pair]:
    """Everybody's pairs. The same seed and the same people always give the same."""
    return [pair for each in of for pair in (*_superiors(each, staff, set(raters)), *_peers(each, staff, seed))]


def superior_of(person: Person, department: int, staff: Staff) -> Person | None:
    """The head of the department; of a head the general manager; nobody where that is themselves or vacant."""
    manager, head = staff.general_manager, staff.heads.get(department)
    if manager is not None and manager.id == person.id:
        return None
    above = manager if head is not None and head.id == person.id else head
    return None if above is None or above.id == person.id or above.has_left_at(staff.at) else above


def _superiors(of: Seats, staff: Staff, raters: set[str]) -> Iterator[Pair]:
    for person in of.people if SUPERIOR in raters else ():
        if (above := superior_of(person, of.department, staff)) is not None:
            yield Pair(above, person, SUPERIOR)


def _peers(of: Seats, staff: Staff, seed: str) -> Iterator[Pair]:
    order = sorted(
        _colleagues(of.people, of.department, staff), key=lambda person: (_place(seed, person.id), person.id)
    )
    for place, rater in enumerate(order):
        for further in range(1, of.peers + 1):
            yield Pair(rater, order[(place + further) % len(order)], PEERS)


def _colleagues(people: Sequence[Person], department: int, staff: Staff) -> list[Person]:
    above = {each.id for each in (staff.heads.get(department), staff.general_manager) if each is not None}
    return [person for person in people if person.id not in above]


def _number(colleagues: int, peers: int) -> int:
    number = min(peers, colleagues - 1)
    return number if number >= FEWEST_PEERS else 0


def _place(seed: str, number: int) -> str:
    return hashlib.sha256(f"{seed}:{number}".encode()).hexdigest()
