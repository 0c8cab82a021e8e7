"""The inbox: what waits for me, what I have done, what I started, what was copied to me."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from web import attention, away, case_words, history, letter_rows, regulation_known, several, waiting
from web.paging import Page
from web.shell import counted
from workflow.complaint_search import LONGEST
from workflow.process import N_
from workflow.waiting import Span

LISTS = {
    "todo": N_("To do"),
    "done": N_("Done by me"),
    "started": N_("Started by me"),
    "copied": N_("Copied to me"),
}
GROUPS = {
    "overdue": (N_("Overdue"), "exclamation-triangle-fill"),
    "today": (N_("Due today"), "hourglass-split"),
    "later": (N_("Later"), "calendar3"),
}
# What a list holds, and what it says where it holds nothing.
EXPLAINED = {
    "done": (
        N_("Cases in which you acted, or a deputy for you, the newest act first, with where they stand now."),
        N_("You have not acted in a case yet"),
    ),
    "started": (
        N_("Complaints that you logged, penalties that you proposed, appeals that you made."),
        N_("You have not started anything yet"),
    ),
    "copied": (
        N_("Letters about others that came to you for your information. What you have not acknowledged is marked."),
        N_("No copy of a letter has been sent to you yet"),
    ),
}
PER_PAGE = 50

bp = Blueprint("inbox", __name__)


@dataclass(frozen=True)
class Tab:
    key: str
    words: str
    count: str = ""


@dataclass(frozen=True)
class Group:
    """Cases that wait, by how soon: `more` is where the rest of them is shown."""

    key: str
    count: str
    hint: str = ""
    rows: list[waiting.Row] = field(default_factory=list)
    more: str = ""

    @property
    def title(self) -> str:
        return _(GROUPS[self.key][0])

    @property
    def icon(self) -> str:
        return GROUPS[self.key][1]


@bp.get("/")
def show() -> ResponseReturnValue:
    chosen = request.args.get("list", "todo")
    if chosen not in LISTS or request.args.get("group", "overdue") not in GROUPS:
        abort(404)
    if chosen != "todo":
        return _history(chosen)
    return _one_group(request.args["group"]) if "group" in request.args else _to_do()


@counted("inbox.show")
def _waiting() -> int:
    return waiting.count_all() + waiting.letters_count()


def _to_do() -> str:
    groups = [_group(key, span) for key, span in waiting.spans().items()]
    return _page(
        [group for group in groups if group.rows],
        sentence=_sentence({group.key: group.count for group in groups}),
        letters=letter_rows.awaiting(),
        editions=regulation_known.asked_of_me(),
        week=None if _waiting() else history.this_week(),
        notes=attention.notes(),
        absences=away.absences(),
        principals=away.principals(),
    )


def _group(key: str, span: Span) -> Group:
    found, months = waiting.cases(span, most=waiting.SHOWN + 1), waiting.months_in(span)
    shown = found[: waiting.SHOWN]
    is_cut = len(found) > len(shown)
    return Group(
        key=key,
        count=waiting.told((waiting.count(span) if is_cut else len(found)) + len(months)),
        hint=_hint(key, shown),
        rows=[*months, *waiting.rows(shown)],
        more=waiting.more_of(key) if is_cut else "",
    )


def _hint(key: str, found: list[waiting.Case]) -> str:
    hints = {"overdue": waiting.hint_overdue, "today": waiting.hint_today}
    return hints[key](found) if key in hints and found else ""


def _sentence(counts: dict[str, str]) -> str:
    """7 件等您处理，1 件已逾期，3 件今天到期; nothing where nothing waits."""
    if not (waits := waiting.count_all()):
        return ""
    parts = [ngettext("%(number)s waits for you", "%(number)s wait for you", waits, number=waiting.told(waits))]
    if counts["overdue"] != "0":
        parts.append(_("%(number)s overdue", number=counts["overdue"]))
    if counts["today"] != "0":
        parts.append(_("%(number)s due today", number=counts["today"]))
    if waiting.letters_count():
        parts.append(_("%(number)s to acknowledge", number=waiting.told(waiting.letters_count())))
    return case_words.series(parts)


def _one_group(key: str) -> str:
    """All of one group, by pages."""
    span, page = waiting.spans()[key], Page.asked(PER_PAGE)
    found, months = page.cut(waiting.cases(span, skip=page.skip, most=page.most)), waiting.months_in(span)
    rows = [*(months if page.number == 1 else []), *waiting.rows(found)]
    group = Group(key=key, count=waiting.told(waiting.count(span) + len(months)), hint=_hint(key, found), rows=rows)
    return _page([group], page=page)


def _history(chosen: str) -> str:
    """Done, started or copied: the newest first, by pages, or what is found of it."""
    page, text = Page.asked(history.PER_PAGE), request.args.get("q", "")[:LONGEST].strip()
    rows, (explained, nothing) = history.rows_of(chosen, page, text), EXPLAINED[chosen]
    return render_template(
        "inbox/history.html",
        chosen=chosen, lists=_lists(), rows=rows, page=page, text=text,
        found=history.count_of(chosen, text) if text else None,
        heading=_(LISTS[chosen]), explained=_(explained), nothing=_(nothing),
    )  # fmt: skip


def _page(groups: list[Group], *, letters: Sequence[letter_rows.LetterRow] = (), **values: Any) -> str:
    usual = {
        "page": None,
        "sentence": "",
        "week": None,
        "editions": [],
        "notes": [],
        "absences": [],
        "principals": [],
    }
    return render_template(
        "inbox/show.html",
        **{**usual, **values},
        chosen="todo",
        lists=_lists(),
        letters=letters,
        groups=groups,
        acts=several.buttons(
            {act for group in groups for row in group.rows for act in row.several}, letters=bool(letters)
        ),
        back=request.full_path.rstrip("?"),
        letters_count=waiting.told(waiting.letters_count()),
        more_letters=waiting.letters_count() > letter_rows.SHOWN_AWAITING,
    )


def _lists() -> list[Tab]:
    counts = {key: str(count) if count else "" for key, count in history.counts().items()}
    return [Tab(key, _(words), counts.get(key, waiting.told(_waiting()))) for key, words in LISTS.items()]
