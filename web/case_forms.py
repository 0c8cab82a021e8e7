"""What each act asks for. One form an act; its values are the arguments of the act's verb."""

from collections.abc import Iterable
from typing import Any

from flask_babel import lazy_gettext
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
    SuccessorField,
    Words,
    YesNo,
    YuanField,
)
from web.choices import NOBODY_ELSE, NOBODY_YET
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


FILES = lazy_gettext("Files")
PRINTED = lazy_gettext("Give a reason; it is printed in the letter.")
VIOLATION = lazy_gettext("Did staff break a rule (CS-7)?")


class Assign(ActForm):
    department = DepartmentField(lazy_gettext("Department"), first=lazy_gettext("Please choose"))
    respondent = PersonField(lazy_gettext("Respondent"), nobody=NOBODY_YET)
    note = Words(lazy_gettext("Note to the department"), rows=2)


class Accept(ActForm):
    note = Words(lazy_gettext("Note"), rows=2)
    violation = YesNo(VIOLATION)


class Appeal(ActForm):
    grounds = Words(
        lazy_gettext("Grounds"),
        required=lazy_gettext("State the grounds of the appeal; they are printed in the appeal form."),
        rows=4,
    )
    files = FilesField(FILES)


class Retract(ActForm):
    pass


class Endorse(ActForm):
    opinion = Words(lazy_gettext("Your opinion"), rows=3)


class Reasoned(ActForm):
    reason = Words(lazy_gettext("Reason"), required=PRINTED, need=lazy_gettext("required, printed in the letter"))


class Dismiss(Reasoned):
    violation = YesNo(VIOLATION)


class Vary(Reasoned):
    severity = Pick(
        lazy_gettext("New severity"),
        offered=[("", lazy_gettext("As it is")), *((s.value, lazy_gettext(LABELS[s])) for s in Severity)],
    )
    respondent = PersonField(lazy_gettext("New respondent"), nobody=NOBODY_ELSE)
    department = DepartmentField(lazy_gettext("New department"), first=lazy_gettext("As it is"))
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
    measures_taken = Words(
        lazy_gettext("What was done for the customer"), required=lazy_gettext("Say what was done for the customer.")
    )
    completed_at = MomentField(lazy_gettext("Complete since"))
    rework_cost = YuanField(lazy_gettext("Rework cost in yuan"))
    files = FilesField(FILES)


class Report(ActForm):
    result = Words(lazy_gettext("Result"), required=lazy_gettext("State the result."))
    improvement_measures = Words(
        lazy_gettext("Improvement measures"), required=lazy_gettext("State the improvement measures (CS-5).")
    )
    improvement_owner = PersonField(lazy_gettext("Who improves it"), nobody=NOBODY_YET)
    improvement_due = DayField(lazy_gettext("By when"))
    files = FilesField(FILES)


class Verify(ActForm):
    satisfaction = Pick(
        lazy_gettext("How satisfied is the customer?"), offered=[(str(mark), str(mark)) for mark in range(1, 6)]
    )
    answer_to_customer = Words(lazy_gettext("Answer printed in the letter to the customer"), rows=4)
    note = Words(lazy_gettext("Note"), rows=2)

    def arguments(self) -> dict[str, Any]:
        found = super().arguments()
        return {**found, "satisfaction": int(found["satisfaction"]) if found["satisfaction"] else None}


class Suspend(Reasoned):
    until = MomentField(lazy_gettext("Until when at most"))


class Resume(ActForm):
    note = Words(lazy_gettext("What the customer said"), rows=2)


class FollowUp(ActForm):
    note = Words(lazy_gettext("What the customer said"), required=lazy_gettext("Write down what the customer said."))


class Remark(ActForm):
    note = Words(lazy_gettext("Remark"), rows=2)
    files = FilesField(FILES)


class Violation(ActForm):
    violation = YesNo(VIOLATION)
    note = Words(lazy_gettext("Note"), rows=2)


class HandOver(ActForm):
    to = SuccessorField(lazy_gettext("Who takes it over"))
    reason = Words(
        lazy_gettext("Reason"), required=lazy_gettext("Give a reason; it stands in the timeline of the case."), rows=2
    )


FORMS: dict[str, type[ActForm]] = {
    "assign": Assign, "accept": Accept, "appeal": Appeal, "retract": Retract, "endorse": Endorse,
    "decline": Reasoned, "uphold": Reasoned, "dismiss": Dismiss, "vary": Vary, "remand": Reasoned,
    "complete": Complete, "report": Report, "return": Reasoned, "verify": Verify, "follow_up": FollowUp,
    "suspend": Suspend, "resume": Resume, "withdraw": Reasoned, "reopen": Reasoned, "remark": Remark,
    "find_violation": Violation, "hand_over": HandOver, "hand_over_file": HandOver,
}  # fmt: skip
