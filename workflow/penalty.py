"""The penalty (处罚): its rules as a table, and the verbs that callers use.

Nothing happens to a penalty but through these verbs; guards and effects have modules of their own, figures the pack.
"""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any

from models import LadderStep, Penalty, PenaltyState
from models.penalty import STANDING
from workflow import deadline, escalation, notice, penalty_letter, penalty_roles
from workflow.complaint_effects import add_evidence
from workflow.evidence import Evidence
from workflow.penalty_effects import (
    appeal_is_over,
    be_revoked,
    be_settled,
    charge_no_points,
    charge_points,
    charge_the_fine,
    come_into_effect,
    decide_on_reinstatement,
    employ_again,
    end_the_employment,
    forfeit_the_commission,
    note_the_appellant,
    note_the_decision,
    note_the_fine,
    note_the_opinion,
    note_the_parties,
    put_the_dismissal_to_the_gm,
    record_the_examination,
    regrade_the_difference,
    reverse_every_entry,
    share_the_rework_cost,
)
from workflow.penalty_guards import (
    PROPOSAL,
    REWORK,
    commission_month,
    defence_period_runs,
    ends_in_the_past,
    first_to_forfeit,
    follows_by_itself,
    gave_no_grounds,
    gave_no_reason,
    gave_no_statement,
    has_no_commission_to_forfeit,
    is_by_somebody,
    is_certified_already,
    is_dismissed_already,
    is_no_dismissal,
    is_single_fine,
    leaves_items_open,
    reinstatement_is_undecided,
    respondent_has_left,
    union_was_not_told,
    waits_for_no_reinstatement,
    would_be,
)
from workflow.penalty_roles import GENERAL_MANAGER, HUMAN_RESOURCES, PROPOSER_FROM_CUSTOMER_RELATIONS, REVIEWER
from workflow.process import Process, Rule, Step
from workflow.proposal import Proposal, penalty_from, when_it_happened
from workflow.record import record_event
from workflow.regulation import requires
from workflow.roles import DEPARTMENT_HEAD, RESPONDENT, SYSTEM, Actor
from workflow.texts import says_too_much, spoken

S = PenaltyState


def regrade_later_ones(step: Step[Penalty]) -> None:
    """2.3: each later penalty that stands, and whose step this one had raised, is regraded; also one whose
    time is over, because what it took too much is given back."""
    fallen, session = step.subject, step.actor.office.session
    session.flush()
    for later in escalation.later_ones(session, fallen):
        new = escalation.step_at_approval(later, escalation.on_ladder_of(session, fallen))
        if new is not later.step:
            step.brought.append(regrade(Penalty.locked(session, later.id), to=new, because=fallen, after=step))
            session.flush()


def pass_the_forfeiture_on(step: Step[Penalty]) -> None:
    """CS-9: the commission that the fallen penalty gave back is forfeited by the next one of that month."""
    fallen, clock = step.subject, step.actor.office.system(step.at)
    step.actor.office.session.flush()
    if fallen.rule == REWORK and (
        heir := first_to_forfeit(fallen.respondent, commission_month(step), by=clock, at=step.at)
    ):
        step.brought.append(forfeit(heir, by=clock, at=step.at, instead_of=fallen))


def conclude(step: Step[Penalty]) -> None:
    """Post the schedule's points, seal the event, start the next clock, issue the letter, tell whoever is awaited."""
    (step.rule.points or charge_points)(step)
    step.event.seal()
    if step.rule.dest is not None:
        # What changes no state leaves the running clock as it is.
        deadline.start(step, step.rule.clock, step.at)
    penalty_letter.issue(step)
    notice.tell(step, penalty_roles.awaited(step.subject, step.actor.staff))


PENALTY: Process[Penalty] = Process("penalty", PenaltyState, [
    Rule("CS-7", "propose", source=(), dest=S.PROPOSED, by=DEPARTMENT_HEAD,
         unless=PROPOSAL, then=(note_the_parties, add_evidence),
         letter="prior_notice", clock="defence"),
    Rule("CS-7", "propose", source=(), dest=S.PROPOSED, by=PROPOSER_FROM_CUSTOMER_RELATIONS,
         unless=PROPOSAL, then=(note_the_parties, add_evidence),
         letter="prior_notice", clock="defence"),
    Rule("CS-7", "defend", source=(S.PROPOSED,), dest=S.HEARD, by=RESPONDENT,
         unless=(gave_no_statement,), then=(add_evidence,),
         letter="defence_record", clock="submit"),
    Rule("CS-7", "waive", source=(S.PROPOSED,), dest=S.HEARD, by=RESPONDENT,
         letter="defence_record", clock="submit"),
    Rule("CS-7", "submit", source=(S.PROPOSED, S.HEARD), dest=S.SUBMITTED, by=DEPARTMENT_HEAD,
         unless=(defence_period_runs, union_was_not_told), then=(note_the_opinion,),
         letter="penalty_submission", clock="approve", several=True),
    Rule("CS-7", "drop", source=(S.PROPOSED, S.HEARD), dest=S.DROPPED, by=DEPARTMENT_HEAD,
         unless=(gave_no_reason,),
         letter="no_penalty_notice"),
    Rule("CS-7", "reject", source=(S.SUBMITTED,), dest=S.DROPPED, by=GENERAL_MANAGER,
         unless=(gave_no_reason,),
         letter="no_penalty_notice"),
    Rule("CS-8", "approve", source=(S.SUBMITTED,), dest=S.ISSUED, by=GENERAL_MANAGER,
         when=would_be(LadderStep.FIRST),
         unless=(respondent_has_left,),
         then=(note_the_decision, charge_the_fine, share_the_rework_cost, forfeit_the_commission),
         letter="first_penalty_notice", clock="contest"),
    Rule("CS-8", "approve", source=(S.SUBMITTED,), dest=S.ISSUED, by=GENERAL_MANAGER,
         when=would_be(LadderStep.SECOND),
         unless=(respondent_has_left,),
         then=(note_the_decision, charge_the_fine, share_the_rework_cost, forfeit_the_commission),
         letter="second_penalty_notice", clock="contest"),
    Rule("CS-8", "approve", source=(S.SUBMITTED,), dest=S.ISSUED, by=GENERAL_MANAGER,
         when=would_be(LadderStep.DISMISSAL),
         unless=(respondent_has_left, is_dismissed_already, union_was_not_told, leaves_items_open, ends_in_the_past),
         then=(record_the_examination, note_the_decision, share_the_rework_cost, forfeit_the_commission,
               end_the_employment), letter="dismissal_notice", clock="contest"),
    Rule("CS-8", "approve", source=(S.SUBMITTED,), dest=S.ISSUED, by=GENERAL_MANAGER,
         when=is_single_fine, unless=(respondent_has_left,), then=(note_the_fine, charge_the_fine),
         letter="fine_notice", clock="contest", points=charge_no_points),
    Rule("CS-3", "appeal", source=(S.ISSUED,), dest=S.APPEALED, by=RESPONDENT,
         unless=(gave_no_grounds,), then=(note_the_appellant, add_evidence),
         letter="penalty_appeal_form", clock="review"),
    Rule("CS-4", "revoke", source=(S.APPEALED,), dest=S.REVOKED, by=REVIEWER,
         unless=(gave_no_reason,),
         then=(appeal_is_over, be_revoked, reverse_every_entry, employ_again),
         letter="revocation_notice", brings=(regrade_later_ones, pass_the_forfeiture_on)),
    Rule("CS-3", "sustain", source=(S.APPEALED,), dest=S.FINAL, by=REVIEWER,
         unless=(gave_no_reason,), then=(appeal_is_over, come_into_effect),
         letter="sustained_ruling"),
    Rule("CS-8", "lapse", source=(S.ISSUED,), dest=S.FINAL, by=SYSTEM,
         then=(come_into_effect,),
         letter="finality_notice"),
    Rule("CS-8", "regrade", source=STANDING, dest=None, by=SYSTEM,
         then=(regrade_the_difference, put_the_dismissal_to_the_gm),
         letter="regrade_notice"),
    Rule("CS-8", "reinstate", source=STANDING, dest=None, by=GENERAL_MANAGER,
         unless=(waits_for_no_reinstatement, gave_no_reason, reinstatement_is_undecided),
         then=(decide_on_reinstatement,),
         letter="reinstatement_ruling"),
    Rule("CS-9", "forfeit", source=STANDING, dest=None, by=HUMAN_RESOURCES,
         when=is_by_somebody,
         unless=(has_no_commission_to_forfeit,),
         then=(forfeit_the_commission,),
         letter="forfeiture_notice"),
    Rule("CS-9", "forfeit", source=STANDING, dest=None, by=SYSTEM,
         when=follows_by_itself,
         unless=(has_no_commission_to_forfeit,),
         then=(forfeit_the_commission,),
         letter="forfeiture_notice"),
    Rule("CS-8", "certify", source=STANDING, dest=None, by=HUMAN_RESOURCES,
         unless=(is_no_dismissal, is_certified_already),
         letter="separation_certificate"),
    Rule("CS-8", "settle", source=(S.FINAL,), dest=S.SETTLED, by=SYSTEM,
         then=(be_settled,),
         letter="deduction_slip"),
], unless=(says_too_much,), record=record_event, conclude=conclude)  # fmt: skip

requires("penalty", prices=PENALTY.actions, late=(), limits=())


def propose(proposal: Proposal, *, by: Actor, at: datetime) -> Step[Penalty]:
    """CS-7: customer relations or the head proposes a penalty; `step.subject` is new and not yet in a session."""
    penalty = penalty_from(proposal, by, at)
    chosen = {"evidence": proposal.evidence, "happened_at": when_it_happened(proposal, by, at),
              "known_on": proposal.known_on}  # fmt: skip
    step = Step(penalty, by, at, said=proposal.said(), chosen=chosen)
    from_the_head = DEPARTMENT_HEAD.principal(step) is not None
    proposer = DEPARTMENT_HEAD if from_the_head else PROPOSER_FROM_CUSTOMER_RELATIONS
    penalty.proposer = proposer.principal(step) or by.person  # type: ignore[assignment]  # a stranger is refused next
    penalty.proposer_id, penalty.proposed_by_id = penalty.proposer.id, by.person.id  # type: ignore[union-attr]
    return PENALTY.open(PENALTY.rule_named("propose", proposer), step)


def defend(
    penalty: Penalty, *, by: Actor, at: datetime, statement: str | None, evidence: Sequence[Evidence] = ()
) -> Step[Penalty]:
    """CS-7: the respondent states a defence."""
    return _take("defend", penalty, by, at, said={"statement": statement}, chosen={"evidence": evidence})


def waive(penalty: Penalty, *, by: Actor, at: datetime) -> Step[Penalty]:
    """CS-7: the respondent waives the right to a defence."""
    return _take("waive", penalty, by, at, said={"waived": True})


def submit(
    penalty: Penalty, *, by: Actor, at: datetime, opinion: str | None = None, union_notice: str | None = None
) -> Step[Penalty]:
    """CS-7: the head submits the penalty to the general manager; a dismissal with the union's notice."""
    return _take("submit", penalty, by, at, said={"opinion": opinion, "union_notice": union_notice})


def drop(penalty: Penalty, *, by: Actor, at: datetime, reason: str | None) -> Step[Penalty]:
    """CS-7: the head does not pursue it."""
    return _take("drop", penalty, by, at, said={"reason": reason})


def reject(penalty: Penalty, *, by: Actor, at: datetime, reason: str | None) -> Step[Penalty]:
    """CS-7: the general manager does not approve it."""
    return _take("reject", penalty, by, at, said={"reason": reason})


def approve(
    penalty: Penalty, *, by: Actor, at: datetime, opinion: str | None = None,
    open_reason: str | None = None, ends_on: date | None = None,
) -> Step[Penalty]:  # fmt: skip
    """CS-8: the general manager approves; the step follows from the penalties in force at this moment."""
    said = {"opinion": opinion, "open_reason": open_reason}
    return _take("approve", penalty, by, at, said=said, chosen={"ends_on": ends_on})


def appeal(
    penalty: Penalty, *, by: Actor, at: datetime, grounds: str | None, evidence: Sequence[Evidence] = ()
) -> Step[Penalty]:
    """CS-3: the respondent objects within the time for appeals."""
    return _take("appeal", penalty, by, at, said={"grounds": grounds}, chosen={"evidence": evidence})


def revoke(penalty: Penalty, *, by: Actor, at: datetime, reason: str | None) -> Step[Penalty]:
    """CS-4: the appeal succeeds; the penalty is void from the start and later ones are regraded."""
    return _take("revoke", penalty, by, at, said={"reason": reason})


def sustain(penalty: Penalty, *, by: Actor, at: datetime, reason: str | None) -> Step[Penalty]:
    """CS-3: the appeal fails; the penalty is final."""
    return _take("sustain", penalty, by, at, said={"reason": reason})


def lapse(penalty: Penalty, *, by: Actor, at: datetime) -> Step[Penalty]:
    """CS-8: nobody appealed in time; `at` is the deadline's moment."""
    return _take("lapse", penalty, by, at)


def regrade(penalty: Penalty, *, to: LadderStep, because: Penalty, after: Step[Penalty]) -> Step[Penalty]:
    """CS-8: an earlier penalty fell away by the step `after`; this one stands on a lower step from now on."""
    assert penalty.step is not None, "only what was approved is regraded"
    said = {"from": penalty.step.value, "to": to.value, "because": because.number}
    clock = after.actor.office.system(after.at)
    return _take("regrade", penalty, clock, after.at, said=said, chosen={"because": because})


def reinstate(
    penalty: Penalty, *, by: Actor, at: datetime, reinstated: bool | None, reason: str | None
) -> Step[Penalty]:
    """CS-8: a dismissal was regraded; the general manager decides whether the person comes back."""
    return _take("reinstate", penalty, by, at, said={"reason": reason}, chosen={"reinstated": reinstated})


def forfeit(penalty: Penalty, *, by: Actor, at: datetime, instead_of: Penalty | None = None) -> Step[Penalty]:
    """CS-9: the month's commission became known after the approval, or `instead_of`, revoked, gave it back."""
    return _take("forfeit", penalty, by, at, said={"instead_of": instead_of.number if instead_of else None})


def certify(penalty: Penalty, *, by: Actor, at: datetime) -> Step[Penalty]:
    """CS-8: human resources issue the separation certificate, which says nothing of the reason."""
    return _take("certify", penalty, by, at)


def settle(penalty: Penalty, *, by: Actor, at: datetime, slip: dict[str, Any]) -> Step[Penalty]:
    """CS-8: a pay day has taken the last fen; `slip` is its closing statement."""
    return _take("settle", penalty, by, at, said={"month": slip["month"]}, chosen={"slip": slip})


VERBS: dict[str, Callable[..., Step[Penalty]]] = {
    "propose": propose, "defend": defend, "waive": waive, "submit": submit, "drop": drop, "reject": reject,
    "approve": approve, "appeal": appeal, "revoke": revoke, "sustain": sustain, "lapse": lapse, "regrade": regrade,
    "reinstate": reinstate, "forfeit": forfeit, "certify": certify, "settle": settle,
}  # fmt: skip


def _take(
    name: str, penalty: Penalty, by: Actor, at: datetime, *,
    said: dict[str, Any] | None = None, chosen: dict[str, Any] | None = None,
) -> Step[Penalty]:  # fmt: skip
    return PENALTY.take(name, Step(penalty, by, at, said=spoken(said or {}), chosen=chosen or {}))
