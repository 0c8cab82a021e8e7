"""Tables of the company, its complaints, events, points and letters."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "calendar_exception",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("is_working", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_calendar_exception")),
    )
    op.create_table(
        "company",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name_zh", sa.String(length=80), nullable=False),
        sa.Column("name_en", sa.String(length=120), nullable=False),
        sa.Column("short_name_zh", sa.String(length=40), nullable=False),
        sa.Column("short_name_en", sa.String(length=60), nullable=False),
        sa.Column("timezone", sa.String(length=40), nullable=False),
        sa.Column("opens_at", sa.Time(), nullable=False),
        sa.Column("closes_at", sa.Time(), nullable=False),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.Column("settings", sa.JSON(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_company_only_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_company")),
    )
    op.create_table(
        "department",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=40), nullable=False),
        sa.Column("name_zh", sa.String(length=40), nullable=False),
        sa.Column("name_en", sa.String(length=60), nullable=False),
        sa.Column("ladder", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_department")),
        sa.UniqueConstraint("slug", name=op.f("uq_department_slug")),
    )
    op.create_table(
        "login_failure",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("username", sa.String(length=64), nullable=False),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_login_failure")),
    )
    op.create_index("ix_login_failure_address_at", "login_failure", ["address", "at"], unique=False)
    op.create_index("ix_login_failure_username_at", "login_failure", ["username", "at"], unique=False)
    op.create_table(
        "number_series",
        sa.Column("series", sa.String(length=24), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("series", "year", name=op.f("pk_number_series")),
    )
    op.create_table(
        "person",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("username", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=True),
        sa.Column("session_epoch", sa.Integer(), nullable=False),
        sa.Column("must_change_password", sa.Boolean(), nullable=False),
        sa.Column("language", sa.String(length=12), nullable=False),
        sa.Column("theme", sa.String(length=8), nullable=False),
        sa.Column("joined_at", sa.DateTime(), nullable=False),
        sa.Column("left_at", sa.DateTime(), nullable=True),
        sa.CheckConstraint("language IN ('zh_Hans_CN', 'en')", name=op.f("ck_person_language_known")),
        sa.CheckConstraint("theme IN ('time', 'light', 'dark')", name=op.f("ck_person_theme_known")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("username", name=op.f("uq_person_username")),
    )
    op.create_table(
        "regulation_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=40), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("edition", sa.String(length=20), nullable=False),
        sa.Column("in_force_from", sa.Date(), nullable=False),
        sa.Column("stored_at", sa.DateTime(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_regulation_version")),
        sa.UniqueConstraint("slug", "edition", name=op.f("uq_regulation_version_slug_edition")),
        sa.UniqueConstraint("slug", "number", name=op.f("uq_regulation_version_slug_number")),
    )
    op.create_table(
        "complaint",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "filed",
                "assigned",
                "appealed",
                "ruling",
                "handling",
                "handled",
                "reported",
                "resolved",
                "voided",
                "withdrawn",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("customer_name", sa.String(length=60), nullable=False),
        sa.Column("customer_phone", sa.String(length=40), nullable=True),
        sa.Column("phone_digits", sa.String(length=40), nullable=True),
        sa.Column("vehicle", sa.String(length=40), nullable=True),
        sa.Column("vehicle_key", sa.String(length=40), nullable=True),
        sa.Column("vehicle_model", sa.String(length=120), nullable=True),
        sa.Column("order_number", sa.String(length=60), nullable=True),
        sa.Column(
            "channel",
            sa.Enum(
                "phone",
                "visit",
                "survey",
                "web",
                "manufacturer",
                "social_media",
                name="channel",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column(
            "category",
            sa.Enum(
                "service_attitude",
                "service_quality",
                "product_quality",
                "delivery",
                "price",
                "parts",
                "process",
                "other",
                name="category",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column(
            "severity",
            sa.Enum("minor", "normal", "major", name="severity", native_enum=False, create_constraint=True, length=24),
            nullable=False,
        ),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("demand", sa.Text(), nullable=True),
        sa.Column("occurred_on", sa.Date(), nullable=True),
        sa.Column("source", sa.String(length=40), nullable=True),
        sa.Column("external_ref", sa.String(length=80), nullable=True),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.Column("filed_at", sa.DateTime(), nullable=False),
        sa.Column("filed_by_id", sa.Integer(), nullable=True),
        sa.Column("statutory_due_at", sa.DateTime(), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=True),
        sa.Column("respondent_id", sa.Integer(), nullable=True),
        sa.Column("violation", sa.Boolean(), nullable=True),
        sa.Column("rework_cost", sa.BigInteger(), nullable=True),
        sa.Column("appellant_id", sa.Integer(), nullable=True),
        sa.Column("appealed_by_id", sa.Integer(), nullable=True),
        sa.Column(
            "appealed_as",
            sa.Enum(
                "respondent",
                "department_head",
                name="appealed_as",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=True,
        ),
        sa.Column("handling_since", sa.DateTime(), nullable=True),
        sa.Column("completed_at", sa.DateTime(), nullable=True),
        sa.Column("resolved_at", sa.DateTime(), nullable=True),
        sa.Column("voided_at", sa.DateTime(), nullable=True),
        sa.Column("satisfaction", sa.Integer(), nullable=True),
        sa.Column("clock", sa.String(length=24), nullable=True),
        sa.Column("clock_started_at", sa.DateTime(), nullable=True),
        sa.Column("due_at", sa.DateTime(), nullable=True),
        sa.Column(
            "due_order",
            sa.DateTime(),
            sa.Computed("coalesce(due_at, '9999-12-31 00:00:00.000000')", persisted=True),
            nullable=False,
        ),
        sa.Column("regulation_version_id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state = 'resolved') = (resolved_at IS NOT NULL)", name=op.f("ck_complaint_resolved_iff_dated")
        ),
        sa.CheckConstraint(
            "(state = 'resolved') = (satisfaction IS NOT NULL)",
            name=op.f("ck_complaint_resolved_iff_satisfaction_asked"),
        ),
        sa.CheckConstraint("(state = 'voided') = (voided_at IS NOT NULL)", name=op.f("ck_complaint_voided_iff_dated")),
        sa.CheckConstraint(
            "(state IN ('appealed', 'ruling')) ="
            " (appellant_id IS NOT NULL AND appealed_by_id IS NOT NULL AND appealed_as IS NOT NULL)",
            name=op.f("ck_complaint_appealed_iff_someone_appealed"),
        ),
        sa.CheckConstraint(
            "(state IN ('handled', 'reported', 'resolved')) = (completed_at IS NOT NULL)",
            name=op.f("ck_complaint_completed_iff_dated"),
        ),
        sa.CheckConstraint(
            "clock IS NOT NULL OR state IN ('resolved', 'voided', 'withdrawn')",
            name=op.f("ck_complaint_open_has_a_clock"),
        ),
        sa.CheckConstraint("clock IS NULL OR state <> 'withdrawn'", name=op.f("ck_complaint_withdrawn_has_no_clock")),
        sa.CheckConstraint(
            "department_id IS NOT NULL OR state IN ('filed', 'withdrawn')",
            name=op.f("ck_complaint_assigned_to_a_department"),
        ),
        sa.CheckConstraint(
            "handling_since IS NOT NULL OR NOT (state IN ('handling', 'handled', 'reported', 'resolved'))",
            name=op.f("ck_complaint_handling_is_dated"),
        ),
        sa.CheckConstraint("(clock IS NULL) = (due_at IS NULL)", name=op.f("ck_complaint_clock_iff_due")),
        sa.CheckConstraint("rework_cost >= 0", name=op.f("ck_complaint_rework_cost_not_negative")),
        sa.CheckConstraint("satisfaction BETWEEN 1 AND 5", name=op.f("ck_complaint_satisfaction_in_range")),
        sa.ForeignKeyConstraint(["appealed_by_id"], ["person.id"], name=op.f("fk_complaint_appealed_by_id")),
        sa.ForeignKeyConstraint(["appellant_id"], ["person.id"], name=op.f("fk_complaint_appellant_id")),
        sa.ForeignKeyConstraint(["department_id"], ["department.id"], name=op.f("fk_complaint_department_id")),
        sa.ForeignKeyConstraint(["filed_by_id"], ["person.id"], name=op.f("fk_complaint_filed_by_id")),
        sa.ForeignKeyConstraint(
            ["regulation_version_id"], ["regulation_version.id"], name=op.f("fk_complaint_regulation_version_id")
        ),
        sa.ForeignKeyConstraint(["respondent_id"], ["person.id"], name=op.f("fk_complaint_respondent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complaint")),
        sa.UniqueConstraint("year", "seq", name=op.f("uq_complaint_year_seq")),
    )
    op.create_index("ix_complaint_clock_department", "complaint", ["clock", "department_id", "due_at"], unique=False)
    op.create_index("ix_complaint_clock_due", "complaint", ["clock", "due_at"], unique=False)
    op.create_index(
        "ix_complaint_department_state_due", "complaint", ["department_id", "state", "due_order", "id"], unique=False
    )
    op.create_index("ix_complaint_due_order", "complaint", ["due_order", "id"], unique=False)
    op.create_index("ix_complaint_phone_digits", "complaint", ["phone_digits"], unique=False)
    op.create_index(
        "ix_complaint_respondent_state_due",
        "complaint",
        ["respondent_id", "state", "due_order", "id", "department_id"],
        unique=False,
    )
    op.create_index("ix_complaint_respondent_clock", "complaint", ["respondent_id", "clock", "due_at"], unique=False)
    op.create_index("ix_complaint_state_due", "complaint", ["state", "due_order", "id"], unique=False)
    op.create_index("ix_complaint_vehicle_key", "complaint", ["vehicle_key"], unique=False)
    op.create_index("uq_complaint_external", "complaint", ["source", "external_ref"], unique=True)
    op.create_table(
        "complaint_import",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "preview",
                "waiting",
                "running",
                "done",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("columns", sa.JSON(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("seen", sa.Integer(), nullable=False),
        sa.Column("added", sa.Integer(), nullable=False),
        sa.Column("repeated", sa.Integer(), nullable=False),
        sa.Column("refused", sa.JSON(), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(), nullable=False),
        sa.Column("uploaded_by_id", sa.Integer(), nullable=False),
        sa.Column("finished_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["uploaded_by_id"], ["person.id"], name=op.f("fk_complaint_import_uploaded_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complaint_import")),
        sa.UniqueConstraint("key", name=op.f("uq_complaint_import_key")),
    )
    op.create_table(
        "deputation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("principal_id", sa.Integer(), nullable=False),
        sa.Column("deputy_id", sa.Integer(), nullable=False),
        sa.Column("is_standing", sa.Boolean(), nullable=False),
        sa.Column("since", sa.DateTime(), nullable=False),
        sa.Column("until", sa.DateTime(), nullable=True),
        sa.CheckConstraint("is_standing OR until IS NOT NULL", name=op.f("ck_deputation_period_ends")),
        sa.CheckConstraint("principal_id <> deputy_id", name=op.f("ck_deputation_not_oneself")),
        sa.ForeignKeyConstraint(["deputy_id"], ["person.id"], name=op.f("fk_deputation_deputy_id")),
        sa.ForeignKeyConstraint(["principal_id"], ["person.id"], name=op.f("fk_deputation_principal_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deputation")),
    )
    op.create_table(
        "headship",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(), nullable=False),
        sa.Column("until", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["department_id"], ["department.id"], name=op.f("fk_headship_department_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_headship_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_headship")),
    )
    op.create_index(
        "uq_headship_open",
        "headship",
        ["department_id"],
        unique=True,
        sqlite_where=sa.text("until IS NULL"),
        postgresql_where=sa.text("until IS NULL"),
    )
    op.create_table(
        "role_grant",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "customer_relations",
                "department_head",
                "general_manager",
                "employee",
                "human_resources",
                "administrator",
                name="role",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("since", sa.DateTime(), nullable=False),
        sa.Column("until", sa.DateTime(), nullable=True),
        sa.CheckConstraint("role NOT IN ('department_head', 'employee')", name=op.f("ck_role_grant_role_is_granted")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_role_grant_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role_grant")),
    )
    op.create_index(
        "uq_role_grant_open",
        "role_grant",
        ["person_id", "role"],
        unique=True,
        sqlite_where=sa.text("until IS NULL"),
        postgresql_where=sa.text("until IS NULL"),
    )
    op.create_table(
        "team",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=40), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["department_id"], ["department.id"], name=op.f("fk_team_department_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_team")),
        sa.UniqueConstraint("slug", name=op.f("uq_team_slug")),
    )
    op.create_table(
        "attachment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("complaint_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("media_type", sa.String(length=80), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("added_at", sa.DateTime(), nullable=False),
        sa.Column("added_by_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("size > 0", name=op.f("ck_attachment_not_empty")),
        sa.ForeignKeyConstraint(["added_by_id"], ["person.id"], name=op.f("fk_attachment_added_by_id")),
        sa.ForeignKeyConstraint(["complaint_id"], ["complaint.id"], name=op.f("fk_attachment_complaint_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachment")),
        sa.UniqueConstraint("key", name=op.f("uq_attachment_key")),
    )
    op.create_index(op.f("ix_attachment_complaint_id"), "attachment", ["complaint_id"], unique=False)
    op.create_table(
        "event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("complaint_id", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("action", sa.String(length=24), nullable=False),
        sa.Column("rule", sa.String(length=12), nullable=False),
        sa.Column("from_state", sa.String(length=24), nullable=True),
        sa.Column("to_state", sa.String(length=24), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("acting_for_id", sa.Integer(), nullable=True),
        sa.Column("signed_as", sa.String(length=24), nullable=False),
        sa.Column("said", sa.JSON(), nullable=False),
        sa.Column("previous_hash", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.CheckConstraint("seq > 0", name=op.f("ck_event_numbered_from_one")),
        sa.ForeignKeyConstraint(["acting_for_id"], ["person.id"], name=op.f("fk_event_acting_for_id")),
        sa.ForeignKeyConstraint(["actor_id"], ["person.id"], name=op.f("fk_event_actor_id")),
        sa.ForeignKeyConstraint(["complaint_id"], ["complaint.id"], name=op.f("fk_event_complaint_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event")),
        sa.UniqueConstraint("complaint_id", "seq", name=op.f("uq_event_complaint_id_seq")),
    )
    op.create_index("ix_event_actor_complaint", "event", ["actor_id", "complaint_id"], unique=False)
    op.create_index("ix_event_for_complaint", "event", ["acting_for_id", "complaint_id"], unique=False)
    op.create_table(
        "posting",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=True),
        sa.Column("title", sa.String(length=40), nullable=False),
        sa.Column("wage", sa.BigInteger(), nullable=False),
        sa.Column("performance_base", sa.BigInteger(), nullable=False),
        sa.Column("since", sa.DateTime(), nullable=False),
        sa.Column("until", sa.DateTime(), nullable=True),
        sa.CheckConstraint("until IS NULL OR until >= since", name=op.f("ck_posting_ends_after_start")),
        sa.CheckConstraint("wage >= 0 AND performance_base >= 0", name=op.f("ck_posting_pay_not_negative")),
        sa.ForeignKeyConstraint(["department_id"], ["department.id"], name=op.f("fk_posting_department_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_posting_person_id")),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_posting_team_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_posting")),
    )
    op.create_index("ix_posting_department_id", "posting", ["department_id"], unique=False)
    op.create_index(
        "uq_posting_open",
        "posting",
        ["person_id"],
        unique=True,
        sqlite_where=sa.text("until IS NULL"),
        postgresql_where=sa.text("until IS NULL"),
    )
    op.create_table(
        "team_leadership",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(), nullable=False),
        sa.Column("until", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_team_leadership_person_id")),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_team_leadership_team_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_team_leadership")),
    )
    op.create_index(
        "uq_team_leadership_open",
        "team_leadership",
        ["team_id"],
        unique=True,
        sqlite_where=sa.text("until IS NULL"),
        postgresql_where=sa.text("until IS NULL"),
    )
    op.create_table(
        "letter",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("series", sa.String(length=24), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("issued_at", sa.DateTime(), nullable=False),
        sa.Column("template_version", sa.String(length=12), nullable=False),
        sa.Column("content", sa.JSON(), nullable=True),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_letter_event_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter")),
        sa.UniqueConstraint("series", "year", "seq", name=op.f("uq_letter_series_year_seq")),
    )
    op.create_index("ix_letter_event_id", "letter", ["event_id"], unique=False)
    op.create_table(
        "notice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("read_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_notice_event_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_notice_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
    )
    op.create_index("ix_notice_person_read", "notice", ["person_id", "read_at"], unique=False)
    op.create_table(
        "score_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("department_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column(
            "status",
            sa.Enum("provisional", "final", name="status", native_enum=False, create_constraint=True, length=24),
            nullable=False,
        ),
        sa.Column("confirmed_by_id", sa.Integer(), nullable=True),
        sa.Column("reverses_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(confirmed_by_id IS NULL) OR status = 'final'", name=op.f("ck_score_entry_confirmed_is_final")
        ),
        sa.CheckConstraint("(person_id IS NULL) <> (department_id IS NULL)", name=op.f("ck_score_entry_one_account")),
        sa.CheckConstraint("points <> 0", name=op.f("ck_score_entry_not_zero")),
        sa.ForeignKeyConstraint(["confirmed_by_id"], ["event.id"], name=op.f("fk_score_entry_confirmed_by_id")),
        sa.ForeignKeyConstraint(["department_id"], ["department.id"], name=op.f("fk_score_entry_department_id")),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_score_entry_event_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_score_entry_person_id")),
        sa.ForeignKeyConstraint(["reverses_id"], ["score_entry.id"], name=op.f("fk_score_entry_reverses_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_score_entry")),
        sa.UniqueConstraint("reverses_id", name=op.f("uq_score_entry_reverses_id")),
    )
    op.create_index("ix_score_entry_department_month", "score_entry", ["department_id", "month"], unique=False)
    op.create_index("ix_score_entry_event_id", "score_entry", ["event_id"], unique=False)
    op.create_index("ix_score_entry_person_month", "score_entry", ["person_id", "month"], unique=False)
    op.create_index(
        "uq_score_entry_department",
        "score_entry",
        ["event_id", "department_id", "kind"],
        unique=True,
        sqlite_where=sa.text("department_id IS NOT NULL AND reverses_id IS NULL"),
        postgresql_where=sa.text("department_id IS NOT NULL AND reverses_id IS NULL"),
    )
    op.create_index(
        "uq_score_entry_person",
        "score_entry",
        ["event_id", "person_id", "kind"],
        unique=True,
        sqlite_where=sa.text("person_id IS NOT NULL AND reverses_id IS NULL"),
        postgresql_where=sa.text("person_id IS NOT NULL AND reverses_id IS NULL"),
    )
    op.create_table(
        "letter_pdf",
        sa.Column("letter_id", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(length=4), nullable=False),
        sa.Column("copy", sa.String(length=12), nullable=False),
        sa.Column("voided", sa.Boolean(), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["letter_id"], ["letter.id"], name=op.f("fk_letter_pdf_letter_id")),
        sa.PrimaryKeyConstraint("letter_id", "language", "copy", "voided", name=op.f("pk_letter_pdf")),
    )
    op.create_table(
        "letter_recipient",
        sa.Column("letter_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("acknowledged_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["letter_id"], ["letter.id"], name=op.f("fk_letter_recipient_letter_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_letter_recipient_person_id")),
        sa.PrimaryKeyConstraint("letter_id", "person_id", name=op.f("pk_letter_recipient")),
    )
    op.create_index("ix_letter_recipient_person", "letter_recipient", ["person_id", "acknowledged_at"], unique=False)
    op.create_table(
        "outbox_order",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("letter_id", sa.Integer(), nullable=True),
        sa.Column(
            "state",
            sa.Enum("waiting", "done", "failed", name="state", native_enum=False, create_constraint=True, length=24),
            nullable=False,
        ),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_try_at", sa.DateTime(), nullable=False),
        sa.Column("done_at", sa.DateTime(), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.CheckConstraint("(state = 'done') = (done_at IS NOT NULL)", name=op.f("ck_outbox_order_done_iff_dated")),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_outbox_order_event_id")),
        sa.ForeignKeyConstraint(["letter_id"], ["letter.id"], name=op.f("fk_outbox_order_letter_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox_order")),
    )
    op.create_index("ix_outbox_order_letter_id", "outbox_order", ["letter_id"], unique=False)
    op.create_index(
        "ix_outbox_order_waiting",
        "outbox_order",
        ["next_try_at"],
        unique=False,
        sqlite_where=sa.text("state = 'waiting'"),
        postgresql_where=sa.text("state = 'waiting'"),
    )


def downgrade() -> None:
    op.drop_index(
        "ix_outbox_order_waiting",
        table_name="outbox_order",
        sqlite_where=sa.text("state = 'waiting'"),
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.drop_index("ix_outbox_order_letter_id", table_name="outbox_order")
    op.drop_table("outbox_order")
    op.drop_index("ix_letter_recipient_person", table_name="letter_recipient")
    op.drop_table("letter_recipient")
    op.drop_table("letter_pdf")
    op.drop_index(
        "uq_score_entry_person",
        table_name="score_entry",
        sqlite_where=sa.text("person_id IS NOT NULL AND reverses_id IS NULL"),
        postgresql_where=sa.text("person_id IS NOT NULL AND reverses_id IS NULL"),
    )
    op.drop_index(
        "uq_score_entry_department",
        table_name="score_entry",
        sqlite_where=sa.text("department_id IS NOT NULL AND reverses_id IS NULL"),
        postgresql_where=sa.text("department_id IS NOT NULL AND reverses_id IS NULL"),
    )
    op.drop_index("ix_score_entry_person_month", table_name="score_entry")
    op.drop_index("ix_score_entry_event_id", table_name="score_entry")
    op.drop_index("ix_score_entry_department_month", table_name="score_entry")
    op.drop_table("score_entry")
    op.drop_index("ix_notice_person_read", table_name="notice")
    op.drop_table("notice")
    op.drop_index("ix_letter_event_id", table_name="letter")
    op.drop_table("letter")
    op.drop_index(
        "uq_team_leadership_open",
        table_name="team_leadership",
        sqlite_where=sa.text("until IS NULL"),
        postgresql_where=sa.text("until IS NULL"),
    )
    op.drop_table("team_leadership")
    op.drop_index(
        "uq_posting_open",
        table_name="posting",
        sqlite_where=sa.text("until IS NULL"),
        postgresql_where=sa.text("until IS NULL"),
    )
    op.drop_index("ix_posting_department_id", table_name="posting")
    op.drop_table("posting")
    op.drop_index("ix_event_for_complaint", table_name="event")
    op.drop_index("ix_event_actor_complaint", table_name="event")
    op.drop_table("event")
    op.drop_index(op.f("ix_attachment_complaint_id"), table_name="attachment")
    op.drop_table("attachment")
    op.drop_table("team")
    op.drop_index(
        "uq_role_grant_open",
        table_name="role_grant",
        sqlite_where=sa.text("until IS NULL"),
        postgresql_where=sa.text("until IS NULL"),
    )
    op.drop_table("role_grant")
    op.drop_index(
        "uq_headship_open",
        table_name="headship",
        sqlite_where=sa.text("until IS NULL"),
        postgresql_where=sa.text("until IS NULL"),
    )
    op.drop_table("headship")
    op.drop_table("deputation")
    op.drop_table("complaint_import")
    op.drop_index("uq_complaint_external", table_name="complaint")
    op.drop_index("ix_complaint_vehicle_key", table_name="complaint")
    op.drop_index("ix_complaint_state_due", table_name="complaint")
    op.drop_index("ix_complaint_respondent_clock", table_name="complaint")
    op.drop_index("ix_complaint_respondent_state_due", table_name="complaint")
    op.drop_index("ix_complaint_phone_digits", table_name="complaint")
    op.drop_index("ix_complaint_due_order", table_name="complaint")
    op.drop_index("ix_complaint_department_state_due", table_name="complaint")
    op.drop_index("ix_complaint_clock_due", table_name="complaint")
    op.drop_index("ix_complaint_clock_department", table_name="complaint")
    op.drop_table("complaint")
    op.drop_table("regulation_version")
    op.drop_table("person")
    op.drop_table("number_series")
    op.drop_index("ix_login_failure_username_at", table_name="login_failure")
    op.drop_index("ix_login_failure_address_at", table_name="login_failure")
    op.drop_table("login_failure")
    op.drop_table("department")
    op.drop_table("company")
    op.drop_table("calendar_exception")
