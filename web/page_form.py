"""What the forms that fill a page have in common: where their faults are told, and a visible choice of a few."""

from collections.abc import Collection, Iterable
from typing import Any

from flask_babel import gettext as _
from flask_wtf import FlaskForm
from wtforms import Field, Form, RadioField, ValidationError

from web.case_fields import FilesField
from web.filters import sentence
from workflow.process import INVALID, Refused

EARLIEST_YEAR = 2000


class Pick(RadioField):
    """One of a few visible choices."""

    def __init__(self, label: Any, sentence: Any, **kwargs: Any) -> None:
        super().__init__(label, validate_choice=False, **kwargs)
        self.sentence = sentence

    def pre_validate(self, _form: Form) -> None:
        if self.data not in {value for value, *_words in self.choices or ()}:
            raise ValidationError(str(self.sentence))


class PageForm(FlaskForm):
    """A form with a page of its own. It checks shape; what the rules object to is told beside the field."""

    class Meta:
        csrf = False  # every POST is checked once, in web/security.py

    # Which objections are told in the form.
    tells: Collection[str] = (INVALID,)

    def object_to(self, refusal: Refused) -> None:
        """Put what the rules object to beside its field, or above the form; any other refusal goes on."""
        if any(objection.code not in self.tells for objection in refusal.objections):
            raise refusal
        for objection in refusal.objections:
            field = self._fields.get(str(objection.values.get("field")))
            if field is None:
                self.form_errors.append(sentence(objection))
            else:
                field.errors = [*field.errors, sentence(objection)]

    def error(self, name: str) -> str:
        """What is wrong with a field, in one text."""
        return " ".join(str(error) for error in self[name].errors if error)

    def wrong(self) -> Iterable[tuple[str, str, str]]:
        """Every field with something wrong: where it stands, what it is called, and what it is."""
        for name, field in self._fields.items():
            if error := self.error(name):
                yield _place_of(field), str(field.label.text), error


def not_long_ago(_form: Form, field: Field) -> None:
    """Against a year that was mistyped."""
    if field.value is not None and field.value.year < EARLIEST_YEAR:
        raise ValidationError(_("Please check the year."))


def _place_of(field: Field) -> str:
    """The id to jump to: of a group of choices, its first one."""
    if isinstance(field, Pick) and field.choices:
        return f"{field.name}-{field.choices[0][0]}"
    return f"new-{field.name}" if isinstance(field, FilesField) else str(field.name)
