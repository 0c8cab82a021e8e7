"""The list of improvement plans: tabs with counts, search, filters, pages, Excel; only what exists for the reader."""

import io
from collections.abc import Mapping
from dataclasses import dataclass

from flask import Blueprint, Response, render_template, request, send_file, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from openpyxl import Workbook

from models import Plan
from web import choices, log, moment, plan_words
from web.complaint_export import EXCEL_TYPE, _text_cell
from web.filters import named
from web.label import label
from web.list_address import Filter, ListAddress, in_words, one_of, page_asked
from web.session import actor, me, now
from workflow import plan_list, plan_roles
from workflow.plan_list import CLOCKS, GROUPS, LAST_PAGE, LONGEST, SOURCES, Asked

TABS = {
    "": _l("All"),
    "working": _l("In progress"),
    "done": _l("To verify"),
    "effective": _l("Effective"),
    "dropped": _l("Not pursued"),
}
CLOCK_WORDS = {"overdue": _l("Overdue"), "returned": _l("The problem has returned")}
ADDRESS = ListAddress("plan.index", ("state", "q", "department", "owner", "source", "clock", "page"))
EXPORTED = 5_000

bp = Blueprint("plan", __name__)
bp.add_app_template_filter(plan_words.title, "plan_title")
bp.add_app_template_filter(plan_words.written, "plan_text")


@dataclass(frozen=True)
class Row:
    """A plan in a list, with what runs in it."""

    plan: Plan
    url: str
    department: str
    source: str
    clock: moment.Clock | None


@bp.get("/plans")
def index() -> str:
    """One page of the plans that exist for this reader."""
    asked = _asked(request.args)
    found = plan_list.find(asked, by=actor(), at=now())
    return render_template(
        "plan/index.html",
        found=found, rows=[row(plan) for plan in found.plans], tabs=ADDRESS.tabs(TABS, found), filters=_filters(),
        without_search=ADDRESS.changed(q=None, page=None), everything=url_for("plan.index"),
        **ADDRESS.beside(found), kept=ADDRESS.kept("state"),
        may_open=plan_roles.leads_somewhere(actor()), excel=url_for("plan.excel", **ADDRESS.given()),
    )  # fmt: skip


@bp.get("/plans/list.xlsx")
def excel() -> Response:
    """The list as it was narrowed, as a file for Excel."""
    plans = plan_list.everything(_asked(request.args), by=actor(), at=now(), most=EXPORTED)
    log.logger.info("download", what="plans", by=me().id, rows=len(plans), reference=log.reference())
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_("Improvement plans"))
    sheet.freeze_panes = "B2"
    headings = [
        _("Number"), _("What is to be improved"), _("Found by"), _("Department"), _("In charge"), _("State"),
        _("Cause"), _("By"), _("Next deadline"), _("Verified on"),
    ]  # fmt: skip
    for line in (headings, *(_cells(plan) for plan in plans)):
        sheet.append([_text_cell(sheet, cell) for cell in line])
    file = io.BytesIO()
    book.save(file)
    file.seek(0)
    file_name = _("improvement-plans")
    name = f"{file_name}-{moment.local(now()):%Y%m%d-%H%M}.xlsx"
    response = send_file(file, EXCEL_TYPE, as_attachment=True, download_name=name)
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _cells(plan: Plan) -> list[str]:
    return [
        plan.number, plan_words.title(plan), source_of(plan), named(plan.department), plan.owner.name,
        label(plan.state), label(plan.cause) if plan.cause else "", plan.due_on.isoformat(),
        f"{moment.local(plan.due_at):%Y-%m-%d %H:%M}" if plan.due_at else "",
        f"{moment.local(plan.verified_at):%Y-%m-%d}" if plan.verified_at else "",
    ]  # fmt: skip


def row(plan: Plan) -> Row:
    return Row(plan, url_for("plan.show", number=plan.number), named(plan.department), source_of(plan), clock_of(plan))


def clock_of(plan: Plan) -> moment.Clock | None:
    return moment.clock(plan.due_at, started=plan.clock_started_at) if plan.due_at is not None else None


def source_of(plan: Plan) -> str:
    """抱怨 2026-12 · 暗访: what found the weakness, with its number or name."""
    reference = plan.complaint.number if plan.complaint is not None else plan.source_ref
    return f"{label(plan.source)} {reference}" if reference else label(plan.source)


# --- what is asked for


def _asked(given: Mapping[str, str]) -> Asked:
    """What the address says; what it says wrongly asks for nothing."""
    department = choices.department_named(slug) if (slug := given.get("department", "")) else None
    owner = choices.with_this_account(username) if (username := given.get("owner", "")) else None
    return Asked(
        group=one_of(GROUPS, given.get("state", "")),
        text=given.get("q", "")[:LONGEST].strip(),
        department_id=department.id if department is not None else None,
        owner_id=owner.id if owner is not None else None,
        source=one_of(SOURCES, given.get("source", "")),
        clock=one_of(CLOCKS, given.get("clock", "")),
        page=page_asked(given.get("page", ""), LAST_PAGE),
    )


def _filters() -> list[Filter]:
    """Department and owner say nothing to somebody who sees their own plans only."""
    offered = [
        ("source", _("Found by"), plan_words.sources()),
        ("clock", _("Deadline"), in_words(CLOCK_WORDS)),
    ]
    if plan_roles.leads_somewhere(actor()):
        owners = [(person.username, person.name) for person in plan_list.owners(actor())]
        wider = [("department", _("Department"), choices.departments()), ("owner", _("In charge"), owners)]
        offered = [*wider, *offered]
    return ADDRESS.filters(offered)
