"""How states, roles and other fixed values read, and how they look: one table each, nothing decided.

The pigments, icons and stamps of the states are those of the design's table of states.
"""

from dataclasses import dataclass
from enum import StrEnum

from flask_babel import gettext as _

from models import (
    AppealedAs,
    Category,
    Cause,
    Channel,
    ComplaintState,
    EntryStatus,
    ImportState,
    LadderStep,
    OrderState,
    PaydayState,
    PenaltyState,
    PlanSource,
    PlanState,
    PublicationState,
    RewardState,
    Role,
    ScorecardState,
    Severity,
    ToldBy,
)
from workflow.process import N_

S, P = ComplaintState, PenaltyState


@dataclass(frozen=True)
class Look:
    """A word with its icon and its classes."""

    label: str
    icon: str
    css: str = ""


WORDS: dict[StrEnum, str] = {
    S.FILED: N_("Filed"),
    S.ASSIGNED: N_("Awaiting answer"),
    S.APPEALED: N_("Appealed"),
    S.RULING: N_("Awaiting ruling"),
    S.HANDLING: N_("In handling"),
    S.HANDLED: N_("Awaiting report"),
    S.REPORTED: N_("Awaiting check"),
    S.RESOLVED: N_("Resolved"),
    S.VOIDED: N_("Void"),
    S.WITHDRAWN: N_("Withdrawn"),
    Channel.PHONE: N_("Phone"),
    Channel.VISIT: N_("Visit"),
    Channel.SURVEY: N_("Survey"),
    Channel.WEB: N_("Website"),
    Channel.MANUFACTURER: N_("Manufacturer"),
    Channel.SOCIAL_MEDIA: N_("Social media"),
    Category.SERVICE_ATTITUDE: N_("Service attitude"),
    Category.SERVICE_QUALITY: N_("Service quality"),
    Category.PRODUCT_QUALITY: N_("Product quality"),
    Category.DELIVERY: N_("Delivery"),
    Category.PRICE: N_("Price"),
    Category.PARTS: N_("Parts"),
    Category.PROCESS: N_("Process"),
    Category.OTHER: N_("Other"),
    Severity.MINOR: N_("Minor"),
    Severity.NORMAL: N_("Normal"),
    Severity.MAJOR: N_("Major"),
    AppealedAs.RESPONDENT: N_("Respondent"),
    AppealedAs.DEPARTMENT_HEAD: N_("Department head"),
    EntryStatus.PROVISIONAL: N_("Provisional"),
    EntryStatus.FINAL: N_("Final"),
    Role.CUSTOMER_RELATIONS: N_("Customer relations"),
    Role.DEPARTMENT_HEAD: N_("Department head"),
    Role.GENERAL_MANAGER: N_("General manager"),
    Role.EMPLOYEE: N_("Employee"),
    Role.HUMAN_RESOURCES: N_("Human resources"),
    Role.ADMINISTRATOR: N_("Administrator"),
    ImportState.PREVIEW: N_("Preview"),
    ImportState.WAITING: N_("Waiting"),
    ImportState.RUNNING: N_("Running"),
    ImportState.DONE: N_("Finished"),
    OrderState.WAITING: N_("Waiting"),
    OrderState.DONE: N_("Finished"),
    OrderState.FAILED: N_("Failed"),
    ScorecardState.OPEN: N_("Not computed"),
    ScorecardState.COMPUTED: N_("Awaiting review"),
    ScorecardState.REVIEWED: N_("Awaiting verification"),
    ScorecardState.VERIFIED: N_("Awaiting approval"),
    ScorecardState.APPROVED: N_("Awaiting payment"),
    ScorecardState.PAID: N_("Paid out"),
    RewardState.PROPOSED: N_("to be decided"),
    RewardState.GRANTED: N_("granted"),
    RewardState.DECLINED: N_("declined"),
    RewardState.WITHDRAWN: N_("taken back"),
    PublicationState.ISSUED: N_("Issued"),
}

CHIPS: dict[StrEnum, tuple[str, str]] = {
    S.FILED: ("pencil-square", ""),
    S.ASSIGNED: ("send", "gd-chip-dian"),
    S.APPEALED: ("megaphone", "gd-chip-zi"),
    S.RULING: ("hourglass-split", "gd-chip-zhu"),
    S.HANDLING: ("tools", "gd-chip-dian"),
    S.HANDLED: ("clipboard-check", "gd-chip-dian"),
    S.REPORTED: ("search", "gd-chip-dian"),
    S.RESOLVED: ("check-circle", "gd-chip-song"),
    S.VOIDED: ("slash-circle", "gd-chip-void"),
    S.WITHDRAWN: ("arrow-return-left", "gd-chip-void"),
    EntryStatus.PROVISIONAL: ("hourglass", "gd-chip-line"),
    EntryStatus.FINAL: ("lock", ""),
    Severity.MINOR: ("flag", "gd-chip-line"),
    Severity.NORMAL: ("flag", "gd-chip-line"),
    Severity.MAJOR: ("flag-fill", "gd-chip-line"),
    RewardState.PROPOSED: ("hourglass-split", "gd-chip-zhe"),
    RewardState.GRANTED: ("check-circle", "gd-chip-song"),
    RewardState.DECLINED: ("slash-circle", "gd-chip-void"),
    RewardState.WITHDRAWN: ("arrow-return-left", "gd-chip-void"),
    ImportState.PREVIEW: ("eye", ""),
    ImportState.WAITING: ("hourglass", "gd-chip-dian"),
    ImportState.RUNNING: ("arrow-repeat", "gd-chip-dian"),
    ImportState.DONE: ("check-circle", "gd-chip-song"),
    OrderState.WAITING: ("hourglass", "gd-chip-dian"),
    OrderState.DONE: ("check-circle", "gd-chip-song"),
    OrderState.FAILED: ("x-circle", "gd-chip-zhe"),
    ScorecardState.OPEN: ("circle", ""),
    ScorecardState.COMPUTED: ("hourglass-split", "gd-chip-dian"),
    ScorecardState.REVIEWED: ("hourglass-split", "gd-chip-dian"),
    ScorecardState.VERIFIED: ("hourglass-split", "gd-chip-zhu"),
    ScorecardState.APPROVED: ("lock", "gd-chip-dian"),
    ScorecardState.PAID: ("check-circle", "gd-chip-song"),
    PublicationState.ISSUED: ("check-circle", "gd-chip-song"),
}
USUAL_CHIP = ("dot", "")

# Fixed values of one spelling are equal, whatever they are of: these kinds have tables of their own.
WORDS_OF: dict[type[StrEnum], dict[StrEnum, str]] = {
    PenaltyState: {
        P.PROPOSED: N_("Proposed"),
        P.HEARD: N_("Heard"),
        P.SUBMITTED: N_("Awaiting approval"),
        P.ISSUED: N_("Issued"),
        P.APPEALED: N_("Appealed"),
        P.FINAL: N_("In effect"),
        P.SETTLED: N_("Settled"),
        P.REVOKED: N_("Revoked"),
        P.DROPPED: N_("No penalty"),
    },
    LadderStep: {
        LadderStep.CLEAR: N_("No penalty in force"),
        LadderStep.FIRST: N_("First time"),
        LadderStep.SECOND: N_("Second time"),
        LadderStep.DISMISSAL: N_("Third time, dismissal"),
    },
    PaydayState: {PaydayState.SETTLED: N_("Settled up")},
    PlanState: {
        PlanState.WORKING: N_("In progress"),
        PlanState.DONE: N_("To verify"),
        PlanState.EFFECTIVE: N_("Effective"),
        PlanState.DROPPED: N_("Not pursued"),
    },
    PlanSource: {
        PlanSource.COMPLAINT: N_("Complaint"),
        PlanSource.SURVEY: N_("Survey"),
        PlanSource.INSPECTION: N_("Inspection"),
        PlanSource.ASSESSMENT: N_("Assessment"),
    },
    Cause: {
        Cause.PEOPLE: N_("People: skill, attitude, staffing"),
        Cause.MACHINE: N_("Equipment, tools and systems"),
        Cause.MATERIAL: N_("Parts and material"),
        Cause.METHOD: N_("Method: process and rules"),
        Cause.ENVIRONMENT: N_("Environment and place"),
        Cause.MEASUREMENT: N_("Inspection and measurement"),
        Cause.MISUNDERSTANDING: N_("Misunderstanding with the customer"),
    },
    ToldBy: {
        ToldBy.PHONE: N_("By phone"),
        ToldBy.MESSAGE: N_("By message"),
        ToldBy.VISIT: N_("In person"),
        ToldBy.LETTER: N_("By letter"),
        ToldBy.NOT_WISHED: N_("Did not wish to hear"),
    },
}
CHIPS_OF: dict[type[StrEnum], dict[StrEnum, tuple[str, str]]] = {
    PenaltyState: {
        P.PROPOSED: ("envelope-paper", "gd-chip-zi"),
        P.HEARD: ("chat-square-text", "gd-chip-zi"),
        P.SUBMITTED: ("hourglass-split", "gd-chip-zhu"),
        P.ISSUED: ("file-earmark-text", "gd-chip-dian"),
        P.APPEALED: ("megaphone", "gd-chip-zi"),
        P.FINAL: ("lock", ""),
        P.SETTLED: ("check-circle", "gd-chip-song"),
        P.REVOKED: ("slash-circle", "gd-chip-void"),
        P.DROPPED: ("x-circle", "gd-chip-void"),
    },
    PaydayState: {PaydayState.SETTLED: ("check-circle", "gd-chip-song")},
    PlanState: {
        PlanState.WORKING: ("tools", "gd-chip-dian"),
        PlanState.DONE: ("search", "gd-chip-zhu"),
        PlanState.EFFECTIVE: ("check-circle", "gd-chip-song"),
        PlanState.DROPPED: ("x-circle", "gd-chip-void"),
    },
}
# Where the stamp on a case says more than the chip in a list.
STAMP_WORDS: dict[type[StrEnum], dict[StrEnum, str]] = {PenaltyState: {P.ISSUED: N_("Open to appeal")}}

# A stamp is vermilion, the colour of a decision, unless its state has another pigment.
STAMPS = {
    "gd-chip-dian": "gd-stamp-dian",
    "gd-chip-zi": "gd-stamp-zi",
    "gd-chip-song": "gd-stamp-song",
    "gd-chip-zhu": "",
}


def label(value: StrEnum) -> str:
    """The word for a fixed value, in the reader's language."""
    return _(WORDS_OF.get(type(value), WORDS)[value])


def chip(value: StrEnum) -> Look:
    icon, css = CHIPS_OF.get(type(value), CHIPS).get(value, USUAL_CHIP)
    return Look(label(value), icon, css)


def stamp(value: StrEnum) -> Look:
    look = chip(value)
    words = STAMP_WORDS.get(type(value), {}).get(value)
    return Look(_(words) if words else look.label, look.icon, STAMPS.get(look.css, "gd-stamp-mo"))
