"""The words of a scenario: what can be done with which inputs, what can be looked at, which rules and
measures there are. A word that does not stand here is not known.
"""

from functools import cache

from workflow import readable_yaml
from workflow.regulation import POLICIES

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

# The regulation numbers its rules: the last number of each family whose pack is still to come.
ASSESSMENTS = {"SAL": 7, "MS": 10}
MEASURED = {
    "OB": 2, "CSD": 1, "NPS": 1, "LOY": 1, "SVY": 1, "EVAL": 1, "EXP": 1, "LIFE": 3, "SVC": 3, "DEPT": 1,
    "STAFF": 1, "KPI": 1, "OPS": 1, "QNT": 1, "FAIR": 1, "AFT": 1, "SP": 1,
}  # fmt: skip


def inputs_of(action: str) -> list[str]:
    return ACTIONS[action].replace("*", "").split()


def required_by(action: str) -> list[str]:
    return [name.removesuffix("*") for name in ACTIONS[action].split() if name.endswith("*")]


def measures() -> set[str]:
    return _numbered(MEASURED)


@cache
def rules() -> set[str]:
    """The rules of the product's packs, and those of the packs still to come."""
    packs = [readable_yaml.load(file.read_text(encoding="utf-8")) for file in POLICIES.glob("*.yaml")]
    known = {rule for pack in packs if isinstance(pack, dict) for rule in pack["rules"]}
    return known | _numbered(ASSESSMENTS) | measures()


def _numbered(families: dict[str, int]) -> set[str]:
    return {f"{family}-{number}" for family, last in families.items() for number in range(1, last + 1)}
