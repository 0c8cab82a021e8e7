"""The formula of a measure: a small language of sums over rows and arithmetic on them, and nothing else.

    100 * (count(answers where level >= 9) - count(answers where level <= 6)) / count(answers)

It is read by hand, never by Python's own reader: what is not in the grammar does not exist. A formula is
short and not deep, refers to sources, figures and other measures by name, and cannot loop.

    expression  = term {("+" | "-") term}
    term        = factor {("*" | "/") factor}
    factor      = "-" factor | number | "(" expression ")" | name | sum
    sum         = ("count" | "sum" | "mean" | "deviation" | "lowest" | "highest") "(" column ["where" conditions] ")"
    column      = source ["." field]
    conditions  = condition {"and" condition}
    condition   = field [(">=" | "<=" | "=" | ">" | "<") (number | word)]
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache
from typing import NoReturn

LONGEST, DEEPEST = 500, 20
FUNCTIONS = ("count", "sum", "mean", "deviation", "lowest", "highest")
YES = "yes"

_TOKEN = re.compile(r"(?P<number>[0-9]+(\.[0-9]+)?)|(?P<word>[a-z][a-z0-9_]*)|(?P<sign>>=|<=|[-+*/().=<>])")
_NUMBER = re.compile(r"[0-9]{1,12}(\.[0-9]{1,6})?")


class FormulaRefused(Exception):
    """A text that is no formula; says at which character and why."""


@dataclass(frozen=True)
class Number:
    value: Decimal


@dataclass(frozen=True)
class Name:
    """A figure of the regulation, or the value of another measure."""

    name: str


@dataclass(frozen=True)
class Operation:
    sign: str
    left: "Node"
    right: "Node"


@dataclass(frozen=True)
class Condition:
    """A row's field beside a number or a word; the word is another field, a figure or one of the field's choices."""

    field: str
    sign: str
    than: Decimal | str

    def __str__(self) -> str:
        return f"{self.field} {self.sign} {self.than}"


@dataclass(frozen=True)
class Aggregate:
    """One figure drawn from the rows of a source. `among` says whose rows it is drawn from at all: where there are
    none, there is no figure. `where` says which of those it counts: where none does, it counts none.
    """

    function: str
    source: str
    field: str | None
    where: tuple[Condition, ...] = ()
    among: tuple[Condition, ...] = ()

    def __str__(self) -> str:
        column = self.source if self.field is None else f"{self.source}.{self.field}"
        conditions = " and ".join(map(str, (*self.among, *self.where)))
        return f"{self.function}({column} where {conditions})" if conditions else f"{self.function}({column})"

    def is_only(self, field: str, choice: str) -> bool:
        """Whether it is drawn from rows of this choice alone."""
        return any((each.field, each.sign, each.than) == (field, "=", choice) for each in (*self.among, *self.where))


Node = Number | Name | Operation | Aggregate


@lru_cache(maxsize=512)
def parse(text: str) -> Node:
    """The formula as a tree. Raises FormulaRefused."""
    if len(text) > LONGEST:
        raise FormulaRefused(f"a formula has at most {LONGEST} characters")
    return _Reading(text).whole()


def parts_of(node: Node) -> Iterator[Node]:
    """The node and everything below it."""
    yield node
    if isinstance(node, Operation):
        yield from parts_of(node.left)
        yield from parts_of(node.right)


def names_in(node: Node) -> list[str]:
    return [part.name for part in parts_of(node) if isinstance(part, Name)]


def aggregates_in(node: Node) -> list[Aggregate]:
    return [part for part in parts_of(node) if isinstance(part, Aggregate)]


def narrowed(node: Node, source: str, condition: Condition) -> Node:
    """The same formula over only those rows of `source` for which the condition holds."""
    match node:
        case Operation():
            left, right = narrowed(node.left, source, condition), narrowed(node.right, source, condition)
            return Operation(node.sign, left, right)
        case Aggregate() if node.source == source:
            return replace(node, among=(*node.among, condition))
        case _:
            return node


class _Reading:
    """One pass over the text from left to right, one piece ahead."""

    def __init__(self, text: str) -> None:
        self.text, self.position, self.depth = text, 0, 0
        self.kind = self.piece = ""
        self._next()

    def whole(self) -> Node:
        node = self._expression()
        if self.kind:
            self._refuse("an operator or the end")
        return node

    def _expression(self) -> Node:
        self.depth += 1
        if self.depth > DEEPEST:
            raise FormulaRefused(f"a formula is nested at most {DEEPEST} deep")
        node = self._term()
        while self.piece in ("+", "-"):
            node = Operation(self._taken(), node, self._term())
        self.depth -= 1
        return node

    def _term(self) -> Node:
        node = self._factor()
        while self.piece in ("*", "/"):
            node = Operation(self._taken(), node, self._factor())
        return node

    def _factor(self) -> Node:
        if self.kind == "number":
            return Number(self._number())
        if self.kind == "word":
            word = self._taken()
            return self._aggregate(word) if self.piece == "(" else Name(word)
        if self.piece == "-":
            return self._negated()
        self._expect("(", "a number, a name or “(”")
        node = self._expression()
        self._expect(")", "“)”")
        return node

    def _negated(self) -> Node:
        self.depth += 1
        if self.depth > DEEPEST:
            raise FormulaRefused(f"a formula is nested at most {DEEPEST} deep")
        self._taken()
        node = Operation("-", Number(Decimal(0)), self._factor())
        self.depth -= 1
        return node

    def _aggregate(self, function: str) -> Aggregate:
        if function not in FUNCTIONS:
            raise FormulaRefused(f"nothing computes “{function}”; there are {', '.join(FUNCTIONS)}")
        self._expect("(", "“(”")
        source, field = self._word("the name of a source"), None
        if self.piece == ".":
            self._taken()
            field = self._word("the name of a field")
        where = self._conditions() if self.piece == "where" else ()
        self._expect(")", "“)”")
        return Aggregate(function, source, field, where)

    def _conditions(self) -> tuple[Condition, ...]:
        found = []
        while self.piece in ("where", "and"):
            self._taken()
            found.append(self._condition())
        return tuple(found)

    def _condition(self) -> Condition:
        field = self._word("the name of a field")
        if self.piece not in (">=", "<=", "=", ">", "<"):
            return Condition(field, "=", YES)
        sign = self._taken()
        return Condition(field, sign, self._number() if self.kind == "number" else self._word("a number or a word"))

    def _number(self) -> Decimal:
        if not _NUMBER.fullmatch(self.piece):
            raise FormulaRefused(f"“{self.piece[:20]}” is too long for a number: 12 digits and 6 decimals at most")
        return Decimal(self._taken())

    def _word(self, what: str) -> str:
        if self.kind != "word":
            self._refuse(what)
        return self._taken()

    def _expect(self, sign: str, what: str) -> None:
        if self.piece != sign:
            self._refuse(what)
        self._taken()

    def _taken(self) -> str:
        taken = self.piece
        self._next()
        return taken

    def _next(self) -> None:
        while self.position < len(self.text) and self.text[self.position] in " \n":
            self.position += 1
        found = _TOKEN.match(self.text, self.position)
        if found is None and self.position < len(self.text):
            raise FormulaRefused(f"“{self.text[self.position]}” at character {self.position + 1} means nothing here")
        self.kind = found.lastgroup or "" if found else ""
        self.piece = found.group() if found else ""
        self.position += len(self.piece)

    def _refuse(self, what: str) -> NoReturn:
        found = f"“{self.piece}”" if self.kind else "the end"
        at = self.position - len(self.piece) + 1
        raise FormulaRefused(f"{what} is expected at character {at}, not {found}")
