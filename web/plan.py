"""The pages about improvement plans: their list, the form that opens one, and the plan itself."""

from web import plan_acts
from web.plan_list import bp

__all__ = ["bp", "plan_acts"]
