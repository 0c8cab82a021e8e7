"""The frame around every page: links by role, the bell, who is logged in.

A link whose page does not exist is left out. Counts are computed by whoever owns the page: see `counted`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Flask, current_app, request, url_for
from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from models import Notice, Person, Role
from web.language import html_language, is_chinese, theme
from web.security import mark
from web.session import actor, company, db, me, now, someone
from workflow import payday
from workflow.scorecard_roles import acts_on_months

Count = Callable[[], int]
_counts: dict[str, Count] = {}


@dataclass(frozen=True)
class Link:
    """One way through the product: where, by which words and icon, and how many wait there."""

    endpoint: str
    label: Any
    icon: str
    also: str = ""

    @property
    def url(self) -> str:
        return url_for(self.endpoint)

    @property
    def count(self) -> int:
        return _counts[self.endpoint]() if self.endpoint in _counts else 0

    @property
    def is_current(self) -> bool:
        """Whether the page belongs to the same part of the product as the link."""
        return request.blueprint in (self.endpoint.partition(".")[0], *self.also.split())


@dataclass(frozen=True)
class Shell:
    """What `layout.html` prints; without a person there is neither rail nor bell."""

    person: Person | None
    company: str
    theme: str
    language: str
    title: str = ""
    links: tuple[Link, ...] = ()
    start: Link | None = None
    unread: int = 0
    search: str = ""
    mark: str = ""

    @property
    def home(self) -> str:
        """Where the brand leads: to the first of the links, which is the inbox for most."""
        if self.links:
            return self.links[0].url
        return url_for("preferences.show" if self.person is not None else "access.show")

    @property
    def tabs(self) -> tuple[Link, ...]:
        """Five fit in the hand: the first three, the dashboard, and one's own page as the last of them."""
        if len(self.links) < 5:
            return self.links
        others = tuple(link for link in self.links if link is not DASHBOARD)
        return (*others[:3], *(link for link in self.links if link is DASHBOARD), others[-1])


INBOX = Link("inbox.show", _l("Inbox"), "inbox")
DASHBOARD = Link("dashboard.show", _l("Dashboard"), "speedometer2")
CASES = Link("complaint.index", _l("Complaints"), "chat-left-text")
ABOUT_ME = Link("complaint.index", _l("About me"), "chat-left-text")
PENALTIES = Link("penalty.index", _l("Penalties"), "shield-exclamation")
MY_PENALTIES = Link("penalty.index", _l("My penalties"), "shield-exclamation")
PLANS = Link("plan.index", _l("Improvements"), "arrow-up-circle")
COMMISSION = Link("commission.index", _l("Commission"), "cash-coin")
LETTERS = Link("letter.index", _l("My letters"), "envelope-paper")
SURVEYS = Link("survey.index", _l("Surveys"), "clipboard2-check", also="survey_call survey_invite survey_import")
CUSTOMERS = Link("customers.index", _l("Customers"), "telephone", also="question")
INSPECTIONS = Link(
    "inspections.index", _l("Inspections"), "clipboard-check", also="inspection inspection_checklist posts"
)
IMPORT = Link("imports.new", _l("Import"), "file-earmark-arrow-up")
MONTHS = Link("month.index", _l("Scorecards"), "calendar2-check", also="month_questions")
ASSESSMENTS = Link(
    "assessments.index",
    _l("Assessments"),
    "bar-chart-line",
    also="assessed assessment_compare assessment_rows ranking rewards fund training suggestion target target_letters"
    " briefing rating_rounds ratings",
)
PEOPLE = Link("people.index", _l("Staff"), "people", also="places hand_over")
PAY_DAYS = Link("payday.index", _l("Pay day"), "cash-coin")
COMPANY = Link("company.show", _l("Settings"), "sliders", also="stationery")
BACKGROUND = Link("background.index", _l("Background"), "arrow-repeat")
CALENDAR = Link("calendar.show", _l("Calendar"), "calendar3")
REGULATION = Link("regulation.show", _l("Regulation"), "book", also="regulations")
ME = Link("me.show", _l("Mine"), "person")
LOG_A_COMPLAINT = Link("complaint.new", _l("Log a complaint"), "plus-lg")


def init_app(app: Flask) -> None:
    app.context_processor(lambda: {"shell": shell()})
    app.jinja_env.globals["has_endpoint"] = has_endpoint


def counted(endpoint: str) -> Callable[[Count], Count]:
    """Marks the function that counts what waits behind the link to `endpoint`."""

    def remember(count: Count) -> Count:
        _counts[endpoint] = count
        return count

    return remember


def regulation_url(edition: str) -> str:
    """The address of an edition; none for who has left, for whom the regulation's page does not exist."""
    return url_for("regulation.show", edition=edition) if may_read_regulation() else ""


def may_read_regulation() -> bool:
    return has_endpoint("regulation.show") and not actor().has_left


def has_endpoint(endpoint: str) -> bool:
    return endpoint in current_app.view_functions


def shell() -> Shell:
    return Shell(
        person=someone(),
        company=company_name(),
        theme=theme(),
        language=html_language(),
        title=post_title(),
        links=tuple(link for link in _links() if has_endpoint(link.endpoint)),
        start=_start(),
        unread=_unread(),
        search=_search(),
        mark=mark(),
    )


def company_name() -> str:
    found = company()
    return "" if found is None else (found.name_zh if is_chinese() else found.name_en)


def post_title() -> str:
    """The post of the person logged in, as it stands beside their name."""
    if someone() is None or (post := me().posting_at(now())) is None:
        return ""
    return post.title


def _links() -> tuple[Link, ...]:
    if (person := someone()) is None:
        return ()
    if person.has_left_at(now()):
        return (ABOUT_ME, MY_PENALTIES, LETTERS, ME)
    roles = actor().roles
    if Role.CUSTOMER_RELATIONS in roles:
        usual: tuple[Link, ...] = (INBOX, CASES, PENALTIES, IMPORT, CUSTOMERS, SURVEYS)
    elif roles & {Role.DEPARTMENT_HEAD, Role.GENERAL_MANAGER}:
        usual = (INBOX, CASES, PENALTIES, CUSTOMERS, SURVEYS)
    elif Role.ADMINISTRATOR in roles:
        usual = (PEOPLE, INBOX, COMPANY, CALENDAR, BACKGROUND)
    else:
        usual = (INBOX, ABOUT_ME, LETTERS, MY_PENALTIES)
    if Role.HUMAN_RESOURCES in roles:
        usual = _of_human_resources(usual)
    elif PEOPLE not in usual and Role.ADMINISTRATOR in roles:
        usual = (*usual[:2], PEOPLE, *usual[2:])
    plans = () if Role.ADMINISTRATOR in roles else (PLANS,)
    usual = _with_months(usual)
    at = usual.index(INBOX) + 1
    return (*usual[:at], DASHBOARD, *usual[at:], *plans, *_pay_days(), ASSESSMENTS, INSPECTIONS, REGULATION, ME)


def _with_months(usual: tuple[Link, ...]) -> tuple[Link, ...]:
    """Three links and one's own page fit in the hand; human resources have the months among these."""
    if not acts_on_months(actor()):
        return usual
    place = 2 if Role.HUMAN_RESOURCES in actor().roles else 3
    return (*usual[:place], MONTHS, *usual[place:])


def _pay_days() -> tuple[Link, ...]:
    return (PAY_DAYS,) if payday.may_look(actor()) else ()


def _of_human_resources(usual: tuple[Link, ...]) -> tuple[Link, ...]:
    """Penalties, people and commissions stand before what everybody has."""
    others = tuple(link for link in usual if link not in (INBOX, PENALTIES, MY_PENALTIES, PEOPLE))
    return (INBOX, PENALTIES, PEOPLE, COMMISSION, *others)


def _start() -> Link | None:
    """The one solid button of the rail: what a customer-relations officer does with a call."""
    person = someone()
    if person is None or person.has_left_at(now()) or not has_endpoint(LOG_A_COMPLAINT.endpoint):
        return None
    return LOG_A_COMPLAINT if Role.CUSTOMER_RELATIONS in actor().roles else None


def _search() -> str:
    """Where the search of the top bar leads: a page of its own, else the list."""
    pages = [url_for(endpoint) for endpoint in ("complaint.search", "complaint.index") if has_endpoint(endpoint)]
    return pages[0] if pages else ""


def _unread() -> int:
    if (person := someone()) is None or not has_endpoint("notice.index"):
        return 0
    unread = select(func.count()).where(Notice.person_id == person.id, Notice.read_at.is_(None))
    return db().execute(unread).scalar_one()
