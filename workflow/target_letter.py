"""What a target letter (目标责任书) says: the unit's targets of a year with their weights, and what follows from them.

Figures are frozen as text, so that a letter reads in ten years as it reads today.
"""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Department, Person, Publication, RegulationVersion, Target, Team
from workflow import deadline
from workflow.assessment_pack import AssessmentPack, pack_of
from workflow.assessment_shape import Grade
from workflow.letter import department, reference, who
from workflow.process import Step
from workflow.record import SCHEMA, TEMPLATE_VERSION
from workflow.regulation import Bilingual
from workflow.roles import Actor

Json = dict[str, Any]
Unit = Department | Team | None


def content(step: Step[Publication], number: Json) -> Json:
    """The frozen content of a letter of the process: what all letters have, and what this one tells."""
    office, version = step.actor.office, step.subject.regulation_version
    pack = pack_of(version)
    rule = pack.rules[step.rule.id]
    return {
        "schema": SCHEMA,
        "template_version": TEMPLATE_VERSION,
        "kind": step.rule.letter,
        "number": number,
        "issued_at": deadline.as_json(step.at, office),
        "company": {"zh": office.company.name_zh, "en": office.company.name_en},
        "case_number": step.subject.number,
        "rule": step.rule.id,
        "rules": [{"id": step.rule.id, "zh": rule.zh, "en": rule.en}],
        "regulation": {
            "zh": pack.title.zh, "en": pack.title.en, "edition": version.edition,
            "in_force_from": version.in_force_from.isoformat(),
        },
        "department": department(step.subject.department),
        "head": None,
        "respondent": None,
        "signer": who(step, step.actor.person),
        "acting_for": who(step, step.event.acting_for),
        "signed_as": step.event.signed_as,
        "said": {"reason": step.event.said.get("reason"), "note": step.event.said.get("note")},
        "recipients": [who(step, person) for person in step.chosen["recipients"]],
        "entries": [],
        "refs": [reference(step, letter) for event in step.subject.events for letter in event.letters],
        "attachments": [],
        "next": None,
        step.chosen["part"]: step.chosen["told"],
    }  # fmt: skip


def told(session: Session, unit: Unit, year: int, head: Person | None, *, by: Actor, at: datetime) -> Json:
    """The unit, its targets in force and to come, and what the regulations attach to them."""
    today = by.office.calendar.day_of(at)
    found = _in_force(session, unit, year, today)
    packs = _packs(session, found, today)
    return {
        "year": year,
        "unit": named_unit(unit),
        "head": {"name": head.name, "post": _post(head, at)} if head is not None else None,
        "lines": [_line(each, packs[each.regulation]) for each in found if each.regulation in packs],
        "consequences": [_consequences(pack) for pack in packs.values() if _grades(pack)],
    }


def _post(head: Person, at: datetime) -> str:
    post = head.posting_at(at)
    return post.title if post is not None else ""


def _in_force(session: Session, unit: Unit, year: int, today: date) -> list[Target]:
    """Of each measure and period what holds now, and what is approved for later."""
    query = select(Target).where(
        Target.is_approved.is_(True), Target.period.startswith(str(year)),
        Target.department_id == unit.id if isinstance(unit, Department) else Target.department_id.is_(None),
        Target.team_id == unit.id if isinstance(unit, Team) else Target.team_id.is_(None),
    ).order_by(Target.regulation, Target.measure, Target.period, Target.from_day, Target.id)  # fmt: skip
    found: dict[tuple[str, str, str], list[Target]] = {}
    for each in session.scalars(query):
        rows = found.setdefault((each.regulation, each.measure, each.period), [])
        if each.from_day <= today:
            rows.clear()
        rows.append(each)
    return [each for rows in found.values() for each in rows]


def _packs(session: Session, found: list[Target], today: date) -> dict[str, AssessmentPack]:
    slugs = dict.fromkeys(each.regulation for each in found)
    versions = {slug: session.scalars(RegulationVersion.in_force_on(slug, today)).first() for slug in slugs}
    packs = {slug: pack_of(version) for slug, version in versions.items() if version is not None}
    return {
        slug: pack for slug, pack in packs.items()
        if all(each.measure in pack.measures for each in found if each.regulation == slug)
    }  # fmt: skip


def _line(target: Target, pack: AssessmentPack) -> Json:
    measure = pack.measures[target.measure]
    return {
        "rule": measure.rule,
        "measure": title_of(measure.title),
        "words": title_of(measure.words),
        "regulation": title_of(pack.title),
        "period": target.period,
        "value": plain(target.value),
        "unit": measure.unit,
        "direction": measure.direction,
        "weight": _weight(target.measure, pack),
        "from_day": target.from_day.isoformat(),
        "reason": target.reason or None,
    }


def _weight(measure: str, pack: AssessmentPack) -> str | None:
    """How much it weighs in the regulation's total, where it has one."""
    weights = [scheme.weights[measure] for scheme in pack.schemes.values() if measure in scheme.weights]
    return plain(weights[0]) if weights and weights[0] is not None else None


def _consequences(pack: AssessmentPack) -> Json:
    grades = [
        {"title": title_of(grade.title), "at_least": plain(grade.at_least),
         "leads_to": [title_of(pack.outcomes[word]) for word in grade.leads_to]}
        for grade in _grades(pack)
    ]  # fmt: skip
    return {"regulation": title_of(pack.title), "grades": grades}


def _grades(pack: AssessmentPack) -> list[Grade]:
    return [grade for scheme in pack.schemes.values() for grade in scheme.grades or ()]


def named_unit(unit: Unit) -> Json:
    match unit:
        case Department():
            return {"zh": unit.name_zh, "en": unit.name_en}
        case Team():
            of = unit.department
            return {"zh": f"{of.name_zh}{unit.slug}组", "en": f"{of.name_en}, team {unit.slug}"}
        case _:
            return {"zh": "公司", "en": "the company"}


def title_of(text: Bilingual) -> Json:
    return {"zh": text.zh, "en": text.en}


def plain(value: Decimal) -> str:
    """80 · 80.5 · 9,000,000: no digit that says nothing."""
    return f"{value:,.4f}".rstrip("0").rstrip(".")
