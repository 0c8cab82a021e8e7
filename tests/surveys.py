"""Surveys of the demo company: made, with customers invited, as far as a test wants them."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select

from models import AnsweredBy, Customer, Survey, SurveyAnswer, SurveyInvitation
from tests.builders import MONDAY, Desk
from workflow import customers, survey_answers, surveys
from workflow.survey_form import Given
from workflow.survey_plan import Plan

OPENS, CLOSES = date(2026, 3, 1), date(2026, 3, 31)
# By the kinds that regulations use: one question of five steps, a sheet of items, four dimensions, anonymous.
KINDS: dict[str, dict[str, Any]] = {
    "five": {"regulation": "satisfaction-in-performance", "source": "answers", "dissatisfied": {"score": "2"}},
    "calls": {"regulation": "outbound-satisfaction", "source": "ratings", "dissatisfied": {"level": "2"}},
    "ten": {"regulation": "loyalty", "source": "answers", "dissatisfied": {"likelihood": "6"}},
    "sheet": {
        "regulation": "sales-satisfaction", "source": "answers", "choices": {"item": "each"},
        "dissatisfied": {"score": "59.99"},
    },
    "dimensions": {
        "regulation": "service-survey", "source": "answers", "about": "department",
        "dissatisfied": {"service_quality": "2", "value": "2"},
    },
    "anonymous": {
        "regulation": "satisfaction-evaluation", "source": "answers", "about": "department",
        "dissatisfied": {"quality": "2"},
    },
    "touchpoints": {"regulation": "lifecycle-touchpoints", "source": "answers", "about": "department"},
}  # fmt: skip


def plan(kind: str = "five", **changes: Any) -> Plan:
    usual = {
        "title_zh": "三月满意度回访", "title_en": "Follow-up in March", "about": "person", "opens_on": OPENS,
        "closes_on": CLOSES, "attempts": 3, "link_days": 14, "script": "您好，这里是星辰汽车客户关系部。",
    }  # fmt: skip
    return Plan(**{**usual, **KINDS[kind], **changes})


def survey(desk: Desk, kind: str = "five", **changes: Any) -> Survey:
    return surveys.make(desk.session, plan(kind, **changes), by=desk.actor("cr.sun"), at=desk.now)


def customer(desk: Desk, number: int = 1, adviser: str = "service.ma") -> Customer:
    """A customer of this adviser with a number of their own; the names are those of the demo's story."""
    names = ("郑女士", "鲍先生", "冯女士", "龚女士", "谢先生")
    typed = customers.Typed(names[number % 5], f"138000000{number:02}", f"浙A·6K{number:03}")
    found = customers.add(desk.session, typed, desk.person(adviser), by=desk.actor("cr.sun"), at=desk.now)
    desk.session.flush()
    return found


def invitations(
    desk: Desk, found: Survey, count: int = 1, *, by_call: bool = True, adviser: str = "service.ma"
) -> list[SurveyInvitation]:
    """So many customers of the adviser, invited by cr.sun."""
    there = len(desk.session.scalars(select(Customer.id)).all())
    asked = [customer(desk, there + number + 1, adviser) for number in range(count)]
    if not asked:
        return []
    surveys.invite(desk.session, found, asked, by_call=by_call, by=desk.actor("cr.sun"), at=desk.now)
    query = select(SurveyInvitation).where(SurveyInvitation.survey_id == found.id).order_by(SurveyInvitation.id)
    return list(desk.session.scalars(query))[-count:]


def answered(
    desk: Desk, invitation: SurveyInvitation, values: Mapping[str, str], at: datetime | None = None, **said: Any
) -> SurveyAnswer:
    """By call from cr.sun; where it is anonymous, by a link."""
    at = at or desk.now + timedelta(minutes=5)
    given = Given(values, said.get("comments", {}), said.get("words", ""))
    if not invitation.by_call:
        surveys.new_link(desk.session, invitation, by=desk.actor("cr.sun"), at=desk.now)
        system = desk.office.system(at)
        return survey_answers.by_link(desk.session, invitation, given, way=AnsweredBy.LINK, system=system, at=at)
    return survey_answers.by_call(
        desk.session, invitation, given, by=desk.actor(said.get("by", "cr.sun"), at), at=at,
        recording=said.get("recording"), registered=said.get("registered"),
    )  # fmt: skip


__all__ = ["CLOSES", "KINDS", "MONDAY", "OPENS", "answered", "customer", "invitations", "plan", "survey"]
