"""The company's own settings: for penalties and pay day what it allows, who reviews, what is protected; for reminders
when they come.

An administrator changes them, each change with who, when, old and new; nothing is changed backwards.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from itertools import pairwise
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Company, Person, Role, SettingChange
from workflow import clock_watch, plan_figures
from workflow.people import LARGEST_WAGE
from workflow.process import FORBIDDEN, INVALID, N_, Objection, refuse
from workflow.reminder_figures import MOST, SETTING, UNITS, Figures, figures_of
from workflow.roles import Actor

FINES = ("allowed", "points_only")
# Art. 16 of the wage-payment rules allows a fifth; some regions have other limits, none has more than half.
MOST_PERCENT = 50


def change_settings(
    session: Session, *, by: Actor, at: datetime, fines: str, review_body: Person | None,
    cap_percent: int | None, minimum_wage: int | None, shows_customer: bool,
) -> list[SettingChange]:  # fmt: skip
    """Keep the settings; `minimum_wage` in fen. Returns what has changed, which may be nothing."""
    refuse(
        _is_no_administrator(by), _is_no_choice(fines), _is_no_percent(cap_percent), _is_no_wage(minimum_wage),
        _has_left(review_body, at), _manages(review_body, by),
    )  # fmt: skip
    assert minimum_wage is not None and by.person is not None
    wanted: dict[str, Any] = {
        "fines": fines,
        "review_body": review_body.id if review_body is not None else None,
        "deduction_cap_percent": cap_percent,
        "minimum_wage": str(Decimal(minimum_wage) / 100),
        "show_customer_to_respondent": shows_customer,
    }
    company = session.scalars(select(Company)).one()
    changes = [
        SettingChange(name=name, old=company.settings.get(name), new=value, at=at, by=by.person)
        for name, value in wanted.items()
        if _differs(name, company.settings.get(name), value)
    ]
    company.settings = {**company.settings, **wanted}
    session.add_all(changes)
    return changes


def change_reminders(
    session: Session, *, by: Actor, at: datetime, superiors: Sequence[int | None], superiors_unit: str,
    **figures: int | None,
) -> SettingChange | None:  # fmt: skip
    """Keep the figures of reminders; every running clock goes by them from now on. None where nothing has changed."""
    refuse(
        _is_no_administrator(by),
        *(_is_no_figure(name, number, MOST[name]) for name, number in figures.items()),
        *(_is_no_figure(f"superior_{level}", late, MOST["superiors"]) for level, late in enumerate(superiors, 1)),
        *_not_one_after_the_other(superiors),
        None if superiors_unit in UNITS else Objection(INVALID, N_("Choose one of the two."), field="superiors_unit"),
    )
    company = session.scalars(select(Company).with_for_update()).one()
    old = figures_of(company).model_dump(mode="json")
    new = Figures.model_validate({**figures, "superiors": superiors, "superiors_unit": superiors_unit})
    if (wanted := new.model_dump(mode="json")) == old:
        return None
    change = SettingChange(name=SETTING, old=old, new=wanted, at=at, by=by.person)
    company.settings = {**company.settings, SETTING: wanted}
    session.add(change)
    clock_watch.forget(session)
    return change


def change_improvement(session: Session, *, by: Actor, at: datetime, **figures: int | None) -> SettingChange | None:
    """Keep the figures of improvement plans; clocks that run keep their deadlines. None where nothing has changed."""
    refuse(
        _is_no_administrator(by),
        *(_is_no_figure(name, figures.get(name), most) for name, most in plan_figures.MOST.items()),
    )
    company = session.scalars(select(Company).with_for_update()).one()
    old = plan_figures.figures_of(company).model_dump(mode="json")
    wanted = plan_figures.Figures.model_validate(figures).model_dump(mode="json")
    if wanted == old:
        return None
    change = SettingChange(name=plan_figures.SETTING, old=old, new=wanted, at=at, by=by.person)
    company.settings = {**company.settings, plan_figures.SETTING: wanted}
    session.add(change)
    return change


def _is_no_figure(field: str, number: int | None, most: int) -> Objection | None:
    if number is not None and 1 <= number <= most:
        return None
    return Objection(INVALID, N_("A whole number from 1 to %(most)s."), field=field, most=most)


def _not_one_after_the_other(superiors: Sequence[int | None]) -> Iterator[Objection]:
    for level, (below, above) in enumerate(pairwise(superiors), 2):
        if below is not None and above is not None and above <= below:
            yield Objection(INVALID, N_("Later than the level below."), field=f"superior_{level}")


def _differs(name: str, old: Any, new: Any) -> bool:
    if name == "minimum_wage":
        return Decimal(old or 0) != Decimal(new)
    return bool(old != new)


def changes_of(session: Session) -> list[SettingChange]:
    """Every change of a setting, the latest first; the calendar tells its own."""
    settings = select(SettingChange).where(~SettingChange.name.startswith("calendar."))
    return list(session.scalars(settings.order_by(SettingChange.id.desc())))


def _is_no_administrator(by: Actor) -> Objection | None:
    if Role.ADMINISTRATOR in by.roles and not by.has_left:
        return None
    return Objection(FORBIDDEN, N_("Only administrators change the company’s settings."))


def _is_no_choice(fines: str) -> Objection | None:
    return None if fines in FINES else Objection(INVALID, N_("Choose one of the two."), field="fines")


def _is_no_percent(percent: int | None) -> Objection | None:
    if percent is not None and 0 <= percent <= MOST_PERCENT:
        return None
    return Objection(INVALID, N_("A whole number from 0 to %(most)s."), field="cap_percent", most=MOST_PERCENT)


def _is_no_wage(fen: int | None) -> Objection | None:
    if fen is not None and 0 < fen <= LARGEST_WAGE:
        return None
    return Objection(INVALID, N_("An amount in yuan with at most two decimals, up to 100,000."), field="minimum_wage")


def _has_left(body: Person | None, at: datetime) -> Objection | None:
    if body is None or not body.has_left_at(at):
        return None
    return Objection(INVALID, N_("%(name)s has left the company."), field="review_body", name=body.name)


def _manages(body: Person | None, by: Actor) -> Objection | None:
    """An appeal is heard by somebody who did not decide before."""
    manager = by.staff.general_manager
    if body is None or manager is None or body.id != manager.id:
        return None
    return Objection(
        INVALID, N_("The general manager approves penalties and cannot be their review body."), field="review_body"
    )
