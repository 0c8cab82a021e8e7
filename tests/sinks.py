"""Stand-ins on this machine for a mail server and for the three chat services: they keep what they are sent."""

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import Message as Mail
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from aiosmtpd.controller import Controller

REFUSED = "550 no such mailbox here"


@dataclass
class Mailbox:
    """What a mail server took; it refuses addresses named in `refuses`."""

    url: str = ""
    mails: list[Mail] = field(default_factory=list)
    refuses: set[str] = field(default_factory=set)

    async def handle_RCPT(self, _server, _session, envelope, address, _options):
        if address in self.refuses:
            return REFUSED
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server, _session, envelope):
        self.mails.append(message_from_bytes(envelope.content))
        return "250 taken"

    def titles(self) -> list[str]:
        return [str(make_header(decode_header(mail["Subject"]))) for mail in self.mails]

    def texts(self) -> list[str]:
        return [text_of(mail) for mail in self.mails]

    def keys(self) -> set[str]:
        return {mail["Message-ID"] for mail in self.mails}


def text_of(mail: Mail) -> str:
    parts = [part for part in mail.walk() if part.get_content_type() == "text/plain"]
    return parts[0].get_payload(decode=True).decode()


@contextmanager
def mail_server() -> Iterator[Mailbox]:
    box = Mailbox()
    port = _free_port()
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    box.url = f"smtp://127.0.0.1:{port}"
    try:
        yield box
    finally:
        controller.stop()


def _free_port() -> int:
    """The controller looks for itself at the port it was given, so that it cannot be given none."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@dataclass
class Chat:
    """What robots were told: path and body; answers with `answer`."""

    url: str = ""
    told: list[tuple[str, dict]] = field(default_factory=list)
    answer: dict = field(default_factory=lambda: {"errcode": 0, "code": 0})


@contextmanager
def chat_server() -> Iterator[Chat]:
    chat = Chat()

    class Robot(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            chat.told.append((self.path, json.loads(body)))
            answer = json.dumps(chat.answer).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Robot)
    chat.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield chat
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
