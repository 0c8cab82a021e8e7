"""My messages: where they go, which go where, quiet hours and the daily digest. Everybody sets their own."""

from dataclasses import dataclass
from itertools import groupby
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from models import ChannelOut, Reach
from web import form, log
from web.session import db, me
from workflow import reach as reaches
from workflow.message import AT_ONCE, kinds
from workflow.process import N_, Refused
from workflow.reach import Wish

CHANNELS = {
    ChannelOut.MAIL: N_("E-mail"),
    ChannelOut.WECOM: N_("WeCom"),
    ChannelOut.DINGTALK: N_("DingTalk"),
    ChannelOut.FEISHU: N_("Feishu"),
}
PROCESSES = {
    "complaint": N_("Complaints"),
    "penalty": N_("Penalties"),
    "scorecard": N_("Scorecards"),
    "plan": N_("Improvement plans"),
    "reward": N_("Rewards"),
    "payday": N_("Pay day"),
    "publication": N_("Targets and briefings"),
    "customers": N_("Customers handed over"),
    "question": N_("Customers' questions"),
    "inspection": N_("Inspections"),
    "calls": N_("Survey calls"),
    "ranking": N_("Rankings"),
    "rating": N_("Ratings of colleagues"),
}
PURPOSES = {
    "act": N_("my turn"), "remind": N_("reminders to me"), "late": N_("overdue with others"), "know": N_("news"),
}  # fmt: skip
# What is shown back as it was typed; the key of a robot is not.
TYPED = ("mail", "quiet_from", "quiet_until", "digest_at")
TIMINGS = {"now": N_("At once"), "daily": N_("In the daily digest")}

bp = Blueprint("reach", __name__)


@dataclass(frozen=True)
class Row:
    """One kind of message: its name and what it is for, whether each channel is chosen, and when it comes."""

    key: str
    process: str
    purpose: str
    name: str
    channels: list[tuple[str, str, bool]]
    timing: str


@bp.get("/settings/messages")
def show() -> ResponseReturnValue:
    return _page(reaches.reach_of(db(), me()), form.Wrong())


@bp.post("/settings/messages")
def change() -> ResponseReturnValue:
    try:
        reaches.choose(db(), me(), _wish())
    except Refused as refusal:
        return _page(reaches.reach_of(db(), me()), form.beside_fields(refusal), typed=True), 422
    db().commit()
    flash(_("It is kept how you are reached."), "success")
    return redirect(url_for("reach.show"), 303)


def _wish() -> Wish:
    return Wish(
        mail=form.text("mail"),
        robots={channel: form.text(channel.value) for channel in reaches.ROBOTS},
        removed=frozenset(channel for channel in reaches.ROBOTS if f"remove_{channel.value}" in request.form),
        chosen={
            kind.key: {
                "channels": request.form.getlist(f"{kind.key}.channels"),
                "daily": form.text(f"{kind.key}.timing") == "daily",
            }
            for kind in kinds()
        },
        quiet_from=form.text("quiet_from"),
        quiet_until=form.text("quiet_until"),
        digest_at=form.text("digest_at"),
    )


def _page(reach: Reach, wrong: form.Wrong, *, typed: bool = False) -> str:
    chosen = _wish().chosen if typed else reach.chosen
    return render_template(
        "preferences/messages.html",
        wrong=wrong,
        typed={name: form.text(name) for name in TYPED} if typed else _kept(reach),
        robots=[
            (channel.value, _(CHANNELS[channel]), reaches.end_of(reach.address(channel))) for channel in reaches.ROBOTS
        ],
        groups=_groups(chosen),
        timings=[(key, _(words)) for key, words in TIMINGS.items()],
        mail_is_set_up=bool(log.settings().mail_server),
    )


def _kept(reach: Reach) -> dict[str, str]:
    times = {name: getattr(reach, name) for name in ("quiet_from", "quiet_until", "digest_at")}
    return {"mail": reach.mail or "", **{name: f"{time:%H:%M}" if time else "" for name, time in times.items()}}


def _groups(chosen: dict[str, Any]) -> list[tuple[str, list[Row]]]:
    """The kinds of messages under their processes, as these follow each other."""
    rows = [_row(kind.key, kind.process, kind.purpose, chosen) for kind in kinds()]
    return [(process, list(of)) for process, of in groupby(rows, key=lambda row: row.process)]


def _row(key: str, process: str, purpose: str, chosen: dict[str, Any]) -> Row:
    mine = chosen.get(key, {"channels": [], "daily": purpose not in AT_ONCE})
    return Row(
        key=key,
        process=_(PROCESSES[process]),
        purpose=_(PURPOSES[purpose]),
        name=_("%(process)s: %(purpose)s", process=_(PROCESSES[process]), purpose=_(PURPOSES[purpose])),
        channels=[(channel.value, _(words), channel.value in mine["channels"]) for channel, words in CHANNELS.items()],
        timing="daily" if mine["daily"] else "now",
    )
