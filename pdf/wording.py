"""The company's own words in a letter: plain text, in which a value stands for each name in braces.

A name is looked up among the expressions below, which are the product's and not the company's; nothing that the
company writes is ever carried out. Where a letter lacks one of the values, its standard words are printed instead.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from jinja2 import Environment
from markupsafe import Markup, escape

from pdf.words import Both, Copy, Language

_NAME = re.compile(r"\{([a-z_]{1,40})\}")
# What a copy for outsiders says in place of these.
_OF_COPY = {"opening": "customer_opening", "closing": "customer_closing"}


def _both(zh: str, en: str) -> Both:
    return {"zh": zh, "en": en}


def _where(of: str, expression: str | None = None) -> str:
    """The expression where there is something of which to tell it; else no value."""
    return f"({expression or of}) if {of} else none"


def _bold(of: str, zh: str, en: str) -> Both:
    """A last moment, as the letters print it: 3月17日15时20分前 / before 15:20 on 17 March."""
    return {
        "zh": f'("<b>"|safe ~ {of}|spoken ~ "{zh}</b>"|safe) if {of} else none',
        "en": f'("<b>{en} "|safe ~ {of}|spoken ~ "</b>"|safe) if {of} else none',
    }


# The value of each name, as an expression over what the templates read.
_VALUES: dict[str, str | Both] = {
    "company": "company[lang]",
    "number": "number|number",
    "date": "issued_at|day",
    "time": "issued_at|moment",
    "case": "case_number",
    "address": _where("stationery.address[lang]"),
    "telephone": _where("stationery.telephone"),
    "regulation": _both("regulation.zh", '"<i>"|safe ~ regulation.en ~ "</i>"|safe'),
    "respondent": _where("respondent", "respondent|post_and_name"),
    "department": _both(
        'department.zh if department else "责任部门"', 'department.en if department else "The department"'
    ),
    "receipt": _both(
        '"签收仅表示收到" if number.series == "scorecard" else "签收仅表示收到，不表示同意其内容"',
        '"A signature confirms receipt only" if number.series == "scorecard"'
        ' else "A signature confirms receipt, not agreement"',
    ),
    # Targets and briefings.
    "unit": "target.unit[lang]",
    "year": "target.year",
    "signs": _where("target.head", "target.head|post_and_name"),
    "replaces": _both(
        '"本责任书自签发之日起代替" ~ replaced.number|number ~ "。" if replaced else ""',
        '" From the day of issue this letter takes the place of " ~ replaced.number|number ~ "." if replaced else ""',
    ),
    "month_told": "briefing.month|month",
    # Complaints.
    "customer": "customer",
    "filed_on": "complaint.filed_at|day",
    "statutory_due": "complaint.statutory_due|spoken",
    "complaint_form": 'part.cited("complaint_form")',
    "result_report": 'part.cited("result_report")',
    "ended_at": "issued_at|spoken",
    "appellant": _both(
        _where("appeal", "part.called(appeal.by)"),
        _where("appeal", '"You" if recipients == [appeal.by] else appeal.by|post_and_name'),
    ),
    "appealed_on": _where("appeal", "appeal.at|day"),
    "appeal_form": _where("appeal and appeal.letter", "appeal.letter.number|number"),
    "opinion_given": _both(
        _where("appeal", '"部门主管已提报意见。" if appeal.opinion else ""'),
        _where("appeal", '"The head of department gave an opinion. " if appeal.opinion else ""'),
    ),
    "points_provisional": _both(
        '"申诉期间，已记分值保持暂记；" if provisional else ""',
        '"While the appeal is open the points stay provisional. " if provisional else ""',
    ),
    "suspension": _both(
        '"（" ~ earlier.suspension_notice.number|number ~ "，" ~ earlier.suspension_notice.issued_at|day ~ "）"'
        ' if earlier.suspension_notice else ""',
        '" (" ~ earlier.suspension_notice.number|number ~ ", " ~ earlier.suspension_notice.issued_at|day ~ ")"'
        ' if earlier.suspension_notice else ""',
    ),
    "resolution": _both(
        '"（" ~ earlier.resolution_letter.number|number ~ "，" ~ earlier.resolution_letter.issued_at|day ~ "）"'
        ' if earlier.resolution_letter else ""',
        '" (" ~ earlier.resolution_letter.number|number ~ ", " ~ earlier.resolution_letter.issued_at|day ~ ")"'
        ' if earlier.resolution_letter else ""',
    ),
    "matter": _both(
        '"有关问题" if complaint.category == "other" else complaint.category|label("category") ~ "方面的问题"',
        '"a problem" if complaint.category == "other" else "a problem with " ~ complaint.category|label("category")',
    ),
    "follow_up": _both(
        '(next.due|day ~ "之前，客户关系部" ~ (next.by[0]|name if next.by|length == 1 else "")'
        ' ~ "会再给您打一个电话，听听您还有什么想法。") if next else ""',
        '((next.by[0]|name ~ " of customer relations" if next.by|length == 1 else "Customer relations")'
        ' ~ " will call you once more before " ~ next.due|day ~ " to hear what you think. ") if next else ""',
    ),
    "recourse": _both(
        '"也可以拨打12315，请市场监督管理部门或消费者协会帮助解决"',
        '"you may also call 12315, where the market regulator and the consumers’ association help"',
    ),
    # Penalties.
    "rule": "penalty.rule",
    "step": 'penalty.step|label("step")',
    "prior_notice": 'own.titled("prior_notice")',
    "proposed_on": "penalty.proposed_at|day",
    "heard": "own.heard()",
    "defence_due": _bold("penalty.defence_due", "前", "before"),
    "decision": "own.the_decision()",
    "approved_on": _where("penalty.approved_at", "penalty.approved_at|day"),
    "appeal_due": _bold("penalty.appeal_due", "前", "before"),
    "appeal_ended": _where("penalty.appeal_due", "penalty.appeal_due|spoken"),
    "appeal_to": _both(
        'penalty.appeal_to|post_and_name if penalty.appeal_to else "总经理"',
        'penalty.appeal_to|post_and_name if penalty.appeal_to else "the general manager"',
    ),
    "while_appealing": _both(
        '"申诉期间不扣收款项，也不加重处罚"',
        '"Nothing is deducted while the appeal is open, and no penalty is made heavier because of it"',
    ),
    "earlier_case": _both(
        '"处罚 " ~ change.because.case_number ~ ("，" ~ change.because.number|number if change.because.number else "")',
        '"case " ~ change.because.case_number ~ (", " ~ change.because.number|number if change.because.number else "")',
    ),
    "regrade": _both(
        '"（" ~ earlier.regrade_notice.number|number ~ "）" if earlier.regrade_notice else ""',
        '" (" ~ earlier.regrade_notice.number|number ~ ")" if earlier.regrade_notice else ""',
    ),
    "forfeiture": _both(
        '"该月施工提成的数额现已确定" if signer'
        ' else "该月施工提成原由另一处罚扣除，该处罚已被撤销，提成改由本处罚扣除"',
        '"The construction commission of that month is now known." if signer else "Another penalty had forfeited'
        ' the construction commission of that month; it is revoked, and this penalty forfeits the commission instead."',
    ),
    "employment": _both(
        '"你与公司自" ~ ending.contract_since|day ~ "起建立劳动关系。" if ending else ""',
        '"You have been employed by the company since " ~ ending.contract_since|day ~ ". " if ending else ""',
    ),
    # Rewards.
    "reward_rule": "reward.rule",
    "reward_amount": "reward.amount_fen|yuan",
    "reward_month": "reward.month|month",
    "granted_on": "reward.granted_at|day",
    "name": "respondent|name",
    "employed_since": _where("ending", "ending.contract_since|day"),
    "end_on": _where("ending", "ending.end_on|day"),
    # The month.
    "month": '(slip if kind == "deduction_slip" else scorecard).month|month',
    "cap": _both(
        '"每月扣款不超过当月工资的" ~ slip.cap_percent ~ "%，扣后不低于当地最低工资，" ~ ("离职后没有工资可扣，余额不再'
        '从工资中扣收，由人事行政部另行处理" if slip.limited_by == "left" else "余额顺延")',
        '"Deductions in a month never exceed " ~ slip.cap_percent ~ "% of the wage and never leave less than the local'
        ' minimum wage; " ~ ("after the end of employment there is no wage to take from, and human resources deal with'
        ' the rest in another way" if slip.limited_by == "left" else "the rest is carried forward")',
    ),
    "month_closes": _both(
        '"经批准后本月关账，不再改动，此后的冲回和补记计入下一个未关账月份。" if scorecard.closes else ""',
        '" The month is closed and never changes; what is posted or reversed later counts in the first open month."'
        ' if scorecard.closes else ""',
    ),
    "pay_by": "scorecard.pay_by|day",
    "limit": _both(
        'next.due|moment if next else "照原规定"', '"by " ~ next.due|moment if next else "within the usual time"'
    ),
}
NAMES = frozenset(_VALUES)


class Passages:
    """The company's own words in one letter, by their place; empty where the standard words stand."""

    def __init__(
        self, texts: Mapping[str, str], environment: Environment, context: dict[str, Any], lang: Language, copy: Copy
    ) -> None:
        # A leader's copy tells the leader's own part: what is said to the respondent is not for it.
        self._texts = {} if copy == "leader" else texts
        self._environment, self._context, self._lang, self._copy = environment, context, lang, copy

    def __getitem__(self, place: str) -> Markup:
        """The paragraphs for a place of a letter."""
        return Markup("\n").join(Markup("<p>{}</p>").format(line) for line in self._lines(self._key(place)))

    @property
    def note(self) -> Markup:
        """The words under a form, in one paragraph."""
        return Markup("<br>").join(self._lines("closing"))

    def value(self, name: str) -> Markup | None:
        """What stands for a name in this letter; None where it has no such value."""
        found = value_of(name, self._environment, self._context, self._lang)
        return escape(found) if found is not None else None

    def _key(self, place: str) -> str:
        return _OF_COPY.get(place, place) if self._copy == "customer" else place

    def _lines(self, place: str) -> list[Markup]:
        text = self._texts.get(place)
        if not text:
            return []
        filled = [self._filled(line.strip()) for line in text.split("\n") if line.strip()]
        return [] if None in filled else [line for line in filled if line is not None]

    def _filled(self, line: str) -> Markup | None:
        """The line with its values; None when the letter lacks one of them."""
        told, end = Markup(), 0
        for found in _NAME.finditer(line):
            told += line[end : found.start()]
            if (value := self.value(found[1])) is None:
                return None
            told += _capital(value) if self._lang == "en" and _begins_a_sentence(told) else value
            end = found.end()
        return told + line[end:]


def _begins_a_sentence(before: Markup) -> bool:
    return not before or before.endswith((". ", "? ", "! "))


def _capital(value: Markup) -> Markup:
    return Markup(value[:1].upper() + value[1:])  # noqa: S704 - escaped already


def value_of(name: str, environment: Environment, context: Mapping[str, Any], lang: Language) -> Any:
    """The value of a name; None for a name that is none and for a value that this letter lacks."""
    if (expression := _VALUES.get(name)) is None:
        return None
    source = expression if isinstance(expression, str) else expression[lang]
    return _compiled(environment, source)(context)


@cache
def _compiled(environment: Environment, source: str) -> Any:
    return environment.compile_expression(source)
