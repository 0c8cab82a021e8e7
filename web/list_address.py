"""What an address asks of a list of cases, and what stands above its rows: tabs, filters, the pages beside this one."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from flask import request, url_for

LONGEST = 100


class Asked(Protocol):
    """What the lists of all kinds are asked for: a tab and a page of it."""

    @property
    def group(self) -> str: ...
    @property
    def page(self) -> int: ...


class Found(Protocol):
    """What lists of all kinds find: how many cases stand behind each tab, and whether a page follows."""

    @property
    def asked(self) -> Asked: ...
    @property
    def counts(self) -> Mapping[str, object]: ...
    @property
    def has_next(self) -> bool: ...


@dataclass(frozen=True)
class Tab:
    """A group of states with its number of cases."""

    words: str
    url: str
    count: object
    is_current: bool


@dataclass(frozen=True)
class Filter:
    """A list to choose from; `loosened` is the address without it, empty where nothing is chosen."""

    name: str
    words: str
    choices: list[tuple[str, str]]
    value: str
    loosened: str

    @property
    def chosen(self) -> str:
        return next((words for key, words in self.choices if key == self.value), "")


@dataclass(frozen=True)
class ListAddress:
    """The address of one list: its page, and the names under which it says what is asked for."""

    endpoint: str
    names: tuple[str, ...]

    def given(self) -> dict[str, str]:
        """What this request's address says; names that are none of the list's are left out."""
        return {name: value for name in self.names if (value := request.args.get(name, "")[:LONGEST].strip())}

    def changed(self, endpoint: str = "", **changes: Any) -> str:
        """This page's address with something changed; None leaves a part out."""
        parts: dict[str, Any] = {**self.given(), **changes}
        return url_for(
            endpoint or self.endpoint, **{name: value for name, value in parts.items() if value not in (None, "", 1)}
        )

    def tabs(self, words: Mapping[str, object], found: Found) -> list[Tab]:
        """A tab for each group of `words`, from its key to what it is called."""
        return [
            Tab(str(said), self.changed(state=key or None, page=None), found.counts[key], key == found.asked.group)
            for key, said in words.items()
        ]

    def filters(self, offered: Iterable[tuple[str, str, list[tuple[str, str]]]]) -> list[Filter]:
        """What can be chosen, from (name, words, choices), with what the address has chosen."""
        return [
            Filter(name, words, choices, value, self.changed(**{name: None, "page": None}) if value else "")
            for name, words, choices in offered
            for value in [one_of(dict(choices), request.args.get(name, ""))]
        ]

    def beside(self, found: Found) -> dict[str, str]:
        """The addresses of the `previous` and the `next` page, empty where there is none."""
        page = found.asked.page
        return {
            "previous": self.changed(page=page - 1) if page > 1 else "",
            "next": self.changed(page=page + 1) if found.has_next else "",
        }

    def kept(self, *names: str) -> list[tuple[str, str]]:
        """What a search keeps of the address as hidden fields."""
        return [(name, value) for name, value in self.given().items() if name in names]


def one_of(allowed: Collection[str] | Mapping[str, object], value: str) -> str:
    """The value, or nothing where it is none of the allowed ones."""
    return value if value in allowed else ""


def page_asked(page: str, last: int) -> int:
    """A number of a page from 1 to `last`; anything else is the first."""
    return min(max(1, int(page)), last) if page.isascii() and page.isdigit() and len(page) < 6 else 1


def in_words(words: Mapping[str, object]) -> list[tuple[str, str]]:
    """What stands in a list to choose from, in the reader's language."""
    return [(key, str(said)) for key, said in words.items()]
