"""What became of a run of many workers: what should have been done and sent, what was, and what is left behind."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import ChannelOut, Complaint, Event, Letter, Message, MessageNotice, Notice

PATHS = {
    ChannelOut.WECOM: "/cgi-bin/webhook/send",
    ChannelOut.DINGTALK: "/robot/send",
    ChannelOut.FEISHU: "/open-apis/bot/v2/hook/",
}


@dataclass(frozen=True)
class Outcome:
    """What became of it; everything but `repeated` must come out even."""

    due: int
    acts: int
    acted_on: int
    wanted: int
    received: int
    reached: int
    kills: int
    left: Mapping[str, int]
    seconds: float

    @property
    def repeated(self) -> int:
        return self.received - self.reached

    @property
    def is_even(self) -> bool:
        acts = self.acts == self.acted_on == self.due
        return acts and self.reached == self.wanted and self.repeated <= self.kills and not any(self.left.values())

    def told(self) -> Iterator[str]:
        yield _ratio("steps for each deadline that fell due", self.acts, self.due)
        yield _ratio("messages that arrived for each that was to be sent", self.reached, self.wanted)
        yield _ratio("messages that arrived twice for each worker killed", self.repeated, self.kills, "at most 1")
        left = ", ".join(f"{what} {count}" for what, count in self.left.items() if count) or "nothing"
        yield f"{'left behind':58} {left}"
        done = self.acts + self.reached
        yield f"{'acts and messages a second, with workers being killed':58} {done / self.seconds:6.1f}"


def _ratio(what: str, many: int, of: int, target: str = "exactly 1") -> str:
    return f"{what:58} {many / max(1, of):6.3f}  {many} : {of}  {target}"


def wanted(session: Session) -> set[tuple[str, str]]:
    """What should arrive: by channel, and by the key of a mail or the number of the case in a chat."""
    query = (
        select(Message.channel, Message.key, Complaint.year, Complaint.seq)
        .join(MessageNotice, MessageNotice.message_id == Message.id)
        .join(Notice, MessageNotice.notice_id == Notice.id)
        .join(Event, Notice.event_id == Event.id)
        .join(Complaint, Event.complaint_id == Complaint.id)
    )
    return {
        (channel.value, key if channel is ChannelOut.MAIL else f"{year}-{seq}")
        for channel, key, year, seq in session.execute(query)
    }


def channel_of(path: str) -> str:
    """The chat service whose path it is."""
    return next(channel.value for channel, start in PATHS.items() if path.startswith(start))


def number_in(body: str) -> str:
    """The number of the case in a message: “客诉 2026-12：”."""
    return body.partition("客诉 ")[2].partition("：")[0]


def gaps(session: Session) -> int:
    """How many numbers of letters are missing in their series."""
    rows = session.execute(select(func.max(Letter.seq) - func.count()).group_by(Letter.series, Letter.year))
    return sum(row[0] for row in rows)


def count(session: Session, model: type[Any], *which: Any) -> int:
    """How many rows there are of which this is true."""
    return session.scalar(select(func.count()).select_from(model).where(*which)) or 0
