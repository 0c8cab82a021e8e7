"""The pay day (发薪结算): its one rule as a table, and the verb that callers use.

Once a month, in the months' order, human resources take what final penalties charge: never more than the cap
and never what the minimum wage needs; the rest is carried. Rewards that were granted are paid out in full.
Everything happens in one transaction or not at all.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Company, MoneyEntry, MoneyKind, Payday, PaydayLine, PaydayState, Penalty, Taken
from workflow import fund, payday_letter, penalty
from workflow import payday_books as books
from workflow.office import month_after
from workflow.payday_account import Account
from workflow.payday_reckoning import Reckoning
from workflow.penalty_roles import HUMAN_RESOURCES, managers_stood_in_for, sees_every_penalty
from workflow.process import INVALID, MOVED_ON, N_, TOO_EARLY, TOO_LATE, Objection, Process, Rule, Step
from workflow.record import record_event
from workflow.roles import Actor

REGULATION = "cs-management"
MONTH = re.compile(r"20\d\d-(0[1-9]|1[0-2])")
LOCKED_AT_ONCE = 500

PayStep = Step[Payday]


# --- what stands in the way


def is_no_month(step: PayStep) -> Objection | None:
    if MONTH.fullmatch(step.subject.month):
        return None
    return Objection(INVALID, N_("Give the month like 2026-03."), field="month")


def has_not_begun(step: PayStep) -> Objection | None:
    month = step.subject.month
    if not MONTH.fullmatch(month) or month <= step.actor.office.calendar.month_of(step.at):
        return None
    return Objection(INVALID, N_("This month has not begun yet."), field="month")


def leaves_a_month_out(step: PayStep) -> Objection | None:
    """What is due in a month is taken of that month's wage, so that it is settled before the next."""
    month = step.subject.month
    if not MONTH.fullmatch(month):
        return None
    earlier = _account(step).first_unsettled
    if earlier is None or earlier >= month:
        return None
    return Objection(
        TOO_EARLY, N_("The pay day of %(month)s comes first: something of it is still open."), month=earlier
    )


def is_settled_already(step: PayStep) -> Objection | None:
    last = _account(step).last
    if last is None or step.subject.month > last.month:
        return None
    if _is_settled(step):
        return Objection(MOVED_ON, N_("The pay day of %(month)s is settled; it runs once."), month=step.subject.month)
    return Objection(TOO_LATE, N_("A later pay day, that of %(month)s, is settled already."), month=last.month)


def _is_settled(step: PayStep) -> bool:
    session = step.actor.office.session
    return session.scalar(select(Payday.id).where(Payday.month == step.subject.month)) is not None


def figures_have_changed(step: PayStep) -> Objection | None:
    """What is carried out is what was looked at."""
    seen = step.chosen.get("seen")
    if seen is None or not MONTH.fullmatch(step.subject.month) or seen == _account(step).digest:
        return None
    return Objection(MOVED_ON, N_("The figures have changed since you looked at them. Look at them again."))


def _account(step: PayStep) -> Account:
    account: Account = step.chosen["account"]
    return account


# --- what follows


def take_what_is_owed(step: PayStep) -> None:
    """CS-9: a line for everybody concerned, what was taken of which penalty, and which reward was paid out."""
    account = _account(step)
    step.subject.lines = [_line(reckoning) for reckoning in account.reckonings]
    step.event.said = {
        **step.event.said, "people": len(account.reckonings), "owed": account.owed, "deducted": account.deducted,
        "refunded": account.refunded, "rewarded": account.rewarded, "carried": account.carried,
    }  # fmt: skip


def _line(reckoning: Reckoning) -> PaydayLine:
    taken = [
        Taken(penalty_id=taking.of.penalty_id, reward_id=taking.of.reward_id, amount=taking.fen)
        for taking in reckoning.takings
        if taking.fen
    ]
    return PaydayLine(
        person_id=reckoning.person_id, wage=reckoning.wage, owed=reckoning.owed, deducted=reckoning.deducted,
        refunded=reckoning.refunded, rewarded=reckoning.rewarded, carried=reckoning.carried, taken=taken,
    )  # fmt: skip


def carry_the_rest(step: PayStep) -> None:
    """CS-9: out of this month and into the next; where the month is closed, all of it counts in the first open one.

    What somebody who leaves still owes stays where it is: there is no wage of a later month to take it from.
    """
    account, month = _account(step), step.subject.month
    closed = books.closed_months(account.session, month)
    for reckoning in account.reckonings:
        if reckoning.carried and not reckoning.is_last and (reckoning.person_id, month) not in closed:
            into = month_after(month)
            while (reckoning.person_id, into) in closed:
                into = month_after(into)
            step.event.money += [
                _carry(reckoning.person_id, reckoning.carried, month),
                _carry(reckoning.person_id, -reckoning.carried, into),
            ]


def _carry(person_id: int, fen: int, month: str) -> MoneyEntry:
    return MoneyEntry(kind=MoneyKind.CARRY, amount=fen, month=month, person_id=person_id)


def conclude(step: PayStep) -> None:
    """Seal the event, give everybody their slip, and close the penalties of which nothing is left."""
    step.event.seal()
    payday_letter.issue(step)
    step.brought += _settle_what_is_paid_up(step)


def _settle_what_is_paid_up(step: PayStep) -> Iterator[Step[Penalty]]:
    account, clock = _account(step), step.actor.office.system(step.at)
    slips = payday_letter.closing_slips(account)
    for some in _batches(sorted(account.paid_up)):
        for paid_up in Penalty.locked_all(account.session, some):
            yield penalty.settle(paid_up, by=clock, at=step.at, slip=slips[paid_up.id])


def _batches(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(ids), LOCKED_AT_ONCE):
        yield ids[start : start + LOCKED_AT_ONCE]


PAYDAY: Process[Payday] = Process("payday", PaydayState, [
    Rule("CS-9", "settle", source=(), dest=PaydayState.SETTLED, by=HUMAN_RESOURCES,
         unless=(is_no_month, has_not_begun, is_settled_already, leaves_a_month_out, figures_have_changed),
         then=(take_what_is_owed, carry_the_rest),
         letter="deduction_slip"),
], record=record_event, conclude=conclude)  # fmt: skip


def settle(session: Session, *, month: str | None, by: Actor, at: datetime, seen: str | None = None) -> PayStep:
    """CS-9: human resources settle the pay day of a month; `seen` is the digest of the figures they looked at."""
    _one_at_a_time(session)
    step = _step(month or "", by, at)
    step.chosen["seen"] = seen
    PAYDAY.open(_rule(), step)
    session.add(step.subject)
    session.flush()
    fund.collect(session, step.subject, at)
    return step


def objections_to(month: str, *, by: Actor, at: datetime) -> list[Objection]:
    """Why that month cannot be settled now, whoever asks."""
    step = _step(month, by, at)
    return [found for guard in _rule().unless if (found := guard(step)) is not None]


def why_not_by(by: Actor, at: datetime) -> Objection | None:
    """Why this person cannot settle a pay day; None when they can."""
    return _rule().by(_step("", by, at))


def _rule() -> Rule[Payday]:
    return PAYDAY.rule_named("settle")


def may_look(actor: Actor) -> bool:
    """Whether pay days exist for this person: human resources, and whoever is or stands in for the general manager."""
    person = actor.person
    return person is not None and not actor.has_left and sees_every_penalty(person, actor.staff)


def hidden_from(actor: Actor) -> frozenset[int]:
    """Of whose money this person finds nothing: the general manager's, where they only stand in for them."""
    return frozenset(managers_stood_in_for(actor.person, actor.staff) if actor.person is not None else ())


def preview(month: str, *, by: Actor, at: datetime) -> Account:
    """The figures that `settle` would carry out at this moment."""
    return Account(by.office, month, at)


def _step(month: str, by: Actor, at: datetime) -> PayStep:
    company = by.office.company
    subject = Payday(
        month=month, settled_at=at, cap_percent=company.cap_percent, minimum_wage=company.minimum_wage,
        regulation_version=by.office.regulation_in_force(REGULATION, at), events=[], lines=[],
    )  # fmt: skip
    return Step(subject, by, at, said={"month": month}, chosen={"account": Account(by.office, month, at)})


def _one_at_a_time(session: Session) -> None:
    """Of two runs at once the second waits, and then finds the first one's pay day."""
    session.execute(select(Company.id).with_for_update())
