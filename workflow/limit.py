"""A time limit as a regulation states it: so many hours or days of the clock, or of the company's calendar."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


Duration = Annotated[int, Field(gt=0, le=10_000)]


class Limit(Strict):
    """A time limit: clock hours or days, or working hours or days."""

    hours: Duration | None = None
    days: Duration | None = None
    working_hours: Duration | None = None
    working_days: Duration | None = None

    @model_validator(mode="after")
    def _one_unit(self) -> "Limit":
        if sum(unit is not None for unit in (self.hours, self.days, self.working_hours, self.working_days)) != 1:
            raise ValueError("give exactly one of hours, days, working_hours, working_days")
        return self

    @property
    def is_of_the_clock(self) -> bool:
        """Whether nights and holidays count."""
        return self.hours is not None or self.days is not None
