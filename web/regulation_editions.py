"""The editions of a regulation: which there are, which was asked for, and when each was in force."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from flask import abort, request
from sqlalchemy import select

from models import RegulationVersion
from web.session import db, now, office


@dataclass(frozen=True)
class Edition:
    """One stored version, with the days on which it was in force."""

    name: str
    url: str
    since: date
    until: date | None
    is_in_force: bool
    is_shown: bool
    is_to_come: bool


def versions_of(slug: str) -> list[RegulationVersion]:
    """All versions without their content, the newest first."""
    query = select(RegulationVersion).filter_by(slug=slug)
    return list(db().scalars(query.order_by(RegulationVersion.in_force_from.desc(), RegulationVersion.number.desc())))


def asked_for(versions: list[RegulationVersion]) -> RegulationVersion:
    """The edition asked for, else the one in force; 404 where there is none such."""
    if (asked := request.args.get("edition")) is not None:
        found = [version for version in versions if version.edition == asked]
    else:
        found = [version for version in versions if version.in_force_from <= today()]
    if not found:
        abort(404)
    return found[0]


def editions(
    versions: list[RegulationVersion], shown: RegulationVersion, *, url: Callable[[RegulationVersion], str]
) -> list[Edition]:
    """All editions, the newest first; each ends where the next begins."""
    begun = [version for version in versions if version.in_force_from <= today()]
    following = [None, *versions]
    return [
        Edition(
            name=version.edition,
            url=url(version),
            since=version.in_force_from,
            until=later.in_force_from if later is not None else None,
            is_in_force=version is begun[0] if begun else False,
            is_shown=version is shown,
            is_to_come=version.in_force_from > today(),
        )
        for version, later in zip(versions, following, strict=False)
    ]


def today() -> date:
    return office().calendar.day_of(now())
