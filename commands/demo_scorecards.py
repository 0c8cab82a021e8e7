"""What the demo's people ask about lines of their months: one question that its head answered, one that waits."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Person
from workflow import scorecard_question
from workflow.office import Office
from workflow.scorecard_books import Books
from workflow.scorecard_month import Month

# Who asks, whether about their first or their latest line, what, and what the head says if anything.
ASKED = (
    ("service.ma", 0, "这一条的时间是按到店登记算，还是按预约时间算？我当天 10:05 已经接待，系统里记的是 10:20。",
     "按预约时间算。10:20 是派工时间，已请客户关系部核对登记记录，核对结果会补入案卷。"),
    ("service.gao", -1, "这一条和前面那一条说的是同一辆车、同一次进厂，是不是扣了两次？", ""),
)  # fmt: skip
LATELY = timedelta(hours=20)
ANSWERED_AFTER = timedelta(hours=3)


def tell(session: Session, office: Office, now: datetime) -> None:
    """Asks in the latest month in which there is a line to ask about."""
    for username, nth, question, answer in ASKED:
        person = session.scalars(select(Person).filter_by(username=username)).one()
        for name in _months(office, now):
            if lines := _lines(session, Month(name, office.calendar.zone), person):
                _ask(session, office, person, name, lines, lines[nth], (question, answer), now - LATELY)
                break


def _months(office: Office, now: datetime) -> list[str]:
    first = office.calendar.day_of(now).replace(day=1)
    return [f"{day:%Y-%m}" for day in (first, first - timedelta(days=1))]


def _lines(session: Session, month: Month, person: Person) -> list[str]:
    from web import month_asked

    account = Books(session, month, [person.id]).of(person.id)
    return [month_asked.told(entry) for entry in month_asked.entries(account)]


def _ask(
    session: Session, office: Office, person: Person, month: str, lines: list[str], line: str,
    words: tuple[str, str], at: datetime,
) -> None:  # fmt: skip
    question, answer = words
    asker = office.actor(person, at)
    posting = person.posting_at(at)
    department = posting.department_id if posting is not None else None
    asked = scorecard_question.ask(session, month, department, lines, line, question=question, by=asker, at=at)
    if answer:
        by = office.actor(asked.to, at)
        scorecard_question.answer(session, asked, text=answer, by=by, at=at + ANSWERED_AFTER)
