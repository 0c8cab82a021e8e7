"""What becomes of each of several cases, or would: one case, one transaction, one sentence."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import contains_eager
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import NotFound

from models import Complaint, Letter, LetterRecipient, Penalty
from web import case_line, case_load, case_moved, letter_rows, penalty_load, penalty_moved
from web.filters import case as name_of
from web.filters import sentence
from web.letter_load import by_key
from web.moment import moment
from web.session import actor, db, me, now
from workflow import message, reading, several
from workflow.process import Objection, Refused

Case = Complaint | Penalty

LETTER, ACKNOWLEDGE = "letter", "acknowledge"
CASES: dict[str, type[Complaint] | type[Penalty]] = {Complaint.kind: Complaint, Penalty.kind: Penalty}


@dataclass(frozen=True)
class Choice:
    """What one tick says: which case or letter, and where it stood when its row was drawn."""

    kind: str
    number: str
    stay: str

    @property
    def tick(self) -> str:
        return f"{self.kind}:{self.number}:{self.stay}"


@dataclass(frozen=True)
class Result:
    """What became of one of the chosen, or would: nothing stands in its way where `why_not` is empty."""

    choice: Choice
    name: str
    about: str = ""
    url: str = ""
    state: StrEnum | None = None
    why_not: str = ""


def seen(act: str, choice: Choice) -> Result:
    """What would become of it now; reads, and changes nothing."""
    if choice.kind == LETTER:
        return _of_letter(act, choice, _line(choice))
    case = _read(choice)
    if case is None:
        return _unknown(choice)
    return _result(choice, case, _why_stale(choice, case) or _told(several.objections(act, case, actor(), now())))


def taken(act: str, choice: Choice, said: dict[str, Any]) -> Result:
    """Take the act and commit; or say why not, with nothing changed."""
    if choice.kind == LETTER:
        return _acknowledged(act, choice)
    if several.ACTS.get(act) != choice.kind:
        return seen(act, choice)
    why = ""
    try:
        case = _to_act_on(choice)
        if not (why := _why_stale(choice, case)):
            several.take(act, case, by=actor(), at=now(), said=said)
            result = _result(choice, case)
            db().commit()
            return result
    except NotFound:
        return _unknown(choice)
    except Refused as refusal:
        why = _told(refusal.objections)
    except (StaleDataError, IntegrityError):
        pass
    finally:
        # What was not committed never happened, and holds no lock while the others go on.
        db().rollback()
    left = _read(choice)
    if left is None:
        return _unknown(choice)
    return _result(choice, left, why or _why_stale(choice, left) or _("Somebody else acts in it right now; try again."))


def _read(choice: Choice) -> Case | None:
    """The case with everything a step needs, if it exists for the reader."""
    if (kind := CASES.get(choice.kind)) is None:
        return None
    key = db().scalar(kind.by_number(choice.number).with_only_columns(kind.id))
    case = db().scalars(kind.whole(key)).unique().one() if key is not None else None
    return case if case is not None and message.exists_for(case, actor()) else None


def _to_act_on(choice: Choice) -> Case:
    """The case locked, after what had fallen due in it was carried out."""
    load = case_load.case_to_act_on if choice.kind == Complaint.kind else penalty_load.penalty_to_act_on
    return load(choice.number)


def _why_stale(choice: Choice, case: Case) -> str:
    """Who did what meanwhile, where the case has moved on since it was chosen."""
    if several.stay_of(case) == choice.stay:
        return ""
    event = case_moved.what_moved(case)
    if isinstance(case, Complaint):
        return case_moved.happened(event, case)
    return penalty_moved.happened(event, case)


def _told(objections: tuple[Objection, ...]) -> str:
    return " ".join(map(sentence, objections))


def _result(choice: Choice, case: Case, why_not: str = "") -> Result:
    name = name_of(case)
    about = case_line.about(case, actor()).removeprefix(f"{name}{case_line.DOT}")
    return Result(choice, name, about, case_line.address(case), case.state, why_not)


def _unknown(choice: Choice) -> Result:
    return Result(choice, choice.number, why_not=_("There is no such case."))


# --- letters


def _acknowledged(act: str, choice: Choice) -> Result:
    """签收 of one letter; of one that was acknowledged before it says when."""
    line = _line(choice, to_sign=True)
    found = _of_letter(act, choice, line)
    if line is not None and not found.why_not:
        reading.acknowledge(line.letter, by=me(), at=now())
    db().commit()
    return found


def _line(choice: Choice, *, to_sign: bool = False) -> LetterRecipient | None:
    """My line among the addressees; where it is to be signed, of two presses at once the second waits."""
    try:
        key = by_key(choice.number).with_only_columns(Letter.id)
    except NotFound:
        return None
    mine = letter_rows.addressed_to_me().where(Letter.id.in_(key))
    query = mine.options(contains_eager(LetterRecipient.letter).selectinload(Letter.recipients))
    return db().scalars(query.with_for_update(of=LetterRecipient) if to_sign else query).unique().one_or_none()


def _of_letter(act: str, choice: Choice, line: LetterRecipient | None) -> Result:
    if line is None:
        return Result(choice, choice.number, why_not=_("There is no such letter."))
    row, why = letter_rows.row_of(line), ""
    if act != ACKNOWLEDGE:
        why = _told((several.DOES_NOT_APPLY,))
    elif row.acknowledged_at is not None:
        why = _("You acknowledged this letter on %(moment)s.", moment=moment(row.acknowledged_at))
    return Result(choice, row.title, f"{row.number} · {row.case}", row.url, why_not=why)
