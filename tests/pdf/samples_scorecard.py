"""One sample of every letter of the month: Ma Chao's March 2026, from the draft to the pay slip."""

import copy
from typing import Any

from tests.pdf.samples import COMPANY, LIU, MA, ZHOU, due
from tests.pdf.samples_penalty import QIAN

Content = dict[str, Any]

_AFTER_SALES = {"slug": "after_sales", "zh": "售后服务部", "en": "After-sales"}


def _at(day: int, time: str, month: int = 4) -> str:
    return f"2026-{month:02d}-{day:02d}T{time}:00+08:00"


def _number(series: str, seq: int) -> Content:
    return {"series": series, "year": 2026, "seq": seq}


def _letter(kind: str, seq: int, at: str) -> Content:
    return {"kind": kind, "number": _number("scorecard", seq), "issued_at": at}


def _line(
    day: int, action: str, process: str, seq: int, rule: str, points: str, balance: str, **more: object
) -> Content:
    return {
        "at": _at(day, "10:00", 3),
        "action": action,
        "process": process,
        "case_number": f"2026-{seq}",
        "number": _number(process, seq),
        "rule": rule,
        "points": points,
        "balance": balance,
        "is_reversal": False,
    } | more


_CARD: Content = {
    "month": "2026-03",
    "base_fen": 200_000,
    "start": "100.00",
    "lines": [
        _line(3, "accept", "complaint", 12, "CS-5", "-5.00", "95.00"),
        _line(10, "approve", "penalty", 4, "CS-8", "-5.00", "90.00"),
        _line(18, "accept", "complaint", 24, "CS-5", "-2.00", "88.00"),
        _line(25, "withdraw", "complaint", 27, "CS-6", "2.00", "90.00", is_reversal=True),
    ],
    "provisional": [_line(30, "assign", "complaint", 33, "CS-3", "-5.00", "")],
    "final_sum": "-10.00",
    "score": "90.00",
    "factor": "1.00",
    "factor_reason": None,
    "pass_mark": 60,
    "is_below_pass": False,
    "mode": "A",
    "deduction_percent": 30,
    "pay_fen": 180_000,
    "formula_zh": "＝ 2,000.00 × 90.00 ÷ 100 × 1.00 ＝ 1,800.00 元",
    "formula_en": "= 2,000.00 × 90.00 ÷ 100 × 1.00 = CNY 1,800.00",
    "money": [
        {
            "kind": "fine",
            "amount_fen": 5_000,
            "case_number": "2026-2",
            "number": _number("penalty", 4),
            "note_zh": "3月17日生效，4月发薪日扣收",
            "note_en": "final on 17 March, taken on the pay day of April",
        }
    ],
    "reviewed": None,
    "verified": None,
    "approved": None,
    "paid": None,
    "pay_by": "2026-04-20",
    "closes": False,
}
_REVIEWED = {
    "reviewed": {"by": LIU, "at": _at(13, "09:30"), "note": "3月预约接待及时率由82%升至96%，改进明显。"},
}
_VERIFIED = _REVIEWED | {"verified": {"by": QIAN, "at": _at(15, "16:00"), "note": None}}
_APPROVED = _VERIFIED | {"approved": {"by": ZHOU, "at": _at(17, "10:00")}, "closes": True}
_PAID = _APPROVED | {"paid": {"by": QIAN, "at": _at(20, "09:00")}}

_DRAFT = _letter("scorecard_draft", 11, _at(10, "08:00"))
_REVIEW = _letter("scorecard_review", 20, _at(13, "09:30"))
_VERIFICATION = _letter("scorecard_verification", 29, _at(15, "16:00"))
_APPROVAL = _letter("scorecard", 38, _at(17, "10:00"))

_CASE: Content = {
    "schema": 1,
    "template_version": "2026.1",
    "company": COMPANY,
    "case_number": "2026-03 · 马超",
    "rule": "PAY-4",
    "rules": [
        {
            "id": "PAY-4",
            "zh": "每月10日至15日汇总上月考核事项，由部门主管审核、合计。",
            "en": "On days 10 to 15 the previous month's items are collected; heads review and total them.",
        }
    ],
    "regulation": {
        "zh": "客户满意度与绩效考核制度",
        "en": "Customer Satisfaction and Performance Regulation",
        "edition": "2026-1",
        "in_force_from": "2026-01-01",
    },
    "department": _AFTER_SALES,
    "head": LIU,
    "respondent": MA,
    "acting_for": None,
    "said": {"reason": None, "note": None},
    "recipients": [],
    "entries": [],
    "refs": [],
    "attachments": [],
    "next": None,
}

_STEPS: dict[str, Content] = {
    "scorecard_draft": _DRAFT
    | {"signer": None, "signed_as": "system", "recipients": [LIU, MA], "next": due("review", _at(15, "18:00"), LIU)},
    "scorecard_review": _REVIEW
    | {"signer": LIU, "signed_as": "department_head", "recipients": [QIAN, MA], "scorecard": _REVIEWED}
    | {"next": due("verify", _at(16, "18:00"), QIAN), "refs": [_DRAFT]},
    "scorecard_verification": _VERIFICATION
    | {"signer": QIAN, "signed_as": "human_resources", "recipients": [ZHOU], "scorecard": _VERIFIED}
    | {"next": due("approve", _at(17, "18:00"), ZHOU), "refs": [_DRAFT, _REVIEW]},
    "scorecard_return": _letter("scorecard_return", 21, _at(14, "11:00"))
    | {"signer": QIAN, "signed_as": "human_resources", "recipients": [LIU], "scorecard": _REVIEWED}
    | {
        "said": {"reason": "第3项客诉已于3月25日撤诉，请核对冲回是否记入本月。", "note": None},
        "next": due("review", _at(15, "18:00"), LIU),
        "refs": [_DRAFT, _REVIEW],
    },
    "scorecard": _APPROVAL
    | {"signer": ZHOU, "signed_as": "general_manager", "recipients": [MA, LIU, QIAN], "scorecard": _APPROVED}
    | {"refs": [_DRAFT, _REVIEW, _VERIFICATION]},
    "pay_slip": _letter("pay_slip", 47, _at(20, "09:00"))
    | {"signer": QIAN, "signed_as": "human_resources", "recipients": [MA], "scorecard": _PAID}
    | {"refs": [_DRAFT, _REVIEW, _VERIFICATION, _APPROVAL]},
}

BELOW_PASS: Content = {
    "lines": [_line(9, "approve", "penalty", 6, "CS-8", "-45.00", "55.00")],
    "provisional": [],
    "final_sum": "-45.00",
    "score": "55.00",
    "base_fen": 100_000,
    "is_below_pass": True,
    "pay_fen": 38_500,
    "formula_zh": "＝ 1,000.00 × 55.00 ÷ 100 × 1.00 × 70% ＝ 385.00 元",
    "formula_en": "= 1,000.00 × 55.00 ÷ 100 × 1.00 × 70% = CNY 385.00",
    "money": [],
}

KINDS = tuple(_STEPS)


def sample(kind: str, **changes: object) -> Content:
    """A fresh content of the kind; `scorecard={...}` changes single facts of the month."""
    step = _STEPS[kind]
    content = copy.deepcopy(_CASE | step | changes) | {"kind": kind}
    content["scorecard"] = copy.deepcopy(_CARD | step.get("scorecard", {}) | changes.get("scorecard", {}))  # type: ignore[attr-defined,operator]
    return content
