"""Finding a customer in what people write: by name, by number, by plate, however they are spelled.

Pages and papers hide the same things with these patterns. Depends on nothing of the product.
"""

import re
import unicodedata
from collections.abc import Iterable

HONORIFICS = {"女士": "Ms", "小姐": "Ms", "太太": "Mrs", "先生": "Mr"}
A_MOBILE_NUMBER = re.compile(r"(?<!\d)[1１][3-9３-９]\d(?:[ \-－]?[\d*]{4}){2}(?!\d)")
NOTHING = re.compile(r"(?!)")

_COMPOUND_SURNAMES = tuple("欧阳 司马 上官 诸葛 东方 皇甫 尉迟 公孙 慕容 长孙 宇文 司徒 令狐".split())
_GAP = r"[\s·•・.\-－—]*"
_FULL_WIDTH = 0xFEE0  # from A to Ａ
_SHORTEST_SECRET = 4  # shorter ones would be found inside other words and numbers


def is_chinese(text: str) -> bool:
    """Is there a Chinese character in the text?"""
    return re.search(r"[\u3400-\u9fff\U00020000-\U0003ffff]", text) is not None


def surname(name: str) -> str:
    """王 of 王小明, 欧阳 of 欧阳女士."""
    return name[:2] if name.startswith(_COMPOUND_SURNAMES) else name[:1]


def honorific(name: str) -> str:
    """女士 of 郑女士; empty where the name has none."""
    return next((word for word in HONORIFICS if name.endswith(word) and name != word), "")


def called(name: str | None) -> re.Pattern[str]:
    """Every way in which a text may call the customer of this name."""
    name = (name or "").strip()
    if not name:
        return NOTHING
    if not is_chinese(name):
        last = re.escape(name.split()[-1])
        return re.compile(rf"\b(?:{re.escape(name)}|(?:mr|ms|mrs|miss)\.? {last})\b", re.IGNORECASE)
    bare = name.removesuffix(honorific(name))
    ways = [name, bare, *(surname(name) + word for word in HONORIFICS)]
    # A single character would hide a part of other people's names.
    longest_first = sorted({way for way in ways if len(way) > 1}, key=len, reverse=True)
    return re.compile("|".join(map(re.escape, longest_first)) or "(?!)")


def written(secrets: Iterable[str | None]) -> re.Pattern[str]:
    """Plates and numbers in any case and width, with or without gaps; a plate also without its province."""
    spelled = [_spelled(secret) for secret in secrets if secret]
    return re.compile("|".join(filter(None, spelled)) or "(?!)")


def _spelled(secret: str) -> str:
    chars = [char for char in unicodedata.normalize("NFKC", secret).upper() if char.isalnum()]
    if len(chars) < _SHORTEST_SECRET:
        return ""
    province = f"(?:{chars.pop(0)}{_GAP})?" if is_chinese(chars[0]) and len(chars) > _SHORTEST_SECRET else ""
    return rf"(?<![0-9A-Za-z]){province}{_GAP.join(map(_in_any_width, chars))}(?![0-9A-Za-z])"


def _in_any_width(char: str) -> str:
    if not char.isascii():
        return re.escape(char)
    cased = {char, char.lower()}
    return f"[{''.join(sorted(cased | {chr(ord(one) + _FULL_WIDTH) for one in cased}))}]"
