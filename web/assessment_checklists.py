"""The checklists of a regulation as tables: modules and factors with points, responsible posts, proposed fines."""

from collections.abc import Iterator
from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import ngettext

from web.assessment_told import sanction
from web.assessment_words import amount, number, yuan
from web.regulation_tables import worded
from workflow.assessment_checklist import Checklist, Factor, FailedItems, Module, Sanction
from workflow.assessment_pack import AssessmentPack


@dataclass(frozen=True)
class Proposed:
    """What is proposed, by which rule."""

    words: str
    rule: str


@dataclass(frozen=True)
class FactorLine:
    title: str
    points: str
    missed: str
    responsible: str
    proposals: tuple[Proposed, ...]
    is_own: bool


@dataclass(frozen=True)
class ModuleShown:
    title: str
    points: str
    at_least: str
    proposals: tuple[Proposed, ...]
    factors: tuple[FactorLine, ...]
    is_own: bool


@dataclass(frozen=True)
class ChecklistShown:
    """A whole checklist; `is_open` says that the company's list, which completes it, is not there yet."""

    id: str
    rule: str
    title: str
    extent: str
    general: tuple[Proposed, ...]
    modules: tuple[ModuleShown, ...]
    is_open: bool


def checklists(pack: AssessmentPack) -> list[ChecklistShown]:
    return [_checklist(pack, name, each) for name, each in pack.checklists.items()]


def _checklist(pack: AssessmentPack, name: str, checklist: Checklist) -> ChecklistShown:
    head = worded(pack.posts[checklist.head])
    items, joint = checklist.failed_items, checklist.joint
    of_heads = _("For each failed factor a joint fine of %(each)s is proposed for the head: %(head)s, unless a module "
                 "names another.", each=yuan(joint.each), head=head)  # fmt: skip
    whole = checklist.whole().items()
    return ChecklistShown(
        id=name, rule=checklist.rule, title=worded(checklist.title), extent=_extent(checklist),
        general=(Proposed(_for_items(items), items.rule), Proposed(of_heads, joint.rule)),
        modules=tuple(_module(pack, checklist, key, module) for key, module in whole),
        is_open=checklist.company is None,
    )  # fmt: skip


def _extent(checklist: Checklist) -> str:
    """7 个模块 · 37 个因子 · 100 分."""
    modules, factors = checklist.number_of_modules, checklist.number_of_factors or len(checklist.factors())
    return " · ".join([
        ngettext("%(num)d module", "%(num)d modules", modules), ngettext("%(num)d factor", "%(num)d factors", factors),
        amount(checklist.points, "points"),
    ])  # fmt: skip


def _for_items(items: FailedItems) -> str:
    return _(
        "For each failed factor a fine of %(each)s is proposed for the responsible person, for up to %(up_to)s; "
        "above that, %(above)s for the visit instead.",
        each=yuan(items.each), up_to=items.up_to, above=yuan(items.above),
    )  # fmt: skip


def _module(pack: AssessmentPack, checklist: Checklist, name: str, module: Module) -> ModuleShown:
    least = _("must reach %(points)s", points=amount(module.at_least, "points")) if module.at_least else ""
    known = checklist.modules.get(name)
    proposals = [*_proposed(pack, module.when_below, _("below that: %(proposal)s"))]
    if module.head is not None:
        proposals.append(Proposed(_("Head: %(post)s", post=worded(pack.posts[module.head])), checklist.joint.rule))
    factors = tuple(
        _factor(pack, factor, is_own=known is None or key not in known.factors)
        for key, factor in module.factors.items()
    )
    points = amount(module.points, "points")
    return ModuleShown(worded(module.title), points, least, tuple(proposals), factors, known is None)


def _factor(pack: AssessmentPack, factor: Factor, *, is_own: bool) -> FactorLine:
    proposals = (
        *_proposed(pack, factor.when_missed, _("missed: %(proposal)s")),
        *_proposed(pack, factor.when_met, _("met: %(proposal)s")),
    )
    return FactorLine(
        worded(factor.title), number(factor.points), number(factor.missed), worded(pack.posts[factor.responsible]),
        proposals, is_own,
    )  # fmt: skip


def _proposed(pack: AssessmentPack, given: Sanction | None, pattern: str) -> Iterator[Proposed]:
    if given is not None:
        yield from (Proposed(pattern % {"proposal": words}, given.rule) for words in sanction(pack, given))
