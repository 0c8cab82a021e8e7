"""What waits for the person logged in, as rows: the verb first, then the case, its clock, its acts.

Reads no more rows than are shown; counts no further than a page would say.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any

from flask import g, url_for
from flask_babel import gettext as _
from sqlalchemy import func, or_, select
from sqlalchemy.orm import joinedload, lazyload, selectinload

from models import Complaint, ComplaintState, Event, LetterRecipient, Penalty, PenaltyState, Person, Plan
from web import case_clocks, case_line, case_sight, case_words, deed, month_words, several
from web.filters import case as name_of
from web.filters import score
from web.moment import Clock, clock, local, month
from web.months_waiting import Month, months
from web.session import actor, db, me, now
from workflow import deadline, inbox, veil
from workflow.complaint_list import COUNTED, Count
from workflow.inbox import due_of, open_actions
from workflow.reading import acknowledgements_awaited
from workflow.regulation import pack_of
from workflow.waiting import Span

SHOWN = 20
MOST_COUNTED = COUNTED
JUST_AFTER = timedelta(microseconds=1)
UNDER_APPEAL = (ComplaintState.APPEALED, ComplaintState.RULING)
# Decisions are made on the case itself, with everything before the reader.
DECIDED_ON_THE_CASE = ("rule", "approve", "review")
LIKELIEST_IS_NEVER = ("appeal", "waive", "drop")

OwnCase = Complaint | Penalty
Case = OwnCase | Plan


@dataclass(frozen=True)
class Act:
    """One button of a row."""

    words: str
    url: str
    is_likeliest: bool


@dataclass(frozen=True)
class Row:
    """One case that waits; with a tick where one of the acts `several` can be taken with it among others."""

    do: str
    url: str
    about: str
    state: StrEnum
    clock: Clock
    acts: list[Act]
    cost: str = ""
    name: str = ""
    tick: str = ""
    several: tuple[str, ...] = ()


def spans() -> dict[str, Span]:
    """The deadlines of the three groups; midnight is the company's."""
    passed = now() + JUST_AFTER
    midnight = datetime.combine(local(now()).date() + timedelta(days=1), time(), local(now()).tzinfo)
    return {"overdue": Span(until=passed), "today": Span(since=passed, until=midnight), "later": Span(since=midnight)}


def count(span: Span) -> int:
    return db().execute(inbox.count(actor(), span, most=MOST_COUNTED)).scalar_one()


def count_all() -> int:
    """All that waits, months among it, counted once in a request."""
    if "waiting_count" not in g:
        g.waiting_count = count(Span()) + len(months())
    return int(g.waiting_count)


def letters_count() -> int:
    """Letters that the person has not acknowledged, counted once in a request."""
    if "letters_count" not in g:
        some = select(LetterRecipient.letter_id).where(acknowledgements_awaited(me())).limit(MOST_COUNTED)
        g.letters_count = db().execute(select(func.count()).select_from(some.subquery())).scalar_one()
    return int(g.letters_count)


def told(number: int) -> str:
    """A count as a page says it: 7 · 999+."""
    return str(Count(number, is_more=number >= MOST_COUNTED))


def cases(span: Span, *, skip: int = 0, most: int = SHOWN) -> list[Case]:
    """The cases of one group, of every kind, soonest deadline first."""
    found = db().execute(inbox.soonest(actor(), span, skip=skip, most=most)).all()
    complaints = {case.id: case for case in _complaints([key for kind, key in found if kind == Complaint.kind])}
    penalties = {case.id: case for case in _penalties([key for kind, key in found if kind == Penalty.kind])}
    plans = {plan.id: plan for plan in _plans([key for kind, key in found if kind == Plan.kind])}
    of_kind: dict[str, dict[int, Any]] = {Complaint.kind: complaints, Penalty.kind: penalties, Plan.kind: plans}
    return [of_kind[kind][key] for kind, key in found]


def _complaints(ids: list[int]) -> Iterable[Complaint]:
    if not ids:
        return ()
    person = joinedload(Complaint.respondent).options(lazyload(Person.postings), lazyload(Person.grants))
    return db().scalars(select(Complaint).where(Complaint.id.in_(ids)).options(person))


def _penalties(ids: list[int]) -> Iterable[Penalty]:
    if not ids:
        return ()
    needed = (joinedload(Penalty.respondent), joinedload(Penalty.regulation_version), joinedload(Penalty.complaint))
    events = selectinload(Penalty.events)  # whoever submitted or approved it may not decide
    return db().scalars(select(Penalty).where(Penalty.id.in_(ids)).options(*needed, events))


def _plans(ids: list[int]) -> Iterable[Plan]:
    query = select(Plan).where(Plan.id.in_(ids)).options(joinedload(Plan.complaint))
    return db().scalars(query) if ids else ()


def rows(found: list[Case]) -> list[Row]:
    grounds = _grounds([case for case in found if not isinstance(case, Plan)])
    return [
        _plan_row(case) if isinstance(case, Plan) else _row(case, grounds.get((case.kind, case.id))) for case in found
    ]


def _plan_row(plan: Plan) -> Row:
    """A plan is worked on, verified and told of on its own page."""
    page = case_line.address(plan)
    assert plan.due_at is not None, "what waits has a deadline"
    return Row(
        do=deed.to_do(str(plan.clock)), url=page, about=case_line.about(plan, actor()), state=plan.state,
        clock=clock(plan.due_at, started=plan.clock_started_at), acts=[Act(_("Open the plan"), page, True)],
        name=name_of(plan),
    )  # fmt: skip


def _row(case: OwnCase, appeal: Event | None) -> Row:
    actions = [] if _has_lapsed(case) else open_actions(case, actor(), now())
    among_others = tuple(act for act in several.acts_of(case) if act in actions)
    return Row(
        do=_to_do(case, actions),
        url=case_line.address(case),
        about=case_line.about(case, actor(), instead=_appeal(case, appeal)),
        state=case.state,
        clock=_clock(case),
        acts=_acts(case, actions),
        cost=_cost(case) if isinstance(case, Complaint) else "",
        name=name_of(case),
        tick=several.tick_of(case) if among_others else "",
        several=among_others,
    )


def _clock(case: OwnCase) -> Clock:
    if case.clock is None:
        return case_clocks.clock_for("reinstatement", case, due_of(case), started=None)
    return case_clocks.clock_of(case, due_of(case))


# --- scorecards


def months_in(span: Span) -> list[Row]:
    """Those of one group, as rows that lead to the month's page."""
    return [_month_row(each) for each in months() if span.holds(each.due_at)]


def _month_row(waiting: Month) -> Row:
    page, cards = url_for("month.show", month=waiting.name), month_words.ready(waiting.clock, waiting.cards)
    return Row(
        do=_("Scorecards: %(act)s", act=month_words.verb(waiting.clock)),
        url=page,
        about=f"{month(waiting.name)}{case_line.DOT}{cards}",
        state=waiting.state,
        clock=clock(waiting.due_at, started=waiting.since),
        acts=[Act(_("Open the month"), page, True)],
    )


def _has_lapsed(case: OwnCase) -> bool:
    return deadline.has_decided(case.clock, case.due_at, now())


def _to_do(case: OwnCase, actions: list[str]) -> str:
    if isinstance(case, Penalty):
        return _to_do_in_a_penalty(case, actions)
    if _has_lapsed(case):
        return _("No answer in time; it counts as accepted")
    if actions == ["appeal"]:
        return _("Appeal, if you object")
    return deed.to_do(str(case.clock))


def _to_do_in_a_penalty(penalty: Penalty, actions: list[str]) -> str:
    if _has_lapsed(penalty):
        return _("No appeal in time; the penalty takes effect")
    if penalty.clock is None or actions == ["reinstate"]:
        return deed.to_do(deadline.REINSTATEMENT)
    if penalty.state is PenaltyState.PROPOSED and "submit" in actions:
        return _("The time for a defence is over: submit the penalty or drop it")
    return deed.to_do(penalty.clock)


def _acts(case: OwnCase, actions: list[str]) -> list[Act]:
    page = case_line.address(case)
    if not page:
        return []
    if case.clock in DECIDED_ON_THE_CASE and actions and "reinstate" not in actions:
        words = _("Decide on it") if case.clock == "approve" else _("Rule on it")
        return [Act(words, f"{page}#act", True)]
    order, words_of = (
        (deed.PENALTY_BUTTONS, deed.penalty_button) if isinstance(case, Penalty) else (deed.BUTTONS, deed.button)
    )
    shown = [name for name in order if name in actions]
    return [
        Act(words_of(name), case_line.address(case, act=name), name == shown[-1] and name not in LIKELIEST_IS_NEVER)
        for name in shown
    ]


def _appeal(case: OwnCase, appeal: Event | None) -> str:
    """高峰申诉：“异物系客户自行加装”: where an appeal is open, it is the matter."""
    if appeal is None:
        return ""
    appellant = case.appellant if isinstance(case, Complaint) else case.respondent
    if appellant is None:
        return ""
    grounds = str(appeal.said.get("grounds") or "")
    if isinstance(case, Complaint):
        grounds = veil.words(grounds, case, actor(), customer=_("the customer"))
    return _("%(name)s appeals: “%(grounds)s”", name=appellant.name, grounds=case_words.first_sentence(grounds))


def _grounds(found: list[OwnCase]) -> dict[tuple[str, int], Event]:
    """The latest appeal of each case in which one is open."""
    complaints = [case.id for case in found if case.state in UNDER_APPEAL and case.kind == Complaint.kind]
    penalties = [case.id for case in found if case.clock == "review"]
    if not complaints and not penalties:
        return {}
    of = or_(Event.complaint_id.in_(complaints), Event.penalty_id.in_(penalties))
    appeals = select(Event).where(of, Event.action == "appeal").order_by(Event.seq)
    return {case_sight.key_of(event): event for event in db().scalars(appeals)}


# --- what being late costs ----------------------------------------------------------------------


def rates_of_lateness(case: Complaint) -> tuple[Decimal, Decimal] | None:
    """Points for each started day late and at most, where the regulation puts a price on it."""
    action = str(case.clock)
    if action not in ("complete", "report"):
        return None
    price = pack_of(case.regulation_version).price("complaint", action)
    return None if price.late_day is None or price.late_most is None else (price.late_day, price.late_most)


def _cost(case: Complaint) -> str:
    days, rates = deadline.days_late(case.due_at, now()), rates_of_lateness(case)
    if days == 0 or rates is None:
        return ""
    points = deadline.price_of_lateness(days, per_day=rates[0], at_most=rates[1])
    return _("counts %(points)s if done now", points=score(points))


def hint_overdue(found: list[Case]) -> str:
    complaints = [case for case in found if isinstance(case, Complaint)]
    rates = {rate for case in complaints if (rate := rates_of_lateness(case)) is not None}
    if not rates:
        return _("No points are lost for these, but somebody is waiting.")
    day, most = min(rates)
    return _(
        "For each started day late the head loses %(day)s, at most %(most)s points.",
        day=score(abs(day)),
        most=score(abs(most)),
    )


def hint_today(found: list[Case]) -> str:
    waits = [case for case in found if isinstance(case, Complaint) and case.clock == "answer"]
    if not waits:
        return ""
    head = min(pack_of(case.regulation_version).price("complaint", "lapse").of("head", case.severity) for case in waits)
    return _("A complaint left unanswered counts as accepted (head: %(points)s points).", points=score(head))


def more_of(group: str) -> str:
    return url_for("inbox.show", group=group)
