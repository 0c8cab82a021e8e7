"""The page of an improvement plan as its template prints it: what it is, what happens next, what can be done."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import render_template, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import joinedload, selectinload

from models import Attachment, Complaint, Event, Plan, PlanCustomer, PlanMeasure
from web import case_words, deed, filters, form, moment, nudge_panel, plan_words, staff
from web.case_files import LARGEST_PREVIEW, PREVIEWED, File, kind_of
from web.kept import kept
from web.plan_list import clock_of, source_of
from web.plan_words import HELP, WORDS
from web.session import actor, db, now, office
from workflow import plan_returns, plan_roles, sight, veil
from workflow.clock_words import TO_DO
from workflow.plan import PLAN
from workflow.plan_figures import figures_of
from workflow.process import FORBIDDEN, INVALID, MOVED_ON, TOO_LATE, Step

ORDER = (
    "analyse", "add_measure", "carry_out", "finish", "confirm", "reject", "tell", "reopen", "note", "postpone",
    "hand_over", "drop",
)  # fmt: skip
# What unfolds by itself below, since it brings the plan no further.
ADDED = ("note", "postpone", "hand_over", "drop")


@dataclass(frozen=True)
class Act:
    """One act with its form; `typed` and `wrong` are of the attempt that was refused."""

    action: str
    title: str
    button: str
    help: str
    url: str
    is_open: bool
    typed: Any
    wrong: form.Wrong


@dataclass(frozen=True)
class Line:
    """One event of the history."""

    who: str
    did: str
    event: Event
    details: list[tuple[str, str]]
    is_by_the_clock: bool


@dataclass(frozen=True)
class Told:
    """A customer who is to hear what was improved, as this reader may read of them."""

    row: PlanCustomer
    name: str
    phone: str
    url: str


@dataclass(frozen=True)
class Tried:
    """A refused attempt: what was typed, and what is wrong with it."""

    action: str
    typed: dict[str, str]
    wrong: form.Wrong = field(default_factory=form.Wrong)


def for_the_page(plan_id: int) -> Any:
    """The plan with all that its page shows."""
    return Plan.whole(plan_id).options(
        selectinload(Plan.attachments).joinedload(Attachment.added_by), joinedload(Plan.opened_by)
    )


def show(plan: Plan, tried: Tried | None = None) -> str:
    """The page; after a refused form with what was typed still in it."""
    acts = _acts(plan, tried)
    likely = [act for act in acts if act.action not in ADDED]
    return render_template(
        "plan/show.html",
        plan=plan, clock=clock_of(plan), source=source_of(plan), source_url=_source_url(plan),
        department=filters.named(plan.department), next=_next(plan), acts=acts,
        likely=likely, is_mine=bool(likely) and plan_roles.awaits(plan, actor()),
        added=[act for act in acts if act.action in ADDED],
        lines=[_line(event, plan) for event in reversed(plan.events)], files=_files(plan), customers=_customers(plan),
        returns=[(case, url_for("complaint.show", number=case.number)) for case in _returns(plan)],
        watched_until=plan_returns.watched_until(plan, actor()), days=figures_of(office().company).returns_days,
        causes=plan_words.causes(), ways=plan_words.ways_to_tell(), wrong=tried.wrong if tried else form.Wrong(),
        nudge=nudge_panel.of(plan, url_for("nudge.of_plan", number=plan.number)), colleagues=colleagues(),
        measures=[(str(m.id), _measure_words(m, plan)) for m in _mine_first(plan)],
        today=office().calendar.day_of(now()), reopening=_reopening(plan), whys=range(1, 6),
        # Whoever came too late finds the form gone; what was written in it stands above.
        kept=kept() if tried is not None and not tried.action else [],
    )  # fmt: skip


def colleagues() -> list[tuple[str, str]]:
    """Who can be responsible: everybody who stays, by name, with a first line that chooses nobody."""
    return staff.colleague_choices(_("Choose a colleague"))


def _reopening(plan: Plan) -> list[tuple[str, str]]:
    return [(case.number, f"{filters.case(case)} · {moment.day(case.filed_at)}") for case in _returns(plan)]


def _returns(plan: Plan) -> Sequence[Complaint]:
    return plan_returns.returns_of(plan, actor())


def _measure_words(measure: PlanMeasure, plan: Plan) -> str:
    what = case_words.first_sentence(plan_words.written(measure.what, plan))
    return f"{measure.position}. {what} ({measure.owner.name})"


def _mine_first(plan: Plan) -> list[Any]:
    """The reader's own measures stand first among those to be done."""
    me = actor().person
    return sorted(plan.open_measures, key=lambda m: (me is None or m.owner_id != me.id, m.position))


def _source_url(plan: Plan) -> str:
    """The case behind the plan, for whoever may see it."""
    if plan.complaint is None or not sight.may_see(_with_events(plan.complaint), actor()):
        return ""
    return url_for("complaint.show", number=plan.complaint.number)


def _with_events(complaint: Complaint) -> Complaint:
    return db().scalars(Complaint.whole(complaint.id)).unique().one()


def _next(plan: Plan) -> str:
    """What happens next, and who has to do it, as one sentence."""
    if plan.clock is None or plan.due_at is None:
        return ""
    people = plan_roles.awaited(plan, actor().staff)
    who = case_words.any_of(person.name for person in people) or _("nobody")
    if plan_roles.awaits(plan, actor()):
        who = _("You")
    return _("%(task)s: %(who)s, by %(moment)s", task=_(TO_DO[plan.clock]), who=who,
             moment=case_words.moment_of(plan.due_at))  # fmt: skip


def _acts(plan: Plan, tried: Tried | None) -> list[Act]:
    """What the reader may do now; what only waits for its form is open, what the state forbids is not."""
    offers = {offer.name: offer for offer in PLAN.offers(Step(plan, actor(), now()))}
    found = [name for name in ORDER if (offer := offers.get(name)) is not None and _is_open(offer.objections)]
    found = _by_likelihood([name for name in found if name not in _senseless(plan)], plan)
    first = found[0] if found and (len(found) == 1 or plan_roles.awaits(plan, actor())) else ""
    return [_act(name, plan, tried, is_first=tried is None and name == first) for name in found]


def _is_open(objections: Any) -> bool:
    """Objections to an empty form are no reason to hide it."""
    return all(objection.code not in (FORBIDDEN, MOVED_ON, TOO_LATE) or objection.code == INVALID
               for objection in objections)  # fmt: skip


def _senseless(plan: Plan) -> set[str]:
    """What would only be refused: nothing to carry out, something left to do, nobody to tell."""
    found: set[str] = set()
    if not plan.open_measures:
        found |= {"carry_out"}
    if plan.open_measures or plan.cause is None or all(m.round != plan.round for m in plan.measures):
        found |= {"finish"}
    if not plan.untold:
        found |= {"tell"}
    return found


def _by_likelihood(names: list[str], plan: Plan) -> list[str]:
    """The likeliest first: what is found already is only looked at again."""
    later = {"analyse"} if plan.cause is not None else set()
    later |= {"add_measure"} if plan.open_measures or "finish" in names else set()
    return sorted(names, key=lambda name: name in later)


def _act(name: str, plan: Plan, tried: Tried | None, *, is_first: bool) -> Act:
    is_tried = tried is not None and tried.action == name
    return Act(
        action=name, title=_(WORDS[name].choose), button=_(WORDS[name].button),
        help=_(HELP[name]) if name in HELP else "",
        url=url_for("plan.act", number=plan.number, action=name),
        is_open=is_tried or is_first, typed=tried.typed if tried is not None and is_tried else _usual(name, plan),
        wrong=tried.wrong if tried is not None and is_tried else form.Wrong(),
    )  # fmt: skip


def _usual(name: str, plan: Plan) -> dict[str, str]:
    """What a form holds before anybody has typed."""
    if name == "analyse" and plan.cause is not None:
        return {"cause": plan.cause.value} | {f"why_{place}": why for place, why in enumerate(plan.whys, 1)}
    if name == "tell":
        return {"told_on": office().calendar.day_of(now()).isoformat()}
    return {}


def _line(event: Event, plan: Plan) -> Line:
    return Line(
        deed.by_whom(event), plan_words.done(event), event, plan_words.details(event, plan), event.actor is None
    )


def _files(plan: Plan) -> list[File]:
    return [_file(attachment, plan) for attachment in plan.attachments]


def _file(attachment: Attachment, plan: Plan) -> File:
    url = url_for("plan.file", number=plan.number, key=attachment.key)
    small = attachment.media_type in PREVIEWED and attachment.size <= LARGEST_PREVIEW
    return File(
        name=attachment.name, url=url, kind=kind_of(attachment.media_type), preview=url if small else "",
        added_by=attachment.added_by.name, added_at=attachment.added_at,
    )  # fmt: skip


def _customers(plan: Plan) -> list[Told]:
    """The customers, each as the reader may read of them in their own case."""
    found = []
    for row in plan.customers:
        case = _with_events(row.complaint)
        sees = sight.may_see(case, actor())
        name = veil.customer_name(case, actor()) if sees else None
        phone = veil.customer_phone(case, actor()) if sees else None
        url = url_for("complaint.show", number=case.number) if sees else ""
        found.append(Told(row, name or _("the customer"), phone or "", url))
    return found
