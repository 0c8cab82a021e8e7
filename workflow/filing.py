"""What is known when a complaint is filed, and the new complaint made of it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from models import Category, Channel, Complaint, Department, Person, Severity
from workflow import deadline
from workflow.evidence import Evidence
from workflow.regulation import CS_MANAGEMENT, pack_of
from workflow.roles import Actor
from workflow.search import search_text
from workflow.texts import clean, digits, plate, spoken

CASE_SERIES = "complaint_case"


@dataclass(frozen=True)
class Filing:
    """A complaint as it is taken down on the phone, or read from a row of a file."""

    customer_name: str | None
    channel: Channel
    category: Category
    severity: Severity
    description: str | None
    customer_phone: str | None = None
    vehicle: str | None = None
    vehicle_model: str | None = None
    order_number: str | None = None
    demand: str | None = None
    occurred_on: date | None = None
    department: Department | None = None
    respondent: Person | None = None
    source: str | None = None
    external_ref: str | None = None
    evidence: Sequence[Evidence] = field(default=())

    def said(self) -> dict[str, Any]:
        """What the event keeps: all of it, so that a changed row is found."""
        return spoken({
            "customer_name": self.customer_name,
            "customer_phone": self.customer_phone,
            "vehicle": self.vehicle,
            "vehicle_model": self.vehicle_model,
            "order_number": self.order_number,
            "channel": self.channel.value,
            "category": self.category.value,
            "severity": self.severity.value,
            "description": self.description,
            "demand": self.demand,
            "occurred_on": self.occurred_on.isoformat() if self.occurred_on else None,
            "source": self.source,
            "external_ref": self.external_ref,
            "department": self.department.slug if self.department else None,
            "respondent": self.respondent.username if self.respondent else None,
        })  # fmt: skip

    def chosen(self) -> dict[str, Any]:
        return {
            "department": self.department,
            "respondent": self.respondent,
            "occurred_on": self.occurred_on,
            "evidence": self.evidence,
        }


def complaint_from(filing: Filing, by: Actor, at: datetime) -> Complaint:
    """A new complaint with its case number, under the regulation in force; its state comes with the step."""
    office = by.office
    version = office.regulation_in_force(CS_MANAGEMENT, at)
    year, seq = office.next_number(CASE_SERIES, at)
    complaint = Complaint(
        year=year, seq=seq, filed_at=at, filed_by=by.person,
        regulation_version=version, regulation_version_id=version.id,
        statutory_due_at=deadline.statutory(pack_of(version), at, office),
        channel=filing.channel, category=filing.category, severity=filing.severity,
        source=filing.source, external_ref=filing.external_ref, occurred_on=filing.occurred_on,
    )  # fmt: skip
    _take_down(complaint, filing)
    _point_at(complaint, filing)
    return complaint


def _take_down(complaint: Complaint, filing: Filing) -> None:
    complaint.customer_name = clean(filing.customer_name) or ""
    complaint.customer_phone = clean(filing.customer_phone)
    complaint.phone_digits = digits(filing.customer_phone)
    complaint.vehicle = clean(filing.vehicle)
    complaint.vehicle_key = plate(filing.vehicle)
    complaint.vehicle_model = clean(filing.vehicle_model)
    complaint.order_number = clean(filing.order_number)
    complaint.description = clean(filing.description) or ""
    complaint.demand = clean(filing.demand)
    complaint.search_text = search_text(complaint)


def _point_at(complaint: Complaint, filing: Filing) -> None:
    """A respondent without a department brings their own (CS-2)."""
    complaint.respondent = filing.respondent
    complaint.respondent_id = filing.respondent.id if filing.respondent else None
    department = filing.department or _department_of(filing.respondent, complaint.filed_at)
    complaint.department = department
    complaint.department_id = department.id if department else None


def _department_of(person: Person | None, at: datetime) -> Department | None:
    post = person.posting_at(at) if person is not None else None
    return post.department if post is not None else None
