"""The team training fund (SAL-6): what pay days took of the fines of a regulation that has one, less what was paid back
and what the general manager approved. A ledger of its own: its balance is the sum of its entries, kept nowhere else.

Whoever asks does not decide. What is approved is spent at once, and never more than there is: the database refuses it.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session, joinedload

from models import Company, FundEntry, FundRequest, Payday, PaydayLine, Penalty, Person, RegulationVersion, Role, Taken
from workflow.people import wrong_length
from workflow.process import FORBIDDEN, INVALID, MOVED_ON, N_, NOT_FOUND, Objection, Refused, refuse
from workflow.roles import Actor, general_manager_or_deputy, may_take_managers_steps, takes_managers_steps
from workflow.texts import clean

SERIES = "fund_request"
LONGEST = 1000
MOST_FEN = 100_000_000
# The step of a regulation by which its fines go into the fund.
STEP = "fund"
NOT_COVERED = "never more than the balance"
ASKERS = frozenset({Role.DEPARTMENT_HEAD, Role.HUMAN_RESOURCES})


def balance(session: Session) -> int:
    """In fen. Below zero only where fines were paid back that had been spent."""
    return int(session.scalar(select(func.coalesce(func.sum(FundEntry.amount), 0))) or 0)


def collect(session: Session, payday: Payday, at: datetime) -> None:
    """What this pay day took of such fines flows in; what it paid back of them flows out again."""
    query = (
        select(Taken.id, Taken.amount, Penalty.fine_version_id)
        .join(Taken.line)
        .join(Taken.penalty)
        .where(PaydayLine.payday_id == payday.id, Penalty.fine_version_id.is_not(None))
        .order_by(Taken.id)
    )
    for key, fen, version in session.execute(query).all():
        if _has_a_fund(session.get_one(RegulationVersion, version)):
            session.add(FundEntry(at=at, amount=fen, taken_id=key))
    session.flush()


def _has_a_fund(version: RegulationVersion) -> bool:
    return STEP in (version.content.get("steps") or {})


# --- who may what ------------------------------------------------------------------------------------


def may_ask(actor: Actor) -> bool:
    """A head or human resources, in their own name."""
    return actor.person is not None and not actor.has_left and bool(actor.roles & ASKERS)


def may_look(actor: Actor) -> bool:
    """Whoever may ask, and whoever decides: the general manager, the standing deputy, and who stands in for them."""
    return may_ask(actor) or may_take_managers_steps(actor)


def may_see(request: FundRequest, actor: Actor) -> bool:
    """Human resources and the general manager see all; a head their own, the deputy those that they decide."""
    person = actor.person
    if person is None or not may_look(actor):
        return False
    return request.asked_by_id == person.id or _sees_all(actor) or decides(request, actor)


def who_decides(request: FundRequest, actor: Actor) -> Person | None:
    """The general manager; the standing deputy where they asked."""
    return general_manager_or_deputy(actor.staff, not_among=(request.asked_by_id,))


def decides(request: FundRequest, actor: Actor) -> bool:
    """Whether deciding about it is this person's, in their own place or another's."""
    return takes_managers_steps(actor, not_among=(request.asked_by_id,))


def waiting(session: Session, actor: Actor) -> list[FundRequest]:
    """Those that this person has to decide about."""
    if not may_take_managers_steps(actor):
        return []
    undecided = session.scalars(select(FundRequest).where(FundRequest.decided_at.is_(None)))
    return [request for request in undecided if decides(request, actor)]


def _is_manager(actor: Actor) -> bool:
    if actor.person is None or actor.has_left:
        return False
    return any(Role.GENERAL_MANAGER in actor.staff.roles_of(p) for p in actor.staff.principals_of(actor.person))


def _sees_all(actor: Actor) -> bool:
    return Role.HUMAN_RESOURCES in actor.roles or _is_manager(actor)


# --- reading -----------------------------------------------------------------------------------------


def requests(session: Session, actor: Actor) -> Sequence[FundRequest]:
    """Those that this person may see: those to be decided first, then the newest."""
    query = select(FundRequest).options(joinedload(FundRequest.asked_by), joinedload(FundRequest.decided_by))
    if not _sees_all(actor):
        manager = actor.staff.general_manager if may_take_managers_steps(actor) else None
        theirs = [person.id for person in (actor.person, manager) if person is not None]
        query = query.where(FundRequest.asked_by_id.in_(theirs))
    return session.scalars(query.order_by(FundRequest.decided_at.is_not(None), FundRequest.id.desc())).all()


def movements(session: Session, *, skip: int, most: int) -> Sequence[FundEntry]:
    """The newest first."""
    taken = joinedload(FundEntry.taken).options(joinedload(Taken.line), joinedload(Taken.penalty))
    query = select(FundEntry).options(taken, joinedload(FundEntry.request)).order_by(FundEntry.id.desc())
    return session.scalars(query.offset(skip).limit(most)).all()


# --- asking and deciding -----------------------------------------------------------------------------


def ask(session: Session, *, amount: int | None, purpose: str, by: Actor, at: datetime) -> FundRequest:
    """SAL-6: what the money is for and how much; the general manager decides."""
    said = clean(purpose) or ""
    if not may_ask(by):
        raise Refused([Objection(FORBIDDEN, N_("Heads and human resources ask the training fund."))])
    refuse(
        wrong_length("purpose", said, LONGEST, N_("Say what the money is for.")),
        Objection(INVALID, N_("Give an amount in yuan, such as 300 or 300.50."), field="amount")
        if amount is None or not 0 < amount <= MOST_FEN
        else None,
    )
    assert by.person is not None and amount is not None
    year, seq = by.office.next_number(SERIES, at)
    request = FundRequest(year=year, seq=seq, amount=amount, purpose=said, asked_at=at, asked_by=by.person)
    session.add(request)
    session.flush()
    return request


def decide(
    session: Session, request: FundRequest, *, approved: bool | None, decision: str, by: Actor, at: datetime
) -> None:
    """Approved is spent at once. Refused where there is not enough, also if somebody else was quicker."""
    if not may_see(request, by):
        raise Refused([Objection(NOT_FOUND, N_("There is no such request."))])
    said = clean(decision) or ""
    if not decides(request, by):
        decider = who_decides(request, by)
        names = (decider.name,) if decider is not None else ()
        raise Refused([Objection(FORBIDDEN, N_("Only %(names)s can take this step."), names=names)])
    refuse(
        Objection(MOVED_ON, N_("This request was decided already.")) if request.decided_at is not None else None,
    )
    refuse(
        Objection(INVALID, N_("Choose one of the two."), field="approved") if approved is None else None,
        wrong_length("decision", said, LONGEST, N_("Give a reason.")),
    )
    # One decision at a time, so that each sees what the one before has spent.
    session.execute(select(Company.id).with_for_update())
    refuse(_not_covered(request.amount, balance(session)) if approved else None)
    request.decided_at, request.decided_by, request.approved, request.decision = at, by.person, approved, said
    if approved:
        session.add(FundEntry(at=at, amount=-request.amount, request=request))
    try:
        session.flush()
    except DatabaseError as error:
        if NOT_COVERED not in str(error):
            raise
        raise Refused([Objection(INVALID, N_("There is not that much in the fund."), field="approved")]) from None


def _not_covered(amount: int, there: int) -> Objection | None:
    if amount <= there:
        return None
    sum_ = f"{max(0, there) / 100:,.2f}"
    return Objection(INVALID, N_("There is not that much in the fund: %(sum)s yuan."), field="approved", sum=sum_)


def locked(session: Session, number: str) -> FundRequest | None:
    query = FundRequest.by_number(number).with_for_update(of=FundRequest)
    return session.scalars(query.execution_options(populate_existing=True)).one_or_none()
