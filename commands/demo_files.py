"""Files for the demo: pictures of a sheet with title, lines and a stamp; recordings in which nobody speaks."""

import io
import random
import wave

from PIL import Image, ImageDraw, ImageFont
from werkzeug.datastructures import FileStorage

from pdf.fonts import chinese_font
from web import uploads
from workflow.evidence import Evidence

SIZE = (900, 640)
PAPER, INK, FAINT, SEAL = "#faf7ef", "#1b2330", "#c9c1ad", "#ab2818"


class Files:
    """Makes the files of a story and stores them as if somebody had sent them."""

    def picture(self, name: str) -> Evidence:
        return _sent(name, _png(name.rpartition(".")[0]))

    def recording(self, name: str) -> Evidence:
        return _sent(name, _silence())


def _sent(name: str, content: bytes) -> Evidence:
    [evidence] = uploads.receive([FileStorage(io.BytesIO(content), filename=name)])
    return evidence


def _silence(seconds: int = 1, rate: int = 8_000) -> bytes:
    kept = io.BytesIO()
    with wave.open(kept, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(1)
        sound.setframerate(rate)
        sound.writeframes(b"\x80" * rate * seconds)
    return kept.getvalue()


def _png(title: str) -> bytes:
    image = Image.new("RGB", SIZE, PAPER)
    draw, chance = ImageDraw.Draw(image), random.Random(title)
    draw.rectangle((24, 24, SIZE[0] - 24, SIZE[1] - 24), outline=FAINT, width=2)
    draw.text((64, 60), title, font=_font(40), fill=INK)
    draw.line((64, 128, SIZE[0] - 64, 128), fill=SEAL, width=3)
    for line in range(9):
        y = 176 + line * 42
        draw.line((64, y, 64 + chance.randint(380, 760), y), fill=FAINT, width=10)
    draw.ellipse((660, 440, 800, 580), outline=SEAL, width=5)
    draw.text((688, 482), "星辰", font=_font(42), fill=SEAL)
    kept = io.BytesIO()
    image.save(kept, "PNG")
    return kept.getvalue()


def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    font = chinese_font()
    return ImageFont.truetype(str(font), size) if font else ImageFont.load_default(size)
