"""The form that proposes a penalty. Whether the rule fits the person or the day has come is asked of the rules."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import selectinload
from wtforms import Field, ValidationError

from models import Complaint
from web.case_fields import DayField, FilesField, Line, PersonField, YuanField
from web.filters import sentence
from web.language import is_chinese
from web.page_form import PageForm, Pick, not_long_ago
from web.plain_text import Paragraphs
from web.session import actor, db, now, office
from workflow import penalty_prospect, sight
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


class NewPenalty(PageForm):
    """What a proposal states."""

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

    validate_occurred_on = not_long_ago
    validate_known_on = not_long_ago

    def proposal(self) -> Proposal:
        """What is proposed; only of a form that was found right."""
        return Proposal(
            respondent=self.respondent.value, facts=self.facts.value, rule=self.rule.data,
            complaint=self.complaint.value, occurred_on=self.occurred_on.value,
            rework_cost=self.rework_cost.value, known_on=self.known_on.value, evidence=self.files.value,
        )  # fmt: skip


def rules() -> list[tuple[str, str, str]]:
    """The rules whose breach is penalised, each with its text in the edition in force."""
    pack = pack_of(office().regulation_in_force(CS_MANAGEMENT, now()))
    language = "zh" if is_chinese() else "en"
    return [(rule, rule, getattr(pack.rules[rule], language)) for rule in pack.penal_rules]
