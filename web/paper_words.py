"""Why something in the background failed, in the words of the reader.

What nobody foresaw is named by its kind alone: what it said is for the log, since it may hold what is in a case.
"""

import re

from flask_babel import gettext as _

from jobs.failure import REASONS
from workflow.process import N_

DISK_IS_FULL = ("No space left on device", "disk is full", "could not extend file")
DATABASE_IS_BUSY = ("database is locked", "deadlock detected", "lock timeout")
LONGEST_KIND = 60
# As pdf.seal, jobs.seal, pdf.signing and pdf.fonts say it to whoever keeps the machine.
SENTENCES = (
    N_(
        "The company's seal is not on this machine: install it with “bin/flask seal install FILE”, or make one with "
        "“bin/flask seal init”."
    ),
    N_("The company's seal cannot be read: %(why)s."),
    N_("The company's seal cannot be opened: the password is wrong, or the file is no PKCS#12 file."),
    N_("The file holds no key with its certificate."),
    N_("The key of the seal must be an RSA key of at least %(bits)s bits."),
    N_("The certificate was not given for signing documents."),
    N_("The certificate of the company's seal ended on %(day)s."),
    N_("The certificate of the company's seal begins only on %(day)s."),
    N_("The time-stamp service did not answer as it should: %(why)s"),
    N_("Letters cannot be printed on this machine. Install what is missing with: %(command)s"),
)


def why(error: str) -> str:
    """The sentence behind an error as an order keeps it: its kind, and what it said."""
    kind, _colon, said = error.partition(": ")
    if any(words in error for words in DISK_IS_FULL):
        return _("The disk of this machine is full.")
    if any(words in error for words in DATABASE_IS_BUSY):
        return _("Others were writing in the database for too long.")
    if kind == "OperationalError":
        return _("The database did not answer.")
    if kind == "Unprintable":
        return _("No font has these characters: %(characters)s.", characters=said)
    for sentence in SENTENCES:
        if (found := _form_of(sentence).fullmatch(said)) is not None:
            return _(sentence, **found.groupdict())
    if error in REASONS:
        return _(error)
    return _("An error that nobody foresaw (%(kind)s). The log of the worker tells more.", kind=kind[:LONGEST_KIND])


def _form_of(sentence: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"%\\?\((\w+)\\?\)s", r"(?P<\1>.+)", re.escape(sentence)), re.DOTALL)
