"""Rewards as cases with money and letters."""

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

CASES = ("complaint", "penalty", "scorecard", "payday", "plan")
STATES = ("proposed", "granted", "declined", "withdrawn")
HELD_ONCE_DECIDED = (
    "year", "seq", "person_id", "regulation_version_id", "rule", "amount", "reason", "source", "proposed_at",
    "proposed_by_id", "decided_at", "decided_by_id", "granted", "decision", "month", "place", "most",
)  # fmt: skip
NOW_GIVES = {
    "gives": "kind <> 'refund' OR amount > 0",
    "rewards": "kind <> 'reward' OR (amount > 0) = (reverses_id IS NULL)",
    "given_by_a_reward": "(kind = 'reward') = (reward_id IS NOT NULL)",
    "charged_by_a_penalty": "(kind IN ('carry', 'reward')) = (penalty_id IS NULL)",
}
GAVE = {
    "gives": "kind NOT IN ('reward', 'refund') OR amount > 0",
    "charged_by_a_penalty": "(kind = 'carry') = (penalty_id IS NULL)",
}
PAYS = {
    "of_a_penalty_or_a_reward": "(penalty_id IS NULL) <> (reward_id IS NULL)",
    "a_reward_is_paid_out": "reward_id IS NULL OR amount < 0",
}


def upgrade() -> None:
    _rewards_have_states()
    _events_of_rewards()
    _money_of_rewards()


def _rewards_have_states() -> None:
    """What was granted before there was money to it is put before the general manager once more."""
    _drop_hold("hold_reward_6", "reward")
    states = ", ".join(f"'{state}'" for state in STATES)
    op.execute(
        "ALTER TABLE reward ADD COLUMN state VARCHAR(24) NOT NULL DEFAULT 'proposed'"
        f" CONSTRAINT ck_reward_state CHECK (state IN ({states}))"
    )
    op.execute(
        "UPDATE reward SET decided_at = NULL, decided_by_id = NULL, granted = NULL, decision = NULL, month = NULL"
        " WHERE granted"
    )
    op.execute("UPDATE reward SET state = 'declined' WHERE granted IS NOT NULL")
    for column, check in {
        "place INTEGER": "CONSTRAINT ck_reward_place_from_one CHECK (place IS NULL OR place > 0)",
        "most BIGINT": "CONSTRAINT ck_reward_no_more_than_the_highest"
                       " CHECK (most IS NULL OR (most >= amount AND place IS NOT NULL))"
                       " CONSTRAINT ck_reward_shared_with_a_reason"
                       " CHECK (most IS NULL OR granted IS NULL OR decision IS NOT NULL)",
        f"withdrawn_at {'DATETIME' if _is_sqlite() else 'TIMESTAMP'}": "CONSTRAINT ck_reward_state_as_decided"
                                  " CHECK ((state = 'proposed') = (decided_at IS NULL))",
        "withdrawn_by_id INTEGER": "CONSTRAINT fk_reward_withdrawn_by_id REFERENCES person (id)"
                                   " CONSTRAINT ck_reward_not_withdrawn_by_oneself"
                                   " CHECK (withdrawn_by_id IS NULL OR withdrawn_by_id <> person_id)",
        "withdrawn_because TEXT": "CONSTRAINT ck_reward_withdrawn_with_a_reason"
                                  " CHECK ((state = 'withdrawn') = (withdrawn_at IS NOT NULL)"
                                  " AND (withdrawn_at IS NULL) = (withdrawn_by_id IS NULL)"
                                  " AND (withdrawn_at IS NULL) = (withdrawn_because IS NULL))",
    }.items():  # fmt: skip
        op.execute(f"ALTER TABLE reward ADD COLUMN {column} {check}")
    changed = " OR ".join(f"NEW.{column} IS DISTINCT FROM OLD.{column}" for column in HELD_ONCE_DECIDED)
    _never("reward", "UPDATE", f"OLD.decided_at IS NOT NULL AND ({changed})", "changed once they are decided",
           "hold_reward_decided")  # fmt: skip
    _never("reward", "UPDATE", "OLD.withdrawn_at IS NOT NULL", "changed once they are withdrawn",
           "hold_reward_withdrawn")  # fmt: skip


def _events_of_rewards() -> None:
    with _made_anew("event") as batch:
        batch.drop_constraint(op.f("ck_event_about_one_case"), type_="check")
        batch.add_column(sa.Column("reward_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(batch.f("fk_event_reward_id"), "reward", ["reward_id"], ["id"])
        batch.create_check_constraint(op.f("ck_event_about_one_case"), _one_of(*CASES, "reward"))
        batch.create_unique_constraint(op.f("uq_event_reward_id_seq"), ["reward_id", "seq"])
    for column in ("actor_id", "acting_for_id"):
        name = "actor" if column == "actor_id" else "for"
        op.create_index(f"ix_event_{name}_reward", "event", [column, "reward_id"])
    connection = op.get_bind()
    rewards = connection.execute(sa.text("SELECT * FROM reward ORDER BY id")).mappings().all()
    for reward in rewards:
        previous = _tell(reward, 1, "propose", None, "proposed", {"reason": reward["reason"]}, "0" * 64)
        if reward["state"] == "declined":
            _tell(reward, 2, "decline", "proposed", "declined", {"decision": reward["decision"]}, previous)


def _tell(reward: Any, seq: int, action: str, was: str | None, now: str, said: dict[str, Any], previous: str) -> str:
    """The event of a step that was taken before rewards had events, as the product writes one."""
    proposes = action == "propose"
    at = reward["proposed_at"] if proposes else reward["decided_at"]
    at = datetime.fromisoformat(at) if isinstance(at, str) else at
    actor = reward["proposed_by_id"] if proposes else reward["decided_by_id"]
    signed_as = "proposer" if proposes else "general_manager"
    content = {
        "case": f"reward/{reward['year']}-{reward['seq']}", "seq": seq, "action": action, "rule": reward["rule"],
        "from": was, "to": now, "at": at.replace(tzinfo=UTC).isoformat(timespec="microseconds"), "actor": actor,
        "for": None, "as": signed_as, "said": said, "previous": previous,
    }  # fmt: skip
    canonical = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    columns = ("reward_id", "seq", "action", "rule", "from_state", "to_state", "at", "actor_id", "signed_as", "said",
               "previous_hash", "hash")  # fmt: skip
    table = sa.table("event", *(sa.column(name, sa.JSON() if name == "said" else None) for name in columns))
    values = (reward["id"], seq, action, reward["rule"], was, now, at, actor, signed_as, said, previous, digest)
    op.get_bind().execute(table.insert().values(dict(zip(columns, values, strict=True))))
    return digest


def _money_of_rewards() -> None:
    with _made_anew("money_entry") as batch:
        for name in GAVE:
            batch.drop_constraint(op.f(f"ck_money_entry_{name}"), type_="check")
        batch.add_column(sa.Column("reward_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(batch.f("fk_money_entry_reward_id"), "reward", ["reward_id"], ["id"])
        for name, check in NOW_GIVES.items():
            batch.create_check_constraint(op.f(f"ck_money_entry_{name}"), check)
    op.create_index("ix_money_entry_reward_id", "money_entry", ["reward_id"])
    with _made_anew("taken") as batch:
        batch.alter_column("penalty_id", existing_type=sa.Integer(), nullable=True)
        batch.add_column(sa.Column("reward_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(batch.f("fk_taken_reward_id"), "reward", ["reward_id"], ["id"])
        batch.create_unique_constraint(op.f("uq_taken_reward_id"), ["reward_id"])
        for name, check in PAYS.items():
            batch.create_check_constraint(op.f(f"ck_taken_{name}"), check)
    op.execute(
        "ALTER TABLE payday_line ADD COLUMN rewarded BIGINT NOT NULL DEFAULT 0"
        " CONSTRAINT ck_payday_line_rewarded_not_negative CHECK (rewarded >= 0)"
    )


def _one_of(*cases: str) -> str:
    return " + ".join(f"(CASE WHEN {case}_id IS NULL THEN 0 ELSE 1 END)" for case in cases) + " = 1"


def _is_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


@contextmanager
def _made_anew(table: str) -> Iterator[Any]:
    """SQLite makes a table anew to change it; its triggers go with the old one and are written again."""
    triggers: list[str] = []
    if _is_sqlite():
        query = sa.text("SELECT sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = :table ORDER BY name")
        triggers = list(op.get_bind().execute(query, {"table": table}).scalars())
    with op.batch_alter_table(table) as batch:
        yield batch
    for trigger in triggers:
        op.execute(sa.text(trigger.replace(":", r"\:")))


def _never(table: str, verb: str, when: str, told: str, name: str) -> None:
    """A trigger that refuses `verb` on rows of the table for which `when` holds."""
    if _is_sqlite():
        when = when.replace("IS DISTINCT FROM", "IS NOT")
        op.execute(
            f"CREATE TRIGGER {name} BEFORE {verb} ON {table} WHEN {when} BEGIN"
            f" SELECT RAISE(ABORT, '{table}: rows are never {told}'); END"
        )
        return
    op.execute(
        f"CREATE FUNCTION gongdao_{name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF {when} THEN"
        f" RAISE EXCEPTION '{table}: rows are never {told}'; END IF;"
        f" RETURN {'OLD' if verb == 'DELETE' else 'NEW'}; END $$"
    )
    op.execute(f"CREATE TRIGGER {name} BEFORE {verb} ON {table} FOR EACH ROW EXECUTE FUNCTION gongdao_{name}()")


def _drop_hold(name: str, table: str) -> None:
    if _is_sqlite():
        op.execute(f"DROP TRIGGER {name}")
        return
    op.execute(f"DROP TRIGGER {name} ON {table}")
    op.execute(f"DROP FUNCTION gongdao_{name}()")


def downgrade() -> None:
    op.execute("ALTER TABLE payday_line DROP COLUMN rewarded")
    with _made_anew("taken") as batch:
        for name in PAYS:
            batch.drop_constraint(op.f(f"ck_taken_{name}"), type_="check")
        batch.drop_constraint(op.f("uq_taken_reward_id"), type_="unique")
        batch.drop_constraint(op.f("fk_taken_reward_id"), type_="foreignkey")
        batch.drop_column("reward_id")
        batch.alter_column("penalty_id", existing_type=sa.Integer(), nullable=False)
    op.drop_index("ix_money_entry_reward_id", "money_entry")
    with _made_anew("money_entry") as batch:
        for name in NOW_GIVES:
            batch.drop_constraint(op.f(f"ck_money_entry_{name}"), type_="check")
        batch.drop_constraint(op.f("fk_money_entry_reward_id"), type_="foreignkey")
        batch.drop_column("reward_id")
        for name, check in GAVE.items():
            batch.create_check_constraint(op.f(f"ck_money_entry_{name}"), check)
    for name in ("actor", "for"):
        op.drop_index(f"ix_event_{name}_reward", "event")
    with _made_anew("event") as batch:
        batch.drop_constraint(op.f("ck_event_about_one_case"), type_="check")
        batch.drop_constraint(op.f("uq_event_reward_id_seq"), type_="unique")
        batch.drop_constraint(op.f("fk_event_reward_id"), type_="foreignkey")
        batch.drop_column("reward_id")
        batch.create_check_constraint(op.f("ck_event_about_one_case"), _one_of(*CASES))
    for name in ("hold_reward_decided", "hold_reward_withdrawn"):
        _drop_hold(name, "reward")
    # The one whose check speaks of the others goes first.
    for column in ("withdrawn_because", "withdrawn_by_id", "withdrawn_at", "most", "place", "state"):
        op.execute(f"ALTER TABLE reward DROP COLUMN {column}")
    _never("reward", "UPDATE", "OLD.decided_at IS NOT NULL", "changed once they are decided", "hold_reward_6")
