"""Who logs and assigns complaints: asked of the rule itself, so that page and process agree."""

from models import Complaint
from web.session import actor, now
from workflow import complaint as verbs
from workflow.process import Objection, Refused, Step


def require_customer_relations() -> None:
    """Refuses everybody but customer relations and whoever stands in for them."""
    if (objection := _objection()) is not None:
        raise Refused([objection], verbs.FILE.id)


def is_customer_relations() -> bool:
    return _objection() is None


def _objection() -> Objection | None:
    return verbs.FILE.by(Step(Complaint(), actor(), now()))
