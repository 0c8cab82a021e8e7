"""How values look on paper: numbers, days, points, names and long texts, in both languages.

Every filter takes the language last, so that each language's environment can bind it once.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from itertools import pairwise
from typing import Any

import cn2an
from markupsafe import Markup, escape

from pdf.words import LABELS, NOT_PRINTABLE, SERIES, TITLES, Language
from privacy import is_chinese

Who = Mapping[str, Any]

_NUMERALS = "一二三四五六七八九十"
_MONTHS = ("January February March April May June July August September October November December").split()


def for_language(lang: Language) -> dict[str, Callable[..., Any]]:
    """The filters of one language's templates, by name."""
    bound = (number, series, day, moment, spoken, month, label, edition, clause, excerpt, paragraphs)
    people = (full_name, post_and_name, several, name, office, department)
    others = (points_in_words, heading, standing, title_of, yuan, capital, short_day, months, service, period)
    named = {f.__name__: partial(f, lang=lang) for f in (*bound, *people, *others)}
    plain = (points, score, exact, money, round_money, spread, grouped, capitalise)
    return named | {f.__name__: f for f in plain}


def number(letter: Mapping[str, Any], lang: Language) -> str:
    series = SERIES[letter["series"]][lang]
    if lang == "zh":
        return f"{series}〔{letter['year']}〕{letter['seq']}号"
    return f"{series} [{letter['year']}] No. {letter['seq']}"


def series(value: str, lang: Language) -> str:
    """处罚 / Penalty."""
    return SERIES[value][lang]


def day(value: str, lang: Language) -> str:
    on = date.fromisoformat(value[:10])
    if lang == "zh":
        return f"{on.year}年{on.month}月{on.day}日"
    return f"{on.day} {_MONTHS[on.month - 1]} {on.year}"


def moment(value: str, lang: Language) -> str:
    at = datetime.fromisoformat(value)
    return f"{day(value, lang)}{' ' if lang == 'zh' else ', '}{at:%H:%M}"


def spoken(value: str, lang: Language) -> str:
    """A moment in running text: 2026年3月17日15时20分 / 15:20 on 17 March 2026."""
    at = datetime.fromisoformat(value)
    if lang == "en":
        return f"{at:%H:%M} on {day(value, lang)}"
    return f"{day(value, lang)}{at.hour}时" + (f"{at.minute:02d}分" if at.minute else "")


def month(value: str, lang: Language) -> str:
    year, of_year = value.split("-")
    return f"{year}年{int(of_year)}月" if lang == "zh" else f"{_MONTHS[int(of_year) - 1]} {year}"


def period(value: str, lang: Language) -> str:
    """2026年 · 2026年第一季度 · 2026年上半年 · 2026年3月 / 2026 · Q1 2026 · H1 2026 · March 2026."""
    year, _, rest = value.partition("-")
    if rest.isdigit():
        return month(value, lang)
    if lang == "en":
        return f"{rest} {year}".strip()
    if not rest.startswith("Q"):
        return f"{year}年{ {'': '', 'H1': '上半年', 'H2': '下半年'}[rest] }"
    return f"{year}年第{_NUMERALS[int(rest[1:]) - 1]}季度"


def points(value: str) -> str:
    """Points for tables, with their sign: −5, +2.50, 0."""
    amount = Decimal(value)
    sign = "−" if amount < 0 else "+" if amount > 0 else ""
    return sign + _plain(amount)


def score(value: str) -> str:
    """The points that an account has, out of a hundred: 95."""
    return _plain(Decimal(value))


def points_in_words(value: str, lang: Language) -> str:
    """Points for running text, where the body fonts have no minus sign."""
    amount = Decimal(value)
    if lang == "en":
        return f"{'minus' if amount < 0 else 'plus'} {_plain(amount)} points" if amount else "0 points"
    return f"{'扣减' if amount < 0 else '加回'}{_plain(amount)}分" if amount else "0分"


def _plain(amount: Decimal) -> str:
    whole = amount == amount.to_integral_value()
    return f"{abs(amount):.0f}" if whole else f"{abs(amount):.2f}"


def exact(value: str) -> str:
    """Points for a score sheet, always with two decimals: −5.00, +2.00, 0.00."""
    amount = Decimal(value)
    sign = "−" if amount < 0 else "+" if amount > 0 else ""
    return f"{sign}{abs(amount):.2f}"


def money(fen: int) -> str:
    """1,800.00; −50.00."""
    return f"{'−' if fen < 0 else ''}{abs(fen) // 100:,}.{abs(fen) % 100:02d}"


def round_money(fen: int) -> str:
    """An amount in running text that says what would be: 100; 1,280.50."""
    return money(fen).removesuffix(".00")


def yuan(fen: int, lang: Language) -> str:
    """50.00 元 / CNY 50.00."""
    return f"{money(fen)} 元" if lang == "zh" else f"CNY {money(fen)}"


def capital(fen: int, lang: Language) -> str:
    """An amount that is decided: 人民币伍拾元整（¥50.00） / CNY 50.00."""
    if lang == "en":
        return yuan(fen, lang)
    words = cn2an.an2cn(f"{fen // 100}.{fen % 100:02d}", "rmb")
    return f"人民币{words}（¥{money(fen)}）"


def short_day(value: str, lang: Language, beside: str = "") -> str:
    """A day inside a table of one year: 3月10日 / 10 March; with its year where that of `beside` is another."""
    on = date.fromisoformat(value[:10])
    if beside and not beside.startswith(str(on.year)):
        return day(value, lang)
    return f"{on.month}月{on.day}日" if lang == "zh" else f"{on.day} {_MONTHS[on.month - 1]}"


def months(number: int, lang: Language) -> str:
    """How long a penalty counts: 十二个月 / 12 months."""
    if lang == "en":
        return _counted(number, "month")
    return f"{cn2an.an2cn(number)}个月"


def service(spent: Mapping[str, int], lang: Language) -> str:
    """How long somebody worked here, without what is nothing: 3年2个月, 3年 / 3 years, 2 months."""
    years, months_more = spent["years"], spent["months"]
    words = (
        (f"{years}年", f"{months_more}个月") if lang == "zh" else (_counted(years, "year"), months(months_more, lang))
    )
    told = [word for number, word in zip((years, months_more), words, strict=True) if number]
    return ("" if lang == "zh" else ", ").join(told or words[1:])


def _counted(number: int, thing: str) -> str:
    return f"1 {thing}" if number == 1 else f"{number} {thing}s"


def label(value: object, kind: str, lang: Language) -> str:
    """The printed word for a channel, category, severity, status …; unknown values as they are."""
    words = LABELS[kind].get(str(value))
    return words[lang] if words else str(value)


def standing(entry: Mapping[str, str], lang: Language) -> str:
    """What became of the points by this step: provisional, final, now final, reversed."""
    posted = entry["effect"] == "posted"
    return label(entry["status"] if posted else entry["effect"], "status", lang)


def edition(value: str, lang: Language) -> str:
    if not (parts := re.fullmatch(r"(\d{4})-(\d+)", value)):
        return f"{value}版" if lang == "zh" else f"edition {value}"
    year, of_year = parts.groups()
    return f"{year}年第{of_year}版" if lang == "zh" else f"edition {of_year} of {year}"


def clause(rule: Mapping[str, str], lang: Language) -> str:
    """The text of a rule without its last full stop, to stand inside a sentence."""
    return rule[lang].strip().rstrip("。.")


def excerpt(text: str, lang: Language, room: int = 160) -> str:
    """The beginning of a long text, cut after a sentence where one ends in time; a note under it stays."""
    text, note, _ = text.partition("\n" + NOT_PRINTABLE[lang])
    text = re.sub(r"(?<=[。！？；：，…”])\s+", "", " ".join(text.split()))
    if len(text) > room:
        end = max(text.rfind(mark, room // 2, room) + len(mark) for mark in ("。", "！", "？", ". "))
        text = text[: end if end > room // 2 else room].rstrip() + ("……" if lang == "zh" else " …")
    return text + note


def name(who: Who, lang: Language) -> Markup:
    """A name; whole in another face when the Chinese body font lacks one of its characters."""
    return _name(who["name"])


def _name(text: str) -> Markup:
    if all(map(_is_in_the_body_font, text)):
        return escape(text)
    return Markup('<span class="nm-x">{}</span>').format(text)


def _is_in_the_body_font(character: str) -> bool:
    # 仿宋 and 楷体 have GB 2312 and little else; the rule must not depend on what is installed.
    try:
        return character == "·" or bool(character.encode("gb2312"))
    except UnicodeEncodeError:
        return False


def department(of: Mapping[str, str] | None, lang: Language) -> str:
    return of[lang] if of else "—"


def full_name(who: Who, lang: Language) -> Markup:
    """售后服务部服务顾问马超 / 马超 (服务顾问, After-sales)."""
    if lang == "en":
        place = ", ".join(filter(None, (who["post"], office(who, lang))))
        return Markup("{} ({})").format(name(who, lang), place) if place else name(who, lang)
    # A general manager stands for the company, not for an office.
    of = "" if who["post"].endswith("总经理") else office(who, lang)
    return Markup("{}{}{}").format(of, who["post"], name(who, lang))


def office(who: Who, lang: Language) -> str:
    """The department of the person on that day, if they had one."""
    return str(who["department"][lang]) if who["department"] else ""


def post_and_name(who: Who, lang: Language) -> Markup:
    """服务顾问马超 / 马超 (服务顾问)."""
    if not who["post"]:
        return name(who, lang)
    pattern = Markup("{post}{name}") if lang == "zh" else Markup("{name} ({post})")
    return pattern.format(post=who["post"], name=name(who, lang))


def several(people: Sequence[Who], lang: Language) -> Markup:
    """售后服务部服务总监刘洋、服务顾问马超，客户关系部客关专员孙悦."""
    if lang == "en":
        return Markup("; ").join(full_name(who, lang) for who in people)
    told = full_name(people[0], lang) if people else Markup()
    for before, who in pairwise(people):
        same = before["department"] == who["department"]
        told += Markup("、{}").format(post_and_name(who, lang)) if same else Markup("，{}").format(full_name(who, lang))
    return told


def heading(title: str, position: int, lang: Language) -> str:
    """一、查明的事实 / 1. Facts."""
    return f"{_NUMERALS[position - 1]}、{title}" if lang == "zh" else f"{position}. {title}"


def paragraphs(text: str | None, css: str = "", *, lang: Language) -> Markup:
    """A long text as paragraphs, one for each line that its writer wrote."""
    opening = Markup("<p{}>").format(_attributes(css, foreign=lang == "en" and is_chinese(text or "")))
    lines = (line.strip() for line in (text or "—").splitlines())
    return Markup("\n").join(opening + line + Markup("</p>") for line in lines if line)


def _attributes(css: str, *, foreign: bool) -> Markup:
    """Chinese words in an English letter keep their own full-width punctuation."""
    classes = f"{css} zh".strip() if foreign else css
    attribute = Markup(' class="{}"').format(classes) if classes else Markup()
    return attribute + (Markup(' lang="zh-CN"') if foreign else "")


def spread(words: str) -> str:
    """A label of two or three characters spread to the width of four."""
    if len(words) == 2:
        return f"{words[0]}\u3000\u3000{words[1]}"
    return " ".join(words) if len(words) == 3 else words


def grouped(digest: str) -> str:
    """The first 16 digits of the digest in fours."""
    return " ".join(digest[start : start + 4] for start in range(0, 16, 4))


def capitalise(text: str) -> str:
    """The first letter of a sentence as a capital; the rest stays as it is."""
    return text[:1].upper() + text[1:]


def title_of(kind: str, lang: Language) -> str:
    return TITLES[kind][lang] if kind in TITLES else kind
