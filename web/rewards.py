"""Rewards: those that wait for the general manager's decision, and what was granted or declined."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from models import Reward
from web import form
from web.session import actor, db, me, now
from workflow import reward as rewards
from workflow.process import Refused

bp = Blueprint("rewards", __name__)


@bp.before_request
def _only_for_those_who_work_here() -> None:
    if me().has_left_at(now()):
        abort(404)


@bp.get("/rewards")
def index() -> str:
    return _page(form.Wrong())


@bp.post("/rewards/<number>")
def decide(number: str) -> ResponseReturnValue:
    reward = rewards.locked(db(), number)
    if reward is None or not rewards.may_see(reward, actor()):
        abort(404)
    granted = {"yes": True, "no": False}.get(form.text("granted"))
    try:
        rewards.decide(reward, granted=granted, decision=form.text("decision"), by=actor(), at=now())
    except Refused as refusal:
        wrong = form.beside_fields(refusal)
        db().rollback()
        return _page(wrong, number), 422
    db().commit()
    flash(_("The reward is granted.") if granted else _("The reward is declined."), "success")
    return redirect(url_for("rewards.index"), 303)


def _page(wrong: form.Wrong, at: str = "") -> str:
    return render_template(
        "rewards/index.html",
        rewards=[(reward, _is_mine_to_decide(reward)) for reward in rewards.found(db(), actor())],
        wrong=wrong, wrong_at=at, typed=request.form,
    )  # fmt: skip


def _is_mine_to_decide(reward: Reward) -> bool:
    decider = rewards.who_decides(reward, actor())
    principals = actor().staff.principals_but(me(), reward.person_id)
    return reward.decided_at is None and decider is not None and decider.id in {each.id for each in principals}
