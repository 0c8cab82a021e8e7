"""Customers' questions (LIFE-2): taken down in a moment, answered within the hours of the regulation, on the clock.

The clock begins as the question is taken down, and passing it on does not stop it. What was missed stays visible.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Complaint, CustomerQuestion, Person, QuestionPassed, RegulationVersion
from workflow import question_roles, question_turn
from workflow.assessment_pack import pack_of
from workflow.handing_over import is_leaving
from workflow.people import wrong_length
from workflow.process import FORBIDDEN, INVALID, MOVED_ON, N_, NOT_FOUND, Objection, Refused, refuse
from workflow.roles import Actor
from workflow.texts import LONGEST_PLATE, clean, digits, too_long

REGULATION, FIGURE = "lifecycle-touchpoints", "answer_within"
# What LIFE-2 says; it holds as long as the company has put no edition in force.
HOURS = timedelta(hours=24)
LONGEST_NAME, LONGEST_PHONE = 60, 40
FEWEST_DIGITS = 5
# The same words by the same person so soon are one question, sent twice.
SENT_AGAIN = timedelta(minutes=10)


@dataclass(frozen=True)
class Typed:
    """A question as somebody wrote it down; with an answer where it was given at once."""

    question: str
    customer: str
    phone: str = ""
    vehicle: str = ""
    answer: str = ""


def within(session: Session, at: datetime, by: Actor) -> timedelta:
    """LIFE-2: how long the answer may take, as the edition in force says."""
    day = by.office.calendar.day_of(at)
    version = session.scalars(RegulationVersion.in_force_on(REGULATION, day)).first()
    figure = pack_of(version).figures.get(FIGURE) if version is not None else None
    if figure is None or figure.value is None or figure.value <= 0:
        return HOURS
    return timedelta(hours=float(figure.value))


def take(session: Session, typed: Typed, responsible: Person | None, *, by: Actor, at: datetime) -> CustomerQuestion:
    """Write a question down, for somebody to answer. Sent twice it is one. Raises Refused with what is amiss."""
    assert by.person is not None
    question, answer = clean(typed.question) or "", clean(typed.answer)
    name, phone, vehicle = clean(typed.customer) or "", clean(typed.phone) or "", clean(typed.vehicle) or ""
    refuse(
        Objection(FORBIDDEN, N_("Only who works here takes down questions.")) if by.has_left else None,
        Objection(INVALID, N_("Write down what the customer asks."), field="question") if not question else None,
        wrong_length("customer", name, LONGEST_NAME),
        _unreachable(phone, is_answered=answer is not None),
        Objection(INVALID, N_("At most %(most)d characters, please."), field="vehicle", most=LONGEST_PLATE)
        if len(vehicle) > LONGEST_PLATE else None,
        *too_long({"question": question, "answer": answer or ""}),
        *_unfit(responsible, by),
    )  # fmt: skip
    assert responsible is not None
    if (known := _sent_already(session, question, name, by.person, at)) is not None:
        return known
    found = CustomerQuestion(
        customer_name=name, phone=phone, vehicle=vehicle, question=question, asked_at=at,
        due_at=at + within(session, at, by), taken_by=by.person, taken_by_id=by.person.id, responsible=responsible,
        responsible_id=responsible.id, passed=[], nudges=[],
    )  # fmt: skip
    if answer is not None:
        # Whoever answers at once is who answers.
        found.responsible, found.responsible_id = by.person, by.person.id
        found.answered_at, found.answered_by, found.answered_by_id = at, by.person, by.person.id
        found.answer = answer
    session.add(found)
    session.flush()
    if found.is_awaited:
        question_turn.tell(session, found, by=by)
    return found


def answer(session: Session, question: CustomerQuestion, text: str, *, by: Actor, at: datetime) -> None:
    """What the customer was told; once, and never changed."""
    said = clean(text)
    _require_sight(question, by)
    refuse(
        _unless(
            question_roles.answers(question, by),
            N_("Only whoever is to answer and customer relations answer this question."), FORBIDDEN,
        ),
        _over(question),
        Objection(INVALID, N_("Write down what the customer was told."), field="answer") if said is None else None,
        *too_long({"answer": said or ""}),
    )  # fmt: skip
    assert by.person is not None and said is not None
    question.answered_at, question.answered_by, question.answered_by_id = at, by.person, by.person.id
    question.answer = said
    session.flush()


def pass_on(session: Session, question: CustomerQuestion, to: Person | None, *, by: Actor, at: datetime) -> None:
    """Somebody else is to answer; the clock runs on."""
    _require_sight(question, by)
    refuse(
        _unless(
            question_roles.passes_on(question, by),
            N_("Only whoever is to answer, their head and customer relations pass this question on."), FORBIDDEN,
        ),
        _over(question),
        *_unfit(to, by, field="to"),
        Objection(INVALID, N_("%(name)s is to answer it already."), field="to", name=question.responsible.name)
        if to is not None and to.id == question.responsible_id else None,
    )  # fmt: skip
    assert to is not None
    hand_on(session, question, to, by=by, at=at)


def hand_on(session: Session, question: CustomerQuestion, to: Person, *, by: Actor, at: datetime) -> None:
    """The same for whoever goes: their hand-over has asked who may."""
    assert by.person is not None
    session.add(QuestionPassed(
        question=question, from_id=question.responsible_id, to=to, by=by.person, at=at,
    ))  # fmt: skip
    question.responsible, question.responsible_id = to, to.id
    session.flush()
    question_turn.tell(session, question, by=by)


def become(session: Session, question: CustomerQuestion, complaint: Complaint, *, by: Actor) -> None:
    """It was a complaint: that is registered, has clocks of its own, and is what counts from now on."""
    _require_sight(question, by)
    refuse(
        _unless(
            question_roles.registers(by),
            N_("Only customer relations register a question as a complaint."), FORBIDDEN,
        ),
        _over(question),
    )  # fmt: skip
    question.complaint, question.complaint_id = complaint, complaint.id
    session.flush()


def locked(session: Session, key: int) -> CustomerQuestion | None:
    """The question, held against others until the commit."""
    query = CustomerQuestion.whole().where(CustomerQuestion.id == key).with_for_update(of=CustomerQuestion)
    return session.scalars(query.execution_options(populate_existing=True)).unique().one_or_none()


def _require_sight(question: CustomerQuestion, by: Actor) -> None:
    if not question_roles.may_see(question, by):
        raise Refused([Objection(NOT_FOUND, N_("There is no such question."))])


def _over(question: CustomerQuestion) -> Objection | None:
    if question.answered_at is not None:
        return Objection(MOVED_ON, N_("This question was answered already."))
    if question.complaint_id is not None:
        return Objection(MOVED_ON, N_("This question was registered as a complaint already."))
    return None


def _unfit(person: Person | None, by: Actor, field: str = "responsible") -> list[Objection]:
    """Why this person cannot be the one to answer."""
    if person is None or person.has_left_at(by.staff.at):
        return [Objection(INVALID, N_("Choose who is to answer."), field=field)]
    leaving = is_leaving(by, person)
    return [] if leaving is None else [Objection(leaving.code, leaving.msgid, **(leaving.values | {"field": field}))]


def _unreachable(phone: str, *, is_answered: bool) -> Objection | None:
    """Whoever answers later has to reach the customer."""
    if not phone and is_answered:
        return None
    if not phone:
        return Objection(INVALID, N_("Write down a number at which the customer can be reached."), field="phone")
    if len(phone) > LONGEST_PHONE:
        return Objection(INVALID, N_("At most %(most)d characters, please."), field="phone", most=LONGEST_PHONE)
    if len(digits(phone) or "") < FEWEST_DIGITS:
        return Objection(INVALID, N_("Write a phone number with its digits."), field="phone")
    return None


def _sent_already(session: Session, question: str, name: str, by: Person, at: datetime) -> CustomerQuestion | None:
    the_same = select(CustomerQuestion).where(
        CustomerQuestion.taken_by_id == by.id, CustomerQuestion.asked_at > at - SENT_AGAIN,
        CustomerQuestion.question == question, CustomerQuestion.customer_name == name,
    )  # fmt: skip
    return session.scalars(the_same).first()


def _unless(condition: bool, sentence: str, code: str = INVALID) -> Objection | None:
    return None if condition else Objection(code, sentence)
