"""Finding in what people write what not every reader may read: a customer, however spelled, and in a
letter to the customer the colleague under complaint and the company's discipline.

Pages and papers hide the same things with these patterns. Depends on nothing of the product.
"""

import re
import unicodedata
from collections.abc import Iterable

HONORIFICS = {"女士": "Ms", "小姐": "Ms", "太太": "Mrs", "先生": "Mr"}
# 郑总, 郑大姐: how people also call a customer. What colleagues are called as well, 师傅 or 经理, is not here.
FAMILIAR = ("总", "老板", "老师", "阿姨", "大姐", "大哥")
A_MOBILE_NUMBER = re.compile(r"(?<!\d)[1１][3-9３-９]\d(?:[ \-－.·]?[\d*]{4}){2}(?!\d)")
# A customer is never told who was or was not punished. 警告灯 is a lamp, and a customer's 批评 is welcome.
_DISCIPLINE = re.compile(
    r"处分|[罚罰]|扣分|扣减|扣发|记分|计分|绩效|考核|申诉|作废|裁决|辞退|开除|解雇|停职|撤职|降职|检讨|奖金|当事人|抱怨单|"
    r"(?<![您的])批评(?!指正|和?建议|意见)|警告(?!灯|标|提示|音|信息)"
)
_DISCIPLINE_IN_ENGLISH = re.compile(
    r"\b(?:penal\w*|fined|fines|demerit\w*|points?|appeal\w*|void\w*|ruling|disciplin\w*|dismiss\w*|sacked)\b",
    re.IGNORECASE,
)
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


def without_name(text: str, name: str, word: str) -> str:
    """`text` with `word` for the person however addressed; 客户郑女士 becomes 客户, and not 客户客户."""
    told = called(name).sub(word, text)
    return re.sub(rf"({re.escape(word)})\s*{re.escape(word)}", r"\1", told, flags=re.IGNORECASE)


def called(name: str | None) -> re.Pattern[str]:
    """Every way in which a text may call the customer of this name."""
    name = (name or "").strip()
    if not name:
        return NOTHING
    if not is_chinese(name):
        last = re.escape(name.split()[-1])
        return re.compile(rf"\b(?:{re.escape(name)}|(?:mr|ms|mrs|miss)\.? {last})\b", re.IGNORECASE)
    bare = name.removesuffix(honorific(name))
    family = surname(name)
    ways = [name, bare, *(family + word for word in (*HONORIFICS, *FAMILIAR)), f"老{family}"]
    # A single character would hide a part of other people's names.
    longest_first = sorted({way for way in ways if len(way) > 1}, key=len, reverse=True)
    return re.compile("|".join(map(re.escape, longest_first)) or "(?!)")


def written(secrets: Iterable[str | None]) -> re.Pattern[str]:
    """Plates and numbers in any case and width, with or without gaps; a plate also without its province."""
    spelled = [_spelled(secret) for secret in secrets if secret]
    return re.compile("|".join(filter(None, spelled)) or "(?!)")


def colleague(name: str, post: str = "") -> re.Pattern[str]:
    """Every way in which a text may call a colleague of this name and post."""
    family = re.escape(surname(name))
    # 小马 is a colleague only where a sentence goes on after the name; 小马达 is a motor.
    goes_on = "(?=[，。、；的在将会已说也又被把向为对给与和没未不是]|$)"
    posts = "顾问|师傅|技师|经理|主管|总监|组长|专员"
    title = rf"(?:{re.escape(post)})?" if post else ""
    return re.compile(rf"{title}{re.escape(name)}|[小老]{family}{goes_on}|{family}(?:{posts})")


def unfit_for_customers(text: str) -> str | None:
    """The first word of the company's own discipline in `text`, however it is spaced; None if there is none."""
    plain = "".join(c for c in unicodedata.normalize("NFKC", text) if unicodedata.category(c) != "Cf")
    found = _DISCIPLINE.search(re.sub(r"\s", "", plain)) or _DISCIPLINE_IN_ENGLISH.search(plain)
    return found[0] if found else None


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
