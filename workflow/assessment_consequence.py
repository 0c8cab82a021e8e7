"""What a regulation attaches to results: rewards by rank, fines for items and for missed bounds.

Consequences are proposed, never carried out: fines are decided in the penalty process, and a place that
several share is shown to the general manager (SAL-2, SAL-3). Amounts are yuan in packs and fen in proposals.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Literal, Protocol

from pydantic import Field as Shaped
from pydantic import model_validator

from workflow.assessment_figures import Figure, NoData
from workflow.assessment_source import Plain, Word
from workflow.limit import Strict

Yuan = Annotated[Decimal, Shaped(ge=0, le=100_000, decimal_places=2)]
SUBJECT = "subject"


class Measured(Protocol):
    """As much of a result as consequences look at: the figures that people are shown."""

    @property
    def shown(self) -> Figure: ...

    @property
    def target(self) -> Decimal | None: ...

    @property
    def parts(self) -> "Mapping[str, Measured]": ...


class Among(Strict):
    """Only those for whom another measure lies here."""

    measure: Word
    at_least: Plain | None = None
    below: Plain | None = None

    def takes(self, results: Mapping[str, Measured]) -> bool:
        value = results[self.measure].shown
        if isinstance(value, NoData):
            return False
        return (self.at_least is None or value >= self.at_least) and (self.below is None or value < self.below)


class Ranked(Strict):
    """Rewards for the first places among those who reach a bound."""

    measure: Word
    among: Among | None = None
    at_least: Plain | None
    rewards: list[Yuan] | None


class PerItem(Strict):
    """A fine for each item of a measure below a bound."""

    measure: Word
    below: Plain | None
    fine: Yuan | None


class Missed(Strict):
    """A fine where a measure stays below its target; `whom` is the subject itself or a post."""

    measure: Word
    fine: Yuan | None
    whom: Word = SUBJECT


class Consequence(Strict):
    """One sentence of the regulation about what follows; exactly one of three forms."""

    rule: str
    ranked: Ranked | None = None
    per_item: PerItem | None = None
    missed: Missed | None = None

    @model_validator(mode="after")
    def _one_form(self) -> "Consequence":
        if sum(form is not None for form in (self.ranked, self.per_item, self.missed)) != 1:
            raise ValueError("give exactly one of ranked, per_item, missed")
        return self

    @property
    def form(self) -> Ranked | PerItem | Missed:
        form = self.ranked or self.per_item or self.missed
        assert form is not None, "a consequence has exactly one form"
        return form

    def measures(self) -> list[str]:
        among = self.ranked.among if self.ranked is not None else None
        return [self.form.measure, *([among.measure] if among is not None else [])]

    def blanks(self) -> Iterator[str]:
        name = next(name for name in ("ranked", "per_item", "missed") if getattr(self, name) is not None)
        for key, value in self.form:
            if value is None and key != "among":
                yield f"{name}.{key}"


@dataclass(frozen=True)
class Proposal:
    """What somebody is to be rewarded with or fined, by which rule and because of what: a measure, an item or a factor.

    `whom` names a subject or a post. `shared` says that others stand on the same place.
    """

    rule: str
    kind: Literal["fine", "reward"]
    whom: str
    fen: int
    because: str
    place: int | None = None
    shared: bool = False


def proposed(consequences: Iterable[Consequence], of: Mapping[str, Mapping[str, Measured]]) -> list[Proposal]:
    """What follows in the order of the regulation, then of places and names; `of` holds each subject's results."""
    by_name = dict(sorted(of.items()))
    return [proposal for each in consequences for proposal in _of_one(each, by_name)]


def _of_one(consequence: Consequence, of: Mapping[str, Mapping[str, Measured]]) -> Iterator[Proposal]:
    match consequence.form:
        case Ranked() as ranked:
            yield from _rewards(consequence.rule, ranked, of)
        case PerItem() as per_item:
            for subject, results in of.items():
                yield from _item_fines(consequence.rule, per_item, subject, results[per_item.measure].parts)
        case Missed() as missed:
            for subject, results in of.items():
                result = results[missed.measure]
                if _is_below(result.shown, result.target):
                    whom = subject if missed.whom == SUBJECT else missed.whom
                    yield Proposal(consequence.rule, "fine", whom, fen(missed.fine), missed.measure)


def _rewards(rule: str, ranked: Ranked, of: Mapping[str, Mapping[str, Measured]]) -> Iterator[Proposal]:
    group = {subject: results for subject, results in of.items() if ranked.among is None or ranked.among.takes(results)}
    values = {subject: results[ranked.measure].shown for subject, results in group.items()}
    places, rewards = placed(values), ranked.rewards or []
    for subject, place in sorted(places.items(), key=lambda item: item[::-1]):
        if place <= len(rewards) and not _is_below(values[subject], ranked.at_least):
            shared = list(places.values()).count(place) > 1
            yield Proposal(rule, "reward", subject, fen(rewards[place - 1]), ranked.measure, place, shared)


def _item_fines(rule: str, per_item: PerItem, subject: str, items: Mapping[str, Measured]) -> Iterator[Proposal]:
    for item, result in items.items():
        if _is_below(result.shown, per_item.below):
            yield Proposal(rule, "fine", subject, fen(per_item.fine), item)


def placed(values: Mapping[str, Figure], *, lower_is_better: bool = False) -> dict[str, int]:
    """The place of everybody who has a figure: one more than there are better ones, so that equals share theirs."""
    known: dict[str, Decimal] = {who: value for who, value in values.items() if not isinstance(value, NoData)}
    order: Sequence[Decimal] = sorted(known.values(), reverse=not lower_is_better)
    first = {value: place for place, value in reversed(list(enumerate(order, start=1)))}
    return {who: first[value] for who, value in known.items()}


def fen(yuan: Decimal | None) -> int:
    return int((yuan or Decimal(0)) * 100)


def _is_below(value: Figure, bound: Decimal | None) -> bool:
    """No data is below nothing: what was not measured is not fined."""
    return not isinstance(value, NoData) and bound is not None and value < bound
