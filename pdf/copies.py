"""What each copy of a letter shows: whom it hides and which characters it can print.

The full copy names the customer and masks the telephone number. The respondent's copy hides the
customer everywhere, also in what people wrote. The customer's copy names no employee under
complaint and says nothing of penalties, points or appeals. The frozen content itself never changes.
"""

from __future__ import annotations

import copy as copying
import re
from collections.abc import Mapping
from functools import partial
from typing import Any

from pdf import penalty_copies, publication_context, reward_context, scorecard_copies
from pdf.prose import NO_NUMBER, Content, change, hide, printable, printable_with_note
from pdf.words import CUSTOMER, Copy, Language
from privacy import HONORIFICS, colleague, honorific, is_chinese, surname, unfit_for_customers

# Where people's own words stand. Of a name a letter may lose nothing, so names are not here.
_PROSE = {
    "complaint": ("description", "demand"),
    "said": (
        *("reason", "note", "grounds", "opinion", "measures_taken", "result"),
        *("improvement_measures", "answer_to_customer"),
    ),
    "appeal": ("grounds", "opinion"),
    "handling": ("measures_taken", "result", "improvement_measures"),
}
_LABELS = {"complaint": ("vehicle", "vehicle_model", "order_number")}

_SURNAMES = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程"
    "苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝"
    "龚邵万钱严覃武戴莫孔向汤常温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞"
    "左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷盛曲翁冉骆蓝路游辛靳管柴蒙鲍华喻祁蒲房滕"
)
# 向客户致歉 was written for colleagues; the customer reads 向您致歉.
_THE_CUSTOMER_ADDRESSED = re.compile(r"(?<=[向给为与和请对陪])客户(?!关系部|服务|经理|们)")


def shown(content: Mapping[str, Any], *, lang: Language, copy: Copy) -> Content:
    """The content as this copy shows it, with 〓 for every character that no font has."""
    shown = copying.deepcopy(dict(content))
    match content["number"]["series"]:
        case "penalty":
            penalty_copies.show(shown, lang=lang, copy=copy)
        case "scorecard":
            scorecard_copies.show(shown, lang=lang)
        case "reward":
            reward_context.show(shown, lang=lang)
        case "target" | "briefing":
            publication_context.show(shown, lang=lang)
        case _:
            _show(shown, content, lang=lang, copy=copy)
    shown["attachments"] = [printable(name) for name in shown["attachments"]]
    return shown


def _show(shown: Content, content: Mapping[str, Any], *, lang: Language, copy: Copy) -> None:
    if copy == "respondent":
        _hide_the_customer(shown)
        _hide_scores_from_each_other(shown)
    else:
        change(shown, _PROSE, partial(_mask, phone=_phone(content), masked=content["complaint"]["customer_phone"]))
    if copy == "customer":
        _address_the_customer(shown)
    change(shown, _PROSE, partial(printable_with_note, lang=lang))
    change(shown, _LABELS, printable)


def customer_in_text(name: str | None, *, lang: Language) -> str:
    """客户郑女士 / the customer Ms 郑, as running text calls the customer; shortened."""
    shortened = _shortened(name or "", lang)
    if not shortened:
        return CUSTOMER[lang]
    return CUSTOMER[lang] + (" " if lang == "en" else "") + shortened


def salutation(content: Mapping[str, Any], *, lang: Language) -> str:
    """尊敬的郑女士 / Dear Ms 郑."""
    name = (content["complaint"]["customer_name"] or "").strip()
    polite = name.endswith(tuple(HONORIFICS))
    if lang == "en":
        return f"Dear {_shortened(name, lang) if polite else name or 'customer'}"
    return f"尊敬的{_shortened(name, lang) if polite else CUSTOMER['zh'] + name}"


def _shortened(name: str, lang: Language) -> str:
    family, title = surname(name), honorific(name)
    if title:
        return f"{HONORIFICS[title]} {family}" if lang == "en" else family + title
    known = 2 <= len(name) <= 4 and (family in _SURNAMES or len(family) == 2)
    return f"{family}某" if known and lang == "zh" else name


def _hide_scores_from_each_other(content: Content) -> None:
    """A ruling that changes the respondent goes to both; neither reads what the other has in the month."""
    if not (content["change"] and content["change"]["respondent"]):
        return
    for entry in content["entries"]:
        if entry["account_kind"] == "employee":
            entry["balance_after"] = None


def _hide_the_customer(content: Content) -> None:
    case = content["complaint"]
    identifying = [case["vehicle"], case["order_number"]]
    hidden = partial(hide, name=case["customer_name"] or "", phone=_phone(content), also=identifying)
    change(content, _PROSE, hidden)
    content["attachments"] = [hidden(name) for name in content["attachments"]]
    case |= dict.fromkeys(("customer_name", "customer_phone", "vehicle", "order_number"))


def _phone(content: Mapping[str, Any]) -> re.Pattern[str]:
    """The number behind the mask, written in full or masked, with or without gaps."""
    masked = content["complaint"]["customer_phone"] or ""
    start, _, end = (re.sub(r"\D", "", part) for part in masked.partition("****"))
    if not end:
        return NO_NUMBER
    # A short number shows its last two digits only; it is looked for without gaps, or it would be found in dates.
    gap, hidden = ("[ .·-]?", "{1,9}") if start else ("", "{3,5}")
    digits = [*start, f"(?:[\\d*]{gap}){hidden}", *end]
    return re.compile(rf"(?<!\d){gap.join(digits)}(?!\d)")


def _mask(text: str, *, phone: re.Pattern[str], masked: str | None) -> str:
    return phone.sub(masked, text) if masked else text


def _address_the_customer(content: Content) -> None:
    """What was written for colleagues loses what is not the customer's. The customer's own answer loses no
    sentence: it was read for such words before it was accepted."""
    answer = content["said"]["answer_to_customer"]
    change(content, _PROSE, _for_the_customer)
    content["said"]["answer_to_customer"] = answer
    for name, post in _colleagues(content):
        change(content, _PROSE, partial(_without_the_colleague, called=colleague(name, post)))


def _colleagues(content: Content) -> list[tuple[str, str]]:
    """Whoever is or was the respondent, with their post where it is known."""
    present = content["respondent"]
    known = [(present["name"], present["post"])] if present else []
    return [*known, *((name, "") for name in content["respondents"] if not present or name != present["name"])]


def _for_the_customer(text: str) -> str:
    """The text without the sentences that a customer should not read."""
    kept = [s for s in re.split(r"(?<=[。！？\n])|(?<=[.!?] )", text) if not unfit_for_customers(s)]
    return _THE_CUSTOMER_ADDRESSED.sub("您", "".join(kept))


def _without_the_colleague(text: str, *, called: re.Pattern[str]) -> str:
    return called.sub("相关同事" if is_chinese(text) else "our colleague", text)
