"""The ranking of an assessment: before it is published for those who run it, then for whoever is ranked (SAL-5); the
rewards that were proposed, and the fines that the regulation attaches to results (SAL-4).
"""

from dataclasses import dataclass

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from models import Assessment, Reward
from web import assessment_follows, assessment_head, filters, form
from web.after import after_commit
from web.assessment_excel import given
from web.assessment_words import counted
from web.label import label
from web.language import is_chinese
from web.regulation_tables import worded
from web.session import actor, db, me, now
from workflow import assessment_roles, assessment_run, item_fines, ranking
from workflow.assessment_consequence import Among
from workflow.assessment_pack import AssessmentPack
from workflow.assessment_period import Period
from workflow.assessment_shape import Measure
from workflow.process import Refused
from workflow.ranking import Group, Line, Results

bp = Blueprint("ranking", __name__, url_prefix="/assessments/<int:key>/ranking")


@dataclass(frozen=True)
class Placed:
    """One line as the reader may read it; without a name where others' places are kept from them."""

    place: int
    name: str
    score: str
    among: str
    fen: int
    is_shared: bool
    is_mine: bool
    reward: Reward | None


@dataclass(frozen=True)
class Table:
    """Those who are ranked together."""

    rule: str
    words: str
    measure: str
    among: str
    rows: list[Placed]


@bp.get("")
def show(key: int) -> str:
    return _page(_readable(key), form.Wrong())


@bp.get("/places.xlsx")
def excel(key: int) -> Response:
    """The places of the page, each group on its sheet; names are kept back as there."""
    of = _readable(key)
    results = Results(db(), of)
    tables = [_table(of, results, group) for group in results.groups()]
    head = assessment_head.head(of)
    return given(
        f"{head.title} {assessment_follows.ranking_title(of)} {head.period}",
        {table.words or table.measure: _sheet(table) for table in tables}, what="ranking",
    )  # fmt: skip


@bp.post("")
def publish(key: int) -> ResponseReturnValue:
    of = _readable(key)
    try:
        ranking.publish(db(), of, by=actor(), at=now())
    except Refused as refusal:
        return _refused(refusal, key)
    db().commit()
    after_commit()
    flash(_("The ranking is published, and the rewards are proposed to the general manager."), "success")
    return redirect(url_for(".show", key=key), 303)


@bp.post("/rewards")
def propose_rewards(key: int) -> ResponseReturnValue:
    of = _readable(key)
    try:
        found = ranking.propose_rewards(db(), of, by=actor(), at=now())
    except Refused as refusal:
        return _refused(refusal, key)
    db().commit()
    after_commit()
    flash(ngettext("%(num)d reward is proposed.", "%(num)d rewards are proposed.", len(found)), "success")
    return redirect(url_for(".show", key=key), 303)


@bp.post("/fines")
def propose_fines(key: int) -> ResponseReturnValue:
    of = _readable(key)
    try:
        found = item_fines.propose(db(), of, request.form.getlist("fine"), by=actor(), at=now())
    except Refused as refusal:
        return _refused(refusal, key)
    db().commit()
    after_commit()
    flash(ngettext("%(num)d fine is proposed.", "%(num)d fines are proposed.", len(found)), "success")
    return redirect(url_for(".show", key=key, _anchor="fines"), 303)


@bp.post("/fines/set-aside")
def set_aside(key: int) -> ResponseReturnValue:
    of = _readable(key)
    try:
        item_fines.set_aside(
            db(), of, form.text("fine"), reason=form.text("reason"), by=actor(), at=now()
        )  # fmt: skip
    except Refused as refusal:
        return _refused(refusal, key)
    db().commit()
    flash(_("The fine is set aside."), "success")
    return redirect(url_for(".show", key=key, _anchor="fines"), 303)


def _readable(key: int) -> Assessment:
    query = select(Assessment).where(Assessment.id == key).options(joinedload(Assessment.regulation_version))
    of = db().scalars(query).first() if key < 2**31 else None
    if of is None or not assessment_follows.has_ranking(of):
        abort(404)
    return of


def _refused(refusal: Refused, key: int) -> ResponseReturnValue:
    wrong = form.beside_fields(refusal)
    db().rollback()
    return _page(_readable(key), wrong), 422


def _page(of: Assessment, wrong: form.Wrong) -> str:
    pack, results = assessment_run.pack_for(of), Results(db(), of)
    published, by = ranking.publication_of(db(), of), actor()
    runs, sees_all = assessment_roles.runs(pack.owner, by), assessment_roles.sees_all(pack.owner, by)
    due = ranking.due_at(pack, Period.named(of.period), by)
    fines = item_fines.due(db(), of) if sees_all and of.closed_at is not None else []
    open_fines = [each for each in fines if each.became is None and each.person.id != me().id]
    ranks = ranking.is_ranked(pack)
    return render_template(
        "assessments/ranking.html", head=assessment_head.head(of), of=of, wrong=wrong, published=published, runs=runs,
        title_of_page=assessment_follows.ranking_title(of), ranks=ranks,
        due_on=ranking.due_day(pack, Period.named(of.period)), is_late=due is not None and due <= now(),
        tables=[_table(of, results, group) for group in results.groups()],
        unranked=results.unranked() if sees_all else [], may_publish=runs and of.closed_at is not None and ranks,
        missing=ranking.missing_rewards(db(), of) if published and ranking.may_propose_rewards(pack, by) else [],
        fines=fines, open_fines=open_fines, other_fines=[each for each in fines if not runs or each not in open_fines],
        title=lambda because: item_fines.title(of, because, "zh" if is_chinese() else "en"), typed=request.form,
    )  # fmt: skip


def _table(of: Assessment, results: Results, group: Group) -> Table:
    pack, language = results.pack, "zh" if is_chinese() else "en"
    among = group.ranked.among
    shows = ranking.names_are_shown(pack, group, actor())
    proposed = select(Reward).where(Reward.source == ranking.source_of(of, group))
    rewards = {each.person_id: each for each in db().scalars(proposed)} if shows else {}
    return Table(
        rule=group.rule,
        words=_among(among, pack.measures[among.measure]) if among is not None else "",
        measure=getattr(pack.measures[group.ranked.measure].title, language),
        among=getattr(pack.measures[among.measure].title, language) if among is not None else "",
        rows=[
            _placed(line, rewards.get(line.person.id), sold=_sold(pack, group, line), shows=shows)
            for line in group.lines
        ],
    )


def _sheet(table: Table) -> list[list[str]]:
    among = [table.among] if table.among else []
    return [
        [_("Rank"), _("Name"), table.measure, *among, _("Reward (yuan)"), _("State")],
        *([str(row.place), row.name or _("a colleague"), row.score, *([row.among] if among else []), _paid(row),
           label(row.reward.state) if row.reward is not None else ""] for row in table.rows),
    ]  # fmt: skip


def _paid(row: Placed) -> str:
    """What was granted, or what the place brings; nothing while the general manager has to share it out."""
    if row.reward is not None and row.reward.granted is not None:
        return filters.yuan(row.reward.amount)
    return filters.yuan(row.fen) if row.fen and not row.is_shared else ""


def _sold(pack: AssessmentPack, group: Group, line: Line) -> str:
    among = group.ranked.among
    return counted(line.among, pack.measures[among.measure]) if among is not None and line.among is not None else ""


def _placed(line: Line, reward: Reward | None, *, sold: str, shows: bool) -> Placed:
    is_mine = line.person.id == me().id
    return Placed(
        place=line.place, name=line.person.name if shows or is_mine else "", score=f"{line.score:f}",
        among=sold, fen=line.fen, is_shared=line.is_shared,
        is_mine=is_mine, reward=reward,
    )  # fmt: skip


def _among(among: Among, measure: Measure) -> str:
    title = worded(measure.title)
    low, high = (counted(each, measure) if each is not None else "" for each in (among.at_least, among.below))
    if low and high:
        return _("%(measure)s from %(low)s to below %(high)s", measure=title, low=low, high=high)
    if low:
        return _("%(measure)s: %(low)s or more", measure=title, low=low)
    return _("%(measure)s: fewer than %(high)s", measure=title, high=high)
