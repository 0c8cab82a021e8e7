"""One person's penalties as they read them, and as those do who answer for that person.

Each with its letters, what it cost in points and money, how it stands, what can still be done and until when.
Only penalties that exist for the reader are counted or shown.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import aliased, joinedload, selectinload

from models import (
    Event,
    Letter,
    MoneyEntry,
    MoneyKind,
    PaydayLine,
    Penalty,
    PenaltyState,
    Person,
    ScoreEntry,
    Taken,
)
from web import case_clocks, case_line, case_words, deed, filters, letter_rows, moment, penalty_step
from web.moment import Clock
from web.session import actor, db, me, now
from workflow import penalty_roles, reading
from workflow.inbox import due_of, open_actions
from workflow.process import N_

S = PenaltyState
# How each state reads, for the person concerned as for those who answer for them.
STANDS = {
    S.PROPOSED: N_("Proposed and not decided: a defence can be stated or waived."),
    S.HEARD: N_("Heard and not decided: the head submits it or drops it."),
    S.SUBMITTED: N_("Submitted and not decided: the general manager approves it or not."),
    S.ISSUED: N_("Decided, not yet in effect: an appeal is possible, and nothing is deducted before."),
    S.APPEALED: N_("Under appeal: nothing is deducted before the ruling."),
    S.FINAL: N_("In effect."),
    S.SETTLED: N_("In effect, and nothing is owed any more."),
    S.REVOKED: N_("Revoked: void from the start, points and money were given back."),
    S.DROPPED: N_("No penalty: it was not pursued."),
}
NOT_APPROVED = N_("No penalty: the general manager did not approve it.")


@dataclass(frozen=True)
class Act:
    words: str
    url: str


@dataclass(frozen=True)
class Past:
    """One penalty of the person."""

    number: str
    url: str
    what: str
    about: str
    rule: str
    state: StrEnum
    dated: datetime
    stands: str
    points: Decimal
    money: int
    forfeited: int
    taken: int
    clock: Clock | None
    acts: list[Act]
    letters: list[letter_rows.LetterRow] = field(default_factory=list)

    @property
    def owed(self) -> int:
        """What was charged and has not been taken yet; a forfeited commission is pay not earned, and no debt."""
        return max(0, -self.money - self.forfeited - self.taken)


@dataclass(frozen=True)
class Cost:
    """What each penalty cost its person, by the penalty's id: points, and money in fen."""

    points: Mapping[int, Decimal]
    money: Mapping[int, int]
    forfeited: Mapping[int, int]
    taken: Mapping[int, int]


def penalties_of(person: Person) -> list[Penalty]:
    """Those that the reader may see, the newest first."""
    query = select(Penalty).where(Penalty.respondent_id == person.id, penalty_roles.visible_to(actor()))
    letters = selectinload(Event.letters).options(selectinload(Letter.recipients), selectinload(Letter.services))
    needed = (
        joinedload(Penalty.respondent), joinedload(Penalty.regulation_version), joinedload(Penalty.department),
        joinedload(Penalty.complaint), selectinload(Penalty.events).options(letters),
    )  # fmt: skip
    return list(db().scalars(query.options(*needed).order_by(Penalty.id.desc())).unique())


def _standing(penalty: Penalty) -> str:
    is_refused = any(event.action == "reject" for event in penalty.events)
    return NOT_APPROVED if is_refused else STANDS[penalty.state]


def pasts(person: Person, penalties: list[Penalty]) -> list[Past]:
    ids = [penalty.id for penalty in penalties]
    cost = Cost(_points(person, ids), _money(person, ids), _forfeited(person, ids), _taken(person, ids))
    return [_past(penalty, cost) for penalty in penalties]


def _past(penalty: Penalty, cost: Cost) -> Past:
    url = case_line.address(penalty)
    waits = penalty.due_at is not None
    return Past(
        number=filters.case(penalty), url=url, what=_what(penalty), about=case_line.gist(penalty, actor()),
        rule=penalty.rule, state=penalty.state, dated=penalty.approved_at or penalty.proposed_at,
        stands=case_words.sentences([_(_standing(penalty)), _counts(penalty)]),
        points=cost.points[penalty.id], money=cost.money[penalty.id],
        forfeited=cost.forfeited[penalty.id], taken=cost.taken[penalty.id],
        clock=case_clocks.clock_of(penalty, due_of(penalty)) if waits else None,
        acts=_acts(penalty), letters=_letters(penalty),
    )  # fmt: skip


def _what(penalty: Penalty) -> str:
    """On which step it stands; its state has a chip of its own."""
    if penalty.state is S.DROPPED:
        return _("no step")
    return penalty_step.name_of(penalty)


def _counts(penalty: Penalty) -> str:
    """How long it counts on its ladder, or since when it counts no more."""
    if not penalty.is_standing or penalty.is_single_fine:
        return ""
    if penalty.counts_until is None:
        return _("Counts on the ladder without an end.")
    day = moment.long_day(penalty.counts_until)
    if penalty.counts_at(now()):
        return _("Counts on the ladder until %(day)s.", day=day)
    return _("Has not counted on the ladder since %(day)s.", day=day)


def _acts(penalty: Penalty) -> list[Act]:
    """What the person concerned can do now; nobody else does it for them."""
    if penalty.respondent_id != me().id or _has_run_out(penalty):
        return []
    names = open_actions(penalty, actor(), now())
    shown = [name for name in deed.PENALTY_BUTTONS if name in names]
    return [Act(deed.penalty_button(name), case_line.address(penalty, act=name)) for name in shown]


def _has_run_out(penalty: Penalty) -> bool:
    return penalty.clock == "contest" and penalty.due_at is not None and penalty.due_at <= now()


def _letters(penalty: Penalty) -> list[letter_rows.LetterRow]:
    """Its letters as far as the reader may read them, the newest first."""
    letters = [letter for event in penalty.events for letter in event.letters if reading.may_read(letter, actor())]
    return [_row(letter, penalty.respondent_id) for letter in reversed(letters)]


def _row(letter: Letter, person_id: int) -> letter_rows.LetterRow:
    line = next((line for line in letter.recipients if line.person_id == person_id), None)
    return letter_rows.row(letter, line.acknowledged_at if line is not None else None)


# --- what it cost -------------------------------------------------------------------------------


def _points(person: Person, ids: list[int]) -> Mapping[int, Decimal]:
    query = (
        select(Event.penalty_id, func.sum(ScoreEntry.points))
        .join(ScoreEntry, ScoreEntry.event_id == Event.id)
        .where(Event.penalty_id.in_(ids), ScoreEntry.person_id == person.id)
        .group_by(Event.penalty_id)
    )
    return defaultdict(Decimal, db().execute(query).all())


def _money(person: Person, ids: list[int]) -> Mapping[int, int]:
    query = select(MoneyEntry.penalty_id, func.sum(MoneyEntry.amount)).where(
        MoneyEntry.penalty_id.in_(ids), MoneyEntry.person_id == person.id
    )
    return _whole(db().execute(query.group_by(MoneyEntry.penalty_id)).all())


def _forfeited(person: Person, ids: list[int]) -> Mapping[int, int]:
    """What is still forfeited of the commissions of each penalty's month."""
    original = aliased(MoneyEntry)
    query = (
        select(MoneyEntry.penalty_id, -func.sum(MoneyEntry.amount))
        .outerjoin(original, original.id == MoneyEntry.reverses_id)
        .where(MoneyEntry.penalty_id.in_(ids), MoneyEntry.person_id == person.id)
        .where(func.coalesce(original.kind, MoneyEntry.kind) == MoneyKind.COMMISSION_FORFEIT.value)
    )
    return _whole(db().execute(query.group_by(MoneyEntry.penalty_id)).all())


def _taken(person: Person, ids: list[int]) -> Mapping[int, int]:
    query = (
        select(Taken.penalty_id, func.sum(Taken.amount))
        .join(Taken.line)
        .where(Taken.penalty_id.in_(ids), PaydayLine.person_id == person.id)
    )
    return _whole(db().execute(query.group_by(Taken.penalty_id)).all())


def _whole(rows: Iterable[tuple[int | None, int]]) -> Mapping[int, int]:
    """PostgreSQL sums whole numbers to decimals."""
    found: dict[int, int] = defaultdict(int)
    found.update({key: int(amount) for key, amount in rows if key is not None})
    return found
