"""What forms offer to choose from: channels, kinds, severities with their points, departments with
their heads, and people by name. Says who was meant, or why nobody can tell.
"""

import difflib
import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from enum import StrEnum

from flask_babel import gettext as _
from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload
from wtforms import ValidationError

from models import Category, Channel, Department, Person, Severity
from web.filters import named, score
from web.label import label
from web.plain_text import refuse_hidden
from web.session import actor, db, now
from workflow.process import N_
from workflow.regulation import Pack

MOST_NAMED = 4
# What is told about a name that nobody bears: where somebody must be named, may be left open, or stays who it is.
NOBODY = N_("Nobody here is called “%(name)s”. Write the name or the account as it stands in the staff list.")
NOBODY_YET = N_("Nobody here is called “%(name)s”. Leave it empty if you do not know yet.")
NOBODY_ELSE = N_("Nobody here is called “%(name)s”. Leave it empty to keep it as it is.")
# 马超（service.ma）: a name with the account that tells two people of one name apart.
WITH_ACCOUNT = re.compile(r"(.+?)\s*\(([^()]+)\)")


@dataclass(frozen=True)
class Suggestion:
    """A line of the list of suggestions: what is typed, and who that is."""

    written: str
    post: str


def channels() -> list[tuple[str, str]]:
    return _worded(Channel)


def categories() -> list[tuple[str, str]]:
    return _worded(Category)


def severities() -> list[tuple[str, str]]:
    return _worded(Severity)


def _worded(values: type[StrEnum]) -> list[tuple[str, str]]:
    return [(value.value, label(value)) for value in values]


def severities_with_points(pack: Pack) -> list[tuple[str, str, str]]:
    """Each severity with what it costs provisionally once the complaint is assigned."""
    return [(severity.value, label(severity), _price(pack, severity)) for severity in Severity]


def _price(pack: Pack, severity: Severity) -> str:
    price = pack.price("complaint", "assign")
    return _(
        "respondent %(respondent)s, department %(department)s",
        respondent=score(price.of("respondent", severity)),
        department=score(price.of("department", severity)),
    )


def departments() -> list[tuple[str, str]]:
    """Every department by its slug."""
    return [(department.slug, named(department)) for department in _departments()]


def departments_with_heads() -> list[tuple[str, str]]:
    """售后服务部（主管 刘洋）: to whom the complaint form goes."""
    heads = actor().staff.heads
    return [(d.slug, _with_head(d, heads.get(d.id))) for d in _departments()]


def _with_head(department: Department, head: Person | None) -> str:
    if head is None:
        return _("%(department)s (no head at present)", department=named(department))
    return _("%(department)s (head %(name)s)", department=named(department), name=head.name)


def _departments() -> list[Department]:
    return list(db().scalars(select(Department).order_by(Department.id)))


def department_named(slug: str) -> Department | None:
    return db().scalars(select(Department).where(Department.slug == slug)).one_or_none()


def with_this_account(username: str) -> Person | None:
    return db().scalars(select(Person).where(Person.username == username)).one_or_none()


def suggestions(among: set[int] | None = None) -> list[Suggestion]:
    """Everybody who has not left, by name, or those `among` them; with the account where a name is borne twice."""
    people = _present()
    borne = Counter(person.name for person in people)
    return [
        Suggestion(person.name if borne[person.name] == 1 else with_account(person), _post(person))
        for person in people
        if among is None or person.id in among
    ]


def with_account(person: Person) -> str:
    return _("%(name)s (%(account)s)", name=person.name, account=person.username)


def _post(person: Person) -> str:
    post = person.posting_at(now())
    return f"{named(post.department)} · {post.title}" if post is not None else ""


def _present() -> list[Person]:
    present = or_(Person.left_at.is_(None), Person.left_at > now())
    query = select(Person).where(present).order_by(Person.name, Person.username)
    return list(db().scalars(query.options(joinedload(Person.postings))).unique())


def person_named(typed: str, nobody: str = NOBODY) -> Person:
    """The one colleague meant by a name, an account or both; else a ValidationError that names who it may be.

    Who has left is found by the full name or account only: the rules say that they have left. Where nobody is
    meant, `nobody` is the sentence that says so and what to do instead.
    """
    refuse_hidden(typed)
    name, account = _name_and_account(typed)
    query = select(Person).where(or_(Person.name == name, Person.username == name.lower()))
    if account:
        query = select(Person).where(Person.name == name, Person.username == account.lower())
    found = list(db().scalars(query.order_by(Person.username)))
    meant = [person for person in found if not person.has_left_at(now())] or found
    if len(meant) == 1:
        return meant[0]
    raise ValidationError(_several(name, meant) if meant else _nobody(typed, nobody))


def _name_and_account(typed: str) -> tuple[str, str]:
    text = unicodedata.normalize("NFKC", typed).strip()
    both = WITH_ACCOUNT.fullmatch(text)
    return (both[1], both[2].strip()) if both else (text, "")


def _several(name: str, people: list[Person]) -> str:
    return _(
        "%(number)d colleagues are called “%(name)s”: %(people)s. Please write which one.",
        number=len(people),
        name=name,
        people=_listed(people),
    )


def _nobody(typed: str, nobody: str) -> str:
    name, _account = _name_and_account(typed)
    if near := _near(name):
        return _("Nobody here is called “%(name)s”. Do you mean %(people)s?", name=name, people=_listed(near))
    return _(nobody, name=name)


def _near(name: str) -> list[Person]:
    people = _present()
    part = [person for person in people if name in person.name or name.lower() in person.username]
    alike = difflib.get_close_matches(name, [person.name for person in people], MOST_NAMED, 0.5)
    return (part or [person for person in people if person.name in alike])[:MOST_NAMED]


def _listed(people: list[Person]) -> str:
    return _(", ").join(f"{with_account(person)} {_post(person)}".strip() for person in people[:MOST_NAMED])
