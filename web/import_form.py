"""What one chooses about an import: the field of each column, and what its rows do not say themselves."""

from dataclasses import dataclass, field

from flask import request
from flask_babel import gettext as _

from models import Category, Channel, ComplaintImport, Severity
from web.filters import sentence
from workflow import import_columns
from workflow.import_row import Plan
from workflow.import_table import MOST_COLUMNS
from workflow.import_text import tidy
from workflow.texts import LINES

KINDS = {"channel": Channel, "category": Category, "severity": Severity}
TEXTS = ("customer_name", "source")


@dataclass
class Form:
    """The choices as they were kept or sent, with what is wrong beside each."""

    fields: list[str]
    constants: dict[str, str]
    wrong: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, found: ComplaintImport) -> "Form":
        plan = Plan.from_json(found.columns)
        form = cls([name or "" for name in plan.fields], {name: str(getattr(plan, name)) for name in (*TEXTS, *KINDS)})
        form.look_at_the_plan()
        return form

    @classmethod
    def sent(cls) -> "Form":
        """The form that was sent; only its shape is judged here."""
        count = min(request.form.get("columns", 0, type=int), MOST_COLUMNS)
        fields = [request.form.get(f"column-{number}", "") for number in range(count)]
        form = cls(fields, {name: tidy(request.form.get(name, "")) for name in (*TEXTS, *KINDS)})
        form._judge()
        return form

    def plan(self) -> Plan:
        return Plan.from_json({"fields": [name or None for name in self.fields], **self.constants})

    def plan_for(self, columns: int) -> Plan:
        """The plan as far as it can be understood, for a table with so many columns."""
        fields = [*self.fields, *[""] * columns][:columns]
        known = [name if name in import_columns.BY_NAME else None for name in fields]
        usual = {name: getattr(Plan(()), name) for name in self.constants if name in self.wrong}
        return Plan.from_json({"fields": known, **self.constants, **usual})

    def look_at_the_plan(self) -> None:
        """What stands against starting, beside the field concerned."""
        for objection in self.plan().objections():
            self.wrong[str(objection.values["field"])] = sentence(objection)

    def _judge(self) -> None:
        if any(name and name not in import_columns.BY_NAME for name in self.fields):
            self.wrong["columns"] = _("Choose one of the fields offered.")
        for name, kind in KINDS.items():
            if self.constants[name] not in list(kind):
                self.wrong[name] = _("Choose one of the values offered.")
        for name in TEXTS:
            if not self.constants[name]:
                self.wrong[name] = _("Please fill this in.")
            elif len(self.constants[name]) > LINES[name]:
                self.wrong[name] = _("At most %(most)d characters, please.", most=LINES[name])
        if not self.wrong:
            self.look_at_the_plan()
