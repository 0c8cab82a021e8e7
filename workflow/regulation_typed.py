"""What people typed into the fields of a regulation: understood, or objected to in words at its field."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any

from workflow.limit import Limit
from workflow.process import INVALID, N_, Objection, Refused
from workflow.regulation_fields import SHARES, Field, Kind, Value
from workflow.texts import clean

NUMBER = re.compile(r"[+-]?\d{1,9}(\.\d{1,9})?", re.ASCII)
# What may stand around a number without changing it.
AROUND = str.maketrans("", "", " ,¥%元分")
MOST_FINE, MOST_POINTS, MOST_MONTHS, LONGEST_TEXT = Decimal(100_000), Decimal(-100), 600, 2000
# No limit is longer than a year, in whatever it is counted.
LONGEST = {"hours": 8760, "days": 365, "working_hours": 2000, "working_days": 250}


class Wrong(Exception):
    """What stands in the way of understanding one field."""

    def __init__(self, msgid: str, **values: Any) -> None:
        self.msgid, self.values = msgid, values


def read(fields: Iterable[Field], typed: Mapping[str, str]) -> dict[Field, Value]:
    """The values of the fields that were typed into; Refused with an objection at each that is not understood."""
    found: dict[Field, Value] = {}
    objections: list[Objection] = []
    for field in fields:
        if not _was_typed(field, typed):
            continue
        try:
            found[field] = _read(field, typed)
        except Wrong as wrong:
            objections.append(Objection(INVALID, wrong.msgid, field=field.path, **wrong.values))
    if objections:
        raise Refused(objections)
    return found


def _was_typed(field: Field, typed: Mapping[str, str]) -> bool:
    return (f"{field.path}.number" if field.kind is Kind.LIMIT else field.path) in typed


def _read(field: Field, typed: Mapping[str, str]) -> Value:
    if field.kind is Kind.LIMIT:
        return _limit(typed[f"{field.path}.number"], typed.get(f"{field.path}.unit", ""))
    readers: dict[Kind, Callable[[str], Value]] = {
        Kind.FINE: _fine, Kind.POINTS: _points, Kind.SHARE: _share, Kind.MONTHS: _months, Kind.TEXT: _text,
    }  # fmt: skip
    return readers[field.kind](typed[field.path])


def _fine(text: str) -> Decimal | None:
    """An amount in yuan; nothing is a blank, which keeps the regulation from being put in force."""
    if not _plain(text):
        return None
    yuan = _number(text, N_("Write an amount in yuan, such as 100 or 50.50."))
    if yuan < 0:
        raise Wrong(N_("A fine is not negative; write 0 where there is none."))
    if yuan > MOST_FINE:
        raise Wrong(N_("A fine of more than %(most)s yuan is surely a slip of the pen."), most=MOST_FINE)
    return yuan


def _points(text: str) -> Decimal:
    """Points are deducted: zero or less; nothing is zero."""
    points = _number(text, N_("Write the points as a number, such as −5 or −0.5.")) if _plain(text) else Decimal(0)
    if points > 0:
        raise Wrong(N_("Points are deducted: write −%(points)s, or 0 where the step costs nothing."), points=points)
    if points < MOST_POINTS:
        raise Wrong(N_("A month has 100 points; one step cannot cost more."))
    return points + 0  # zero has no sign


def _limit(number: str, unit: str) -> Limit:
    if unit not in LONGEST:
        raise Wrong(N_("Choose hours, days, working hours or working days."))
    count = _whole(number, N_("Write the time as a whole number, such as 24."))
    if count < 1:
        raise Wrong(N_("A time limit is at least 1."))
    if count > LONGEST[unit]:
        raise Wrong(N_("A time limit of more than a year is surely a slip of the pen."))
    return Limit.model_validate({unit: count})


def _share(text: str) -> int:
    share = _whole(text, N_("Write the share as a whole number of percent, such as 20."))
    if not 0 <= share <= 100:
        raise Wrong(N_("A share lies between 0 and 100%%."))
    return share


def _months(text: str) -> int | None:
    """Nothing: a penalty counts for ever."""
    if not _plain(text):
        return None
    months = _whole(text, N_("Write whole months, such as 12, or nothing where penalties never expire."))
    if not 1 <= months <= MOST_MONTHS:
        raise Wrong(N_("Write 1 to %(most)s months, or nothing where penalties never expire."), most=MOST_MONTHS)
    return months


def _text(text: str) -> str:
    found = clean(text)
    if found is None:
        raise Wrong(N_("Write the text; a rule has its words in both languages."))
    if len(found) > LONGEST_TEXT:
        raise Wrong(N_("At most %(most)s characters."), most=LONGEST_TEXT)
    return found


def _number(text: str, otherwise: str) -> Decimal:
    plain = _plain(text)
    if not NUMBER.fullmatch(plain):
        raise Wrong(otherwise)
    if len(plain.partition(".")[2]) > 2:
        raise Wrong(N_("At most two decimals."))
    return Decimal(plain)


def _whole(text: str, otherwise: str) -> int:
    plain = _plain(text)
    if not NUMBER.fullmatch(plain) or "." in plain:
        raise Wrong(otherwise)
    return int(plain)


def _plain(text: str) -> str:
    """The number in ASCII: １００ is 100, and a true minus is a minus."""
    return unicodedata.normalize("NFKC", text).replace("\N{MINUS SIGN}", "-").translate(AROUND).strip()


def objections_between(values: Mapping[str, Value]) -> list[Objection]:
    """What each field allows and all of them together do not; `values` by path, of the whole regulation."""
    found = [*_days_late(values)]
    shares = [values[f"rework_shares.{who}"] for who in SHARES]
    if (total := sum(share for share in shares if isinstance(share, int))) != 100:
        sentence = N_("The three shares add up to %(total)s%%, not to 100%%.")
        found.append(Objection(INVALID, sentence, field="rework_shares.leader", total=total))
    return found


def _days_late(values: Mapping[str, Value]) -> Iterable[Objection]:
    for path, day in values.items():
        if not path.endswith(".late_day") or not isinstance(day, Decimal):
            continue
        most = values[f"{path.removesuffix('late_day')}late_most"]
        assert isinstance(most, Decimal), "both are points"
        if (day == 0) != (most == 0):
            sentence = N_("Give both: the points for a day, and the most that all days cost together.")
            yield Objection(INVALID, sentence, field=path)
        elif most > day:
            yield Objection(INVALID, N_("All days together cannot cost less than one."), field=path)
