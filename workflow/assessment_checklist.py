"""A checklist of an inspection (MS-2): modules of factors with points, what a visit scores, and what it leads to.

The regulation names some of its modules and factors; the company's own list completes it and is kept apart.
Missing a key factor costs points instead of merely giving none, so a visit may score below nought.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated

from pydantic import Field as Shaped

from workflow.assessment_consequence import Proposal, Yuan, fen
from workflow.assessment_figures import ZERO, Figure, Missing, NoData, total
from workflow.assessment_source import Word
from workflow.limit import Strict
from workflow.regulation import Bilingual, Place

Points = Annotated[Decimal, Shaped(gt=0, le=100, decimal_places=2)]
Lost = Annotated[Decimal, Shaped(ge=-100, le=0, decimal_places=2)]


class Sanction(Strict):
    """What each holder of these posts is fined or rewarded."""

    rule: str
    fine: Yuan | None = None
    reward: Yuan | None = None
    whom: list[Word]

    def proposals(self, because: str) -> Iterator[Proposal]:
        for kind, yuan in (("fine", self.fine), ("reward", self.reward)):
            if yuan is not None:
                for post in self.whom:
                    yield Proposal(self.rule, "fine" if kind == "fine" else "reward", post, fen(yuan), because)


class Factor(Strict):
    """One thing that is looked at: its points when met, what it costs when missed, and whose task it is."""

    title: Bilingual
    points: Points
    missed: Lost = ZERO
    responsible: Word
    when_missed: Sanction | None = None
    when_met: Sanction | None = None


class Module(Strict):
    title: Bilingual
    points: Points
    # The head who bears the joint fine for this module, where it is another than the checklist's.
    head: Word | None = None
    at_least: Points | None = None
    when_below: Sanction | None = None
    factors: dict[Word, Factor] = Shaped(default_factory=dict)


class FailedItems(Strict):
    """MS-3: so much for each failed item up to a number of them; above it, one amount for the visit instead."""

    rule: str
    each: Yuan
    up_to: Annotated[int, Shaped(gt=0, le=100)]
    above: Yuan


class JointFine(Strict):
    """MS-4: what the head pays for each failed factor."""

    rule: str
    each: Yuan


class Checklist(Strict):
    """A whole checklist; `company` holds the company's own modules and its factors for modules of the regulation."""

    rule: str
    title: Bilingual
    points: Points
    number_of_modules: int
    # Where the regulation does not say how many factors there are, the company's list does.
    number_of_factors: int | None = None
    head: Word
    failed_items: FailedItems
    joint: JointFine
    modules: dict[Word, Module]
    company: dict[Word, Module] | None

    def whole(self) -> dict[str, Module]:
        """The modules of the regulation with the company's factors, then the company's own modules."""
        own = self.company or {}
        known = {name: _joined(module, own.get(name)) for name, module in self.modules.items()}
        return {**known, **{name: module for name, module in own.items() if name not in known}}

    def factors(self) -> dict[str, Factor]:
        return {name: factor for module in self.whole().values() for name, factor in module.factors.items()}

    def posts(self) -> Iterator[tuple[Place, str]]:
        """Every post that is named, with its place."""
        yield ("head",), self.head
        for part, modules in (("modules", self.modules), ("company", self.company or {})):
            for name, module in modules.items():
                if module.head is not None:
                    yield (part, name, "head"), module.head
                yield from _posts_of(module.when_below, (part, name, "when_below"))
                for key, factor in module.factors.items():
                    place = (part, name, "factors", key)
                    yield (*place, "responsible"), factor.responsible
                    yield from _posts_of(factor.when_missed, (*place, "when_missed"))
                    yield from _posts_of(factor.when_met, (*place, "when_met"))

    def gaps(self) -> Iterator[tuple[Place, str]]:
        """Where the completed list does not come to what the regulation says; silent while it is not completed."""
        if self.company is None:
            return
        whole = self.whole()
        for name, module in whole.items():
            if (points := total(factor.points for factor in module.factors.values())) != module.points:
                part = "modules" if name in self.modules else "company"
                yield (part, name), f"the factors of {name} have {points} points, not {module.points}"
        named = [name for module in whole.values() for name in module.factors]
        if len(whole) != self.number_of_modules:
            yield ("company",), f"there are {len(whole)} modules, not {self.number_of_modules}"
        if self.number_of_factors is not None and len(named) != self.number_of_factors:
            yield ("company",), f"there are {len(named)} factors, not {self.number_of_factors}"
        if (points := total(module.points for module in whole.values())) != self.points:
            yield ("company",), f"all modules have {points} points, not {self.points}"
        if twice := {name for name in named if named.count(name) > 1}:
            yield ("company",), f"“{min(twice)}” is a factor of two modules"


def _joined(module: Module, own: Module | None) -> Module:
    return module if own is None else module.model_copy(update={"factors": {**module.factors, **own.factors}})


def _posts_of(sanction: Sanction | None, place: Place) -> Iterator[tuple[Place, str]]:
    for post in sanction.whom if sanction is not None else ():
        yield (*place, "whom"), post


@dataclass(frozen=True)
class Finding:
    """Whether a factor was met, and whose doing it was; without a name, the post's that the checklist names."""

    met: bool
    responsible: str | None = None


@dataclass(frozen=True)
class Visit:
    """What a visit came to: its score, the score of each module, and what is proposed."""

    score: Figure
    modules: dict[str, Figure]
    proposals: tuple[Proposal, ...]


def visited(checklist: Checklist, findings: Mapping[str, Finding]) -> Visit:
    """MS-2…8: score a visit. While a factor is not answered there is no score, and nothing is proposed.

    Raises KeyError for a factor that the checklist does not have.
    """
    whole, factors = checklist.whole(), checklist.factors()
    for name in findings:
        factors[name]
    modules = {name: _module_score(module, findings) for name, module in whole.items()}
    missing = next((score for score in modules.values() if isinstance(score, NoData)), None)
    if missing is not None:
        return Visit(missing, modules, ())
    score = total(found for found in modules.values() if not isinstance(found, NoData))
    proposals = (
        *_for_failed_items(checklist, findings),
        *_for_modules(whole, modules),
        *_for_factors(factors, findings),
    )
    return Visit(score, modules, proposals)


def _module_score(module: Module, findings: Mapping[str, Finding]) -> Figure:
    for name in module.factors:
        if name not in findings:
            return NoData(Missing.NOT_ANSWERED, name)
    return total(factor.points if findings[name].met else factor.missed for name, factor in module.factors.items())


def _for_failed_items(checklist: Checklist, findings: Mapping[str, Finding]) -> Iterator[Proposal]:
    """MS-3 for whoever failed, MS-4 for their head."""
    failed: dict[str, list[str]] = defaultdict(list)
    led: dict[str, list[str]] = defaultdict(list)
    for module in checklist.whole().values():
        for name, factor in module.factors.items():
            if not findings[name].met:
                failed[findings[name].responsible or factor.responsible].append(name)
                led[module.head or checklist.head].append(name)
    items, joint = checklist.failed_items, checklist.joint
    for whom, names in failed.items():
        yuan = items.each * len(names) if len(names) <= items.up_to else items.above
        yield Proposal(items.rule, "fine", whom, fen(yuan), ", ".join(names))
    for whom, names in led.items():
        yield Proposal(joint.rule, "fine", whom, fen(joint.each * len(names)), ", ".join(names))


def _for_modules(whole: Mapping[str, Module], scores: Mapping[str, Figure]) -> Iterator[Proposal]:
    for name, module in whole.items():
        score = scores[name]
        bound = module.at_least
        if module.when_below is not None and bound is not None and not isinstance(score, NoData) and score < bound:
            yield from module.when_below.proposals(name)


def _for_factors(factors: Mapping[str, Factor], findings: Mapping[str, Finding]) -> Iterator[Proposal]:
    for name, factor in factors.items():
        sanction = factor.when_met if findings[name].met else factor.when_missed
        if sanction is not None:
            yield from sanction.proposals(name)
