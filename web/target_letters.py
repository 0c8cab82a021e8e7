"""Target letters of a year: which units have theirs, and who has signed; the general manager issues them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, abort, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from models import Department, Publication, Target, Team
from web import filters, letter_rows, target_choices
from web.after import after_commit
from web.session import actor, db, me, now
from workflow import publication, target_roles
from workflow.process import Refused
from workflow.targets import Unit

bp = Blueprint("target_letters", __name__, url_prefix="/targets/<int(min=2000, max=2999):year>/letters")


@dataclass(frozen=True)
class Row:
    """The letter of one unit's year: where it is, who signs it, since when it is signed."""

    unit: str
    key: str
    number: str = ""
    url: str = ""
    signer: str = ""
    issued_at: datetime | None = None
    signed_at: datetime | None = None
    replaced: int = 0
    # Who heads the unit now, where the letter went to somebody else.
    to_be_signed_by: str = ""


@bp.post("/<kind>", defaults={"key": 0})
@bp.post("/<kind>/<int(max=2147483647):key>")
def issue(year: int, kind: str, key: int) -> ResponseReturnValue:
    """The unit's targets of the year as a letter to its head."""
    unit, is_there = target_choices.unit(f"{kind}/{key}" if key else kind)
    if not is_there or me().has_left_at(now()) or not target_roles.sees_all(actor()):
        abort(404)
    try:
        of = publication.of_unit(db(), unit, year)
        step = (
            publication.issue(db(), unit, year, by=actor(), at=now())
            if of is None
            else publication.issue_anew(db(), of, by=actor(), at=now())
        )
    except Refused as refusal:
        # Told on the page that leads here; only the right of it is told by its own page.
        if refusal.code in ("forbidden", "not_found"):
            raise
        db().rollback()
        flash(" ".join(map(filters.sentence, refusal.objections)), "error")
        return redirect(url_for("target.index", year=year), 303)
    number = letter_rows.row(publication.newest(step.subject), None).number
    db().commit()
    after_commit()
    flash(_("The target letter %(number)s is issued.", number=number), "success")
    return redirect(url_for("target.index", year=year), 303)


def rows(year: int) -> list[Row]:
    """The units that have targets in force in the year or a letter, as far as the reader sees them."""
    issued = {_key(each.unit): each for each in publication.issued(db(), year, actor())}
    told = [_row(key, each) for key, each in issued.items()]
    if target_roles.sees_all(actor()):
        units = {key: unit for key, unit in _with_targets(year) if key not in issued}
        told += [Row(target_choices.unit_words(unit), key) for key, unit in units.items()]
    return told


def _with_targets(year: int) -> Iterator[tuple[str, Unit]]:
    query = select(Target).where(Target.is_approved.is_(True), Target.period.startswith(str(year)))
    team = joinedload(Target.team).joinedload(Team.department)
    for target in db().scalars(query.options(joinedload(Target.department), team).order_by(Target.id)):
        yield _key(target.unit), target.unit


def _key(unit: Unit) -> str:
    if unit is None:
        return target_choices.COMPANY
    return f"{'department' if isinstance(unit, Department) else 'team'}/{unit.id}"


def _row(key: str, of: Publication) -> Row:
    letters = publication.letters_of(of)
    letter = letters[-1]
    shown = letter_rows.row(letter, None)
    line, head = letter.recipients[0], publication.head_of(db(), of.unit, actor().staff)
    return Row(
        target_choices.unit_words(of.unit), key, shown.number, shown.url, line.person.name, letter.issued_at,
        line.acknowledged_at, len(letters) - 1, head.name if head is not None and head.id != line.person_id else "",
    )  # fmt: skip
