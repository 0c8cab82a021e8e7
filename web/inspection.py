"""One inspection: what it shows to whom, the review, publishing it, and deciding what is proposed."""

import secrets
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from models import Inspection, InspectionFinding, InspectionKind, InspectionProposal, InspectionState, Person, Role
from web import attachment, filters, form, inspection_words, moment, staff, uploads
from web.regulation_tables import worded
from web.session import actor, db, me, now
from workflow import inspection as verbs
from workflow import inspection_decision, inspection_findings, inspection_result, penalty_roles
from workflow import inspection_roles as roles
from workflow.process import Refused

MOST_SHARES = 8

bp = Blueprint("inspection", __name__)


@dataclass(frozen=True)
class FactorShown:
    """A factor with what was found; `proposed` names who is responsible unless somebody else is named."""

    key: str
    title: str
    worth: str
    answer: str
    finding: InspectionFinding | None
    photos: list[tuple[str, str]]
    post: str
    responsible: str
    is_open: bool


@dataclass(frozen=True)
class ModuleShown:
    key: str
    title: str
    points: str
    score: str
    factors: list[FactorShown]

    @property
    def is_open(self) -> bool:
        """Something in it was not met: it is shown unfolded."""
        return any(each.finding is not None and each.finding.met is not True for each in self.factors)


@dataclass(frozen=True)
class ProposalShown:
    """What is proposed about somebody, and what became of it."""

    proposal: InspectionProposal
    whom: str
    post: str
    words: str
    because: str
    facts: str
    outcome: str
    url: str
    is_mine: bool


@bp.before_request
def _only_for_those_who_work_here() -> None:
    if me().has_left_at(now()):
        abort(404)


@bp.get("/inspections/<number>")
def show(number: str) -> str:
    return page(seen(number), form.Wrong())


@bp.post("/inspections/<number>/begin")
def begin(number: str) -> ResponseReturnValue:
    found = held(number)
    verbs.begin(db(), found, by=actor(), at=now())
    db().commit()
    if found.kind is InspectionKind.MANUFACTURER:
        return redirect(url_for("inspection.show", number=number), 303)
    return redirect(url_for("inspection_checklist.show", number=number), 303)


@bp.post("/inspections/<number>/submit")
def submit(number: str) -> ResponseReturnValue:
    found = held(number)
    return _tried(found, lambda: verbs.submit(db(), found, by=actor(), at=now()), _("It is submitted for review."))


@bp.post("/inspections/<number>/take-back")
def take_back(number: str) -> ResponseReturnValue:
    found, reason = held(number), form.text("reason")
    return _tried(
        found, lambda: verbs.take_back(db(), found, by=actor(), at=now(), reason=reason), _("It is sent back.")
    )


@bp.post("/inspections/<number>/cancel")
def cancel(number: str) -> ResponseReturnValue:
    found, reason = held(number), form.text("reason")
    return _tried(found, lambda: verbs.cancel(db(), found, by=actor(), at=now(), reason=reason), _("It is cancelled."))


@bp.post("/inspections/<number>/voucher")
def voucher(number: str) -> ResponseReturnValue:
    found, receipt = held(number), form.text("receipt")
    return _tried(
        found, lambda: verbs.give_voucher(db(), found, by=actor(), at=now(), receipt=receipt),
        _("The voucher is recorded with its receipt."),
    )  # fmt: skip


@bp.post("/inspections/<number>/result")
def result(number: str) -> ResponseReturnValue:
    found = held(number)
    score, day, imposed = _decimal(form.text("score")), form.day("day"), form.fen("imposed")
    return _tried(
        found,
        lambda: verbs.enter_result(db(), found, by=actor(), at=now(), score=score, day=day, imposed=imposed),
        _("The result is entered."),
    )


@bp.post("/inspections/<number>/factors/<factor>/responsible")
def responsible(number: str, factor: str) -> ResponseReturnValue:
    found, person = held(number), db().get(Person, form.chosen("responsible") or 0)
    return _tried(
        found,
        lambda: inspection_findings.name_responsible(
            db(), found, factor, person, reason=form.text("reason"), by=actor(), at=now()
        ),
        _("It is kept who is responsible."),
    )


@bp.post("/inspections/<number>/publish")
def publish(number: str) -> ResponseReturnValue:
    found = held(number)
    return _tried(
        found, lambda: inspection_result.publish(db(), found, by=actor(), at=now(), shares=_shares()),
        _("The result is published."),
    )  # fmt: skip


@bp.post("/inspections/<number>/proposals/<int(max=2147483647):key>")
def decide(number: str, key: int) -> ResponseReturnValue:
    """Accepted into the process that decides it, or set aside; never both, and once."""
    found = held(number)
    if form.text("verdict") == "accept":
        person = db().get(Person, form.chosen("person") or 0)
        photos = {photo.id: secrets.token_hex(16) for photo in found.photos}
        return _tried(
            found,
            lambda: inspection_decision.accept(
                db(), found, key, by=actor(), at=now(), facts=form.text("facts"), person=person, photos=photos
            ),
            _("It is proposed; whom it concerns is told and heard."),
        )
    return _tried(
        found,
        lambda: inspection_decision.set_aside(db(), found, key, by=actor(), at=now(), reason=form.text("reason")),
        _("It is set aside, with your reason."),
    )


@bp.get("/inspections/<number>/photos/<key>")
def photo(number: str, key: str) -> Response:
    found = seen(number)
    shown = next((each for each in found.photos if each.file.key == key), None)
    finding = next((each for each in found.findings if shown is not None and each.factor == shown.factor), None)
    may = roles.sees_findings(found, actor()) or (finding is not None and roles.sees_finding(finding, found, actor()))
    if shown is None or not may or not uploads.path_of(shown.file.digest).is_file():
        abort(404)
    return attachment.as_download(shown.file, shown.file.name)


# --- loading


def seen(number: str) -> Inspection:
    """The inspection, if it is there for this reader."""
    query = Inspection.by_number(number).options(*verbs.everything(), joinedload(Inspection.row))
    found = db().scalars(query).unique().one_or_none()
    if found is None or not roles.may_see(found, actor()):
        abort(404)
    return found


def held(number: str) -> Inspection:
    """The same for a step, held against others."""
    found = verbs.locked(db(), number)
    if found is None or not roles.may_see(found, actor()):
        abort(404)
    return found


def _tried(found: Inspection, act: Any, told: str) -> ResponseReturnValue:
    number = found.number
    try:
        act()
    except Refused as refusal:
        wrong = form.beside_fields(refusal)
        db().rollback()
        return page(seen(number), wrong), 422
    db().commit()
    flash(told, "success")
    return redirect(url_for("inspection.show", number=number), 303)


# --- showing


def page(found: Inspection, wrong: form.Wrong) -> str:
    """What this reader may see of it, and what they can do now."""
    who, state = actor(), found.state
    keeps, writes = roles.keeps(who), roles.keeps(who) or roles.inspects(found, who)
    reads_all = roles.sees_findings(found, who)
    is_manufacturers = found.kind is InspectionKind.MANUFACTURER
    review = keeps and state is InspectionState.SUBMITTED
    return render_template(
        "inspections/show.html",
        found=found, title=inspection_words.title(found), chip=inspection_words.chip(state), state=state.value,
        wrong=wrong, typed=request.form, keeps=keeps, writes=writes, reads_all=reads_all, review=review,
        sees_visitor=roles.sees_visitor(found, who), is_manufacturers=is_manufacturers,
        modules=[] if is_manufacturers else modules(found), score=_score(found),
        clock=moment.clock(found.due_at, started=found.begun_at)
        if found.due_at and found.published_at is None and found.cancelled_at is None
        else None,
        not_seen=[] if is_manufacturers else inspection_findings.not_seen(found),
        preview=_preview(found) if review and not is_manufacturers else [],
        proposals=_proposals(found), proposes=Role.CUSTOMER_RELATIONS in who.roles,
        shares=found.shares if keeps else [each for each in found.shares if each.person_id == me().id],
        share_rows=range(MOST_SHARES),
        colleagues=staff.colleague_choices(_("Choose a colleague")) if keeps else [],
        acts=[(act.by.name, _(inspection_words.ACTS[act.action]), act.at, act.said.get("reason")) for act in found.acts]
        if writes
        else [],
    )  # fmt: skip


def modules(found: Inspection) -> list[ModuleShown]:
    """The checklist with what this reader may see of the findings; scores by module for everybody."""
    visit, findings = inspection_findings.scored(found), {each.factor: each for each in found.findings}
    shown = []
    for key, module in verbs.checklist_of(found).whole().items():
        factors = [
            _factor(found, name, factor, finding)
            for name, factor in module.factors.items()
            if _may_read(found, finding := findings.get(name))
        ]
        score = inspection_words.figure(visit.modules[key])
        shown.append(ModuleShown(key, worded(module.title), inspection_words.points(module.points), score, factors))
    return shown


def _may_read(found: Inspection, finding: InspectionFinding | None) -> bool:
    if finding is None:
        return roles.sees_findings(found, actor())
    return roles.sees_finding(finding, found, actor())


def _factor(found: Inspection, name: str, factor: Any, finding: InspectionFinding | None) -> FactorShown:
    worth = inspection_words.points(factor.points)
    if factor.missed:
        worth = _("%(points)s, missed %(missed)s", points=worth, missed=inspection_words.points(factor.missed))
    named, is_open = "", False
    if finding is not None and finding.responsible is not None:
        named = finding.responsible.name
    elif finding is not None and finding.met is False:
        holders = inspection_findings.proposed_for(db(), found, name)
        named, is_open = inspection_words.names(person.name for person in holders), len(holders) != 1
    return FactorShown(
        key=name, title=worded(factor.title), worth=worth,
        answer=inspection_words.answer(finding.met) if finding is not None else "", finding=finding,
        photos=[
            (url_for("inspection.photo", number=found.number, key=each.file.key), each.file.name)
            for each in found.photos
            if each.factor == name
        ],
        post=inspection_words.post(found, factor.responsible), responsible=named, is_open=is_open,
    )  # fmt: skip


def _score(found: Inspection) -> str:
    if found.kind is InspectionKind.MANUFACTURER:
        return inspection_words.figure(found.result) if found.result is not None else "—"
    return inspection_words.figure(inspection_findings.scored(found).score)


def _preview(found: Inspection) -> list[tuple[str, str, str, str]]:
    """What publishing would propose: of whom, by which rule, how much and why."""
    people = {person.id: person.name for person in db().scalars(select(Person))}
    return [
        (
            people[each.person_id] if each.person_id else _("nobody holds the post: %(post)s", post=_post(found, each)),
            each.rule, inspection_words.amount(each), inspection_words.because(found, each),
        )
        for each in inspection_result.preview(db(), found)
    ]  # fmt: skip


def _post(found: Inspection, proposal: InspectionProposal) -> str:
    return inspection_words.post(found, proposal.post) if proposal.post else ""


def _proposals(found: Inspection) -> list[ProposalShown]:
    """Side by side, by person: who decides sees all that one visit asks of somebody."""
    mine = [each for each in found.proposals if roles.sees_proposal(each, found, actor())]
    return sorted((_proposal(found, each) for each in mine), key=lambda shown: (shown.whom, shown.proposal.id))


def _proposal(found: Inspection, proposal: InspectionProposal) -> ProposalShown:
    outcome, url = "", ""
    if proposal.penalty is not None:
        outcome = filters.case(proposal.penalty)
        may = penalty_roles.may_see(proposal.penalty, actor())
        url = url_for("penalty.show", number=proposal.penalty.number) if may else ""
    elif proposal.reward is not None:
        outcome, url = _("Reward %(number)s", number=proposal.reward.number), url_for("rewards.index")
    elif proposal.decided_at is not None:
        outcome = _("set aside: %(reason)s", reason=proposal.reason)
    return ProposalShown(
        proposal=proposal, whom=proposal.person.name if proposal.person else "", post=_post(found, proposal),
        words=inspection_words.amount(proposal), because=inspection_words.because(found, proposal),
        facts=inspection_decision.usual_facts(found, proposal, actor()), outcome=outcome, url=url,
        is_mine=proposal.person_id == me().id,
    )  # fmt: skip


# --- reading forms


def _shares() -> list[inspection_result.Share]:
    """The rows of the review meeting that name somebody."""
    found = []
    for place in range(MOST_SHARES):
        person = db().get(Person, form.chosen(f"person-{place}") or 0)
        if person is None:
            continue
        points = _decimal(form.text(f"points-{place}"))
        found.append(
            inspection_result.Share(
                person, form.fen(f"fine-{place}") or 0, points or Decimal(0), form.text(f"reason-{place}")
            )
        )
    return found


def _decimal(typed: str) -> Decimal | None:
    try:
        found = Decimal(typed.strip().replace("−", "-"))
    except InvalidOperation:
        return None
    return found if found.is_finite() and abs(found) <= 1000 and found == round(found, 2) else None
