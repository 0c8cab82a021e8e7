"""The list of complaints: tabs, search, filters, pages, a download, and acting on several at once.

A case number or a letter's number leads straight to its case, if there is one for this reader.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from flask import Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from models import Category, Complaint, Severity
from web import case_line, choices, letter_rows, several
from web.complaint_bp import bp
from web.complaint_export import FORMATS, export
from web.complaint_rows import row
from web.list_address import Filter, ListAddress, in_words, one_of, page_asked
from web.session import actor, now
from workflow import complaint_list
from workflow.complaint_list import CLOCKS, GROUPS, LAST_PAGE, ORDERS, Asked, Found
from workflow.complaint_search import LONGEST, case_named
from workflow.penalty_search import letter_named, penalty_named

TABS = {
    "": _l("All"),
    "filed": _l("To assign"),
    "assigned": _l("Awaiting answer"),
    "appeal": _l("Appeal and ruling"),
    "handling": _l("In handling"),
    "reported": _l("Awaiting check"),
    "resolved": _l("Resolved"),
    "void": _l("Void and withdrawn"),
}
CLOCK_WORDS = {"overdue": _l("Overdue"), "today": _l("Due today"), "soon": _l("Within three days")}
SORT_WORDS = {"due": _l("Next deadline"), "newest": _l("Newest first"), "number": _l("Oldest first")}
ADDRESS = ListAddress("complaint.index", ("state", "q", "department", "severity", "category", "clock", "sort", "page"))

Value = TypeVar("Value", bound=StrEnum)


@dataclass(frozen=True)
class Order:
    """The heading of a column by which the list can be ordered."""

    words: str
    url: str = ""
    direction: str = ""
    mark: str = ""


@bp.get("/complaints")
def index() -> ResponseReturnValue:
    """One page of the complaints that exist for this reader."""
    asked = _asked(request.args)
    if (case := _named_by(asked)) is not None:
        return redirect(url_for("complaint.show", number=case.number), 303)
    found = complaint_list.find(asked, by=actor(), at=now())
    rows = [row(complaint, hides_customer=found.hides_customers) for complaint in found.complaints]
    acts = {complaint.number: several.acts_of(complaint) for complaint in found.complaints}
    return render_template(
        "complaint/index.html",
        found=found,
        rows=rows,
        ticks={
            complaint.number: several.tick_of(complaint) for complaint in found.complaints if acts[complaint.number]
        },
        acts=several.buttons({act for each in acts.values() for act in each}),
        tabs=ADDRESS.tabs(TABS, found),
        filters=_filters(found),
        orders=_orders(asked.sort),
        sorts=in_words(SORT_WORDS),
        without_search=ADDRESS.changed(q=None, page=None),
        **ADDRESS.beside(found),
        is_cut=found.has_more and not found.has_next,
        downloads=[
            (words, ADDRESS.changed("complaint.download", format=key, page=None)) for key, words in FORMATS.items()
        ],
        everything=url_for("complaint.index"),
        kept=ADDRESS.kept("state", "sort"),
        back=ADDRESS.changed(),
    )


@bp.get("/search")
def search() -> ResponseReturnValue:
    """The field at the top of every page: all complaints, whatever tab one stands on; penalties by their number."""
    asked = request.args.get("q", "")[:LONGEST].strip()
    return redirect(_penal_address(asked) or url_for("complaint.index", q=asked or None), 303)


def _penal_address(asked: str) -> str:
    """Where a number leads that names a penalty or a letter of one, unless it names a complaint."""
    if (letter := letter_named(asked, actor())) is not None:
        return letter_rows.address(letter)
    if case_named(asked, actor()) is None and (penalty := penalty_named(asked, actor())) is not None:
        return case_line.address(penalty)
    return ""


@bp.get("/complaints/download")
def download() -> Response:
    """What the list shows, as a file: the same cases, the same names hidden, numbers masked."""
    return export(_asked(request.args), request.args.get("format", ""))


# --- what is asked for ----------------------------------------------------------------------------


def _asked(given: Mapping[str, str]) -> Asked:
    """What the address says; what it says wrongly asks for nothing."""
    department = choices.department_named(slug) if (slug := given.get("department", "")) else None
    return Asked(
        group=one_of(GROUPS, given.get("state", "")),
        text=given.get("q", "")[:LONGEST].strip(),
        department_id=department.id if department is not None else None,
        severity=_value(Severity, given.get("severity", "")),
        category=_value(Category, given.get("category", "")),
        clock=one_of(CLOCKS, given.get("clock", "")),
        sort=one_of(ORDERS, given.get("sort", "")) or "due",
        page=page_asked(given.get("page", ""), LAST_PAGE),
    )


def _value(kind: type[Value], value: str) -> Value | None:
    return kind(value) if value in set(kind) else None


def _named_by(asked: Asked) -> Complaint | None:
    return case_named(asked.text, actor()) if asked.text else None


# --- what the page offers -------------------------------------------------------------------------


def _filters(found: Found) -> list[Filter]:
    """Department and severity say nothing to somebody who sees their own cases only."""
    offered = [
        ("department", _("Department"), choices.departments()),
        ("severity", _("Severity"), choices.severities()),
        ("category", _("Category"), choices.categories()),
        ("clock", _("Deadline"), in_words(CLOCK_WORDS)),
    ]
    return ADDRESS.filters(each for each in offered if not (found.hides_customers and each[0] == "department"))


def _orders(sort: str) -> dict[str, Order]:
    """The next deadline is the usual order; the number goes up or down at each press."""
    number, due = _("Case number"), _("Next deadline")
    marks = {"newest": ("descending", "↓"), "number": ("ascending", "↑")}
    other = ADDRESS.changed(sort="number" if sort == "newest" else "newest", page=None)
    by_due = Order(due, "", "ascending", "↑") if sort == "due" else Order(due, ADDRESS.changed(sort="due", page=None))
    return {"number": Order(number, other, *marks.get(sort, ())), "due": by_due}
