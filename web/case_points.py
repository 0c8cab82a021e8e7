"""The points of a case as this reader may see them: a respondent sees their own and nobody else's."""

from dataclasses import dataclass
from decimal import Decimal

from flask_babel import gettext as _

from models import Complaint, ComplaintState, EntryStatus, Event, Person, ScoreEntry, Severity
from web import case_words, filters
from web.label import Look, chip, label
from web.session import me, office
from workflow import reading
from workflow.office import FLOOR, START
from workflow.process import N_
from workflow.regulation import Pack, pack_of

S = ComplaintState
PROVISIONAL, FINAL = EntryStatus.PROVISIONAL, EntryStatus.FINAL
# Why an entry stands in the ledger, by the act that posted it and its kind.
REASONS = {
    ("lapse", "head"): N_("No answer in time"),
    ("complete", "late"): N_("Handling completed late"),
    ("report", "late"): N_("Report late"),
    ("return", "department"): N_("Returned for rework"),
    ("vary", "respondent"): N_("Complaint as varied"),
    ("vary", "department"): N_("Complaint as varied"),
}


@dataclass(frozen=True)
class Row:
    """One entry of the ledger."""

    account: str
    reason: str
    rule: str
    points: Decimal
    status: Look
    is_taken_back: bool


@dataclass(frozen=True)
class Outcome:
    """What one way out of the present state would mean for the respondent's month."""

    name: str
    points: str
    css: str
    then: str


def rows(complaint: Complaint) -> list[Row]:
    """The entries of the case, the oldest first."""
    entries = _readable(complaint)
    taken_back = {entry.reverses_id for entry in entries}
    return [
        Row(_name(e), _reason(e, complaint), e.event.rule, e.points, chip(e.status), e.id in taken_back)
        for e in entries
    ]


def _readable(complaint: Complaint) -> list[ScoreEntry]:
    return [entry for event in complaint.events for entry in event.entries if _may_read(entry, complaint)]


def _may_read(entry: ScoreEntry, complaint: Complaint) -> bool:
    return entry.person_id == me().id or not reading.was_respondent(complaint, me())


def _name(entry: ScoreEntry) -> str:
    account = entry.account
    if isinstance(account, Person):
        return _("You") if account.id == me().id else account.name
    return filters.named(account)


def _reason(entry: ScoreEntry, complaint: Complaint) -> str:
    if entry.reverses_id is not None:
        return _("Taken back")
    if (words := REASONS.get((entry.event.action, entry.kind))) is not None:
        return _(words)
    return _("Complaint assigned, %(severity)s", severity=_severity_then(entry, complaint))


def _severity_then(entry: ScoreEntry, complaint: Complaint) -> str:
    """The severity at the moment of the entry: a later ruling may have changed it."""
    for event in complaint.events:
        pair = (event.said.get("change") or {}).get("severity")
        if event.seq > entry.event.seq and pair:
            return label(Severity(pair[0]))
    return label(complaint.severity)


def moved_by(event: Event, complaint: Complaint) -> list[str]:
    """The points that one act moved, a line for each manner."""
    posted = [e for e in event.entries if e.reverses_id is None and _may_read(e, complaint)]
    taken_back = [e for e in event.entries if e.reverses_id is not None and _may_read(e, complaint)]
    confirmed = [e for e in _readable(complaint) if e.confirmed_by_id == event.id]
    manners = (
        (N_("Provisional: %(points)s"), [e for e in posted if _was_provisional(e)]),
        (N_("Final: %(points)s"), [e for e in posted if not _was_provisional(e)]),
        (N_("Now final: %(points)s"), confirmed),
        (N_("Taken back: %(points)s"), taken_back),
    )
    return [_(words, points=_listed(entries)) for words, entries in manners if entries]


def _was_provisional(entry: ScoreEntry) -> bool:
    return entry.status is PROVISIONAL or entry.confirmed_by_id is not None


def _listed(entries: list[ScoreEntry]) -> str:
    return case_words.series(f"{_name(entry)} {signed(entry.points)}" for entry in entries)


def signed(points: Decimal) -> str:
    """−10 · +2.5 · 0, as people say it."""
    return f"+{filters.score(points)}" if points > 0 else filters.score(points)


def balance_note(complaint: Complaint) -> str:
    """What the entries of the respondent mean for their month, in one sentence."""
    own = [entry for entry in _readable(complaint) if entry.person_id == complaint.respondent_id]
    if not own or complaint.respondent is None:
        return ""
    month = own[-1].month
    values = {
        "name": _("you") if complaint.respondent_id == me().id else complaint.respondent.name,
        "month": case_words.month(month),
        "score": filters.score(office().balance(complaint.respondent, month)),
    }
    if sum(entry.points for entry in own if entry.status is PROVISIONAL) != 0:
        return _("Provisional points do not count yet: in %(month)s %(name)s now has %(score)s points.", **values)
    return _("In %(month)s %(name)s now has %(score)s points.", **values)


def outcomes(complaint: Complaint) -> list[Outcome]:
    """For the respondent: what stands now and what each decision would make of it, by the case's own pack."""
    own = [e for e in _readable(complaint) if e.status is PROVISIONAL and e.person_id == me().id]
    at_stake = sum((e.points for e in own), Decimal(0))
    if at_stake == 0 or complaint.state not in OUTCOMES:
        return []
    month = own[-1].month
    ways = OUTCOMES[complaint.state]
    return [_as_it_is(at_stake, month), *(_outcome(way, at_stake, month, complaint) for way in ways)]


# Ways out by state: the name, and what becomes of the provisional points.
UPHELD, STANDS, OPEN, VARIED = "upheld", "stands", "open", "varied"
OUTCOMES: dict[ComplaintState, tuple[tuple[str, str], ...]] = {
    S.ASSIGNED: (
        (N_("Accepted, or not answered in time"), STANDS),
        (N_("You appeal"), OPEN),
    ),
    S.APPEALED: (
        (N_("Your head submits the appeal"), OPEN),
        (N_("Your head does not submit it"), STANDS),
    ),
    S.RULING: (
        (N_("Appeal upheld"), UPHELD),
        (N_("Appeal dismissed"), STANDS),
        (N_("Varied"), VARIED),
    ),
}


def _as_it_is(at_stake: Decimal, month: str) -> Outcome:
    now = filters.score(office().balance(me(), month))
    then = _("Does not count yet; %(month)s stays at %(score)s points", month=case_words.month(month), score=now)
    return Outcome(_("Now, undecided"), _("%(points)s provisional", points=signed(at_stake)), "", then)


def _outcome(way: tuple[str, str], at_stake: Decimal, month: str, complaint: Complaint) -> Outcome:
    name, effect = _(way[0]), way[1]
    if effect == UPHELD:
        return Outcome(name, "0", "gd-plus", _("The form is void, the provisional points are taken back"))
    if effect == OPEN:
        return Outcome(
            name, _("%(points)s provisional", points=signed(at_stake)), "", _("Nothing changes until the ruling")
        )
    if effect == VARIED:
        return Outcome(name, _by_severity(pack_of(complaint.regulation_version)), "", _varied())
    return Outcome(name, signed(at_stake), "gd-minus", _month_after(at_stake, month))


def _month_after(at_stake: Decimal, month: str) -> str:
    final = office().sums([me()], month).get(("person", me().id), {}).get(FINAL, Decimal(0))
    score = max(FLOOR, START + final + at_stake)
    return _("%(month)s comes to %(score)s points", month=case_words.month(month), score=filters.score(score))


def _by_severity(pack: Pack) -> str:
    price = pack.price("complaint", "assign")
    return " / ".join(signed(price.of("respondent", severity)) for severity in Severity)


def _varied() -> str:
    names = " / ".join(label(severity) for severity in Severity)
    return _("Taken back first, then posted anew for the new severity (%(names)s) or person", names=names)
