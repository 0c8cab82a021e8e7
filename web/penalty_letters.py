"""The letters of a penalty as they lie on the shelf. Who may read which of them is said in `workflow.reading`."""

from models import Letter, Penalty
from web import case_letters, filters, moment, penalty_words
from web.case_letters import OnShelf
from web.session import actor, me
from workflow import reading
from workflow.dismissal import DECISIONS

# What was decided and carries the seal.
SEALED = (*DECISIONS, "no_penalty_notice", "revocation_notice", "sustained_ruling", "regrade_notice",
          "reinstatement_ruling")  # fmt: skip


def shelf(penalty: Penalty) -> list[OnShelf]:
    """The letters that this reader may read, the newest first."""
    letters = [letter for event in penalty.events for letter in event.letters if reading.may_read(letter, actor())]
    return [_on_shelf(letter, penalty) for letter in letters[::-1]]


def _on_shelf(letter: Letter, penalty: Penalty) -> OnShelf:
    mine = next((r for r in letter.recipients if r.person_id == me().id), None)
    ack, sign = case_letters.acknowledged(letter, mine)
    return OnShelf(
        title=penalty_words.letter_title(letter.kind), number=filters.letter_number(letter),
        short_number=f"{letter.seq}号", url=case_letters.address("letter.show", letter),
        acknowledge_url=case_letters.address("letter.acknowledge", letter), dated=moment.day(letter.issued_at),
        ack=ack, ack_sign=sign, is_decision=letter.kind in SEALED,
        is_void=letter.kind in DECISIONS and penalty.revoked_at is not None,
        waits_for_me=mine is not None and mine.acknowledged_at is None,
    )  # fmt: skip
