"""What stands in the way of a penalty's steps, each as a sentence that the reader understands.

Guards and conditions read and never write.
"""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from models import Commission, Complaint, LadderStep, Penalty, PenaltyState, Person
from models.penalty import STANDING
from workflow import dismissal, escalation
from workflow.complaint_guards import MAX_FEN
from workflow.escalation import Standing
from workflow.process import FORBIDDEN, INVALID, MOVED_ON, N_, TOO_EARLY, Objection, Step
from workflow.regulation import pack_of
from workflow.roles import Actor
from workflow.texts import needs

CaseStep = Step[Penalty]
REWORK = "CS-9"

states_no_facts = needs("facts", N_("State the facts: time, place, act and result; they are printed in the letter."))
gave_no_statement = needs("statement", N_("Write your statement, or waive it."))
gave_no_reason = needs("reason", N_("Give a reason; it is printed in the letter."))
gave_no_grounds = needs("grounds", N_("State the grounds of the appeal; they are printed in the appeal form."))


# --- proposing


def respondent_has_left(step: CaseStep) -> Objection | None:
    respondent = step.subject.respondent
    if not respondent.has_left_at(step.at):
        return None
    return Objection(INVALID, N_("%(name)s has left the company."), field="respondent", name=respondent.name)


def rule_is_not_penal(step: CaseStep) -> Objection | None:
    """Which rules are penalised, and on which ladders, stands in the pack (CS-7, CS-9)."""
    penalty = step.subject
    if penalty.is_single_fine:
        return _is_no_rule_of_its_regulation(penalty)
    ladders = pack_of(penalty.regulation_version).penal_rules.get(penalty.rule)
    if ladders is None:
        return Objection(INVALID, N_("A breach of this rule is not penalised."), field="rule")
    if penalty.ladder not in ladders:
        return Objection(
            INVALID, N_("%(rule)s is not a rule for the department of %(name)s."),
            field="rule", rule=penalty.rule, name=penalty.respondent.name,
        )  # fmt: skip
    return None


def _is_no_rule_of_its_regulation(penalty: Penalty) -> Objection | None:
    if penalty.fine_version is not None and penalty.rule in penalty.fine_version.content["rules"]:
        return None
    return Objection(INVALID, N_("A breach of this rule is not penalised."), field="rule")


def fines_are_not_allowed(step: CaseStep) -> Objection | None:
    """Where the company takes no fines, the fine of a single matter would take nothing."""
    if not step.subject.is_single_fine or step.actor.office.company.fines_are_allowed:
        return None
    return Objection(INVALID, N_("The company’s settings allow no fines; set this aside with that reason."))


def rework_cost_is_wrong(step: CaseStep) -> Objection | None:
    cost = step.subject.rework_cost
    if cost is None:
        return None
    if step.subject.rule != REWORK:
        return Objection(INVALID, N_("Only rework in detailing is shared (CS-9)."), field="rework_cost")
    if not 0 < cost <= MAX_FEN:
        return Objection(INVALID, N_("The rework cost must lie between 0.01 and 1,000,000 yuan."), field="rework_cost")
    return None


def occurred_in_the_future(step: CaseStep) -> Objection | None:
    day = step.subject.occurred_on
    if day is None or day <= step.actor.office.calendar.day_of(step.at):
        return None
    return Objection(INVALID, N_("This day has not come yet."), field="occurred_on")


def known_at_no_such_time(step: CaseStep) -> Objection | None:
    """The company knows after the act, by today, and at the latest since the complaint about it was filed."""
    day, penalty, calendar = step.chosen.get("known_on"), step.subject, step.actor.office.calendar
    if day is None:
        return None
    if day > calendar.day_of(step.at):
        return Objection(INVALID, N_("This day has not come yet."), field="known_on")
    if penalty.occurred_on is not None and day < penalty.occurred_on:
        return Objection(INVALID, N_("The company cannot have known before it happened."), field="known_on")
    filed = calendar.day_of(penalty.complaint.filed_at) if penalty.complaint is not None else day
    if day > filed:
        return Objection(
            INVALID, N_("The complaint was filed on %(day)s: the company has known since then at the latest."),
            field="known_on", day=filed,
        )  # fmt: skip
    return None


def complaint_does_not_bear_it(step: CaseStep) -> Objection | None:
    """CS-7: a complaint leads to a penalty when staff broke a rule, and to one for each act."""
    complaint: Complaint | None = step.subject.complaint
    if complaint is None:
        return None
    if complaint.respondent_id != step.subject.respondent_id:
        return Objection(INVALID, N_("This complaint is about somebody else."), field="complaint")
    if complaint.violation is not True:
        return Objection(
            INVALID, N_("In this complaint no breach of a rule has been found; have it found first."), field="complaint"
        )
    if (other := dismissal.other_penalty_for(step)) is not None:
        return Objection(
            INVALID, N_("Penalty %(number)s was already proposed for this complaint: one sanction for one act."),
            field="complaint", number=other.number,
        )  # fmt: skip
    return None


def regulation_prices_no_penalty(step: CaseStep) -> Objection | None:
    """An edition from before penalties were part of the product has no schedule for them."""
    if "penalty" in pack_of(step.subject.regulation_version).points:
        return None
    return Objection(
        INVALID, N_("The regulation in force has no schedule for penalties; a new edition must be put in force first."),
        field="rule",
    )  # fmt: skip


PROPOSAL = (respondent_has_left, states_no_facts, rule_is_not_penal, fines_are_not_allowed,
            rework_cost_is_wrong, occurred_in_the_future,
            known_at_no_such_time, complaint_does_not_bear_it, regulation_prices_no_penalty)  # fmt: skip


# --- deciding


def standing(step: CaseStep) -> Standing:
    """Where the respondent stands at this moment; read once for a step."""
    if "standing" not in step.chosen:
        penalty = step.subject
        step.chosen["standing"] = escalation.standing_of(
            step.actor.office.session, penalty.respondent, penalty.ladder, step.at
        )
    found: Standing = step.chosen["standing"]
    return found


def intended_step(step: CaseStep) -> LadderStep:
    """The step that an approval at this moment would bring; what stands on no ladder is always a first one."""
    if step.subject.is_single_fine:
        return LadderStep.FIRST
    return escalation.step_after(len(standing(step).counted) + 1)


def decided_or_intended(step: CaseStep) -> LadderStep:
    """The step that was decided, or the one that an approval now would bring."""
    return step.subject.step or intended_step(step)


def would_be(intended: LadderStep) -> Callable[[CaseStep], bool]:
    """The condition that an approval would bring this step."""

    def condition(step: CaseStep) -> bool:
        return intended_step(step) is intended and not is_single_fine(step)

    condition.__name__ = f"would_be_{intended.value}"
    return condition


def is_single_fine(step: CaseStep) -> bool:
    return step.subject.is_single_fine


def defence_period_runs(step: CaseStep) -> Objection | None:
    """2.2: unheard, a penalty is submitted only once the time for the defence has run out."""
    penalty = step.subject
    if penalty.state is not PenaltyState.PROPOSED or penalty.due_at is None or step.at >= penalty.due_at:
        return None
    return Objection(
        TOO_EARLY, N_("The time for the defence ends at %(until)s; you can submit then."), until=penalty.due_at
    )


def union_was_not_told(step: CaseStep) -> Objection | None:
    """Labour Contract Law Art. 43: before a dismissal the union is told and its opinion answered."""
    if intended_step(step) is not LadderStep.DISMISSAL:
        return None
    if step.said.get("union_notice") or step.subject.union_notice:
        return None
    return Objection(
        INVALID, N_("A dismissal needs the union’s notice first. Add it, then submit."), field="union_notice"
    )


def leaves_items_open(step: CaseStep) -> Objection | None:
    """A third time is an examination, not an automatism: what is open costs a written reason."""
    items = [item for item in dismissal.examination(step.subject, step, standing(step)) if item.is_open]
    if not items or step.said.get("open_reason"):
        return None
    return Objection(
        INVALID, N_("Some items of the examination are open; say why the dismissal is approved all the same."),
        field="open_reason",
    )  # fmt: skip


def ends_in_the_past(step: CaseStep) -> Objection | None:
    day: date | None = step.chosen.get("ends_on")
    today = step.actor.office.calendar.day_of(step.at)
    if day is None or 0 <= (day - today).days <= 92:
        return None
    return Objection(INVALID, N_("The last day lies between today and three months from now."), field="ends_on")


def is_dismissed_already(step: CaseStep) -> Objection | None:
    if standing(step).state is not LadderStep.DISMISSAL:
        return None
    return Objection(
        FORBIDDEN, N_("%(name)s is under a dismissal already; no further penalty can be approved."),
        name=step.subject.respondent.name,
    )  # fmt: skip


# --- afterwards


def is_no_dismissal(step: CaseStep) -> Objection | None:
    if step.subject.step is LadderStep.DISMISSAL:
        return None
    return Objection(MOVED_ON, N_("This penalty is no dismissal."))


def is_certified_already(step: CaseStep) -> Objection | None:
    if not any(event.action == "certify" for event in step.subject.events):
        return None
    return Objection(MOVED_ON, N_("The certificate has been issued already."))


def waits_for_no_reinstatement(step: CaseStep) -> Objection | None:
    if step.subject.reinstatement_due_at is not None:
        return None
    return Objection(MOVED_ON, N_("There is no dismissal to decide on anew."))


def reinstatement_is_undecided(step: CaseStep) -> Objection | None:
    value: Any = step.chosen.get("reinstated")
    return None if isinstance(value, bool) else Objection(INVALID, N_("Answer with yes or no."), field="reinstated")


def is_by_somebody(step: CaseStep) -> bool:
    """Human resources have recorded the commission."""
    return not step.actor.is_system


def follows_by_itself(step: CaseStep) -> bool:
    """Another penalty has given the commission back."""
    return step.actor.is_system


def has_no_commission_to_forfeit(step: CaseStep) -> Objection | None:
    if step.subject.rule == REWORK and commission_left(step) is not None:
        return None
    return Objection(MOVED_ON, N_("There is no commission to forfeit."))


def commission_month(step: CaseStep) -> str:
    """The month of the offence."""
    penalty, calendar = step.subject, step.actor.office.calendar
    return f"{penalty.occurred_on:%Y-%m}" if penalty.occurred_on else calendar.month_of(penalty.known_at)


def commission_left(step: CaseStep) -> int | None:
    """The recorded commission of that month that no penalty has forfeited yet; None where there is none."""
    session, penalty = step.actor.office.session, step.subject
    month = commission_month(step)
    query = select(Commission.amount).where(Commission.person_id == penalty.respondent_id, Commission.month == month)
    with session.no_autoflush:
        amount = session.scalar(query)
        others = session.scalars(
            select(Penalty).where(Penalty.respondent_id == penalty.respondent_id, Penalty.rule == REWORK)
        ).all()
    forfeited = any(other.forfeited_month == month for other in others if other.is_standing or other is penalty)
    return amount if amount and not forfeited else None


def first_to_forfeit(employee: Person, month: str, *, by: Actor, at: datetime) -> Penalty | None:
    """The earliest standing penalty of that month that can take its commission; a commission is forfeited once."""
    session = by.office.session
    of_theirs = (Penalty.respondent_id == employee.id, Penalty.rule == REWORK, Penalty.state.in_(STANDING))
    query = select(Penalty.id).where(*of_theirs).order_by(Penalty.approved_at, Penalty.id)
    for penalty_id in session.scalars(query):
        step = Step(Penalty.locked(session, penalty_id), by, at)
        if commission_month(step) == month and commission_left(step):
            return step.subject
    return None
