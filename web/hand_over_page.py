"""The page of a hand-over as its template prints it: every matter with what goes with it and who follows."""

import dataclasses
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import render_template, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import ColumnElement, or_, select

from models import (
    Company,
    Complaint,
    Department,
    Deputation,
    HandOver,
    HandOverChoice,
    Penalty,
    Person,
    Plan,
    Role,
    Team,
)
from web import case_words, choices, filters, form, moment
from web.filters import named
from web.label import label
from web.session import actor, db, me, now
from workflow import hand_over as going
from workflow import hand_over_matter as kinds
from workflow import penalty_roles, plan_roles, sight
from workflow.hand_over_candidates import candidates, field_of
from workflow.hand_over_matter import Matter
from workflow.hand_over_matters import handed_to, kept_by, matters, open_matters, plans_of, undone_of
from workflow.process import N_

AN_INSTANT = timedelta(microseconds=1)
MOST_LINKS = 20
TITLES = {
    kinds.STEPS: N_("Cases that were handed over to them"),
    kinds.FILES: N_("Complaints whose file they keep"),
    kinds.PLANS: N_("Improvement plans and measures"),
    kinds.CUSTOMERS: N_("Customers"),
    kinds.INSPECTIONS: N_("Inspections whose checklist they hold"),
    kinds.QUESTIONS: N_("Customers' questions"),
}
# What is counted under its own name once it was carried out.
COUNTED = {kinds.CUSTOMERS: "customer", kinds.INSPECTIONS: "inspection", kinds.QUESTIONS: "question"}


@dataclass(frozen=True)
class Way:
    """A case that the reader may see, and its page."""

    words: str
    url: str


@dataclass(frozen=True)
class Row:
    """One matter: what it is, what goes with it, who follows or may."""

    field: str
    title: str
    counts: str
    soonest: datetime | None
    is_required: bool
    may_choose: bool
    chosen: str
    value: str
    proposed: str
    choices: list[tuple[str, str]] = dataclasses.field(default_factory=list)
    cases: list[Way] = dataclasses.field(default_factory=list)

    @property
    def is_open(self) -> bool:
        return self.is_required and not self.chosen


@dataclass(frozen=True)
class Past:
    """What was handed over already."""

    title: str
    to: str
    at: datetime
    with_it: str


@dataclass(frozen=True)
class Summary:
    """A hand-over in a list."""

    name: str
    url: str
    what: str
    open: int
    is_done: bool
    is_late: bool


def show(hand_over: HandOver, wrong: form.Wrong | None = None) -> str:
    """The page of a hand-over, going on or over."""
    rows = _rows(hand_over) if hand_over.goes_on else []
    arranges = going.may_arrange(hand_over.person, actor())
    return render_template(
        "hand_over/show.html",
        hand_over=hand_over, person=hand_over.person, what=what(hand_over), rows=rows,
        open=sum(row.is_open for row in rows), past=_past(hand_over), notes=_notes(hand_over),
        arranges=arranges and hand_over.goes_on, chooses=any(row.may_choose for row in rows),
        is_late=is_late(hand_over), wrong=wrong or form.Wrong(), is_mine=hand_over.person_id == me().id,
    )  # fmt: skip


def row(hand_over: HandOver) -> Summary:
    open_ = len(open_matters(db(), hand_over, now())) if hand_over.goes_on else 0
    url = (
        url_for("hand_over.show", username=hand_over.person.username)
        if hand_over.goes_on
        else url_for("hand_over.record", key=hand_over.id)
    )
    return Summary(hand_over.person.name, url, what(hand_over), open_, not hand_over.goes_on, is_late(hand_over))


def what(hand_over: HandOver) -> str:
    """Leaves, last day 3月31日 · from 1 April 销售顾问 in 销售部."""
    if hand_over.leaves:
        return _("leaves the company; last day %(day)s", day=moment.long_day(hand_over.effective_at - AN_INSTANT))
    return _(
        "from %(day)s: %(title)s, %(department)s",
        day=moment.long_day(hand_over.effective_at), title=hand_over.title, department=named(hand_over.department),
    )  # fmt: skip


def is_late(hand_over: HandOver) -> bool:
    """Its day has come and something has no owner yet."""
    return hand_over.goes_on and hand_over.effective_at <= now()


def rows_of(hand_over: HandOver) -> list[Row]:
    """What there would be to hand over, before it is begun."""
    with db().no_autoflush:
        return [_row(hand_over, matter, offers=False) for matter in matters(db(), hand_over, now())]


def _rows(hand_over: HandOver) -> list[Row]:
    return [_row(hand_over, matter, offers=True) for matter in matters(db(), hand_over, now())]


def _row(hand_over: HandOver, matter: Matter, *, offers: bool) -> Row:
    choice = hand_over.choice(matter.kind, matter.key)
    may_choose = offers and going.may_choose(matter, hand_over.person, actor())
    people = candidates(db(), matter, hand_over, actor()) if may_choose else []
    proposed = matter.proposed if matter.proposed in people else None
    usual = str(proposed.id) if proposed is not None else ("office" if matter.may_go_back else "")
    return Row(
        field=field_of(matter), title=title(matter.kind, matter.about), counts=_counts(matter.counts),
        soonest=matter.soonest, is_required=matter.is_required, may_choose=may_choose,
        chosen=_name(matter.kind, choice) if choice else "",
        value=_value(choice) if choice else usual,
        proposed=proposed.name if proposed is not None and choice is None else "",
        choices=[("", _("Please choose")), *_office(matter), *((str(p.id), choices.with_account(p)) for p in people)],
        cases=_ways(hand_over.person, matter),
    )  # fmt: skip


def _value(choice: HandOverChoice) -> str:
    return str(choice.successor_id) if choice.successor_id is not None else "office"


def _name(kind: str, choice: HandOverChoice) -> str:
    return choice.successor.name if choice.successor is not None else _back(kind)


def _office(matter: Matter) -> list[tuple[str, str]]:
    return [("office", _back(matter.kind))] if matter.may_go_back else []


def _back(kind: str) -> str:
    to_the_head = kind == kinds.STEPS
    return _("Back to the head of the department") if to_the_head else _("Everyone in customer relations")


def title(kind: str, about: Any) -> str:
    match kind:
        case kinds.HEADSHIP:
            return _("Head of %(department)s", department=named(about))
        case kinds.ROLE:
            return label(about)
        case kinds.TEAM:
            return _("Leader of team %(team)s", team=about.slug)
        case kinds.DEPUTY:
            return _("Standing deputy of %(name)s", name=about.name)
        case _:
            return _(TITLES[kind])


def _counts(counts: dict[str, int]) -> str:
    words = {
        "complaint": lambda n: ngettext("%(num)d open complaint", "%(num)d open complaints", n),
        "penalty": lambda n: ngettext("%(num)d open penalty", "%(num)d open penalties", n),
        "scorecard": lambda n: ngettext("%(num)d scorecard", "%(num)d scorecards", n),
        "plan": lambda n: ngettext("%(num)d improvement plan", "%(num)d improvement plans", n),
        "measure": lambda n: ngettext("%(num)d measure", "%(num)d measures", n),
        "customer": lambda n: ngettext("%(num)d customer", "%(num)d customers", n),
        "reward": lambda n: ngettext("%(num)d reward to decide", "%(num)d rewards to decide", n),
        "inspection": lambda n: ngettext("%(num)d inspection", "%(num)d inspections", n),
        "question": lambda n: ngettext("%(num)d open question", "%(num)d open questions", n),
    }
    return case_words.series([words[kind](count) for kind, count in counts.items()]) if counts else ""


def _ways(person: Person, matter: Matter) -> list[Way]:
    """The cases that go with it by name, as far as the reader may see them."""
    if matter.kind == kinds.FILES:
        return _complaints(kept_by(person))
    if matter.kind == kinds.PLANS:
        mine = or_(plans_of(person), Plan.measures.any(undone_of(person)))
        plans = db().scalars(
            select(Plan).where(mine, plan_roles.visible_to(actor())).order_by(Plan.id).limit(MOST_LINKS)
        )
        return [Way(filters.case(plan), url_for("plan.show", number=plan.number)) for plan in plans]
    if matter.kind != kinds.STEPS:
        return []
    seen = (handed_to(person, Penalty), penalty_roles.visible_to(actor()))
    penalties = db().scalars(select(Penalty).where(*seen).order_by(Penalty.due_at).limit(MOST_LINKS))
    return [
        *_complaints(handed_to(person, Complaint)),
        *(_way(p, url_for("penalty.show", number=p.number)) for p in penalties),
    ]


def _complaints(which: ColumnElement[bool]) -> list[Way]:
    query = select(Complaint).where(which, sight.visible_to(actor())).order_by(Complaint.due_at).limit(MOST_LINKS)
    return [_way(case, url_for("complaint.show", number=case.number)) for case in db().scalars(query)]


def _way(case: Complaint | Penalty, url: str) -> Way:
    words = (
        _("Complaint %(number)s", number=case.number)
        if isinstance(case, Complaint)
        else _("Penalty %(number)s", number=case.number)
    )
    return Way(words, url)


def _past(hand_over: HandOver) -> list[Past]:
    return [
        Past(title(c.matter, _about(c)), _name(c.matter, c), c.carried_out_at, _went_along(c))
        for c in hand_over.choices
        if c.carried_out_at is not None
    ]


def _went_along(choice: HandOverChoice) -> str:
    if not choice.count:
        return ""
    if choice.matter == kinds.PLANS:
        return ngettext("%(num)d plan or measure", "%(num)d plans and measures", choice.count)
    if choice.matter in COUNTED:
        return _counts({COUNTED[choice.matter]: choice.count})
    return ngettext("%(num)d open case", "%(num)d open cases", choice.count)


def _about(choice: HandOverChoice) -> Any:
    match choice.matter:
        case kinds.HEADSHIP:
            return db().get(Department, int(choice.key))
        case kinds.ROLE:
            return Role(choice.key)
        case kinds.TEAM:
            return db().get(Team, int(choice.key))
        case kinds.DEPUTY:
            return db().get(Person, int(choice.key))
        case _:
            return None


def _notes(hand_over: HandOver) -> list[str]:
    """What ends by itself, or is put right elsewhere."""
    person, found = hand_over.person, []
    if not hand_over.goes_on:
        return []
    delegated = Deputation.is_standing.is_(False) & (Deputation.until > hand_over.effective_at)
    for held in db().scalars(select(Deputation).where(delegated, Deputation.deputy_id == person.id)):
        words = _(
            "They act for %(name)s until %(day)s; this ends with their going, and %(name)s has to name somebody else.",
            name=held.principal.name,
            day=moment.long_day((held.until or held.since) - AN_INSTANT),
        )
        found.append(words)
    for held in db().scalars(select(Deputation).where(delegated, Deputation.principal_id == person.id)):
        found.append(_("%(name)s acts for them for a period; this ends with their going.", name=held.deputy.name))
    company = db().get(Company, 1)
    if hand_over.leaves and company is not None and company.review_body_id == person.id:
        found.append(_("They rule on appeals against penalties; name another review body under Settings."))
    return found
