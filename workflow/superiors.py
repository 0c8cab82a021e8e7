"""Who stands above whoever must act, level by level: team leader, head of the department, general manager.

A superior for whom the case does not exist, or whom it is about, is passed over for the next. A vacant post is a level
of its own, at which the administrator hears of it; and so is the end of the chain.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from models import Department, Person, Publication, RankingDue, Reward, Role, TeamLeadership, WithoutEvents
from workflow.deadline import REINSTATEMENT
from workflow.office import Office
from workflow.roles import Staff, general_manager_or_deputy, who_handles
from workflow.turn import Awaited

HEAD, MANAGER = Role.DEPARTMENT_HEAD.value, Role.GENERAL_MANAGER.value
OFFICERS, HUMAN_RESOURCES = Role.CUSTOMER_RELATIONS.value, Role.HUMAN_RESOURCES.value
# Nobody is above who was told; nobody is left who has no part in the case.
END, NOBODY = "end", "nobody"
# The post that answers each clock.
POSTS = {
    "complaint": {"assign": OFFICERS, "rule": MANAGER, "verify": OFFICERS, "follow_up": OFFICERS,
                  **dict.fromkeys(("answer", "endorse", "complete", "report"), HEAD)},
    "penalty": {"defence": HEAD, "submit": HEAD, "approve": MANAGER, "review": MANAGER, REINSTATEMENT: MANAGER},
    "plan": {"improve": HEAD, "prove": OFFICERS, "tell": OFFICERS},
    "scorecard": {"review": HEAD, "verify": HUMAN_RESOURCES, "approve": MANAGER, "pay": HUMAN_RESOURCES},
    # The adviser's, who holds no post; customer relations' once they have left.
    "customers": {"contact": OFFICERS},
    "question": {"reply": OFFICERS},
    "inspection": {"visit": OFFICERS, "publish": OFFICERS},
    # That of whoever is at the unit's head; the general manager's once they have left.
    "publication": {"sign": MANAGER},
    "reward": {"decide": MANAGER},
    "calls": {"call": OFFICERS},
    "ranking": {"rank": HEAD},
    # The rater's own, for whom nobody stands in.
    "rating": {},
}  # fmt: skip


@dataclass(frozen=True)
class Gap:
    """A post that nobody holds; or that the chain ends here, or that nobody at all can act."""

    post: str
    department: Department | None = None

    def as_json(self) -> dict[str, Any]:
        """As a reminder keeps it: what the department was called then."""
        if self.department is None:
            return {"post": self.post}
        return {"post": self.post, "zh": self.department.name_zh, "en": self.department.name_en}


def vacant_posts(case: Awaited, clock: str, staff: Staff, *, is_anybody: bool) -> list[Gap]:
    """The vacant posts for whose sake the case waits for nobody, or (`is_anybody`) for somebody else than usual."""
    post, found = POSTS[case.kind].get(clock), list[Gap]()
    if (
        post == HEAD
        and not isinstance(case, WithoutEvents | Publication | Reward)
        and case.department_id not in staff.heads
        and who_handles(case, staff) is None
    ):
        found.append(Gap(HEAD, case.department))
    if isinstance(case, RankingDue) and case.department is not None and case.department_id not in staff.heads:
        found.append(Gap(HEAD, case.department))
    if post in (HEAD, MANAGER) and staff.general_manager is None and not is_anybody:
        found.append(Gap(MANAGER))
    if post in (OFFICERS, HUMAN_RESOURCES) and not staff.holders.get(Role(post)):
        found.append(Gap(post))
    return found or ([] if is_anybody else [Gap(NOBODY)])


Rung = Person | Gap
Level = list[Rung]


class Superiors:
    """The chains of one moment, for any number of cases."""

    def __init__(self, office: Office, at: datetime) -> None:
        self.office, self.at, self.staff = office, at, office.staff(at)

    def above(self, acting: Sequence[Person], respondent_id: int | None, sees: Callable[[Person], bool]) -> list[Level]:
        """The levels above these people, the end of the chain last; `sees` says for whom the case exists."""
        told = {person.id for person in acting}
        level: Level = list(acting) or [Gap(HEAD)]
        found: list[Level] = []
        while level := _each_once(rung for each in level for rung in self._next(each, told, respondent_id, sees)):
            found.append(level)
            told |= {rung.id for rung in level if isinstance(rung, Person)}
        return [*found, [Gap(END)]]

    def _next(self, below: Rung, told: set[int], respondent_id: int | None, sees: Callable[[Person], bool]) -> Level:
        """The next one above who is to be told; nobody where the chain ends or leads to who was told already."""
        met = set(told)
        above = self._above(below, respondent_id)
        while isinstance(above, Person) and above.id not in met and (above.id == respondent_id or not sees(above)):
            met.add(above.id)
            above = self._above(above, respondent_id)
        return [] if above is None or (isinstance(above, Person) and above.id in met) else [above]

    def _above(self, below: Rung, respondent_id: int | None) -> Rung | None:
        if isinstance(below, Gap):
            return None if below.post == MANAGER else self._manager(respondent_id)
        manager = self.staff.general_manager
        if manager is not None and below.id == manager.id:
            return None
        post = below.posting_at(self.at)
        if post is None or self.staff.departments_headed_by(below):
            return self._unless_it_is(below, self._manager(respondent_id))
        leader = self._leaders.get(post.team_id or 0)
        if leader is not None and leader.id != below.id:
            return leader
        return self.staff.heads.get(post.department_id) or Gap(HEAD, post.department)

    def _manager(self, respondent_id: int | None) -> Rung | None:
        """The general manager, or the deputy in a case about them."""
        if self.staff.general_manager is None:
            return Gap(MANAGER)
        return general_manager_or_deputy(self.staff, not_among=(respondent_id,))

    def _unless_it_is(self, below: Person, above: Rung | None) -> Rung | None:
        return None if isinstance(above, Person) and above.id == below.id else above

    @cached_property
    def _leaders(self) -> dict[int, Person]:
        """Who leads each team."""
        leading = select(TeamLeadership).where(TeamLeadership.held_at(self.at))
        query = leading.options(joinedload(TeamLeadership.person).joinedload(Person.postings))
        with self.office.session.no_autoflush:
            return {found.team_id: found.person for found in self.office.session.scalars(query).unique()}

    @property
    def administrators(self) -> list[Person]:
        return [each for each in self.staff.holders.get(Role.ADMINISTRATOR, ()) if not each.has_left_at(self.at)]


def _each_once(rungs: Iterable[Rung]) -> Level:
    return list({rung.id if isinstance(rung, Person) else rung: rung for rung in rungs}.values())
