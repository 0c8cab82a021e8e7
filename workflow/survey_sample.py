"""OB-2: a share of the calls without an answer is sampled and called back in time.

The order of the draw is that of a digest over seed and number, so that the same seed and the same list always give the
same sample, in whatever order the list comes, on any machine.
"""

import hashlib
import math
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from models import InvitationStatus, Survey, SurveyInvitation, SurveySample
from workflow import survey_roles, surveys
from workflow.process import FORBIDDEN, INVALID, N_, Objection, Refused, refuse
from workflow.roles import Actor

# The figures of a regulation that samples.
SHARE, CALL_BACK = "sample_percent", "call_back_within"
HUNDRED = 100


def draw(seed: str, among: Iterable[int], percent: int) -> list[int]:
    """The drawn numbers in ascending order: `percent` of the list, rounded up."""
    numbers = sorted(set(among))
    size = math.ceil(Decimal(len(numbers) * percent) / HUNDRED)
    return sorted(sorted(numbers, key=lambda number: _place(seed, number))[:size])


def is_reproduced(sample: SurveySample) -> bool:
    """Whether list, seed and share of a recorded sample give what was drawn."""
    return draw(sample.seed, sample.among, sample.percent) == sample.drawn


def figures(session: Session, survey: Survey, day: datetime, by: Actor) -> tuple[int | None, timedelta | None]:
    """The share in percent, and within which time to call back, as the regulation gives them."""
    pack, _source = surveys.source_of(session, survey, by.office.calendar.day_of(day))
    share, within = pack.figures.get(SHARE), pack.figures.get(CALL_BACK)
    return (
        int(share.value) if share is not None and share.value is not None else None,
        timedelta(days=int(within.value)) if within is not None and within.value is not None else None,
    )


def take(
    session: Session, survey: Survey, *, percent: int | None, by: Actor, at: datetime, seed: str | None = None
) -> SurveySample:
    """Draw among the invitations without an answer that no sample has drawn; the drawn are called, in time."""
    if not survey_roles.runs(by):
        raise Refused([Objection(FORBIDDEN, N_("Only customer relations run surveys."))])
    refuse(
        surveys.why_over(survey, by.office.calendar.day_of(at)),
        Objection(INVALID, N_("Anonymous answers are not sampled: who has not answered is called."))
        if survey.is_anonymous
        else None,
        Objection(INVALID, N_("A whole number from 1 to %(most)d, please."), field="percent", most=HUNDRED)
        if percent is None or not 1 <= percent <= HUNDRED
        else None,
    )
    waiting = {invitation.id: invitation for invitation in session.scalars(_unanswered(survey))}
    refuse(Objection(INVALID, N_("Nobody is left to draw from.")) if not waiting else None)
    assert percent is not None and by.person is not None
    _share, within = figures(session, survey, at, by)
    seed = seed or secrets.token_hex(8)
    sample = SurveySample(
        survey=survey, seed=seed, percent=percent, among=sorted(waiting), drawn=draw(seed, waiting, percent),
        due_at=at + within if within is not None else None, at=at, by=by.person,
    )  # fmt: skip
    session.add(sample)
    session.flush()
    for number in sample.drawn:
        _call_back(waiting[number], sample, at)
    session.flush()
    return sample


def _call_back(invitation: SurveyInvitation, sample: SurveySample, at: datetime) -> None:
    invitation.sample_id, invitation.due_at, invitation.next_call_at = sample.id, sample.due_at, at
    invitation.by_call, invitation.status = True, InvitationStatus.OPEN


def _unanswered(survey: Survey) -> Select[SurveyInvitation]:
    """Held until the commit, so that nobody is drawn and answers at once."""
    return (
        select(SurveyInvitation)
        .where(
            SurveyInvitation.survey_id == survey.id,
            SurveyInvitation.sample_id.is_(None),
            SurveyInvitation.status.in_((InvitationStatus.OPEN, InvitationStatus.UNREACHABLE)),
        )
        .order_by(SurveyInvitation.id)
        .with_for_update(of=SurveyInvitation)
        .execution_options(populate_existing=True)
    )


def _place(seed: str, number: int) -> bytes:
    return hashlib.sha256(f"{seed}:{number}".encode()).digest()
