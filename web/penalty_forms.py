"""What each act on a penalty asks for. One form an act; its values are the arguments of the act's verb."""

from flask_babel import lazy_gettext

from models import LadderStep, Penalty
from web.case_fields import DayField, FilesField, Words, YesNo
from web.case_forms import FILES, ActForm, HandOver, Reasoned, Remark
from web.penalty_step import present_or_intended


class Defend(ActForm):
    statement = Words(
        lazy_gettext("Your statement"), required=lazy_gettext("Write your statement, or waive it."), rows=5
    )
    files = FilesField(FILES)


class Nothing(ActForm):
    """An act that asks for nothing."""


class Submit(ActForm):
    opinion = Words(lazy_gettext("Your opinion"), rows=3)


class SubmitDismissal(Submit):
    union_notice = Words(
        lazy_gettext("The union's notice and its answer"),
        required=lazy_gettext("A dismissal needs the union’s notice first. Add it, then submit."),
        need=lazy_gettext("required before a dismissal"),
    )


class Approve(ActForm):
    opinion = Words(lazy_gettext("Opinion"), rows=2)


class ApproveDismissal(ActForm):
    open_reason = Words(lazy_gettext("Why it is approved although items are open"), rows=2)
    ends_on = DayField(lazy_gettext("Last day of employment (today if left empty)"))
    opinion = Words(lazy_gettext("Opinion"), rows=2)


class Appeal(ActForm):
    grounds = Words(
        lazy_gettext("Grounds"),
        required=lazy_gettext("State the grounds of the appeal; they are printed in the appeal form."),
        rows=5,
    )
    files = FilesField(FILES)


class Reinstate(Reasoned):
    reinstated = YesNo(lazy_gettext("Does the person come back?"))


class Decision(ActForm):
    """All that the decisions may ask, as one form on the page; none of it is required before one is chosen."""

    open_reason = Words(lazy_gettext("Why it is approved although items are open"), rows=2)
    ends_on = DayField(lazy_gettext("Last day of employment (today if left empty)"))
    opinion = Words(lazy_gettext("Opinion"), rows=2)
    reinstated = YesNo(lazy_gettext("Does the person come back?"))
    reason = Words(lazy_gettext("Reason (required, printed in the letter)"), rows=3)

    @classmethod
    def typed(cls, tried: ActForm) -> "Decision":
        """What was typed, with the problems found in the form of the one decision that was tried."""
        form = cls()
        for field in tried:
            if field.name in form._fields:
                form._fields[field.name].errors = field.errors
        form.form_errors = list(tried.form_errors)
        return form


class Protection(ActForm):
    finding = Words(
        lazy_gettext("What was checked and found"), required=lazy_gettext("Write what was checked and found."), rows=2
    )


class UnionNotice(ActForm):
    union_notice = Words(
        lazy_gettext("The union's notice and its answer"),
        required=lazy_gettext("Write when the union was told and what it answered."),
        rows=2,
    )


FORMS: dict[str, type[ActForm]] = {
    "defend": Defend, "waive": Nothing, "submit": Submit, "drop": Reasoned, "reject": Reasoned, "approve": Approve,
    "appeal": Appeal, "revoke": Reasoned, "sustain": Reasoned, "reinstate": Reinstate, "certify": Nothing,
    "remark": Remark, "check_protection": Protection, "tell_union": UnionNotice,
    "hand_over": HandOver,
}  # fmt: skip
FOR_A_DISMISSAL: dict[str, type[ActForm]] = {"submit": SubmitDismissal, "approve": ApproveDismissal}


def form_of(action: str, penalty: Penalty) -> type[ActForm]:
    """The form of an act; a dismissal asks for more."""
    if action in FOR_A_DISMISSAL and present_or_intended(penalty) is LadderStep.DISMISSAL:
        return FOR_A_DISMISSAL[action]
    return FORMS[action]


def asked_by(action: str, penalty: Penalty) -> list[str]:
    """The fields that a decision asks for inside its choice; a reason that several ways share stands below them."""
    return [name for name in _names(form_of(action, penalty)) if name != "reason" or action == "reject"]


def _names(form: type[ActForm]) -> list[str]:
    return [field.name for field in form(formdata=None).asked]
