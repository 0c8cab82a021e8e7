"""What is added to a penalty beside its steps: remarks, files, the check of special protection, the union's notice;
and handing it over for good.
"""

from flask.typing import ResponseReturnValue

from web.penalty_acts import DESK
from web.penalty_bp import bp
from web.session import actor, now
from workflow import handing_over, penalty_remark


@bp.post("/penalties/<number>/remarks")
def remark(number: str) -> ResponseReturnValue:
    """Add words or files to a penalty that is not decided yet."""
    return DESK.carry_out(
        number, "remark",
        lambda penalty, form: penalty_remark.remark(penalty, by=actor(), at=now(), **form.arguments()),
    )  # fmt: skip


@bp.post("/penalties/<number>/protection")
def check_protection(number: str) -> ResponseReturnValue:
    """Human resources record the check of special protection."""
    return DESK.carry_out(
        number, "check_protection",
        lambda penalty, form: penalty_remark.check_protection(penalty, by=actor(), at=now(), **form.arguments()),
    )  # fmt: skip


@bp.post("/penalties/<number>/union-notice")
def tell_union(number: str) -> ResponseReturnValue:
    """The head or human resources add the union's notice."""
    return DESK.carry_out(
        number, "tell_union",
        lambda penalty, form: penalty_remark.tell_union(penalty, by=actor(), at=now(), **form.arguments()),
    )  # fmt: skip


@bp.post("/penalties/<number>/hand-over")
def hand_over(number: str) -> ResponseReturnValue:
    """The head's steps are somebody else's from now on."""
    return DESK.carry_out(
        number, "hand_over",
        lambda penalty, form: handing_over.hand_over(penalty, by=actor(), at=now(), **form.arguments()),
    )  # fmt: skip
