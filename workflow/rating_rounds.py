"""Rounds of ratings are opened and closed by whoever runs the regulation, while its assessment of the period is open.

A round closes by itself some days after its raters were to be done: until then what is late is taken, and superiors
hear of it. Its rows count once it is closed.
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload

from models import Assessment, Person, RatingAsked, RatingDuty, RatingRound
from workflow import assessment_books as books
from workflow import assessment_concern, rating_draw, rating_turn, survey_form
from workflow.assessment_pack import AssessmentPack, pack_of
from workflow.assessment_period import Period
from workflow.assessment_places import Places
from workflow.assessment_roles import ENOUGH_PEERS, require_run
from workflow.assessment_run import pack_for
from workflow.assessment_shape import SubjectKind
from workflow.assessment_source import Source
from workflow.inspection_turn import day_of
from workflow.office import Office
from workflow.process import INVALID, MOVED_ON, N_, NOT_FOUND, Objection, Refused, refuse
from workflow.rating_draw import Pair, Seats
from workflow.roles import Actor

USUAL_PEERS, MOST_PEERS, LONGEST = 5, 20, timedelta(days=60)
# The head hears of what is a working day late, the general manager of two: they need one more to have it done.
TAKEN_LATE = 3


@dataclass(frozen=True)
class Wish:
    """Until which day raters are to be done, and how many peers rate each; None for what is no number."""

    due_on: date | None
    peers: int | None


def sources(pack: AssessmentPack) -> dict[str, Source]:
    """The sources that superiors or peers fill."""
    return {name: source for name, source in pack.sources.items() if source.is_rated_within}


def source_of(of: Assessment, name: str) -> Source:
    found = sources(pack_for(of)).get(name) if of.kind == SubjectKind.PERSON.value else None
    if found is None:
        raise Refused([Objection(NOT_FOUND, N_("There is no such source."))])
    return found


def of_period(session: Session, of: Assessment, name: str) -> RatingRound | None:
    query = select(RatingRound).filter_by(regulation=of.regulation, source=name, period=of.period)
    return session.scalars(query.options(joinedload(RatingRound.regulation_version))).first()


def planned(session: Session, of: Assessment, name: str, peers: int, *, by: Actor) -> list[Seats]:
    """Who would be rated in which department, by whom, and by how many peers."""
    source = source_of(of, name)
    at = _seats(session, of, by.office)
    query = select(Person).where(Person.id.in_(at)).options(joinedload(Person.postings)).order_by(Person.id)
    people = [each for each in session.scalars(query).unique() if not each.has_left_at(by.staff.at)]
    return rating_draw.seats(people, at, by.staff, raters=source.raters, peers=peers)


def _seats(session: Session, of: Assessment, office: Office) -> Mapping[int, int]:
    """Whoever the regulation concerns, with the department under which their results stand."""
    pack, places = pack_for(of), Places(session, Period.named(of.period), office.calendar.zone)
    found = places.subjects(SubjectKind.PERSON)
    within = assessment_concern.meant(session, pack, places, SubjectKind.PERSON, found)
    return {person: seat for person, seat in found.items() if person in within and seat is not None}


def open_(
    session: Session, of: Assessment, name: str, wish: Wish, *, by: Actor, at: datetime, seed: str | None = None
) -> RatingRound:  # fmt: skip
    """A new round: everybody is asked and told at once. Refused says beside which field what is wrong."""
    require_run(pack_for(of), by, sees=True)
    source, office = source_of(of, name), by.office
    refuse(*_stands_in_the_way(session, of, name, office.calendar.day_of(at)))
    refuse(*_wrong(wish, source, office, at))
    assert wish.due_on is not None and wish.peers is not None and by.person is not None, "all else was refused"
    seed = seed or secrets.token_hex(8)
    departments = planned(session, of, name, wish.peers, by=by)
    found = rating_draw.pairs(departments, by.staff, seed, raters=source.raters)
    refuse(Objection(INVALID, N_("Nobody is to be rated: heads are vacant, and departments too small.")) if not found
           else None)  # fmt: skip
    opened = RatingRound(
        regulation=of.regulation, source=name, period=of.period, regulation_version=of.regulation_version,
        counts_on=min(of.last_day, office.calendar.day_of(at)), opened_at=at, opened_by=by.person,
        due_at=day_of(wish.due_on, office)[1], closes_at=_closes_at(wish.due_on, office), peers=wish.peers, seed=seed,
    )  # fmt: skip
    session.add(opened)
    session.flush()
    _ask(session, opened, found, by)
    return opened


def _stands_in_the_way(session: Session, of: Assessment, name: str, today: date) -> Sequence[Objection | None]:
    source = pack_for(of).sources[name]
    return [
        Objection(INVALID, N_("The results are with the heads or closed; nobody is rated for this period any more."))
        if of.stage != "open"
        else None,
        Objection(MOVED_ON, N_("There is a round of this period already."))
        if of_period(session, of, name) is not None
        else None,
        Objection(INVALID, N_("The regulation leaves the scale open."))
        if any(True for _each in source.blanks()) or not survey_form.has_scales(source)
        else None,
        books.closed_periods(session, of.regulation).why_not("person", min(of.last_day, today)),
    ]


def _wrong(wish: Wish, source: Source, office: Office, at: datetime) -> Sequence[Objection | None]:
    fits = wish.peers is not None and (wish.peers == 0 or ENOUGH_PEERS <= wish.peers <= MOST_PEERS)
    why = N_("0 for none, or a whole number from %(least)d to %(most)d: of fewer each could be told.")
    return [
        _wrong_day(wish.due_on, office, at),
        None if fits else Objection(INVALID, why, field="peers", least=ENOUGH_PEERS, most=MOST_PEERS),
    ]


def _wrong_day(day: date | None, office: Office, at: datetime) -> Objection | None:
    if day is None:
        return Objection(INVALID, N_("Write the day like 2026-03-02."), field="due_on")
    if not office.calendar.is_working(day):
        return Objection(INVALID, N_("Nobody works on this day; choose a working day."), field="due_on")
    if not at < day_of(day, office)[1] <= at + LONGEST:
        return Objection(INVALID, N_("This time is over or too far away."), field="due_on")
    return None


def _closes_at(day: date, office: Office) -> datetime:
    for _nth in range(TAKEN_LATE):
        day += timedelta(days=1)
        while not office.calendar.is_working(day):
            day += timedelta(days=1)
    return day_of(day, office)[1]


def _ask(session: Session, opened: RatingRound, found: Sequence[Pair], by: Actor) -> None:
    """Each rater's pairs in an order of their own, which says nothing of where they stand in the draw."""
    duties: dict[int, RatingDuty] = {}
    for pair in sorted(found, key=lambda pair: (pair.rater.id, pair.person.id)):
        if pair.rater.id not in duties:
            duties[pair.rater.id] = RatingDuty(
                round=opened, rater=pair.rater, since=opened.opened_at, due_at=opened.due_at, asked=[]
            )  # fmt: skip
            session.add(duties[pair.rater.id])
            session.flush()
        asked = RatingAsked(rater_id=pair.rater.id, person=pair.person, rated_as=pair.rated_as)
        duties[pair.rater.id].asked.append(asked)
    session.flush()
    for duty in duties.values():
        rating_turn.tell(session, duty, by=by)
    session.flush()


# --- closing -----------------------------------------------------------------------------------------


def locked(session: Session, key: int, *, to_give: bool = False) -> RatingRound | None:
    """The round, held against everybody who closes it; and against whoever gives, unless `to_give`."""
    query = select(RatingRound).where(RatingRound.id == key).with_for_update(of=RatingRound, read=to_give)
    return session.scalars(query.execution_options(populate_existing=True)).first()


def close(session: Session, of: RatingRound, *, by: Actor, at: datetime) -> None:
    """From now on nothing is taken, and the rows count; what is still open stays open for good."""
    require_run(pack_of(of.regulation_version), by, sees=True)
    refuse(Objection(MOVED_ON, N_("This round is closed already.")) if of.closed_at is not None else None)
    of.closed_at, of.closed_by = at, by.person
    session.flush()


def over(at: datetime) -> Select[RatingRound]:
    """Rounds whose time is over and that nobody has closed."""
    return select(RatingRound).where(RatingRound.closed_at.is_(None), RatingRound.closes_at <= at)


def close_what_is_over(session: Session, at: datetime) -> int:
    """How many there were. Results that were computed since the time was over and before this lack the ratings: it is
    the moment of closing that tells so. The caller commits."""
    found = session.scalars(over(at).with_for_update(skip_locked=True)).all()
    for each in found:
        each.closed_at = at
    session.flush()
    return len(found)


def why_not_submitted(session: Session, of: Assessment) -> Objection | None:
    """Results are not put before the heads while a round goes on, nor without what it brought."""
    query = select(RatingRound).where(
        RatingRound.regulation == of.regulation, RatingRound.counts_on.between(of.first_day, of.last_day)
    )
    for each in session.scalars(query):
        if each.closed_at is None:
            return Objection(INVALID, N_("A round of ratings goes on: wait for its end, or close it."))
        if of.computed_at is not None and each.closed_at > of.computed_at:
            return Objection(INVALID, N_("Ratings have come in since the results were computed: recompute them."))
    return None
