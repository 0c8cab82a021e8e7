"""The files of a case as they look in a list; which of them a reader may open is said in `workflow.sight`."""

from dataclasses import dataclass
from datetime import datetime

from flask import url_for

from models import Attachment, Complaint
from web.session import actor
from workflow import veil
from workflow.sight import may_open

# A photo up to this size is its own preview; a larger one is shown as a sign.
LARGEST_PREVIEW = 3_000_000
PREVIEWED = ("image/jpeg", "image/png", "image/webp", "image/gif")


@dataclass(frozen=True)
class File:
    """A piece of evidence in a list."""

    name: str
    url: str
    kind: str
    preview: str
    added_by: str
    added_at: datetime


def files_of(complaint: Complaint) -> list[File]:
    """The files that this reader may open, in the order in which they came."""
    return [file_of(a, complaint) for a in complaint.attachments if may_open(a, complaint, actor())]


def file_of(attachment: Attachment, complaint: Complaint) -> File:
    url = url_for("attachment.show", number=complaint.number, key=attachment.key)
    small = attachment.media_type in PREVIEWED and attachment.size <= LARGEST_PREVIEW
    return File(
        name=veil.words(attachment.name, complaint, actor()),
        url=url,
        kind=kind_of(attachment.media_type),
        preview=url if small else "",
        added_by=attachment.added_by.name,
        added_at=attachment.added_at,
    )


def kind_of(media_type: str) -> str:
    """Which sign stands for it: picture, sound, film or paper."""
    first = media_type.partition("/")[0]
    return first if first in ("image", "audio", "video") else "paper"
