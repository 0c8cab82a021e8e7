"""What a step would bring, found out by taking it: the real verb, in a transaction that is undone.

The answer is read from the letter that the step would freeze, so that preview and paper cannot differ.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _

from models import Complaint
from web import case_words, filters, moment
from web.case_letters import VOIDED, VOIDED_BY
from web.case_points import signed
from web.language import is_chinese
from web.session import actor, db, now
from workflow.complaint import VERBS
from workflow.process import Step

Json = dict[str, Any]
RULED = {
    "uphold": case_words.N_("You are about to rule: appeal upheld"),
    "dismiss": case_words.N_("You are about to rule: appeal dismissed"),
    "vary": case_words.N_("You are about to rule: complaint varied"),
    "remand": case_words.N_("You are about to send the case back"),
    "withdraw": case_words.N_("You are about to end the case: withdrawn"),
}


@dataclass(frozen=True)
class Item:
    """One thing that follows, with its sign."""

    sign: str
    name: str
    text: str


@dataclass(frozen=True)
class Preview:
    """Everything that follows: in one sentence, and item by item."""

    heading: str
    sentence: str
    items: list[Item]


def of(action: str, complaint: Complaint, arguments: dict[str, Any]) -> Preview:
    """Take the step, read what it brings, and undo it; raises Refused like the step itself."""
    step = VERBS[action](complaint, by=actor(), at=now(), **arguments)
    found = _preview(action, step)
    db().rollback()
    return found


def _preview(action: str, step: Step[Complaint]) -> Preview:
    letter = step.event.letters[0].content
    told = {notice.person.name for notice in step.event.notices}
    parts = (_letter_clause(letter), points_clause(letter), _next_clause(letter, step.subject))
    items = (
        _letter_item(letter, action, step.subject), *_change_items(letter), points_item(letter),
        _clock_item(letter, step.subject), told_item(told, letter), _customer_item(action),
    )  # fmt: skip
    return Preview(_(RULED[action]), sentence_of(parts), [item for item in items if item is not None])


def sentence_of(parts: tuple[str, ...]) -> str:
    clauses = _in_a_row(part for part in parts if part)
    return _("Once you confirm, %(clauses)s.", clauses=clauses)


def _in_a_row(clauses: Iterable[str]) -> str:
    """Whole clauses: with commas alone in Chinese, with an "and" before the last in English."""
    return case_words.series(clauses) if is_chinese() else case_words.names(clauses)


def _letter_clause(letter: Json) -> str:
    title = case_words.quoted_title(letter["kind"])
    if not letter["recipients"]:
        return _("%(title)s is kept on file", title=title)
    names = case_words.names(person["name"] for person in letter["recipients"])
    return _("%(title)s goes to %(names)s at once", title=title, names=names)


def _account(entry: Json) -> str:
    return str(entry["account"]["zh" if is_chinese() else "en"])


def points_clause(letter: Json) -> str:
    """All entries of one manner in one clause: taken back, final, posted."""
    clauses = []
    for effect, words in (
        ("reversed", case_words.N_("the points %(points)s are taken back")),
        ("confirmed", case_words.N_("the points %(points)s become final")),
        ("posted", case_words.N_("the points %(points)s are posted")),
    ):
        entries = [entry for entry in letter["entries"] if entry["effect"] == effect]
        if entries:
            clauses.append(_(words, points=_listed(entries, taken_back=effect == "reversed")))
    return case_words.series(clauses)


def _listed(entries: list[Json], *, taken_back: bool) -> str:
    """马超 −10 分、售后服务部 −5 分; of what is taken back the points that fall away are named."""
    sign = -1 if taken_back else 1
    return case_words.names(
        _("%(account)s %(points)s", account=_account(entry), points=signed(Decimal(entry["points"]) * sign))
        for entry in entries
    )


def _next_clause(letter: Json, complaint: Complaint) -> str:
    following = letter["next"]
    if following is None:
        return _("no further deadline runs")
    names = case_words.any_of(person["name"] for person in following["by"])
    due = case_words.moment_of(datetime.fromisoformat(following["due"]))
    task = case_words.TASKS[following["clock"]]
    return _("%(names)s has until %(moment)s %(task)s", names=names, moment=due, task=_(task))


def _letter_item(letter: Json, action: str, complaint: Complaint) -> Item:
    text = _(
        "One copy of %(title)s; its number is taken when it is issued", title=case_words.quoted_title(letter["kind"])
    )
    if action == VOIDED_BY and (form := _voided_form(complaint)):
        first = form[:1].upper() + form[1:]
        text = _("%(issued)s. %(form)s is stamped void and stays readable", issued=text, form=first)
    return Item("file-earmark-text", _("Letter"), text)


def _voided_form(complaint: Complaint) -> str:
    letters = [letter for event in complaint.events for letter in event.letters if letter.kind == VOIDED]
    if not letters:
        return ""
    return case_words.named_letter(letters[-1])


def _change_items(letter: Json) -> list[Item]:
    found = []
    for key, name in (("severity", _("Severity")), ("respondent", _("Respondent")), ("department", _("Department"))):
        if pair := (letter["change"] or {}).get(key):
            old, new = (case_words.changed_value(key, value) for value in pair)
            found.append(Item("arrow-left-right", name, f"{old} → {new}"))
    return found


def points_item(letter: Json) -> Item:
    if not letter["entries"]:
        return Item("dash-circle", _("Points"), _("This step moves no points"))
    lines = [
        _("%(account)s %(points)s (%(effect)s)", account=_account(entry), points=_moved(entry), effect=_effect(entry))
        for entry in letter["entries"]
    ]
    return Item("arrow-counterclockwise", _("Points"), f"{case_words.series(lines)}{_balances(letter)}")


def _moved(entry: Json) -> str:
    return filters.points(Decimal(entry["points"]))


def _effect(entry: Json) -> str:
    effects = {
        ("reversed", "provisional"): _("provisional points taken back"),
        ("reversed", "final"): _("final points taken back"),
        ("confirmed", "final"): _("provisional becomes final"),
        ("posted", "final"): _("final"),
        ("posted", "provisional"): _("provisional"),
    }
    return effects[entry["effect"], entry["status"]]


def _balances(letter: Json) -> str:
    """The month's score of each person after the step."""
    last = {(e["account"]["zh"], e["month"]): e for e in letter["entries"] if e["account_kind"] == "employee"}
    told = [
        _("%(name)s has %(score)s points in %(month)s", name=_account(entry),
          score=filters.score(Decimal(entry["balance_after"])), month=case_words.month(entry["month"]))
        for entry in last.values()
    ]  # fmt: skip
    return _("; then %(balances)s", balances=case_words.series(told)) if told else ""


def _clock_item(letter: Json, complaint: Complaint) -> Item:
    unchanged = _("the statutory limit towards the customer, %(moment)s, stays as it is",
                  moment=moment.weekday_moment(complaint.statutory_due_at))  # fmt: skip
    if letter["next"] is None:
        return Item("clock", _("Deadlines"), _("no further deadline runs"))
    return Item("clock", _("Deadlines"), _in_a_row((_next_clause(letter, complaint), unchanged)))


def told_item(told: set[str], letter: Json) -> Item | None:
    """Who is told beside the addressees of the letter."""
    others = told - {person["name"] for person in letter["recipients"]}
    if not told:
        return None
    names = case_words.names(sorted(others or told))
    words = _("Told as well: %(names)s", names=names) if others else _("Told at once: %(names)s", names=names)
    return Item("bell", _("Notice"), words)


def _customer_item(action: str) -> Item:
    if action == "uphold":
        text = _("Is still owed an answer; the letter never says who was or was not punished")
    elif action == "withdraw":
        text = _("Has taken the complaint back; no letter is sent to them")
    else:
        text = _("Learns nothing of this step; the answer follows when the case is closed")
    return Item("person-check", _("Customer"), text)
