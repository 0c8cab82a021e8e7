"""The posts that a regulation names, and who holds them: by the company's own choice, else by their titles.

A regulation speaks of the receptionist and of two team leaders; who that is stands in the staff list, where a title is
the post's own name. An administrator says otherwise where titles differ, with history, so that a day long past finds
whoever held the post then. A post that nobody holds is said, and never passed over.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session, joinedload

from models import Person, PostHolding, Posting, Role, RoleGrant
from workflow.assessment_pack import AssessmentPack
from workflow.people import LONGEST_TITLE, wrong_length
from workflow.process import FORBIDDEN, INVALID, N_, NOT_FOUND, Objection, Refused, refuse
from workflow.roles import Actor

# A post that the product itself knows by a role.
BY_ROLE = {"general_manager": Role.GENERAL_MANAGER}


def holders(session: Session, pack: AssessmentPack, post: str, at: datetime) -> list[Person]:
    """Who holds this post of the regulation at `at`, by name; nobody where it is vacant."""
    chosen = chosen_holdings(session, pack.pack, post, at)
    if chosen:
        among = or_(*(_by_choice(holding, at) for holding in chosen))
    elif (role := BY_ROLE.get(post)) is not None:
        among = Person.id.in_(select(RoleGrant.person_id).where(RoleGrant.role == role, RoleGrant.held_at(at)))
    else:
        among = _with_title(pack.posts[post].zh, at)
    works_here = or_(Person.left_at.is_(None), Person.left_at > at)
    query = select(Person).where(among, works_here).order_by(Person.name, Person.id)
    with session.no_autoflush:
        return list(session.scalars(query.options(joinedload(Person.postings))).unique())


def chosen_holdings(session: Session, regulation: str, post: str, at: datetime) -> Sequence[PostHolding]:
    """What the administrator chose for the post, as it holds at `at`."""
    query = (
        select(PostHolding)
        .where(PostHolding.regulation == regulation, PostHolding.post == post, PostHolding.held_at(at))
        .order_by(PostHolding.since, PostHolding.id)
        .options(joinedload(PostHolding.person))
    )
    with session.no_autoflush:
        return session.scalars(query).all()


def history(session: Session, regulation: str) -> Sequence[PostHolding]:
    """Everything that was ever chosen for the posts of a regulation, the newest first."""
    query = select(PostHolding).where(PostHolding.regulation == regulation).order_by(PostHolding.id.desc())
    return session.scalars(query.options(joinedload(PostHolding.person))).all()


def choose(
    session: Session, pack: AssessmentPack, post: str, *,
    person: Person | None = None, title: str = "", by: Actor, at: datetime,
) -> PostHolding:  # fmt: skip
    """One more holder of the post from now on: a person, or everybody with this title."""
    title = title.strip()
    _only_an_administrator(by)
    if post not in pack.posts:
        raise Refused([Objection(NOT_FOUND, N_("The regulation names no such post."))])
    refuse(
        Objection(INVALID, N_("Choose a person or write a title, one of them."), field="person")
        if (person is None) == (not title)
        else None,
        wrong_length("title", title, LONGEST_TITLE) if title else None,
        Objection(INVALID, N_("This is chosen already."), field="person")
        if any(_is_same(each, person, title) for each in chosen_holdings(session, pack.pack, post, at))
        else None,
    )
    assert by.person is not None
    holding = PostHolding(
        regulation=pack.pack, post=post, person=person, title=title or None, since=at, until=None, by_id=by.person.id
    )
    session.add(holding)
    session.flush()
    return holding


def end(session: Session, key: int, *, by: Actor, at: datetime) -> PostHolding:
    """From now on not any more; that it was so stays."""
    _only_an_administrator(by)
    holding = session.get(PostHolding, key, with_for_update=True)
    if holding is None or holding.until is not None:
        raise Refused([Objection(NOT_FOUND, N_("This choice has ended already."))])
    holding.until = at
    session.flush()
    return holding


def may_choose(actor: Actor) -> bool:
    return Role.ADMINISTRATOR in actor.roles and not actor.has_left


def _only_an_administrator(actor: Actor) -> None:
    if not may_choose(actor):
        raise Refused([Objection(FORBIDDEN, N_("Only an administrator says who holds a post."))])


def _is_same(holding: PostHolding, person: Person | None, title: str) -> bool:
    return holding.title == title if person is None else holding.person_id == person.id


def _by_choice(holding: PostHolding, at: datetime) -> ColumnElement[bool]:
    return Person.id == holding.person_id if holding.title is None else _with_title(holding.title, at)


def _with_title(title: str, at: datetime) -> ColumnElement[bool]:
    return Person.id.in_(select(Posting.person_id).where(and_(Posting.title == title, Posting.held_at(at))))
