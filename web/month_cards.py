"""The cards of a month: the list that one acts on, and the card of one person with its lines, formula and letters."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from flask import render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload, selectinload

from models import Department, Event, Person, Scorecard, ScorecardState
from web import form, letter_rows, moment, month_asked, month_words, nudge_panel, reminder_lines
from web.case_words import letter_title, names
from web.filters import SERIES, letter_number, yuan
from web.language import is_chinese
from web.month_page import neighbours
from web.month_progress import rows_of
from web.paging import Page
from web.session import actor, db, me, now
from workflow import performance_pay, scorecard_books
from workflow.message import NUDGE
from workflow.process import Objection, Step
from workflow.scorecard import SCORECARD
from workflow.scorecard_books import Account, Books
from workflow.scorecard_month import Month
from workflow.scorecard_roles import awaited, visible_to
from workflow.scorecard_steps import reckoning_of

PER_PAGE = 50
# What is waited for in which state; the cards of the list are those.
READY = {
    "review": ScorecardState.COMPUTED, "verify": ScorecardState.REVIEWED, "approve": ScorecardState.VERIFIED,
    "pay": ScorecardState.APPROVED,
}  # fmt: skip


@dataclass(frozen=True)
class Item:
    """One card of the list."""

    card: Scorecard
    url: str
    is_mine: bool
    is_below_pass: bool
    awaited: str
    factor: str
    reason: str


@dataclass(frozen=True)
class Offer:
    """An act on one card, or why it cannot be taken now."""

    action: str
    noun: str
    verb: str
    objections: tuple[Objection, ...]


@dataclass(frozen=True)
class Signed:
    """One act of the card's course, with its letter."""

    who: str
    did: str
    at: Any
    note: str
    letter: str
    letter_url: str


def list_page(
    month: Month, department: Department | None, *, wrong: str = "", typed: dict[str, str] | None = None
) -> str:
    """The cards of a department or of everybody; with `act`, those that wait for it."""
    action = request.values.get("act", "")
    page = Page.asked(PER_PAGE)
    found = page.cut(list(db().scalars(_cards(month, department, action).offset(page.skip).limit(page.most))))
    items = [_item(card, typed or {}) for card in found]
    ready = _ready(month, department, action)
    return render_template(
        "month/cards.html",
        month=month.name, department=department, items=items, page=page, act=action if action in READY else "",
        noun=month_words.NOUN_OF.get(action, ""), ready=ready, wrong=wrong, typed=defaultdict(str, typed or {}),
        confirm=month_words.confirm(action, ready) if action in READY else "",
        is_decision=action == "approve", gives_back=action in ("verify", "approve"),
        takes_note=action in READY and action != "pay",
        total=db().scalar(select(func.count()).select_from(_keys(month, department).subquery())),
        earlier=_page_url(month, department, action, page.number - 1) if page.number > 1 else "",
        later=_page_url(month, department, action, page.number + 1) if page.has_next else "",
    )  # fmt: skip


def _page_url(month: Month, department: Department | None, action: str, number: int) -> str:
    slug = department.slug if department is not None else None
    return url_for("month.cards", month=month.name, department=slug, act=action or None, page=number)


def _keys(month: Month, department: Department | None) -> Select[int]:
    query = select(Scorecard.id).where(Scorecard.month == month.name, visible_to(actor()))
    return query if department is None else query.where(Scorecard.department_id == department.id)


def _cards(month: Month, department: Department | None, action: str) -> Select[Scorecard]:
    query = select(Scorecard).where(Scorecard.id.in_(_keys(month, department)))
    if action in READY:
        query = query.where(Scorecard.state == READY[action], Scorecard.person_id != me().id)
    options = (joinedload(Scorecard.person), joinedload(Scorecard.department), joinedload(Scorecard.regulation_version))
    return query.options(*options).order_by(Scorecard.department_id, Scorecard.person_id)


def _ready(month: Month, department: Department | None, action: str) -> int:
    """How many cards of the scope wait for the reader."""
    return sum(
        waiting.count
        for row in rows_of(month) if department is None or row.department.id == department.id
        for waiting in row.mine if waiting.clock == action
    )  # fmt: skip


def _item(card: Scorecard, typed: dict[str, str]) -> Item:
    people = awaited(card, actor().staff)
    is_mine = card.person_id != me().id and bool(_ids(people) & _ids(actor().staff.principals_of(me())))
    return Item(
        card=card, url=card_url(card), is_mine=is_mine, is_below_pass=reckoning_of(card).is_below_pass,
        awaited=("、" if is_chinese() else ", ").join(person.name for person in people),
        factor=typed.get(f"factor-{card.person_id}", f"{card.factor:.2f}"),
        reason=typed.get(f"reason-{card.person_id}", card.factor_reason or ""),
    )  # fmt: skip


def _ids(people: list[Person]) -> set[int]:
    return {person.id for person in people}


def card_url(card: Scorecard) -> str:
    return url_for("month.card", month=card.month, username=card.person.username)


def card_of(month: Month, person: Person) -> Scorecard | None:
    """The card with its course, as the reader may see it."""
    query = (
        select(Scorecard)
        .where(Scorecard.month == month.name, Scorecard.person_id == person.id, visible_to(actor()))
        .options(
            joinedload(Scorecard.person).selectinload(Person.postings), joinedload(Scorecard.department),
            joinedload(Scorecard.regulation_version),
            selectinload(Scorecard.events).options(
                joinedload(Event.actor), joinedload(Event.acting_for), selectinload(Event.letters)
            ),
        )
    )  # fmt: skip
    return db().scalars(query).unique().one_or_none()


def card_page(
    month: Month, card: Scorecard, *, wrong: str = "", typed: dict[str, str] | None = None,
    question: form.Wrong | None = None,
) -> str:  # fmt: skip
    """The card; `question` is what is wrong with one that was asked about a line."""
    books = Books(db(), month, [card.person_id])
    account, pack = books.of(card.person_id), performance_pay.pack_of(card.regulation_version)
    return render_template(
        "month/card.html",
        card=card, month=month.name, is_own=card.person_id == me().id, account=account,
        asked=month_asked.asked(month, card.person, account, question), lines=_lines(account.lines),
        provisional=_lines(account.provisional), money=account.money, formula=_formula(card),
        pass_mark=pack.pass_mark, percent=pack.deduction_percent, is_below=reckoning_of(card).is_below_pass,
        course=_course(card), offers=_offers(month, card, books),
        awaited=names(
            _("you") if person.id == me().id else person.name for person in awaited(card, actor().staff)
        ),
        clock=moment.clock(card.due_at, started=card.clock_started_at) if card.due_at is not None else None,
        bounds=pack.adjustment, wrong=wrong, typed=defaultdict(str, typed or {}),
        has_changed=_has_changed(card, account), months=neighbours(month),
        nudge=nudge_panel.of(card, url_for("nudge.of_card", month=card.month, username=card.person.username)),
    )  # fmt: skip


def open_page(month: Month, *, question: form.Wrong | None = None) -> str:
    """My month before it is computed: what counts so far."""
    books = Books(db(), month, [me().id])
    account = books.of(me().id)
    posts = {post.person_id for post in scorecard_books.posts_in(db(), month)}
    return render_template(
        "month/open.html", month=month.name, account=account, asked=month_asked.asked(month, me(), account, question),
        lines=_lines(account.lines), has_post=me().id in posts,
        provisional=_lines(account.provisional), is_over=now() >= month.ends, months=neighbours(month),
    )  # fmt: skip


def _has_changed(card: Scorecard, account: Account) -> bool:
    """The books have moved since the computing, and nobody has closed the month yet."""
    return not card.is_closed and account.score != card.score


@dataclass(frozen=True)
class Line:
    """An entry as the page tells it."""

    day: str
    about: str
    letter: str
    letter_url: str
    rule: str
    points: Decimal
    balance: str


def _lines(lines: list[dict[str, Any]]) -> list[Line]:
    return [_line(line) for line in lines]


def _line(line: dict[str, Any]) -> Line:
    number = line["number"]
    case = _("Complaint %(number)s", number=line["case_number"]) if line["process"] == "complaint" else _(
        "Penalty %(number)s", number=line["case_number"])  # fmt: skip
    about = _("%(case)s, taken back", case=case) if line["is_reversal"] else case
    key = f"{number['series']}-{number['year']}-{number['seq']}" if number else ""
    shown = letter_number_of(number) if number else ""
    return Line(
        moment.day(datetime.fromisoformat(line["at"])), about, shown,
        url_for("letter.show", key=key) if key else "", line["rule"], Decimal(line["points"]), line["balance"],
    )  # fmt: skip


def letter_number_of(number: dict[str, Any]) -> str:
    return f"{SERIES.get(number['series'], number['series'])}〔{number['year']}〕{number['seq']}号"


def _formula(card: Scorecard) -> str:
    reckoning = reckoning_of(card)
    return f"{reckoning.figures()} = {yuan(reckoning.pay)}"


def _course(card: Scorecard) -> list[Signed]:
    """The acts and the reminders in the order of their time."""
    reminders = [
        Signed(_("Reminder"), told.what, told.at, " · ".join(told.facts), "", "") for told in reminder_lines.of(card)
    ]
    return sorted([*map(_signed, card.events), *reminders], key=lambda signed: signed.at)


def _signed(event: Event) -> Signed:
    person, principal = event.actor, event.acting_for
    who = person.name if person is not None else _("The system")
    if principal is not None and person is not None:
        who = _("%(name)s, for %(principal)s", name=person.name, principal=principal.name)
    letter = event.letters[0] if event.letters else None
    note = event.said.get("reason") or event.said.get("note") or ""
    if event.said.get("factor_reason"):
        note = _("Factor %(factor)s: %(reason)s", factor=event.said["factor"], reason=event.said["factor_reason"]) + (
            f" · {note}" if note else "")  # fmt: skip
    return Signed(
        who, _done(event), event.at, note,
        f"{letter_title(letter.kind)} {letter_number(letter)}" if letter else "",
        letter_rows.address(letter) if letter else "",
    )  # fmt: skip


def _done(event: Event) -> str:
    return reminder_lines.urged(event) if event.action == NUDGE else month_words.done(event.action)


def _offers(month: Month, card: Scorecard, books: Books) -> list[Offer]:
    """The acts of this state that are somebody's to take; the clock's own is not."""
    step = Step(card, actor(), now(), said={"reason": "-"}, chosen={"books": books, "month": month})
    return [
        Offer(offer.name, month_words.NOUN_OF[offer.name], month_words.verb(offer.name), offer.objections)
        for offer in SCORECARD.offers(step)
        if offer.is_open or offer.name != "compute"
    ]
