"""A regulation about assessing as a pack: readable, strict, complete before it is put in force.

All such packs have one shape; which of its parts a regulation fills is the regulation's own matter.
"""

from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated

from pydantic import Field as Shaped

from models import RegulationVersion
from workflow import assessment_check
from workflow.assessment_checklist import Checklist
from workflow.assessment_consequence import Consequence
from workflow.assessment_period import Cycle
from workflow.assessment_shape import Measure, Named, Scheme, Step, SubjectKind
from workflow.assessment_source import Source, Word
from workflow.regulation import AnyPack, Bilingual, Place


class AssessmentPack(AnyPack):
    """One regulation: what is measured of whom, over which cycle, from which data, and what it comes to."""

    cycles: list[Cycle] = Shaped(min_length=1)
    subjects: list[SubjectKind] = Shaped(min_length=1)
    # The departments that it concerns, by their short names; where it names none, the whole company. Whoever has rows
    # is assessed in any case.
    concerns: list[Word] = Shaped(default_factory=list)
    sources: dict[Word, Source] = Shaped(min_length=1)
    figures: dict[Word, Named] = Shaped(default_factory=dict)
    measures: dict[Word, Measure] = Shaped(min_length=1)
    schemes: dict[Word, Scheme] = Shaped(default_factory=dict)
    # DEPT-1: in every total of the pack satisfaction weighs this much; a company may ask for more, never for less.
    satisfaction_at_least: Annotated[Decimal, Shaped(ge=20, le=100)] | None = None
    consequences: dict[Word, Consequence] = Shaped(default_factory=dict)
    # What grades may lead to, what taking part in a survey may be thanked with, and how the regulation is carried out.
    outcomes: dict[Word, Bilingual] = Shaped(default_factory=dict)
    incentives: dict[Word, Bilingual] = Shaped(default_factory=dict)
    steps: dict[Word, Step] = Shaped(default_factory=dict)
    posts: dict[Word, Bilingual] = Shaped(default_factory=dict)
    checklists: dict[Word, Checklist] = Shaped(default_factory=dict)

    def blanks(self) -> list[str]:
        return [".".join(place) for place in self._blanks()]

    def _blanks(self) -> Iterator[Place]:
        for name, source in self.sources.items():
            yield from (("sources", name, *place) for place in source.blanks())
        yield from (("figures", name, "value") for name, figure in self.figures.items() if figure.value is None)
        for name, measure in self.measures.items():
            yield from (("measures", name, *place) for place in measure.blanks())
        yield from self._standards_awaited()
        for name, scheme in self.schemes.items():
            yield from (("schemes", name, *place) for place in scheme.blanks())
        for name, consequence in self.consequences.items():
            yield from (("consequences", name, blank) for blank in consequence.blanks())
        yield from (("checklists", name, "company") for name, each in self.checklists.items() if each.company is None)

    def _standards_awaited(self) -> Iterator[Place]:
        """What is weighed has a score, and so needs a standard."""
        weighed = {name for scheme in self.schemes.values() for name in scheme.weights}
        for name, measure in self.measures.items():
            if name in weighed and measure.standard is None:
                yield "measures", name, "standard"

    def gaps(self) -> Iterator[tuple[Place, str]]:
        return assessment_check.gaps(self)

    def named_figures(self) -> dict[str, Decimal]:
        return {name: figure.value for name, figure in self.figures.items() if figure.value is not None}


def pack_of(version: RegulationVersion) -> AssessmentPack:
    """The stored version as a pack; the same object for the same content."""
    if version.digest not in _packs:
        _packs[version.digest] = AssessmentPack.model_validate(version.content)
    return _packs[version.digest]


_packs: dict[str, AssessmentPack] = {}
