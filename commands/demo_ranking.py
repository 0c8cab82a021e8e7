"""The demo's sales consultants: two months of answers and units sold; the earlier month is ranked and rewarded, a
training is planned from its weakest item, and the later one waits for its head to publish it.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy.orm import Session

from models import Assessment, Person
from workflow import item_fines, ranking, reward, reward_list, training
from workflow.assessment_pack import AssessmentPack
from workflow.assessment_period import Period
from workflow.office import Office
from workflow.training import Wish

SALES, HEAD, MANAGER = "sales-satisfaction", "sales.chen", "gm.zhou"
DEPARTMENT = "sales"
ANSWERS_EACH = 4
# The manager decides two days ago: the next pay day pays it out.
DECIDED = timedelta(days=2)
TOPIC, TRAINER = "薄弱项目复盘与情景演练", "陈晓东"

Post = Callable[..., None]


def post(pack: AssessmentPack, period: Period, person: Person, chance: Random, keep: Post) -> None:
    """Answer sheets by item, and the units sold; nothing of those who do not sell."""
    items = sorted(pack.sources["answers"].fields["item"].choices or {})
    keen = chance.randint(90, 96)
    rows: list[dict[str, Any]] = [
        {"item": item, "score": min(100, keen + chance.choice((-6, -2, 0, 1, 3)))}
        for item in items
        for _nth in range(ANSWERS_EACH)
    ]
    keep(pack, "answers", period, person, *rows)
    keep(pack, "sales", period, person, {"units": chance.randint(4, 14)})


def follow(session: Session, office: Office, of: Assessment, people: dict[str, Person], now: datetime) -> None:
    """Publish the ranking of a closed month, grant its rewards, propose a fine, plan a training."""
    at = now - DECIDED
    head, manager = office.actor(people[HEAD], at), office.actor(people[MANAGER], at)
    ranking.publish(session, of, by=head, at=at)
    for each in reward_list.waiting(session, manager):
        if not each.is_shared:
            locked = reward.locked(session, each.number)
            if locked is not None:
                reward.decide(locked, granted=True, decision="", by=manager, at=at)
    fines = [each for each in item_fines.due(session, of) if each.person.username != HEAD]
    if fines:
        item_fines.set_aside(session, of, fines[0].key, reason="仅个别答卷偏低，先安排培训。", by=head, at=at)
    _train(session, office, of, people, at)
    session.flush()


def _train(session: Session, office: Office, of: Assessment, people: dict[str, Person], at: datetime) -> None:
    head = office.actor(people[HEAD], at)
    weak = next((each for each in training.weakest(session, of, head) if each.below), None)
    if weak is None:
        return
    those = [who.person for who, _figure in weak.below if who.person is not None and not who.person.has_left_at(at)]
    day = (at + timedelta(days=6)).astimezone(office.calendar.zone).date()
    if those:
        wish = Wish(weak.measure, weak.item, TOPIC, day, TRAINER, those)
        training.plan(session, of, wish, by=head, at=at)
