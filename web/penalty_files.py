"""The evidence of a penalty: in lists, and served to whoever may see the penalty.

The respondent reads the evidence against them. A file is never served as something a browser would run.
"""

from flask import Response, abort, url_for
from sqlalchemy import select

from models import Attachment, Penalty
from web import uploads
from web.attachment import as_download
from web.case_files import LARGEST_PREVIEW, PREVIEWED, File, kind_of
from web.penalty_bp import bp
from web.penalty_facts import readable
from web.penalty_load import penalty_seen
from web.session import db


def files_of(penalty: Penalty) -> list[File]:
    return [file_of(attachment, penalty) for attachment in penalty.attachments]


def file_of(attachment: Attachment, penalty: Penalty) -> File:
    url = url_for("penalty.file", number=penalty.number, key=attachment.key)
    small = attachment.media_type in PREVIEWED and attachment.size <= LARGEST_PREVIEW
    return File(
        name=readable(attachment.name, penalty), url=url, kind=kind_of(attachment.media_type),
        preview=url if small else "", added_by=attachment.added_by.name, added_at=attachment.added_at,
    )  # fmt: skip


@bp.get("/penalties/<number>/files/<key>")
def file(number: str, key: str) -> Response:
    penalty = penalty_seen(number)
    query = select(Attachment).where(Attachment.penalty_id == penalty.id, Attachment.key == key)
    attachment = db().scalars(query).one_or_none()
    if attachment is None or not uploads.path_of(attachment.digest).is_file():
        abort(404)
    return as_download(attachment, readable(attachment.name, penalty))
