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
from workflow.texts import TURNING, clean

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
    """Text with line breaks that goes on letters; what no font has is named to whoever wrote it."""

    def __init__(self, label: Any = None, *, most: int, required: Any = None, **kwargs: Any) -> None:
        checks = [_present(required), _visible(LINE_BREAKS), _at_most(most), self.check_glyphs]
        super().__init__(label, checks, **kwargs)

    @property
    def value(self) -> str | None:
        return clean(self.data)

    @staticmethod
    def check_glyphs(form: Form, field: Field) -> None:
        is_printable(form, field)


class Verbatim(Paragraphs):
    """What somebody else said: kept as they said it, emoji too.

    Which of it letters will print as 〓 is told first; sent again, with a field `told` that holds these
    characters, it is accepted.
    """

    @staticmethod
    def check_glyphs(form: Form, field: Field) -> None:
        told = form["told"].data or ""
        if new := [c for c in fonts.missing(clean(field.data) or "") if c not in told and not fonts.is_invisible(c)]:
            raise ValidationError(
                _(
                    "Letters print 〓 in place of %(characters)s; the case keeps the words as they are."
                    " Send it again to have it so, or write it another way.",
                    characters=listed(fonts.unprintable("".join(new))),
                )
            )


class Told(StringField):
    """The characters of the verbatim texts that no letter can print, as the form sends them back."""

    def told_now(self, *texts: str | None) -> str:
        return "".join(c for c in fonts.missing("".join(filter(None, texts))) if not fonts.is_invisible(c))


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
            _("Letters cannot print %(characters)s. Please write it another way.", characters=listed(missing))
        )


def listed(characters: list[str]) -> str:
    return "、".join(characters[:5]) + ("…" if len(characters) > 5 else "")
