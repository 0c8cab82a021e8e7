"""A customer's question that is really a complaint: the form that logs it is filled in from the question, and filing
it ends the question."""

from typing import Any

from flask import request

from models import Complaint, CustomerQuestion
from web import form
from web.session import actor, db
from workflow import question_roles, questions

NAME = "question"


def asked() -> CustomerQuestion | None:
    """The question that the form is about, if it is and may be registered."""
    key = form.number(request.values.get(NAME, ""))
    found = questions.locked(db(), key) if key is not None and request.method == "POST" else _read(key)
    if found is None or not found.is_awaited or not question_roles.may_see(found, actor()):
        return None
    return found


def _read(key: int | None) -> CustomerQuestion | None:
    query = CustomerQuestion.whole().where(CustomerQuestion.id == (key or 0))
    return db().scalars(query).unique().one_or_none()


def known(question: CustomerQuestion | None) -> dict[str, Any]:
    """What the form knows already."""
    if question is None:
        return {}
    return {"customer_name": question.customer_name, "description": question.question} | {
        name: value for name, value in (("customer_phone", question.phone), ("vehicle", question.vehicle)) if value
    }


def end(complaint: Complaint) -> None:
    """The question is answered through the complaint from now on."""
    if (question := asked()) is not None:
        questions.become(db(), question, complaint, by=actor())
