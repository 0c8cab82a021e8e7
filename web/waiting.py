"""What waits for the person logged in, as rows: the verb first, then the case, its clock, its acts.

Reads no more rows than are shown; counts no further than a page would say.
"""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from decimal import Decimal

from flask import g, url_for
from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, lazyload

from models import Complaint, ComplaintState, Event, LetterRecipient, Person
from web import case_clocks, case_line, case_words, deed
from web.filters import score
from web.moment import Clock, local
from web.session import actor, db, me, now
from workflow import deadline, veil, waiting
from workflow.inbox import open_actions
from workflow.reading import acknowledgements_awaited
from workflow.regulation import pack_of
from workflow.waiting import Span

SHOWN = 20
MOST_COUNTED = 500
JUST_AFTER = timedelta(microseconds=1)
UNDER_APPEAL = (ComplaintState.APPEALED, ComplaintState.RULING)


@dataclass(frozen=True)
class Act:
    """One button of a row."""

    words: str
    url: str
    is_likeliest: bool


@dataclass(frozen=True)
class Row:
    """One case that waits."""

    do: str
    url: str
    about: str
    state: ComplaintState
    clock: Clock
    acts: list[Act]
    cost: str = ""


def spans() -> dict[str, Span]:
    """The deadlines of the three groups; midnight is the company's."""
    passed = now() + JUST_AFTER
    midnight = datetime.combine(local(now()).date() + timedelta(days=1), time(), local(now()).tzinfo)
    return {"overdue": Span(until=passed), "today": Span(since=passed, until=midnight), "later": Span(since=midnight)}


def count(span: Span) -> int:
    return db().execute(waiting.count(actor(), span, most=MOST_COUNTED)).scalar_one()


def count_all() -> int:
    """All cases that wait, counted once in a request."""
    if "waiting_count" not in g:
        g.waiting_count = count(Span())
    return int(g.waiting_count)


def letters_count() -> int:
    """Letters that the person has not acknowledged, counted once in a request."""
    if "letters_count" not in g:
        some = select(LetterRecipient.letter_id).where(acknowledgements_awaited(me())).limit(MOST_COUNTED)
        g.letters_count = db().execute(select(func.count()).select_from(some.subquery())).scalar_one()
    return int(g.letters_count)


def told(number: int) -> str:
    """A count as a page says it: 7 · 500+."""
    return f"{number}+" if number >= MOST_COUNTED else str(number)


def cases(span: Span, *, skip: int = 0, most: int = SHOWN) -> list[Complaint]:
    """The cases of one group, soonest deadline first."""
    ids = list(db().scalars(waiting.soonest(actor(), span, skip=skip, most=most)))
    query = (
        select(Complaint)
        .where(Complaint.id.in_(ids))
        .options(joinedload(Complaint.respondent).options(lazyload(Person.postings), lazyload(Person.grants)))
        .order_by(Complaint.due_at, Complaint.id)
    )
    return list(db().scalars(query))


def rows(found: list[Complaint]) -> list[Row]:
    grounds = _grounds([case.id for case in found if case.state in UNDER_APPEAL])
    return [_row(case, grounds.get(case.id)) for case in found]


def _row(case: Complaint, appeal: Event | None) -> Row:
    assert case.due_at is not None
    actions = [] if _has_lapsed(case) else open_actions(case, actor(), now())
    return Row(
        do=_to_do(case, actions),
        url=case_line.address(case),
        about=case_line.about(case, actor(), instead=_appeal(case, appeal)),
        state=case.state,
        clock=case_clocks.clock_of(case, case.due_at),
        acts=_acts(case, actions),
        cost=_cost(case),
    )


def _has_lapsed(case: Complaint) -> bool:
    """The moment has passed at which silence counts as acceptance; it only has to be carried out."""
    assert case.due_at is not None
    return deadline.CLOCKS[str(case.clock)].falls_due is not None and case.due_at <= now()


def _to_do(case: Complaint, actions: list[str]) -> str:
    if _has_lapsed(case):
        return _("No answer in time; it counts as accepted")
    if actions == ["appeal"]:
        return _("Appeal, if you object")
    return deed.to_do(str(case.clock))


def _acts(case: Complaint, actions: list[str]) -> list[Act]:
    if case.clock == "rule" and actions:
        return [Act(_("Rule on it"), f"{case_line.address(case)}#act", True)]
    shown = [name for name in deed.BUTTONS if name in actions]
    return [
        Act(deed.button(name), case_line.address(case, act=name), name == shown[-1] and name != "appeal")
        for name in shown
    ]


def _appeal(case: Complaint, appeal: Event | None) -> str:
    """高峰申诉：“异物系客户自行加装”: where an appeal is open, it is the matter."""
    if appeal is None or case.appellant is None:
        return ""
    grounds = veil.words(appeal.said.get("grounds"), case, actor(), customer=_("the customer"))
    return _("%(name)s appeals: “%(grounds)s”", name=case.appellant.name, grounds=case_words.first_sentence(grounds))


def _grounds(ids: list[int]) -> dict[int, Event]:
    """The latest appeal of each case."""
    if not ids:
        return {}
    appeals = select(Event).where(Event.complaint_id.in_(ids), Event.action == "appeal").order_by(Event.seq)
    return {event.complaint_id: event for event in db().scalars(appeals)}


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


def hint_overdue(found: list[Complaint]) -> str:
    rates = {rate for case in found if (rate := rates_of_lateness(case)) is not None}
    if not rates:
        return _("No points are lost for these, but somebody is waiting.")
    day, most = min(rates)
    return _(
        "For each started day late the head loses %(day)s, at most %(most)s points.",
        day=score(abs(day)),
        most=score(abs(most)),
    )


def hint_today(found: list[Complaint]) -> str:
    waits = [case for case in found if case.clock == "answer"]
    if not waits:
        return ""
    head = min(pack_of(case.regulation_version).price("complaint", "lapse").of("head", case.severity) for case in waits)
    return _("A complaint left unanswered counts as accepted (head: %(points)s points).", points=score(head))


def more_of(group: str) -> str:
    return url_for("inbox.show", group=group)
