"""What a message says, in its reader's language: what happened, what is theirs to do and until when, and the way in.

It names cases and letters and whoever acted; it never names a customer, nor tells what a case is about: chat services
and mailboxes are not the company's. Of a case that the reader does not see it says only that there is something.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime
from babel.support import NullTranslations, Translations

from config import ROOT
from models import (
    CallDay,
    CustomerQuestion,
    Event,
    HandedCustomers,
    Inspection,
    InspectionAct,
    Letter,
    Part,
    Payday,
    Person,
    Publication,
    PublicationKind,
    RankingDue,
    RatingDuty,
    Reminder,
    Scorecard,
    WithoutEvents,
)
from pdf import filters
from pdf.words import SERIES, TITLES, Language
from workflow import call_words, contact_words, inspection_told, question_words, rating_words, reminder_words
from workflow.message import NUDGE, Case
from workflow.process import N_

CHINESE = "zh_Hans_CN"
NAMES = {
    "complaint": N_("Complaint %(number)s"),
    "penalty": N_("Penalty %(number)s"),
    "scorecard": N_("Scorecards of %(number)s"),
    "payday": N_("Pay day of %(number)s"),
    "plan": N_("Improvement plan %(number)s"),
    "reward": N_("Reward %(number)s"),
    "customers": N_("First contact with customers"),
    "publication": N_("Target letter of %(number)s"),
    "question": N_("Customer's question %(number)s"),
    "inspection": N_("Inspection %(number)s"),
    "calls": N_("Survey calls"),
    "ranking": N_("Ranking of %(number)s"),
    "rating": N_("Ratings of %(number)s"),
}
BRIEFING = N_("Briefing of %(number)s")


@dataclass(frozen=True)
class Act:
    """One act that can be taken from the message, and the address that leads to it."""

    words: str
    url: str
    expires_at: datetime


@dataclass(frozen=True)
class News:
    """One notice as its reader may read it; `case` is None where the case does not exist for them.

    `task` says what is theirs to do now, and is empty where nothing is; `due_at` until when.
    """

    about: Event | WithoutEvents
    case: Case | None
    task: str
    url: str
    due_at: datetime | None = None
    is_late: bool = False
    acts: tuple[Act, ...] = ()
    reminder: Reminder | None = None
    part: Part | None = None
    inspected: InspectionAct | None = None
    urged_by: Person | None = None


@dataclass(frozen=True)
class Wording:
    """The words for one reader."""

    reader: Person
    zone: ZoneInfo
    settings_url: str

    @property
    def is_chinese(self) -> bool:
        return self.reader.language == CHINESE

    def message(self, news: News, *, again: str = "") -> tuple[str, str]:
        """Title and text of a message about one notice."""
        parts = [
            self._greeting(), self._said(news), self._turn(news), self._way(news), self._acts(news.acts),
            self._repeated(again), self._foot(),
        ]  # fmt: skip
        return self._titled(self._headline(news)), "\n\n".join(part for part in parts if part)

    def digest(self, many: list[News], *, again: str = "") -> tuple[str, str]:
        """Title and text of a day's messages in one."""
        title = self._("Daily digest: %(count)s messages", count=str(len(many)))
        lines = [
            "\n".join(filter(None, (f"{place}. {self._headline(news)}", self._said(news), self._turn(news), news.url)))
            for place, news in enumerate(many, 1)
        ]
        parts = [self._greeting(), *lines, self._repeated(again), self._foot()]
        return self._titled(title), "\n\n".join(part for part in parts if part)

    def _titled(self, title: str) -> str:
        """Robots of chat services ask for a word that every message holds."""
        return f"【公道】{title}" if self.is_chinese else f"[Gongdao 公道] {title}"

    def _headline(self, news: News) -> str:
        if news.case is None:
            return self._("Something concerns you")
        case = self._case(news.case)
        if news.part is not None:
            return self._(reminder_words.HEADLINES[news.part], case=case)
        if news.urged_by is not None or (isinstance(news.about, Event) and news.about.action == NUDGE):
            return self._("%(case)s: you are urged to act", case=case)
        return self._("%(case)s: your turn", case=case) if news.task else self._("%(case)s: news", case=case)

    def _case(self, case: Case) -> str:
        if isinstance(case, Publication):
            is_briefing = case.what is PublicationKind.BRIEFING
            return (
                self._(BRIEFING, number=self._month(case.period))
                if is_briefing
                else self._(NAMES[case.kind], number=case.period)
            )
        if isinstance(case, RankingDue | RatingDuty):
            return self._(NAMES[case.kind], number=self._period(case.number))
        number = self._month(case.month) if isinstance(case, Scorecard | Payday) else case.number
        return self._(NAMES[case.kind], number=number)

    def _said(self, news: News) -> str:
        if news.case is None:
            return self._("Something happened that concerns you. The case itself is not open to you.")
        if news.reminder is not None and news.part is not None:
            return self._reminded(news.case, news.reminder, news.part)
        if news.urged_by is not None:
            return self._("%(who)s waits for you to act.", who=news.urged_by.name)
        if isinstance(news.about, HandedCustomers):
            return contact_words.handed(news.about, self.reader.id, say=self._, moment=self._moment)
        if isinstance(news.about, CustomerQuestion):
            return question_words.given(news.about, self.reader.id, say=self._, moment=self._moment)
        if isinstance(news.about, RatingDuty):
            return rating_words.asked(news.about, say=self._, moment=self._moment)
        if isinstance(news.about, Inspection):
            assert news.inspected is not None, "what is told of an inspection stands in its log"
            return inspection_told.told(news.inspected, say=self._, moment=self._moment, day=self._day)
        assert isinstance(news.about, Event), "of a day's calls there are reminders alone"
        return self._done(news.about)

    def _reminded(self, case: Case, reminder: Reminder, part: Part) -> str:
        said = reminder_words.sentences(reminder, part, say=self._, moment=self._moment, is_chinese=self.is_chinese)
        if part is Part.ADMINISTRATOR or not isinstance(case, HandedCustomers | CallDay):
            return said
        if isinstance(case, CallDay):
            return said + "\n" + call_words.state_of(case, say=self._)
        return said + "\n" + contact_words.state_of(case, say=self._)

    def _done(self, event: Event) -> str:
        letter = next(iter(event.letters), None)
        who = self._who(event)
        if event.action == NUDGE:
            return self._("%(who)s waits for you to act.", who=who)
        if event.action == "hand_over":
            return self._handed(event)
        if letter is None:
            return self._("%(who)s added something to the case.", who=who)
        return self._("%(who)s issued %(letter)s.", who=who, letter=self._letter(letter))

    def _handed(self, event: Event) -> str:
        nobody = self._("nobody")
        before, after = event.said.get("from_name") or nobody, event.said.get("to_name") or nobody
        return self._("It was handed over: %(before)s → %(after)s.", before=before, after=after)

    def _who(self, event: Event) -> str:
        if event.actor is None:
            return self._("The deadline passed, and Gongdao")
        if event.acting_for is None:
            return event.actor.name
        return self._("%(name)s (for %(principal)s)", name=event.actor.name, principal=event.acting_for.name)

    def _letter(self, letter: Letter) -> str:
        title = self._title(letter.kind)
        if letter.series not in SERIES:
            return title
        number = filters.number({"series": letter.series, "year": letter.year, "seq": letter.seq}, self._tongue)
        return f"{title}（{number}）" if self.is_chinese else f"{title} ({number})"

    def _title(self, kind: str) -> str:
        title = TITLES[kind][self._tongue]
        return f"《{title}》" if self.is_chinese else f"the {title}"

    def _turn(self, news: News) -> str:
        case = news.case
        if not news.task or case is None:
            return ""
        task = self._(news.task)
        if news.reminder is not None or news.due_at is None:
            return self._("To be done: %(task)s.", task=task)
        until = self._moment(news.due_at)
        if news.is_late:
            return self._("It is your turn, and overdue since %(moment)s: %(task)s.", moment=until, task=task)
        return self._("It is your turn, until %(moment)s: %(task)s.", moment=until, task=task)

    def _way(self, news: News) -> str:
        return self._("Open it in Gongdao (after log-in):") + f"\n{news.url}"

    def _acts(self, acts: tuple[Act, ...]) -> str:
        if not acts:
            return ""
        first = self._(
            "Or go straight to one act. Each link works once, only for you, after log-in, until %(moment)s; you are "
            "shown the case and asked before anything is done:",
            moment=self._moment(acts[0].expires_at),
        )
        between = "：" if self.is_chinese else ": "
        return "\n".join([first, *(f"· {self._(act.words)}{between}{act.url}" for act in acts)])

    def _greeting(self) -> str:
        return f"{self.reader.name}{'：' if self.is_chinese else ','}"

    def _repeated(self, again: str) -> str:
        """Where nobody knows whether it went out before; a chat cannot tell by itself."""
        return self._("If you have this message %(key)s already, ignore this one.", key=again) if again else ""

    def _foot(self) -> str:
        return self._(
            "Sent by Gongdao; please do not pass it on. How you are reached is yours to choose: %(url)s",
            url=self.settings_url,
        )

    def _moment(self, at: datetime) -> str:
        local = at.astimezone(self.zone)
        shape = "M月d日（EEE）HH:mm" if self.is_chinese else "EEE d MMM, HH:mm"
        return format_datetime(local, shape, locale=self.reader.language)

    def _day(self, day: date) -> str:
        return format_date(day, "M月d日（EEE）" if self.is_chinese else "EEE d MMM", locale=self.reader.language)

    def _period(self, name: str) -> str:
        """A month by its name; a quarter or a year as it is written."""
        return self._month(name) if name[-2:].isdecimal() and "-" in name else name

    def _month(self, name: str) -> str:
        first = datetime.fromisoformat(f"{name}-01")
        return format_datetime(first, "y年M月" if self.is_chinese else "MMMM y", locale=self.reader.language)

    @property
    def _tongue(self) -> Language:
        return "zh" if self.is_chinese else "en"

    @property
    def _(self) -> Callable[..., str]:
        catalogue = _catalogue(self.reader.language)

        def translated(message: str, **values: str) -> str:
            found = str(catalogue.gettext(message))
            return found % values if values else found

        return translated


@lru_cache
def _catalogue(language: str) -> NullTranslations:
    return Translations.load(str(ROOT / "translations"), [language])
