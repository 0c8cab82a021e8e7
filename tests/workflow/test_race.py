"""Two people acting on one case at once: one succeeds, the other is told that it has moved on."""

import threading
from collections.abc import Callable

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from models import Complaint, Database, Deputation, Event, Letter, Penalty, Person, Scorecard
from tests.builders import MONDAY, Desk, moment
from workflow import complaint as verbs
from workflow import places
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


def decide(database: Database, penalty_id: int, username: str, action: str, **inputs: str) -> str:
    with database.writing() as session:
        try:
            Desk(session).decide(action, session.get_one(Penalty, penalty_id), username, **inputs)
            session.commit()
        except Refused as refusal:
            return refusal.code
        except (StaleDataError, IntegrityError):
            return "moved_on"
    return "done"


def test_of_approval_and_rejection_one_stands(database: Database) -> None:
    for _ in range(3):
        with database.writing() as session:
            penalty_id = Desk(session).penalty("submitted", respondent="service.ma").id
            session.commit()
        results = together(
            lambda p=penalty_id: decide(database, p, "gm.zhou", "approve", open_reason="已核"),
            lambda p=penalty_id: decide(database, p, "gm.zhou", "reject", reason="不予处罚"),
        )
        assert sorted(results) == ["done", "moved_on"]
        with database.writing() as session:
            # What was approved is taken back, so that the next round is a first penalty again.
            penalty = session.get_one(Penalty, penalty_id)
            if penalty.state.value == "issued":
                desk = Desk(session)
                desk.decide("appeal", penalty, "service.ma", grounds="不服")
                desk.decide("revoke", penalty, "gm.zhou", reason="成立")
            session.commit()


def test_two_approvals_at_once_stand_on_two_steps(database: Database) -> None:
    with database.writing() as session:
        desk = Desk(session)
        ids = [desk.penalty("submitted").id for _ in range(2)]
        session.commit()
    results = together(*(lambda p=key: decide(database, p, "gm.zhou", "approve") for key in ids))
    assert results == ["done", "done"]
    with database.reading() as session:
        steps = sorted(session.get_one(Penalty, key).step for key in ids)
    assert steps == ["first", "second"]


def test_of_two_deputies_named_at_once_one_stands(database: Database) -> None:
    def name(deputy: str) -> str:
        with database.writing() as session:
            principal, named, administrator = (
                session.scalars(select(Person).filter_by(username=username)).one()
                for username in ("gm.zhou", deputy, "admin.root")
            )
            places.name_deputy(session, principal, named, by=administrator, at=MONDAY)
            session.commit()
        return "done"

    assert together(lambda: name("cr.lin"), lambda: name("sales.chen")) == ["done"] * 2
    with database.reading() as session:
        standing = select(Deputation).where(Deputation.is_standing, Deputation.until.is_(None))
        assert len(session.scalars(standing.where(Deputation.principal.has(username="gm.zhou"))).all()) == 1


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


class TestClosingAMonth:
    """Points that are posted while their month is being closed count before it is closed, or in the next one."""

    def test_what_was_posted_meanwhile_is_seen_before_the_month_is_closed(self, database: Database) -> None:
        case = self.a_month_about_to_be_closed(database)
        with database.writing() as session:
            Desk(session).take("decline", session.get_one(Complaint, case), "service.liu", MONDAY, reason="证据不足")
            closing, results = in_the_background(lambda: close(database))
            session.commit()
        closing.join(timeout=60)
        assert results == ["moved_on"]

    def test_what_comes_after_the_closing_counts_in_the_next_month(self, database: Database) -> None:
        case = self.a_month_about_to_be_closed(database)
        with database.writing() as session:
            close_in(session)
            posting, results = in_the_background(lambda: act(database, case, "service.liu", "decline", reason="x"))
            session.commit()
        posting.join(timeout=60)
        if results == ["moved_on"]:
            results = [act(database, case, "service.liu", "decline", reason="x")]
        assert results == ["done"]
        with database.reading() as session:
            ma = session.scalars(select(Person).filter_by(username="service.ma")).one()
            card = session.scalars(select(Scorecard).filter_by(month="2026-03", person_id=ma.id)).one()
            assert card.score == Office(session).balance(ma, "2026-03") == 100
            assert Office(session).balance(ma, "2026-04") == 95

    def a_month_about_to_be_closed(self, database: Database) -> int:
        with database.writing() as session:
            desk = Desk(session)
            case = desk.complaint("appealed").id
            desk.now = moment(4, 11)
            desk.scorecard("verified")
            session.commit()
        return case


def close(database: Database) -> str:
    with database.writing() as session:
        try:
            close_in(session)
            session.commit()
        except Refused as refusal:
            return refusal.code
    return "done"


def close_in(session: Session) -> None:
    desk = Desk(session)
    desk.close("approve", "gm.zhou", moment(4, 12), department="after_sales", people=[desk.person("service.ma").id])


def in_the_background(act: Callable[[], str]) -> tuple[threading.Thread, list[str]]:
    """Begun, and given the time to come to where it waits."""
    results: list[str] = []
    thread = threading.Thread(target=lambda: results.append(act()))
    thread.start()
    thread.join(timeout=0.5)
    return thread, results
