"""The state diagram of a case, drawn from the table of rules, with the same in words beside it.

Drawn once for each language by `dot`; the present state is marked in the finished drawing. Where
`dot` is missing, or fails, the table in words stands alone.
"""

import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

import graphviz
from flask_babel import get_locale
from flask_babel import gettext as _
from markupsafe import Markup

from models import ComplaintState, PenaltyState
from web import case_words, penalty_words
from web.case_course import COURSE, COURSE_WITH_APPEAL
from web.label import chip, label
from web.log import logger
from workflow import act_words
from workflow.complaint import COMPLAINT
from workflow.penalty import PENALTY
from workflow.process import Process

SECONDS = 10
BEGIN = "begin"
FONT = "Noto Sans CJK SC"
# An element's title would show the name of the node as a tooltip; what it says stands in its label.
TITLE = re.compile(r"<title>[^<]*</title>\s*")
COMMENT = re.compile(r"<!--.*?-->\s*", re.DOTALL)
# `dot` measures in points; a page shows as many pixels.
SIZE = re.compile(r'<svg width="(\d+)pt" height="(\d+)pt"')


@dataclass(frozen=True)
class Transition:
    """One rule in words: from where, by what act of whom, to where."""

    source: str
    act: str
    by: str
    dest: str
    rule: str
    is_from_here: bool


@dataclass(frozen=True)
class Diagram:
    """The drawing, or nothing, and the same as a table."""

    drawing: Markup | None
    transitions: list[Transition]


@dataclass(frozen=True)
class Drawn:
    """One process as it is drawn: its rules, the words of its acts, and which states lie in one line."""

    process: Process  # type: ignore[type-arg]
    words: Mapping[str, act_words.Words]
    course: tuple[StrEnum, ...]
    order: tuple[StrEnum, ...]
    aside: tuple[StrEnum, ...] = ()


A_COMPLAINT = Drawn(COMPLAINT, case_words.WORDS, COURSE, COURSE_WITH_APPEAL, (ComplaintState.WITHDRAWN,))
_P = PenaltyState
A_PENALTY = Drawn(
    PENALTY, penalty_words.WORDS, (_P.PROPOSED, _P.HEARD, _P.SUBMITTED, _P.ISSUED, _P.FINAL, _P.SETTLED),
    (_P.PROPOSED, _P.HEARD, _P.SUBMITTED, _P.ISSUED, _P.APPEALED, _P.FINAL, _P.SETTLED), (_P.DROPPED,),
)  # fmt: skip
PROCESSES = {drawn.process.name: drawn for drawn in (A_COMPLAINT, A_PENALTY)}


def of(present: StrEnum, process: str = COMPLAINT.name) -> Diagram:
    """The diagram of a process with the present state of a case marked."""
    drawing = _drawn(str(get_locale()), process)
    return Diagram(_marked(drawing, present) if drawing else None, _transitions(present, PROCESSES[process]))


def unmarked(process: str = COMPLAINT.name) -> Markup | None:
    """The drawing alone, for a page that is about no single case."""
    drawing = _drawn(str(get_locale()), process)
    return Markup(drawing) if drawing else None  # noqa: S704 - our own drawing, escaped by dot


def _marked(drawing: str, present: StrEnum) -> Markup:
    node = f'state_{present.value}" class="node'
    return Markup(drawing.replace(node, f"{node} is-now", 1))  # noqa: S704 - our own drawing, escaped by dot


@cache
def _drawn(_language: str, process: str) -> str:
    """The drawing in the language of this request; empty where it cannot be drawn."""
    try:
        svg = _graph(PROCESSES[process]).pipe(format="svg", encoding="utf-8", quiet=True)
    except (graphviz.ExecutableNotFound, subprocess.SubprocessError, OSError) as error:
        logger.warning("the state diagram is shown in words only", error=str(error))
        return ""
    return _as_part_of_a_page(svg, process)


def _as_part_of_a_page(svg: str, process: str) -> str:
    # Two drawings can share a page, and an id is on it once.
    svg = svg[svg.index("<svg") :].replace(' id="', f' id="{process}_')
    svg = SIZE.sub(r'<svg class="gd-diagram" width="\1" height="\2" aria-hidden="true" focusable="false"', svg, count=1)
    return COMMENT.sub("", TITLE.sub("", svg))


def _graph(drawn: Drawn) -> graphviz.Digraph:
    process = drawn.process
    graph = graphviz.Digraph(engine="dot")
    graph.attr(rankdir="LR", bgcolor="transparent", nodesep="0.3", ranksep="0.25", fontname=FONT)
    graph.attr("node", shape="box", style="rounded", fontname=FONT, fontsize="13", height="0.42", margin="0.14,0.06")
    graph.attr("edge", fontname=FONT, fontsize="11", arrowsize="0.7")
    graph.node(BEGIN, label="", shape="circle", width="0.16", height="0.16", id="state_begin")
    for state in process.states:
        ends = "2" if state in process.final_states() else "1"
        course = {"group": "course"} if state in drawn.course else {}
        graph.node(state.value, label=label(state), id=f"state_{state.value}", peripheries=ends, **course)
    for source, dest, acts in _edges(drawn):
        graph.edge(source, dest, label=f" {acts} ", **_manner(source, dest, drawn))
    return graph


def _manner(source: str, dest: str, drawn: Drawn) -> dict[str, str]:
    """The ordinary course lies in one straight line; what leads back or out bends around it."""
    if source == BEGIN:
        return {"weight": "100"}
    if dest in drawn.aside:
        return {"style": "dashed", "weight": "0"}
    places = {state.value: place for place, state in enumerate(drawn.order)}
    if source in places and dest in places and places[dest] <= places[source]:
        return {"constraint": "false"}
    along = source in drawn.course and dest in drawn.course
    return {"weight": "100" if along else "1"}


def _edges(drawn: Drawn) -> list[tuple[str, str, str]]:
    """Each pair of states once, with every act that leads from the one to the other."""
    acts: dict[tuple[str, str], list[str]] = {}
    for rule in drawn.process.rules:
        for source in rule.source or (None,):
            if rule.dest is None and source is not None and drawn is A_PENALTY:
                continue  # what changes no state would hang at four states each; the table names it
            dest = rule.dest or source
            assert dest is not None, "what opens a case leads to a state"
            pair = (source.value if source else BEGIN, dest.value)
            acts.setdefault(pair, []).append(_(drawn.words[rule.name].short))
    return [(source, dest, " / ".join(dict.fromkeys(names))) for (source, dest), names in acts.items()]


def _transitions(present: StrEnum, drawn: Drawn) -> list[Transition]:
    """The same as a table; what leads away from the present state comes first."""
    found = dict.fromkeys(
        Transition(chip(source).label, _(drawn.words[rule.name].choose), _(BY[rule.by.name]),
                   label(rule.dest or source), rule.id, source is present)
        for rule in drawn.process.rules for source in rule.source
    )  # fmt: skip
    return sorted(found, key=lambda transition: not transition.is_from_here)


BY = {
    "customer_relations": case_words.N_("Customer relations"),
    "department_head": case_words.N_("Department head"),
    "general_manager": case_words.N_("General manager"),
    "human_resources": case_words.N_("Human resources"),
    "respondent": case_words.N_("Respondent"),
    "review_body": case_words.N_("Who rules on appeals"),
    "system": case_words.N_("Deadline"),
}
