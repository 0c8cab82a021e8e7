"""A message written down for its reader: what they may read of each case now, and links to the acts that answer it.

Asked again, it writes the same: the links in a repeated message are those of the first.
"""

import base64
import hashlib
import hmac
from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload
from sqlalchemy.sql.base import ExecutableOption

from config import Settings
from jobs.wording import Act, News, Wording
from models import (
    ActingLink,
    Complaint,
    Event,
    Inspection,
    InspectionAct,
    Message,
    MessageNotice,
    Notice,
    Part,
    Payday,
    Penalty,
    Plan,
    Publication,
    QuestionNudge,
    RatingDuty,
    Reminder,
    ReminderRecipient,
    Reward,
    Scorecard,
    WithoutEvents,
)
from workflow import inspection_told, inspection_turn, publication, publication_turn, reward_turn
from workflow import message as messages
from workflow.act_words import WORDS
from workflow.clock_words import task_of
from workflow.message import Case
from workflow.office import Office
from workflow.roles import Actor
from workflow.turn import clocks_of

ACTING = "acting"
About = Event | WithoutEvents


def written(
    session: Session, message: Message, office: Office, settings: Settings, at: datetime, *, again: str
) -> tuple[str, str]:
    actor = office.actor(message.person, at)
    wording = Wording(message.person, office.calendar.zone, f"{settings.address}/settings/messages")
    news = [_news(session, notice, message, actor, settings, at) for notice in _notices(session, message)]
    return wording.digest(news, again=again) if message.is_digest else wording.message(news[0], again=again)


def _notices(session: Session, message: Message) -> list[Notice]:
    query = select(Notice).join(MessageNotice, MessageNotice.notice_id == Notice.id)
    mine = query.where(MessageNotice.message_id == message.id).order_by(Notice.id)
    event = joinedload(Notice.event)
    return list(
        session.scalars(
            mine.options(
                *with_their_reminders(),
                joinedload(Notice.customers),
                joinedload(Notice.question),
                joinedload(Notice.nudge).joinedload(QuestionNudge.by),
                joinedload(Notice.calls),
                joinedload(Notice.ranking),
                joinedload(Notice.rating).joinedload(RatingDuty.round),
                joinedload(Notice.inspection_act).joinedload(InspectionAct.inspection),
                event.joinedload(Event.actor),
                event.joinedload(Event.acting_for),
                event.selectinload(Event.letters),
            )
        )
    )


def with_their_reminders() -> tuple[ExecutableOption, ...]:
    """For notices: who was told by a reminder, and why."""
    recipients = joinedload(Notice.reminder).selectinload(Reminder.recipients)
    return (recipients.joinedload(ReminderRecipient.person),)


def _news(session: Session, notice: Notice, message: Message, actor: Actor, settings: Settings, at: datetime) -> News:
    """What this reader may read of it now: they may have lost sight of the case since."""
    about, url = notice.about, f"{settings.address}/notices/{notice.id}"
    case, reminder = case_of(session, about), notice.reminder
    part = reminder.part_of(message.person_id) if reminder is not None else None
    if part is not Part.ADMINISTRATOR and not messages.exists_for(case, actor):
        return News(about, None, task="", url=url)
    asked = messages.kind_of(notice, case, actor, at).purpose in messages.AT_ONCE
    task = _task(case, actor, reminder) if asked and messages.awaits(case, actor, at) else ""
    links: tuple[Act, ...] = ()
    if task and isinstance(about, Event) and not message.is_digest:
        links = tuple(_links(session, message, about, case, actor, settings, at))
    due_at = _due_of(case, actor.office)
    about = case if isinstance(case, WithoutEvents) else about
    return News(
        about, case, task=task, url=url, due_at=due_at, is_late=due_at is not None and due_at <= at,
        acts=links, reminder=reminder, part=part,
        inspected=notice.inspection_act, urged_by=notice.nudge.by if notice.nudge is not None else None,
    )  # fmt: skip


def _due_of(case: Case, office: Office) -> datetime | None:
    """Until when it waits as it is; where it keeps no deadline of its own, as its clock is counted."""
    if isinstance(case, Inspection):
        return inspection_turn.due_of(case, office)
    if isinstance(case, Publication):
        return publication_turn.run_of(publication.newest(case).issued_at, office).due
    if isinstance(case, Reward):
        return reward_turn.run_of(case.proposed_at, office).due if case.decided_at is None else None
    return None if isinstance(case, Payday) else case.due_at


def _task(case: Case, actor: Actor, reminder: Reminder | None) -> str:
    """What is theirs to do: that of which they were reminded, as long as it waits."""
    if isinstance(case, Payday) or actor.person is None or not (clocks := clocks_of(case)):
        return ""
    if isinstance(case, Inspection):
        return inspection_told.task_of(case)
    if isinstance(case, Publication):
        return publication_turn.task_of(case, actor)
    clock = reminder.clock if reminder is not None and reminder.clock in clocks else clocks[0]
    return task_of(case.kind, clock, is_respondent=actor.person.id == case.respondent_id)


def _links(
    session: Session, message: Message, event: Event, case: Case, actor: Actor, settings: Settings, at: datetime
) -> Iterator[Act]:
    """A link for each act that answers what waits; written again for the next attempt it is the same."""
    kept = {
        link.action: link for link in session.scalars(select(ActingLink).where(ActingLink.message_id == message.id))
    }
    for action in messages.link_acts(case, actor, at):
        token = token_for(message, action, settings)
        link = kept.get(action)
        if link is None:
            link = ActingLink(
                digest=messages.digest_of(token), message_id=message.id, person_id=message.person_id,
                event_id=event.id, action=action, expires_at=messages.expiry(case, at),
            )  # fmt: skip
            session.add(link)
        yield Act(WORDS[case.kind][action].choose, f"{settings.address}/{ACTING}/{token}", link.expires_at)


def token_for(message: Message, action: str, settings: Settings) -> str:
    """256 bits that only this installation can compute, so that a repeated message holds the same link."""
    secret = hmac.new(settings.secret_key.encode(), f"acting/{message.key}/{action}".encode(), hashlib.sha256)
    return base64.urlsafe_b64encode(secret.digest()).decode().rstrip("=")


def case_of(session: Session, event: About) -> Case:
    """The case of the event, or what waits without being one, with all that is asked about it."""
    if isinstance(event, WithoutEvents):
        of: type[WithoutEvents] = type(event)
        found: WithoutEvents = session.scalars(of.whole().where(of.id == event.id)).unique().one()
        return found
    if event.complaint_id is not None:
        return session.scalars(Complaint.whole(event.complaint_id)).unique().one()
    if event.penalty_id is not None:
        return session.scalars(Penalty.whole(event.penalty_id)).unique().one()
    if event.scorecard_id is not None:
        query = select(Scorecard).where(Scorecard.id == event.scorecard_id)
        return session.scalars(query.options(selectinload(Scorecard.events))).one()
    if event.plan_id is not None:
        return session.scalars(Plan.whole(event.plan_id)).unique().one()
    if event.reward_id is not None:
        rewards = select(Reward).where(Reward.id == event.reward_id)
        return session.scalars(rewards.options(*Reward.for_a_step())).one()
    if event.publication_id is not None:
        return session.scalars(publication.with_letters().where(Publication.id == event.publication_id)).unique().one()
    return event.case
