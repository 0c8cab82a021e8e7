"""The form that logs a complaint, in the order of a telephone call. Five fields are required.

Whether the respondent works in the department or the day has come is asked of the rules.
"""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Field, Form, ValidationError

from models import Category, Channel, Severity
from web import choices
from web.case_fields import DayField, DepartmentField, FilesField, PersonField
from web.page_form import PageForm, Pick, not_long_ago
from web.plain_text import Line, Told, Verbatim
from workflow.filing import Filing
from workflow.process import INVALID, MOVED_ON
from workflow.texts import LINES, MAX_TEXT, digits

FEWEST_DIGITS = 5
DETAILS = ("vehicle", "vehicle_model", "order_number", "occurred_on", "demand", "files")


def looks_like_a_number(_form: Form, field: Field) -> None:
    if field.data and len(digits(field.data) or "") < FEWEST_DIGITS:
        raise ValidationError(_("A phone number has at least %(number)d digits.", number=FEWEST_DIGITS))


class NewComplaint(PageForm):
    """What is taken down on the phone."""

    # A question that a colleague has registered meanwhile is told above what was typed.
    tells = (INVALID, MOVED_ON)

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

    validate_occurred_on = not_long_ago

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

    @property
    def has_details(self) -> bool:
        """Whether the part that is folded away has something in it."""
        filled = any(self[name].data for name in DETAILS if name != "files")
        return filled or bool(self.files.kept) or any(map(self.error, DETAILS))
