"""The recording of a call as a form sends it: with the answer, with the page before, or after the answer."""

from dataclasses import dataclass

from flask import request
from flask_babel import gettext as _

from web import uploads
from workflow.evidence import Evidence
from workflow.process import INVALID, Objection

HEARD = ("audio/", "video/")


@dataclass(frozen=True)
class Recording:
    """What was sent; kept from page to page by a token of its sender."""

    file: Evidence | None = None
    error: str = ""

    @property
    def token(self) -> str:
        return uploads.sealed(self.file) if self.file is not None else ""

    @property
    def objection(self) -> Objection | None:
        return Objection(INVALID, "%(why)s", field="recording", why=self.error) if self.error else None


def recording_sent() -> Recording:
    """One recording: sent now, or with the page before."""
    sent = request.files.get("recording")
    if sent is None or not sent.filename:
        return Recording(uploads.unsealed(request.form.get("recording_kept", "")[:2000]))
    try:
        [file] = uploads.receive([sent])
    except uploads.FileRefused as refused:
        return Recording(error=str(refused))
    if not file.media_type.startswith(HEARD):
        return Recording(error=_("“%(name)s” is no recording.", name=file.name))
    return Recording(file)
