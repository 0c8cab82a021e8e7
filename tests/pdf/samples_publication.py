"""Samples of the letters about a unit's year and a month: the targets of after-sales, the briefing of February."""

import copy
from typing import Any

from tests.pdf.samples import COMPANY, LIU, ZHOU
from tests.pdf.samples_penalty import QIAN

Content = dict[str, Any]

_SUN = {
    "name": "孙悦",
    "post": "客关主管",
    "department": {"slug": "customer_relations", "zh": "客户关系部", "en": "Customer Relations"},
}
_AFTER_SALES = {"zh": "售后服务部", "en": "After-sales"}
_SALES = {"zh": "销售部", "en": "Sales"}
_LIFE = {"zh": "客户全生命周期触点管理办法", "en": "Regulation on Touchpoints of the Customer's Life"}
_KPI = {"zh": "KPI考核办法", "en": "Regulation on KPI"}
_ANSWERED = {"zh": "答复及时率", "en": "Questions answered in time"}
_CONTACTED = {"zh": "移交联系及时率", "en": "Customers contacted in time"}

_ALL: Content = {
    "schema": 1,
    "template_version": "2026.1",
    "company": COMPANY,
    "rule": "LIFE-1",
    "rules": [{
        "id": "LIFE-1",
        "zh": "在客户与公司往来的全过程设置调查触点。各单位每年签订目标责任书，由负责人签字；每月通报目标完成情况。",
        "en": "Customers are surveyed at points along their life with the company. Every unit has a yearly target"
              " letter, signed by its head; results against the target are reported in a monthly briefing.",
    }],
    "regulation": _LIFE | {"edition": "2026-1", "in_force_from": "2026-01-01"},
    "department": None, "head": None, "respondent": None, "acting_for": None,
    "said": {"reason": None, "note": None}, "entries": [], "refs": [], "attachments": [], "next": None,
}  # fmt: skip


def _target(measure: Content, rule: str, words: tuple[str, str], value: str, **more: object) -> Content:
    return {
        "rule": rule, "measure": measure, "words": dict(zip(("zh", "en"), words, strict=True)), "regulation": _LIFE,
        "period": "2026", "value": value, "unit": "percent", "direction": "higher", "weight": None,
        "from_day": "2026-01-01", "reason": None,
    } | more  # fmt: skip


def _result(unit: Content, measure: Content, value: str | None, target: str, achievement: str | None, **more: object):
    return {
        "unit_named": unit, "regulation": _LIFE, "measure": measure, "period": "2026-02", "value": value,
        "target": target, "unit": "percent", "direction": "higher", "achievement": achievement,
        "is_reached": achievement == "100", "before": None,
    } | more  # fmt: skip


def _counted(whole: int, in_time: int, share: str | None) -> Content:
    return {"whole": whole, "in_time": in_time, "share": share}


def _month(month: str, answered: str | None, contacted: str | None, complaints: int) -> Content:
    return {
        "month": month, "answered": _counted(20, 18, answered), "contacted": _counted(8, 7, contacted),
        "complaints": complaints,
    }  # fmt: skip


_SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="520" height="120" viewBox="0 0 520 120">'
    '<path d="M10 90 L110 70 L210 60 L310 40 L410 50 L510 20" fill="none" stroke="#2f5d8a" stroke-width="2"/></svg>'
)

_STEPS: dict[str, Content] = {
    "target_letter": {
        "number": {"series": "target", "year": 2026, "seq": 4}, "issued_at": "2026-04-01T10:00:00+08:00",
        "case_number": "2026-d2", "signer": ZHOU, "signed_as": "general_manager", "recipients": [LIU],
        "said": {"reason": "新增客服一名，提高答复及时率目标。", "note": None},
        "refs": [{"kind": "target_letter", "number": {"series": "target", "year": 2026, "seq": 1},
                  "issued_at": "2026-01-05T09:00:00+08:00"}],
        "target": {
            "year": 2026, "unit": _AFTER_SALES, "head": {"name": LIU["name"], "post": LIU["post"]},
            "lines": [
                _target(_ANSWERED, "LIFE-2",
                        ("时限内答复的提问数÷提问数", "Questions answered within the limit / questions"), "90",
                        from_day="2026-04-01", reason="新增客服一名。"),
                _target(_CONTACTED, "LIFE-3",
                        ("时限内联系的移交客户数÷移交客户数",
                         "Customers contacted within the limit / customers handed over"), "95"),
                _target({"zh": "收入", "en": "Revenue"}, "KPI-1", ("实际收入合计", "Revenue in total"), "9,000,000",
                        unit="yuan", regulation=_KPI, period="2026-Q2", weight="20"),
            ],
            "consequences": [{
                "regulation": _KPI,
                "grades": [
                    {"title": {"zh": "优秀", "en": "Excellent"}, "at_least": "90",
                     "leads_to": [{"zh": "奖金", "en": "bonus"}, {"zh": "晋升", "en": "promotion"}]},
                    {"title": {"zh": "待改进", "en": "To be improved"}, "at_least": "0",
                     "leads_to": [{"zh": "辅导", "en": "coaching"}]},
                ],
            }],
        },
    },
    "briefing": {
        "number": {"series": "briefing", "year": 2026, "seq": 2}, "issued_at": "2026-03-03T09:30:00+08:00",
        "case_number": "2026-02", "signer": _SUN, "signed_as": "customer_relations", "recipients": [ZHOU, LIU, QIAN],
        "briefing": {
            "month": "2026-02", "at": "2026-03-03T09:30:00+08:00",
            "results": [
                _result(_AFTER_SALES, _ANSWERED, "90", "80", "100", before="75"),
                _result(_AFTER_SALES, _CONTACTED, "87.5", "95", "92.11"),
                _result(_SALES, _ANSWERED, "60", "80", "75", before="82.5"),
                _result(_SALES, _CONTACTED, None, "95", None),
            ],
            "best": [_result(_AFTER_SALES, _ANSWERED, "90", "80", "100", before="75")],
            "worst": [_result(_SALES, _ANSWERED, "60", "80", "75", before="82.5")],
            "reached": 1, "compared": 3,
            "services": [
                {"unit_named": _AFTER_SALES, "answered": _counted(20, 18, "90"), "contacted": _counted(8, 7, "87.5")},
                {"unit_named": _SALES, "answered": _counted(5, 3, "60"), "contacted": _counted(0, 0, None)},
            ],
            "trend": [
                _month("2025-09", None, None, 9), _month("2025-10", "70", "80", 12), _month("2025-11", "78", "75", 11),
                _month("2025-12", "82", "85.71", 14), _month("2026-01", "75", "88", 10),
                _month("2026-02", "84", "87.5", 8),
            ],
            "plans": [
                {"number": "2026-3", "title": "保养季缩短等候时间", "unit_named": _AFTER_SALES, "due_on": "2026-03-20",
                 "state": "working"},
                {"number": "2026-1", "title": "交车讲解逐项确认", "unit_named": _SALES, "due_on": None,
                 "state": "done"},
            ],
            "plans_in_all": 2,
            "chart": {"zh": _SVG, "en": _SVG},
        },
    },
}  # fmt: skip

KINDS = tuple(_STEPS)


def sample(kind: str, **changes: object) -> Content:
    """A fresh content of the kind; `briefing={...}` and `target={...}` change single facts."""
    step = _STEPS[kind]
    content = copy.deepcopy(_ALL | step | changes) | {"kind": kind}
    part = "target" if kind == "target_letter" else "briefing"
    content[part] = copy.deepcopy(step[part] | changes.get(part, {}))  # type: ignore[attr-defined,operator]
    return content
