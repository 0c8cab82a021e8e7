"""What the pages of a pay day print: a line for each employee with the arithmetic in words, and the sums."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeVar

from flask_babel import gettext as _
from flask_babel import ngettext

from models import Payday, Person
from web import letter_rows
from web.filters import named, yuan
from web.moment import month as in_words
from web.paging import Page
from web.session import actor, db, now, office
from workflow import payday_books as books
from workflow.office import month_after
from workflow.payday import hidden_from
from workflow.payday_account import Account
from workflow.payday_books import Forfeited
from workflow.payday_reckoning import Limits
from workflow.scorecard_month import Month

PER_PAGE = 50

About = TypeVar("About", bound="AboutSomebody")


class AboutSomebody(Protocol):
    """Whatever tells of one employee's money."""

    @property
    def person_id(self) -> int: ...


class Line(Protocol):
    """A line as it would be, or as it was settled; amounts in fen."""

    @property
    def person_id(self) -> int: ...

    @property
    def wage(self) -> int: ...

    @property
    def owed(self) -> int: ...

    @property
    def deducted(self) -> int: ...

    @property
    def refunded(self) -> int: ...

    @property
    def rewarded(self) -> int: ...

    @property
    def carried(self) -> int: ...


@dataclass(frozen=True)
class Row:
    """One employee of the table."""

    person: Person
    line: Line
    department: str
    post: str
    how: str
    slip: str = ""


@dataclass(frozen=True)
class Totals:
    owed: int
    deducted: int
    refunded: int
    rewarded: int
    carried: int

    @classmethod
    def of(cls, lines: Iterable[Line]) -> "Totals":
        figures = ((line.owed, line.deducted, line.refunded, line.rewarded, line.carried) for line in lines)
        sums = [sum(column) for column in zip(*figures, strict=True)]
        return cls(*sums) if sums else cls(0, 0, 0, 0, 0)


@dataclass(frozen=True)
class Loss:
    """A forfeited commission: pay not earned."""

    name: str
    month: str
    number: str
    fen: int


@dataclass(frozen=True)
class Claim:
    """What somebody who has left, or leaves, still owes, and no deduction reaches any more."""

    name: str
    left_at: datetime | None
    fen: int


@dataclass(frozen=True)
class PaydayPage:
    """One pay day, before it is settled or after."""

    month: str
    limits: Limits
    rows: list[Row]
    people: int
    totals: Totals
    forfeited: list[Loss]
    claims: list[Claim]
    page: Page

    @property
    def next_month(self) -> str:
        return month_after(self.month)


@dataclass(frozen=True)
class Item:
    """One of the things that follow."""

    sign: str
    name: str
    text: str


def before(account: Account) -> PaydayPage:
    return _page(account.month, account.limits, readable(account.reckonings), account.forfeited, {}, claims_of(account))


def claims_of(account: Account) -> list[Claim]:
    """Each once, by name; human resources see to them in another way."""
    people, hidden = account.people, hidden_from(actor())
    readable = [(people[key], fen) for key, fen in account.claims.items() if key not in hidden]
    claims = [Claim(person.name, person.left_at, fen) for person, fen in readable]
    return sorted(claims, key=lambda claim: claim.name)


def after(payday: Payday) -> PaydayPage:
    session = db()
    lines, forfeited = readable(books.lines_of(session, payday)), books.forfeited_until(session, payday)
    slips = books.slips_of(session, payday, [line.person_id for line in _shown(lines, Page.asked(PER_PAGE))])
    limits = Limits(payday.cap_percent, payday.minimum_wage)
    return _page(payday.month, limits, lines, forfeited, {key: letter_rows.address(slips[key]) for key in slips})


def _page(
    month: str, limits: Limits, lines: Sequence[Line], forfeited: Sequence[Forfeited], slips: Mapping[int, str],
    claims: Sequence[Claim] = (),
) -> PaydayPage:  # fmt: skip
    page, forfeited = Page.asked(PER_PAGE), readable(forfeited)
    shown = page.cut(_shown(lines, page))
    people = books.people(db(), {line.person_id for line in shown} | {each.person_id for each in forfeited})
    return PaydayPage(
        month=month, limits=limits, people=len(lines), totals=Totals.of(lines), page=page,
        rows=[row_of(people[line.person_id], line, limits, month, slips.get(line.person_id, "")) for line in shown],
        forfeited=[Loss(people[each.person_id].name, each.month, each.number, each.fen) for each in forfeited],
        claims=list(claims),
    )  # fmt: skip


def readable(about: Sequence[About]) -> list[About]:
    """Those that are about people whose money this reader may know of."""
    hidden = hidden_from(actor())
    return [each for each in about if each.person_id not in hidden]


def _shown(lines: Sequence[Line], page: Page) -> list[Line]:
    return list(lines[page.skip : page.skip + page.most])


def row_of(person: Person, line: Line, limits: Limits, month: str, slip: str = "") -> Row:
    post = person.posting_at(now())
    department = named(post.department) if post is not None else ""
    told = how(line, limits, month, is_last=_is_last(person, month))
    return Row(person, line, department, post.title if post is not None else "", told, slip)


def _is_last(person: Person, month: str) -> bool:
    """Whether the person holds no post after the month."""
    ends = Month(month, office().calendar.zone).ends
    return not any(post.until is None or post.until > ends for post in person.postings)


def how(line: Line, limits: Limits, month: str, *, is_last: bool = False) -> str:
    """How it comes about: 上限 20% = 1,000.00；余额结转 2026 年 5 月."""
    told = [_how_taken(line, limits, month, is_last)] if line.owed else []
    if line.refunded:
        told.append(_("What was taken too much is paid back in full and does not count towards the cap."))
    if line.rewarded:
        told.append(_("Rewards are paid out in full and do not count towards the cap."))
    return " ".join(told)


def _how_taken(line: Line, limits: Limits, month: str, is_last: bool) -> str:
    cap, percent, rest = yuan(limits.cap(line.wage)), limits.cap_percent, in_words(month_after(month))
    if line.carried and is_last:
        return _(
            "At most %(sum)s can be taken; the rest cannot be deducted any more.", sum=yuan(limits.room(line.wage))
        )
    if not line.wage:
        return _("No wage in this month; all of it stays open.")
    if not line.carried:
        return _("Cap %(percent)d%% = %(cap)s, not reached.", percent=percent, cap=cap)
    if limits.stopped_by(line.wage) == "cap":
        return _("Cap %(percent)d%% = %(cap)s; the rest is carried to %(month)s.", percent=percent, cap=cap, month=rest)
    minimum = yuan(limits.minimum_wage)
    return _("The minimum wage of %(sum)s remains; the rest is carried to %(month)s.", sum=minimum, month=rest)


def what_follows(account: Account) -> list[Item]:
    """What the confirmation brings about, one by one."""
    deducted = sum(1 for each in account.reckonings if each.deducted)
    refunded = sum(1 for each in account.reckonings if each.refunded)
    staying = [each for each in account.reckonings if each.carried and not each.is_last]
    items = [Item("cash-stack", _("Deducted"), _amount(account.deducted, deducted))]
    if refunded:
        items.append(Item("arrow-counterclockwise", _("Paid back"), _amount(account.refunded, refunded)))
    rewarded = sum(1 for each in account.reckonings if each.rewarded)
    if rewarded:
        items.append(Item("award", _("Rewards"), _amount(account.rewarded, rewarded)))
    if staying:
        carried = _amount(sum(each.carried for each in staying), len(staying))
        to = _("%(amount)s, to %(month)s", amount=carried, month=in_words(_next(account)))
        items.append(Item("arrow-right", _("Carried"), to))
    slips, settled = len(account.reckonings), len(account.paid_up)
    items.append(Item("envelope-paper", _("Slips"), ngettext("%(num)d letter", "%(num)d letters", slips)))
    if settled:
        words = ngettext("%(num)d penalty, the last fen of it", "%(num)d penalties, the last fen of each", settled)
        items.append(Item("check-circle", _("Paid up"), words))
    return items


def _next(account: Account) -> str:
    return month_after(account.month)


def _amount(fen: int, people: int) -> str:
    return ngettext("%(sum)s yuan, %(num)d person", "%(sum)s yuan, %(num)d people", people, sum=yuan(fen))
