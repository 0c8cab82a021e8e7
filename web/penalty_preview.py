"""What a decision would bring, found out by taking it: the real verb, in a transaction that is undone.

The answer is read from the letters that the step would freeze, so that preview and paper cannot differ.
"""

from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from models import LadderStep, MoneyKind, Penalty
from web import case_words, filters, moment, penalty_step, penalty_words
from web.case_preview import Item, Preview, points_clause, points_item, sentence_of, told_item
from web.label import label
from web.language import is_chinese
from web.penalty_ledger import kind_of
from web.session import actor, db, now
from workflow.penalty import VERBS
from workflow.process import N_, Step

Json = dict[str, Any]
DECIDED = {
    "approve": N_("You are about to approve: %(step)s"),
    "reject": N_("You are about to decide: not approved"),
    "revoke": N_("You are about to rule: appeal upheld, the penalty is revoked"),
    "sustain": N_("You are about to rule: appeal dismissed, the penalty stands"),
    "reinstate": N_("You are about to decide on reinstatement"),
}


def of(action: str, penalty: Penalty, arguments: dict[str, Any]) -> Preview:
    """Take the step, read what it brings, and undo it; raises Refused like the step itself."""
    step = VERBS[action](penalty, by=actor(), at=now(), **arguments)
    db().flush()
    found = _preview(action, step)
    db().rollback()
    return found


def _preview(action: str, step: Step[Penalty]) -> Preview:
    letter = step.event.letters[0].content
    told = {notice.person.name for taken in (step, *step.brought) for notice in taken.event.notices}
    items = (
        _step_item(action, step), _letter_item(step), points_item(letter), _money_item(letter),
        *(_regraded_item(brought) for brought in step.brought), _ending_item(step), _clock_item(letter),
        told_item(told, letter),
    )  # fmt: skip
    heading = _(DECIDED[action], step=_step_words(step))
    return Preview(heading, sentence_of(_parts(action, letter)), [item for item in items if item is not None])


def _parts(action: str, letter: Json) -> tuple[str, ...]:
    return (_letter_clause(letter), points_clause(letter), _money_clause(letter), _next_clause(letter))


def _step_words(step: Step[Penalty]) -> str:
    return penalty_step.name_of(step.subject) if step.subject.step else label(LadderStep.CLEAR)


def _letter_clause(letter: Json) -> str:
    title = penalty_words.quoted_title(letter["kind"])
    names = case_words.names(person["name"] for person in letter["recipients"])
    return _("%(title)s goes to %(names)s at once", title=title, names=names)


def _money_clause(letter: Json) -> str:
    lines = [_money_line(line) for line in letter["money"]]
    return case_words.series(lines)


def _money_line(line: Json) -> str:
    return _(
        "%(name)s %(kind)s %(yuan)s yuan",
        name=str(line["account"]["zh" if is_chinese() else "en"]),
        kind=kind_of(MoneyKind(line["kind"])),
        yuan=filters.yuan(line["amount_fen"]),
    )


def _money_item(letter: Json) -> Item:
    if not letter["money"]:
        return Item("dash-circle", _("Money"), _("This step moves no money"))
    lines = [
        _("%(line)s (%(month)s)", line=_money_line(line), month=case_words.month(line["month"]))
        for line in letter["money"]
    ]
    return Item("cash-coin", _("Money"), case_words.series(lines))


def _next_clause(letter: Json) -> str:
    following = letter["next"]
    if following is None:
        return _("no further deadline runs")
    names = case_words.any_of(person["name"] for person in following["by"])
    due = case_words.moment_of(datetime.fromisoformat(following["due"]))
    return penalty_words.until(following["clock"], names, due)


def _step_item(action: str, step: Step[Penalty]) -> Item | None:
    """On which step the penalty stands, and by which earlier ones."""
    if action != "approve" or step.subject.step is None or step.subject.is_single_fine:
        return None
    times = penalty_step.TIMES[step.subject.step]
    return Item("ladder", _("Ladder step"), penalty_step.reason(times, penalty_step.counted(step.subject)))


def _letter_item(step: Step[Penalty]) -> Item:
    letters = [letter for taken in (step, *step.brought) for letter in taken.event.letters]
    titles = case_words.names(dict.fromkeys(penalty_words.quoted_title(letter.kind) for letter in letters))
    text = ngettext(
        "%(num)d letter: %(titles)s; its number is taken when it is issued",
        "%(num)d letters: %(titles)s; their numbers are taken when they are issued",
        len(letters), titles=titles,
    )  # fmt: skip
    return Item("file-earmark-text", _("Letter"), text)


def _regraded_item(brought: Step[Penalty]) -> Item:
    """A later penalty that changes its step because this one falls away."""
    letter = brought.event.letters[0].content
    old, new = (label(LadderStep(letter["change"][side]["step"])) for side in ("old", "new"))
    text = _("Penalty %(number)s: %(old)s → %(new)s", number=brought.subject.number, old=old, new=new)
    parts = [text, points_clause(letter), _money_clause(letter)]
    if letter["change"]["back_to_gm"]:
        parts.append(_("the general manager decides on reinstatement"))
    return Item("arrow-left-right", _("Regraded"), case_words.series(part for part in parts if part))


def _ending_item(step: Step[Penalty]) -> Item | None:
    said = step.event.said
    if said.get("ends_on"):
        day = moment.long_day(date.fromisoformat(said["ends_on"]))
        return Item("door-open", _("Employment"), _("Ends at the end of %(day)s; the account keeps to own letters and "
                                                    "appeals", day=day))  # fmt: skip
    if said.get("reinstated") is not None:
        back = _("The post is given back from now on") if said["reinstated"] else _("The dismissal stays as it is")
        return Item("door-open", _("Employment"), back)
    return None


def _clock_item(letter: Json) -> Item:
    return Item("clock", _("Deadlines"), _next_clause(letter))
