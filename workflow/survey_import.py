"""Answers that were taken elsewhere, from a table: all of them or none, and every wrong cell is named with its place.

Columns are found by the questions as the regulation calls them, in either language, or by the names of its fields. Each
row has a number of its own, by which the same answer is never taken twice, and says about whom it is and on which day.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from functools import cache, partial
from itertools import groupby

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from models import AnsweredBy, Department, Person, Survey, SurveyAnswer, SurveyFigure, Team
from workflow import assessment_books as books
from workflow import import_table, survey_form, survey_roles, surveys
from workflow.assessment_source import Source
from workflow.import_columns import folded
from workflow.import_excel import Row
from workflow.import_text import tidy
from workflow.process import FORBIDDEN, INVALID, N_, Objection, Refused, refuse
from workflow.roles import Actor
from workflow.survey_form import Given, Question

MOST_ROWS, MOST_TOLD = 5_000, 50
LONGEST_REF = 80
BATCH = 500
REF, ABOUT, DAY, WORDS = "ref", "about", "day", "words"
# What the columns beside the questions are called; the first is the one that our own table has.
HEADINGS = {
    REF: ("编号", "答卷编号", "序号", "number", "id", "ref"),
    ABOUT: (
        "评价对象",
        "顾问",
        "顾问账号",
        "员工",
        "部门",
        "小组",
        "about",
        "adviser",
        "account",
        "department",
        "team",
    ),
    DAY: ("日期", "答卷日期", "回访日期", "day", "date"),
    WORDS: ("客户原话", "意见", "备注", "words", "comment", "remark"),
}
ENGLISH = {REF: "number", ABOUT: "about", DAY: "day", WORDS: "words"}
NEEDED = (REF, ABOUT, DAY)
COMMENT = ("意见", "comment")


@dataclass(frozen=True)
class Problem:
    """What is wrong in one place: the row as a spreadsheet counts, the heading of the column, and why."""

    row: int
    column: str
    objection: Objection


@dataclass
class Outcome:
    """How many answers were taken; or what stands in the way of all of them, and how many places more."""

    taken: int = 0
    problems: list[Problem] = field(default_factory=list)
    more: int = 0


@dataclass(frozen=True)
class _Line:
    """A row that can be taken."""

    number: int
    ref: str
    subject: Person | Team | Department
    day: date
    given: Given


def headings(survey: Survey, source: Source, *, chinese: bool) -> list[str]:
    """The columns of an empty table for this survey."""
    asked = survey_form.questions(source, survey.choices)
    usual = [HEADINGS[name][0] if chinese else ENGLISH[name] for name in (REF, ABOUT, DAY)]
    titles = [title for question in asked for title in _columns_of(question, chinese=chinese)]
    return [*usual, *titles, HEADINGS[WORDS][0] if chinese else ENGLISH[WORDS]]


def take(session: Session, survey: Survey, content: bytes, *, by: Actor, at: datetime) -> Outcome:
    """Take every answer of the file, or none. Refused says why the whole file is none."""
    if not survey_roles.runs(by):
        raise Refused([Objection(FORBIDDEN, N_("Only customer relations run surveys."))])
    refuse(_closed(survey))
    _pack, source = surveys.source_of(session, survey, min(by.office.calendar.day_of(at), survey.closes_on))
    asked = survey_form.questions(source, survey.choices)
    known = _known_headings(asked)
    table = import_table.read(content, known=lambda cells: sum(folded(cell) in known for cell in cells))
    reader = _Reader(session, survey, source, asked, _places(table.headings, known), table.headings, by, at)
    lines = list(reader.lines(table.rows))
    _each_once(session, survey, lines, reader)
    if reader.problems:
        told = sorted(reader.problems, key=lambda problem: problem.row)
        return Outcome(problems=told[:MOST_TOLD], more=max(0, len(told) - MOST_TOLD))
    refuse(Objection(INVALID, N_("There is no answer in this file.")) if not lines else None)
    by_day = groupby(sorted(lines, key=lambda line: line.day), key=lambda line: line.day)
    for _day, of_day in by_day:
        _post(session, survey, list(of_day), by=by, at=at)
    session.flush()
    return Outcome(taken=len(lines))


class _Reader:
    """Reads rows one by one and remembers what is wrong where."""

    def __init__(
        self, session: Session, survey: Survey, source: Source, asked: list[Question], places: Mapping[str, int],
        titles: Sequence[str], by: Actor, at: datetime,
    ) -> None:  # fmt: skip
        self.survey, self.source, self.asked, self.places, self.titles = survey, source, asked, places, titles
        self.by, self.today = by, by.office.calendar.day_of(at)
        self.problems: list[Problem] = []
        self._subject = cache(partial(_subject, session, survey.about))

    def lines(self, rows: Iterator[Row]) -> Iterator[_Line]:
        for count, row in enumerate(rows, 1):
            if count > MOST_ROWS:
                why = N_("At most %(most)d answers at once, please; split the file.")
                raise Refused([Objection(INVALID, why, most=MOST_ROWS)])
            if (line := self._line(row)) is not None:
                yield line

    def wrong(self, row: int, name: str, objection: Objection) -> None:
        place = self.places.get(name)
        self.problems.append(Problem(row, self.titles[place] if place is not None else "", objection))

    def _line(self, row: Row) -> _Line | None:
        before = len(self.problems)
        for objection in row.objections:
            self.wrong(row.number, "", objection)
        cells = {name: tidy(row.cells[place]) for name, place in self.places.items()}
        if not 0 < len(cells[REF]) <= LONGEST_REF:
            why = N_("Every answer needs a number of its own, of at most %(most)d characters.")
            self.wrong(row.number, REF, Objection(INVALID, why, most=LONGEST_REF))
        day, subject = self._day(row.number, cells[DAY]), self._subject(cells[ABOUT])
        if subject is None:
            why = N_("Nobody, or more than one, is called “%(name)s”.")
            self.wrong(row.number, ABOUT, Objection(INVALID, why, name=cells[ABOUT][:40]))
        given = self._given(cells)
        try:
            survey_form.rows_of(self.survey, self.source, given, "")
        except Refused as refused:
            for objection in refused.objections:
                self.wrong(row.number, str(objection.values.get("field", "")), objection)
        if len(self.problems) > before or subject is None or day is None:
            return None
        return _Line(row.number, cells[REF], subject, day, given)

    def _day(self, number: int, cell: str) -> date | None:
        try:
            day = date.fromisoformat(cell[:10].replace("/", "-").replace(".", "-"))
        except ValueError:
            why = N_("“%(value)s” is no day; write it like 2026-03-02.")
            self.wrong(number, DAY, Objection(INVALID, why, value=cell[:40]))
            return None
        if not self.survey.opens_on <= day <= min(self.survey.closes_on, self.today):
            why = N_("The survey takes answers from %(first)s to %(last)s.")
            last = min(self.survey.closes_on, self.today)
            self.wrong(number, DAY, Objection(INVALID, why, first=self.survey.opens_on, last=last))
        return day

    def _given(self, cells: Mapping[str, str]) -> Given:
        values = {q.name: _value(q, cells.get(q.name, "")) for q in self.asked}
        comments = {q.name: text for q in self.asked if (text := cells.get(q.comment_name, ""))}
        return Given(values, comments, cells.get(WORDS, ""))


def _post(session: Session, survey: Survey, lines: list[_Line], *, by: Actor, at: datetime) -> None:
    """The answers of one day, under the regulation as it held on that day."""
    pack, source = surveys.source_of(session, survey, lines[0].day)
    calendar = by.office.calendar
    moment = datetime.combine(calendar.day_of(at), time(), calendar.zone) if survey.is_anonymous else at
    rows = [(line, survey_form.rows_of(survey, source, line.given, _key(survey, line.ref))) for line in lines]
    entries = [books.Entry(line.subject, line.day, row) for line, several in rows for row in several]
    posted = iter(books.post(session, pack, survey.source, entries, at=moment, by=by.person))
    for line, several in rows:
        session.add(SurveyAnswer(
            key=_key(survey, line.ref), survey=survey, external_ref=line.ref, way=AnsweredBy.IMPORT, at=moment,
            by=by.person, comments=dict(line.given.comments), words=line.given.words,
            figures=[SurveyFigure(row=next(posted)) for _row in several],
        ))  # fmt: skip


def _key(survey: Survey, ref: str) -> str:
    """The same answer always has the same key: the assessment takes none twice either."""
    return surveys.digest_of(f"{survey.id}:{ref}")[:32]


def _each_once(session: Session, survey: Survey, lines: list[_Line], reader: _Reader) -> None:
    there = set[str]()
    for start in range(0, len(lines), BATCH):
        some = [line.ref for line in lines[start : start + BATCH]]
        query = select(SurveyAnswer.external_ref).where(SurveyAnswer.survey_id == survey.id)
        there |= {ref for ref in session.scalars(query.where(SurveyAnswer.external_ref.in_(some))) if ref}
    for line in lines:
        if line.ref in there:
            why = N_("The answer “%(ref)s” is there already.")
            reader.wrong(line.number, REF, Objection(INVALID, why, ref=line.ref))
        there.add(line.ref)


def _closed(survey: Survey) -> Objection | None:
    """After its last day what was answered before may still be brought; once it is closed, nothing."""
    return Objection(INVALID, N_("This survey is closed.")) if survey.closed_at is not None else None


def _columns_of(question: Question, *, chinese: bool) -> list[str]:
    title = question.title.zh if chinese else question.title.en
    suffix = COMMENT[0] if chinese else COMMENT[1]
    return [title, *([f"{title}{'' if chinese else ' '}{suffix}"] if question.comment_name else [])]


def _known_headings(asked: list[Question]) -> dict[str, str]:
    """Every heading that is understood, folded, with the name of its column."""
    known = {folded(alias): name for name, aliases in HEADINGS.items() for alias in aliases}
    for question in asked:
        known |= {folded(title): question.name for title in (question.title.zh, question.title.en, question.name)}
        if question.comment_name:
            titles = [_columns_of(question, chinese=chinese)[1] for chinese in (True, False)]
            known |= {folded(title): question.comment_name for title in (*titles, question.comment_name)}
    return known


def _places(titles: Sequence[str], known: Mapping[str, str]) -> dict[str, int]:
    places: dict[str, int] = {}
    for place, title in enumerate(titles):
        if (name := known.get(folded(title))) is None:
            continue
        if name in places:
            raise Refused([Objection(INVALID, N_("Two columns are called “%(title)s”."), title=title[:40])])
        places[name] = place
    if missing := tuple(f"{HEADINGS[name][0]} ({ENGLISH[name]})" for name in NEEDED if name not in places):
        raise Refused([Objection(INVALID, N_("These columns are missing: %(names)s."), names=missing)])
    return places


def _value(question: Question, cell: str) -> str:
    """A cell as the question takes it: choices by their words too."""
    if question.shape.kind == "choice":
        for word, text in (question.shape.choices or {}).items():
            if folded(cell) in (folded(word), folded(text.zh), folded(text.en)):
                return word
    if question.shape.kind == "yes_no":
        return {"是": "yes", "否": "no", "yes": "yes", "no": "no"}.get(cell.lower(), cell)
    return cell


def _subject(session: Session, about: str, typed: str) -> Person | Team | Department | None:
    """The one of this name, account or short name."""
    if not typed:
        return None
    if about == "person":
        called = or_(Person.username == typed.lower(), Person.name == typed)
        found: Sequence[Person | Team | Department] = session.scalars(select(Person).where(called).limit(2)).all()
    elif about == "team":
        found = session.scalars(select(Team).where(Team.slug == typed.lower()).limit(2)).all()
    else:
        named = or_(Department.slug == typed.lower(), Department.name_zh == typed, Department.name_en == typed)
        found = session.scalars(select(Department).where(named).limit(2)).all()
    return found[0] if len(found) == 1 else None
