"""What each copy of a penalty letter shows.

The full copy goes to those who prepare and take the decision. The respondent's copy hides the
customer and the leader's part, the leader's copy tells nothing but that part.
"""

from __future__ import annotations

from functools import partial

from pdf.prose import Content, change, hide, in_english, printable, printable_with_note
from pdf.words import Copy, Language

_PROSE = {
    "said": (*("facts", "statement", "opinion", "reason", "grounds", "union_notice", "open_reason", "answer", "note"),),
    "penalty": ("facts", "opinion", "union_notice"),
    "penalty.defence": ("statement",),
    "penalty.appeal": ("grounds",),
    "exam": ("open_reason",),
}
_LABELS = {"exam.items": ("zh", "en"), "regulation": ("adoption",)}

# A pay day's slip is about no single penalty.
_NO_PENALTY = dict.fromkeys(
    ("step", "facts", "opinion", "union_notice", "defence", "appeal", "complaint", "leader", "leader_points", "shares",
     "fine_fen", "commission", "decision", "counted")
)  # fmt: skip


def show(content: Content, *, lang: Language, copy: Copy) -> None:
    """Take out of the content what this copy does not show, and say to whom else it goes."""
    content["penalty"] = content["penalty"] or dict(_NO_PENALTY)
    in_english(content["penalty"], "facts", lang=lang)
    content["copied"] = [] if copy == "leader" else _copied(content)
    if copy != "full":
        _hide_the_customer(content)
    if copy == "respondent":
        _hide_the_leaders_part(content)
    elif copy == "leader":
        _keep_the_leaders_part(content)
    change(content, _PROSE, partial(printable_with_note, lang=lang))
    change(content, _LABELS, printable)


def _copied(content: Content) -> list[Content]:
    """Whoever else gets the letter; a leader gets one of their own and is not named to the respondent."""
    leader = content["penalty"]["leader"]
    of_their_own = [content["respondent"], *([leader] if leader != content["head"] else [])]
    return [who for who in content["recipients"] if who not in of_their_own]


def _hide_the_customer(content: Content) -> None:
    complaint = content["penalty"]["complaint"]
    hidden = partial(hide, name=complaint["customer_name"] or "" if complaint else "", also=[])
    change(content, _PROSE | _LABELS, hidden)
    content["attachments"] = [hidden(name) for name in content["attachments"]]
    if complaint:
        complaint["customer_name"] = None


def _hide_the_leaders_part(content: Content) -> None:
    _keep(content, joint=False)
    content["penalty"] |= {"leader": None, "leader_points": None}
    if content["penalty"]["shares"]:
        content["penalty"]["shares"]["leader"] = None


def _keep_the_leaders_part(content: Content) -> None:
    _keep(content, joint=True)
    content["said"] = dict.fromkeys(content["said"])
    content["penalty"] |= dict.fromkeys(("facts", "defence", "opinion", "union_notice", "appeal", "commission"))
    content["penalty"]["counted"] = []
    if content["penalty"]["shares"]:
        content["penalty"]["shares"] |= {"person": None, "company": None}
    content |= dict.fromkeys(("exam", "ending", "change")) | {"attachments": [], "refs": []}


def _keep(content: Content, *, joint: bool) -> None:
    for kept in ("entries", "money"):
        content[kept] = [line for line in content[kept] if line["joint"] is joint]
