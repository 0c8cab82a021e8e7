"""Figures drawn by the database: the same as those of rows at hand, whatever the rows and whomever they are about."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from sqlalchemy.orm import Session

from models import AssessmentRow, Posting
from tests.builders import ZONE, Desk, moment
from tests.workflow.assessment_rows import FILLED
from workflow import assessment, packs
from workflow import assessment_books as books
from workflow.assessment_entry import Row, RowRefused
from workflow.assessment_figures import Missing, NoData
from workflow.assessment_formula import Aggregate, Condition
from workflow.assessment_pack import AssessmentPack
from workflow.assessment_period import Period
from workflow.assessment_places import Places
from workflow.assessment_rows import ListedRows
from workflow.assessment_shape import SubjectKind
from workflow.assessment_source import LARGEST_VALUE, Field, Origin, Source
from workflow.assessment_stored import StoredRows

QUARTER = Period.named("2026-Q1")
PEOPLE = ("service.ma", "service.liu", "sales.chen", "parts.deng")


def stored(desk: Desk, pack: AssessmentPack, kind: SubjectKind, period: Period = QUARTER) -> StoredRows:
    desk.session.flush()
    return StoredRows(desk.session, pack, kind, Places(desk.session, period, ZONE))


def post(desk: Desk, pack: AssessmentPack, source: str, who: Any, day: date, *rows: Row) -> list[AssessmentRow]:
    entries = [books.Entry(who, day, row) for row in rows]
    found = books.post(desk.session, pack, source, entries, at=desk.now, by=desk.person("cr.lin"))
    desk.session.flush()
    return found


def _value(random: Random, field: Field) -> Any:
    if field.kind == "yes_no":
        return random.choice(["yes", "no"])
    if field.kind == "choice":
        return random.choice(sorted(field.choices or ()))
    assert field.lowest is not None and field.highest is not None
    if random.random() < 0.2:
        return random.choice([field.lowest, field.highest])
    top = min(field.highest, Decimal(1000))
    unit = Decimal(1).scaleb(-field.decimals)
    return random.randint(int(field.lowest / unit), int(top / unit)) * unit


def _rows(random: Random, name: str, source: Source, who: str) -> list[Row]:
    """None, one or a few, some fields left out; parts lie within their wholes."""
    found = []
    for number in range(random.choice([0, 1, 1 if source.once else random.randint(2, 8)])):
        values = {key: _value(random, field) for key, field in source.fields.items() if random.random() < 0.85}
        for part, whole in source.never_above.items():
            if part in values and whole in values:
                values[part], values[whole] = sorted((values[part], values[whole]))
            else:
                values = {key: value for key, value in values.items() if key not in (part, whole)}
        found.append(Row(f"{name}:{who}:{number}", values))
    return found


def _told(results: Mapping[str, assessment.Result]) -> dict[str, Any]:
    return {
        name: (each.value, [(i.figure, i.number) for i in each.inputs], _told(each.parts))
        for name, each in results.items()
    }


@pytest.mark.parametrize("slug", packs.ASSESSMENTS)
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_database_answers_as_rows_at_hand_do(desk: Desk, slug: str, seed: int) -> None:
    pack, random = packs.assessment(slug, filled=FILLED.get(slug)), Random(f"{slug}{seed}")
    given: dict[str, dict[str, list[Row]]] = {}
    for who in PEOPLE:
        posted = {name: each for name, each in pack.sources.items() if each.origin is not Origin.CASES}
        given[who] = {name: _rows(random, name, source, who) for name, source in posted.items()}
        for name, rows in given[who].items():
            for row in rows:
                day = date(2026, 1, 1) + timedelta(days=random.randint(0, 89))
                post(desk, pack, name, desk.person(who), day, row)
    rows = stored(desk, pack, SubjectKind.PERSON)
    for who in PEOPLE:
        own = ListedRows(pack.sources, given[who])
        mine = rows.of(desk.person(who).id)
        aggregates = [a for m in pack.measures.values() for a in assessment.aggregates_in(m.tree)]
        kept = {a.source for a in aggregates if pack.sources[a.source].origin is not Origin.CASES}
        measured, expected = (_told(assessment.measured(pack, each)) for each in (mine, own))
        for name, measure in pack.measures.items():
            if {a.source for a in assessment.aggregates_in(measure.tree)} <= kept and expected[name][1]:
                assert measured[name] == expected[name], name


NUMBERS = {
    "x": Field.model_validate({"title": {"zh": "数", "en": "x"}, "lowest": -LARGEST_VALUE, "decimals": 6}),
    "y": Field.model_validate({"title": {"zh": "数", "en": "y"}, "lowest": -LARGEST_VALUE, "decimals": 6}),
    "kind": Field.model_validate(
        {"title": {"zh": "类", "en": "kind"}, "kind": "choice", "choices": {"a": {"zh": "甲", "en": "a"}}}
    ),
}
EXTREMES = [LARGEST_VALUE, -LARGEST_VALUE, Decimal("0.000001"), Decimal("-0.000001"), Decimal(0),
            Decimal("999999.999999"), Decimal("-1000000.000001")]  # fmt: skip


@pytest.mark.parametrize("seed", range(6))
def test_sums_and_squares_are_exact_however_large_numbers_are(desk: Desk, seed: int) -> None:
    pack = packs.assessment("loyalty")
    source = Source.model_validate({"origin": "excel", "title": {"zh": "数", "en": "x"}, "fields": NUMBERS})
    pack = pack.model_copy(update={"sources": {**pack.sources, "served": source}})
    random = Random(seed)
    rows = [
        Row(str(number), {
            key: random.choice([*EXTREMES, Decimal(random.randint(-10**18, 10**18)).scaleb(-6)])
            for key in ("x", "y") if random.random() < 0.9
        } | {"kind": "a"})
        for number in range(random.choice([0, 1, 40]))
    ]  # fmt: skip
    post(desk, pack, "served", desk.person("service.ma"), date(2026, 2, 1), *rows)
    mine = stored(desk, pack, SubjectKind.PERSON).of(desk.person("service.ma").id)
    own = ListedRows(pack.sources, {"served": rows})
    than = {"bound": Decimal("0.5")}
    wheres = [
        (), (Condition("x", ">", Decimal(0)),), (Condition("x", "<=", "y"),), (Condition("x", "<", "bound"),),
        (Condition("kind", "=", "a"),), (Condition("kind", "=", "b"),), (Condition("kind", "<", Decimal(3)),),
        (Condition("nothing", "=", Decimal(3)),), (Condition("x", "=", "nowhere"),),
    ]  # fmt: skip
    for where in wheres:
        for among in ((), (Condition("y", ">=", Decimal(0)),)):
            for function in ("count", "sum", "squares", "lowest", "highest"):
                for field in ("x", "kind") if function == "count" else ("x",):
                    asked = Aggregate(function, "served", field, where, among)
                    found, expected = mine.drawn(asked, than), own.drawn(asked, than)
                    assert (found.figure, found.number) == (expected.figure, expected.number), asked


def test_a_withdrawn_row_and_one_of_another_period_count_no_more(desk: Desk) -> None:
    pack = packs.assessment("loyalty")
    ma = desk.person("service.ma")
    rows = Row("1", {"likelihood": 0}), Row("2", {"likelihood": 10})
    wrong, _right = post(desk, pack, "answers", ma, date(2026, 3, 31), *rows)
    post(desk, pack, "answers", ma, date(2026, 4, 1), Row("3", {"likelihood": 0}))
    books.withdraw(desk.session, wrong, reason="录入有误", at=desk.now, by=desk.person("cr.lin"))
    found = assessment.measured(pack, stored(desk, pack, SubjectKind.PERSON).of(ma.id))
    assert found["nps"].value == Decimal(100)


def test_somebody_who_changes_department_counts_where_they_were_on_the_rows_day(desk: Desk) -> None:
    pack, ma = packs.assessment("loyalty"), desk.person("service.ma")
    service, sales = desk.department("after_sales"), desk.department("sales")
    post_held = ma.posting_at(desk.now)
    assert post_held is not None and post_held.department_id == service.id
    post_held.until = moment(2, 10, 11)
    desk.session.flush()
    desk.session.add(Posting(person=ma, department=sales, title="顾问", since=moment(2, 10, 11)))
    for day, likelihood in ((9, 10), (10, 0), (11, 0)):
        post(desk, pack, "answers", ma, date(2026, 2, day), Row(str(day), {"likelihood": likelihood}))
    rows = stored(desk, pack, SubjectKind.DEPARTMENT)
    nps = {
        slug: assessment.measured(pack, rows.of(desk.department(slug).id))["nps"].value
        for slug in ("after_sales", "sales")
    }
    assert nps == {"after_sales": Decimal(100), "sales": Decimal(-100)}
    assert rows.places.subjects(SubjectKind.PERSON)[ma.id] == sales.id


def test_a_figure_that_is_given_once_is_never_given_twice(desk: Desk) -> None:
    pack = packs.assessment("service-centre")
    department = desk.department("after_sales")
    for key in ("1", "2"):
        post(desk, pack, "months_on_time", department, date(2026, 1, 5), Row(key, {"months": 1}))
    with pytest.raises(RowRefused, match="already"):
        assessment.measured(pack, stored(desk, pack, SubjectKind.DEPARTMENT).of(department.id))


def test_what_the_system_does_not_keep_is_no_data_and_never_nought(desk: Desk, session: Session) -> None:
    for slug, measure in (("after-sales-assessment", "jobs"), ("partner-assessment", "complaints")):
        pack = packs.assessment(slug, filled=FILLED.get(slug))
        about_cases = pack.sources[measure].model_copy(update={"origin": Origin.CASES})
        pack = pack.model_copy(update={"sources": {**pack.sources, measure: about_cases}})
        asked = Aggregate("count", measure, None)
        rows = stored(desk, pack, pack.subjects[0])
        assert rows.of(1).drawn(asked, {}).figure == NoData(Missing.NOT_KEPT, measure)


def test_one_query_serves_all_subjects(desk: Desk, queries: list[str]) -> None:
    pack = packs.assessment("loyalty")
    rows = stored(desk, pack, SubjectKind.PERSON)
    queries.clear()
    for person in rows.places.subjects(SubjectKind.PERSON):
        assessment.measured(pack, rows.of(person))
    asked: dict[str, int] = defaultdict(int)
    for statement in queries:
        asked[statement] += 1
    assert 0 < len(queries) <= sum(len(assessment.aggregates_in(m.tree)) for m in pack.measures.values())
