"""Who is told outside of the product of what, and when: the kinds of messages, as the tables of rules have them,
quiet hours and digests; what somebody may do about a case; and until when a link leads to one act.

Writes rows and sends nothing. Whether a case exists for the reader is asked of those who know (`sight` and others).
"""

import hashlib
import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from models import (
    ActingLink,
    CallDay,
    ChannelOut,
    Complaint,
    CustomerQuestion,
    Event,
    HandedCustomers,
    Inspection,
    Message,
    MessageNotice,
    Notice,
    OrderState,
    Part,
    Payday,
    Penalty,
    Plan,
    Publication,
    RankingDue,
    RatingDuty,
    Reach,
    Reward,
    Scorecard,
    WithoutEvents,
)
from workflow import (
    call_turn,
    first_contact,
    inbox,
    inspection_roles,
    penalty_roles,
    plan_roles,
    publication_roles,
    publication_turn,
    question_turn,
    ranking_turn,
    rating_turn,
    reward_roles,
    scorecard_roles,
    sight,
)
from workflow.complaint import COMPLAINT
from workflow.payday import PAYDAY
from workflow.penalty import PENALTY
from workflow.plan import PLAN
from workflow.process import Process
from workflow.publication import PUBLICATION
from workflow.reward import REWARD
from workflow.roles import Actor
from workflow.scorecard import SCORECARD

# Customers who were handed over together, questions of customers and inspections wait like a case, without a process.
Case = Complaint | Penalty | Scorecard | Payday | Plan | Reward | Publication | WithoutEvents

PROCESSES: tuple[Process[Any], ...] = (COMPLAINT, PENALTY, SCORECARD, PAYDAY, PLAN, REWARD, PUBLICATION)
TO_ACT, TO_KNOW = "act", "know"
# Reminders to whoever must act, nudges among them; and that it is late with others.
TO_REMIND, OF_OTHERS = "remind", "late"
AT_ONCE = (TO_ACT, TO_REMIND)
NUDGE = "nudge"
# A link outlives neither the deadline it answers nor this.
LINK_LASTS = timedelta(days=3)
DIGEST_AT = time(8, 30)


@dataclass(frozen=True)
class Kind:
    """What a person chooses about: what waits for them in a process, what they are reminded of, where others are late,
    or what they only ought to know."""

    process: str
    purpose: str

    @property
    def key(self) -> str:
        return f"{self.process}.{self.purpose}"


def kinds() -> list[Kind]:
    """Read off the tables: nobody is awaited in a process whose rules start no clock, but somebody decides a reward and
    signs a target letter; what has no events makes no news, but that an inspection is cancelled, and of a day's calls
    and of rankings there are reminders alone."""
    of_processes = [
        Kind(process.name, purpose)
        for process in PROCESSES
        for purpose in (*AT_ONCE, OF_OTHERS, TO_KNOW)
        if purpose == TO_KNOW or process in (PLAN, PUBLICATION, REWARD) or any(rule.clock for rule in process.rules)
    ]
    without = (HandedCustomers.kind, CustomerQuestion.kind, Inspection.kind, RatingDuty.kind)
    waiting = [Kind(kind, purpose) for kind in without for purpose in (*AT_ONCE, OF_OTHERS)]
    return [
        *of_processes, *waiting, Kind(Inspection.kind, TO_KNOW),
        *(Kind(kind, purpose) for kind in (CallDay.kind, RankingDue.kind) for purpose in (TO_REMIND, OF_OTHERS)),
    ]  # fmt: skip


def kind_of(notice: Notice, case: Case, actor: Actor, at: datetime) -> Kind:
    """What the notice means for this person: a reminder, their turn that came with its event and still is, or news."""
    if notice.reminder is not None:
        is_theirs = notice.reminder.part_of(notice.person_id) is Part.ACTS
        return Kind(case.kind, TO_REMIND if is_theirs else OF_OTHERS)
    if notice.nudge_id is not None:
        return Kind(case.kind, TO_REMIND)
    event = notice.about
    if isinstance(event, WithoutEvents) or isinstance(case, WithoutEvents):
        return Kind(case.kind, TO_ACT if awaits(case, actor, at) else TO_KNOW)
    if event.action == NUDGE:
        return Kind(case.kind, TO_REMIND)
    moved_here = event.from_state != event.to_state or event.action in ("hand_over", "replace")
    brought_it_here = moved_here and event.to_state == case.state.value
    return Kind(case.kind, TO_ACT if brought_it_here and awaits(case, actor, at) else TO_KNOW)


def awaits(case: Case, actor: Actor, at: datetime) -> bool:
    """Whether the running clock of the case is this person's to answer."""
    if isinstance(case, Complaint | Penalty):
        return bool(inbox.open_actions(case, actor, at))
    awaits_them = AWAITS.get(type(case))
    return awaits_them is not None and awaits_them(case, actor)


def _awaits_a_card(card: Scorecard, actor: Actor) -> bool:
    if actor.person is None:
        return False
    awaited = {person.id for person in scorecard_roles.awaited(card, actor.staff)}
    return any(principal.id in awaited for principal in actor.staff.principals_of(actor.person))


def _awaits_a_decision(reward: Reward, actor: Actor) -> bool:
    return reward.decided_at is None and reward_roles.decides(reward, actor)


# Whose turn it is, as each kind answers it; of a pay day it is nobody's.
AWAITS: Mapping[type[Any], Callable[[Any, Actor], bool]] = {
    Scorecard: _awaits_a_card,
    Plan: plan_roles.awaits,
    Reward: _awaits_a_decision,
    Publication: publication_turn.awaits,
    HandedCustomers: first_contact.awaits,
    CustomerQuestion: question_turn.awaits,
    Inspection: inspection_roles.awaits,
    CallDay: call_turn.awaits,
    RankingDue: ranking_turn.awaits,
    RatingDuty: rating_turn.awaits,
}
# Whether it exists for somebody, as each kind answers it; that a month was paid is no secret.
SIGHT: Mapping[type[Any], Callable[[Any, Actor], bool]] = {
    Complaint: sight.may_see,
    Penalty: penalty_roles.may_see,
    Scorecard: scorecard_roles.may_see,
    Plan: plan_roles.may_see,
    Reward: reward_roles.may_see,
    Publication: publication_roles.may_see,
    HandedCustomers: first_contact.exists_for,
    CustomerQuestion: question_turn.exists_for,
    Inspection: inspection_roles.may_see,
    CallDay: call_turn.exists_for,
    RankingDue: ranking_turn.exists_for,
    RatingDuty: rating_turn.exists_for,
}


def exists_for(case: Case, actor: Actor) -> bool:
    """Whether the case exists for this person."""
    may_see = SIGHT.get(type(case))
    return may_see is None or may_see(case, actor)


# --- from notices to messages


def plan(session: Session, notice: Notice, kind: Kind, reach: Reach, *, at: datetime, zone: ZoneInfo) -> None:
    """Write what this notice sends outside; a second call adds nothing."""
    told = set(session.scalars(select(MessageNotice.channel).where(MessageNotice.notice_id == notice.id)))
    for channel in reach.channels_for(kind.key):
        if channel not in told:
            message = _message_for(session, reach, channel, is_digest=reach.collects(kind.key), at=at, zone=zone)
            message.told.append(MessageNotice(notice=notice, notice_id=notice.id, channel=channel))


def _message_for(
    session: Session, reach: Reach, channel: ChannelOut, *, is_digest: bool, at: datetime, zone: ZoneInfo
) -> Message:
    if is_digest and (collecting := _collecting(session, reach, channel)) is not None:
        return collecting
    due = next_time(reach.digest_at, at, zone) if is_digest else at
    message = Message(
        key=secrets.token_hex(16), person_id=reach.person_id, channel=channel, is_digest=is_digest,
        state=OrderState.WAITING, attempts=0, next_try_at=after_quiet(due, reach, zone), in_hands=False, told=[],
    )  # fmt: skip
    session.add(message)
    session.flush()
    return message


def _collecting(session: Session, reach: Reach, channel: ChannelOut) -> Message | None:
    """The digest that is not on its way yet."""
    query = select(Message).where(
        Message.person_id == reach.person_id, Message.channel == channel, Message.is_digest,
        Message.state == OrderState.WAITING, Message.attempts == 0,
    )  # fmt: skip
    return session.scalars(query.options(selectinload(Message.told)).with_for_update()).one_or_none()


def next_time(of_day: time, after: datetime, zone: ZoneInfo) -> datetime:
    """The next moment at which clocks in the company show this time."""
    local = after.astimezone(zone)
    found = datetime.combine(local.date(), of_day, zone)
    if found <= local:
        found = datetime.combine(local.date() + timedelta(days=1), of_day, zone)
    return found.astimezone(after.tzinfo)


def after_quiet(at: datetime, reach: Reach, zone: ZoneInfo) -> datetime:
    """`at`, or the end of the quiet hours in which it falls; these may go over midnight."""
    begins, ends = reach.quiet_from, reach.quiet_until
    if begins is None or ends is None:
        return at
    now = at.astimezone(zone).time()
    is_quiet = begins <= now < ends if begins < ends else now >= begins or now < ends
    return next_time(ends, at, zone) if is_quiet else at


# --- links to one act


def link_acts(case: Case, actor: Actor, at: datetime) -> list[str]:
    """The acts that links lead to: those that answer what waits."""
    return inbox.open_actions(case, actor, at) if isinstance(case, Complaint | Penalty) else []


def expiry(case: Case, at: datetime) -> datetime:
    due = None if isinstance(case, Payday) else case.due_at
    return min(due, at + LINK_LASTS) if due is not None and due > at else at + LINK_LASTS


def digest_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def has_moved_on(link: ActingLink, events: Iterable[Event]) -> bool:
    """Whether a step after the one that the link came with has changed the state; remarks do no harm."""
    return any(event.seq > link.event.seq and event.from_state != event.to_state for event in events)
