"""One sample of every letter about a reward: Ma Chao's in March 2026, granted and taken back."""

import copy
from typing import Any

from tests.pdf.samples import COMPANY, LIU, MA, ZHOU
from tests.pdf.samples_penalty import QIAN

Content = dict[str, Any]


def _at(day: int, time: str) -> str:
    return f"2026-04-{day:02d}T{time}:00+08:00"


def _letter(kind: str, seq: int, at: str) -> Content:
    return {"kind": kind, "number": {"series": "reward", "year": 2026, "seq": seq}, "issued_at": at}


def _money(fen: int, effect: str, total: int) -> Content:
    return {
        "account": {"zh": "马超", "en": "马超"}, "kind": "reward", "amount_fen": fen, "effect": effect,
        "month": "2026-04", "joint": False, "total_fen": total,
    }  # fmt: skip


_GRANTED = _letter("reward_notice", 3, _at(9, "16:30"))

_CASE: Content = {
    "schema": 1,
    "template_version": "2026.1",
    "company": COMPANY,
    "case_number": "2026-3",
    "rule": "SAL-3",
    "rules": [
        {
            "id": "SAL-3",
            "zh": "销量10台及以上的顾问，得分不低于90分的前三名，分别奖励2000元、1500元、1000元。",
            "en": "Among consultants who sold 10 or more units, the first three with a score of at least 90 are"
                  " rewarded 2000, 1500 and 1000 CNY.",
        }
    ],
    "regulation": {
        "zh": "用户满意度管理办法",
        "en": "Regulation on User Satisfaction",
        "edition": "2026-1",
        "in_force_from": "2026-01-01",
    },
    "department": MA["department"],
    "head": LIU,
    "respondent": MA,
    "signer": ZHOU,
    "acting_for": None,
    "signed_as": "general_manager",
    "said": {"reason": None, "decision": None},
    "recipients": [MA, LIU, QIAN],
    "entries": [],
    "refs": [],
    "attachments": [],
    "next": None,
    "reward": {
        "amount_fen": 175_000,
        "reason": "2026年3月用户满意度得分96.50分，销量10台及以上组并列第1名。",
        "rule": "SAL-3",
        "place": 1,
        "is_shared": True,
        "month": "2026-04",
        "proposed_by": LIU,
        "proposed_at": _at(8, "10:00"),
        "granted_at": _at(9, "16:30"),
    },
}  # fmt: skip

_STEPS: dict[str, Content] = {
    "reward_notice": _GRANTED
    | {
        "reward": {
            "reason": "2026年第一季度用户满意度得分96.50，并列第1名（销量12台）。",
            "reason_en": "Score of satisfaction, Q1 2026: 96.50, place 1, shared (Units sold: 12 cars).",
        },
        "said": {"reason": None, "decision": "两人得分相同，第一名、第二名奖励合计3500元，由两人平分。"},
        "money": [_money(175_000, "posted", 175_000)],
    },
    "reward_withdrawal_notice": _letter("reward_withdrawal_notice", 4, _at(15, "09:20"))
    | {
        "said": {"reason": "复核发现2份答卷重复计入，更正后得分为89.50分，未达到90分。", "decision": None},
        "money": [_money(-175_000, "reversed", 0)],
        "refs": [_GRANTED],
    },
}
KINDS = tuple(_STEPS)


def sample(kind: str, **changes: object) -> Content:
    """A fresh content of the kind; `reward={...}` changes single facts of the reward."""
    content = copy.deepcopy(_CASE | _STEPS[kind] | changes) | {"kind": kind}
    content["reward"] = copy.deepcopy(_CASE["reward"]) | content["reward"]
    return content
