"""Which rows a sum was drawn from, as people read it: 评分 ≥ 9、评价人 = 上级."""

from decimal import Decimal

from flask_babel import gettext as _

from web.assessment_words import number
from web.regulation_tables import worded
from workflow.assessment_formula import YES, Aggregate, Condition
from workflow.assessment_pack import AssessmentPack
from workflow.assessment_source import Source

SIGNS = {"=": "=", ">": ">", "<": "<", ">=": "≥", "<=": "≤"}


def drawn_from(pack: AssessmentPack, aggregate: Aggregate) -> str:
    """The column where a source has several, then the conditions; nothing for all the rows of its only column."""
    source = pack.sources[aggregate.source]
    column = aggregate.field if source.only_field is None else None
    conditions = (_condition(pack, source, each) for each in (*aggregate.among, *aggregate.where))
    return _(", ").join([*([_title(source, column)] if column is not None else []), *conditions])


def _condition(pack: AssessmentPack, source: Source, condition: Condition) -> str:
    is_given = condition.sign == "=" and condition.than == YES
    words = [_title(source, condition.field), SIGNS[condition.sign], _than(pack, source, condition)]
    return words[0] if is_given else " ".join(words)


def _than(pack: AssessmentPack, source: Source, condition: Condition) -> str:
    """A number, a choice of the field, another field or a figure of the regulation; a word that is none is “no”."""
    than, choices = condition.than, source.fields[condition.field].choices or {}
    if isinstance(than, Decimal):
        return number(than)
    if than in choices:
        return worded(choices[than])
    if than in source.fields:
        return _title(source, than)
    return worded(pack.figures[than].title) if than in pack.figures else _("no")


def _title(source: Source, field: str) -> str:
    return worded(source.fields[field].title)
