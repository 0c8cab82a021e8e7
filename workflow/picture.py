"""A logo or a seal as it may be printed: decoded, turned upright, made no larger than paper needs, written anew.

Only PNG and JPEG are read, each by its own decoder; a drawing in SVG could carry scripts and addresses. What is
kept are pixels and nothing else of the file that was sent.
"""

import hashlib
import warnings
from dataclasses import dataclass
from io import BytesIO

from workflow.process import INVALID, N_, Objection, Refused

FORMATS = ("PNG", "JPEG")
LARGEST_FILE = 2 * 1024 * 1024
MOST_PIXELS = 16_000_000
SMALLEST_SIDE = 32
# What 60 mm of logo and 42 mm of seal need in print.
LARGEST_SIDE = 900


@dataclass(frozen=True)
class Picture:
    """A picture as it is kept and printed, as PNG."""

    digest: str
    width: int
    height: int
    data: bytes


def read(file: bytes, *, field: str) -> Picture:
    """The picture in these bytes; refused beside `field` where it is none, or too large, or too small."""
    if len(file) > LARGEST_FILE:
        raise _refused(N_("The picture is larger than %(most)s MB."), field, most=LARGEST_FILE // 1024 // 1024)
    data, (width, height) = _redrawn(file, field)
    return Picture(hashlib.sha256(data).hexdigest(), width, height, data)


def _redrawn(file: bytes, field: str) -> tuple[bytes, tuple[int, int]]:
    from PIL import Image, ImageFile, ImageOps

    # WeasyPrint has every process that prints accept what is cut off; a logo is whole or none.
    lenient, ImageFile.LOAD_TRUNCATED_IMAGES = ImageFile.LOAD_TRUNCATED_IMAGES, False
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            with Image.open(BytesIO(file), formats=FORMATS) as sent:
                _check_size(sent.size, field)
                drawn = ImageOps.exif_transpose(sent).convert("RGBA")
            drawn.thumbnail((LARGEST_SIDE, LARGEST_SIDE), Image.Resampling.LANCZOS)
            written = BytesIO()
            drawn.save(written, "PNG", optimize=True)
    except Refused:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise _too_many_pixels(field) from None
    except Exception:  # a decoder may fail in any way on bytes made to break it
        raise _refused(N_("This is no picture that can be printed. Send a PNG or a JPEG file."), field) from None
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES = lenient
    return written.getvalue(), drawn.size


def _check_size(size: tuple[int, int], field: str) -> None:
    """Read off the head of the file, before any of it is decoded."""
    if size[0] * size[1] > MOST_PIXELS:
        raise _too_many_pixels(field)
    if min(size) < SMALLEST_SIDE:
        raise _refused(N_("The picture is too small to print: at least %(least)s pixels."), field, least=SMALLEST_SIDE)


def _too_many_pixels(field: str) -> Refused:
    sentence = N_("The picture has too many pixels: at most %(most)s million.")
    return _refused(sentence, field, most=MOST_PIXELS // 10**6)


def _refused(sentence: str, field: str, **values: object) -> Refused:
    return Refused([Objection(INVALID, sentence, field=field, **values)])
