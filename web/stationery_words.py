"""How the pages about the stationery name things: places of a letter, names in braces, differences."""

from dataclasses import dataclass

from flask_babel import gettext as _

from pdf import standard
from web.case_words import letter_title
from workflow.process import N_
from workflow.stationery_content import Difference
from workflow.wording import PASSAGES

LANGUAGES = {"zh": N_("Chinese"), "en": N_("English")}
GROUPS = {
    "complaint": N_("Complaints"),
    "penalty": N_("Penalties"),
    "scorecard": N_("The month"),
    "reward": N_("Rewards"),
    "target": N_("Target letters"),
    "briefing": N_("Monthly briefings"),
}
LINES = {
    "letterhead.zh": N_("Name in the letterhead, Chinese"),
    "letterhead.en": N_("Name in the letterhead, English"),
    "address.zh": N_("Address, Chinese"),
    "address.en": N_("Address, English"),
    "telephone": N_("Telephone"),
    "logo": N_("Logo"),
    "seal": N_("Seal"),
}
_PLACES = {
    "opening": N_("Opening"),
    "remedy": N_("What the reader may do, and until when"),
    "closing": N_("Closing words"),
    "customer_opening": N_("Letter to the customer: opening"),
    "customer_closing": N_("Letter to the customer: closing words"),
}
_NOTE = N_("Note under the form")

# What each name in braces stands for.
MEANINGS = {
    "company": N_("the company's name"),
    "number": N_("the number of this letter"),
    "date": N_("the day of issue"),
    "time": N_("the moment of issue"),
    "case": N_("the number of the case"),
    "address": N_("the address of the letterhead"),
    "telephone": N_("the telephone number of the letterhead"),
    "regulation": N_("the title of the regulation"),
    "respondent": N_("the person concerned, with their post"),
    "department": N_("the department concerned"),
    "receipt": N_("the sentence that a signature confirms receipt, not agreement"),
    "customer": N_("the customer, as this copy may name them"),
    "filed_on": N_("the day of the complaint"),
    "statutory_due": N_("the legal limit for an answer to the customer"),
    "complaint_form": N_("the complaint form, with its number"),
    "result_report": N_("the result report, with its number"),
    "ended_at": N_("the moment at which the time to answer ended"),
    "appellant": N_("whoever appealed"),
    "appealed_on": N_("the day of the appeal"),
    "appeal_form": N_("the number of the appeal form"),
    "opinion_given": N_("a sentence where the head gave an opinion, else nothing"),
    "points_provisional": N_("a sentence where points are provisional, else nothing"),
    "suspension": N_("number and day of the notice that stopped the clock, in brackets"),
    "resolution": N_("number and day of the resolution, in brackets"),
    "matter": N_("what the customer complained about"),
    "follow_up": N_("a sentence on who will call again and when, else nothing"),
    "recourse": N_("who else can help the customer: 12315"),
    "rule": N_("the rule that was broken"),
    "step": N_("the step of the ladder"),
    "prior_notice": N_("the prior notice, with its number"),
    "proposed_on": N_("the day of the prior notice"),
    "heard": N_("whether and when the person was heard"),
    "defence_due": N_("the last moment for a defence"),
    "decision": N_("the decision, with its number"),
    "approved_on": N_("the day of the decision"),
    "appeal_due": N_("the last moment for an appeal"),
    "appeal_ended": N_("the moment at which the time for an appeal ended"),
    "appeal_to": N_("who rules on the appeal"),
    "while_appealing": N_("the sentence that nothing is deducted while an appeal is open"),
    "earlier_case": N_("the earlier penalty that no longer counts"),
    "regrade": N_("number of the regrade notice, in brackets"),
    "forfeiture": N_("why the commission is forfeited now"),
    "employment": N_("a sentence on the beginning of the employment, else nothing"),
    "reward_rule": N_("the rule by which somebody is rewarded"),
    "reward_amount": N_("the amount of the reward"),
    "reward_month": N_("the month in which the reward counts"),
    "granted_on": N_("the day on which the reward was granted"),
    "name": N_("the person's name"),
    "employed_since": N_("the first day of the employment"),
    "end_on": N_("the last day of the employment"),
    "month": N_("the month"),
    "cap": N_("the sentence on the limits of deductions"),
    "month_closes": N_("a sentence where the month closes with this letter, else nothing"),
    "pay_by": N_("the day by which performance pay goes out"),
    "limit": N_("the limit for the next step"),
    "unit": N_("the unit whose targets they are"),
    "year": N_("the year of the targets"),
    "signs": N_("whoever signs for the unit"),
    "replaces": N_("a sentence on the letter that this one replaces, else nothing"),
    "month_told": N_("the month that is reported"),
}


@dataclass(frozen=True)
class Line:
    """One thing that differs, as people read it."""

    name: str
    old: str
    new: str
    is_picture: bool
    was_standard: bool
    is_standard: bool


def place_title(kind: str, place: str) -> str:
    """What a place is called; the only words under a form are its note."""
    is_form = "opening" not in PASSAGES[kind]
    return _(_NOTE) if is_form and place == "closing" else _(_PLACES[place])


def lines(differences: list[Difference]) -> list[Line]:
    return [
        Line(
            _name(one.path), _told(one.path, one.old), _told(one.path, one.new), one.path[0] in ("logo", "seal"),
            _is_standard(one.path, one.old), _is_standard(one.path, one.new),
        )
        for one in differences
    ]  # fmt: skip


def _name(path: tuple[str, ...]) -> str:
    if path[0] != "wording":
        return _(LINES[path[0]])
    _wording, kind, place, language = path
    return f"{letter_title(kind)} · {place_title(kind, place)} · {_(LANGUAGES[language])}"


def _told(path: tuple[str, ...], value: str | None) -> str:
    """A value as it stands; for words that are not the company's own, the standard ones."""
    if value is not None:
        return value
    if path[0] != "wording":
        return _("none")
    _wording, kind, place, language = path
    return standard.words(kind, language, place) or _("nothing")


def _is_standard(path: tuple[str, ...], value: str | None) -> bool:
    return path[0] == "wording" and value is None
