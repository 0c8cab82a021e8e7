"""The files of a case: which of them a reader may open, and how they look in a list.

What customer relations attached when they filed the case (a recorded call, a photo of the customer's
papers) is about the customer and may name them. Names in pictures and sound cannot be blacked out as they
are in words, so those files are closed to a respondent from whom the customer is hidden. What came later
was added to a case that the respondent takes part in, and what they added themselves stays theirs.
"""

from dataclasses import dataclass
from datetime import datetime

from flask import url_for

from models import Attachment, Complaint
from web.session import actor
from workflow import veil
from workflow.roles import Actor, sees_customer

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


def may_open(attachment: Attachment, complaint: Complaint, reader: Actor) -> bool:
    """Whether a reader who may see the case may open this file of it."""
    if sees_customer(complaint, reader):
        return True
    came_later = attachment.added_at > complaint.filed_at
    return came_later or (reader.person is not None and attachment.added_by_id == reader.person.id)


def files_of(complaint: Complaint) -> list[File]:
    """The files that this reader may open, in the order in which they came."""
    return [file_of(a, complaint) for a in complaint.attachments if may_open(a, complaint, actor())]


def file_of(attachment: Attachment, complaint: Complaint) -> File:
    url = url_for("attachment.show", number=complaint.number, key=attachment.key)
    small = attachment.media_type in PREVIEWED and attachment.size <= LARGEST_PREVIEW
    return File(
        name=veil.words(attachment.name, complaint, actor()),
        url=url,
        kind=_kind(attachment.media_type),
        preview=url if small else "",
        added_by=attachment.added_by.name,
        added_at=attachment.added_at,
    )


def _kind(media_type: str) -> str:
    """Which sign stands for it: picture, sound, film or paper."""
    first = media_type.partition("/")[0]
    return first if first in ("image", "audio", "video") else "paper"
