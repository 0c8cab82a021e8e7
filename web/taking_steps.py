"""Acting in a case of any kind: load it locked, let what fell due happen first, take one step, commit, look again.

Whether a step may be taken is the rules' business. What is here refuses malformed input beside its field,
tells whoever came too late what has happened meanwhile, and loses nothing that was typed.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Generic, TypeVar

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from models import Complaint, Event, Letter, Penalty
from web import acting, errors
from web.after import after_commit
from web.case_forms import ActForm
from web.case_moved import moved_since
from web.language import is_chinese
from web.session import db, start_over
from workflow.process import INVALID, MOVED_ON, Objection, Offer, Refused, moved_on

C = TypeVar("C", Complaint, Penalty)


@dataclass(frozen=True)
class Tried:
    """A form that came back: which act was tried, and the form with what was typed and what is wrong with it."""

    action: str
    form: ActForm


@dataclass(frozen=True)
class Desk(Generic[C]):
    """What acting takes of one kind of case.

    `offered` are the acts that the table of rules knows; those `at_any_time` are taken even if the case has moved on
    since the page was drawn.
    """

    endpoint: str
    to_act_on: Callable[[str], C]
    seen: Callable[[str], C]
    show: Callable[[C, Tried], str]
    show_moved: Callable[[C], ResponseReturnValue]
    form_of: Callable[[str, C], type[ActForm]]
    offered: Collection[str]
    at_any_time: Collection[str]
    offers: Callable[[C], list[Offer[C]]]
    standing: Callable[[Offer[C]], tuple[Objection, ...]]
    done: Callable[[Event], str]
    named: Callable[[Letter], str]

    def carry_out(self, number: str, action: str, deed: Callable[[C, ActForm], Event]) -> ResponseReturnValue:
        """Load, check the shape, act, commit, look again; every refusal is answered in words."""

        def act(case: C, form: ActForm) -> ResponseReturnValue:
            event = deed(case, form)
            acting.spend(event)
            db().commit()
            after_commit()
            flash(self.told(event), "success")
            return redirect(url_for(self.endpoint, number=number, _anchor="main"), 303)

        return self.with_form(number, action, act)

    def with_form(
        self, number: str, action: str, use: Callable[[C, ActForm], ResponseReturnValue]
    ) -> ResponseReturnValue:
        """What `use` answers to the case and its valid form; where either is not as it has to be, that in words."""
        case = self.to_act_on(number)
        if action not in self.at_any_time and moved_since(case) is not None:
            return self.show_moved(case)
        form = self.form_of(action, case)()
        try:
            self._refuse_if_closed(case, action)
            return use(case, form) if form.validate() else self.again(number, Tried(action, form))
        except Refused as refusal:
            return self._refused(refusal, number, Tried(action, form))
        except (StaleDataError, IntegrityError):
            start_over()
            return self.show_moved(self.seen(number))

    def _refuse_if_closed(self, case: C, action: str) -> None:
        """A step that is not open to this person now is refused before its form is read."""
        if action not in self.offered:
            return
        offer = next((offer for offer in self.offers(case) if offer.name == action), None)
        if offer is None:
            raise Refused([moved_on(case.state)])
        if objections := self.standing(offer):
            raise Refused(objections, offer.rule.id)

    def _refused(self, refusal: Refused, number: str, tried: Tried) -> ResponseReturnValue:
        if refusal.code == MOVED_ON:
            start_over()
            return self.show_moved(self.seen(number))
        if any(objection.code != INVALID for objection in refusal.objections):
            return errors.refused(refusal)
        tried.form.object_to(refusal.objections)
        return self.again(number, tried)

    def again(self, number: str, tried: Tried) -> ResponseReturnValue:
        """The page once more, with what was typed and what is wrong with it."""
        start_over()
        return self.show(self.seen(number), tried), 422

    def told(self, event: Event) -> str:
        """What was done, and which letter went to how many."""
        done = _("Done: you %(act)s.", act=self.done(event))
        letter = next(iter(event.letters), None)
        return done if letter is None else f"{done}{'' if is_chinese() else ' '}{self._letter_told(letter)}"

    def _letter_told(self, letter: Letter) -> str:
        named, people = self.named(letter), len(letter.recipients)
        if not people:
            return _("On file: %(letter)s.", letter=named)
        return ngettext(
            "Sent to %(num)s person: %(letter)s.", "Sent to %(num)s people: %(letter)s.", people, letter=named
        )
