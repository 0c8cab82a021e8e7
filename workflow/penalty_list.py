"""Lists of penalties: tabs, filters, order and pages of what exists for one reader.

Every query goes through `penalty_roles.visible_to`. Words are looked for only where this reader may
read them: facts name customers, and whoever is not shown a name does not find it by searching.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, String, and_, cast, func, or_, select
from sqlalchemy.orm import joinedload

from models import Complaint, Event, LadderStep, Letter, Penalty, PenaltyState, Person
from workflow import penalty_roles, veil
from workflow.penalty_letter import SERIES
from workflow.roles import Actor

S = PenaltyState
PAGE, LAST_PAGE, LONGEST = 25, 400, 100
# Of how many penalties with a complaint behind them the words are read one by one.
MOST_VEILED = 1_000
GROUPS: dict[str, tuple[PenaltyState, ...]] = {
    "hearing": (S.PROPOSED, S.HEARD),
    "submitted": (S.SUBMITTED,),
    "issued": (S.ISSUED,),
    "appealed": (S.APPEALED,),
    "final": (S.FINAL, S.SETTLED),
    "ended": (S.DROPPED, S.REVOKED),
}
UNDECIDED = "none"
STEPS = (LadderStep.FIRST.value, LadderStep.SECOND.value, LadderStep.DISMISSAL.value, UNDECIDED)
CLOCKS = ("open", "overdue")
ORDERS: Mapping[str, tuple[Any, ...]] = {
    "due": (Penalty.due_at.is_(None), Penalty.due_at, Penalty.id.desc()),
    "newest": (Penalty.year.desc(), Penalty.seq.desc()),
    "number": (Penalty.year, Penalty.seq),
}
CASE = re.compile(r"(?:处罚|penalty|case)?\s*(\d{4})-(\d{1,9})", re.ASCII | re.IGNORECASE)
LETTER = re.compile(r"(?:处罚)?\s*[〔\[(【](\d{4})[〕\])】]\s*(\d{1,9})\s*号?", re.ASCII)


@dataclass(frozen=True)
class Asked:
    """What the reader wants to see; an empty field asks for everything."""

    group: str = ""
    text: str = ""
    department_id: int | None = None
    step: str = ""
    clock: str = ""
    sort: str = "due"
    page: int = 1

    @property
    def is_narrowed(self) -> bool:
        """Whether anything but the tab leaves penalties out."""
        return any((self.text, self.department_id, self.step, self.clock))


@dataclass(frozen=True)
class Found:
    """One page of the list, with the number of penalties behind every tab."""

    penalties: list[Penalty]
    counts: dict[str, int]
    asked: Asked
    has_next: bool

    @property
    def total(self) -> int:
        return self.counts[self.asked.group]

    @property
    def first(self) -> int:
        return (self.asked.page - 1) * PAGE + 1

    @property
    def last(self) -> int:
        return self.first + len(self.penalties) - 1


def find(asked: Asked, *, by: Actor, at: datetime) -> Found:
    """The page asked for, of what exists for this reader."""
    conditions = [penalty_roles.visible_to(by), *_narrowed(asked, by, at)]
    rows = _page(asked, conditions, by)
    return Found(rows[:PAGE], _counts(conditions, by), asked, len(rows) > PAGE and asked.page < LAST_PAGE)


def named(text: str, by: Actor) -> Penalty | None:
    """The one penalty that a case number or a letter's number names, if it exists for the reader."""
    typed = _typed(text)
    if (found := CASE.fullmatch(typed)) is not None:
        query = Penalty.by_number(f"{found[1]}-{found[2]}")
    elif (found := LETTER.fullmatch(typed)) is not None:
        query = _with_letter(int(found[1]), int(found[2]))
    else:
        return None
    return by.office.session.scalars(query.where(penalty_roles.visible_to(by))).one_or_none()


def _with_letter(year: int, seq: int) -> Select[Penalty]:
    letter = and_(Letter.series == SERIES, Letter.year == year, Letter.seq == seq)
    events = select(Event.penalty_id).where(Event.id.in_(select(Letter.event_id).where(letter)))
    return select(Penalty).where(Penalty.id.in_(events))


# --- what was asked for


def _narrowed(asked: Asked, actor: Actor, at: datetime) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if asked.department_id is not None:
        found.append(Penalty.department_id == asked.department_id)
    if asked.step:
        found.append(Penalty.step.is_(None) if asked.step == UNDECIDED else Penalty.step == LadderStep(asked.step))
    if asked.clock:
        found.append(CLOCK_CONDITIONS[asked.clock](at))
    if asked.text:
        found.append(containing(asked.text, actor))
    return found


CLOCK_CONDITIONS: Mapping[str, Callable[[datetime], ColumnElement[bool]]] = {
    "open": lambda _at: Penalty.clock.is_not(None) | Penalty.reinstatement_due_at.is_not(None),
    "overdue": lambda at: or_(Penalty.due_at < at, Penalty.reinstatement_due_at < at),
}


def containing(text: str, actor: Actor) -> ColumnElement[bool]:
    """The penalties in whose number, name or facts, as this reader reads them, every word stands."""
    words = _typed(text).casefold().split()
    matches = [_has(word) for word in words]
    without = and_(Penalty.complaint_id.is_(None), *matches)
    candidates = (
        select(Penalty)
        .where(penalty_roles.visible_to(actor), Penalty.complaint_id.is_not(None), *matches)
        .options(joinedload(Penalty.respondent), joinedload(Penalty.complaint).selectinload(Complaint.events))
        .order_by(Penalty.id.desc())
        .limit(MOST_VEILED)
    )
    found = actor.office.session.scalars(candidates).unique()
    ids = [penalty.id for penalty in found if all(word in _readable(penalty, actor) for word in words)]
    return or_(without, Penalty.id.in_(ids))


def _has(word: str) -> ColumnElement[bool]:
    like = "%" + word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
    named_so = select(Person.id).where(Person.name.ilike(like, escape="\\"))
    return or_(
        Penalty.facts.ilike(like, escape="\\"),
        Penalty.facts_en.ilike(like, escape="\\"),
        Penalty.respondent_id.in_(named_so),
        _number().ilike(like, escape="\\"),
    )


def _number() -> Any:
    return cast(Penalty.year, String) + "-" + cast(Penalty.seq, String)


def _readable(penalty: Penalty, actor: Actor) -> str:
    text = f"{penalty.number} {penalty.respondent.name} {words_for(penalty.facts, penalty, actor)}"
    return unicodedata.normalize("NFKC", text).casefold()


def words_for(text: str | None, penalty: Penalty, actor: Actor, *, customer: str = "客户") -> str:
    """Free text of a penalty: the customer of the complaint behind it hidden from whom it is hidden there."""
    if penalty.complaint is None:
        return text or ""
    return veil.words(text, penalty.complaint, actor, customer=customer)


def _typed(text: str) -> str:
    return unicodedata.normalize("NFKC", text[:LONGEST]).strip()


# --- a page of it


def _page(asked: Asked, conditions: list[ColumnElement[bool]], actor: Actor) -> list[Penalty]:
    """The page's penalties in order, and one more if there is more."""
    states = GROUPS.get(asked.group, tuple(S))
    query = select(Penalty).where(*conditions, Penalty.state.in_(states)).order_by(*ORDERS[asked.sort])
    shown = (
        joinedload(Penalty.respondent).selectinload(Person.postings),
        joinedload(Penalty.department),
        joinedload(Penalty.regulation_version),
        joinedload(Penalty.complaint).selectinload(Complaint.events),
    )
    rows = query.options(*shown).offset((asked.page - 1) * PAGE).limit(PAGE + 1)
    return list(actor.office.session.scalars(rows).unique())


def _counts(conditions: list[ColumnElement[bool]], actor: Actor) -> dict[str, int]:
    query = select(Penalty.state, func.count()).where(*conditions).group_by(Penalty.state)
    by_state: Counter[PenaltyState] = Counter(dict(actor.office.session.execute(query).all()))
    return {group: sum(by_state[state] for state in states) for group, states in {"": tuple(S), **GROUPS}.items()}
