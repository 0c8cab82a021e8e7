"""Rewards: proposed by whoever knows what was done well; granted, declined or taken back by the general manager.

    proposed ── grant ──▶ granted ── withdraw ──▶ withdrawn
        └────── decline ──▶ declined

Whatever regulation a reward comes from, it names the person, the rule, the amount, the reason and its source, and a
source rewards a person once by one rule. Who is rewarded never decides it, nor does whoever proposed it. What is
granted is money of that month, in the same transaction; the next pay day pays it out.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Company, MoneyEntry, MoneyKind, Person, RegulationVersion, Reward, RewardState, Role, Taken
from workflow import reward_letter
from workflow.notice import tell
from workflow.process import (
    FORBIDDEN,
    INVALID,
    MOVED_ON,
    N_,
    NOT_FOUND,
    TOO_LATE,
    Objection,
    Process,
    Refused,
    Rule,
    Step,
    refuse,
)
from workflow.record import record_event
from workflow.reward_roles import GENERAL_MANAGER, PROPOSER, decides, may_see, visible_to, who_decides
from workflow.roles import Actor, only
from workflow.texts import clean

__all__ = ["Wish", "decide", "decides", "locked", "may_see", "propose", "visible_to", "withdraw"]

SERIES = "reward_case"
LONGEST_REASON = 1000
MOST_FEN = 10_000_000

RewardStep = Step[Reward]
S = RewardState


@dataclass(frozen=True)
class Wish:
    """Who is to be rewarded, by which rule of which edition, with how much (fen), why, and where it comes from.

    `place` is that in a ranking; with `most` several share it, and the decision says how much of that each gets.
    `reason_en` says the same as `reason` where the product has worded it.
    """

    person: Person
    version: RegulationVersion
    rule: str
    amount: int
    reason: str
    source: str
    place: int | None = None
    most: int | None = None
    reason_en: str | None = None


# --- what stands in the way


def has_left(step: RewardStep) -> Objection | None:
    person = step.subject.person
    return Objection(INVALID, N_("%(name)s has left the company."), name=person.name) if _is_gone(step) else None


def _is_gone(step: RewardStep) -> bool:
    return step.subject.person.has_left_at(step.at)


def is_for_oneself(step: RewardStep) -> Objection | None:
    if step.actor.person is None or step.subject.person_id != step.actor.person.id:
        return None
    return Objection(FORBIDDEN, N_("Nobody proposes a reward for themselves."))


def gives_no_reason(step: RewardStep) -> Objection | None:
    return None if step.said.get("reason") else Objection(INVALID, N_("Give a reason."), field="reason")


def amount_is_wrong(step: RewardStep) -> Objection | None:
    if 0 < step.subject.amount <= MOST_FEN:
        return None
    return Objection(INVALID, N_("A reward lies between 0.01 and 100,000 yuan."), field="amount")


def is_known(step: RewardStep) -> Objection | None:
    session, reward = step.actor.office.session, step.subject
    known = select(Reward.id).where(
        Reward.person_id == reward.person_id, Reward.rule == reward.rule, Reward.source == reward.source
    )
    with session.no_autoflush:
        is_there = session.scalar(known) is not None
    return Objection(MOVED_ON, N_("This was proposed already.")) if is_there else None


def declines_without_a_reason(step: RewardStep) -> Objection | None:
    return None if step.said.get("decision") else Objection(INVALID, N_("Give a reason."), field="decision")


def shares_without_a_reason(step: RewardStep) -> Objection | None:
    """Who of several on one place gets how much is told with its reason (SAL-2, SAL-3)."""
    return declines_without_a_reason(step) if step.subject.is_shared else None


def share_is_wrong(step: RewardStep) -> Objection | None:
    """Only where a place is shared the amount is the general manager's to say, and it has to be said."""
    reward, amount = step.subject, step.chosen.get("amount")
    if reward.most is None or (amount is not None and 0 < amount <= reward.most):
        return None
    most = f"{reward.most / 100:,.2f}"
    return Objection(INVALID, N_("Several share this place: say how much, up to %(most)s yuan."), field="amount",
                     most=most)  # fmt: skip


def says_too_much(step: RewardStep) -> Objection | None:
    for field in ("reason", "decision"):
        if len(step.said.get(field) or "") > LONGEST_REASON:
            return Objection(INVALID, N_("At most %(most)d characters, please."), field=field, most=LONGEST_REASON)
    return None


def is_paid_out(step: RewardStep) -> Objection | None:
    """What somebody was paid is theirs: no regulation takes it from a wage again."""
    paid = select(Taken.id).where(Taken.reward_id == step.subject.id)
    if step.actor.office.session.scalar(paid) is None:
        return None
    return Objection(TOO_LATE, N_("A pay day has paid it out already; it is not taken back from a wage."))


# --- what follows


def note_the_decision(step: RewardStep) -> None:
    reward, person = step.subject, step.actor.person
    reward.decided_at, reward.decided_by, reward.decision = step.at, person, step.said.get("decision")
    reward.decided_by_id = person.id if person is not None else None
    reward.granted = step.rule.name == "grant"


def give_the_money(step: RewardStep) -> None:
    """The money of a reward is that of the month in which it is granted, the first open one where that is closed."""
    reward = step.subject
    if reward.is_shared:
        reward.amount = step.chosen["amount"]
    reward.month = step.actor.office.open_month(reward.person, step.at)
    step.event.said = {**step.event.said, "amount_fen": reward.amount}
    step.event.money.append(_entry(reward, reward.amount, reward.month))


def take_the_money_back(step: RewardStep) -> None:
    """By an opposite entry, in the first open month."""
    reward, person = step.subject, step.actor.person
    reward.withdrawn_at, reward.withdrawn_by, reward.withdrawn_because = step.at, person, step.said["reason"]
    reward.withdrawn_by_id = person.id if person is not None else None
    month = step.actor.office.open_month(reward.person, step.at)
    for given in [entry for event in reward.events for entry in event.money if entry.reverses is None]:
        back = _entry(reward, -given.amount, month)
        back.reverses = given
        step.event.money.append(back)


def _entry(reward: Reward, fen: int, month: str) -> MoneyEntry:
    entry = MoneyEntry(kind=MoneyKind.REWARD, amount=fen, month=month, person=reward.person, person_id=reward.person_id)
    entry.reward, entry.reward_id = reward, reward.id
    return entry


def record(step: RewardStep) -> None:
    """The event names the rule that rewards, whichever regulation it is of."""
    record_event(step)
    step.event.rule = step.subject.rule


def conclude(step: RewardStep) -> None:
    step.event.seal()
    if step.rule.letter:
        reward_letter.issue(step)
    elif step.rule.name == "decline":
        tell(step, [step.subject.proposed_by])
    else:
        tell(step, _told_of_a_proposal(step))


def _told_of_a_proposal(step: RewardStep) -> list[Person]:
    """Who decides; of a ranking also those who settle it on pay day (SAL-5)."""
    staff, reward = step.actor.staff, step.subject
    payers = staff.holders.get(Role.HUMAN_RESOURCES, ()) if reward.place is not None else ()
    return [*only(who_decides(reward, staff)), *(person for person in payers if person.id != reward.person_id)]


REWARD: Process[Reward] = Process("reward", RewardState, [
    Rule("AFT-1", "propose", source=(), dest=S.PROPOSED, by=PROPOSER,
         unless=(has_left, is_for_oneself, gives_no_reason, amount_is_wrong, is_known), letter=""),
    Rule("AFT-1", "grant", source=(S.PROPOSED,), dest=S.GRANTED, by=GENERAL_MANAGER,
         unless=(has_left, share_is_wrong, shares_without_a_reason),
         then=(note_the_decision, give_the_money), letter="reward_notice"),
    Rule("AFT-1", "decline", source=(S.PROPOSED,), dest=S.DECLINED, by=GENERAL_MANAGER,
         unless=(declines_without_a_reason,),
         then=(note_the_decision,), letter=""),
    Rule("AFT-1", "withdraw", source=(S.GRANTED,), dest=S.WITHDRAWN, by=GENERAL_MANAGER,
         unless=(gives_no_reason, is_paid_out),
         then=(take_the_money_back,), letter="reward_withdrawal_notice"),
], unless=(says_too_much,), record=record, conclude=conclude)  # fmt: skip


def propose(session: Session, wish: Wish, *, by: Actor, at: datetime) -> Reward:
    """The general manager decides next. Refused where this source has rewarded this person by this rule already."""
    reason = clean(wish.reason) or ""
    said: dict[str, Any] = {"reason": reason, "source": wish.source}
    if wish.place is not None:
        said |= {"place": wish.place}
    if wish.reason_en is not None:
        said |= {"reason_en": wish.reason_en}
    reward = Reward(
        person=wish.person, person_id=wish.person.id, regulation_version=wish.version, rule=wish.rule,
        amount=wish.amount, reason=reason, reason_en=wish.reason_en, source=wish.source, proposed_at=at,
        proposed_by=by.person, proposed_by_id=by.person.id if by.person is not None else None,
        place=wish.place, most=wish.most, events=[],
    )  # fmt: skip
    step = Step(reward, by, at, said=said | {"amount_fen": wish.amount})
    rule = REWARD.rule_named("propose")
    with session.no_autoflush:
        if objections := REWARD.objections(rule, step):
            raise Refused(objections)
        reward.year, reward.seq = by.office.next_number(SERIES, at)
        REWARD.open(rule, step)
    session.add(reward)
    session.flush()
    return reward


def decide(
    reward: Reward, *, granted: bool | None, decision: str, by: Actor, at: datetime, amount: int | None = None
) -> Reward:
    """The general manager grants or declines it; what is granted is money of the first open month, and told by letter.

    `amount` in fen is asked for where several share a place.
    """
    _only_who_sees(reward, by)
    step = Step(reward, by, at, said=_said(decision=decision), chosen={"amount": amount})
    if (barred := GENERAL_MANAGER(step)) is not None:
        raise Refused([barred])
    refuse(Objection(MOVED_ON, N_("This reward was decided already.")) if reward.decided_at is not None else None)
    refuse(Objection(INVALID, N_("Choose one of the two."), field="granted") if granted is None else None)
    REWARD.take("grant" if granted else "decline", step)
    return reward


def withdraw(session: Session, reward: Reward, *, reason: str, by: Actor, at: datetime) -> Reward:
    """Take back what was granted, as long as no pay day has paid it out; a letter says so."""
    _only_who_sees(reward, by)
    # A pay day holds the same row: of the two, one comes first and the other sees what it did.
    session.execute(select(Company.id).with_for_update())
    REWARD.take("withdraw", Step(reward, by, at, said=_said(reason=reason)))
    return reward


VERBS: dict[str, Callable[..., Reward]] = {
    "propose": propose, "grant": decide, "decline": decide, "withdraw": withdraw,
}  # fmt: skip


def _only_who_sees(reward: Reward, by: Actor) -> None:
    if not may_see(reward, by):
        raise Refused([Objection(NOT_FOUND, N_("There is no such reward."))])


def _said(**texts: str) -> dict[str, Any]:
    return {key: told for key, text in texts.items() if (told := clean(text))}


def locked(session: Session, number: str) -> Reward | None:
    query = Reward.by_number(number).with_for_update(of=Reward).execution_options(populate_existing=True)
    return session.scalars(query.options(*Reward.for_a_step())).one_or_none()
