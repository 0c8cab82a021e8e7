"""The settings of a story: values of the packs, changed for this story only and named by their path."""

import re
from copy import deepcopy
from typing import Any, NoReturn

from jobs.scenario_part import Part
from workflow import packs
from workflow.regulation import PackRefused

Values = dict[str, dict[str, Any]]
PLACE_IN_A_PACK = re.compile(r"^.*\.yaml(:\d+)?: ")


def laid_over(values: Values, settings: dict[str, Part]) -> Values:
    """The company's values with those of the story over them; ScenarioRefused where a pack does not take one."""
    changed = _laid(values, settings)
    if _objection(changed) is not None:
        _refuse(values, list(settings.items()))
    return changed


def _refuse(values: Values, settings: list[tuple[str, Part]]) -> NoReturn:
    """Some values only fit together, so the settings are fine as far as the longest run of them that fits."""
    runs = (number for number in range(len(settings)) if _objection(_laid(values, dict(settings[:number]))) is None)
    longest = max(runs, default=0)
    path, part = settings[longest]
    objection = _objection(_laid(values, dict(settings[: longest + 1])))
    raise part.refused(f"“{path}” cannot be changed so: {objection}")


def _laid(values: Values, settings: dict[str, Part]) -> Values:
    changed = deepcopy(values)
    for path, part in settings.items():
        _lay(changed, path, part)
    return changed


def _lay(values: Values, path: str, part: Part) -> None:
    slug, *keys = path.split(".")
    if not keys or slug not in packs.SHAPES:
        raise part.refused(f"“{path}” is no path into a regulation, such as cs-management.deadlines.answer.hours")
    place: Any = values.setdefault(slug, {})
    for key in keys[:-1]:
        place = place.setdefault(key, {})
        if not isinstance(place, dict):
            raise part.refused(f"“{path}”: “{key}” is a value and has no parts")
    place[keys[-1]] = part.value()


def _objection(values: Values) -> str | None:
    """What the packs object to; None when they could be put in force."""
    try:
        read = [packs.read(slug, filled=filled) for slug, filled in values.items()]
    except PackRefused as refused:
        return PLACE_IN_A_PACK.sub("", str(refused))
    blanks = [blank for pack in read for blank in pack.blanks()]
    return f"still blank: {', '.join(blanks)}" if blanks else None
