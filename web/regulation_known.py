"""Acknowledging an edition: asked for on one's own page, in the inbox and beside the text; who has not yet."""

from dataclasses import dataclass
from datetime import date, datetime

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from models import Person, RegulationVersion
from web import form
from web.regulation_bp import bp
from web.regulation_tables import worded
from web.session import actor, db, me, now, office
from workflow import regulation_known as known
from workflow.regulation import CS_MANAGEMENT, pack_of


@dataclass(frozen=True)
class Asked:
    """An edition that the reader is asked to acknowledge."""

    title: str
    since: date
    url: str
    is_to_come: bool


@dataclass(frozen=True)
class Missing:
    """Somebody who has not acknowledged the edition, with the post they hold."""

    person: Person
    post: str


@dataclass(frozen=True)
class Received:
    """Somebody who has acknowledged the edition; what those who have left had acknowledged stays on record."""

    person: Person
    at: datetime
    has_left: bool


def asked_of_me() -> list[Asked]:
    return [
        Asked(worded(pack_of(version).title), version.in_force_from, _address(version), _is_to_come(version))
        for version in known.awaiting(db(), CS_MANAGEMENT, me(), day=_today(), at=now())
    ]


def _address(version: RegulationVersion) -> str:
    """The page opens with the edition in force."""
    asked = {"edition": version.edition} if _is_to_come(version) else {}
    return url_for("regulation.show", **asked, _anchor="acknowledge")


def _is_to_come(version: RegulationVersion) -> bool:
    return version.in_force_from > _today()


def mine(version: RegulationVersion) -> datetime | None:
    """When I acknowledged this edition."""
    return known.acknowledged_at(db(), version, me())


def can_be_acknowledged(version: RegulationVersion) -> bool:
    return version in known.current(db(), version.slug, _today())


def may_follow() -> bool:
    return known.may_follow(actor())


@bp.post("/regulation/acknowledgement")
def acknowledge() -> ResponseReturnValue:
    version = _version(form.text("edition"))
    known.acknowledge(db(), version, by=me(), day=_today(), at=now())
    db().commit()
    flash(_("Edition %(edition)s is acknowledged.", edition=version.edition), "success")
    return redirect(url_for("regulation.show", edition=version.edition, _anchor="acknowledge"), 303)


@bp.get("/regulation/acknowledgements")
def acknowledgements() -> ResponseReturnValue:
    known.require_follower(actor())
    current = known.current(db(), CS_MANAGEMENT, _today())
    version = _version(request.args["edition"]) if "edition" in request.args else current[-1]
    missing = [Missing(person, _post(person)) for person in known.missing(db(), version, now())]
    return render_template(
        "regulation/acknowledgements.html", version=version, title=worded(pack_of(version).title),
        missing=missing, received=_received(version), all=known.staff_count(db(), now()),
        editions=[(v.edition, url_for("regulation.acknowledgements", edition=v.edition)) for v in _editions()],
    )  # fmt: skip


def _received(version: RegulationVersion) -> list[Received]:
    found = known.acknowledgements(db(), version)
    return [Received(person, at, person.has_left_at(now())) for person, at in found]


def _version(edition: str) -> RegulationVersion:
    found = db().scalars(select(RegulationVersion).filter_by(slug=CS_MANAGEMENT, edition=edition)).one_or_none()
    return found or abort(404)


def _editions() -> list[RegulationVersion]:
    query = select(RegulationVersion).filter_by(slug=CS_MANAGEMENT).order_by(RegulationVersion.number.desc())
    return list(db().scalars(query))


def _post(person: Person) -> str:
    post = person.posting_at(now())
    return post.title if post is not None else ""


def _today() -> date:
    return office().calendar.day_of(now())
