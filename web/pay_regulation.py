"""The figures of the regulation on performance pay in words, drawn from one stored edition."""

from flask_babel import gettext as _

from web.assessment_page import Value
from web.assessment_words import amount
from workflow.own_values import OwnValues
from workflow.performance_pay import PerformancePay
from workflow.process import N_

# How the deduction for a fail is read (PAY-3).
MODES = {
    "A": N_("taken off what the score gives"),
    "B": N_("taken off the performance base, whatever the score"),
    "C": N_("this share of the base is taken off what the score gives"),
}


def values(pack: PerformancePay, own: OwnValues) -> list[Value]:
    """The blanks of an edition in force are all filled."""
    assert pack.pass_mark is not None and pack.deduction_percent is not None and pack.below_pass_mode is not None
    days, bounds = pack.days, pack.adjustment
    told = (
        ("PAY-1", "start", N_("Every month starts from"), amount(pack.start, "points")),
        ("PAY-3", "pass_mark", N_("Pass mark"), amount(pack.pass_mark, "points")),
        ("PAY-3", "deduction_percent", N_("Deducted below it"), amount(pack.deduction_percent, "percent")),
        ("PAY-3", "below_pass_mode", N_("How it is deducted"), _(MODES[pack.below_pass_mode])),
        ("PAY-4", "days.compute", N_("Computed by the system on"), amount(days.compute, "day_of_month")),
        ("PAY-4", "days.review", N_("Reviewed by the heads until"), amount(days.review, "day_of_month")),
        ("PAY-6", "days.pay", N_("Paid by"), amount(days.pay, "day_of_month")),
        ("", "adjustment", N_("A head may adjust a result by a factor of"),
         _("%(lowest)s to %(highest)s", lowest=f"{bounds.lowest:.2f}", highest=f"{bounds.highest:.2f}")),
    )  # fmt: skip
    return [Value(_(name), value, own.at(*place.split(".")), rule) for rule, place, name, value in told]
