"""Figures of all subjects of one period, drawn by the database: one query for each aggregate, whoever asks first.

It answers as `ListedRows` does. Sums are grouped by whom rows are about and added up here for teams and departments,
where those who changed place in the period are told apart by the row's day. Keys of rows are read only by whoever opens
a figure (`workflow.assessment_opened`).
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, case, func, null, or_, select
from sqlalchemy.orm import Session

from models import Posting
from models.assessment import MILLION
from workflow import assessment_cases
from workflow.assessment_entry import RowRefused
from workflow.assessment_figures import EXACT, Figure, Missing, NoData
from workflow.assessment_formula import Aggregate
from workflow.assessment_pack import AssessmentPack
from workflow.assessment_places import FEEDS, Places
from workflow.assessment_rows import Input
from workflow.assessment_shape import SubjectKind
from workflow.assessment_source import Origin
from workflow.assessment_sql import Relation, Tally, held_by, posted, tally_columns, tally_of
from workflow.process import INVALID, N_, Objection

NONE = Tally()


class StoredRows:
    """The rows of a regulation in one period, of every subject of a kind."""

    def __init__(self, session: Session, pack: AssessmentPack, kind: SubjectKind, places: Places) -> None:
        self.session, self.pack, self.kind, self.places = session, pack, kind, places
        self._tallies: dict[tuple[Aggregate, bool], dict[int, Tally]] = {}
        self._relations: dict[str, Relation | None] = {}

    def of(self, subject: int) -> "OfOne":
        """The rows of one subject, by its id."""
        return OfOne(self, subject)

    def relation(self, name: str) -> Relation | None:
        """Where the rows of a source lie; None for records that the system does not keep."""
        if name not in self._relations:
            self._relations[name] = self._found(name)
        return self._relations[name]

    def feeds(self, name: str) -> tuple[str, ...]:
        """Rows about whom count: what a source gives once for each is never that of somebody's people."""
        return (self.kind.value,) if self.pack.sources[name].once else FEEDS[self.kind]

    def tally(self, aggregate: Aggregate, than: Mapping[str, Decimal], subject: int) -> Tally:
        """Raises RowRefused where a source that is given once has several rows of one subject."""
        # Squares are dear and seldom asked for; all else comes with one query.
        key = replace(aggregate, function=""), aggregate.function == "squares"
        if key not in self._tallies:
            self._tallies[key] = self._drawn(aggregate, than)
        return self._tallies[key].get(subject, NONE)

    def _found(self, name: str) -> Relation | None:
        source, places = self.pack.sources[name], self.places
        if source.origin is Origin.CASES:
            return assessment_cases.drawn(self.session, self.pack.pack, name, source, places.bounds)
        return posted(self.session, self.pack.pack, name, source, places.period)

    def _drawn(self, aggregate: Aggregate, than: Mapping[str, Decimal]) -> dict[int, Tally]:
        relation = self.relation(aggregate.source)
        assert relation is not None, "what the system does not keep is never drawn"
        found: dict[int, Tally] = defaultdict(Tally)
        for subject, tally in self._grouped(relation, aggregate, than):
            found[subject] += tally
        self._refuse_twice(aggregate.source, relation, found)
        return found

    def _grouped(
        self, relation: Relation, aggregate: Aggregate, than: Mapping[str, Decimal]
    ) -> Iterator[tuple[int, Tally]]:
        feeds = [feed for feed in self.feeds(aggregate.source) if feed in relation.about]
        if not feeds:
            return
        about = [relation.about[feed] for feed in feeds]
        query = (
            select(
                *(column.label(f"about_{feed}") for feed, column in zip(feeds, about, strict=True)),
                self._day(relation, feeds).label("day"),
                *tally_columns(relation, aggregate, than),
            )
            .select_from(relation.table)
            .where(held_by(relation, aggregate, than), or_(*(column.is_not(None) for column in about)))
            .group_by(*(f"about_{feed}" for feed in feeds), "day")
        )
        for row in self.session.execute(query):
            keys, day, sums = tuple(row[: len(feeds)]), row[len(feeds)], tuple(row[len(feeds) + 1 :])
            subject = self._whose(dict(zip(feeds, keys, strict=True)), day)
            if subject is not None:
                yield subject, tally_of(sums)

    def _day(self, relation: Relation, feeds: list[str]) -> ColumnElement[Any]:
        """The row's day, where it decides for whom a person's row counts; else all days are one."""
        if self.kind is SubjectKind.PERSON or "person" not in feeds:
            return null()
        moved = select(Posting.person_id).where(self.places.movers())
        return case((relation.about["person"].in_(moved), relation.when))

    def _whose(self, about: Mapping[str, int | None], day: date | None) -> int | None:
        """Whose figure the row belongs to; None where the person was in no team."""
        own = about.get(self.kind.value)
        if own is not None:
            return own
        if (team := about.get("team")) is not None:
            return self.places.team_departments[team]
        person = about.get("person")
        place = self.places.at(person, day or self.places.period.first_day) if person is not None else None
        if place is None:
            return None
        return place.team if self.kind is SubjectKind.TEAM else place.department

    def _refuse_twice(self, name: str, relation: Relation, found: Mapping[int, Tally]) -> None:
        if not self.pack.sources[name].once or all(tally.held < 2 for tally in found.values()):
            return
        twice = next(subject for subject, tally in found.items() if tally.held > 1)
        rows = select(func.max(relation.key)).where(relation.where, relation.about[self.kind.value] == twice)
        key = self.session.execute(rows).scalar_one()
        raise RowRefused(name, key, Objection(INVALID, N_("There is an entry for this period already.")))


@dataclass(frozen=True)
class OfOne:
    """The rows of one subject, as `assessment_rows.Rows` asks for them."""

    stored: StoredRows
    subject: int

    def drawn(self, aggregate: Aggregate, than: Mapping[str, Decimal]) -> Input:
        if self.stored.relation(aggregate.source) is None:
            return Input(aggregate, NoData(Missing.NOT_KEPT, aggregate.source), (), count=0)
        tally = self.stored.tally(aggregate, than, self.subject)
        none_is_zero = self.stored.pack.sources[aggregate.source].none_is_zero
        if not tally.held and not none_is_zero:
            return Input(aggregate, NoData(Missing.NO_ROWS, aggregate.source), (), count=0)
        figure = _figure(aggregate, tally, any_held=bool(tally.present) or none_is_zero)
        return Input(aggregate, figure, (), count=tally.count)


def _figure(aggregate: Aggregate, tally: Tally, *, any_held: bool) -> Figure:
    """As `assessment_rows` has it of rows at hand."""
    none = NoData(Missing.NO_ROWS, str(aggregate))
    match aggregate.function:
        case "count":
            return Decimal(tally.count)
        case "sum":
            return EXACT.divide(Decimal(tally.sum), MILLION) if any_held else none
        case "squares":
            return EXACT.divide(Decimal(tally.squares), MILLION * MILLION)
        case "lowest":
            return none if tally.lowest is None else EXACT.divide(Decimal(tally.lowest), MILLION)
        case _:
            return none if tally.highest is None else EXACT.divide(Decimal(tally.highest), MILLION)
