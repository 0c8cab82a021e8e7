"""What belongs to an assessment, as links of its page: each stands where it exists for the reader."""

from flask import url_for
from flask_babel import gettext as _

from models import Assessment
from web.session import actor, db
from workflow import assessment_roles, ranking, rating_rounds, suggestion, training
from workflow.assessment_run import pack_for


def ranking_of(of: Assessment) -> str:
    """Where the ranking or the fines stand; empty where there are none for the reader."""
    return url_for("ranking.show", key=of.id) if has_ranking(of) else ""


def has_ranking(of: Assessment) -> bool:
    """Whether there is such a page for the reader: a ranking, or fines that people's figures lead to."""
    return of.kind == "person" and ranking.attaches_anything(pack_for(of)) and (
        ranking.may_look(of, db(), actor()))  # fmt: skip


def ranking_title(of: Assessment) -> str:
    return _("Ranking") if ranking.is_ranked(pack_for(of)) else _("Fines")


def links(of: Assessment) -> list[tuple[str, str, str]]:
    """Words, address and sign of each."""
    pack, found = pack_for(of), []
    if of.kind == "person" and rating_rounds.sources(pack) and assessment_roles.runs(pack.owner, actor()):
        found.append((_("Ratings"), url_for("rating_rounds.index", key=of.id), "people"))
    if place := ranking_of(of):
        found.append((ranking_title(of), place, "list-ol"))
    if of.kind == "person" and training.trains(pack) and assessment_roles.sees_all(pack.owner, actor()):
        found.append((_("Weak items and training"), url_for("training.of_assessment", key=of.id), "mortarboard"))
    if suggestion.suggested(db(), of, actor()):
        found.append((_("Suggestions"), url_for("suggestion.show", key=of.id), "lightbulb"))
    return found
