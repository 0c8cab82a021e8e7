"""What one reader may read of a case: the customer hidden from the respondent, numbers masked.

Pages and lists take names, numbers and free texts through here and nowhere else.
"""

import re
from collections.abc import Iterable

from models import Complaint
from privacy import A_MOBILE_NUMBER, is_chinese, surname, without_name, written
from workflow.letter import masked_phone
from workflow.roles import Actor
from workflow.sight import sees_customer, sees_phone

HIDDEN = "****"


def customer_name(complaint: Complaint, actor: Actor) -> str | None:
    """The customer's name, or None where it is hidden from this reader."""
    return complaint.customer_name if sees_customer(complaint, actor) else None


def customer_phone(complaint: Complaint, actor: Actor) -> str | None:
    """The number in full for those who call, masked for others, None where it is hidden or absent."""
    if not sees_customer(complaint, actor):
        return None
    return complaint.customer_phone if sees_phone(complaint, actor) else masked_phone(complaint.customer_phone)


def vehicle(complaint: Complaint, actor: Actor) -> str | None:
    """A plate names its owner: it is hidden together with the customer."""
    return complaint.vehicle if sees_customer(complaint, actor) else None


def words(text: str | None, complaint: Complaint, actor: Actor, *, customer: str = "客户") -> str:
    """Free text as this reader may read it: the hidden customer's name and numbers replaced, and numbers
    masked for whoever does not call."""
    if not text or sees_phone(complaint, actor):
        return text or ""
    if not sees_customer(complaint, actor):
        return hidden(text, complaint, customer=customer)
    text = A_MOBILE_NUMBER.sub(_masked, text)
    return written((complaint.customer_phone,)).sub(_masked, text)


def plan_words(text: str | None, cases: Iterable[Complaint | None], actor: Actor, *, customer: str = "客户") -> str:
    """Free text of an improvement plan, without those of the customers of its cases who are hidden from this reader."""
    for case in {case.id: case for case in cases if case is not None}.values():
        text = words(text, case, actor, customer=customer)
    return text or ""


def _masked(number: re.Match[str]) -> str:
    """The number as masked; one that somebody masked already stays as it is."""
    return number[0] if "*" in number[0] else masked_phone(number[0]) or HIDDEN


def hidden(text: str, complaint: Complaint, *, customer: str) -> str:
    """`text` without the customer's name, however addressed, and without numbers and plate."""
    text = without_name(text, complaint.customer_name, customer)
    text = written((complaint.customer_phone, complaint.vehicle, complaint.order_number)).sub(HIDDEN, text)
    return A_MOBILE_NUMBER.sub(HIDDEN, text)


def masked(name: str) -> str:
    """马* of 马超, 欧阳** of 欧阳娜娜, J*** of Jane Roe: enough for whoever knows the person, and for nobody else."""
    family = surname(name) if is_chinese(name) else name[:1]
    return family + ("*" * (len(name) - len(family)) if is_chinese(name) else "***")
