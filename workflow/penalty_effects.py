"""What follows from a penalty's steps. Effects change facts and nothing more; what they add hangs on
the step's event and is saved with it.
"""

from datetime import date, datetime, time, timedelta

from models import EntryStatus, LadderStep, MoneyKind, Penalty
from workflow import deadline, dismissal, escalation, ledger, money, people
from workflow.office import Office
from workflow.penalty_guards import REWORK, commission_left, commission_month, standing
from workflow.process import Step
from workflow.regulation import Pack, Price, pack_of

CaseStep = Step[Penalty]
ONE_DAY = timedelta(days=1)


def note_the_parties(step: CaseStep) -> None:
    step.event.said = {
        **step.event.said,
        "respondent": step.subject.respondent.username,
        "leader": step.subject.leader.username if step.subject.leader else None,
        "ladder": step.subject.ladder,
        "known_at": step.subject.known_at.isoformat(),
        "leads_own_team": step.actor.office.leads_own_team(step.subject.respondent, step.chosen["happened_at"]),
    }


def note_the_opinion(step: CaseStep) -> None:
    """The union's notice stands with the penalty from its submission on."""
    if notice_ := step.said.get("union_notice"):
        step.subject.union_notice = notice_


# --- approval


def note_the_decision(step: CaseStep) -> None:
    """CS-7: the escalation moves; the event keeps the step and the penalties that it follows from."""
    penalty, at = step.subject, step.at
    before = standing(step)
    counted, was = list(before.counted), before.state
    penalty.step = escalation.offend(before, by=step.actor, at=at)
    penalty.approved_at = at
    penalty.approved_by = step.event.acting_for or step.actor.person
    penalty.approved_by_id = penalty.approved_by.id if penalty.approved_by else None
    penalty.counts_until = _counts_until(step)
    step.event.said = {
        **step.event.said,
        "step": penalty.step.value,
        "fines": "allowed" if step.actor.office.company.fines_are_allowed else "points_only",
        "escalation": {"ladder": penalty.ladder, "from": was.value, "to": penalty.step.value},
        "counted": [earlier.number for earlier in counted],
        "counts_until": deadline.as_json(penalty.counts_until, step.actor.office),
    }


def note_the_fine(step: CaseStep) -> None:
    """A single matter is fined: it is decided, and counts towards no step of any ladder."""
    penalty = step.subject
    penalty.step = LadderStep.FIRST
    penalty.approved_at = penalty.counts_until = step.at
    penalty.approved_by = step.event.acting_for or step.actor.person
    penalty.approved_by_id = penalty.approved_by.id if penalty.approved_by else None
    step.event.said = {
        **step.event.said,
        "step": penalty.step.value,
        "fines": "allowed" if step.actor.office.company.fines_are_allowed else "points_only",
        "counted": [],
        "counts_until": deadline.as_json(penalty.counts_until, step.actor.office),
    }


def _counts_until(step: CaseStep) -> datetime | None:
    return counts_until(pack_of(step.subject.regulation_version), step.at, step.actor.office)


def counts_until(pack: Pack, approved_at: datetime, office: Office) -> datetime | None:
    """The same day and hour so many months later; None where the ladder has no expiry (2.3)."""
    months = pack.expires_after_months
    if months is False:
        return None
    local = approved_at.astimezone(office.calendar.zone)
    year, month = divmod(local.month - 1 + months, 12)
    return _on_that_day(local, local.year + year, month + 1)


def _on_that_day(local: datetime, year: int, month: int) -> datetime:
    """31 August plus six months is the last of February."""
    for day in range(local.day, 27, -1):
        try:
            return local.replace(year=year, month=month, day=day)
        except ValueError:
            continue
    return local.replace(year=year, month=month)


def charge_points(step: CaseStep) -> None:
    """What the schedule asks of the respondent by the step of the ladder, and of the team's leader."""
    penalty = step.subject
    price = price_of(step)
    measure = penalty.step or LadderStep.FIRST
    ledger.post(step, penalty.respondent, price.of("respondent", measure), kind="respondent", status=EntryStatus.FINAL)
    ledger.post(step, penalty.leader, price.of("leader", measure), kind="leader", status=EntryStatus.FINAL)


def charge_no_points(_step: CaseStep) -> None:
    """The fine of a single matter is all that its regulation asks."""


def price_of(step: CaseStep) -> Price:
    return pack_of(step.subject.regulation_version).price("penalty", step.rule.name)


def charge_the_fine(step: CaseStep) -> None:
    """CS-8: the fine of this step on this department's ladder, where the company's setting allows fines."""
    penalty = step.subject
    assert penalty.step is not None, "the decision is noted first"
    money.post(step, penalty.respondent, -fine_of(step, penalty.step), kind=MoneyKind.FINE)


def fine_of(step: CaseStep, on: LadderStep, of: Penalty | None = None) -> int:
    """What a step on the ladder costs in this penalty (or in `of`), in fen; nothing where only points are taken."""
    penalty = of or step.subject
    if not takes_money(step, penalty):
        return 0
    if penalty.fine is not None:
        return penalty.fine
    return pack_of(penalty.regulation_version).ladders[penalty.ladder].fine(on)


def takes_money(step: CaseStep, penalty: Penalty) -> bool:
    """As the company allowed it on the day of the approval; before it, as it does now."""
    approval = next((event for event in penalty.events if event.action == "approve"), None)
    if approval is None or "fines" not in approval.said:
        return step.actor.office.company.fines_are_allowed
    return bool(approval.said["fines"] == "allowed")


def share_the_rework_cost(step: CaseStep) -> None:
    """CS-9: the leader and the person bear their shares; who leads their own team bears both."""
    penalty = step.subject
    if (shares := shares_of(penalty)) is None:
        return
    money.post(step, penalty.respondent, -shares.person, kind=MoneyKind.REWORK_SHARE)
    money.post(step, penalty.leader, -shares.leader, kind=MoneyKind.REWORK_SHARE)


def shares_of(penalty: Penalty, by: Pack | None = None) -> money.Shares | None:
    """How the rework cost is split, in fen. Where nobody leads the person, the company bears the leader's share."""
    if penalty.rework_cost is None:
        return None
    percent = (by or pack_of(penalty.regulation_version)).rework_shares
    split = money.shares_of(penalty.rework_cost, leader=percent["leader"], company=percent["company"])
    if penalty.leader is not None:
        return split
    if leads_themselves(penalty):
        return money.Shares(0, split.person + split.leader, split.company)
    return money.Shares(0, split.person, split.company + split.leader)


def leads_themselves(penalty: Penalty) -> bool:
    """Whether the respondent leads the team that they were in when the penalty was proposed."""
    return bool(penalty.events and penalty.events[0].said.get("leads_own_team"))


def forfeit_the_commission(step: CaseStep) -> None:
    """CS-9: that month's construction commission, where human resources have recorded it; once a month."""
    penalty = step.subject
    if penalty.rule != REWORK or (amount := commission_left(step)) is None:
        return
    money.post(step, penalty.respondent, -amount, kind=MoneyKind.COMMISSION_FORFEIT)
    penalty.forfeited_month = commission_month(step)
    step.event.said = {**step.event.said, "commission": {"month": penalty.forfeited_month, "fen": amount}}


# --- the dismissal


def record_the_examination(step: CaseStep) -> None:
    """The answers of the checklist, as they stood when the GM approved."""
    items = dismissal.examination(step.subject, step, standing(step))
    step.event.said = {**step.event.said, "exam": [item.said() for item in items]}


def end_the_employment(step: CaseStep) -> None:
    """The contract ends at the end of the last day, or now; the account keeps to its own letters and appeals."""
    penalty, office = step.subject, step.actor.office
    day: date = step.chosen.get("ends_on") or office.calendar.day_of(step.at)
    penalty.ends_on = day
    step.event.said = {**step.event.said, "ends_on": day.isoformat()}
    people.end_everything(office.session, penalty.respondent, at=_end_of(day, step))


def _end_of(day: date, step: CaseStep) -> datetime:
    calendar = step.actor.office.calendar
    if day == calendar.day_of(step.at):
        return step.at
    return datetime.combine(day + ONE_DAY, time(), calendar.zone)


def employ_again(step: CaseStep) -> None:
    """A dismissal that falls away gives the post back, from now on; unless it was not this that ended it."""
    if _ended_the_employment(step):
        people.take_back(step.subject.respondent, at=step.at)


def _ended_the_employment(step: CaseStep) -> bool:
    """Whether the person left by this dismissal, and not by another or of their own accord."""
    penalty, calendar = step.subject, step.actor.office.calendar
    if penalty.ends_on is None or penalty.approved_at is None:
        return False
    at_once = penalty.ends_on == calendar.day_of(penalty.approved_at)
    end = penalty.approved_at if at_once else datetime.combine(penalty.ends_on + ONE_DAY, time(), calendar.zone)
    return penalty.respondent.left_at == end


# --- appeal and what comes after


def note_the_appellant(step: CaseStep) -> None:
    step.subject.appellant_id = step.subject.respondent_id


def appeal_is_over(step: CaseStep) -> None:
    step.subject.appellant_id = None


def come_into_effect(step: CaseStep) -> None:
    step.subject.final_at = step.at


def be_revoked(step: CaseStep) -> None:
    step.subject.revoked_at = step.at
    step.subject.reinstatement_due_at = None


def be_settled(step: CaseStep) -> None:
    step.subject.settled_at = step.at


def reverse_every_entry(step: CaseStep) -> None:
    ledger.reverse(step)
    money.reverse(step)
    step.subject.forfeited_month = None


def regrade_the_difference(step: CaseStep) -> None:
    """2.3: a lower step; the difference in points and money is posted as entries of their own."""
    penalty, new = step.subject, LadderStep(step.said["to"])
    old = penalty.step
    assert old is not None, "only what was approved is regraded"
    schedule = pack_of(penalty.regulation_version).price("penalty", "approve")
    for account, person in (("respondent", penalty.respondent), ("leader", penalty.leader)):
        back = schedule.of(account, new) - schedule.of(account, old)  # type: ignore[arg-type]
        ledger.post(step, person, back, kind=account, status=EntryStatus.FINAL)
    difference = fine_of(step, old) - fine_of(step, new)
    money.post(step, penalty.respondent, difference, kind=MoneyKind.REFUND if difference > 0 else MoneyKind.FINE)
    penalty.step = new


def put_the_dismissal_to_the_gm(step: CaseStep) -> None:
    """A dismissal that was regraded waits for the general manager's word on reinstatement."""
    penalty = step.subject
    if step.said["from"] != LadderStep.DISMISSAL.value:
        return
    penalty.reinstatement_due_at = deadline.ends(step, "reinstatement", step.at)


def decide_on_reinstatement(step: CaseStep) -> None:
    penalty = step.subject
    reinstated: bool = step.chosen["reinstated"]
    penalty.reinstatement_due_at = None
    step.event.said = {**step.event.said, "reinstated": reinstated}
    if reinstated:
        employ_again(step)
