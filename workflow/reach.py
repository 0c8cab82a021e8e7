"""How somebody is reached: each person chooses for themselves; addresses are checked for their shape.

The address of a robot is a key to a chat. It is kept as the bare key, and only its end is ever shown.
"""

import re
from dataclasses import dataclass, field
from datetime import time
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import ChannelOut, Person, Reach
from workflow.message import AT_ONCE, DIGEST_AT, kinds
from workflow.process import INVALID, N_, Objection, refuse

LONGEST_MAIL = 254
A_MAIL_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9-]*\.)+[A-Za-z]{2,24}")
# What a service shows to whoever makes a robot, or the key at its end.
ROBOTS = {
    ChannelOut.WECOM: re.compile(r"(?:https://\S+/webhook/send\?key=)?([A-Za-z0-9_-]{8,128})"),
    ChannelOut.DINGTALK: re.compile(r"(?:https://\S+/robot/send\?access_token=)?([A-Za-z0-9]{8,128})"),
    ChannelOut.FEISHU: re.compile(r"(?:https://\S+/bot/v2/hook/)?([A-Za-z0-9_-]{8,128})/?"),
}
SHOWN_OF_A_KEY = 4


@dataclass(frozen=True)
class Wish:
    """What was typed. A robot's field that was left empty keeps what is there, unless it is to be removed."""

    mail: str = ""
    robots: dict[ChannelOut, str] = field(default_factory=dict)
    removed: frozenset[ChannelOut] = frozenset()
    chosen: dict[str, dict[str, Any]] = field(default_factory=dict)
    quiet_from: str = ""
    quiet_until: str = ""
    digest_at: str = ""


def reach_of(session: Session, person: Person) -> Reach:
    """How the person is reached; for who never chose, what a first choice begins with."""
    return session.get(Reach, person.id) or Reach(
        person_id=person.id, chosen=at_first(), digest_at=DIGEST_AT, quiet_from=None, quiet_until=None
    )


def at_first() -> dict[str, Any]:
    """What waits for somebody goes out at once, and so do reminders of it; news are collected."""
    return {
        kind.key: {"channels": [channel.value for channel in ChannelOut], "daily": kind.purpose not in AT_ONCE}
        for kind in kinds()
    }


def choose(session: Session, person: Person, wish: Wish) -> Reach:
    """Keep how the person wants to be reached."""
    mail, times = wish.mail.strip(), _times(wish)
    refuse(
        None if not mail or _is_address(mail) else _wrong("mail", N_("This is no e-mail address.")),
        *(_no_key(channel, typed) for channel, typed in wish.robots.items()),
        *(_no_time(name, times[name], getattr(wish, name)) for name in times),
        _half_quiet(times),
    )
    reach = session.scalars(
        select(Reach).where(Reach.person_id == person.id).with_for_update()
    ).one_or_none() or reach_of(session, person)
    reach.mail, reach.chosen = mail or None, _known(wish.chosen)
    for channel in ROBOTS:
        _keep_key(reach, channel, wish)
    reach.quiet_from, reach.quiet_until = times["quiet_from"], times["quiet_until"]
    reach.digest_at = times["digest_at"] or DIGEST_AT
    session.add(reach)
    return reach


def _keep_key(reach: Reach, channel: ChannelOut, wish: Wish) -> None:
    if channel in wish.removed:
        setattr(reach, channel.value, None)
    elif found := ROBOTS[channel].fullmatch(wish.robots.get(channel, "").strip()):
        setattr(reach, channel.value, found[1])


def _known(chosen: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Of what was sent only the kinds and channels that there are."""
    channels = [channel.value for channel in ChannelOut]
    return {
        kind.key: {
            "channels": [name for name in channels if name in chosen.get(kind.key, {}).get("channels", ())],
            "daily": bool(chosen.get(kind.key, {}).get("daily")),
        }
        for kind in kinds()
    }


def _is_address(mail: str) -> bool:
    return len(mail) <= LONGEST_MAIL and A_MAIL_ADDRESS.fullmatch(mail) is not None


def _no_key(channel: ChannelOut, typed: str) -> Objection | None:
    if not typed.strip() or ROBOTS[channel].fullmatch(typed.strip()):
        return None
    return _wrong(channel.value, N_("This is no webhook address of a robot of this service."))


def _times(wish: Wish) -> dict[str, time | None]:
    return {name: _time(getattr(wish, name)) for name in ("quiet_from", "quiet_until", "digest_at")}


def _time(typed: str) -> time | None:
    try:
        return time.fromisoformat(typed).replace(second=0, microsecond=0, tzinfo=None)
    except ValueError:
        return None


def _no_time(name: str, found: time | None, typed: str) -> Objection | None:
    return _wrong(name, N_("Write a time like 22:00.")) if typed and found is None else None


def _half_quiet(times: dict[str, time | None]) -> Objection | None:
    begins, ends = times["quiet_from"], times["quiet_until"]
    if (begins is None) != (ends is None):
        return _wrong("quiet_from" if begins is None else "quiet_until", N_("Quiet hours have a beginning and an end."))
    if begins is not None and begins == ends:
        return _wrong("quiet_until", N_("Quiet hours cannot last the whole day."))
    return None


def _wrong(name: str, sentence: str) -> Objection:
    return Objection(INVALID, sentence, field=name)


def end_of(key: str | None) -> str:
    """What is shown of a robot's key."""
    return f"…{key[-SHOWN_OF_A_KEY:]}" if key else ""
