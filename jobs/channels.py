"""The ways out: e-mail, WeCom, DingTalk and Feishu, each through `apprise`; the only module that imports it.

Says why something could not be sent, without addresses of servers, passwords and keys: what is written there is
read by administrators and stands in the log.
"""

import logging
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email import message_from_string
from typing import Any
from urllib.parse import unquote, urlsplit

import requests
from apprise import NotifyFormat
from apprise.common import NotifyType
from apprise.logger import logger as apprise_logger
from apprise.plugins import dingtalk, wecombot
from apprise.plugins.dingtalk import NotifyDingTalk
from apprise.plugins.email.base import NotifyEmail
from apprise.plugins.email.smtp import AppriseSMTPController
from apprise.plugins.feishu import NotifyFeishu
from apprise.plugins.wecombot import NotifyWeComBot

from config import Settings
from models import ChannelOut
from workflow.process import N_

SECONDS_TO_CONNECT, SECONDS_TO_ANSWER = 5.0, 10.0
HIDDEN = "•••"
LONGEST_REASON = 500
SECURE_MODES = {"smtp": "insecure", "smtps": "ssl", "smtp+starttls": "starttls"}
ANY_ADDRESS = re.compile(r"https?://\S+")

# What it says may hold keys and whole messages: it is read here, and nowhere else.
apprise_logger.propagate = False
apprise_logger.setLevel(logging.DEBUG)
apprise_logger.addHandler(logging.NullHandler())


class NotSent(Exception):
    """Why a message could not be sent, in words that give no secret away."""


@dataclass(frozen=True)
class Parcel:
    """What goes out: to which address, under which key, in which words."""

    channel: ChannelOut
    address: str
    key: str
    title: str
    body: str


def send(parcel: Parcel, settings: Settings) -> None:
    """Hand the parcel to its server, or raise NotSent."""
    with _heard() as reasons:
        try:
            is_sent = SENDERS[parcel.channel](parcel, settings)
        except NotSent:
            raise
        except Exception as error:
            raise NotSent(_told([f"{type(error).__name__}: {error}"], parcel, settings)) from None
    if not is_sent:
        raise NotSent(_told(reasons, parcel, settings))


def _told(reasons: list[str], parcel: Parcel, settings: Settings) -> str:
    """What the server said, without anything that must not be read."""
    said = ANY_ADDRESS.sub(HIDDEN, " ".join(reasons)) or "The server did not take it."
    mail = urlsplit(settings.mail_server)
    for secret in (mail.password, mail.password and unquote(mail.password), parcel.address, parcel.body, parcel.title):
        said = said.replace(secret, HIDDEN) if secret else said
    return said[:LONGEST_REASON]


# --- e-mail


class Mail(NotifyEmail):  # type: ignore[misc]
    """Apprise gives every attempt another Message-ID; ours stays, so that a mailbox knows a repetition."""

    def __init__(self, key: str, **settings: Any) -> None:
        super().__init__(**settings)
        self.key = key

    def send(self, body: str, title: str = "", *_: Any, **__: Any) -> bool:
        with AppriseSMTPController(
            host=self.smtp_host,
            port=self.port,
            secure_mode=self.secure_mode,
            user=self.user,
            password=self.password,
            verify_certificate=self.verify_certificate,
            socket_connect_timeout=SECONDS_TO_ANSWER,
        ) as server:
            [prepared] = self.prepare_emails(
                subject=title,
                body=body,
                notify_format=NotifyFormat.TEXT,
                from_addr=self.from_addr,
                to=self.targets,
                smtp_host=self.smtp_host,
                headers={"Auto-Submitted": "auto-generated"},
            )
            return bool(server.sendmail(self.from_addr[1], prepared.to_addrs, self._under_our_key(prepared.body)))

    def _under_our_key(self, letter: str) -> str:
        found = message_from_string(letter)
        del found["Message-ID"]
        found["Message-ID"] = f"<{self.key}@{self.from_addr[1].partition('@')[2]}>"
        return found.as_string()


def _mail(parcel: Parcel, settings: Settings) -> bool:
    if not settings.mail_server:
        raise NotSent(N_("No mail server is set: GONGDAO_MAIL_SERVER."))
    server = urlsplit(settings.mail_server)
    # It guesses servers and senders from well-known domains; what was set holds instead.
    mail = Mail(parcel.key, host="mail.example", from_addr="gongdao@mail.example", targets=["gongdao@mail.example"])
    mail.smtp_host, mail.port = server.hostname, server.port or _usual_port(server.scheme)
    mail.user, mail.password = unquote(server.username or ""), unquote(server.password or "")
    mail.secure_mode = SECURE_MODES[server.scheme]
    mail.targets, mail.from_addr = [(False, parcel.address)], ["Gongdao", settings.mail_from]
    return mail.send(parcel.body, parcel.title)


def _usual_port(scheme: str) -> int:
    return {"smtp": 25, "smtps": 465, "smtp+starttls": 587}[scheme]


# --- the three chat services


class _Heedful:
    """The requests of a plugin; WeCom and DingTalk answer 200 to what they refuse, and say so only inside."""

    codes, RequestException = requests.codes, requests.RequestException

    @staticmethod
    def post(*arguments: Any, **named: Any) -> requests.Response:
        answer = requests.post(*arguments, **named)  # noqa: S113 - the plugin names its time-outs
        try:
            said = answer.json()
        except ValueError:
            return answer
        if isinstance(said, dict) and said.get("errcode"):
            raise requests.RequestException(f"errcode {said['errcode']}: {said.get('errmsg', '')}")
        return answer


wecombot.requests = _Heedful
dingtalk.requests = _Heedful
PATIENCE = {"cto": SECONDS_TO_CONNECT, "rto": SECONDS_TO_ANSWER}


def _wecom(parcel: Parcel, settings: Settings) -> bool:
    plugin = NotifyWeComBot(key=parcel.address, **PATIENCE)
    plugin.api_url = f"{settings.wecom_server}/cgi-bin/webhook/send?key={plugin.key}"
    # It knows no title, and takes 2048 bytes.
    return bool(plugin.send(_within(f"{parcel.title}\n{parcel.body}", 2000), notify_type=NotifyType.INFO))


def _dingtalk(parcel: Parcel, settings: Settings) -> bool:
    plugin = NotifyDingTalk(token=parcel.address, **PATIENCE)
    plugin.notify_url = f"{settings.dingtalk_server}/robot/send?access_token={{token}}"
    return bool(plugin.send(_within(parcel.body, 15_000), title=parcel.title))


def _feishu(parcel: Parcel, settings: Settings) -> bool:
    plugin = NotifyFeishu(token=parcel.address, **PATIENCE)
    plugin.notify_url = f"{settings.feishu_server}/open-apis/bot/v2/hook/{{token}}/"
    return bool(plugin.send(_within(parcel.body, 15_000), title=parcel.title))


def _within(text: str, most: int) -> str:
    """As many whole lines as fit: a link that is cut off leads nowhere."""
    if len(text.encode()) <= most:
        return text
    lines, left = [], most - 4
    for line in text.split("\n"):
        left -= len(line.encode()) + 1
        if left < 0:
            break
        lines.append(line)
    return "\n".join([*lines, "……"])


SENDERS: dict[ChannelOut, Callable[[Parcel, Settings], bool]] = {
    ChannelOut.MAIL: _mail,
    ChannelOut.WECOM: _wecom,
    ChannelOut.DINGTALK: _dingtalk,
    ChannelOut.FEISHU: _feishu,
}


class _Listener(logging.Handler):
    """Keeps what this thread is told went wrong."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.thread, self.reasons = threading.get_ident(), list[str]()

    def emit(self, record: logging.LogRecord) -> None:
        words = record.getMessage()
        if record.thread == self.thread and (record.levelno >= logging.WARNING or "Exception" in words):
            self.reasons.append(words)


@contextmanager
def _heard() -> Iterator[list[str]]:
    listener = _Listener()
    apprise_logger.addHandler(listener)
    try:
        yield listener.reasons
    finally:
        apprise_logger.removeHandler(listener)
