"""My ratings: whom I am asked to rate until when, one form for each, and that I gave it.

Who was asked finds the form, nobody else. What was given is shown nowhere with a name, and not to who gave it either.
"""

from dataclasses import dataclass

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from models import RatingAsked, RatingDuty
from web import assessment_choices, form, moment, survey_questions
from web.regulation_tables import worded
from web.session import actor, db, me, now, only_for_those_who_work_here
from workflow import rating_turn, ratings, survey_form
from workflow.assessment_pack import pack_of
from workflow.assessment_period import Period
from workflow.assessment_roles import ENOUGH_PEERS
from workflow.assessment_source import SUPERIOR
from workflow.process import Refused
from workflow.ratings import LONGEST_REASON
from workflow.survey_form import Given

# Years of months: what is older is in nobody's mind.
MOST_ROUNDS = 24
UNABLE = "unable"

bp = Blueprint("ratings", __name__)
bp.before_request(only_for_those_who_work_here)


@dataclass(frozen=True)
class Line:
    """One colleague: what became of it, and the form where it is still awaited."""

    name: str
    post: str
    state: str
    url: str


@dataclass(frozen=True)
class Round:
    """What I was asked in one round."""

    title: str
    period: str
    clock: moment.Clock | None
    waits: int
    lines: list[Line]


@bp.get("/ratings")
def index() -> str:
    query = RatingDuty.whole().where(RatingDuty.rater_id == me().id).order_by(RatingDuty.id.desc())
    found = db().scalars(query.limit(MOST_ROUNDS)).unique()
    return render_template("rating/index.html", rounds=[_round(each) for each in found])


@bp.get("/ratings/<int(max=2147483647):key>")
def show(key: int) -> str:
    return _page(_asked(key), None, form.Wrong())


@bp.post("/ratings/<int(max=2147483647):key>")
def give(key: int) -> ResponseReturnValue:
    _asked(key)
    asked = ratings.locked(db(), key, actor())
    given = survey_questions.typed(survey_form.questions(ratings.source_of(asked.duty), {}, asked.rated_as))
    try:
        if UNABLE in request.form:
            ratings.cannot_judge(db(), asked, form.text("reason"), by=actor(), at=now())
        else:
            ratings.give(db(), asked, given, by=actor(), at=now())
    except Refused as refusal:
        wrong = form.beside_fields(refusal)
        db().rollback()
        return _page(_asked(key), given, wrong), 422
    following = rating_turn.still_open(asked.duty, now())
    name = asked.person.name
    db().commit()
    flash(_("Your rating of %(name)s is given.", name=name), "success")
    if not following:
        return redirect(url_for(".index"), 303)
    return redirect(url_for(".show", key=following[0].id), 303)


def note_words() -> str:
    """How many colleagues wait for my rating, and until when the first of them; nothing where none does."""
    if not (duties := rating_turn.mine(actor())):
        return ""
    count, due_at = sum(len(rating_turn.still_open(each, now())) for each in duties), duties[0].due_at
    until = moment.weekday_moment(due_at)
    if due_at > now():
        return ngettext(
            "%(num)d colleague to rate by %(moment)s.", "%(num)d colleagues to rate by %(moment)s.", count,
            moment=until,
        )  # fmt: skip
    return ngettext(
        "%(num)d colleague still to rate; this was due by %(moment)s.",
        "%(num)d colleagues still to rate; this was due by %(moment)s.", count, moment=until,
    )  # fmt: skip


def _asked(key: int) -> RatingAsked:
    try:
        return ratings.asked_of(db(), key, actor())
    except Refused:
        abort(404)


def _round(duty: RatingDuty) -> Round:
    waiting = rating_turn.still_open(duty, now())
    open_ = {each.id for each in waiting}
    return Round(
        title=_title(duty), period=_period(duty), waits=len(waiting),
        clock=moment.clock(duty.due_at, started=duty.since) if waiting else None,
        lines=[_line(each, is_open=each.id in open_) for each in duty.asked],
    )  # fmt: skip


def _line(asked: RatingAsked, *, is_open: bool) -> Line:
    post = asked.person.posting_at(now())
    if asked.unable is not None:
        state = _("said that you cannot judge")
    elif asked.given_on is not None:
        state = _("given on %(day)s", day=moment.day(asked.given_on))
    else:
        state = "" if is_open else _("not given; no longer asked")
    return Line(
        asked.person.name, post.title if post is not None else "", state,
        url_for("ratings.show", key=asked.id) if is_open else "",
    )  # fmt: skip


def _page(asked: RatingAsked, given: Given | None, wrong: form.Wrong) -> str:
    source, duty = ratings.source_of(asked.duty), asked.duty
    why = ratings.why_over(asked, now())
    questions = survey_form.questions(source, {}, asked.rated_as)
    waiting = rating_turn.still_open(duty, now())
    post = asked.person.posting_at(now())
    return render_template(
        "rating/give.html",
        asked=asked, name=asked.person.name, post=post.title if post is not None else "", title=_title(duty),
        period=_period(duty), due_at=duty.due_at, is_late=duty.due_at <= now(), why=why, wrong=wrong,
        questions=[] if why else survey_questions.shown(questions, given, wrong), words=given.words if given else "",
        longest=survey_form.LONGEST_WORDS, longest_reason=LONGEST_REASON, reason=form.text("reason"),
        is_superior=asked.rated_as == SUPERIOR, enough=ENOUGH_PEERS, waits=len(waiting), total=len(duty.asked),
    )  # fmt: skip


def _title(duty: RatingDuty) -> str:
    return worded(pack_of(duty.round.regulation_version).sources[duty.round.source].title)


def _period(duty: RatingDuty) -> str:
    return assessment_choices.period_words(Period.named(duty.round.period))
