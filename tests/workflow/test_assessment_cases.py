"""Sources that are the system's own records: each drawn from what lies there, and opened down to it."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from models import Assessed, Category, Complaint, Customer, CustomerHandOver, HandedCustomers
from tests.builders import ZONE, Desk, moment
from tests.workflow.assessment_rows import FILLED
from workflow import assessment_cases, assessment_opened, assessment_records, assessment_run, packs, survey_form
from workflow.assessment_figures import Missing, NoData
from workflow.assessment_formula import Aggregate, Condition
from workflow.assessment_period import Period
from workflow.assessment_places import Places
from workflow.assessment_shape import SubjectKind
from workflow.assessment_source import Origin
from workflow.assessment_stored import StoredRows
from workflow.regulation import Bilingual

QUARTER = Period.named("2026-Q1")


def drawn(
    desk: Desk, regulation: str, kind: SubjectKind, subject: int, asked: Aggregate, period: Period = QUARTER
) -> object:
    desk.session.flush()
    pack = packs.assessment(regulation, filled=FILLED.get(regulation))
    rows = StoredRows(desk.session, pack, kind, Places(desk.session, period, ZONE))
    return rows.of(subject).drawn(asked, pack.named_figures()).figure


def complaint(desk: Desk, state: str, day: int, **changes: object) -> Complaint:
    desk.now = moment(2, day)
    found = desk.complaint(state)
    for name, value in changes.items():
        setattr(found, name, value)
    desk.session.flush()
    return found


def test_every_source_about_cases_is_drawn() -> None:
    """What the system keeps no records of comes from a sheet or is entered by hand; else it would never have data."""
    named = {
        (slug, name)
        for slug in packs.ASSESSMENTS
        for name, source in packs.assessment(slug).sources.items()
        if source.origin is Origin.CASES
    }
    assert named == set(assessment_cases.DRAWN)


@pytest.mark.parametrize("slug", packs.ASSESSMENTS)
def test_every_source_is_delivered_by_some_part_of_the_product(slug: str) -> None:
    """Surveys ask what has a scale, inspections need a checklist; people enter or upload the rest. Else there would be
    measures that never have data, and totals that stay open for ever."""
    pack = packs.assessment(slug, filled=FILLED.get(slug))
    for name, source in pack.sources.items():
        match source.origin:
            case Origin.CASES:
                assert (slug, name) in assessment_cases.DRAWN
            case Origin.SURVEYS:
                assert survey_form.is_askable(source), name
            case Origin.INSPECTIONS:
                assert pack.checklists, name
            case _:
                assert name in assessment_records.sources(pack)


def test_complaints_count_for_the_respondent_and_the_department(desk: Desk) -> None:
    for state, day in (("handling", 3), ("resolved", 4), ("voided", 5), ("withdrawn", 6)):
        complaint(desk, state, day)
    asked = Aggregate("count", "complaints", None)
    for kind, subject in (
        (SubjectKind.PERSON, desk.person("service.ma").id), (SubjectKind.DEPARTMENT, desk.department("after_sales").id),
    ):  # fmt: skip
        assert drawn(desk, "loyalty", kind, subject, asked) == Decimal(2)
    nobody = drawn(desk, "loyalty", SubjectKind.PERSON, desk.person("sales.chen").id, asked)
    assert nobody == Decimal(0), "the system knows all complaints: none is nought"


@pytest.mark.parametrize(("causes", "count"), [(("service_attitude", "price"), 1), (("weather", "price"), None)])
def test_causes_are_the_categories_of_complaints_or_not_known(
    desk: Desk, causes: tuple[str, ...], count: int | None
) -> None:
    complaint(desk, "handling", 3, category=Category.SERVICE_ATTITUDE)
    pack = packs.assessment("satisfaction-evaluation", filled=FILLED.get("satisfaction-evaluation"))
    words = {cause: Bilingual(zh=cause, en=cause) for cause in causes}
    cause = pack.sources["complaints"].fields["cause"].model_copy(update={"choices": words})
    source = pack.sources["complaints"].model_copy(update={"fields": {"cause": cause}})
    pack = pack.model_copy(update={"sources": {**pack.sources, "complaints": source}})
    desk.session.flush()
    rows = StoredRows(desk.session, pack, SubjectKind.DEPARTMENT, Places(desk.session, QUARTER, ZONE))
    asked = Aggregate("count", "complaints", None, (Condition("cause", "=", causes[0]),))
    found = rows.of(desk.department("after_sales").id).drawn(asked, {}).figure
    assert found == (NoData(Missing.NOT_KEPT, "complaints") if count is None else Decimal(count))


def test_a_complaint_counts_by_its_severity_and_in_the_period_in_which_it_was_filed(desk: Desk) -> None:
    complaint(desk, "handling", 3)
    ma = desk.person("service.ma").id
    for severity, count in (("normal", 1), ("major", 0)):
        asked = Aggregate("count", "complaints", None, (Condition("severity", "=", severity),))
        assert drawn(desk, "loyalty", SubjectKind.PERSON, ma, asked) == Decimal(count)
    asked = Aggregate("count", "complaints", None)
    for period, count in ((Period.named("2026-02"), 1), (Period.named("2026-03"), 0)):
        assert drawn(desk, "loyalty", SubjectKind.PERSON, ma, asked, period) == Decimal(count)


def test_hours_are_those_on_the_clock_and_a_begun_hundredth_counts(desk: Desk) -> None:
    filed = moment(2, 3)
    complaint(desk, "handling", 3, filed_at=filed, handling_since=filed + timedelta(hours=2, seconds=1))
    asked = Aggregate("sum", "requests", "hours")
    department = desk.department("after_sales").id
    assert drawn(desk, "experience-standards", SubjectKind.DEPARTMENT, department, asked) == Decimal("2.01")


def test_who_serves_customers_has_the_complaints_whose_time_ran_out_in_the_period(desk: Desk) -> None:
    in_time = complaint(desk, "resolved", 3)
    late = complaint(desk, "resolved", 4)
    late.resolved_at = late.statutory_due_at + timedelta(minutes=1)
    complaint(desk, "handling", 5)
    assert in_time.resolved_at is not None and in_time.resolved_at <= in_time.statutory_due_at
    sun = desk.person("cr.sun").id
    whole, solved = (Aggregate("count", "requests", None, where) for where in ((), (Condition("in_time", "=", "yes"),)))
    found = [
        drawn(desk, "customer-service-department", SubjectKind.PERSON, sun, each) for each in (whole, solved)
    ]  # fmt: skip
    assert found == [Decimal(3), Decimal(1)]
    before = Period.of(Period.named("2026-02").cycle, late.statutory_due_at.astimezone(ZONE).date()).previous()
    none = drawn(desk, "customer-service-department", SubjectKind.PERSON, sun, whole, before)
    assert none == NoData(Missing.NO_ROWS, "requests"), "nothing was due then"


def test_handed_over_customers_count_when_their_week_is_over(desk: Desk) -> None:
    ma, chen = desk.person("service.ma"), desk.person("sales.chen")
    handed = moment(2, 3)
    for number, contacted, handed_on in (
        (1, handed + timedelta(days=3), None), (2, handed + timedelta(days=7, seconds=1), None), (3, None, None),
        (4, None, handed + timedelta(days=1)),
    ):  # fmt: skip
        phone = f"1380000000{number}"
        customer = Customer(
            name=f"客户{number}", phone=phone, phone_digits=phone, vehicle="", vehicle_key="", adviser=ma,
            added_at=handed, added_by_id=chen.id,
        )  # fmt: skip
        together = HandedCustomers(to=ma, handed_at=handed, due_at=handed + timedelta(days=7))
        desk.session.add(together)
        desk.session.flush()
        desk.session.add(CustomerHandOver(
            batch_id=together.id, customer=customer, from_=chen, to=ma, handed_at=handed, due_at=together.due_at,
            contacted_at=contacted, handed_on_at=handed_on,
        ))  # fmt: skip
    within = (Condition("days", "<=", "contact_within"),)
    found = [
        drawn(desk, "lifecycle-touchpoints", SubjectKind.PERSON, ma.id, Aggregate("count", "handovers", None, where))
        for where in ((), within)
    ]
    assert found == [Decimal(3), Decimal(1)], "seven days and a second are late, and who handed on has none"


def test_scores_of_the_month_count_once_they_are_approved(desk: Desk) -> None:
    asked = Aggregate("sum", "month_score", "points")
    desk.now = moment(4, 12)
    card = desk.scorecard("verified")
    period = Period.named(card.month)
    found = drawn(desk, "outbound-satisfaction", SubjectKind.PERSON, card.person_id, asked, period)
    assert found == NoData(Missing.NO_ROWS, "month_score")
    asked = Aggregate("sum", "month_score", "points")
    period = Period.named(card.month)
    desk.close("approve", "gm.zhou", department="after_sales")
    found = drawn(desk, "outbound-satisfaction", SubjectKind.PERSON, card.person_id, asked, period)
    assert found == card.score


@pytest.mark.parametrize("kind", ["person", "department"])
def test_a_figure_is_opened_down_to_the_cases(desk: Desk, kind: str) -> None:
    numbers = [complaint(desk, "handling", day).number for day in (3, 4)]
    complaint(desk, "voided", 5)
    desk.now = moment(3, 2)
    pack = packs.assessment("loyalty")
    of = assessment_run.open_(
        desk.session, pack, Period.named("2026-02"), SubjectKind(kind), scheme=None, by=desk.actor("cr.lin"),
        at=desk.now,
    )  # fmt: skip
    assessment_run.compute(desk.session, of, zone=ZONE, at=desk.now)
    subject = desk.person("service.ma").id if kind == "person" else desk.department("after_sales").id
    column = getattr(Assessed, f"{kind}_id")
    mine = desk.session.scalars(select(Assessed).where(Assessed.assessment_id == of.id, column == subject)).one()
    (count, _served) = assessment_opened.aggregates(pack, "complaint_rate", None)
    rows = assessment_opened.rows(desk.session, of, mine, count, zone=ZONE, skip=0, most=10)
    assert [(each.key, each.kind, each.values) for each in rows] == [
        (number, "complaint", {"severity": "normal"}) for number in numbers
    ]
    assert len(assessment_opened.rows(desk.session, of, mine, count, zone=ZONE, skip=1, most=10)) == 1
    assert desk.session.scalar(select(func.count()).select_from(Complaint)) == 3
    assert of.last_day == date(2026, 2, 28)
