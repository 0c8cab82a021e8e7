"""The part of the audit that reads the stationery: editions and pictures are what they were when they were kept."""

import hashlib

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import StationeryEdition, StationeryPicture
from workflow.stationery import digest_of


def first_changed_stationery(session: Session) -> str | None:
    for edition in session.scalars(select(StationeryEdition).order_by(StationeryEdition.number)):
        if digest_of(edition.content) != edition.digest:
            return f"edition {edition.number} does not match its digest"
    for digest, data in session.execute(select(StationeryPicture.digest, StationeryPicture.data)):
        if hashlib.sha256(data).hexdigest() != digest:
            return f"the picture {digest[:16]} does not match its digest"
    return None
