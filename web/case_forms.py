"""What each act asks for. One form an act; its values are the arguments of the act's verb."""

from collections.abc import Iterable
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import HiddenField

from models import Severity
from web.case_fields import (
    DayField,
    DepartmentField,
    FilesField,
    MomentField,
    PersonField,
    Pick,
    Words,
    YesNo,
    YuanField,
)
from web.filters import sentence
from web.label import WORDS as LABELS
from workflow.process import Objection


class ActForm(FlaskForm):
    """A form of the case page; it says which version of the case its writer had before them."""

    class Meta:
        csrf = False  # every POST is checked once, in web/security.py

    version = HiddenField()

    @property
    def asked(self) -> list[Any]:
        """The fields that people fill in, in their order."""
        return [field for field in self if field.name != "version"]

    def arguments(self) -> dict[str, Any]:
        """What the verb is given: every field under the name of its argument."""
        found = {name: field.value for name, field in self._fields.items() if name != "version"}
        if "files" in found:
            found["evidence"] = found.pop("files")
        return found

    def object_to(self, objections: Iterable[Objection]) -> None:
        """Put what the rules object to beside the field it is about, or else above the form."""
        for objection in objections:
            field, words = self._fields.get(str(objection.values.get("field"))), sentence(objection)
            if field is None:
                self.form_errors.append(words)
            elif words not in field.errors:
                field.errors = [*field.errors, words]


FILES = _l("Files")
PRINTED = _l("Give a reason; it is printed in the letter.")
VIOLATION = _l("Did staff break a rule (CS-7)?")


class Assign(ActForm):
    department = DepartmentField(_l("Department"), first=_l("Please choose"))
    respondent = PersonField(_l("Respondent"))
    note = Words(_l("Note to the department"), rows=2)


class Accept(ActForm):
    note = Words(_l("Note"), rows=2)
    violation = YesNo(VIOLATION)


class Appeal(ActForm):
    grounds = Words(
        _l("Grounds"), required=_l("State the grounds of the appeal; they are printed in the appeal form."), rows=4
    )
    files = FilesField(FILES)


class Retract(ActForm):
    pass


class Endorse(ActForm):
    opinion = Words(_l("Your opinion"), rows=3)


class Reasoned(ActForm):
    reason = Words(_l("Reason"), required=PRINTED, need=_l("required, printed in the letter"))


class Dismiss(Reasoned):
    violation = YesNo(VIOLATION)


class Vary(Reasoned):
    severity = Pick(_l("New severity"), offered=[("", _l("As it is")), *((s.value, _l(LABELS[s])) for s in Severity)])
    respondent = PersonField(_l("New respondent"))
    department = DepartmentField(_l("New department"), first=_l("As it is"))
    # Dismissing and varying stand in one form on the page: each needs a question of its own.
    violation = YesNo(VIOLATION, name="varied_violation")

    def arguments(self) -> dict[str, Any]:
        found = super().arguments()
        return {**found, "severity": Severity(found["severity"]) if found["severity"] else None}


class Ruling(Vary):
    """All that the four rulings may ask, as one form on the page."""

    violation = YesNo(VIOLATION)
    varied_violation = YesNo(VIOLATION)

    @classmethod
    def typed(cls, tried: ActForm) -> "Ruling":
        """What was typed, with the problems found in the form of the one ruling that was tried."""
        form = cls()
        for field in tried:
            if field.name in form._fields:
                form._fields[field.name].errors = field.errors
        form.form_errors = list(tried.form_errors)
        return form


class Complete(ActForm):
    measures_taken = Words(_l("What was done for the customer"), required=_l("Say what was done for the customer."))
    completed_at = MomentField(_l("Complete since"))
    rework_cost = YuanField(_l("Rework cost in yuan"))
    files = FilesField(FILES)


class Report(ActForm):
    result = Words(_l("Result"), required=_l("State the result."))
    improvement_measures = Words(_l("Improvement measures"), required=_l("State the improvement measures (CS-5)."))
    improvement_owner = PersonField(_l("Who improves it"))
    improvement_due = DayField(_l("By when"))
    files = FilesField(FILES)


class Verify(ActForm):
    satisfaction = Pick(_l("How satisfied is the customer?"), offered=[(str(mark), str(mark)) for mark in range(1, 6)])
    answer_to_customer = Words(_l("Answer printed in the letter to the customer"), rows=4)
    note = Words(_l("Note"), rows=2)

    def arguments(self) -> dict[str, Any]:
        found = super().arguments()
        return {**found, "satisfaction": int(found["satisfaction"]) if found["satisfaction"] else None}


class FollowUp(ActForm):
    note = Words(_l("What the customer said"), required=_l("Write down what the customer said."))


class Remark(ActForm):
    note = Words(_l("Remark"), rows=2)
    files = FilesField(FILES)


class Violation(ActForm):
    violation = YesNo(VIOLATION)
    note = Words(_l("Note"), rows=2)


FORMS: dict[str, type[ActForm]] = {
    "assign": Assign, "accept": Accept, "appeal": Appeal, "retract": Retract, "endorse": Endorse,
    "decline": Reasoned, "uphold": Reasoned, "dismiss": Dismiss, "vary": Vary, "remand": Reasoned,
    "complete": Complete, "report": Report, "return": Reasoned, "verify": Verify, "follow_up": FollowUp,
    "withdraw": Reasoned, "reopen": Reasoned, "remark": Remark, "find_violation": Violation,
}  # fmt: skip
