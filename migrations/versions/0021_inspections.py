"""Inspections, posts that regulations name, rewards, and fines that another regulation sets."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

TABLES = (
    "inspection_act", "inspection_share", "inspection_proposal", "inspection_photo", "inspection_finding", "inspector",
    "inspection", "reward", "post_holding",
)  # fmt: skip
KEPT = ("inspection", "inspection_share", "inspection_finding", "inspection_photo", "inspection_proposal",
        "inspection_act", "reward", "post_holding")  # fmt: skip
PUBLISHED = "EXISTS (SELECT 1 FROM inspection WHERE id = {row}.inspection_id AND published_at IS NOT NULL)"
# What cannot be written any more, and when.
FROZEN = (
    ("inspection_act", "UPDATE", "true", "changed"),
    ("inspection_photo", "UPDATE", "true", "changed"),
    ("inspection_share", "UPDATE", "true", "changed"),
    ("inspection_finding", "INSERT", PUBLISHED.format(row="NEW"), "added to what is published"),
    ("inspection_finding", "UPDATE", PUBLISHED.format(row="OLD"), "changed once they are published"),
    ("inspection_proposal", "UPDATE", "OLD.decided_at IS NOT NULL", "changed once they are decided"),
    ("reward", "UPDATE", "OLD.decided_at IS NOT NULL", "changed once they are decided"),
    ("inspection", "UPDATE", "OLD.published_at IS NOT NULL AND ("
     + " OR ".join(f"NEW.{column} IS DISTINCT FROM OLD.{column}" for column in (
         "kind", "checklist", "department_id", "regulation_version_id", "begun_at", "submitted_at", "published_at",
         "result", "imposed", "result_on", "row_id")) + ")", "changed once they are published"),
    ("inspection", "UPDATE", "OLD.voucher_given_at IS NOT NULL AND ("
     + " OR ".join(f"NEW.{column} IS DISTINCT FROM OLD.{column}" for column in (
         "voucher", "voucher_given_at", "voucher_receipt")) + ")", "given a second voucher"),
)  # fmt: skip


def upgrade() -> None:
    op.execute("ALTER TABLE penalty ADD COLUMN fine BIGINT CONSTRAINT ck_penalty_fine_of_something CHECK"
               " (fine IS NULL OR fine > 0)")  # fmt: skip
    op.execute(
        "ALTER TABLE penalty ADD COLUMN fine_version_id INTEGER"
        " CONSTRAINT fk_penalty_fine_version_id REFERENCES regulation_version (id)"
        " CONSTRAINT ck_penalty_fine_by_a_regulation CHECK ((fine IS NULL) = (fine_version_id IS NULL))"
    )
    _posts_and_rewards()
    _inspections()
    _findings()
    for table in KEPT:
        _never(table, "DELETE", "true", "deleted", f"keep_{table}")
    for number, (table, verb, when, told) in enumerate(FROZEN):
        _never(table, verb, when, told, f"hold_{table}_{number}")


def _posts_and_rewards() -> None:
    op.create_table(
        "post_holding",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("regulation", sa.String(length=40), nullable=False),
        sa.Column("post", sa.String(length=40), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("title", sa.String(length=40), nullable=True),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(), nullable=False),
        sa.Column("until", sa.DateTime(), nullable=True),
        sa.CheckConstraint("(person_id IS NULL) <> (title IS NULL)", name=op.f("ck_post_holding_a_person_or_a_title")),
        sa.CheckConstraint("until IS NULL OR until >= since", name=op.f("ck_post_holding_ends_after_start")),
        *_keys("post_holding", by_id="person", person_id="person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_post_holding")),
    )
    op.create_index("ix_post_holding_post", "post_holding", ["regulation", "post"], unique=False)
    op.create_index(
        "uq_post_holding_person",
        "post_holding",
        ["regulation", "post", "person_id"],
        unique=True,
        sqlite_where=sa.text("until IS NULL"),
        postgresql_where=sa.text("until IS NULL"),
    )
    op.create_table(
        "reward",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("regulation_version_id", sa.Integer(), nullable=False),
        sa.Column("rule", sa.String(length=12), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("source", sa.String(length=120), nullable=False),
        sa.Column("proposed_at", sa.DateTime(), nullable=False),
        sa.Column("proposed_by_id", sa.Integer(), nullable=False),
        sa.Column("decided_at", sa.DateTime(), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("granted", sa.Boolean(), nullable=True),
        sa.Column("decision", sa.Text(), nullable=True),
        sa.Column("month", sa.String(length=7), nullable=True),
        sa.CheckConstraint(
            "(decided_at IS NULL) = (granted IS NULL) AND (decided_at IS NULL) = (decided_by_id IS NULL)",
            name=op.f("ck_reward_decided_by_somebody"),
        ),
        sa.CheckConstraint("amount > 0", name=op.f("ck_reward_something")),
        sa.CheckConstraint(
            "decided_by_id IS NULL OR decided_by_id <> person_id", name=op.f("ck_reward_not_decided_by_oneself")
        ),
        sa.CheckConstraint(
            "granted IS NULL OR (month IS NOT NULL) = granted", name=op.f("ck_reward_granted_in_a_month")
        ),
        sa.CheckConstraint(
            "granted IS NULL OR granted OR decision IS NOT NULL", name=op.f("ck_reward_declined_with_a_reason")
        ),
        *_keys(
            "reward",
            decided_by_id="person",
            person_id="person",
            proposed_by_id="person",
            regulation_version_id="regulation_version",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reward")),
        sa.UniqueConstraint("person_id", "rule", "source", name=op.f("uq_reward_person_id_rule_source")),
        sa.UniqueConstraint("year", "seq", name=op.f("uq_reward_year_seq")),
    )
    op.create_index("ix_reward_month", "reward", ["month"], unique=False)
    op.create_index("ix_reward_person_id", "reward", ["person_id"], unique=False)


def _inspections() -> None:
    op.create_table(
        "inspection",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("checklist", sa.String(length=40), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=False),
        sa.Column("planned_on", sa.Date(), nullable=False),
        sa.Column("regulation_version_id", sa.Integer(), nullable=False),
        sa.Column("visitor", sa.String(length=60), nullable=True),
        sa.Column("planned_at", sa.DateTime(), nullable=False),
        sa.Column("begun_at", sa.DateTime(), nullable=True),
        sa.Column("due_at", sa.DateTime(), nullable=True),
        sa.Column("submitted_at", sa.DateTime(), nullable=True),
        sa.Column("published_at", sa.DateTime(), nullable=True),
        sa.Column("cancelled_at", sa.DateTime(), nullable=True),
        sa.Column("cancelled_because", sa.Text(), nullable=True),
        sa.Column("voucher", sa.BigInteger(), nullable=True),
        sa.Column("voucher_given_at", sa.DateTime(), nullable=True),
        sa.Column("voucher_receipt", sa.String(length=80), nullable=True),
        sa.Column("result", sa.Integer(), nullable=True),
        sa.Column("imposed", sa.BigInteger(), nullable=True),
        sa.Column("result_on", sa.Date(), nullable=True),
        sa.Column("row_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("kind IN ('mystery', 'self', 'manufacturer')", name=op.f("ck_inspection_kind")),
        sa.CheckConstraint(
            "kind = 'manufacturer' OR (result IS NULL AND imposed IS NULL AND result_on IS NULL)",
            name=op.f("ck_inspection_result_of_a_manufacturer"),
        ),
        sa.CheckConstraint(
            "kind = 'mystery' OR visitor IS NULL", name=op.f("ck_inspection_visitor_of_a_mystery_visit")
        ),
        sa.CheckConstraint(
            "voucher_given_at IS NULL OR (kind = 'mystery' AND begun_at IS NOT NULL AND voucher > 0)",
            name=op.f("ck_inspection_voucher_of_a_visitor"),
        ),
        sa.CheckConstraint("(begun_at IS NULL) = (due_at IS NULL)", name=op.f("ck_inspection_due_once_begun")),
        sa.CheckConstraint(
            "(cancelled_at IS NULL) = (cancelled_because IS NULL)", name=op.f("ck_inspection_cancelled_with_a_reason")
        ),
        sa.CheckConstraint(
            "(voucher_given_at IS NULL) = (voucher_receipt IS NULL)",
            name=op.f("ck_inspection_voucher_with_its_receipt"),
        ),
        sa.CheckConstraint(
            "cancelled_at IS NULL OR submitted_at IS NULL", name=op.f("ck_inspection_not_cancelled_afterwards")
        ),
        sa.CheckConstraint("imposed IS NULL OR imposed >= 0", name=op.f("ck_inspection_imposed_not_negative")),
        sa.CheckConstraint(
            "published_at IS NULL OR submitted_at IS NOT NULL", name=op.f("ck_inspection_published_once_submitted")
        ),
        sa.CheckConstraint(
            "result IS NULL OR (result >= -10000 AND result <= 10000)", name=op.f("ck_inspection_result_in_its_bounds")
        ),
        sa.CheckConstraint(
            "submitted_at IS NULL OR begun_at IS NOT NULL", name=op.f("ck_inspection_submitted_once_begun")
        ),
        *_keys(
            "inspection",
            department_id="department",
            regulation_version_id="regulation_version",
            row_id="assessment_row",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inspection")),
        sa.UniqueConstraint("row_id", name=op.f("uq_inspection_row_id")),
        sa.UniqueConstraint("year", "seq", name=op.f("uq_inspection_year_seq")),
    )
    op.create_index("ix_inspection_due_at", "inspection", ["due_at"], unique=False)
    op.create_index("ix_inspection_planned_on", "inspection", ["planned_on", "id"], unique=False)
    op.create_table(
        "inspector",
        sa.Column("inspection_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        *_keys("inspector", inspection_id="inspection", person_id="person"),
        sa.PrimaryKeyConstraint("inspection_id", "person_id", name=op.f("pk_inspector")),
    )
    op.create_index(op.f("ix_inspector_person_id"), "inspector", ["person_id"], unique=False)
    op.create_table(
        "inspection_act",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("inspection_id", sa.Integer(), nullable=False),
        sa.Column("action", sa.String(length=24), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("said", sa.JSON(), nullable=False),
        *_keys("inspection_act", by_id="person", inspection_id="inspection"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inspection_act")),
    )
    op.create_index("ix_inspection_act_inspection_id", "inspection_act", ["inspection_id", "id"], unique=False)


def _findings() -> None:
    op.create_table(
        "inspection_finding",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("inspection_id", sa.Integer(), nullable=False),
        sa.Column("factor", sa.String(length=40), nullable=False),
        sa.Column("met", sa.Boolean(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("responsible_id", sa.Integer(), nullable=True),
        sa.Column("responsible_because", sa.Text(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("revision > 0", name=op.f("ck_inspection_finding_written_once_at_least")),
        *_keys("inspection_finding", by_id="person", inspection_id="inspection", responsible_id="person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inspection_finding")),
        sa.UniqueConstraint("inspection_id", "factor", name=op.f("uq_inspection_finding_inspection_id_factor")),
    )
    op.create_index("ix_inspection_finding_responsible_id", "inspection_finding", ["responsible_id"], unique=False)
    op.create_table(
        "inspection_photo",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("inspection_id", sa.Integer(), nullable=False),
        sa.Column("factor", sa.String(length=40), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        *_keys("inspection_photo", file_id="kept_file", inspection_id="inspection"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inspection_photo")),
        sa.UniqueConstraint("file_id", name=op.f("uq_inspection_photo_file_id")),
    )
    op.create_index(op.f("ix_inspection_photo_inspection_id"), "inspection_photo", ["inspection_id"], unique=False)
    op.create_table(
        "inspection_proposal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("inspection_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("rule", sa.String(length=12), nullable=False),
        sa.Column("post", sa.String(length=40), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("because", sa.String(length=1000), nullable=False),
        sa.Column("decided_at", sa.DateTime(), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("penalty_id", sa.Integer(), nullable=True),
        sa.Column("reward_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("kind IN ('fine', 'reward')", name=op.f("ck_inspection_proposal_kind_known")),
        sa.CheckConstraint(
            "penalty_id IS NULL OR kind = 'fine'", name=op.f("ck_inspection_proposal_a_fine_is_a_penalty")
        ),
        sa.CheckConstraint(
            "reward_id IS NULL OR kind = 'reward'", name=op.f("ck_inspection_proposal_a_reward_is_no_penalty")
        ),
        sa.CheckConstraint(
            "(decided_at IS NULL) = (decided_by_id IS NULL)", name=op.f("ck_inspection_proposal_decided_by_somebody")
        ),
        sa.CheckConstraint("amount > 0", name=op.f("ck_inspection_proposal_something")),
        sa.CheckConstraint(
            "decided_at IS NOT NULL OR (penalty_id IS NULL AND reward_id IS NULL AND reason IS NULL)",
            name=op.f("ck_inspection_proposal_undecided_leads_nowhere"),
        ),
        sa.CheckConstraint(
            "decided_at IS NULL OR (penalty_id IS NULL AND reward_id IS NULL) = (reason IS NOT NULL)",
            name=op.f("ck_inspection_proposal_accepted_or_set_aside_with_a_reason"),
        ),
        *_keys(
            "inspection_proposal",
            decided_by_id="person",
            inspection_id="inspection",
            penalty_id="penalty",
            person_id="person",
            reward_id="reward",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inspection_proposal")),
        sa.UniqueConstraint("penalty_id", name=op.f("uq_inspection_proposal_penalty_id")),
        sa.UniqueConstraint("reward_id", name=op.f("uq_inspection_proposal_reward_id")),
    )
    op.create_index("ix_inspection_proposal_person_id", "inspection_proposal", ["person_id"], unique=False)
    op.create_index(
        "uq_inspection_proposal_once",
        "inspection_proposal",
        ["inspection_id", "rule", "kind", "because", "person_id"],
        unique=True,
        sqlite_where=sa.text("person_id IS NOT NULL"),
        postgresql_where=sa.text("person_id IS NOT NULL"),
    )
    op.create_table(
        "inspection_share",
        sa.Column("inspection_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("fine", sa.BigInteger(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "fine >= 0 AND points >= 0 AND fine + points > 0", name=op.f("ck_inspection_share_something")
        ),
        *_keys("inspection_share", inspection_id="inspection", person_id="person"),
        sa.PrimaryKeyConstraint("inspection_id", "person_id", name=op.f("pk_inspection_share")),
    )
    op.create_index("ix_inspection_share_person_id", "inspection_share", ["person_id"], unique=False)


def _keys(table: str, **columns: str) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}"))
        for column, to in columns.items()
    ]


def _never(table: str, verb: str, when: str, told: str, name: str) -> None:
    """A trigger that refuses `verb` on rows of the table for which `when` holds."""
    if op.get_bind().dialect.name == "sqlite":
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


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(table)
    if op.get_bind().dialect.name != "sqlite":
        names = [f"keep_{table}" for table in KEPT] + [f"hold_{each[0]}_{n}" for n, each in enumerate(FROZEN)]
        for name in names:
            op.execute(f"DROP FUNCTION gongdao_{name}()")
    # The one that refers to the other goes first.
    for column in ("fine_version_id", "fine"):
        op.execute(f"ALTER TABLE penalty DROP COLUMN {column}")
