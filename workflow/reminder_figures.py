"""When reminders are sent, how often, and when superiors hear of it: the company's own figures."""

from typing import Annotated, Literal

from pydantic import Field, field_validator

from models import Company
from workflow.limit import Strict

SETTING = "reminders"
# The most of each figure; the least is 1. No chain is longer than team leader, head, general manager, administrator.
MOST = {"first_percent": 99, "again_days": 30, "nudge_hours": 168, "superiors": 999}
LEVELS = 4
UNITS = ("days", "hours")
Level = Annotated[int, Field(ge=1, le=MOST["superiors"])]


class Figures(Strict):
    """All of them are counted as the deadline itself is, in clock time or in working time; `nudge_hours` by the clock.

    `superiors` says for each level above whoever must act how late it is when that level is told.
    """

    first_percent: Annotated[int, Field(ge=1, le=MOST["first_percent"])] = 50
    again_days: Annotated[int, Field(ge=1, le=MOST["again_days"])] = 1
    superiors: tuple[Level, Level, Level, Level] = (1, 2, 3, 4)
    superiors_unit: Literal["hours", "days"] = "days"
    nudge_hours: Annotated[int, Field(ge=1, le=MOST["nudge_hours"])] = 4

    @field_validator("superiors")
    @classmethod
    def _one_after_the_other(cls, levels: tuple[int, ...]) -> tuple[int, ...]:
        if sorted(set(levels)) != list(levels):
            raise ValueError("each level is told later than the one below")
        return levels


def figures_of(company: Company) -> Figures:
    """The company's figures; those of the product where it has set none."""
    return Figures.model_validate(company.settings.get(SETTING, {}))
