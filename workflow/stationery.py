"""The company's stationery: letterhead, address, logo, seal and wording of its letters, drafted and put in force.

An administrator prepares an edition and puts it in force from a day; a letter freezes what is in force on the day
of its issue and is printed with that for ever. An edition is never changed.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Role, StationeryDraft, StationeryEdition, StationeryPicture
from workflow.picture import Picture
from workflow.process import FORBIDDEN, INVALID, MOVED_ON, N_, NOT_FOUND, Objection, Refused
from workflow.roles import Actor
from workflow.stationery_content import LINES, PICTURES, PLAIN, differences
from workflow.texts import clean
from workflow.wording import LANGUAGES, Unprintable, objections

READERS = {Role.ADMINISTRATOR, Role.GENERAL_MANAGER, Role.HUMAN_RESOURCES}
Json = dict[str, Any]

# --- who may do what ------------------------------------------------------------------------------


def require_reader(actor: Actor) -> None:
    if actor.has_left or not actor.roles & READERS:
        raise Refused([Objection(NOT_FOUND, N_("There is no such page."))])


def may_change(actor: Actor) -> bool:
    return Role.ADMINISTRATOR in actor.roles and not actor.has_left


def _require_administrator(actor: Actor) -> None:
    require_reader(actor)
    if not may_change(actor):
        raise Refused([Objection(FORBIDDEN, N_("Only administrators change the company’s stationery."))])


# --- what is in force -----------------------------------------------------------------------------


def in_force(session: Session, day: date) -> StationeryEdition | None:
    """The edition with which a letter of this day is issued; none before the first."""
    with session.no_autoflush:
        return session.scalars(StationeryEdition.in_force_on(day)).first()


def frozen(edition: StationeryEdition | StationeryDraft, kind: str) -> Json:
    """What a letter of this kind keeps of the edition: all of the letterhead, and its own words."""
    own = {name: value for name, value in edition.content.items() if name != "wording"}
    return {"edition": edition.number, **own, "wording": dict(edition.content["wording"].get(kind, {}))}


def pictures_of(session: Session, content: Mapping[str, Any]) -> dict[str, bytes]:
    """The pictures that a letter or an edition names, by their digests."""
    own = content.get("stationery", content)
    named = [own[name] for name in PICTURES if own.get(name)]
    if not named:
        return {}
    query = select(StationeryPicture.digest, StationeryPicture.data).where(StationeryPicture.digest.in_(named))
    return dict(session.execute(query).all())


def edition_before(session: Session, edition: StationeryEdition) -> StationeryEdition | None:
    """The edition that this one took the place of; none where it followed plain paper."""
    earlier = select(StationeryEdition).where(StationeryEdition.number < edition.number)
    return session.scalars(earlier.order_by(StationeryEdition.number.desc()).limit(1)).first()


def editions(session: Session) -> list[StationeryEdition]:
    """All of them, the newest first."""
    return list(session.scalars(StationeryEdition.newest_first()))


def open_draft(session: Session) -> StationeryDraft | None:
    return session.scalars(StationeryDraft.open_one()).one_or_none()


def draft_to_act_on(session: Session) -> StationeryDraft:
    """The open draft, locked; refused where there is none."""
    draft = session.scalars(StationeryDraft.open_one().with_for_update()).one_or_none()
    if draft is None:
        raise Refused([Objection(MOVED_ON, N_("This draft has been decided on already."))])
    return draft


# --- verbs ----------------------------------------------------------------------------------------


def start(session: Session, *, by: Actor, at: datetime) -> StationeryDraft:
    """Begin an edition from the latest one; one draft is open at most."""
    _require_administrator(by)
    assert by.person is not None, "the clock prepares nothing"
    if open_draft(session) is not None:
        raise Refused([Objection(MOVED_ON, N_("A draft of the stationery is open already."))])
    latest = next(iter(editions(session)), None)
    draft = StationeryDraft(
        number=max((edition.number for edition in editions(session)), default=0) + 1,
        based_on=latest, content=latest.content if latest is not None else PLAIN,
        created_at=at, created_by=by.person, edited_at=at, edited_by=by.person,
    )  # fmt: skip
    session.add(draft)
    session.flush()
    return draft


def change_letterhead(
    session: Session, draft: StationeryDraft, *, lines: Mapping[str, str], pictures: Mapping[str, Picture | None],
    unprintable: Unprintable, seen: int, by: Actor, at: datetime,
) -> None:  # fmt: skip
    """Keep the lines of the letterhead, and those pictures that are given; None takes a picture away."""
    _require_administrator(by)
    _require_as_seen(draft, seen)
    kept = {path: clean(lines.get(path)) for path in LINES}
    if found := list(_wrong_lines(kept, unprintable)):
        raise Refused(found)
    content = json.loads(json.dumps(draft.content))
    for path, text in kept.items():
        *parts, last = path.split(".")
        (content[parts[0]] if parts else content)[last] = text
    for name, picture in pictures.items():
        content[name] = _stored(session, picture, at) if picture is not None else None
    _keep(draft, content, by, at)


def _wrong_lines(lines: Mapping[str, str | None], unprintable: Unprintable) -> Iterator[Objection]:
    for path, text in lines.items():
        if text and (len(text) > LINES[path] or "\n" in text):
            yield Objection(INVALID, N_("At most %(most)s characters."), field=path, most=LINES[path])
        elif text and (gaps := unprintable(text)):
            yield Objection(INVALID, N_("No font can print: %(characters)s"), field=path, characters=" ".join(gaps))


def _stored(session: Session, picture: Picture, at: datetime) -> str:
    if session.get(StationeryPicture, picture.digest) is None:
        session.add(
            StationeryPicture(
                digest=picture.digest, width=picture.width, height=picture.height, stored_at=at, data=picture.data
            )
        )
    return picture.digest


def change_wording(
    draft: StationeryDraft, kind: str, texts: Mapping[tuple[str, str], str], *,
    unprintable: Unprintable, seen: int, by: Actor, at: datetime,
) -> None:  # fmt: skip
    """Keep the company's words for one kind, by language and place; an empty text means the standard words."""
    _require_administrator(by)
    _require_as_seen(draft, seen)
    kept = {key: text for key, typed in texts.items() if (text := clean(typed))}
    if found := [
        objection
        for (language, place), text in kept.items()
        for objection in objections(kind, place, language, text, unprintable=unprintable)
    ]:
        raise Refused(found)
    said = {
        language: own
        for language in LANGUAGES
        if (own := {p: text for (lang, p), text in kept.items() if lang == language})
    }
    wording = {name: own for name, own in draft.content["wording"].items() if name != kind}
    _keep(draft, draft.content | {"wording": wording | ({kind: said} if said else {})}, by, at)


def put_in_force(
    session: Session, draft: StationeryDraft, *, day: date | None, unprintable: Unprintable,
    seen: int, by: Actor, at: datetime,
) -> StationeryEdition:  # fmt: skip
    """The draft becomes an edition from its day on; letters issued before keep what they were issued with."""
    _require_administrator(by)
    assert by.person is not None, "the clock decides nothing"
    _require_as_seen(draft, seen)
    if found := objections_to_force(draft, day, unprintable=unprintable, by=by, at=at):
        raise Refused(found)
    assert day is not None, "an edition without a day was refused"
    edition = StationeryEdition(
        number=draft.number, in_force_from=day, content=draft.content, digest=digest_of(draft.content),
        stored_at=at, stored_by=by.person,
    )  # fmt: skip
    session.add(edition)
    draft.put_in_force = edition
    return edition


def objections_to_force(
    draft: StationeryDraft, day: date | None, *, unprintable: Unprintable, by: Actor, at: datetime
) -> list[Objection]:
    """Everything that stands in the way. A wording is examined again: what it must say may have changed since."""
    based_on = draft.based_on.content if draft.based_on is not None else None
    found = [
        Objection(INVALID, N_("The draft changes nothing.")) if not differences(based_on, draft.content) else None,
        _day_objection(draft, day, by, at),
        *_wrong_wordings(draft.content["wording"], unprintable),
    ]
    return [objection for objection in found if objection is not None]


def _wrong_wordings(wording: Mapping[str, Any], unprintable: Unprintable) -> Iterable[Objection]:
    for kind, languages in wording.items():
        for language, places in languages.items():
            for place, text in places.items():
                for objection in objections(kind, place, language, text, unprintable=unprintable):
                    objection.values["field"] = ""
                    yield objection


def _day_objection(draft: StationeryDraft, day: date | None, by: Actor, at: datetime) -> Objection | None:
    today = by.office.calendar.day_of(at)
    if day is None:
        return Objection(INVALID, N_("Give the day from which it holds, such as 2026-07-01."), field="day")
    if day < today:
        return Objection(INVALID, N_("Stationery does not hold from a day that is past."), field="day")
    if day.year > today.year + 2:
        return Objection(INVALID, N_("This day is more than two years ahead."), field="day")
    if draft.based_on is not None and day < draft.based_on.in_force_from:
        sentence = N_("Edition %(number)s holds from %(day)s; this one cannot begin before it.")
        begins = draft.based_on.in_force_from
        return Objection(INVALID, sentence, field="day", number=draft.based_on.number, day=begins)
    return None


def discard(draft: StationeryDraft, *, seen: int, by: Actor, at: datetime) -> None:
    """Give the draft up; what is in force stands as it is."""
    _require_administrator(by)
    _require_as_seen(draft, seen)
    draft.discarded_at = at


def _keep(draft: StationeryDraft, content: Json, by: Actor, at: datetime) -> None:
    assert by.person is not None, "the clock prepares nothing"
    if content != draft.content:
        draft.content = content
        draft.edited_at, draft.edited_by, draft.edited_by_id = at, by.person, by.person.id


def _require_as_seen(draft: StationeryDraft, seen: int) -> None:
    """Whoever acts has the draft before them as it is; otherwise they hear who was quicker."""
    if not draft.is_open:
        raise Refused([Objection(MOVED_ON, N_("This draft has been decided on already."))])
    if draft.version != seen:
        sentence = N_("%(name)s has changed this draft meanwhile.")
        raise Refused([Objection(MOVED_ON, sentence, name=draft.edited_by.name)])


def digest_of(content: Json) -> str:
    return hashlib.sha256(json.dumps(content, ensure_ascii=False, sort_keys=True).encode()).hexdigest()
