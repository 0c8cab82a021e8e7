"""Every state × action × actor against the checked-in grids: a changed rule is a one-line difference.

After a change that is meant, write the grids anew with GONGDAO_WRITE_GRID=1.
"""

from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from models import Complaint, ComplaintState, Penalty, PenaltyState, Scorecard, ScorecardState, Severity
from tests.builders import SCORECARD_PATH, Desk, moment
from tests.workflow import grids
from workflow import complaint, penalty, penalty_roles, scorecard, sight
from workflow.complaint import COMPLAINT
from workflow.penalty import PENALTY
from workflow.process import Refused, Step
from workflow.roles import Actor
from workflow.scorecard import SCORECARD

HERE = Path(__file__).parent
INPUTS: dict[str, dict[str, Any]] = {
    "appeal": {"grounds": "理由"}, "decline": {"reason": "理由"}, "remand": {"reason": "理由"},
    "uphold": {"reason": "理由"}, "dismiss": {"reason": "理由"}, "return": {"reason": "理由"},
    "withdraw": {"reason": "理由"}, "reopen": {"reason": "理由"},
    "vary": {"reason": "理由", "severity": Severity.MINOR}, "complete": {"measures_taken": "致歉"},
    "report": {"result": "谅解", "improvement_measures": "改善"}, "verify": {"satisfaction": 4},
    "follow_up": {"note": "满意"}, "suspend": {"reason": "理由", "until": moment(3, 4)},
}  # fmt: skip
PENALTY_INPUTS: dict[str, dict[str, Any]] = {
    "defend": {"statement": "人手不足"}, "drop": {"reason": "理由"}, "reject": {"reason": "理由"},
    "appeal": {"grounds": "理由"}, "revoke": {"reason": "理由"}, "sustain": {"reason": "理由"},
    "reinstate": {"reason": "理由", "reinstated": True}, "settle": {"slip": {"month": "2026-03"}},
}  # fmt: skip
# A regrading is never asked for by itself: it follows from the fall of another penalty.
PENALTY_ACTIONS = [action for action in PENALTY.actions if action not in ("propose", "regrade")]


def try_complaint(case: Complaint, action: str, actor: Actor) -> Step[Complaint]:
    sight.require_sight(case, actor)
    return complaint.VERBS[action](case, by=actor, at=actor.staff.at, **INPUTS.get(action, {}))


def try_penalty(case: Penalty, action: str, actor: Actor) -> Step[Penalty]:
    penalty_roles.require_sight(case, actor)
    return penalty.VERBS[action](case, by=actor, at=actor.staff.at, **PENALTY_INPUTS.get(action, {}))


def test_every_step_of_a_complaint_is_as_the_grid_says(session: Session) -> None:
    """· the case has moved on   ✗ not this person's step   (blank) the case does not exist for them"""
    lines, actions = [], [action for action in COMPLAINT.actions if action != "file"]
    for state in ComplaintState:
        desk = Desk(session)
        case_id = desk.complaint(state).id
        session.commit()
        lines += grids.rows(grids.Case(session, Complaint, case_id, desk), state.value, actions, try_complaint)
    grids.must_equal(HERE / "grid.txt", lines)


def test_every_step_of_a_penalty_is_as_the_grid_says(session: Session) -> None:
    lines = []
    for number, state in enumerate(PenaltyState):
        # Each is the first of its person on the ladder: the one before has run out meanwhile.
        desk = Desk(session, at=moment(3, 2, year=2026 + 2 * number))
        case_id = desk.penalty(state).id
        session.commit()
        case = grids.Case(session, Penalty, case_id, desk)
        lines += grids.rows(case, state.value, PENALTY_ACTIONS, try_penalty)
    grids.must_equal(HERE / "penalty_grid.txt", lines)


def test_only_withdrawn_and_void_complaints_are_final() -> None:
    assert {state.value for state in COMPLAINT.final_states()} == {"withdrawn", "voided"}


def test_only_dropped_revoked_and_settled_penalties_are_final() -> None:
    assert {state.value for state in PENALTY.final_states()} == {"dropped", "revoked", "settled"}


class Card(grids.Case):
    """The card is locked by its act; here it is only looked at."""

    def __init__(self, session: Session, card: Scorecard, desk: Desk) -> None:
        super().__init__(session, _Found, card.id, desk)


class _Found:
    @staticmethod
    def locked(session: Session, card_id: int) -> Scorecard:
        return session.get_one(Scorecard, card_id, populate_existing=True)


def try_scorecard(card: Scorecard, action: str, actor: Actor) -> Step[Scorecard]:
    """The act on the card's department, and what came of this card."""
    said = {"reason": "理由"} if action == "return" else {}
    session, at = actor.office.session, actor.staff.at
    chosen = {"department": card.department} if action == "compute" else {"people": [card.person_id]}
    results = scorecard.VERBS[action](session, month=card.month, by=actor, at=at, **chosen, **said)
    for left in results.left:
        if left.card is card:
            raise Refused(left.objections)
    return next(step for step in results.taken if step.subject is card)


def test_every_step_of_a_scorecard_is_as_the_grid_says(session: Session) -> None:
    """About an employee, a head, the general manager and human resources: nobody decides their own."""
    lines = []
    for of in ("service.ma", "service.liu", "gm.zhou", "hr.qian"):
        for state in list(ScorecardState)[1:]:
            desk = Desk(session, moment(4, 11))
            card = _brought_to(desk, of, state)
            session.commit()
            rows = grids.rows(Card(session, card, desk), state.value, SCORECARD.actions, try_scorecard)
            lines += [f"{of:12}{row}" for row in rows]
    grids.must_equal(HERE / "scorecard_grid.txt", lines)


def _brought_to(desk: Desk, of: str, state: ScorecardState) -> Scorecard:
    """Whoever can takes the next act, until the card is there."""
    person = desk.person(of)
    mine = {"month": "2026-03", "people": [person.id]}
    if desk.session.query(Scorecard).filter_by(month="2026-03", person_id=person.id).first() is None:
        desk.close("compute", "hr.qian")
    card = desk.session.query(Scorecard).filter_by(month="2026-03", person_id=person.id).one()
    for _, action, reached in SCORECARD_PATH[1:]:
        if list(ScorecardState).index(ScorecardState(reached)) <= list(ScorecardState).index(state) and (
            list(ScorecardState).index(card.state) < list(ScorecardState).index(ScorecardState(reached))
        ):
            _by_whoever_can(desk, action, mine)
    return card


def _by_whoever_can(desk: Desk, action: str, mine: dict[str, Any]) -> None:
    for by in ("service.liu", "hr.qian", "gm.zhou", "deputy.he"):
        try:
            desk.close(action, by, **mine)
        except Refused:
            continue
        return
