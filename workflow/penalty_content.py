"""The parts of a penalty letter's content: rule, facts, step, money, examination, what comes next."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from models import LadderStep, MoneyEntry, Penalty
from workflow import deadline, dismissal, escalation, penalty_effects, penalty_guards, penalty_roles
from workflow.escalation import step_after
from workflow.letter import reference, who
from workflow.letter_points import points_of_step
from workflow.process import Step
from workflow.regulation import Pack, pack_of

PAY_DAY = 20
ZERO = Decimal(0)
# In place of a step of the ladder: the fine of a single matter stands on none.
SINGLE = "fine"

Json = dict[str, Any]
CaseStep = Step[Penalty]


def entries_of(step: CaseStep) -> list[Json]:
    """The points of the step; the leader's part is marked, because it is not printed for the respondent."""
    respondent = step.subject.respondent_id
    lines = zip(step.event.entries, points_of_step(step), strict=True)
    return [line | {"joint": entry.person_id != respondent} for entry, line in lines]


def rules_of(penalty: Penalty) -> list[Json]:
    """The rule that was broken and the one that sets the ladder; of a single matter the rule that sets its fine."""
    if penalty.fine_version is not None:
        text = penalty.fine_version.content["rules"][penalty.rule]
        return [{"id": penalty.rule, "zh": text["zh"], "en": text["en"]}]
    rules = pack_of(penalty.regulation_version).rules
    ids = dict.fromkeys((penalty.rule, "CS-8"))
    return [{"id": rule, "zh": rules[rule].zh, "en": rules[rule].en} for rule in ids]


def regulation_of(step: CaseStep) -> Json:
    version = step.subject.fine_version or step.subject.regulation_version
    title = version.content["title"]
    known = dismissal.acknowledged_at(step.subject, step)
    return {
        "zh": title["zh"],
        "en": title["en"],
        "edition": version.edition,
        "in_force_from": version.in_force_from.isoformat(),
        "acknowledged_on": _day(step, known) if known else None,
        "adoption": version.adoption,
    }


def penalty_of(step: CaseStep) -> Json:
    penalty, office = step.subject, step.actor.office
    pack, on = pack_of(penalty.regulation_version), penalty_guards.decided_or_intended(step)
    schedule = pack.price("penalty", "approve")
    decision = dismissal.decision_of(penalty)
    return {
        "facts": penalty.facts,
        "facts_en": penalty.facts_en,
        "rule": penalty.rule,
        "occurred_on": penalty.occurred_on.isoformat() if penalty.occurred_on else None,
        "known_at": deadline.as_json(penalty.known_at, office),
        "proposed_at": deadline.as_json(penalty.proposed_at, office),
        "proposed_by": who(step, penalty.proposer),
        "submitted_at": _moment_of(step, "submit"),
        "approved_at": deadline.as_json(penalty.approved_at, office),
        "approved_by": who(step, penalty.approved_by),
        "final_at": deadline.as_json(penalty.final_at, office),
        "complaint": _complaint(step),
        "ladder": {"slug": penalty.ladder, "zh": penalty.department.name_zh, "en": penalty.department.name_en},
        "step": SINGLE if penalty.is_single_fine else on.value,
        "fine_fen": penalty_effects.fine_of(step, on),
        "points": f"{ZERO if penalty.is_single_fine else schedule.of('respondent', on):.2f}",
        "leader": None if penalty.is_single_fine else who(step, penalty.leader),
        "leader_points": f"{ZERO if penalty.is_single_fine else schedule.of('leader', on):.2f}",
        "shares": _shares(step),
        "commission": _commission(penalty),
        "counted": _counted(step),
        "next_step": _next_step(step, pack, on),
        "expires_after_months": None if penalty.is_single_fine else pack.expires_after_months or None,
        "counts_until": _day(step, penalty.counts_until)
        if penalty.counts_until and not penalty.is_single_fine
        else None,
        "fines": "allowed" if office.company.fines_are_allowed else "points_only",
        "defence_due": deadline.as_json(deadline.ends(step, "defence", penalty.proposed_at), office),
        "defence": _defence(step),
        "opinion": _said_at(penalty, "submit", "opinion"),
        "union_notice": penalty.union_notice,
        "appeal": _appeal(step),
        "appeal_due": _appeal_due(step),
        "appeal_to": who(step, penalty_roles.who_reviews(step.subject, step.actor.staff)),
        "pay": _pay(step),
        "decision": reference(step, decision) if decision is not None else None,
    }


def _complaint(step: CaseStep) -> Json | None:
    complaint = step.subject.complaint
    if complaint is None:
        return None
    return {"case_number": complaint.number, "letter": None, "customer_name": complaint.customer_name}


def _shares(step: CaseStep) -> Json | None:
    penalty = step.subject
    shares = penalty_effects.shares_of(penalty)
    if shares is None:
        return None
    percent = pack_of(penalty.regulation_version).rework_shares
    leader = penalty.leader if shares.leader else None
    return {
        "cost_fen": penalty.rework_cost,
        "leader": {"who": who(step, leader), "percent": percent["leader"], "fen": shares.leader} if leader else None,
        "person": {"percent": percent["person"], "fen": shares.person},
        "company": {"percent": percent["company"], "fen": shares.company},
    }


def _commission(penalty: Penalty) -> Json | None:
    said = [event.said["commission"] for event in penalty.events if event.said.get("commission")]
    return said[-1] if said and penalty.forfeited_month else None


def _counted(step: CaseStep) -> list[Json]:
    """The earlier penalties that make this step, oldest first; after the decision, those that were counted then."""
    penalty = step.subject
    if penalty.approved_at is None:
        counted = list(penalty_guards.standing(step).counted)
    else:
        numbers = _said_at(penalty, "approve", "counted") or ()
        # Most have none, and a pay day closes thousands of penalties at once.
        others = escalation.on_ladder_of(step.actor.office.session, penalty) if numbers else ()
        counted = [other for other in others if other.number in numbers]
    return [_earlier(step, earlier) for earlier in counted]


def _earlier(step: CaseStep, earlier: Penalty) -> Json:
    decision = dismissal.decision_of(earlier)
    served = dismissal.served_at(decision, step.subject.respondent)
    pack = pack_of(earlier.regulation_version)
    assert earlier.step is not None, "only what was approved is counted"
    return {
        "step": earlier.step.value,
        "number": reference(step, decision)["number"] if decision is not None else None,
        "case_number": earlier.number,
        "approved_at": deadline.as_json(earlier.approved_at, step.actor.office),
        "occurred_on": earlier.occurred_on.isoformat() if earlier.occurred_on else None,
        "served_at": deadline.as_json(served, step.actor.office),
        "fine_fen": penalty_effects.fine_of(step, earlier.step, of=earlier),
        "points": f"{pack.price('penalty', 'approve').of('respondent', earlier.step):.2f}",
    }


def _next_step(step: CaseStep, pack: Pack, on: LadderStep) -> Json | None:
    if on is LadderStep.DISMISSAL or step.subject.is_single_fine:
        return None
    following = step_after(list(LadderStep).index(on) + 1)
    points = pack.price("penalty", "approve").of("respondent", following)
    return {"step": following.value, "fine_fen": penalty_effects.fine_of(step, following), "points": f"{points:.2f}"}


def _defence(step: CaseStep) -> Json | None:
    event = next((e for e in step.subject.events if e.action in ("defend", "waive")), None)
    if event is None:
        return None
    return {
        "at": deadline.as_json(event.at, step.actor.office),
        "waived": event.action == "waive",
        "statement": event.said.get("statement"),
        "by": who(step, event.acting_for or event.actor),
    }


def _appeal(step: CaseStep) -> Json | None:
    event = next((e for e in reversed(step.subject.events) if e.action == "appeal"), None)
    if event is None:
        return None
    letter = next(iter(event.letters), None)
    return {
        "at": deadline.as_json(event.at, step.actor.office),
        "grounds": event.said.get("grounds"),
        "number": reference(step, letter)["number"] if letter is not None else None,
    }


def _appeal_due(step: CaseStep) -> str | None:
    approved = step.subject.approved_at
    if approved is None:
        return None
    due: str = deadline.as_json(deadline.ends(step, "contest", approved), step.actor.office)
    return due


def _pay(step: CaseStep) -> Json:
    company = step.actor.office.company
    return {
        "cap_percent": company.cap_percent,
        "minimum_wage_fen": company.minimum_wage,
        "first_month": first_month(step),
    }


def first_month(step: CaseStep) -> str | None:
    """The first pay day after the penalty has become final, as things stand."""
    penalty = step.subject
    if penalty.approved_at is None:
        return None
    final = penalty.final_at or penalty.due_at or deadline.ends(step, "contest", penalty.approved_at)
    local = final.astimezone(step.actor.office.calendar.zone)
    if local.day > PAY_DAY:
        local = local.replace(day=1) + timedelta(days=32)
    return f"{local:%Y-%m}"


def _moment_of(step: CaseStep, action: str) -> str | None:
    event = next((e for e in reversed(step.subject.events) if e.action == action), None)
    return deadline.as_json(event.at, step.actor.office) if event else None


def _said_at(penalty: Penalty, action: str, key: str) -> Any:
    event = next((e for e in reversed(penalty.events) if e.action == action), None)
    return event.said.get(key) if event else None


def money_of(step: CaseStep) -> list[Json]:
    totals = step.actor.office.money_sums({entry.person_id for entry in step.event.money}, _months(step))
    for entry in step.event.money:
        totals[entry.person_id, entry.month] += entry.amount
    return [_money_line(entry, totals[entry.person_id, entry.month], step) for entry in step.event.money]


def _months(step: CaseStep) -> set[str]:
    return {entry.month for entry in step.event.money}


def _money_line(entry: MoneyEntry, total: int, step: CaseStep) -> Json:
    return {
        "account": {"zh": entry.person.name, "en": entry.person.name},
        "kind": entry.kind.value,
        "amount_fen": entry.amount,
        "effect": "reversed" if entry.reverses is not None else "posted",
        "month": entry.month,
        "joint": entry.person_id != step.subject.respondent_id,
        "total_fen": total,
    }


def next_of(step: CaseStep) -> Json | None:
    penalty = step.subject
    if step.rule.name == "regrade" and penalty.reinstatement_due_at is not None:
        decides = who(step, penalty_roles.who_approves(penalty, step.actor.staff))
        due = deadline.as_json(penalty.reinstatement_due_at, step.actor.office)
        return {"clock": "reinstatement", "due": due, "by": [decides] if decides else []}
    if penalty.clock is None:
        return None
    people = penalty_roles.awaited(penalty, step.actor.staff)
    due = deadline.as_json(penalty.due_at, step.actor.office)
    return {"clock": penalty.clock, "due": due, "by": [who(step, person) for person in people]}


def _day(step: CaseStep, moment: datetime) -> str:
    return step.actor.office.calendar.day_of(moment).isoformat()
