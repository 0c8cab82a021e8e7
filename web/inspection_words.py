"""Inspections in words: kinds, states, answers, posts and what is proposed, in the reader's language."""

from collections.abc import Iterable
from decimal import Decimal

from flask_babel import gettext as _

from models import Inspection, InspectionKind, InspectionProposal, InspectionState
from web import case_words, filters
from web.label import Look
from web.language import is_chinese
from web.regulation_tables import worded
from workflow import inspection as verbs
from workflow import inspection_decision
from workflow.assessment_checklist import Checklist
from workflow.assessment_figures import Figure, NoData
from workflow.assessment_pack import pack_of
from workflow.process import N_

KINDS = {
    InspectionKind.MYSTERY: N_("Mystery visit"),
    InspectionKind.SELF: N_("Unannounced self-inspection"),
    InspectionKind.MANUFACTURER: N_("Manufacturer’s check"),
}
STATES = {
    InspectionState.PLANNED: (N_("planned"), "calendar3", "gd-chip-line"),
    InspectionState.UNDER_WAY: (N_("under way"), "clipboard-check", "gd-chip-dian"),
    InspectionState.SUBMITTED: (N_("to be reviewed"), "search", "gd-chip-zhe"),
    InspectionState.PUBLISHED: (N_("published"), "check-circle", "gd-chip-song"),
    InspectionState.CANCELLED: (N_("cancelled"), "slash-circle", "gd-chip-void"),
}
ANSWERS = {"met": N_("Met"), "missed": N_("Missed"), "not_seen": N_("Not seen")}
ACTS = {
    "plan": N_("planned it"),
    "begin": N_("began it"),
    "submit": N_("submitted it"),
    "take_back": N_("sent it back"),
    "hand_over": N_("gave its checklist to somebody else"),
    "cancel": N_("cancelled it"),
    "voucher": N_("gave the voucher"),
    "result": N_("entered the result"),
    "responsible": N_("named who is responsible"),
    "publish": N_("published it"),
    "accept": N_("accepted a proposal"),
    "set_aside": N_("set a proposal aside"),
}


def kind(of: InspectionKind) -> str:
    return _(KINDS[of])


def chip(state: InspectionState) -> Look:
    words, icon, css = STATES[state]
    return Look(_(words), icon, css)


def checklist(inspection: Inspection) -> str:
    return worded(verbs.checklist_of(inspection).title)


def title(inspection: Inspection) -> str:
    """销售MS检查表：神秘访问 · Checklist of sales MS: mystery visit."""
    return _("%(checklist)s: %(kind)s", checklist=checklist(inspection), kind=kind(inspection.sort))


def answer(met: bool | None) -> str:
    words = {True: ANSWERS["met"], False: ANSWERS["missed"], None: ANSWERS["not_seen"]}[met]
    return _(words)


def figure(value: Figure) -> str:
    """A score as people read it, with a true minus sign; a dash where there is none."""
    if isinstance(value, NoData):
        return "—"
    plain = f"{abs(value).normalize():f}"
    return f"{filters.MINUS}{plain}" if value < 0 else plain


def points(value: Decimal) -> str:
    return figure(value)


def post(inspection: Inspection, name: str) -> str:
    return worded(pack_of(inspection.regulation_version).posts[name])


def because(inspection: Inspection, proposal: InspectionProposal) -> str:
    """The factors or the module behind a proposal."""
    if proposal.because == inspection.source:
        return _("shared out at the review meeting")
    return factors(verbs.checklist_of(inspection), proposal.because)


def factors(of: Checklist, names: str) -> str:
    language = "zh" if is_chinese() else "en"
    return case_words.names(inspection_decision.titles(of, names, language))


def amount(proposal: InspectionProposal) -> str:
    words = N_("reward %(yuan)s yuan") if proposal.kind == "reward" else N_("fine %(yuan)s yuan")
    return _(words, yuan=filters.yuan(proposal.amount))


def names(people: Iterable[str]) -> str:
    return case_words.names(people)
