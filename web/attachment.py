"""The files of a case, served to whoever may see them, never as something a browser would run."""

from flask import Blueprint, Response, abort, send_file
from sqlalchemy import select

from models import Attachment, Complaint, KeptFile, ServiceFile
from web import uploads
from web.case_load import case_seen
from web.session import actor, db
from workflow import veil
from workflow.sight import may_open

bp = Blueprint("attachment", __name__)

# What a browser shows or plays by itself; everything else is downloaded.
SHOWN = ("image/jpeg", "image/png", "image/webp", "image/gif")
PLAYED = ("audio/", "video/")
POLICY = "default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'; sandbox"


@bp.get("/complaints/<number>/files/<key>")
def show(number: str, key: str) -> Response:
    complaint = case_seen(number)
    attachment = _attachment(complaint, key)
    if not uploads.path_of(attachment.digest).is_file():
        abort(404)
    return as_download(attachment, veil.words(attachment.name, complaint, actor()))


def as_download(attachment: Attachment | ServiceFile | KeptFile, name: str) -> Response:
    """The file under the name that its reader may read."""
    inline = attachment.media_type in SHOWN or attachment.media_type.startswith(PLAYED)
    response = send_file(
        uploads.path_of(attachment.digest), mimetype=attachment.media_type, as_attachment=not inline,
        download_name=name, etag=attachment.digest, max_age=0, conditional=True,
    )  # fmt: skip
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, no-cache"
    return response


def _attachment(complaint: Complaint, key: str) -> Attachment:
    query = select(Attachment).where(Attachment.complaint_id == complaint.id, Attachment.key == key)
    found = db().scalars(query).one_or_none()
    if found is None or not may_open(found, complaint, actor()):
        abort(404)
    return found
