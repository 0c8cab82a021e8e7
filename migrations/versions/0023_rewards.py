"""Rewards as cases with money and letters; what follows from results: rankings, fines, the training fund, trainings."""

import hashlib
import json
from collections.abc import Iterator, Sequence
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

TABLES = (
    "assessment_publication", "assessment_fine", "fund_entry", "fund_request", "training_participant", "training",
    "suggestion_answer",
)  # fmt: skip
# What cannot be changed, and from when on.
HELD = {
    "assessment_publication": "true", "assessment_fine": "true", "fund_entry": "true", "suggestion_answer": "true",
    "fund_request": "OLD.decided_at IS NOT NULL", "training_participant": "OLD.attended IS NOT NULL",
    "training": "OLD.cancelled_at IS NOT NULL",
}  # fmt: skip
DECIDED = " AND ".join(
    f"(decided_at IS NULL) = ({column} IS NULL)" for column in ("approved", "decided_by_id", "decision")
)
# The lock under which the training fund is spent from.
SPENDING = 2026_0023


def upgrade() -> None:
    _rewards_have_states()
    _events_of_rewards()
    _money_of_rewards()
    _what_follows()


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


def _what_follows() -> None:
    _table(
        "assessment_publication",
        {
            "assessment_id": "assessment",
            "at": sa.DateTime(),
            "by_id": "person",
            "groups": sa.JSON(),
        },
        unique=[["assessment_id"]],
    )
    _table(
        "assessment_fine",
        {
            "assessment_id": "assessment",
            "person_id": "person",
            "rule": sa.String(12),
            "because": sa.String(40),
            "amount": sa.BigInteger(),
            "decided_at": sa.DateTime(),
            "decided_by_id": "person",
            "penalty_id?": "penalty",
            "reason?": sa.Text(),
        },
        unique=[["assessment_id", "person_id", "rule", "because"], ["penalty_id"]],
        checks={
            "something": "amount > 0",
            "not_decided_by_oneself": "decided_by_id <> person_id",
            "proposed_or_set_aside_with_a_reason": "(penalty_id IS NULL) = (reason IS NOT NULL)",
        },
        indexes=["person_id"],
    )
    _table(
        "fund_request",
        {
            "version": sa.Integer(),
            "year": sa.Integer(),
            "seq": sa.Integer(),
            "amount": sa.BigInteger(),
            "purpose": sa.Text(),
            "asked_at": sa.DateTime(),
            "asked_by_id": "person",
            "decided_at?": sa.DateTime(),
            "decided_by_id?": "person",
            "approved?": sa.Boolean(),
            "decision?": sa.Text(),
        },
        unique=[["year", "seq"]],
        checks={
            "something": "amount > 0",
            "decided_by_somebody_with_a_reason": DECIDED,
            "not_decided_by_who_asked": "decided_by_id IS NULL OR decided_by_id <> asked_by_id",
        },
        indexes=["asked_by_id"],
    )
    _table(
        "fund_entry",
        {
            "at": sa.DateTime(),
            "amount": sa.BigInteger(),
            "taken_id?": "taken",
            "request_id?": "fund_request",
        },
        unique=[["taken_id"], ["request_id"]],
        checks={
            "not_zero": "amount <> 0",
            "of_a_pay_day_or_a_request": "(taken_id IS NULL) <> (request_id IS NULL)",
            "a_request_spends": "request_id IS NULL OR amount < 0",
        },
    )
    _table(
        "training",
        {
            "version": sa.Integer(),
            "assessment_id": "assessment",
            "department_id": "department",
            "measure": sa.String(40),
            "item": sa.String(40),
            "topic": sa.String(120),
            "held_on": sa.Date(),
            "trainer": sa.String(60),
            "planned_at": sa.DateTime(),
            "planned_by_id": "person",
            "cancelled_at?": sa.DateTime(),
            "cancelled_because?": sa.Text(),
        },
        checks={"cancelled_with_a_reason": "(cancelled_at IS NULL) = (cancelled_because IS NULL)"},
        indexes=["assessment_id", "held_on"],
    )
    _table(
        "training_participant",
        {
            "training_id!": "training",
            "person_id!": "person",
            "attended?": sa.Boolean(),
            "reason?": sa.Text(),
            "recorded_at?": sa.DateTime(),
            "recorded_by_id?": "person",
        },
        checks={
            "recorded_at_a_time": "(attended IS NULL) = (recorded_at IS NULL)",
            "recorded_by_somebody": "(attended IS NULL) = (recorded_by_id IS NULL)",
            "absent_with_a_reason": "attended IS NULL OR attended OR reason IS NOT NULL",
        },
        indexes=["person_id"],
    )
    _table(
        "suggestion_answer",
        {
            "assessment_id": "assessment",
            "person_id": "person",
            "outcome": sa.String(40),
            "taken_up": sa.Boolean(),
            "reason": sa.Text(),
            "at": sa.DateTime(),
            "by_id": "person",
        },
        unique=[["assessment_id", "person_id", "outcome"]],
        checks={"not_by_oneself": "by_id <> person_id"},
        indexes=["person_id"],
    )
    for table in TABLES:
        _never(table, "DELETE", "true", "deleted", f"keep_{table}")
    for table, when in HELD.items():
        _never(table, "UPDATE", when, "changed", f"hold_{table}")
    _never_more_than_the_balance()


def _table(
    name: str,
    columns: dict[str, Any],
    *,
    unique: Sequence[list[str]] = (),
    checks: dict[str, str] | None = None,
    indexes: Sequence[str] = (),
) -> None:
    """A table with an `id`, or a key of the columns marked `!`; `?`: may be empty; the name of a table: a key to it."""
    plain = {column.rstrip("?!"): kind for column, kind in columns.items()}
    key = [column.rstrip("!") for column in columns if column.endswith("!")] or ["id"]
    op.create_table(
        name,
        *([sa.Column("id", sa.Integer(), nullable=False)] if key == ["id"] else []),
        *(
            sa.Column(
                column.rstrip("?!"), sa.Integer() if isinstance(kind, str) else kind, nullable=column.endswith("?")
            )
            for column, kind in columns.items()
        ),
        *(sa.CheckConstraint(check, name=op.f(f"ck_{name}_{of}")) for of, check in (checks or {}).items()),
        *(
            sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{name}_{column}"))
            for column, to in plain.items()
            if isinstance(to, str)
        ),
        sa.PrimaryKeyConstraint(*key, name=op.f(f"pk_{name}")),
        *(sa.UniqueConstraint(*each, name=op.f(f"uq_{name}_{'_'.join(each)}")) for each in unique),
    )
    for column in indexes:
        op.create_index(f"ix_{name}_{column}", name, [column], unique=False)


def _never_more_than_the_balance() -> None:
    """What is spent is there; of two who spend at once the second waits for the first."""
    spent = "(SELECT coalesce(sum(amount), 0) FROM fund_entry) + NEW.amount < 0"
    refused = "'fund_entry: never more than the balance'"
    begins = "CREATE TRIGGER cover_fund_entry BEFORE INSERT ON fund_entry"
    if _is_sqlite():
        told = f"SELECT RAISE(ABORT, {refused})"
        op.execute(f"{begins} WHEN NEW.request_id IS NOT NULL AND {spent} BEGIN {told}; END")
        return
    waits = f"PERFORM pg_advisory_xact_lock({SPENDING})"
    op.execute(
        "CREATE FUNCTION gongdao_cover_fund_entry() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.request_id IS"
        f" NOT NULL THEN {waits}; IF {spent} THEN RAISE EXCEPTION {refused}; END IF; END IF; RETURN NEW; END $$"
    )
    op.execute(f"{begins} FOR EACH ROW EXECUTE FUNCTION gongdao_cover_fund_entry()")


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
    for table in TABLES:
        op.drop_table(table)
    if not _is_sqlite():
        for name in (*(f"keep_{table}" for table in TABLES), *(f"hold_{table}" for table in HELD), "cover_fund_entry"):
            op.execute(f"DROP FUNCTION gongdao_{name}()")
    _money_of_penalties_alone()
    _events_of_no_rewards()
    for name in ("hold_reward_decided", "hold_reward_withdrawn"):
        _drop_hold(name, "reward")
    # The one whose check speaks of the others goes first.
    for column in ("withdrawn_because", "withdrawn_by_id", "withdrawn_at", "most", "place", "state"):
        op.execute(f"ALTER TABLE reward DROP COLUMN {column}")
    _never("reward", "UPDATE", "OLD.decided_at IS NOT NULL", "changed once they are decided", "hold_reward_6")


def _money_of_penalties_alone() -> None:
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


def _events_of_no_rewards() -> None:
    for name in ("actor", "for"):
        op.drop_index(f"ix_event_{name}_reward", "event")
    with _made_anew("event") as batch:
        batch.drop_constraint(op.f("ck_event_about_one_case"), type_="check")
        batch.drop_constraint(op.f("uq_event_reward_id_seq"), type_="unique")
        batch.drop_constraint(op.f("fk_event_reward_id"), type_="foreignkey")
        batch.drop_column("reward_id")
        batch.create_check_constraint(op.f("ck_event_about_one_case"), _one_of(*CASES))
