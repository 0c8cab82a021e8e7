"""Text as people type it: what a field refuses because nobody can see it, keep it or print it.

Shape only. What was typed stays in the field as it was typed, right or wrong; the rules clean it.
"""

import unicodedata
from collections.abc import Callable
from typing import Any

from flask_babel import gettext as _
from wtforms import Field, Form, StringField, TextAreaField, ValidationError
from wtforms.validators import StopValidation

from pdf import fonts
from workflow.texts import clean

# Marks that turn the direction of writing can make a text say what it does not.
TURNING = {"\u061c", "\u200e", "\u200f", *map(chr, range(0x202A, 0x202F)), *map(chr, range(0x2066, 0x206A))}
HIDDEN = ("Cc", "Cs", "Zl", "Zp")
LINE_BREAKS = "\n\r\t"
# How much of the text before a hidden character is shown, so that it can be found.
SHOWN_BEFORE = 8

Check = Callable[[Form, Field], None]


class Line(StringField):
    """One line of text. `required` is the sentence for an empty one; `printed` goes on letters."""

    def __init__(
        self, label: Any = None, *, most: int, required: Any = None, printed: bool = False, **kwargs: Any
    ) -> None:
        checks = [_present(required), _visible(""), _at_most(most), *([is_printable] if printed else [])]
        super().__init__(label, checks, **kwargs)

    @property
    def value(self) -> str | None:
        return clean(self.data)


class Paragraphs(TextAreaField):
    """Text with line breaks; anything that can be seen may stand in it, emoji too."""

    def __init__(self, label: Any = None, *, most: int, required: Any = None, **kwargs: Any) -> None:
        super().__init__(label, [_present(required), _visible(LINE_BREAKS), _at_most(most)], **kwargs)

    @property
    def value(self) -> str | None:
        return clean(self.data)


def _present(sentence: Any) -> Check:
    """An empty field stops here: with the sentence where it is required, in silence where it is not."""

    def check(_form: Form, field: Field) -> None:
        if clean(field.data) is None:
            raise StopValidation(str(sentence) if sentence is not None else "")

    return check


def _visible(allowed: str) -> Check:
    def check(_form: Form, field: Field) -> None:
        refuse_hidden(field.data or "", allowed)

    return check


def refuse_hidden(typed: str, allowed: str = "") -> None:
    """Raises StopValidation for a character that nobody can see, saying where it stands."""
    # Blanks and line breaks at both ends are pasted by accident and cut off later.
    text = typed.strip()
    found = next((place for place, character in enumerate(text) if _is_hidden(character, allowed)), None)
    if found is not None:
        raise StopValidation(_hidden_at(text, found))


def _is_hidden(character: str, allowed: str) -> bool:
    return character not in allowed and (character in TURNING or unicodedata.category(character) in HIDDEN)


def _hidden_at(text: str, place: int) -> str:
    code = f"U+{ord(text[place]):04X}"
    if before := text[max(0, place - SHOWN_BEFORE) : place].strip():
        return _(
            "After “%(before)s” stands an invisible control character (%(code)s). Please type this place again.",
            before=before,
            code=code,
        )
    return _("An invisible control character (%(code)s) stands at the beginning. Please type it again.", code=code)


def _at_most(most: int) -> Check:
    def check(_form: Form, field: Field) -> None:
        if (length := len(clean(field.data) or "")) > most:
            raise ValidationError(
                _("This text is too long: %(length)s characters, at most %(limit)s.", length=length, limit=most)
            )

    return check


def is_printable(_form: Form, field: Field) -> None:
    """Refuses what no letter can print, naming it."""
    if missing := fonts.unprintable(clean(field.data) or ""):
        raise ValidationError(
            _("Letters cannot print %(characters)s. Please write it another way.", characters=_listed(missing))
        )


def _listed(characters: list[str]) -> str:
    return "、".join(characters[:5]) + ("…" if len(characters) > 5 else "")
