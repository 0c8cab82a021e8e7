"""What a target letter and a briefing say on their page, from the frozen content."""

from decimal import Decimal
from typing import Any

from flask_babel import gettext as _

from pdf.filters import period
from pdf.words import LABELS
from web.assessment_words import amount
from web.case_words import month as month_words
from web.language import is_chinese
from web.letter_values import Fact, day, dotted, named

Json = dict[str, Any]


def target_facts(content: Json) -> list[Fact]:
    told, language = content["target"], "zh" if is_chinese() else "en"
    head = told["head"]
    lines = [
        Fact(
            named(line["measure"]),
            dotted(
                f"{LABELS['bound'][line['direction']][language]}{_amount(line['value'], line['unit'])}",
                period(line["period"], language), _("from %(day)s", day=day(line["from_day"])), line["reason"],
            ),
        )
        for line in told["lines"]
    ]  # fmt: skip
    return [
        Fact(_("Unit"), named(told["unit"])),
        Fact(_("Signed for it by"), dotted(head["name"], head["post"]) if head else ""),
        Fact(_("Year"), str(told["year"])),
        *lines,
    ]


def briefing_facts(content: Json) -> list[Fact]:
    told = content["briefing"]
    now = told["trend"][-1]
    return [
        Fact(_("Month"), month_words(told["month"])),
        Fact(
            _("Targets reached"), _("%(reached)s of %(compared)s", reached=told["reached"], compared=told["compared"])
        ),
        Fact(_("Answered in 24 hours"), _share(now["answered"])),
        Fact(_("Contacted within a week"), _share(now["contacted"])),
        Fact(_("Complaints"), str(now["complaints"])),
        Fact(_("Open improvement plans"), str(told["plans_in_all"])),
    ]


def texts(content: Json) -> list[Fact]:
    reason = content["said"]["reason"]
    return [Fact(_("Reason"), reason)] if reason else []


def _share(counted: Json) -> str:
    if counted["share"] is None:
        return _("no data")
    return f"{counted['share']}% ({counted['in_time']}/{counted['whole']})"


def _amount(value: str, unit: str) -> str:
    return amount(Decimal(value.replace(",", "")), unit)
