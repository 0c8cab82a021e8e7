"""What several tests of penalties need beside the builders: the third penalty, and what its approval asks for."""

from datetime import timedelta
from typing import Any

from models import Penalty
from tests.builders import PENALTY_PATHS, Desk

UNION = "3月1日通知工会，工会书面回复：无异议。"
FACTS = "未按流程进行交车前检查，客户提车后发现机油盖未拧紧。"
MORE = {"submit": {"union_notice": UNION}, "approve": {"open_reason": "已另行核查。"}}


def third(desk: Desk, state: str = "submitted", **changes: Any) -> Penalty:
    """The third penalty of service.ma, which would be the dismissal: two are in force before it."""
    today = desk.now
    for days in (60, 30):
        desk.now = today - timedelta(days=days)
        desk.penalty("issued", facts=f"{days} 天前未做交车前检查。")
    desk.now = today
    penalty = desk.propose(**{"facts": FACTS, **changes})
    for by, action, inputs in PENALTY_PATHS[state]:
        desk.decide(action, penalty, by, **{**inputs, **MORE.get(action, {})})
    return Penalty.locked(desk.session, penalty.id)
