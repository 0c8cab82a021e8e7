"""The form that proposes a penalty. It checks shape; whether the rule fits the person or the day has come is
asked of the rules, and what they object to is told beside the field.
"""

from collections.abc import Iterable
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from sqlalchemy.orm import selectinload
from wtforms import Field, ValidationError

from models import Complaint
from web.case_fields import DayField, FilesField, Line, PersonField, YuanField
from web.complaint_form import EARLIEST_YEAR, Pick
from web.filters import sentence
from web.language import is_chinese
from web.plain_text import Paragraphs
from web.session import actor, db, now, office
from workflow import penalty_prospect, sight
from workflow.process import INVALID, Refused
from workflow.proposal import Proposal
from workflow.regulation import CS_MANAGEMENT, pack_of
from workflow.texts import MAX_TEXT


class ComplaintField(Line):
    """A complaint by its case number, if it is there for the reader."""

    def read(self, typed: str) -> Complaint:
        found = complaint_named(typed[:40].removeprefix("客诉").strip())
        if found is None:
            raise ValidationError(_("There is no such complaint. Write its case number, like 2026-12."))
        return found


def complaint_named(number: str) -> Complaint | None:
    """The complaint with this number, as far as the reader may see it."""
    complaint = db().scalars(Complaint.by_number(number).options(selectinload(Complaint.events))).one_or_none()
    return complaint if complaint is not None and sight.may_see(complaint, actor()) else None


class NewPenalty(FlaskForm):
    """What a proposal states."""

    class Meta:
        csrf = False  # every POST is checked once, in web/security.py

    respondent = PersonField(_l("Person concerned"))
    complaint = ComplaintField(_l("Complaint (if one is behind it)"))
    rule = Pick(_l("Rule that was broken"), _l("Choose the rule that was broken."), default="CS-7")
    occurred_on = DayField(_l("When it happened"))
    known_on = DayField(_l("When the company came to know"))
    facts = Paragraphs(
        _l("Facts"), most=MAX_TEXT,
        required=_l("State the facts: time, place, act and result; they are printed in the letter."),
    )  # fmt: skip
    rework_cost = YuanField(_l("Rework cost in yuan (CS-9 only)"))
    files = FilesField(_l("Evidence"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rule.choices = rules()

    def validate_respondent(self, field: Field) -> None:
        if not (field.data or "").strip():
            raise ValidationError(_("Name the person concerned."))
        if field.value is None:
            return
        if (objection := penalty_prospect.against_proposing(field.value, actor(), now())) is not None:
            raise ValidationError(
                _("You cannot propose a penalty for %(name)s. %(why)s", name=field.value.name, why=sentence(objection))
            )

    def validate_occurred_on(self, field: Field) -> None:
        if field.value is not None and field.value.year < EARLIEST_YEAR:
            raise ValidationError(_("Please check the year."))

    def validate_known_on(self, field: Field) -> None:
        if field.value is not None and field.value.year < EARLIEST_YEAR:
            raise ValidationError(_("Please check the year."))

    def proposal(self) -> Proposal:
        """What is proposed; only of a form that was found right."""
        return Proposal(
            respondent=self.respondent.value, facts=self.facts.value, rule=self.rule.data,
            complaint=self.complaint.value, occurred_on=self.occurred_on.value,
            rework_cost=self.rework_cost.value, known_on=self.known_on.value, evidence=self.files.value,
        )  # fmt: skip

    def object_to(self, refusal: Refused) -> None:
        """Put what the rules object to beside its field, or above the form; any other refusal goes on."""
        if any(objection.code != INVALID for objection in refusal.objections):
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


def rules() -> list[tuple[str, str, str]]:
    """The rules whose breach is penalised, each with its text in the edition in force."""
    pack = pack_of(office().regulation_in_force(CS_MANAGEMENT, now()))
    language = "zh" if is_chinese() else "en"
    return [(rule, rule, getattr(pack.rules[rule], language)) for rule in pack.penal_rules]


def _place_of(field: Field) -> str:
    """The id to jump to: of a group of choices, its first one."""
    if isinstance(field, Pick) and field.choices:
        return f"{field.name}-{field.choices[0][0]}"
    return f"new-{field.name}" if isinstance(field, FilesField) else str(field.name)
