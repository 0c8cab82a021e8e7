"""The inspections of the demo: a mystery visit that is published, one that is under way, and one that is planned."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from commands.demo_files import Files
from models import Department, Inspection, InspectionKind, Person
from workflow import inspection, inspection_findings, inspection_result, posts
from workflow.assessment_pack import pack_of
from workflow.inspection_findings import Answer
from workflow.office import Office
from workflow.roles import Actor

# Who holds posts whose titles nobody in the demo has.
POSTS = {"receptionist": "sales.zhao", "showroom_manager": "sales.li", "head_of_security": "hr.qian"}
# What was missed on the visit, and what the visitor said of it.
MISSED = {
    "greeted_at_the_door": "门口无人迎接，等候约三分钟。",
    "offers_a_drink": "入座后未提供饮品。",
    "sums_up_needs": "未归纳需求即推荐车型。",
}
# What the visitors took a picture of.
PHOTOS = {"offers_a_drink": "洽谈桌未备饮品.png", "covers_fitted": "座椅未铺防护套.png"}
NOTES = {"met_on_arrival": "到店一分钟内接待。", "covers_fitted": "座椅套未铺。"}
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


def tell(session: Session, office: Office, people: dict[str, Person], files: Files, now: datetime) -> None:
    """The visit took place five days ago and was published two days later; the others are of today and to come."""
    visited = now - 5 * DAY
    _hold_posts(session, office, people, visited - DAY)
    _published(session, office, people, files, visited)
    _under_way(session, office, people, files, now - 2 * HOUR)
    day = office.calendar.day_of(now + 4 * DAY)
    wish = inspection.Plan(InspectionKind.SELF, "sales", _department(session, "sales"), day, [people["deputy.he"]])
    inspection.plan(session, wish, by=office.actor(people["cr.lin"], now - HOUR), at=now - HOUR)


def _hold_posts(session: Session, office: Office, people: dict[str, Person], at: datetime) -> None:
    pack = pack_of(inspection.edition_on(session, office.calendar.day_of(at)))
    for post, username in POSTS.items():
        posts.choose(session, pack, post, person=people[username], by=office.actor(people["admin.root"], at), at=at)


def _published(session: Session, office: Office, people: dict[str, Person], files: Files, at: datetime) -> None:
    lin = office.actor(people["cr.lin"], at)
    day = office.calendar.day_of(at)
    wish = inspection.Plan(
        InspectionKind.MYSTERY, "sales", _department(session, "sales"), day, [people["cr.sun"]], "外聘访问员"
    )
    found = inspection.plan(session, wish, by=lin, at=at)
    inspection.begin(session, found, by=office.actor(people["cr.sun"], at), at=at)
    answers = [
        Answer(name, "missed" if name in MISSED else "met", MISSED.get(name, ""))
        for name in inspection.checklist_of(found).factors()
    ]
    inspection_findings.write(session, found, answers, by=office.actor(people["cr.sun"], at), at=at + HOUR)
    _photograph(session, found, "offers_a_drink", files, by=office.actor(people["cr.sun"], at), at=at + HOUR)
    inspection.submit(session, found, by=office.actor(people["cr.sun"], at), at=at + 2 * HOUR)
    inspection.give_voucher(session, found, by=lin, at=at + 3 * HOUR, receipt="收条 1")
    for factor, username in (("offers_a_drink", "sales.wang"), ("sums_up_needs", "sales.wang")):
        inspection_findings.name_responsible(
            session, found, factor, people[username], reason="当班接待", by=lin, at=at + 2 * DAY
        )
    inspection_result.publish(session, found, by=lin, at=at + 2 * DAY)


def _under_way(session: Session, office: Office, people: dict[str, Person], files: Files, at: datetime) -> None:
    wish = inspection.Plan(
        InspectionKind.MYSTERY, "after_sales", _department(session, "after_sales"), office.calendar.day_of(at),
        [people["cr.sun"]], "外聘访问员",
    )  # fmt: skip
    found = inspection.plan(session, wish, by=office.actor(people["cr.lin"], at), at=at)
    sun = office.actor(people["cr.sun"], at)
    inspection.begin(session, found, by=sun, at=at)
    answers = [
        Answer(name, "missed" if name == "covers_fitted" else "met", NOTES.get(name, ""))
        for name in list(inspection.checklist_of(found).factors())[:9]
    ]
    inspection_findings.write(session, found, answers, by=sun, at=at + HOUR)
    _photograph(session, found, "covers_fitted", files, by=sun, at=at + HOUR)


def _photograph(
    session: Session, found: Inspection, factor: str, files: Files, *, by: Actor, at: datetime
) -> None:  # fmt: skip
    inspection_findings.add_photos(session, found, factor, [files.picture(PHOTOS[factor])], by=by, at=at)


def _department(session: Session, slug: str) -> Department:
    return session.scalars(select(Department).filter_by(slug=slug)).one()
