"""What only some penalty letters tell: the examination, the end of the employment, a regrading."""

from datetime import date, timedelta
from typing import Any

from models import LadderStep, Penalty
from workflow import dismissal, penalty_effects, penalty_guards
from workflow.letter import department, reference, who
from workflow.process import Step
from workflow.regulation import pack_of
from workflow.roles import who_takes_heads_steps

FILE_TRANSFER_DAYS = 15  # Implementing Regulations Art. 24, Labour Contract Law Art. 50

Json = dict[str, Any]
CaseStep = Step[Penalty]


def exam_of(step: CaseStep) -> Json | None:
    """The checklist as the letter prints it; only where the step is, or would be, the dismissal."""
    if (
        step.rule.letter not in ("penalty_submission", "dismissal_notice")
        or penalty_guards.decided_or_intended(step) is not LadderStep.DISMISSAL
    ):
        return None
    items = step.event.said.get("exam") or [
        item.said() for item in dismissal.examination(step.subject, step, penalty_guards.standing(step))
    ]
    return {"items": items, "open_reason": step.event.said.get("open_reason")}


def ending_of(step: CaseStep) -> Json | None:
    penalty = step.subject
    if penalty.ends_on is None:
        return None
    since, post = penalty.respondent.joined_at, penalty.respondent.posting_at(step.at)
    joined = step.actor.office.calendar.day_of(since)
    years, months = _served(joined, penalty.ends_on)
    return {
        "end_on": penalty.ends_on.isoformat(),
        "contract_since": joined.isoformat(),
        "post": post.title if post else "",
        "department": department(penalty.department),
        "years_of_service": {"years": years, "months": months},
        "handover_to": who(step, penalty.leader or who_takes_heads_steps(penalty, step.actor.staff)),
        "file_by": (penalty.ends_on + timedelta(days=FILE_TRANSFER_DAYS)).isoformat(),
    }


def _served(joined: date, end: date) -> tuple[int, int]:
    """Full years and months of service."""
    months = (end.year - joined.year) * 12 + end.month - joined.month - (end.day < joined.day)
    return max(0, months) // 12, max(0, months) % 12


def change_of(step: CaseStep) -> Json | None:
    """What a regrading changed, old and new side by side."""
    said = step.event.said
    if step.rule.name != "regrade":
        return None
    back = [e for e in step.event.money if e.person_id == step.subject.respondent_id]
    points = [e.points for e in step.event.entries if e.kind == "respondent"]
    fallen: Penalty = step.chosen["because"]
    decision = dismissal.decision_of(fallen)
    return {
        "because": {
            "case_number": fallen.number,
            "number": reference(step, decision)["number"] if decision is not None else None,
        },
        "old": _graded(step, LadderStep(said["from"])),
        "new": _graded(step, LadderStep(said["to"])),
        "refund_fen": sum(entry.amount for entry in back),
        "points_back": f"{sum(points):.2f}" if points else "0.00",
        "back_to_gm": step.subject.reinstatement_due_at is not None,
    }


def _graded(step: CaseStep, on: LadderStep) -> Json:
    points = pack_of(step.subject.regulation_version).price("penalty", "approve").of("respondent", on)
    return {"step": on.value, "fine_fen": penalty_effects.fine_of(step, on), "points": f"{points:.2f}"}
