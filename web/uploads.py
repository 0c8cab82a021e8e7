"""Files that come with a form: checked, renamed, and stored under their digest outside the web root.

What a file is, is read from its bytes; its name must agree. Nothing is ever run, unpacked or drawn from
it here but pictures, which are decoded to see that they are whole. Storing the same bytes twice keeps one file.
"""

import hashlib
import os
import secrets
import unicodedata
import warnings
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO

import filetype
from flask import current_app
from flask_babel import gettext as _
from itsdangerous import BadData, URLSafeSerializer
from PIL import Image
from werkzeug.datastructures import FileStorage

from config import Settings
from web import log
from web.session import me
from workflow.evidence import Evidence, place_of

MOST_FILES = 10
LONGEST_NAME = 200
LONGEST_ENDING = 10
CHUNK = 1024 * 1024
HEAD = 8192
MOST_PIXELS = 100_000_000

# What may be stored, by what the bytes say it is: the media type served, and the endings that agree.
ALLOWED: dict[str, tuple[str, tuple[str, ...]]] = {
    "image/jpeg": ("image/jpeg", ("jpg", "jpeg", "jpe")),
    "image/png": ("image/png", ("png",)),
    "image/webp": ("image/webp", ("webp",)),
    "image/gif": ("image/gif", ("gif",)),
    "image/heic": ("image/heic", ("heic", "heif")),
    "application/pdf": ("application/pdf", ("pdf",)),
    "audio/mpeg": ("audio/mpeg", ("mp3",)),
    "audio/mp4": ("audio/mp4", ("m4a", "mp4")),
    "audio/x-wav": ("audio/wav", ("wav",)),
    "audio/amr": ("audio/amr", ("amr",)),
    "audio/ogg": ("audio/ogg", ("ogg", "oga", "opus")),
    "video/mp4": ("video/mp4", ("mp4", "m4v", "m4a")),
    "video/quicktime": ("video/quicktime", ("mov", "qt")),
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": (
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document", ("docx",),
    ),
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": (
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ("xlsx",),
    ),
}  # fmt: skip
DECODED = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP", "image/gif": "GIF"}
# For the browser's file chooser.
ACCEPTED = ",".join(sorted({f".{ending}" for _type, endings in ALLOWED.values() for ending in endings}))


class FileRefused(Exception):
    """Why a file is not taken, as a sentence for whoever sent it."""


class KindRefused(FileRefused):
    """It is of a kind that is taken nowhere."""


@dataclass(frozen=True)
class _Found:
    media_type: str
    size: int
    digest: str


def receive(files: Iterable[FileStorage]) -> list[Evidence]:
    """Check and store every file, or raise FileRefused and take none of them into the case."""
    given = [file for file in files if file and file.filename]
    if len(given) > MOST_FILES:
        raise FileRefused(_("At most %(most)d files at once; these are %(num)d.", most=MOST_FILES, num=len(given)))
    checked = [(file, cleaned(file.filename or ""), _checked(file)) for file in given]
    return [_stored(file, name, found) for file, name, found in checked]


def cleaned(name: str) -> str:
    """A file's name without folders, hidden and direction-turning characters; its ending survives a cut."""
    base = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    plain = "".join(c for c in base if unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Zl", "Zp")).strip(" .")
    stem, dot, ending = plain.rpartition(".")
    if not dot or len(ending) > LONGEST_ENDING:
        return plain[:LONGEST_NAME] or "file"
    return f"{stem[: LONGEST_NAME - len(ending) - 1] or 'file'}.{ending}"


def _checked(file: FileStorage) -> _Found:
    name, head = cleaned(file.filename or ""), file.stream.read(HEAD)
    file.stream.seek(0)
    if not head:
        raise FileRefused(_("“%(name)s” is empty.", name=name))
    kind = filetype.guess(head)
    if kind is None or kind.mime not in ALLOWED:
        raise KindRefused(
            _("“%(name)s” is of a kind that is not taken: send photos, PDF, Word, Excel, sound or film.", name=name)
        )
    media_type, endings = ALLOWED[kind.mime]
    if name.rpartition(".")[2].lower() not in endings:
        raise FileRefused(
            _("“%(name)s” is not what its name says; it looks like %(kind)s.", name=name, kind=kind.extension)
        )
    _decode(file.stream, media_type, name)
    return _measured(file.stream, media_type, name)


def _decode(stream: IO[bytes], media_type: str, name: str) -> None:
    """Pictures are opened by their own decoder only, and never ones of a monstrous size."""
    if media_type not in DECODED:
        return
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(stream, formats=[DECODED[media_type]]) as picture:
                if picture.width * picture.height > MOST_PIXELS:
                    raise FileRefused(_("“%(name)s” has too many pixels.", name=name))
                picture.verify()
    except FileRefused:
        raise
    except Exception:  # a decoder may fail in any way on bytes made to break it
        raise FileRefused(_("“%(name)s” is damaged: it cannot be opened as a picture.", name=name)) from None
    finally:
        stream.seek(0)


def _measured(stream: IO[bytes], media_type: str, name: str) -> _Found:
    digest, size = hashlib.sha256(), 0
    while chunk := stream.read(CHUNK):
        digest.update(chunk)
        size += len(chunk)
        if size > settings().max_upload_bytes:
            raise FileRefused(_("“%(name)s” is larger than %(most)d MB.", name=name, most=settings().max_upload_mb))
    stream.seek(0)
    return _Found(media_type, size, digest.hexdigest())


def _stored(file: FileStorage, name: str, found: _Found) -> Evidence:
    try:
        _keep(file.stream, path_of(found.digest))
    except OSError as error:
        log.failed(error)
        told = _(
            "“%(name)s” could not be stored: the server has no room for it. Please tell the administrator.", name=name
        )
        raise FileRefused(told) from None
    return Evidence(
        key=secrets.token_hex(16), name=name, media_type=found.media_type, size=found.size, digest=found.digest
    )


def _keep(stream: IO[bytes], place: Path) -> None:
    """Written beside its place and moved there whole, so that nobody ever reads half a file."""
    if place.exists():
        return
    place.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=place.parent, delete=False) as fresh:
        try:
            while chunk := stream.read(CHUNK):
                fresh.write(chunk)
            fresh.flush()
            os.fsync(fresh.fileno())
            os.replace(fresh.name, place)
        except OSError:
            os.unlink(fresh.name)
            raise


def sealed(file: Evidence) -> str:
    """A stored file as a token that only its sender can hand in again."""
    return _seal().dumps([me().id, file.key, file.name, file.media_type, file.size, file.digest])


def unsealed(token: str) -> Evidence | None:
    """The stored file of a token that this person was given; None for any other."""
    try:
        person, *parts = _seal().loads(token)
    except BadData:
        return None
    file = Evidence(*parts)
    return file if person == me().id and path_of(file.digest).is_file() else None


def _seal() -> URLSafeSerializer:
    return URLSafeSerializer(settings().secret_key, salt="evidence")


def path_of(digest: str) -> Path:
    """Where the bytes with this digest lie."""
    return place_of(digest, within=settings().var)


def settings() -> Settings:
    found: Settings = current_app.config["SETTINGS"]
    return found
