"""What stands at the top of the dashboard: numbers that lead to lists, the late ones first, and assessments that wait
for a step."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _

from models import Assessment, Role
from web import assessments as assessment_pages
from web.assessment_choices import period_words
from web.attention import Note
from web.months_waiting import months
from web.regulation_tables import worded
from web.session import actor, db, now, office
from workflow import assessment_roles, assessment_steps, complaint_list, plan_list
from workflow.assessment_period import Period
from workflow.assessment_reach import Series
from workflow.complaint_list import Asked, Count
from workflow.complaint_reach import Reach, reach_of
from workflow.process import N_

# Whose matters they are: human resources see all figures, and matters of the department that they head.
COMPLAINTS = {
    False: (N_("Complaints overdue"), N_("Complaints in progress")),
    True: (N_("Complaints overdue in your department"), N_("Complaints in progress in your department")),
}
PLANS = {
    False: (N_("Plans overdue"), N_("Plans in progress")),
    True: (N_("Plans overdue in your department"), N_("Plans in progress in your department")),
}
RUNNING = ("filed", "assigned", "appeal", "handling", "reported")


@dataclass(frozen=True)
class Tile:
    """One number with the list behind it; a late one is marked while there are any. Noughts are for who leads."""

    words: str
    count: str
    url: str
    is_late: bool = False


def tiles() -> list[Tile]:
    by = actor()
    if Role.ADMINISTRATOR in by.roles:
        return []
    reach = reach_of(by)
    return [*_complaints(reach), *_plans(reach), *_months(), *_questions()]


def _complaints(reach: Reach) -> Iterator[Tile]:
    by, at = actor(), now()
    late = complaint_list.counts(Asked(clock="overdue"), by=by, at=at)[""]
    counts = complaint_list.counts(Asked(), by=by, at=at)
    running = Count(sum(counts[group].number for group in RUNNING), any(counts[group].is_more for group in RUNNING))
    if not running and not _answers_for_complaints(reach):
        return
    overdue, in_work = COMPLAINTS[_is_of_a_department(reach)]
    yield _tile(_(overdue), late, url_for("complaint.index", clock="overdue"), late=True)
    if Role.CUSTOMER_RELATIONS in by.roles:
        yield _tile(_("Complaints to assign"), counts["filed"], url_for("complaint.index", state="filed"))
        yield _tile(_("Complaints to check"), counts["reported"], url_for("complaint.index", state="reported"))
    yield _tile(_(in_work), running, url_for("complaint.index"))


def _is_of_a_department(reach: Reach) -> bool:
    return bool(reach.departments) and not reach.everything


def _answers_for_complaints(reach: Reach) -> bool:
    """Whether the reader sees complaints by their office, so that none of them is news."""
    return reach.everything or bool(reach.departments)


def _plans(reach: Reach) -> Iterator[Tile]:
    by, at = actor(), now()
    late = plan_list.counts(plan_list.Asked(clock="overdue"), by=by, at=at)[""]
    counts = plan_list.counts(plan_list.Asked(), by=by, at=at)
    if not counts["working"] and not late and not _answers_for_complaints(reach):
        return
    overdue, in_work = PLANS[_is_of_a_department(reach)]
    yield _tile(_(overdue), Count(late), url_for("plan.index", clock="overdue"), late=True)
    yield _tile(_(in_work), Count(counts["working"]), url_for("plan.index", state="working"))


def _months() -> Iterator[Tile]:
    """Scorecards that wait for the reader, the soonest month first."""
    waiting = sorted(months(), key=lambda month: month.due_at)
    if waiting:
        number = Count(sum(month.cards for month in waiting))
        is_late = any(month.due_at <= now() for month in waiting)
        yield _tile(
            _("Scorecards that wait for you"), number, url_for("month.show", month=waiting[0].name), late=is_late
        )


def _questions() -> Iterator[Tile]:
    if number := assessment_pages.count_questions():
        yield _tile(_("Questions to you"), Count(number), url_for("assessments.index", _anchor="questions"))


def _tile(words: str, count: Count, url: str, *, late: bool = False) -> Tile:
    return Tile(words, str(count), url, late and bool(count))


# --- assessments that wait ---------------------------------------------------------------------------


def assessments(found: Sequence[Series]) -> list[Note]:
    """What the reader has to do with assessments whose period is over: submit, review, close."""
    return [note for each in found for of in each.runs[:2] for note in _step(of, each)]


def _step(of: Assessment, found: Series) -> Iterator[Note]:
    by = actor()
    is_over = office().calendar.day_of(now()) > of.last_day
    url = url_for("assessments.show", key=of.id)
    named = {"title": worded(found.pack.title), "period": period_words(Period.named(of.period))}
    if of.stage == "open" and is_over and assessment_roles.runs(found.pack.owner, by):
        yield Note(_("%(title)s, %(period)s: the period is over; the results have yet to go to the heads.", **named),
                   _("Submit to the heads"), url)  # fmt: skip
    if of.stage != "submitted":
        return
    awaited = set(assessment_steps.awaited_reviews(db(), of))
    if awaited & set(assessment_roles.headed_by(by)):
        yield Note(_("%(title)s, %(period)s: your review is asked for.", **named), _("Review"), url)
    elif not awaited and assessment_roles.runs(found.pack.owner, by):
        yield Note(_("%(title)s, %(period)s: everything is reviewed and can be closed.", **named), _("Close…"), url)
