"""The words of a scenario: what can be done with which inputs, what can be looked at, which rules and
measures there are. A word that does not stand here is not known.
"""

from functools import cache

from workflow import packs

# What a story may leave out although it is required (*): the rule then refuses the step.
ACTIONS: dict[str, str] = {
    "complaint.file": "customer_name* customer_phone vehicle order_number channel* category* severity* description*"
    " department respondent",
    "complaint.assign": "department respondent note",
    "complaint.accept": "violation note",
    "complaint.appeal": "grounds*",
    "complaint.retract": "",
    "complaint.endorse": "opinion",
    "complaint.decline": "reason*",
    "complaint.remand": "reason*",
    "complaint.uphold": "reason*",
    "complaint.dismiss": "reason* violation",
    "complaint.vary": "reason* severity respondent department violation",
    "complaint.complete": "measures_taken* completed_at rework_cost",
    "complaint.report": "result* improvement_measures* improvement_owner improvement_due",
    "complaint.return": "reason*",
    "complaint.verify": "satisfaction* note",
    "complaint.suspend": "reason* until*",
    "complaint.resume": "note",
    "complaint.follow_up": "note*",
    "complaint.withdraw": "reason*",
    "complaint.reopen": "reason*",
    "penalty.propose": "respondent* facts* rule* complaint rework_cost occurred_on",
    "penalty.defend": "statement*",
    "penalty.waive": "",
    "penalty.submit": "opinion union_notice",
    "penalty.drop": "reason*",
    "penalty.reject": "reason*",
    "penalty.revoke": "reason*",
    "penalty.sustain": "reason*",
    "penalty.approve": "opinion open_reason ends_on",
    "penalty.appeal": "grounds*",
    "penalty.reinstate": "reason* reinstated*",
    "penalty.certify": "",
    "payroll.settle": "month*",
    "delegation.start": "to* from until*",
    "employee.transfer": "employee* department* team",
    "employee.leave": "employee*",
    "commission.record": "employee* month* amount*",
    "scorecard.compute": "month* department",
    "scorecard.review": "month* department adjustments note",
    "scorecard.verify": "month* department note",
    "scorecard.return": "month* department reason*",
    "scorecard.approve": "month* department note",
    "scorecard.pay": "month* department",
    "letter.acknowledge": "kind*",
}
OPENING = {"complaint.file", "penalty.propose"}
ON_A_CASE = {name for name in ACTIONS if name.startswith(("complaint.", "penalty.", "letter."))} - OPENING
BY_THE_SYSTEM = {"complaint.lapse", "penalty.lapse", "penalty.settle", "scorecard.compute"}

REFUSALS = {"not_found", "forbidden", "moved_on", "invalid", "too_early", "too_late"}

# What can be looked at: the keys that a look needs, and those that it may have beside them.
SIGHTS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "points": (("of",), ("month",)),
    "provisional": (("of",), ("month",)),
    "money": (("of",), ("month",)),
    "step": (("of", "ladder"), ()),
    "state": (("of",), ()),
    "fired": ((), ()),
    "letters": (("of",), ()),
    "scorecard": (("of", "month"), ()),
    "pay": (("of", "month"), ()),
    "inbox": (("of",), ()),
    "events": (("of",), ()),
    "audit": ((), ()),
}
SIGHTS_OF_A_CASE = {"state", "letters", "events"}

# What can be computed: the keys that a step needs, and those that it may have beside them.
MEASURING: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "measure": (("data", "value"), ()),
    "assess": (("data",), ("scheme", "targets", "factors", "value", "proposals", "refused")),
    "inspect": (("missed", "value"), ("unseen", "proposals")),
}


def inputs_of(action: str) -> list[str]:
    return ACTIONS[action].replace("*", "").split()


def required_by(action: str) -> list[str]:
    return [name.removesuffix("*") for name in ACTIONS[action].split() if name.endswith("*")]


@cache
def measures() -> set[str]:
    """The rules under which something is measured."""
    return {measure.rule for slug in packs.ASSESSMENTS for measure in packs.assessment(slug).measures.values()}


@cache
def rules() -> set[str]:
    return {rule for slug in packs.SHAPES for rule in packs.read(slug).rules}
