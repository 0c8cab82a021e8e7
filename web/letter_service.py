"""How a letter reached each addressee, in words; and the form that records its service in another way."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from flask import request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_wtf import FlaskForm

from models import Letter, LetterService, Person, ServedBy, ServiceFile
from web import case_words, form, letter_rows, moment
from web.case_fields import FilesField
from web.language import is_chinese
from web.session import actor, now, zone
from workflow import reading, service
from workflow.process import N_

WAYS = {
    ServedBy.HANDED_OVER: N_("Handed over"),
    ServedBy.LEFT: N_("Left in the presence of witnesses"),
    ServedBy.COURIER: N_("Sent by courier"),
    ServedBy.MESSAGE: N_("Sent to a confirmed address"),
    ServedBy.PUBLIC_NOTICE: N_("Public notice"),
}


class ProofField(FilesField):
    hint = lazy_gettext(
        "The signed receipt, a photograph, the consignment note: up to 10 files. They can also be added later."
    )


class ProofForm(FlaskForm):
    """The evidence that comes with the record; what was taken need not be chosen again when the form is refused."""

    class Meta:
        csrf = False  # every POST is checked once, in web/security.py

    files = ProofField(lazy_gettext("Evidence"))


@dataclass(frozen=True)
class ServiceForm:
    """What the form offers and what was typed into it."""

    addressees: list[tuple[str, str]]
    ways: list[tuple[str, str]]
    typed: Mapping[str, str]
    wrong: form.Wrong
    latest: str
    files: ProofField

    @property
    def is_open(self) -> bool:
        return bool(self.wrong)


def offered(letter: Letter, wrong: form.Wrong | None = None, proof: ProofForm | None = None) -> ServiceForm | None:
    """The form for those on whom the reader may record a service; None where there is nobody."""
    lines = [row for row in letter.recipients if service.may_record(letter, row.person, actor())]
    if not lines:
        return None
    return ServiceForm(
        addressees=[(row.person.username, row.person.name) for row in lines],
        ways=[("", _("Please choose")), *((way.value, _(words)) for way, words in WAYS.items())],
        typed=request.form,
        wrong=wrong or form.Wrong(),
        latest=moment.local(now()).strftime("%Y-%m-%dT%H:%M"),
        files=(proof or ProofForm(formdata=None)).files,
    )


def said() -> service.Service:
    """What was typed; what is malformed counts as not said."""
    way = form.text("way")
    return service.Service(
        way=ServedBy(way) if way in set(ServedBy) else None, at=_moment(form.text("served_at")),
        place=form.printed("place"), note=form.printed("note"),
        witness_1=form.printed("witness_1"), witness_2=form.printed("witness_2"),
    )  # fmt: skip


def _moment(typed: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(typed.strip())
    except ValueError:
        return None
    return found if found.tzinfo is not None else found.replace(tzinfo=zone())


def in_words(row: LetterService) -> list[str]:
    """留置送达，3月3日 15:00 · 地点：… · 见证人：甲、乙 · 钱芳于 3月3日 16:00 记录."""
    witnesses = [name for name in (row.witness_1, row.witness_2) if name]
    lines = [
        _("%(way)s, %(moment)s", way=_(WAYS[row.way]), moment=moment.moment(row.at)),
        _("Place: %(place)s", place=row.place) if row.place else "",
        _("Before: %(names)s", names=case_words.names(witnesses)) if witnesses else "",
        row.note or "",
        _("recorded by %(name)s, %(moment)s", name=row.recorded_by.name, moment=moment.moment(row.recorded_at)),
    ]
    return [line for line in lines if line]


# --- receipt and evidence


@dataclass(frozen=True)
class Proof:
    """How the page offers receipt and evidence of one service."""

    receipt_url: str
    files: list[tuple[str, str]]
    add_url: str


def proof_of(letter: Letter, person: Person) -> Proof | None:
    """For one addressee, as far as it is for this reader."""
    if not service.may_see_proof(letter, person, actor()):
        return None
    key, row = letter_rows.key_of(letter), service.service_on(letter, person.id)
    may_add = service.may_add_evidence(letter, person, actor())
    return Proof(
        receipt_url=url_for(
            "letter_proof.receipt", key=key, username=person.username, lang="zh" if is_chinese() else "en"
        ),
        files=[
            (name_of(letter, file, at), url_for("letter_proof.show", key=key, username=person.username, file=file.key))
            for at, file in enumerate(row.files if row is not None else [], start=1)
        ],
        add_url=url_for("letter_proof.add", key=key, username=person.username) if may_add else "",
    )  # fmt: skip


def name_of(letter: Letter, file: ServiceFile, at: int) -> str:
    """Whoever reads the letter without its customer reads no name that somebody gave a file."""
    if reading.may_read(letter, actor()) == reading.FULL:
        return file.name
    return f"{_('Evidence %(number)d', number=at)}.{file.name.rpartition('.')[2]}"
