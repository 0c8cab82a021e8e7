"""A stored figure opened: the rows it was drawn from, a page at a time, by the same conditions."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, false, or_, select
from sqlalchemy.orm import Session

from models import Assessed, Assessment
from models.assessment import MILLION
from workflow import assessment
from workflow.assessment_figures import Missing, NoData
from workflow.assessment_formula import Aggregate
from workflow.assessment_pack import AssessmentPack
from workflow.assessment_period import Period
from workflow.assessment_places import Places, begins
from workflow.assessment_rows import Input
from workflow.assessment_run import pack_for
from workflow.assessment_shape import SubjectKind
from workflow.assessment_sql import Relation, held_by, meant_by
from workflow.assessment_stored import StoredRows
from workflow.rating_sight import kept


@dataclass(frozen=True)
class OpenedRow:
    """One row: its key, the day or moment by which it counts, what it says, and its id there where it lies."""

    key: str
    when: date
    values: Mapping[str, Decimal | str | None]
    id: int
    kind: str


class _Asked:
    """Rows of nobody, asked for every sum that a measure stands on."""

    def drawn(self, aggregate: Aggregate, than: Mapping[str, Decimal]) -> Input:
        return Input(aggregate, NoData(Missing.NO_ROWS, aggregate.source), ())


def aggregates(pack: AssessmentPack, measure: str, part: str | None) -> tuple[Aggregate, ...]:
    """The sums of a measure, or of its part, in the order in which results keep them. Raises KeyError for an unknown
    one."""
    result = assessment.measured(pack, _Asked())[measure]
    return tuple(each.aggregate for each in (result if part is None else result.parts[part]).inputs)


def rows(
    session: Session, of: Assessment, subject: Assessed, aggregate: Aggregate, *, zone: ZoneInfo, skip: int, most: int
) -> list[OpenedRow]:
    """The rows of one figure of one subject, the oldest first."""
    pack, kind = pack_for(of), SubjectKind(of.kind)
    places = Places(session, Period.named(of.period), zone)
    stored = StoredRows(session, pack, kind, places)
    relation = stored.relation(aggregate.source)
    if relation is None:
        return []
    than = pack.named_figures()
    fields = {**relation.numbers, **relation.words}
    query = (
        select(relation.key, relation.when, relation.id, *fields.values())
        .select_from(relation.table)
        .where(held_by(relation, aggregate, than), meant_by(relation, aggregate, than))
        .where(_about(stored, relation, aggregate.source, subject.subject_id))
        .order_by(relation.when, relation.id)
    )
    if pack.sources[aggregate.source].is_rated_within:
        # In the order in which they came, rows would tell who gave them.
        query = query.where(relation.id.not_in(kept())).order_by(None).order_by(relation.when, relation.key)
    return [
        OpenedRow(key, when, _values(relation, dict(zip(fields, values, strict=True))), id_, relation.kind)
        for key, when, id_, *values in session.execute(query.offset(skip).limit(most))
    ]


def _values(relation: Relation, said: Mapping[str, Any]) -> dict[str, Decimal | str | None]:
    return {
        field: Decimal(int(value)) / MILLION if field in relation.numbers and value is not None else value
        for field, value in said.items()
    }


def _about(stored: StoredRows, relation: Relation, source: str, subject: int) -> ColumnElement[bool]:
    """The rows that count for this subject; the condition beside `StoredRows._whose`."""
    feeds = [feed for feed in stored.feeds(source) if feed in relation.about]
    own = relation.about.get(stored.kind.value)
    found = [own == subject] if own is not None else []
    others: list[ColumnElement[bool]] = [] if own is None else [own.is_(None)]
    for feed in feeds:
        if feed == stored.kind.value:
            continue
        column = relation.about[feed]
        if feed == "team":
            teams = [team for team, department in stored.places.team_departments.items() if department == subject]
            found.append(and_(*others, column.in_(teams)))
        else:
            found.append(and_(*others, _of_people(stored, relation, column, subject)))
        others = [*others, column.is_(None)]
    return or_(false(), *found)


def _of_people(stored: StoredRows, relation: Relation, person: Any, subject: int) -> ColumnElement[bool]:
    """What is said about people while they were there."""
    always, sometimes = list[int](), list[ColumnElement[bool]]()
    for key, since, until in stored.places.spans(stored.kind, subject):
        if since is None and until is None:
            always.append(key)
            continue
        days = [begins(day, stored.places.zone) if relation.kind else day for day in (since, until)]
        bounds = [relation.when >= days[0]] if days[0] is not None else []
        bounds += [relation.when < days[1]] if days[1] is not None else []
        sometimes.append(and_(person == key, *bounds))
    return or_(person.in_(always), *sometimes)
