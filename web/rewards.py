"""Rewards: those that wait for the general manager's decision, and what was granted, declined or taken back.

Those of one ranking stand together and are decided with one press (SAL-2, SAL-3); where several share a place the
general manager says how much each gets, and why.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from models import Event, Letter, Reward, RewardState, Taken
from web import deed, form, letter_rows
from web.after import after_commit
from web.language import told
from web.paging import Page
from web.session import actor, db, now, only_for_those_who_work_here
from workflow import reward as rewards
from workflow import reward_list
from workflow.process import INVALID, N_, Objection, Refused

PER_PAGE = 30

bp = Blueprint("rewards", __name__)


@dataclass(frozen=True)
class Done:
    """One act of a reward's history."""

    event: Event
    who: str
    did: str
    said: str


@bp.before_request
def _all_but_the_reward_only_for_those_who_work_here() -> None:
    """Who has left still reads what they were granted."""
    if request.endpoint != "rewards.show":
        only_for_those_who_work_here()


@bp.get("/rewards")
def index() -> str:
    return _page()


@bp.get("/rewards/<number>")
def show(number: str) -> str:
    return _one(_seen(number))


@bp.post("/rewards/<number>")
def decide(number: str) -> ResponseReturnValue:
    reward = _locked(number)
    granted = form.yes_or_no("granted")
    try:
        rewards.decide(
            reward, granted=granted, decision=form.printed("decision"), amount=form.fen("amount"), by=actor(), at=now()
        )
    except Refused as refusal:
        return _refused(refusal, number)
    db().commit()
    after_commit()
    flash(_("The reward is granted.") if granted else _("The reward is declined."), "success")
    return redirect(url_for(".show", number=number), 303)


@bp.post("/rewards/<number>/withdrawal")
def withdraw(number: str) -> ResponseReturnValue:
    reward = _locked(number)
    try:
        rewards.withdraw(db(), reward, reason=form.printed("reason"), by=actor(), at=now())
    except Refused as refusal:
        return _refused(refusal, number)
    db().commit()
    after_commit()
    flash(_("The reward is taken back."), "success")
    return redirect(url_for(".show", number=number), 303)


@bp.post("/rewards")
def decide_all() -> ResponseReturnValue:
    """One press for all that were chosen: each with its answer; nothing is decided if one of them cannot be."""
    wrong, decided = form.Wrong(), 0
    for each in reward_list.waiting(db(), actor()):
        answer = form.yes_or_no(f"granted-{each.number}")
        if answer is None:
            continue
        try:
            rewards.decide(
                _locked(each.number), granted=answer, decision=form.printed(f"decision-{each.number}"),
                amount=form.fen(f"amount-{each.number}"), by=actor(), at=now(),
            )  # fmt: skip
            decided += 1
        except Refused as refusal:
            found = form.beside_fields(refusal)
            wrong |= {
                name if name.endswith(each.number) else f"{name or 'granted'}-{each.number}": told
                for name, told in found.items()
            }
    if not decided and not wrong:
        nothing = Refused([Objection(INVALID, N_("Nothing was chosen."))])
        wrong = form.beside_fields(nothing)
    if wrong:
        db().rollback()
        return _page(wrong), 422
    db().commit()
    after_commit()
    flash(ngettext("%(num)d reward is decided.", "%(num)d rewards are decided.", decided), "success")
    return redirect(url_for(".index"), 303)


def _locked(number: str) -> Reward:
    reward = rewards.locked(db(), number)
    if reward is None or not rewards.may_see(reward, actor()):
        abort(404)
    return reward


def _seen(number: str) -> Reward:
    events = selectinload(Reward.events)
    needed = (
        events.options(joinedload(Event.actor), joinedload(Event.acting_for), selectinload(Event.letters)),
        joinedload(Reward.person), joinedload(Reward.proposed_by), joinedload(Reward.decided_by),
        joinedload(Reward.regulation_version),
    )  # fmt: skip
    reward = db().scalars(Reward.by_number(number).options(*needed)).one_or_none()
    if reward is None or not rewards.may_see(reward, actor()):
        abort(404)
    return reward


def _refused(refusal: Refused, number: str) -> ResponseReturnValue:
    wrong = form.beside_fields(refusal)
    db().rollback()
    return _one(_seen(number), wrong), 422


def _page(wrong: form.Wrong | None = None) -> str:
    page, mine = Page.asked(PER_PAGE), reward_list.waiting(db(), actor())
    others = reward_list.others(db(), actor(), mine, skip=page.skip, most=page.most)
    return render_template(
        "rewards/index.html", mine=mine, others=page.cut(list(others)), page=page,
        wrong=wrong or form.Wrong(), total=sum(reward.amount for reward in mine),
        shared=any(reward.is_shared for reward in mine), reason=_reason,
    )  # fmt: skip


def _one(reward: Reward, wrong: form.Wrong | None = None) -> str:
    paid = db().scalar(select(Taken.id).where(Taken.reward_id == reward.id)) is not None
    letters = [letter for event in reward.events for letter in event.letters]
    return render_template(
        "rewards/show.html", reward=reward, wrong=wrong or form.Wrong(),
        is_mine=reward_list.is_waiting_for(reward, actor()), is_paid=paid,
        may_withdraw=reward.state is RewardState.GRANTED and not paid and rewards.decides(reward, actor()),
        history=[_done(event) for event in reversed(reward.events)], letters=_letters(letters), reason=_reason,
    )  # fmt: skip


def _reason(reward: Reward) -> str:
    return told(reward.reason, reward.reason_en)


def _done(event: Event) -> Done:
    said = event.said.get("reason") or event.said.get("decision") or ""
    return Done(event, deed.by_whom(event), deed.done(event), told(said, event.said.get("reason_en")))


def _letters(found: Sequence[Letter]) -> list[tuple[str, str]]:
    rows = [letter_rows.row(letter, None) for letter in found]
    return [(f"{row.title} {row.number}", row.url) for row in rows]
