"""The words of the case page: what each act is called before, during and after it is done.

One table; who may act and what follows is decided in `workflow` and computed by the page's parts.
"""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from babel.dates import format_date
from babel.lists import format_list
from flask_babel import get_locale, ngettext
from flask_babel import gettext as _

from models import Complaint, Letter, Severity
from pdf.words import TITLES
from web import filters, moment
from web.label import label
from web.language import is_chinese
from web.session import now
from workflow import veil
from workflow.act_words import COMPLAINT_WORDS as WORDS
from workflow.limit import Limit
from workflow.process import N_
from workflow.roles import Actor

LONGEST_TITLE = 28
SENTENCE_ENDS = "。！？!?；;\n"
CLAUSE_ENDS = "，,、：:"


# What a running clock waits for, to stand after the name of whoever it waits for.
AWAITED = {
    "assign": N_("is to assign it"),
    "answer": N_("is to accept or appeal"),
    "endorse": N_("is to submit the appeal or not"),
    "rule": N_("is to rule"),
    "complete": N_("is to complete the handling"),
    "report": N_("is to report the result"),
    "verify": N_("is to check the result"),
    "follow_up": N_("is to contact the customer again"),
}

# The same as a task, after “has until …”.
TASKS = {
    "assign": N_("to assign it"),
    "answer": N_("to accept or appeal"),
    "endorse": N_("to submit the appeal or not"),
    "rule": N_("to rule"),
    "complete": N_("to complete the handling"),
    "report": N_("to report the result"),
    "verify": N_("to check the result"),
    "follow_up": N_("to contact the customer again"),
}

# The same as a request to the reader, with the moment until which it has to be met.
REQUESTS = {
    "assign": N_("Please assign it by %(moment)s"),
    "answer": N_("Please accept or appeal by %(moment)s"),
    "endorse": N_("Please submit the appeal or not by %(moment)s"),
    "rule": N_("Please rule by %(moment)s"),
    "complete": N_("Please complete the handling by %(moment)s"),
    "report": N_("Please report the result by %(moment)s"),
    "verify": N_("Please check the result by %(moment)s"),
    "follow_up": N_("Please contact the customer again by %(moment)s"),
}


def done(action: str, department: str = "") -> str:
    """What was done, to stand after the name of who did it."""
    if action == "assign" and not department:
        return _("assigned it")
    return _(WORDS[action].done, department=department)


def changed_value(key: str, value: Any) -> str:
    """One side of what a varied ruling changed, as the event keeps it."""
    if value is None:
        return _("nobody named")
    if key == "severity":
        return label(Severity(value))
    if key == "respondent":
        return str(value["name"])
    return str(value["zh" if is_chinese() else "en"])


def letter_title(kind: str) -> str:
    """The title of a letter's kind in the reader's language, as the paper has it."""
    return TITLES[kind]["zh" if is_chinese() else "en"]


def quoted_title(kind: str) -> str:
    """《客诉单作废裁决书》 · the Void Certificate."""
    return _("the %(title)s", title=letter_title(kind))


def named_letter(letter: Letter) -> str:
    """《客户抱怨单》客诉〔2026〕35号 · the Complaint Form 客诉〔2026〕35号."""
    return _("%(title)s %(number)s", title=quoted_title(letter.kind), number=filters.letter_number(letter))


def names(people: Iterable[str]) -> str:
    """马超、刘洋和孙悦 · Ma Chao, Liu Yang and Sun Yue."""
    return format_list(list(people), locale=get_locale())


def limit_in_words(limit: Limit) -> str:
    """24 小时 · 3 个工作日 · 7 天."""
    if limit.working_days is not None:
        return ngettext("%(num)d working day", "%(num)d working days", limit.working_days)
    if limit.working_hours is not None:
        return ngettext("%(num)d working hour", "%(num)d working hours", limit.working_hours)
    if limit.days is not None:
        return ngettext("%(num)d day", "%(num)d days", limit.days)
    return ngettext("%(num)d hour", "%(num)d hours", limit.hours or 0)


def case_title(complaint: Complaint, actor: Actor) -> str:
    """The case as one sentence: 方先生：维修前未告知额外收费; without the name where it is hidden."""
    name = veil.customer_name(complaint, actor)
    about = first_sentence(veil.words(complaint.description, complaint, actor, customer=_("the customer")))
    if name is None:
        return _("A customer says: %(about)s", about=about)
    return _("%(name)s: %(about)s", name=name, about=about)


def first_sentence(text: str) -> str:
    """The beginning of `text` up to its first end of a sentence, cut at a clause where it is long."""
    sentence = _until(text.strip(), SENTENCE_ENDS)
    if len(sentence) <= LONGEST_TITLE * (1 if _is_dense(sentence) else 2):
        return sentence
    return _cut(sentence, LONGEST_TITLE if _is_dense(sentence) else LONGEST_TITLE * 2)


def _until(text: str, ends: str) -> str:
    found = [position for end in ends if (position := text.find(end)) > 0]
    return text[: min(found)] if found else text


def _is_dense(text: str) -> bool:
    """Chinese says in one character what takes a word elsewhere."""
    return any(ord(character) >= 0x2E80 for character in text)


def _cut(sentence: str, longest: int) -> str:
    head = sentence[:longest]
    clause = max(head.rfind(end) for end in CLAUSE_ENDS)
    if clause >= longest // 3:
        return head[:clause]
    return head.rstrip() + "…"


def series(parts: Iterable[str]) -> str:
    """Parts of a sentence side by side, with the comma of the reader's language."""
    return ("，" if is_chinese() else ", ").join(parts)


def sentences(parts: Iterable[str]) -> str:
    """Whole sentences one after the other; Chinese puts no space between them."""
    return ("" if is_chinese() else " ").join(part for part in parts if part)


def moment_of(at: datetime) -> str:
    """A moment inside a sentence: 请在今天 14:00 前, but 请在 3月4日（周三）16:00 前."""
    words = moment.weekday_moment(at)
    return f" {words}" if is_chinese() and words[:1].isdigit() else words


def month(name: str) -> str:
    """`2026-03` as 3 月 · March; with the year when it is not this one."""
    year, _dash, number = name.partition("-")
    if int(year) != moment.local(now()).year:
        return moment.month(name)
    first = date.fromisoformat(f"{name}-01")
    return f"{int(number)} 月" if is_chinese() else format_date(first, "MMMM", locale=get_locale())


def any_of(words: Iterable[str]) -> str:
    """待答复或待裁决 · Awaiting answer or Awaiting ruling."""
    return format_list(list(words), style="or", locale=get_locale())
