"""Two people acting on one case at once: one succeeds, the other is told that it has moved on."""

import threading
from collections.abc import Callable

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from models import Complaint, Database, Event, Letter, Person
from tests.builders import MONDAY, Desk
from workflow import complaint as verbs
from workflow.office import Office
from workflow.process import Refused


def together(*acts: Callable[[], str]) -> list[str]:
    """Run the acts in real threads, released at once; what each came to."""
    gate, results = threading.Barrier(len(acts)), [""] * len(acts)

    def run(place: int, act: Callable[[], str]) -> None:
        gate.wait()
        results[place] = act()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return results


def act(database: Database, complaint_id: int, username: str, action: str, **inputs: str) -> str:
    with database.writing() as session:
        try:
            case = Complaint.locked(session, complaint_id)
            person = session.scalars(select(Person).filter_by(username=username)).one()
            verbs.VERBS[action](case, by=Office(session).actor(person, MONDAY), at=MONDAY, **inputs)
            session.commit()
        except Refused as refusal:
            return refusal.code
        except (StaleDataError, IntegrityError):
            return "moved_on"
    return "done"


def test_of_two_rulings_one_stands(database: Database) -> None:
    for _ in range(5):
        with database.writing() as session:
            complaint_id = Desk(session).complaint("ruling").id
            session.commit()
        results = together(
            lambda c=complaint_id: act(database, c, "gm.zhou", "uphold", reason="成立"),
            lambda c=complaint_id: act(database, c, "gm.zhou", "dismiss", reason="不成立"),
        )
        assert sorted(results) == ["done", "moved_on"]
        with database.reading() as session:
            events = session.scalars(select(Event.action).where(Event.complaint_id == complaint_id)).all()
        assert len(events) == 5


def test_numbers_stay_without_gaps_when_many_file_at_once(database: Database) -> None:
    def file() -> str:
        with database.writing() as session:
            desk = Desk(session)
            desk.file()
            session.commit()
        return "done"

    assert together(*[file] * 6) == ["done"] * 6
    with database.reading() as session:
        assert sorted(session.scalars(select(Letter.seq))) == [1, 2, 3, 4, 5, 6]
        assert sorted(session.scalars(select(Complaint.seq))) == [1, 2, 3, 4, 5, 6]


def test_a_rolled_back_step_gives_its_number_back(database: Database) -> None:
    with database.writing() as session:
        Desk(session).file()
        session.rollback()
    with database.writing() as session:
        case = Desk(session).file()
        session.commit()
        assert (case.seq, case.events[0].letters[0].seq) == (1, 1)
