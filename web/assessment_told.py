"""Scoring standards and consequences of a regulation in words, drawn from its pack."""

from dataclasses import dataclass
from decimal import Decimal

from flask_babel import gettext as _

from web.assessment_words import amount, number, yuan
from web.case_words import names
from web.regulation_tables import worded
from workflow.assessment_checklist import Sanction
from workflow.assessment_consequence import SUBJECT, Among, Consequence, Missed, PerItem, Ranked
from workflow.assessment_pack import AssessmentPack
from workflow.assessment_shape import Measure
from workflow.assessment_standard import Band, Deduction, Proportional, Reached, Standard


@dataclass(frozen=True)
class Told:
    """A standard: which of the six ways it is, in a sentence or as pairs of a value and its score."""

    kind: str
    words: str = ""
    steps: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Follows:
    """A consequence: its rule, what is proposed, and on which conditions or for which places."""

    rule: str
    words: str
    details: tuple[str, ...]
    is_own: bool


def standard(measure: Measure) -> Told | None:
    """How the value of the measure becomes a score; None where it is shown and not scored."""
    return _way(measure.standard, measure) if measure.standard is not None else None


def _way(given: Standard, measure: Measure) -> Told:
    if given.bands is not None:
        return Told(_("Bands"), steps=tuple(_band(band, measure.unit) for band in given.bands))
    if given.rank is not None:
        places = [(_("place %(place)s", place=place), number(score)) for place, score in enumerate(given.rank, 1)]
        return Told(_("Rank"), steps=(*places, (_("all else"), "0")))
    if given.target is not None:
        share = _("target / value") if measure.direction == "lower" else _("value / target")
        words = _("%(share)s in per cent, at most %(most)s", share=share, most=number(given.target.most))
        return Told(_("Target achievement"), words)
    way = given.proportional or given.reached or given.deduction
    assert way is not None, "a standard has exactly one way"
    return _simple(way, measure.unit)


def _simple(way: Proportional | Reached | Deduction, unit: str) -> Told:
    match way:
        case Proportional():
            # Points beside points read badly: 5 scores 100.
            zero, full = (number(v) if unit == "points" else amount(v, unit) for v in (way.zero, way.full))
            return Told(_("Proportional"), _("%(zero)s scores 0, %(full)s scores 100", zero=zero, full=full))
        case Reached(at_least=None, at_most=bound) if bound is not None:
            return Told(_("Pass or fail"), _("100 up to %(bound)s, else 0", bound=amount(bound, unit)))
        case Reached(at_least=bound) if bound is not None:
            return Told(_("Pass or fail"), _("100 from %(bound)s on, else 0", bound=amount(bound, unit)))
        case Deduction():
            words = _("%(start)s less %(each)s for each item", start=number(way.start), each=number(way.each))
            return Told(_("Deduction for each item"), words)
    raise AssertionError("a bound has one of at_least, at_most")


def _band(band: Band, unit: str) -> tuple[str, str]:
    if band.at_least is not None:
        value = _("from %(value)s on", value=amount(band.at_least, unit))
    elif band.at_most is not None:
        value = _("up to %(value)s", value=amount(band.at_most, unit))
    else:
        value = _("all else")
    return value, number(band.score)


# --- what follows ---------------------------------------------------------------------------------


def consequence(pack: AssessmentPack, given: Consequence, *, is_own: bool) -> Follows:
    match given.form:
        case Ranked() as ranked:
            words, details = _ranked(pack, ranked)
        case PerItem() as per_item:
            words, details = _per_item(pack, per_item), ()
        case Missed() as missed:
            words, details = _missed(pack, missed), ()
    return Follows(given.rule, words, details, is_own)


def _ranked(pack: AssessmentPack, ranked: Ranked) -> tuple[str, tuple[str, ...]]:
    details = _among(pack, ranked.among) if ranked.among is not None else []
    if ranked.at_least is not None:
        details.append(_of_at_least(pack, ranked.measure, ranked.at_least))
    details += [
        _("place %(place)s: %(reward)s", place=place, reward=yuan(reward))
        for place, reward in enumerate(ranked.rewards or (), 1)
    ]
    words = _("The first places by “%(measure)s” are proposed for a reward.", measure=title(pack, ranked.measure))
    return words, tuple(details)


def _among(pack: AssessmentPack, among: Among) -> list[str]:
    found = [_of_at_least(pack, among.measure, among.at_least)] if among.at_least is not None else []
    if among.below is not None:
        below = bound(pack, among.measure, among.below)
        found.append(_("only with “%(measure)s” below %(below)s", measure=title(pack, among.measure), below=below))
    return found


def _of_at_least(pack: AssessmentPack, measure: str, value: Decimal) -> str:
    least = bound(pack, measure, value)
    return _("only with “%(measure)s” of at least %(least)s", measure=title(pack, measure), least=least)


def _per_item(pack: AssessmentPack, per_item: PerItem) -> str:
    below = bound(pack, per_item.measure, per_item.below) if per_item.below is not None else _("left open")
    return _(
        "For each part of “%(measure)s” below %(below)s a fine of %(fine)s is proposed.",
        measure=title(pack, per_item.measure), below=below, fine=yuan(per_item.fine),
    )  # fmt: skip


def _missed(pack: AssessmentPack, missed: Missed) -> str:
    whom = _("whoever is assessed") if missed.whom == SUBJECT else worded(pack.posts[missed.whom])
    return _(
        "Where “%(measure)s” stays below its target, a fine of %(fine)s is proposed for %(whom)s.",
        measure=title(pack, missed.measure), fine=yuan(missed.fine), whom=whom,
    )  # fmt: skip


def title(pack: AssessmentPack, measure: str) -> str:
    return worded(pack.measures[measure].title)


def bound(pack: AssessmentPack, measure: str, value: Decimal) -> str:
    return amount(value, pack.measures[measure].unit)


def sanction(pack: AssessmentPack, given: Sanction) -> list[str]:
    """What each holder of some posts is proposed to be fined or rewarded with."""
    posts = names(worded(pack.posts[post]) for post in given.whom)
    found = []
    if given.fine is not None:
        found.append(_("proposed fine of %(amount)s for each: %(posts)s", amount=yuan(given.fine), posts=posts))
    if given.reward is not None:
        found.append(_("proposed reward of %(amount)s for each: %(posts)s", amount=yuan(given.reward), posts=posts))
    return found
