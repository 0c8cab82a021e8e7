"""The tables of a briefing for an Excel file: results against targets, services, the last months, plans that run."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _

from workflow.briefing import Json


def of(told: Json, language: str, units: Mapping[str, str]) -> dict[str, list[list[str]]]:
    """By the title of each sheet its lines, headings first; `units` is what stands after a figure."""
    answered, contacted = _("Answered in 24 hours"), _("Contacted within a week")
    shares = [f"{answered} (%)", _("In time"), _("In all"), f"{contacted} (%)", _("In time"), _("In all")]
    return {
        _("Results against targets"): [
            [_("Measure"), _("Regulation"), _("Unit"), _("In"), _("Target"), _("Actual"), _("Previous period"),
             f"{_('Achievement')} (%)"],
            *([row["measure"][language], row["regulation"][language], row["unit_named"][language],
               units[row["unit"]].strip(), *map(_told, (row["target"], row["value"], row["before"])),
               _told(row["achievement"])] for row in told["results"]),
        ],
        _("Questions answered, customers contacted"): [
            [_("Department"), *shares], *([row["unit_named"][language], *_shares(row)] for row in told["services"]),
        ],
        _("The last six months"): [
            [_("Month"), *shares, _("Complaints")],
            *([row["month"], *_shares(row), _told(row["complaints"])] for row in told["trend"]),
        ],
        _("Open improvement plans"): [
            [_("Number"), _("What is to be improved"), _("Department"), _("By")],
            *([row["number"], row["title"], row["unit_named"][language], _told(row["due_on"])]
              for row in told["plans"]),
        ],
    }  # fmt: skip


def _shares(row: Mapping[str, Any]) -> list[str]:
    return [_told(row[series][part]) for series in ("answered", "contacted") for part in ("share", "in_time", "whole")]


def _told(value: object) -> str:
    return str(value) if value is not None else ""
