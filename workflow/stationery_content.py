"""What an edition of the stationery consists of, and in what two of them differ."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from workflow.wording import LANGUAGES, PASSAGES

PICTURES = ("logo", "seal")
# The lines of the letterhead, and how long each may be.
LINES = {"letterhead.zh": 40, "letterhead.en": 80, "address.zh": 80, "address.en": 120, "telephone": 40}

PLAIN: dict[str, Any] = {
    "letterhead": {"zh": None, "en": None}, "address": {"zh": None, "en": None}, "telephone": None,
    "logo": None, "seal": None, "wording": {},
}  # fmt: skip


@dataclass(frozen=True)
class Difference:
    """One thing that two editions have differently: a line, a picture, or a passage in one language."""

    path: tuple[str, ...]
    old: str | None
    new: str | None


def differences(old: Mapping[str, Any] | None, new: Mapping[str, Any]) -> list[Difference]:
    """What `new` has differently, in the order of a letter; against plain paper where there is no old one."""
    before, after = dict(_lines(old or PLAIN)), dict(_lines(new))
    paths = dict.fromkeys((*after, *before))
    return [
        Difference(path, before.get(path), after.get(path)) for path in paths if before.get(path) != after.get(path)
    ]


def _lines(content: Mapping[str, Any]) -> Iterator[tuple[tuple[str, ...], str | None]]:
    for path in LINES:
        yield (path,), _line(content, path)
    for name in PICTURES:
        yield (name,), content[name]
    for kind, places in PASSAGES.items():
        for place in places:
            for language in LANGUAGES:
                if text := content["wording"].get(kind, {}).get(language, {}).get(place):
                    yield ("wording", kind, place, language), text


def _line(content: Mapping[str, Any], path: str) -> str | None:
    found: Any = content
    for name in path.split("."):
        found = found[name]
    return str(found) if found else None
