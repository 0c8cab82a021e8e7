"""A pay day as it stands before it is settled: who owes what, what is taken, what stays open. Writes nothing.

The same figures are shown for approval and carried out; a digest tells whether they have changed in between.
"""

import hashlib
import json
from collections import defaultdict
from datetime import datetime
from functools import cached_property

from sqlalchemy.orm import Session

from models import Payday, Person
from workflow import payday_books as books
from workflow import payday_rewards
from workflow.office import Office, month_after
from workflow.payday_books import Forfeited
from workflow.payday_reckoning import Limits, Open, Reckoning, reckon


class Account:
    """What the pay day of `month` would do, settled at `at`; read once, when it is first asked for."""

    def __init__(self, office: Office, month: str, at: datetime) -> None:
        self.office, self.month, self.at = office, month, at

    @property
    def session(self) -> Session:
        return self.office.session

    @cached_property
    def limits(self) -> Limits:
        company = self.office.company
        return Limits(company.cap_percent, company.minimum_wage)

    @cached_property
    def last(self) -> Payday | None:
        return books.last_payday(self.session)

    @cached_property
    def reckonings(self) -> tuple[Reckoning, ...]:
        """One for everybody who owes something that can be taken, gets something back, or is rewarded."""
        opens: dict[int, list[Open]] = defaultdict(list)
        for of in self._opens:
            if not self._is_out_of_reach(of):
                opens[of.person_id].append(of)
        return tuple(self._reckon(person_id, opens[person_id]) for person_id in sorted(opens))

    @cached_property
    def _opens(self) -> list[Open]:
        return [*books.opens(self.session), *payday_rewards.open_rewards(self.session)]

    def _is_out_of_reach(self, of: Open) -> bool:
        """Who holds no post in the month has no wage of it; what is theirs is paid back all the same."""
        return not of.gives and of.person_id not in self._wages

    def _reckon(self, person_id: int, opens: list[Open]) -> Reckoning:
        wage, is_last = self._wages.get(person_id, 0), person_id not in self._wages_after
        return reckon(person_id, opens, wage=wage, limits=self.limits, is_last=is_last)

    @cached_property
    def claims(self) -> dict[int, int]:
        """What no deduction reaches any more, by person in fen: of those who have left, once this month is settled."""
        found: dict[int, int] = defaultdict(int)
        for of in self._opens:
            if self._is_out_of_reach(of):
                found[of.person_id] += of.fen
        for reckoning in self.reckonings:
            if reckoning.is_last and reckoning.carried:
                found[reckoning.person_id] += reckoning.carried
        return dict(found)

    @cached_property
    def first_unsettled(self) -> str | None:
        """The earliest month since the last pay day in which something can be taken or paid back.

        The first pay day of all is the company's choice; it takes what is due until then.
        """
        if self.last is None:
            return None
        after, months = month_after(self.last.month), defaultdict[str, list[Open]](list)
        for of in self._opens:
            months[max(after, self.office.calendar.month_of(of.due_since))].append(of)
        for month in sorted(months):
            with_a_wage = books.wages(self.session, month, self.office.calendar.zone)
            if any(of.gives or of.person_id in with_a_wage for of in months[month]):
                return month
        return None

    def of(self, person_id: int) -> Reckoning:
        """Also for somebody who owes nothing."""
        return self._by_person.get(person_id) or self._reckon(person_id, [])

    @cached_property
    def _by_person(self) -> dict[int, Reckoning]:
        return {reckoning.person_id: reckoning for reckoning in self.reckonings}

    @cached_property
    def _wages(self) -> dict[int, int]:
        return books.wages(self.session, self.month, self.office.calendar.zone)

    @cached_property
    def _wages_after(self) -> dict[int, int]:
        return books.wages(self.session, month_after(self.month), self.office.calendar.zone)

    @cached_property
    def people(self) -> dict[int, Person]:
        shown = {forfeit.person_id for forfeit in self.forfeited} | set(self.claims)
        return books.people(self.session, shown | set(self._by_person) | set(self.paid_up.values()))

    @cached_property
    def forfeited(self) -> list[Forfeited]:
        after = self.last.settled_at if self.last is not None else None
        return books.forfeited(self.session, after=after, until=self.at)

    @cached_property
    def paid_up(self) -> dict[int, int]:
        """The final penalties of which nothing stays open for anybody, with whom they are about."""
        stays = {taking.of.penalty_id for each in self.reckonings for taking in each.takings if taking.rest}
        stays |= {of.penalty_id for of in self._opens if self._is_out_of_reach(of)}
        final = books.final_penalties(self.session)
        return {key: respondent for key, respondent in final.items() if key not in stays}

    @property
    def owed(self) -> int:
        return sum(reckoning.owed for reckoning in self.reckonings)

    @property
    def deducted(self) -> int:
        return sum(reckoning.deducted for reckoning in self.reckonings)

    @property
    def refunded(self) -> int:
        return sum(reckoning.refunded for reckoning in self.reckonings)

    @property
    def rewarded(self) -> int:
        return sum(reckoning.rewarded for reckoning in self.reckonings)

    @property
    def carried(self) -> int:
        return sum(reckoning.carried for reckoning in self.reckonings)

    @cached_property
    def digest(self) -> str:
        """Another one as soon as any figure is another."""
        figures = [
            (
                each.person_id,
                each.wage,
                each.room,
                [(t.of.penalty_id, t.of.reward_id, t.of.fen, t.fen) for t in each.takings],
            )
            for each in self.reckonings
        ]
        told = json.dumps([self.month, figures, sorted(self.paid_up)], separators=(",", ":"))
        return hashlib.sha256(told.encode()).hexdigest()
