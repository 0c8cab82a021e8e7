"""The fields of the case's forms: they read what was typed and check its shape, nothing more.

Whether a value makes sense in the case (a moment before handling began, a person who has left) is
asked of the rules. What was typed is shown back as it was typed, right or wrong.
"""

import re
import unicodedata
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, ClassVar

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from werkzeug.datastructures import FileStorage
from wtforms import Field, Form, MultipleFileField, StringField, ValidationError

from models import Department, Person
from web import choices, plain_text, uploads
from web.form import day_of
from web.session import zone
from workflow.evidence import Evidence
from workflow.texts import MAX_TEXT

LONGEST_LINE = 120
LONGEST_AMOUNT = 20


@dataclass(frozen=True)
class Kept:
    """A file that came with a form which was refused; its token brings it back."""

    name: str
    token: str


class Words(plain_text.Paragraphs):
    """A free text; `required` is the sentence for an empty one, `need` what its label says about it."""

    kind = "words"
    attributes: ClassVar[dict[str, Any]] = {}

    def __init__(
        self, label: Any = None, *, required: Any = None, rows: int = 3, need: Any = None, **kwargs: Any
    ) -> None:
        super().__init__(label, most=MAX_TEXT, required=required, **kwargs)
        self.rows, self.is_needed, self.need = rows, required is not None, need


class Line(StringField, ABC):
    """A short input of one line; each kind reads its own value."""

    kind = "line"
    input_type = "text"
    hint: Any = ""
    attributes: ClassVar[dict[str, Any]] = {}

    def __init__(self, label: Any = None, **kwargs: Any) -> None:
        super().__init__(label, **kwargs)
        self.value: Any = None

    def pre_validate(self, form: Form) -> None:
        if typed := (self.data or "").strip():
            self.value = self.read(typed)

    @abstractmethod
    def read(self, typed: str) -> Any:
        """The value of what was typed, or a ValidationError that says why there is none."""


class PersonField(Line):
    """A colleague by name or account, as the list of suggestions writes them."""

    hint = lazy_gettext("Name or account; the list suggests as you type")
    attributes: ClassVar[dict[str, Any]] = {"list": "colleagues", "autocomplete": "off", "maxlength": LONGEST_LINE}

    def __init__(self, label: Any = None, *, nobody: str = choices.NOBODY, **kwargs: Any) -> None:
        super().__init__(label, **kwargs)
        self.nobody = nobody

    def read(self, typed: str) -> Person:
        return choices.person_named(typed[:LONGEST_LINE], self.nobody)


# Nothing longer: a power of ten in an exponent would keep the machine busy for a minute.
AN_AMOUNT = re.compile(r"-?[0-9]{1,10}(\.[0-9]{1,2})?")


class YuanField(Line):
    """An amount in yuan with at most two decimals; its value is in fen."""

    attributes: ClassVar[dict[str, Any]] = {"inputmode": "decimal", "maxlength": LONGEST_AMOUNT}

    def read(self, typed: str) -> int:
        plain = unicodedata.normalize("NFKC", typed).replace(",", "").removesuffix("元")
        if not (written := AN_AMOUNT.fullmatch(plain)):
            raise ValidationError(_("Write the amount in yuan, e.g. 1280 or 1280.50."))
        return int(Decimal(written[0]) * 100)


class MomentField(Line):
    """A day and time in the company's time, as the browser writes it."""

    input_type = "datetime-local"

    def read(self, typed: str) -> datetime:
        try:
            return datetime.fromisoformat(typed[:19]).replace(tzinfo=zone())
        except ValueError:
            raise ValidationError(_("Write day and time like 2026-03-02 14:30.")) from None


class DayField(Line):
    """A day, as the browser writes it."""

    input_type = "date"

    def read(self, typed: str) -> date:
        if (found := day_of(typed)) is None:
            raise ValidationError(_("Write the day like 2026-03-02."))
        return found


class Pick(StringField):
    """One of a few visible choices; the empty one means: not said."""

    kind = "pick"

    def __init__(self, label: Any = None, *, offered: Sequence[tuple[str, Any]], **kwargs: Any) -> None:
        super().__init__(label, **kwargs)
        self.offered = offered

    def pre_validate(self, form: Form) -> None:
        if self.data and self.data not in dict(self.offered):
            raise ValidationError(_("Choose one of the given answers."))

    @property
    def value(self) -> Any:
        return self.data or None


class YesNo(Pick):
    """A question that may be left open."""

    def __init__(self, label: Any = None, **kwargs: Any) -> None:
        offered = [("", lazy_gettext("Left open")), ("yes", lazy_gettext("Yes")), ("no", lazy_gettext("No"))]
        super().__init__(label, offered=offered, **kwargs)

    @property
    def value(self) -> bool | None:
        return {"yes": True, "no": False}.get(self.data or "")


class DepartmentField(Field):
    """A department from a list; the empty choice leaves it as it is."""

    kind = "list"
    is_needed = False

    def __init__(self, label: Any = None, *, first: Any = "", **kwargs: Any) -> None:
        super().__init__(label, **kwargs)
        self.value: Department | None = None
        self.first = first

    def choices(self) -> list[tuple[str, Any]]:
        return [("", self.first), *choices.departments_with_heads()]

    def pre_validate(self, form: Form) -> None:
        if not self.data:
            return
        self.value = choices.department_named(str(self.data)[:LONGEST_LINE])
        if self.value is None:
            raise ValidationError(_("There is no such department."))


class SuccessorField(Field):
    """One of those to whom a case can be handed over; `offered` is filled in with the case."""

    kind = "list"
    is_needed = True

    def __init__(self, label: Any = None, **kwargs: Any) -> None:
        super().__init__(label, **kwargs)
        self.value: Person | None = None
        self.offered: list[Person] = []

    def choices(self) -> list[tuple[str, str]]:
        named = [(person.username, choices.with_account(person)) for person in self.offered]
        return [("", _("Please choose")), *named]

    def pre_validate(self, form: Form) -> None:
        self.value = choices.with_this_account(str(self.data or "")[:LONGEST_LINE])
        if self.value is None:
            raise ValidationError(_("Choose who takes it over."))


class FilesField(MultipleFileField):
    """Evidence: each file checked and stored as the form is read, so that a refused form need not send it again."""

    kind = "files"
    accepted = uploads.ACCEPTED
    hint = lazy_gettext("Photos, PDF, Word, Excel, sound or film")

    def __init__(self, label: Any = None, **kwargs: Any) -> None:
        super().__init__(label, **kwargs)
        self.value: list[Evidence] = []

    def pre_validate(self, form: Form) -> None:
        sealed = request.form.getlist(f"{self.name}_kept")[: uploads.MOST_FILES]
        self.value = [file for token in sealed if (file := uploads.unsealed(token)) is not None]
        sent = [file for file in self.data or () if isinstance(file, FileStorage)]
        problems = [problem for file in sent if (problem := self._take(file))]
        if len(self.value) > uploads.MOST_FILES:
            problems.append(_("At most %(most)d files at once.", most=uploads.MOST_FILES))
        if problems:
            raise ValidationError(" ".join(problems))

    def _take(self, file: FileStorage) -> str:
        """Keep the file, or say why it cannot be taken."""
        try:
            self.value += uploads.receive([file])
        except uploads.FileRefused as refusal:
            return str(refusal)
        return ""

    @property
    def kept(self) -> list[Kept]:
        """What has been stored already, for the form that is shown again."""
        return [Kept(file.name, uploads.sealed(file)) for file in self.value]
