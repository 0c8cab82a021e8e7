"""Who logs complaints: asked of the rule itself, so that page and process agree."""

from models import Complaint
from web.session import actor, now
from workflow import complaint as verbs
from workflow.process import Refused, Step


def require_customer_relations() -> None:
    """Refuses everybody but customer relations and whoever stands in for them."""
    if (objection := verbs.FILE.by(Step(Complaint(), actor(), now()))) is not None:
        raise Refused([objection], verbs.FILE.id)
