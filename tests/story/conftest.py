"""A story goes through the pages, as the people would, and through the worker, as it would at night."""

from collections.abc import Callable
from io import BytesIO

import pytest
from flask.testing import FlaskClient
from pypdf import PdfReader
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from config import Settings
from jobs import outbox, overdue
from jobs.letters import pdf_of
from models import Complaint, Database, Event, Letter, LetterPdf
from pdf import letter as paper
from tests.conftest import Clock


class Story:
    """People act through their pages; the worker goes round when told."""

    def __init__(
        self, database: Database, client_as: Callable[[str], FlaskClient], clock: Clock, settings: Settings
    ) -> None:
        self.database, self.client_as, self.clock, self.settings = database, client_as, clock, settings
        self.number = ""

    def file(self, by: str, **said: object) -> None:
        answer = self.client_as(by).post("/complaints", data=said)
        assert answer.status_code == 303, answer.text
        self.number = answer.location.split("/")[-1].partition("#")[0]

    def act(self, by: str, noun: str, *, status: int = 303, **said: object) -> str:
        """Send the form of one act; what the page says."""
        answer = self.client_as(by).post(f"/complaints/{self.number}/{noun}", data=said)
        assert answer.status_code == status, answer.text
        return answer.text

    def page(self, by: str, path: str = "", *, status: int = 200) -> str:
        answer = self.client_as(by).get(path or f"/complaints/{self.number}")
        assert answer.status_code == status, answer.text
        return answer.text

    def paper(self, by: str, letter: Letter, *, status: int = 200, **asked: str) -> str:
        """The words of a letter's PDF as this reader is given it."""
        answer = self.client_as(by).get(f"/letters/{letter.series}-{letter.year}-{letter.seq}.pdf", query_string=asked)
        assert answer.status_code == status
        return words(answer.data) if status == 200 else ""

    def let_the_worker_go_round(self) -> None:
        overdue.carry_out_due(self.database, self.clock.now)
        outbox.carry_out(self.database, self.clock.now, settings=self.settings)

    @property
    def complaint(self) -> Complaint:
        with self.database.reading() as session:
            return session.scalars(Complaint.by_number(self.number).options(selectinload(Complaint.events))).one()

    @property
    def letters(self) -> dict[str, Letter]:
        """The letters of the case by their kind, the newest of each."""
        with self.database.reading() as session:
            mine = select(Letter).join(Event).where(Event.complaint_id == self.complaint.id).order_by(Letter.id)
            return {letter.kind: letter for letter in session.scalars(mine.options(joinedload(Letter.event)))}

    def sheets(self) -> list[tuple[str, LetterPdf]]:
        """What has been made, with the kind of its letter."""
        with self.database.reading() as session:
            query = select(Letter.kind, LetterPdf).join(LetterPdf, LetterPdf.letter_id == Letter.id)
            return [(kind, sheet) for kind, sheet in session.execute(query.order_by(Letter.id))]

    def copy_of(self, letter: Letter, copy: str, language: str = "zh") -> str:
        """The words of any copy, whoever may read it."""
        with self.database.reading() as session:
            mine = session.get_one(Letter, letter.id)
            return words(pdf_of(session, mine, settings=self.settings, language=language, copy=copy, at=self.clock.now))

    def page_of(self, letter: Letter, copy: str, language: str) -> str:
        """The same as the page that the paper is made from, which is quicker made."""
        with self.database.reading() as session:
            mine = session.get_one(Letter, letter.id)
            return paper.html(mine.content, lang=language, copy=copy, digest=mine.digest)


def words(pdf: bytes) -> str:
    """The text of all pages without blanks, which a PDF does not keep."""
    return "".join("".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages).split())


@pytest.fixture
def story(database: Database, client_as: Callable[[str], FlaskClient], clock: Clock, settings: Settings) -> Story:
    return Story(database, client_as, clock, settings)
