"""The form that logs a complaint, in the order of a telephone call. Five fields are required.

It checks shape; whether the respondent works in the department or the day has come is asked of the
rules. What they object to is told beside the field.
"""

from collections.abc import Iterable
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import Field, Form, RadioField, ValidationError

from models import Category, Channel, Severity
from web import choices
from web.case_fields import DayField, DepartmentField, FilesField, PersonField
from web.filters import sentence
from web.plain_text import Line, Told, Verbatim
from workflow.filing import Filing
from workflow.process import INVALID, Refused
from workflow.texts import LINES, MAX_TEXT, digits

FEWEST_DIGITS = 5
EARLIEST_YEAR = 2000
DETAILS = ("vehicle", "vehicle_model", "order_number", "occurred_on", "demand", "files")


class Pick(RadioField):
    """One of a few visible choices."""

    def __init__(self, label: Any, sentence: Any, **kwargs: Any) -> None:
        super().__init__(label, validate_choice=False, **kwargs)
        self.sentence = sentence

    def pre_validate(self, _form: Form) -> None:
        if self.data not in {value for value, *_words in self.choices or ()}:
            raise ValidationError(str(self.sentence))


def looks_like_a_number(_form: Form, field: Field) -> None:
    if field.data and len(digits(field.data) or "") < FEWEST_DIGITS:
        raise ValidationError(_("A phone number has at least %(number)d digits.", number=FEWEST_DIGITS))


class NewComplaint(FlaskForm):
    """What is taken down on the phone."""

    class Meta:
        csrf = False  # every POST is checked once, in web/security.py

    customer_phone = Line(_l("Calling number"), most=LINES["customer_phone"])
    customer_name = Line(
        _l("Customer's name"), most=LINES["customer_name"], required=_l("Give the customer's name."), printed=True
    )
    channel = Pick(_l("Channel"), _l("Choose where the complaint came from."), default=Channel.PHONE.value)
    description = Verbatim(
        _l("What does the customer say?"), most=MAX_TEXT, required=_l("Write down what the customer says.")
    )
    category = Pick(_l("Category"), _l("Choose what the complaint is about."))
    severity = Pick(_l("Severity"), _l("Choose how severe it is."), default=Severity.NORMAL.value)
    department = DepartmentField(_l("Department concerned"), first=_l("Not known yet"), default="")
    respondent = PersonField(_l("Respondent"), nobody=choices.NOBODY_YET)
    vehicle = Line(_l("Plate or frame number"), most=LINES["vehicle"], printed=True)
    vehicle_model = Line(_l("Model"), most=LINES["vehicle_model"], printed=True)
    order_number = Line(_l("Work order or contract number"), most=LINES["order_number"], printed=True)
    occurred_on = DayField(_l("When it happened"))
    demand = Verbatim(_l("What the customer asks for"), most=MAX_TEXT)
    told = Told()
    files = FilesField(_l("Photos, recordings, papers"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.channel.choices = choices.channels()
        self.category.choices = choices.categories()
        self.severity.choices = choices.severities()

    def validate_customer_phone(self, field: Field) -> None:
        looks_like_a_number(self, field)

    def validate_occurred_on(self, field: Field) -> None:
        if field.value is not None and field.value.year < EARLIEST_YEAR:
            raise ValidationError(_("Please check the year."))

    def filing(self) -> Filing:
        """What is filed; only of a form that was found right."""
        return Filing(
            customer_name=self.customer_name.value,
            customer_phone=self.customer_phone.value,
            channel=Channel(self.channel.data),
            category=Category(self.category.data),
            severity=Severity(self.severity.data),
            description=self.description.value,
            vehicle=self.vehicle.value,
            vehicle_model=self.vehicle_model.value,
            order_number=self.order_number.value,
            demand=self.demand.value,
            occurred_on=self.occurred_on.value,
            department=self.department.value,
            respondent=self.respondent.value,
            evidence=self.files.value,
        )

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

    @property
    def has_details(self) -> bool:
        """Whether the part that is folded away has something in it."""
        filled = any(self[name].data for name in DETAILS if name != "files")
        return filled or bool(self.files.kept) or any(map(self.error, DETAILS))


def _place_of(field: Field) -> str:
    """The id to jump to: of a group of choices, its first one."""
    if isinstance(field, Pick) and field.choices:
        return f"{field.name}-{field.choices[0][0]}"
    return f"new-{field.name}" if isinstance(field, FilesField) else field.name
