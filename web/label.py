"""How states, roles and other fixed values read, and how they look: one table each, nothing decided.

The pigments, icons and stamps of the states are those of the design's table of states.
"""

from dataclasses import dataclass
from enum import StrEnum

from flask_babel import gettext as _

from models import AppealedAs, Category, Channel, ComplaintState, EntryStatus, ImportState, OrderState, Role, Severity
from workflow.process import N_

S = ComplaintState


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
    ImportState.PREVIEW: ("eye", ""),
    ImportState.WAITING: ("hourglass", "gd-chip-dian"),
    ImportState.RUNNING: ("arrow-repeat", "gd-chip-dian"),
    ImportState.DONE: ("check-circle", "gd-chip-song"),
    OrderState.WAITING: ("hourglass", "gd-chip-dian"),
    OrderState.DONE: ("check-circle", "gd-chip-song"),
    OrderState.FAILED: ("x-circle", "gd-chip-zhe"),
}
USUAL_CHIP = ("dot", "")

# A stamp is vermilion, the colour of a decision, unless its state has another pigment.
STAMPS = {
    "gd-chip-dian": "gd-stamp-dian",
    "gd-chip-zi": "gd-stamp-zi",
    "gd-chip-song": "gd-stamp-song",
    "gd-chip-zhu": "",
}


def label(value: StrEnum) -> str:
    """The word for a fixed value, in the reader's language."""
    return _(WORDS[value])


def chip(value: StrEnum) -> Look:
    icon, css = CHIPS.get(value, USUAL_CHIP)
    return Look(label(value), icon, css)


def stamp(value: StrEnum) -> Look:
    icon, css = CHIPS.get(value, USUAL_CHIP)
    return Look(label(value), icon, STAMPS.get(css, "gd-stamp-mo"))
