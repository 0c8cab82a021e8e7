"""The examination before a dismissal (解除审查): six questions, what is known of each, and which are open.

Only the union's notice blocks; every other open item needs the general manager's written reason.
The answers are recorded in the event and printed in the letter.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from models import Letter, Penalty, PenaltyState, Person, RegulationAcknowledgement
from workflow.process import Step
from workflow.regulation import pack_of

if TYPE_CHECKING:
    from workflow.escalation import Standing

S = PenaltyState
DECISIONS = ("first_penalty_notice", "second_penalty_notice", "dismissal_notice", "fine_notice")


@dataclass(frozen=True)
class Item:
    """One question of the examination and what is known of it, in both languages, as letters need them."""

    key: str
    is_open: bool
    zh: str
    en: str

    def said(self) -> dict[str, Any]:
        """What the event keeps and the letter prints."""
        return {"key": self.key, "is_open": self.is_open, "zh": self.zh, "en": self.en}


def examination(penalty: Penalty, step: Step[Penalty], standing: "Standing") -> list[Item]:
    """The six items in the order of the form."""
    return [
        _regulation(penalty, step), _facts(penalty), _earlier(penalty, standing.counted, step),
        _once(step), _union(penalty, step), _protection(penalty),
    ]  # fmt: skip


def _regulation(penalty: Penalty, step: Step[Penalty]) -> Item:
    version, known = penalty.regulation_version, acknowledged_at(penalty, step)
    in_time = known is not None and step.actor.office.calendar.day_of(known) <= offence_day(penalty, step)
    title = pack_of(version).title
    since = version.in_force_from
    zh, en = (
        [f"《{title.zh}》{version.edition}版自{_zh_day(since)}起施行"],
        [f"{title.en}, edition {version.edition}, in force from {_en_day(since)}"],
    )
    if version.adoption:
        adoption = version.adoption.rstrip("。.；; ")
        zh.append(f"制定与公示：{adoption}")
        en.append(f"adopted: {adoption}")
    else:
        zh.append("制定与公示程序未记载")
        en.append("how it was adopted is not recorded")
    name = penalty.respondent.name
    day = step.actor.office.calendar.day_of(known) if known else None
    zh.append(f"{name}于{_zh_day(day)}签收" if day else f"{name}尚未签收")
    en.append(f"acknowledged by {name} on {_en_day(day)}" if day else f"not acknowledged by {name}")
    return Item("regulation", not version.adoption or not in_time, "；".join(zh) + "。", "; ".join(en) + ".")


def acknowledged_at(penalty: Penalty, step: Step[Penalty]) -> datetime | None:
    """When the respondent acknowledged the edition that applies."""
    session = step.actor.office.session
    query = select(RegulationAcknowledgement.acknowledged_at).where(
        RegulationAcknowledgement.version_id == (penalty.fine_version_id or penalty.regulation_version_id),
        RegulationAcknowledgement.person_id == penalty.respondent_id,
    )
    with session.no_autoflush:
        return session.scalar(query)


def _facts(penalty: Penalty) -> Item:
    count = len(penalty.attachments)
    zh, en = (
        [f"证据材料{count}件"] if count else [],
        [f"{count} piece{'s' if count > 1 else ''} of evidence"] if count else [],
    )
    if penalty.complaint is not None:
        zh.append(f"客诉 {penalty.complaint.number}")
        en.append(f"complaint {penalty.complaint.number}")
    if not zh:
        return Item("facts", True, "案卷中没有证据材料。", "There is no evidence in the file.")
    return Item("facts", False, "案卷中有" + "、".join(zh) + "。", "In the file: " + ", ".join(en) + ".")


def _earlier(penalty: Penalty, counted: Sequence[Penalty], step: Step[Penalty]) -> Item:
    """Each of the earlier penalties must have been served before the next offence."""
    pairs = _with_the_next_offence(penalty, counted, step)
    late = [earlier.number for earlier, day in pairs if not _served_by(earlier, day, step)]
    if late:
        return Item("earlier", True, f"处罚 {'、'.join(late)} 未见在下一次违规之前送达的记录。",
                    f"Not known to be served before the next offence: penalty {', '.join(late)}.")  # fmt: skip
    return Item("earlier", False, f"此前{len(counted)}次处罚有效，且均在下一次违规之前送达。",
                f"{len(counted)} earlier penalties are in force, each served before the next offence.")  # fmt: skip


def _with_the_next_offence(
    penalty: Penalty, counted: Sequence[Penalty], step: Step[Penalty]
) -> list[tuple[Penalty, date]]:
    following = [*counted[1:], penalty]
    return [(earlier, offence_day(later, step)) for earlier, later in zip(counted, following, strict=True)]


def offence_day(penalty: Penalty, step: Step[Any]) -> date:
    """The day of the offence, or the day on which the company came to know."""
    return penalty.occurred_on or step.actor.office.calendar.day_of(penalty.known_at)


def _served_by(penalty: Penalty, day: date, step: Step[Penalty]) -> bool:
    served = served_at(decision_of(penalty), penalty.respondent)
    return served is not None and step.actor.office.calendar.day_of(served) < day


def decision_of(penalty: Penalty) -> Letter | None:
    """The letter by which the penalty was approved."""
    letters = (letter for event in penalty.events for letter in event.letters)
    return next((letter for letter in letters if letter.kind in DECISIONS), None)


def served_at(letter: Letter | None, person: Person) -> datetime | None:
    """When the letter reached the person: acknowledged by them, or recorded as served."""
    if letter is None:
        return None
    moments = [row.acknowledged_at for row in letter.recipients if row.person_id == person.id]
    moments += [row.at for row in letter.services if row.person_id == person.id]
    return min((moment for moment in moments if moment is not None), default=None)


def _once(step: Step[Penalty]) -> Item:
    other = other_penalty_for(step)
    if other is not None:
        return Item("once", True, f"处罚 {other.number} 涉及同一行为或者同一天。",
                    f"Penalty {other.number} concerns the same act or the same day.")  # fmt: skip
    return Item("once", False, "这一行为没有其他处罚。", "There is no other penalty for this act.")


def other_penalty_for(step: Step[Penalty]) -> Penalty | None:
    """Another penalty of the same person for the same complaint or, without one, for an act of the same day."""
    penalty, session = step.subject, step.actor.office.session
    if penalty.complaint_id is None and penalty.occurred_on is None:
        return None
    same_act = (
        Penalty.complaint_id == penalty.complaint_id
        if penalty.complaint_id is not None
        else Penalty.occurred_on == penalty.occurred_on
    )
    query = select(Penalty).where(
        Penalty.respondent_id == penalty.respondent_id, same_act, Penalty.state.not_in((S.DROPPED, S.REVOKED))
    )
    if penalty.id is not None:
        query = query.where(Penalty.id != penalty.id)
    with session.no_autoflush:
        return session.scalars(query.order_by(Penalty.id)).first()


def _union(penalty: Penalty, step: Step[Penalty]) -> Item:
    notice = step.said.get("union_notice") or penalty.union_notice
    if notice:
        return Item("union", False, notice, notice)
    return Item("union", True, "尚未通知工会，或者没有记录工会的答复。",
                "The union has not been told, or its answer is not recorded.")  # fmt: skip


def _protection(penalty: Penalty) -> Item:
    if penalty.protection:
        return Item("protection", False, f"人事行政部已核查：{penalty.protection}",
                    f"Checked by human resources: {penalty.protection}")  # fmt: skip
    return Item("protection", True, "人事行政部尚未填写核查结果。", "Human resources have not recorded their finding.")


def _zh_day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _en_day(day: date) -> str:
    return f"{day.day} {day:%B} {day.year}"
