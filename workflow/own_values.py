"""Which values of a stored edition are the company's own: what its regulation leaves open, or gives otherwise."""

from collections.abc import Iterator
from typing import Any

from models import RegulationVersion
from workflow import packs
from workflow.regulation import Place


class OwnValues:
    """The places of an edition at which the company's values stand."""

    def __init__(self, places: frozenset[Place]) -> None:
        self._places = places

    def at(self, *place: str) -> bool:
        """Whether something at this place, inside of it or around it is the company's own."""
        return any(own[: len(place)] == place or place[: len(own)] == own for own in self._places)


def own_values(version: RegulationVersion) -> OwnValues:
    """The company's values in this edition; the same object for the same content. PackRefused where the product has
    no regulation of that name."""
    if version.digest not in _found:
        regulation_s = packs.read(version.slug).model_dump(mode="json")
        _found[version.digest] = OwnValues(frozenset(_differing(regulation_s, version.content, ())))
    return _found[version.digest]


_found: dict[str, OwnValues] = {}


def _differing(given: dict[str, Any], stored: dict[str, Any], place: Place) -> Iterator[Place]:
    for key, value in stored.items():
        here = (*place, key)
        if isinstance(value, dict) and isinstance(given.get(key), dict):
            yield from _differing(given[key], value, here)
        elif value != given.get(key):
            yield here
