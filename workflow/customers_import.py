"""A list of customers with their advisers, from a table: each row is added or told why not; the same file twice adds
nothing twice.
"""

from dataclasses import dataclass, field
from datetime import datetime
from functools import cache, partial

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from models import Person
from workflow import customers, import_table
from workflow.customers import Typed
from workflow.import_text import tidy
from workflow.process import INVALID, N_, Objection, Refused
from workflow.roles import Actor

MOST_ROWS = 2_000
# How lists call their columns.
HEADINGS = {
    "name": ("客户姓名", "客户名称", "客户", "姓名", "车主", "name", "customer", "customer name"),
    "phone": ("电话", "手机", "手机号", "手机号码", "联系电话", "客户电话", "phone", "mobile", "telephone"),
    "vehicle": ("车牌", "车牌号", "车辆", "车架号", "vin", "vehicle", "plate"),
    "adviser": ("顾问", "服务顾问", "销售顾问", "顾问账号", "负责人", "adviser", "advisor", "account"),
}
NEEDED = ("name", "phone", "adviser")


@dataclass
class Outcome:
    """How many were added and how many were there; which rows were refused, by their number, and why."""

    added: int = 0
    repeated: int = 0
    refused: list[tuple[int, list[Objection]]] = field(default_factory=list)


def take(session: Session, content: bytes, *, by: Actor, at: datetime) -> Outcome:
    """Add the customers of a file; Refused says why the whole of it is none."""
    table = import_table.read(content)
    places = _places(table.headings)
    outcome, adviser_called = Outcome(), cache(partial(_adviser, session))
    for count, row in enumerate(table.rows, 1):
        if count > MOST_ROWS:
            raise Refused(
                [Objection(INVALID, N_("At most %(most)s customers at once, please."), most=f"{MOST_ROWS:,}")]
            )
        cells = {name: tidy(row.cells[place]) for name, place in places.items()}
        adviser = adviser_called(cells["adviser"])
        _take_row(session, row.number, list(row.objections), cells, adviser, outcome, by, at)
    return outcome


def _places(headings: list[str]) -> dict[str, int]:
    known = {alias: name for name, aliases in HEADINGS.items() for alias in aliases}
    places = {
        known[h.strip().lower()]: place
        for place, h in reversed(list(enumerate(headings)))
        if h.strip().lower() in known
    }
    if all(name in places for name in NEEDED):
        return places
    sentence = N_(
        "The table needs columns for the customer's name, the phone number and the adviser's name or account."
    )
    raise Refused([Objection(INVALID, sentence)])


def _take_row(
    session: Session, number: int, objections: list[Objection], cells: dict[str, str], adviser: Person | None,
    outcome: Outcome, by: Actor, at: datetime,
) -> None:  # fmt: skip
    typed = Typed(cells["name"], cells["phone"], cells.get("vehicle", ""))
    if not objections and customers.known(session, typed) is not None:
        outcome.repeated += 1
        return
    if adviser is None:
        objections.append(
            Objection(INVALID, N_("No colleague, or more than one, is called “%(name)s”."), name=cells["adviser"])
        )
    try:
        if not objections:
            customers.add(session, typed, adviser, by=by, at=at)
            session.flush()
            outcome.added += 1
    except Refused as refusal:
        objections = list(refusal.objections)
    if objections:
        outcome.refused.append((number, objections))


def _adviser(session: Session, typed: str) -> Person | None:
    """The one colleague of this account or name."""
    named = select(Person).where(or_(Person.username == typed.lower(), Person.name == typed), Person.left_at.is_(None))
    found = session.scalars(named.limit(2)).all()
    return found[0] if len(found) == 1 else None
