"""The points of one step as a letter prints them: each entry with its running total."""

from collections import defaultdict
from decimal import Decimal
from typing import Any

from models import EntryStatus, ScoreEntry
from workflow.office import FLOOR, START, account_key
from workflow.process import Step

ZERO = Decimal(0)
Totals = dict[tuple[str, tuple[str, int]], dict[EntryStatus, Decimal]]


def points_of_step(step: Step[Any]) -> list[dict[str, Any]]:
    """Entries posted, confirmed or taken back by this step, with the month's totals after it."""
    lines = [(entry, "reversed" if entry.reverses else "posted") for entry in step.event.entries]
    lines += [(entry, "confirmed") for entry in step.confirmed]
    totals = _totals_after(step, lines)
    return [_line(entry, effect, totals) for entry, effect in lines]


def _line(entry: ScoreEntry, effect: str, totals: Totals) -> dict[str, Any]:
    sums = totals[entry.month, account_key(entry.account)]
    department = entry.department
    return {
        "account": {
            "zh": department.name_zh if department else entry.account.name,  # type: ignore[union-attr]
            "en": department.name_en if department else entry.account.name,  # type: ignore[union-attr]
        },
        "account_kind": "department" if department else "employee",
        "points": f"{entry.points:.2f}",
        "status": entry.status.value,
        "action": (entry.reverses or entry).event.action,
        "effect": effect,
        "month": entry.month,
        "balance_after": f"{max(FLOOR, START + sums[EntryStatus.FINAL]):.2f}",
        "provisional_after": f"{sums[EntryStatus.PROVISIONAL]:.2f}",
    }


def _totals_after(step: Step[Any], lines: list[tuple[ScoreEntry, str]]) -> Totals:
    """Stored sums plus what this step adds; a confirmed entry moves between the two."""
    totals: Totals = defaultdict(lambda: defaultdict(lambda: ZERO))
    for month in {entry.month for entry, _ in lines}:
        accounts = {account_key(e.account): e.account for e, _ in lines if e.month == month}
        for key, sums in step.actor.office.sums(accounts.values(), month).items():
            totals[month, key].update(sums)
    for entry, effect in lines:
        sums = totals[entry.month, account_key(entry.account)]
        sums[entry.status] += entry.points
        if effect == "confirmed":
            sums[EntryStatus.PROVISIONAL] -= entry.points
    return totals
