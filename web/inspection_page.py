"""The page of one inspection: what its reader may see of findings and proposals, and what they can do with it now."""

from dataclasses import dataclass
from typing import Any

from flask import render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select

from models import Inspection, InspectionFinding, InspectionKind, InspectionProposal, InspectionState, Person, Role
from web import filters, form, inspection_words, moment, staff
from web.language import told
from web.regulation_tables import worded
from web.session import actor, db, me
from workflow import inspection as verbs
from workflow import inspection_decision, inspection_findings, inspection_result, penalty_roles
from workflow import inspection_roles as roles

MOST_SHARES = 8


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


def page(found: Inspection, wrong: form.Wrong) -> str:
    """What this reader may see of it, and what they can do now."""
    who, state = actor(), found.state
    keeps, writes = roles.keeps(who), roles.keeps(who) or roles.inspects(found, who)
    reads_all = roles.sees_findings(found, who)
    is_manufacturers = found.sort is InspectionKind.MANUFACTURER
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
    if found.sort is InspectionKind.MANUFACTURER:
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
    usual = inspection_decision.usual_facts(found, proposal, actor())
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
        facts=told(usual.zh, usual.en), outcome=outcome, url=url,
        is_mine=proposal.person_id == me().id,
    )  # fmt: skip
