"""Photos that somebody sent, made small enough for a page: turned upright, on white, as JPEG."""

from __future__ import annotations

import warnings
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageOps

from pdf.binder import Picture, Unreadable

# What a page of A4 shows at 200 dots an inch.
LONGEST_SIDE = 2_200
MOST_PIXELS = 100_000_000
QUALITY = 85
FORMATS = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP", "image/gif": "GIF"}


def picture(place: Path, media_type: str) -> Picture:
    """The picture at this place, or Unreadable. Only the decoder of its own kind is asked."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(place, formats=[FORMATS[media_type]]) as image:
                if image.width * image.height > MOST_PIXELS:
                    raise Unreadable("too many pixels")
                return _as_jpeg(image)
    except Unreadable:
        raise
    except Exception as error:  # a decoder may fail in any way on bytes made to break it
        raise Unreadable(f"{type(error).__name__}: {error}") from error


def _as_jpeg(image: Image.Image) -> Picture:
    # A large JPEG is decoded at a fraction of its size, which takes a fraction of the memory.
    image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
    image.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    upright = ImageOps.exif_transpose(image)
    if upright.mode in ("RGBA", "LA", "PA") or "transparency" in upright.info:
        with_alpha = upright.convert("RGBA")
        upright = Image.alpha_composite(Image.new("RGBA", with_alpha.size, "white"), with_alpha)
    kept = BytesIO()
    plain = upright.convert("RGB")
    plain.save(kept, "JPEG", quality=QUALITY)
    return Picture(kept.getvalue(), plain.width, plain.height)
