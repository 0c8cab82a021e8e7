"""How surveys read: their names, about whom, what became of an invitation, and the promise about who learns what."""

from dataclasses import dataclass
from decimal import Decimal

from flask_babel import gettext as _

from models import AnsweredBy, CallResult, InvitationStatus, Survey
from web.filters import score
from web.language import is_chinese
from workflow.assessment_pack import AssessmentPack
from workflow.process import N_
from workflow.regulation import Bilingual

STATUS = {
    InvitationStatus.OPEN: (N_("Not answered yet"), "hourglass-split", "gd-chip-dian"),
    InvitationStatus.ANSWERED: (N_("Answered"), "check-circle", "gd-chip-song"),
    InvitationStatus.REFUSED: (N_("Declined"), "slash-circle", "gd-chip-void"),
    InvitationStatus.UNREACHABLE: (N_("Unreachable"), "telephone-x", "gd-chip-void"),
}
RESULTS = {
    CallResult.ANSWERED: N_("answered"),
    CallResult.NOT_REACHED: N_("nobody answered"),
    CallResult.CALL_AGAIN: N_("call again"),
    CallResult.REFUSED: N_("did not wish to answer"),
}
WAYS = {
    AnsweredBy.CALL: N_("By phone"),
    AnsweredBy.LINK: N_("By link"),
    AnsweredBy.QR: N_("By QR code"),
    AnsweredBy.IMPORT: N_("Imported"),
}
ABOUT = {"person": N_("The adviser"), "team": N_("The adviser's team"), "department": N_("The adviser's department")}
# Who learns what one person answered, for those who work with the answers.
ANSWERS = {
    "named": N_("Answers are named: customer relations, the general manager and the head concerned may open them."),
    "confidential": N_("Answers are confidential: only figures of at least five answers are shown."),
    "anonymous": N_("Answers are anonymous: they are kept without the customer, and figures need at least five."),
}
# The same for the customer.
PROMISES = {
    "named": N_(
        "Customer relations, the management and the head of the department can read your answer. If you are not"
        " satisfied, customer relations take it up as a complaint and get in touch with you."
    ),
    "confidential": N_(
        "Your scores are confidential: only averages of at least five answers are passed on. If you are not satisfied,"
        " customer relations take up your words as a complaint and get in touch with you."
    ),
    "anonymous": N_("Your answer is anonymous: it is kept without your name."),
}


@dataclass(frozen=True)
class Chip:
    """A state with its sign, as `part/icon.html` draws it."""

    label: str
    icon: str
    css: str


def worded(text: Bilingual) -> str:
    return text.zh if is_chinese() else text.en


def title(survey: Survey) -> str:
    return survey.title_zh if is_chinese() else survey.title_en


def chip(status: InvitationStatus) -> Chip:
    words, icon, css = STATUS[status]
    return Chip(_(words), icon, css)


def result(found: CallResult) -> str:
    return str(_(RESULTS[found]))


def asked_for(pack: AssessmentPack | None, survey: Survey) -> str:
    """The regulation and the source for which it asks: 用户满意度管理办法 · 交车用户答卷."""
    if pack is None or survey.source not in pack.sources:
        return survey.regulation
    return f"{worded(pack.title)} · {worded(pack.sources[survey.source].title)}"


def percent(rate: Decimal | None) -> str:
    return "" if rate is None else _("%(rate)s%%", rate=score(rate.quantize(Decimal("0.1"))))


def mean(value: Decimal | None) -> str:
    """A mean with two decimals, rounded half up; a dash where there is none."""
    return "–" if value is None else f"{value.quantize(Decimal('0.01'), rounding='ROUND_HALF_UP')}"
