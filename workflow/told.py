"""What the product words by itself, in both languages: letters and pages show their reader's.

People's own words are kept as they were written, and nobody translates them.
"""

from dataclasses import dataclass

from workflow.texts import clean


@dataclass(frozen=True)
class Told:
    """The same sentence twice."""

    zh: str
    en: str

    def english_of(self, text: str | None) -> str | None:
        """The English for what somebody sent back; None where they have worded it otherwise."""
        return self.en if clean(text) in (clean(self.zh), clean(self.en)) else None
