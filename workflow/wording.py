"""What a company may say in its own words in each kind of letter, and what law or regulation makes it say.

A wording is plain text with names in braces, such as {appeal_due}; a value is put in for each when the letter
is printed. There is nothing to carry out: no condition, no loop, no file, no attribute. What decides, counts
or proves (facts, rule, decision, points and money, signature, receipt) is no wording and cannot be left out.
"""

import difflib
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from privacy import unfit_for_customers
from workflow.process import INVALID, N_, Objection

LANGUAGES = ("zh", "en")
LONGEST = 1_500
MOST_LINES = 30
MOST_NAMES = 40
NAME = re.compile(r"\{([a-z_]{1,40})\}")
# What other template languages begin with, and braces that belong to no name.
FOREIGN = re.compile(r"\{[{%#][^\n]{0,40}|\{[^{}\n]{0,40}\}?|\}")
Unprintable = Callable[[str], list[str]]


@dataclass(frozen=True)
class Passage:
    """One place of a kind of letter for the company's own words: the names it knows, and which it needs and why."""

    names: tuple[str, ...]
    needs: Mapping[str, str] = field(default_factory=dict)
    for_customers: bool = False


_LETTER = ("company", "number", "date", "time", "case", "address", "telephone")
_STAFF = (*_LETTER, "regulation", "respondent", "department")
_COMPLAINT = (*_STAFF, "customer", "filed_on", "statutory_due")
_APPEAL = (*_COMPLAINT, "complaint_form", "appellant", "appealed_on", "appeal_form", "opinion_given")
_PENALTY = (*_STAFF, "rule", "step", "prior_notice", "proposed_on", "heard")
_DECIDED = (*_STAFF, "rule", "step", "decision", "approved_on")
_CARD = (*_STAFF, "month")
_REWARD = (*_STAFF, "reward_rule", "reward_amount", "granted_on")
_CUSTOMER = (*_LETTER, "filed_on", "matter")

# Why a name must stand in a passage.
_HEARD = N_("whoever is penalised was told before and heard (CS-7)")
_REGULATION = N_("the letter names the regulation that was broken (CS-7; Labour Contract Law, Art. 39)")
_LAST_MOMENT = N_("whoever is penalised must know until when they may appeal (CS-3)")
_TO_WHOM = N_("whoever is penalised must know to whom they may appeal (CS-3)")
_DEFENCE = N_("whoever is to be penalised must know until when they may be heard (CS-7)")
_WHICH = N_("the letter must name the decision that it is about (CS-4)")
_RECEIPT = N_("acknowledging means received, not agreed, and a letter that is signed for says so (CS-3)")
_NO_DEDUCTION = N_("nothing is deducted while an appeal is open (CS-3)")
_BY_RULE = N_("the letter names the regulation by which the reward is granted (AFT-1)")
_CAP = N_("the slip states the limits of deductions (wage-payment rules, Art. 16)")
_RECOURSE = N_("a customer who does not agree is told who else can help (Consumer Rights Law, Art. 39)")
_CERTIFICATE = N_("the certificate states it (Implementing Regulation of the Labour Contract Law, Art. 24)")
_CASE = N_("the customer must be able to name the case (CS-2)")


def _decision(names: tuple[str, ...], needs: Mapping[str, str] | None = None, **more: Passage) -> dict[str, Passage]:
    return {"opening": Passage(names, needs or {}), **more, "closing": Passage(names)}


def _form(names: tuple[str, ...], needs: Mapping[str, str] | None = None) -> dict[str, Passage]:
    return {"closing": Passage(names, needs or {})}


def _remedy(*names: str) -> Passage:
    return Passage((*names, "appeal_due", "appeal_to"), {"appeal_due": _LAST_MOMENT, "appeal_to": _TO_WHOM})


_PENALTY_NOTICE = _decision(
    _PENALTY, {"regulation": _REGULATION, "prior_notice": _HEARD, "heard": _HEARD}, remedy=_remedy(*_PENALTY)
)
_ENDING = ("name", "employed_since", "end_on")

# By kind, in the order of the pages; then by place, in the order of the letter.
PASSAGES: dict[str, dict[str, Passage]] = {
    "complaint_record": _form((*_LETTER, "regulation", "department", "customer", "filed_on", "statutory_due")),
    "complaint_form": _form(_COMPLAINT, {"receipt": _RECEIPT}),
    "acceptance_notice": _form((*_COMPLAINT, "complaint_form"), {"receipt": _RECEIPT}),
    "lapse_notice": _decision((*_COMPLAINT, "complaint_form", "ended_at")),
    "appeal_form": _form((*_APPEAL, "points_provisional")),
    "appeal_retraction": _form(_COMPLAINT),
    "appeal_submission": _form(_APPEAL),
    "appeal_declined_notice": _decision(_APPEAL),
    "remand_notice": _decision(_APPEAL),
    "void_certificate": _decision(_APPEAL, {"complaint_form": _WHICH}),
    "ruling_letter": _decision(_APPEAL, {"complaint_form": _WHICH}),
    "varied_ruling_letter": _decision(_APPEAL, {"complaint_form": _WHICH}),
    "completion_record": _form(_COMPLAINT),
    "result_report": _form(_COMPLAINT),
    "return_notice": _decision((*_COMPLAINT, "result_report")),
    "resolution_letter": {
        "customer_opening": Passage(_CUSTOMER, {"case": _CASE}, for_customers=True),
        "customer_closing": Passage((*_CUSTOMER, "follow_up"), {"recourse": _RECOURSE}, for_customers=True),
        **_form(_COMPLAINT, {"receipt": _RECEIPT}),
    },
    "suspension_notice": _decision(_COMPLAINT),
    "resumption_notice": _decision((*_COMPLAINT, "suspension")),
    "follow_up_record": _form(_COMPLAINT),
    "withdrawal_notice": _decision(_COMPLAINT),
    "reopening_notice": _decision((*_COMPLAINT, "resolution")),
    "prior_notice": _decision(
        (*_STAFF, "rule", "step", "defence_due"), {"regulation": _REGULATION},
        remedy=Passage((*_STAFF, "rule", "step", "defence_due"), {"defence_due": _DEFENCE}),
    ),
    "defence_record": _form((*_STAFF, "rule")),
    "penalty_submission": _form((*_STAFF, "rule", "step")),
    "no_penalty_notice": _decision(_PENALTY, {"prior_notice": _HEARD, "heard": _HEARD}),
    "first_penalty_notice": _PENALTY_NOTICE,
    "second_penalty_notice": _PENALTY_NOTICE,
    "fine_notice": _PENALTY_NOTICE,
    "dismissal_notice": _decision(
        (*_PENALTY, "employment", "end_on"), {"regulation": _REGULATION}, remedy=_remedy(*_PENALTY)
    ),
    "penalty_appeal_form": _form(_DECIDED, {"while_appealing": _NO_DEDUCTION}),
    "revocation_notice": _decision(_DECIDED, {"decision": _WHICH}),
    "sustained_ruling": _decision(_DECIDED, {"decision": _WHICH}),
    "finality_notice": _decision((*_DECIDED, "appeal_ended"), {"decision": _WHICH}),
    "regrade_notice": _decision((*_DECIDED, "earlier_case"), {"decision": _WHICH}, remedy=_remedy(*_DECIDED)),
    "reinstatement_ruling": _decision((*_DECIDED, "regrade"), {"decision": _WHICH}),
    "forfeiture_notice": _decision((*_DECIDED, "forfeiture"), {"decision": _WHICH}, remedy=Passage(_DECIDED)),
    "separation_certificate": {
        "opening": Passage((*_LETTER, *_ENDING), dict.fromkeys(_ENDING, _CERTIFICATE), for_customers=True)
    },
    "deduction_slip": _form((*_STAFF, "month"), {"cap": _CAP}),
    "scorecard_draft": _form(_CARD),
    "scorecard_review": _form(_CARD),
    "scorecard_verification": _form(_CARD),
    "scorecard_return": _form((*_CARD, "limit")),
    "scorecard": _form((*_CARD, "month_closes", "pay_by"), {"receipt": _RECEIPT}),
    "pay_slip": _form(_CARD, {"receipt": _RECEIPT}),
    "reward_notice": _decision((*_REWARD, "reward_month"), {"regulation": _BY_RULE}),
    "reward_withdrawal_notice": _decision(_REWARD),
    "target_letter": _decision(("unit", "year", "signs", "replaces", "regulation", *_LETTER)),
    "briefing": _decision(("month_told", "regulation", *_LETTER)),
}  # fmt: skip


def names_of(passage: Passage) -> tuple[str, ...]:
    """The names that the passage knows, those that it needs first."""
    return tuple(dict.fromkeys((*passage.needs, *passage.names)))


def objections(kind: str, place: str, language: str, text: str, *, unprintable: Unprintable) -> list[Objection]:
    """Everything that is wrong with a wording, each with its line; nothing where it can be printed.

    `unprintable` tells the characters that no font has.
    """
    passage, at = PASSAGES[kind][place], f"{language}.{place}"
    if len(text) > LONGEST or text.count("\n") >= MOST_LINES:
        sentence = N_("This text is too long: at most %(most)s characters in %(lines)s lines.")
        return [Objection(INVALID, sentence, field=at, most=LONGEST, lines=MOST_LINES)]
    found = [*_foreign(text, at), *_unknown(text, passage, at), *_missing(text, passage, at)]
    if gaps := unprintable(text):
        found.append(Objection(INVALID, N_("No font can print: %(characters)s"), field=at, characters=" ".join(gaps)))
    if passage.for_customers and (word := unfit_for_customers(NAME.sub("", text))):
        sentence = N_("“%(word)s” may not stand in a letter that goes outside the company.")
        found.append(Objection(INVALID, sentence, field=at, word=word))
    return found


def _foreign(text: str, at: str) -> Iterator[Objection]:
    """Anything in braces that is no plain name, with its line."""
    for number, line in enumerate(text.split("\n"), start=1):
        if found := FOREIGN.search(NAME.sub("", line)):
            sentence = N_(
                "Line %(line)s: “%(part)s” is not understood. Only names in braces are, such as {number};"
                " conditions, loops, files and attributes are never carried out."
            )
            yield Objection(INVALID, sentence, field=at, line=number, part=found[0])


def _unknown(text: str, passage: Passage, at: str) -> Iterator[Objection]:
    known = names_of(passage)
    for number, line in enumerate(text.split("\n"), start=1):
        for name in dict.fromkeys(NAME.findall(line)):
            if name in known:
                continue
            if near := difflib.get_close_matches(name, known, n=1):
                sentence = N_("Line %(line)s: this letter knows no {%(name)s}. Did you mean {%(near)s}?")
                yield Objection(INVALID, sentence, field=at, line=number, name=name, near=near[0])
            else:
                sentence = N_("Line %(line)s: this letter knows no {%(name)s}; the list below shows what it knows.")
                yield Objection(INVALID, sentence, field=at, line=number, name=name)
    if len(NAME.findall(text)) > MOST_NAMES:
        yield Objection(INVALID, N_("At most %(most)s names in braces."), field=at, most=MOST_NAMES)


def _missing(text: str, passage: Passage, at: str) -> Iterator[Objection]:
    used = set(NAME.findall(text))
    for name, reason in passage.needs.items():
        if name not in used:
            sentence = N_("{%(name)s} is missing: %(reason)s.")
            yield Objection(INVALID, sentence, field=at, name=name, reason=Objection(INVALID, reason))


def all_names() -> set[str]:
    """Every name that some letter knows."""
    return {name for places in PASSAGES.values() for passage in places.values() for name in names_of(passage)}


def own_words(kind: str, wording: Mapping[str, Mapping[str, Mapping[str, str]]]) -> dict[str, dict[str, str]]:
    """What the company says in its own words in a letter of this kind, by language and place."""
    return {language: dict(places) for language, places in wording.get(kind, {}).items() if places}
