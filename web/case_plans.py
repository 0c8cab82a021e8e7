"""Improvement on the page of a complaint: the plans that came from it, and those whose problem it shows again."""

from dataclasses import dataclass

from flask import url_for

from models import Complaint, Plan
from web.moment import Clock
from web.plan_list import clock_of
from web.session import actor
from workflow import plan_list, plan_returns


@dataclass(frozen=True)
class Plans:
    """Each with its page; what runs has its clock."""

    there: list[tuple[Plan, str, Clock | None]]
    returned: list[tuple[Plan, str]]


def of(complaint: Complaint) -> Plans:
    there = [(plan, _page(plan), clock_of(plan)) for plan in plan_list.of_complaint(complaint.id, actor())]
    returned = [(plan, _page(plan)) for plan in plan_returns.returned_to(complaint, actor())]
    return Plans(there, returned)


def _page(plan: Plan) -> str:
    return url_for("plan.show", number=plan.number)
