"""Penalties, the money ledger, pay days, scorecards, service of letters; events of every kind of case."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

FIXED = (
    "setting_change",
    "money_entry",
    "payday",
    "payday_line",
    "taken",
    "letter_service",
    "regulation_acknowledgement",
)
NEVER_DELETED = (*FIXED, "penalty", "scorecard")
# SQLite makes these anew to change them, and their triggers go with the old ones.
MADE_ANEW = ("event", "attachment")
CASES = ("complaint", "penalty", "scorecard", "payday")


def one_of(*cases: str) -> str:
    return " + ".join(f"(CASE WHEN {case}_id IS NULL THEN 0 ELSE 1 END)" for case in cases) + " = 1"


def upgrade() -> None:
    op.create_table(
        "setting_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("old", sa.JSON(), nullable=False),
        sa.Column("new", sa.JSON(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_setting_change_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_setting_change")),
    )
    op.create_table(
        "commission",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("amount >= 0", name=op.f("ck_commission_not_negative")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_commission_person_id")),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["person.id"], name=op.f("fk_commission_recorded_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_commission")),
        sa.UniqueConstraint("person_id", "month", name=op.f("uq_commission_person_id_month")),
    )
    op.create_table(
        "payday",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column(
            "state",
            sa.Enum("settled", name="state", native_enum=False, create_constraint=True, length=24),
            nullable=False,
        ),
        sa.Column("settled_at", sa.DateTime(), nullable=False),
        sa.Column("cap_percent", sa.Integer(), nullable=False),
        sa.Column("minimum_wage", sa.BigInteger(), nullable=False),
        sa.Column("regulation_version_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["regulation_version_id"], ["regulation_version.id"], name=op.f("fk_payday_regulation_version_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payday")),
        sa.UniqueConstraint("month", name=op.f("uq_payday_month")),
    )
    op.create_table(
        "regulation_acknowledgement",
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("acknowledged_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_regulation_acknowledgement_person_id")),
        sa.ForeignKeyConstraint(
            ["version_id"], ["regulation_version.id"], name=op.f("fk_regulation_acknowledgement_version_id")
        ),
        sa.PrimaryKeyConstraint("version_id", "person_id", name=op.f("pk_regulation_acknowledgement")),
    )
    op.create_table(
        "scorecard",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "computed",
                "reviewed",
                "verified",
                "approved",
                "paid",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=False),
        sa.Column("base", sa.BigInteger(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("factor", sa.Integer(), nullable=False),
        sa.Column("factor_reason", sa.Text(), nullable=True),
        sa.Column("pay", sa.BigInteger(), nullable=False),
        sa.Column("computed_at", sa.DateTime(), nullable=True),
        sa.Column("approved_at", sa.DateTime(), nullable=True),
        sa.Column("paid_at", sa.DateTime(), nullable=True),
        sa.Column("clock", sa.String(length=24), nullable=True),
        sa.Column("clock_started_at", sa.DateTime(), nullable=True),
        sa.Column("due_at", sa.DateTime(), nullable=True),
        sa.Column("regulation_version_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("(state = 'open') = (computed_at IS NULL)", name=op.f("ck_scorecard_computed_iff_dated")),
        sa.CheckConstraint("(state = 'paid') = (paid_at IS NOT NULL)", name=op.f("ck_scorecard_paid_iff_dated")),
        sa.CheckConstraint(
            "(state IN ('approved', 'paid')) = (approved_at IS NOT NULL)", name=op.f("ck_scorecard_approved_iff_dated")
        ),
        sa.CheckConstraint("(clock IS NULL) = (due_at IS NULL)", name=op.f("ck_scorecard_clock_iff_due")),
        sa.CheckConstraint(
            "factor = 100 OR factor_reason IS NOT NULL", name=op.f("ck_scorecard_adjusted_with_a_reason")
        ),
        sa.CheckConstraint("factor BETWEEN 0 AND 200", name=op.f("ck_scorecard_factor_in_range")),
        sa.CheckConstraint("pay >= 0 AND base >= 0", name=op.f("ck_scorecard_pay_not_negative")),
        sa.CheckConstraint("score BETWEEN 0 AND 100000", name=op.f("ck_scorecard_score_in_range")),
        sa.ForeignKeyConstraint(["department_id"], ["department.id"], name=op.f("fk_scorecard_department_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_scorecard_person_id")),
        sa.ForeignKeyConstraint(
            ["regulation_version_id"], ["regulation_version.id"], name=op.f("fk_scorecard_regulation_version_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scorecard")),
        sa.UniqueConstraint("month", "person_id", name=op.f("uq_scorecard_month_person_id")),
    )
    op.create_index("ix_scorecard_month_department", "scorecard", ["month", "department_id", "state"], unique=False)
    op.create_index("ix_scorecard_person_month", "scorecard", ["person_id", "month", "state"], unique=False)
    op.create_index("ix_scorecard_state_month", "scorecard", ["state", "month", "department_id"], unique=False)

    op.create_table(
        "payday_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("payday_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("wage", sa.BigInteger(), nullable=False),
        sa.Column("owed", sa.BigInteger(), nullable=False),
        sa.Column("deducted", sa.BigInteger(), nullable=False),
        sa.Column("refunded", sa.BigInteger(), nullable=False),
        sa.Column("carried", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("deducted + carried = owed", name=op.f("ck_payday_line_adds_up")),
        sa.CheckConstraint(
            "owed >= 0 AND deducted >= 0 AND refunded >= 0 AND carried >= 0", name=op.f("ck_payday_line_not_negative")
        ),
        sa.ForeignKeyConstraint(["payday_id"], ["payday.id"], name=op.f("fk_payday_line_payday_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_payday_line_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payday_line")),
        sa.UniqueConstraint("payday_id", "person_id", name=op.f("uq_payday_line_payday_id_person_id")),
    )
    op.create_index("ix_payday_line_person_id", "payday_line", ["person_id"], unique=False)

    op.create_table(
        "penalty",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "proposed",
                "heard",
                "submitted",
                "issued",
                "appealed",
                "final",
                "settled",
                "revoked",
                "dropped",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("respondent_id", sa.Integer(), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=False),
        sa.Column("leader_id", sa.Integer(), nullable=True),
        sa.Column("ladder", sa.String(length=40), nullable=False),
        sa.Column("rule", sa.String(length=12), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("occurred_on", sa.Date(), nullable=True),
        sa.Column("known_at", sa.DateTime(), nullable=False),
        sa.Column("complaint_id", sa.Integer(), nullable=True),
        sa.Column("rework_cost", sa.BigInteger(), nullable=True),
        sa.Column("proposed_at", sa.DateTime(), nullable=False),
        sa.Column("proposer_id", sa.Integer(), nullable=False),
        sa.Column("proposed_by_id", sa.Integer(), nullable=False),
        sa.Column("union_notice", sa.Text(), nullable=True),
        sa.Column("protection", sa.Text(), nullable=True),
        sa.Column(
            "step",
            sa.Enum(
                "clear",
                "first",
                "second",
                "dismissal",
                name="step",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=True,
        ),
        sa.Column("approved_at", sa.DateTime(), nullable=True),
        sa.Column("approved_by_id", sa.Integer(), nullable=True),
        sa.Column("counts_until", sa.DateTime(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("forfeited_month", sa.String(length=7), nullable=True),
        sa.Column("appellant_id", sa.Integer(), nullable=True),
        sa.Column("revoked_at", sa.DateTime(), nullable=True),
        sa.Column("final_at", sa.DateTime(), nullable=True),
        sa.Column("settled_at", sa.DateTime(), nullable=True),
        sa.Column("reinstatement_due_at", sa.DateTime(), nullable=True),
        sa.Column("clock", sa.String(length=24), nullable=True),
        sa.Column("clock_started_at", sa.DateTime(), nullable=True),
        sa.Column("due_at", sa.DateTime(), nullable=True),
        sa.Column("regulation_version_id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(appellant_id IS NOT NULL) = (state IN ('appealed'))",
            name=op.f("ck_penalty_appealed_iff_someone_appealed"),
        ),
        sa.CheckConstraint(
            "(clock IS NOT NULL) = (state IN ('proposed', 'heard', 'submitted', 'issued', 'appealed'))",
            name=op.f("ck_penalty_waits_iff_clock"),
        ),
        sa.CheckConstraint("(state = 'revoked') = (revoked_at IS NOT NULL)", name=op.f("ck_penalty_revoked_iff_dated")),
        sa.CheckConstraint("(state = 'settled') = (settled_at IS NOT NULL)", name=op.f("ck_penalty_settled_iff_dated")),
        sa.CheckConstraint(
            "(state IN ('final', 'settled')) = (final_at IS NOT NULL)", name=op.f("ck_penalty_final_iff_dated")
        ),
        sa.CheckConstraint(
            "(state IN ('issued', 'appealed', 'final', 'settled', 'revoked')) = (approved_at IS NOT NULL"
            " AND approved_by_id IS NOT NULL AND step IS NOT NULL)",
            name=op.f("ck_penalty_decided_iff_dated"),
        ),
        sa.CheckConstraint("ends_on IS NULL OR approved_at IS NOT NULL", name=op.f("ck_penalty_ends_by_approval")),
        sa.CheckConstraint("forfeited_month IS NULL OR rule = 'CS-9'", name=op.f("ck_penalty_forfeited_is_detailing")),
        sa.CheckConstraint(
            "rework_cost IS NULL OR (rework_cost > 0 AND rule = 'CS-9')", name=op.f("ck_penalty_rework_is_detailing")
        ),
        sa.CheckConstraint("step IS NULL OR step <> 'clear'", name=op.f("ck_penalty_step_is_a_penalty")),
        sa.CheckConstraint("(clock IS NULL) = (due_at IS NULL)", name=op.f("ck_penalty_clock_iff_due")),
        sa.CheckConstraint(
            "counts_until IS NULL OR approved_at IS NOT NULL", name=op.f("ck_penalty_counts_from_approval")
        ),
        sa.ForeignKeyConstraint(["appellant_id"], ["person.id"], name=op.f("fk_penalty_appellant_id")),
        sa.ForeignKeyConstraint(["approved_by_id"], ["person.id"], name=op.f("fk_penalty_approved_by_id")),
        sa.ForeignKeyConstraint(["complaint_id"], ["complaint.id"], name=op.f("fk_penalty_complaint_id")),
        sa.ForeignKeyConstraint(["department_id"], ["department.id"], name=op.f("fk_penalty_department_id")),
        sa.ForeignKeyConstraint(["leader_id"], ["person.id"], name=op.f("fk_penalty_leader_id")),
        sa.ForeignKeyConstraint(["proposed_by_id"], ["person.id"], name=op.f("fk_penalty_proposed_by_id")),
        sa.ForeignKeyConstraint(["proposer_id"], ["person.id"], name=op.f("fk_penalty_proposer_id")),
        sa.ForeignKeyConstraint(
            ["regulation_version_id"], ["regulation_version.id"], name=op.f("fk_penalty_regulation_version_id")
        ),
        sa.ForeignKeyConstraint(["respondent_id"], ["person.id"], name=op.f("fk_penalty_respondent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_penalty")),
        sa.UniqueConstraint("year", "seq", name=op.f("uq_penalty_year_seq")),
    )
    op.create_index("ix_penalty_clock_due", "penalty", ["clock", "due_at"], unique=False)
    op.create_index("ix_penalty_complaint_id", "penalty", ["complaint_id"], unique=False)
    op.create_index("ix_penalty_department_state", "penalty", ["department_id", "state", "id"], unique=False)
    op.create_index("ix_penalty_respondent_ladder", "penalty", ["respondent_id", "ladder", "approved_at"], unique=False)
    op.create_index("ix_penalty_state", "penalty", ["state", "id"], unique=False)

    op.create_table(
        "taken",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("line_id", sa.Integer(), nullable=False),
        sa.Column("penalty_id", sa.Integer(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("amount <> 0", name=op.f("ck_taken_not_zero")),
        sa.ForeignKeyConstraint(["line_id"], ["payday_line.id"], name=op.f("fk_taken_line_id")),
        sa.ForeignKeyConstraint(["penalty_id"], ["penalty.id"], name=op.f("fk_taken_penalty_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_taken")),
        sa.UniqueConstraint("line_id", "penalty_id", name=op.f("uq_taken_line_id_penalty_id")),
    )
    op.create_index("ix_taken_penalty_id", "taken", ["penalty_id"], unique=False)

    op.create_table(
        "money_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("penalty_id", sa.Integer(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "fine",
                "joint_fine",
                "rework_share",
                "commission_forfeit",
                "reward",
                "refund",
                "carry",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("reverses_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("(kind = 'carry') = (penalty_id IS NULL)", name=op.f("ck_money_entry_charged_by_a_penalty")),
        sa.CheckConstraint("kind NOT IN ('reward', 'refund') OR amount > 0", name=op.f("ck_money_entry_gives")),
        sa.CheckConstraint("amount <> 0", name=op.f("ck_money_entry_not_zero")),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_money_entry_event_id")),
        sa.ForeignKeyConstraint(["penalty_id"], ["penalty.id"], name=op.f("fk_money_entry_penalty_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_money_entry_person_id")),
        sa.ForeignKeyConstraint(["reverses_id"], ["money_entry.id"], name=op.f("fk_money_entry_reverses_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_money_entry")),
        sa.UniqueConstraint("reverses_id", name=op.f("uq_money_entry_reverses_id")),
    )
    op.create_index("ix_money_entry_event_id", "money_entry", ["event_id"], unique=False)
    op.create_index("ix_money_entry_penalty_id", "money_entry", ["penalty_id"], unique=False)
    op.create_index("ix_money_entry_person_month", "money_entry", ["person_id", "month"], unique=False)
    op.create_index(
        "uq_money_entry_charge",
        "money_entry",
        ["event_id", "person_id", "kind", "month"],
        unique=True,
        sqlite_where=sa.text("reverses_id IS NULL"),
        postgresql_where=sa.text("reverses_id IS NULL"),
    )

    op.create_table(
        "letter_service",
        sa.Column("letter_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column(
            "way",
            sa.Enum(
                "handed_over",
                "left",
                "courier",
                "message",
                "public_notice",
                name="way",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("place", sa.String(length=120), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("witness_1", sa.String(length=40), nullable=True),
        sa.Column("witness_2", sa.String(length=40), nullable=True),
        sa.Column("recorded_at", sa.DateTime(), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "way <> 'left' OR (witness_1 IS NOT NULL AND witness_2 IS NOT NULL)",
            name=op.f("ck_letter_service_left_before_two"),
        ),
        sa.CheckConstraint(
            "witness_1 IS NULL OR witness_2 IS NULL OR witness_1 <> witness_2",
            name=op.f("ck_letter_service_two_witnesses"),
        ),
        sa.ForeignKeyConstraint(
            ["letter_id", "person_id"],
            ["letter_recipient.letter_id", "letter_recipient.person_id"],
            name=op.f("fk_letter_service_letter_id_person_id"),
        ),
        sa.ForeignKeyConstraint(["letter_id"], ["letter.id"], name=op.f("fk_letter_service_letter_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_letter_service_person_id")),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["person.id"], name=op.f("fk_letter_service_recorded_by_id")),
        sa.PrimaryKeyConstraint("letter_id", "person_id", name=op.f("pk_letter_service")),
    )
    with op.batch_alter_table("attachment") as batch_op:
        batch_op.add_column(sa.Column("penalty_id", sa.Integer(), nullable=True))
        batch_op.alter_column("complaint_id", existing_type=sa.INTEGER(), nullable=True)
        batch_op.create_check_constraint(op.f("ck_attachment_of_one_case"), one_of("complaint", "penalty"))
        batch_op.create_index(batch_op.f("ix_attachment_penalty_id"), ["penalty_id"], unique=False)
        batch_op.create_foreign_key(batch_op.f("fk_attachment_penalty_id"), "penalty", ["penalty_id"], ["id"])

    with op.batch_alter_table("event") as batch_op:
        batch_op.add_column(sa.Column("penalty_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("scorecard_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("payday_id", sa.Integer(), nullable=True))
        batch_op.alter_column("complaint_id", existing_type=sa.INTEGER(), nullable=True)
        batch_op.create_check_constraint(op.f("ck_event_about_one_case"), one_of(*CASES))
        batch_op.create_index("ix_event_actor_penalty", ["actor_id", "penalty_id"], unique=False)
        batch_op.create_index("ix_event_for_penalty", ["acting_for_id", "penalty_id"], unique=False)
        batch_op.create_unique_constraint(batch_op.f("uq_event_payday_id_seq"), ["payday_id", "seq"])
        batch_op.create_unique_constraint(batch_op.f("uq_event_penalty_id_seq"), ["penalty_id", "seq"])
        batch_op.create_unique_constraint(batch_op.f("uq_event_scorecard_id_seq"), ["scorecard_id", "seq"])
        batch_op.create_foreign_key(batch_op.f("fk_event_scorecard_id"), "scorecard", ["scorecard_id"], ["id"])
        batch_op.create_foreign_key(batch_op.f("fk_event_penalty_id"), "penalty", ["penalty_id"], ["id"])
        batch_op.create_foreign_key(batch_op.f("fk_event_payday_id"), "payday", ["payday_id"], ["id"])

    op.add_column("regulation_version", sa.Column("adoption", sa.Text(), nullable=True))
    _hold_what_was_made_anew()
    _keep(*NEVER_DELETED)
    _hold(*FIXED)


def downgrade() -> None:
    _let_go()
    op.drop_column("regulation_version", "adoption")

    with op.batch_alter_table("event") as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_event_payday_id"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_event_penalty_id"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_event_scorecard_id"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("uq_event_scorecard_id_seq"), type_="unique")
        batch_op.drop_constraint(batch_op.f("uq_event_penalty_id_seq"), type_="unique")
        batch_op.drop_constraint(batch_op.f("uq_event_payday_id_seq"), type_="unique")
        batch_op.drop_constraint(batch_op.f("ck_event_about_one_case"), type_="check")
        batch_op.drop_index("ix_event_for_penalty")
        batch_op.drop_index("ix_event_actor_penalty")
        batch_op.alter_column("complaint_id", existing_type=sa.INTEGER(), nullable=False)
        batch_op.drop_column("payday_id")
        batch_op.drop_column("scorecard_id")
        batch_op.drop_column("penalty_id")

    with op.batch_alter_table("attachment") as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_attachment_penalty_id"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("ck_attachment_of_one_case"), type_="check")
        batch_op.drop_index(batch_op.f("ix_attachment_penalty_id"))
        batch_op.alter_column("complaint_id", existing_type=sa.INTEGER(), nullable=False)
        batch_op.drop_column("penalty_id")

    op.drop_table("letter_service")

    op.drop_table("money_entry")

    op.drop_table("taken")

    op.drop_table("penalty")

    op.drop_table("payday_line")

    op.drop_table("scorecard")
    op.drop_table("regulation_acknowledgement")
    op.drop_table("payday")
    op.drop_table("commission")
    op.drop_table("setting_change")
    _hold_what_was_made_anew()


def _let_go() -> None:
    """The triggers of what is about to be made anew or dropped."""
    on = "" if op.get_bind().dialect.name == "sqlite" else " ON {table}"
    for table in NEVER_DELETED:
        op.execute(f"DROP TRIGGER IF EXISTS keep_{table}" + on.format(table=table))
        op.execute(f"DROP TRIGGER IF EXISTS hold_{table}" + on.format(table=table))


def _keep(*tables: str) -> None:
    """Rows of these tables are never deleted."""
    for table in tables:
        if op.get_bind().dialect.name == "sqlite":
            op.execute(
                f"CREATE TRIGGER keep_{table} BEFORE DELETE ON {table} BEGIN"
                f" SELECT RAISE(ABORT, '{table}: rows are never deleted'); END"
            )
        else:
            op.execute(
                f"CREATE TRIGGER keep_{table} BEFORE DELETE OR TRUNCATE ON {table}"
                " FOR EACH STATEMENT EXECUTE FUNCTION gongdao_append_only()"
            )


def _hold(*tables: str) -> None:
    """Rows of these tables are never changed."""
    for table in tables:
        if op.get_bind().dialect.name == "sqlite":
            op.execute(
                f"CREATE TRIGGER hold_{table} BEFORE UPDATE ON {table} BEGIN"
                f" SELECT RAISE(ABORT, '{table}: rows are never changed'); END"
            )
        else:
            op.execute(
                f"CREATE TRIGGER hold_{table} BEFORE UPDATE ON {table}"
                " FOR EACH ROW EXECUTE FUNCTION gongdao_append_only()"
            )


def _hold_what_was_made_anew() -> None:
    if op.get_bind().dialect.name == "sqlite":
        _keep("attachment", "event")
        _hold("attachment", "event")
