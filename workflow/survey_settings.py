"""How surveys are carried out in this company: who counts as dissatisfied, how often to call, how long a link holds."""

from decimal import Decimal
from typing import Annotated

from pydantic import Field as Shaped

from models import Company
from workflow.assessment_source import Field
from workflow.limit import Strict

SETTING = "surveys"
MOST_ATTEMPTS, MOST_LINK_DAYS = 10, 90
Scale = Annotated[str, Shaped(pattern=r"^\d{1,4}-\d{1,4}$")]
HALF = Decimal(2)
# 0-10 as NPS-1 counts detractors; of one hundred points what is below the pass mark.
DISSATISFIED = {"1-5": Decimal(2), "1-10": Decimal(5), "0-10": Decimal(6), "0-100": Decimal("59.99")}


class SurveySettings(Strict):
    """`dissatisfied`: by scale, up to which value a customer counts as dissatisfied (CS-2)."""

    dissatisfied: dict[Scale, Decimal] = Shaped(default_factory=lambda: dict(DISSATISFIED))
    attempts: Annotated[int, Shaped(ge=1, le=MOST_ATTEMPTS)] = 3
    link_days: Annotated[int, Shaped(ge=1, le=MOST_LINK_DAYS)] = 14

    def dissatisfied_up_to(self, field: Field) -> Decimal:
        """What a new survey proposes for this field: the company's value for its scale, else below the middle."""
        lowest, highest = field.lowest or Decimal(0), field.highest or Decimal(0)
        if (known := self.dissatisfied.get(f"{lowest:f}-{highest:f}")) is not None:
            return min(known, highest).quantize(Decimal(1).scaleb(-field.decimals), rounding="ROUND_DOWN")
        step = Decimal(1).scaleb(-field.decimals)
        return max(lowest, ((lowest + highest) / HALF - step).quantize(step, rounding="ROUND_FLOOR"))


def settings_of(company: Company) -> SurveySettings:
    """The company's own; those of the product where it has set none."""
    return SurveySettings.model_validate(company.settings.get(SETTING, {}))
