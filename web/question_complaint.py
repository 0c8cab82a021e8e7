"""A customer's question that is really a complaint: the form that logs it is filled in from the question, and filing
it ends the question."""

from typing import Any

from flask import request

from models import Complaint, CustomerQuestion
from web import form
from web.session import actor, db
from workflow import question_roles, questions
from workflow.process import N_, NOT_FOUND, Objection, Refused

NAME = "question"


def asked() -> CustomerQuestion | None:
    """The question that the form is about, if it is and may be registered; one that was sent stays in the form, so
    that no second press files what was refused."""
    key = form.number(request.values.get(NAME, ""))
    found = _read(key) if key is not None else None
    if found is None or not question_roles.may_see(found, actor()):
        return None
    return found if found.is_awaited or request.method == "POST" else None


def _read(key: int) -> CustomerQuestion | None:
    query = CustomerQuestion.whole().where(CustomerQuestion.id == key)
    return db().scalars(query).unique().one_or_none()


def known(question: CustomerQuestion | None) -> dict[str, Any]:
    """What the form knows already."""
    if question is None:
        return {}
    return {"customer_name": question.customer_name, "description": question.question} | {
        name: value for name, value in (("customer_phone", question.phone), ("vehicle", question.vehicle)) if value
    }


def end(complaint: Complaint) -> None:
    """The question is answered through the complaint from now on. Raises Refused where it was answered, or somebody
    else has registered it meanwhile: nothing is filed a second time."""
    key = form.number(request.form.get(NAME, ""))
    if key is None:
        return
    question = questions.locked(db(), key)
    if question is None:
        raise Refused([Objection(NOT_FOUND, N_("There is no such question."))])
    questions.become(db(), question, complaint, by=actor())
