"""Pages of a list that is read no further than the page shown: one row more tells whether there is a next."""

from dataclasses import dataclass
from typing import TypeVar

from flask import request, url_for

MOST_PAGES = 10_000

T = TypeVar("T")


@dataclass
class Page:
    """Which page of a list was asked for, and whether there are more."""

    number: int
    size: int
    has_next: bool = False

    @classmethod
    def asked(cls, size: int) -> "Page":
        asked = request.args.get("page", "1")
        number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 6 else 1
        return cls(min(max(number, 1), MOST_PAGES), size)

    @property
    def skip(self) -> int:
        return (self.number - 1) * self.size

    @property
    def most(self) -> int:
        return self.size + 1

    def cut(self, found: list[T]) -> list[T]:
        """The rows of this page, from `most` that were read."""
        self.has_next = len(found) > self.size
        return found[: self.size]

    @property
    def previous(self) -> str:
        return self._address(self.number - 1) if self.number > 1 else ""

    @property
    def next(self) -> str:
        return self._address(self.number + 1) if self.has_next else ""

    def _address(self, number: int) -> str:
        asked = {key: value for key, value in request.args.items() if key != "page"}
        return url_for(str(request.endpoint), **(request.view_args or {}), **asked, page=number)
