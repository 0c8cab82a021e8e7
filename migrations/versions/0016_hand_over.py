"""Cases handed over for good, hand-overs of who leaves or changes post, customers and their advisers."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

HANDLED = {"complaint": ("handler_id", "keeper_id"), "penalty": ("handler_id",)}
GOES_ON = sa.text("done_at IS NULL AND cancelled_at IS NULL")
AWAITED = sa.text("contacted_at IS NULL AND handed_on_at IS NULL")
NOT_CONTACTED = sa.text("contacted_at IS NULL")


def upgrade() -> None:
    for table, columns in HANDLED.items():
        for column in columns:
            op.execute(
                f"ALTER TABLE {table} ADD COLUMN {column} INTEGER CONSTRAINT fk_{table}_{column} REFERENCES person (id)"
            )
    op.create_index("ix_complaint_handler_clock", "complaint", ["handler_id", "clock", "due_at"])
    op.create_index("ix_penalty_handler", "penalty", ["handler_id", "clock", "due_at"])
    _hand_over()
    _customers()
    _keep("customer_contact")


def _hand_over() -> None:
    op.create_table(
        "hand_over",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("effective_at", sa.DateTime(), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=True),
        sa.Column("team_id", sa.Integer(), nullable=True),
        sa.Column("title", sa.String(length=40), nullable=True),
        sa.Column("begun_at", sa.DateTime(), nullable=False),
        sa.Column("begun_by_id", sa.Integer(), nullable=True),
        sa.Column("ready_at", sa.DateTime(), nullable=True),
        sa.Column("ready_by_id", sa.Integer(), nullable=True),
        sa.Column("took_effect_at", sa.DateTime(), nullable=True),
        sa.Column("done_at", sa.DateTime(), nullable=True),
        sa.Column("cancelled_at", sa.DateTime(), nullable=True),
        sa.CheckConstraint(
            "(department_id IS NULL) = (title IS NULL) AND (department_id IS NOT NULL OR team_id IS NULL)",
            name=op.f("ck_hand_over_moves_to_a_post"),
        ),
        sa.CheckConstraint(
            "done_at IS NULL OR took_effect_at IS NOT NULL", name=op.f("ck_hand_over_done_after_it_took_effect")
        ),
        sa.CheckConstraint(
            "cancelled_at IS NULL OR took_effect_at IS NULL", name=op.f("ck_hand_over_not_cancelled_afterwards")
        ),
        sa.CheckConstraint("(ready_at IS NULL) = (ready_by_id IS NULL)", name=op.f("ck_hand_over_ready_by_somebody")),
        *_keys("hand_over", person_id="person", department_id="department", team_id="team", begun_by_id="person",
               ready_by_id="person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hand_over")),
    )  # fmt: skip
    for name, column, unique in (
        ("uq_hand_over_going_on", "person_id", True), ("ix_hand_over_going_on", "effective_at", False),
    ):  # fmt: skip
        op.create_index(name, "hand_over", [column], unique=unique, sqlite_where=GOES_ON, postgresql_where=GOES_ON)
    op.create_table(
        "hand_over_choice",
        sa.Column("hand_over_id", sa.Integer(), nullable=False),
        sa.Column("matter", sa.String(length=24), nullable=False),
        sa.Column("key", sa.String(length=24), nullable=False),
        sa.Column("successor_id", sa.Integer(), nullable=True),
        sa.Column("chosen_at", sa.DateTime(), nullable=False),
        sa.Column("chosen_by_id", sa.Integer(), nullable=False),
        sa.Column("carried_out_at", sa.DateTime(), nullable=True),
        sa.Column("count", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(carried_out_at IS NULL) = (count IS NULL)", name=op.f("ck_hand_over_choice_counted_once_carried_out")
        ),
        *_keys("hand_over_choice", hand_over_id="hand_over", successor_id="person", chosen_by_id="person"),
        sa.PrimaryKeyConstraint("hand_over_id", "matter", "key", name=op.f("pk_hand_over_choice")),
    )


def _customers() -> None:
    op.create_table(
        "customer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=False),
        sa.Column("phone_digits", sa.String(length=40), nullable=False),
        sa.Column("vehicle", sa.String(length=40), nullable=False),
        sa.Column("vehicle_key", sa.String(length=40), nullable=False),
        sa.Column("adviser_id", sa.Integer(), nullable=False),
        sa.Column("added_at", sa.DateTime(), nullable=False),
        sa.Column("added_by_id", sa.Integer(), nullable=False),
        *_keys("customer", adviser_id="person", added_by_id="person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer")),
    )
    op.create_index("ix_customer_adviser_id", "customer", ["adviser_id", "id"])
    op.create_index("uq_customer_phone_vehicle", "customer", ["phone_digits", "vehicle_key"], unique=True)
    op.create_table(
        "customer_hand_over",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("from_id", sa.Integer(), nullable=False),
        sa.Column("to_id", sa.Integer(), nullable=False),
        sa.Column("handed_at", sa.DateTime(), nullable=False),
        sa.Column("due_at", sa.DateTime(), nullable=False),
        sa.Column("contacted_at", sa.DateTime(), nullable=True),
        sa.Column("handed_on_at", sa.DateTime(), nullable=True),
        sa.CheckConstraint("from_id <> to_id", name=op.f("ck_customer_hand_over_to_somebody_else")),
        sa.CheckConstraint("due_at > handed_at", name=op.f("ck_customer_hand_over_due_afterwards")),
        *_keys("customer_hand_over", customer_id="customer", from_id="person", to_id="person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer_hand_over")),
    )
    op.create_index(
        "uq_customer_hand_over_awaited", "customer_hand_over", ["customer_id"],
        unique=True, sqlite_where=AWAITED, postgresql_where=AWAITED,
    )  # fmt: skip
    op.create_index(
        "ix_customer_hand_over_to", "customer_hand_over", ["to_id", "due_at"],
        sqlite_where=NOT_CONTACTED, postgresql_where=NOT_CONTACTED,
    )  # fmt: skip
    op.create_table(
        "customer_contact",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("was_reached", sa.Boolean(), nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
        *_keys("customer_contact", customer_id="customer", by_id="person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer_contact")),
    )
    op.create_index("ix_customer_contact_customer_id", "customer_contact", ["customer_id", "id"])


def _keys(table: str, **columns: str) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}"))
        for column, to in columns.items()
    ]


def _keep(table: str) -> None:
    """Rows are never changed and never deleted."""
    if op.get_bind().dialect.name == "sqlite":
        for trigger, moment, verb in (("keep", "DELETE", "deleted"), ("hold", "UPDATE", "changed")):
            op.execute(
                f"CREATE TRIGGER {trigger}_{table} BEFORE {moment} ON {table} BEGIN"
                f" SELECT RAISE(ABORT, '{table}: rows are never {verb}'); END"
            )
        return
    for trigger, moment, each in (("keep", "DELETE OR TRUNCATE", "STATEMENT"), ("hold", "UPDATE", "ROW")):
        op.execute(
            f"CREATE TRIGGER {trigger}_{table} BEFORE {moment} ON {table}"
            f" FOR EACH {each} EXECUTE FUNCTION gongdao_append_only()"
        )


def downgrade() -> None:
    for table in ("customer_contact", "customer_hand_over", "customer", "hand_over_choice", "hand_over"):
        op.drop_table(table)
    op.drop_index("ix_penalty_handler", table_name="penalty")
    op.drop_index("ix_complaint_handler_clock", table_name="complaint")
    for table, columns in HANDLED.items():
        for column in columns:
            op.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
