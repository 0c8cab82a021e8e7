"""Assessments that were run, with their results; a period that is closed takes no more rows."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

SUBJECTS = ("person", "team", "department", "partner")
KEPT = ("assessment_adjustment", "assessment_act", "assessment_question", "assessment_answer")
TABLES = (
    "assessment_answer", "assessment_question", "assessment_act", "assessment_adjustment", "assessment_result",
    "assessed", "assessment_computation", "assessment",
)  # fmt: skip
# As in models/assessment_run.py: the closing takes the same lock.
CLOSING = 2027
CLOSED = "SELECT 1 FROM assessment WHERE closed_at IS NOT NULL AND "
# Whose rows count for whom; a department's are those of its teams and people as well.
FEEDS = (
    "({row}.person_id IS NOT NULL AND kind IN ('person', 'team', 'department')"
    " OR {row}.team_id IS NOT NULL AND kind IN ('team', 'department')"
    " OR {row}.department_id IS NOT NULL AND kind = 'department'"
    " OR {row}.partner_id IS NOT NULL AND kind = 'partner')"
)
IN_A_CLOSED_PERIOD = (
    f"EXISTS ({CLOSED} assessment.regulation = {{row}}.regulation"
    f" AND {{row}}.counts_on BETWEEN first_day AND last_day AND {FEEDS})"
)
WITHDRAWN = "SELECT 1 FROM assessment_row r WHERE r.id = NEW.row_id AND"
ASSESSMENT = "SELECT assessment_id FROM assessed WHERE id = {row}.assessed_id"
CLOSED_TO_ROWS = {
    "assessment_row": IN_A_CLOSED_PERIOD.format(row="NEW"),
    "assessment_row_withdrawal": f"EXISTS ({WITHDRAWN} {IN_A_CLOSED_PERIOD.format(row='r')})",
}
REGULATION = {
    "assessment_row": "NEW.regulation",
    "assessment_row_withdrawal": "(SELECT regulation FROM assessment_row WHERE id = NEW.row_id)",
}
# What belongs to a closed assessment changes no more.
OF_A_CLOSED_ONE = {
    "assessed": f"EXISTS ({CLOSED} id = {{row}}.assessment_id)",
    "assessment_result": f"EXISTS ({CLOSED} id = ({ASSESSMENT}))",
    "assessment_adjustment": f"EXISTS ({CLOSED} id = {{row}}.assessment_id)",
}


def upgrade() -> None:
    _assessments()
    _results()
    _acts()
    for table in KEPT:
        _keep(table)
    if op.get_bind().dialect.name == "sqlite":
        _guards_of_sqlite()
    else:
        _guards_of_postgresql()


def _assessments() -> None:
    op.create_table(
        "assessment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("regulation", sa.String(length=40), nullable=False),
        sa.Column("scheme", sa.String(length=40), nullable=True),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("period", sa.String(length=8), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("regulation_version_id", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.DateTime(), nullable=False),
        sa.Column("opened_by_id", sa.Integer(), nullable=False),
        *(sa.Column(f"{done}_at", sa.DateTime(), nullable=True) for done in ("computed", "submitted", "closed")),
        sa.Column("closed_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(f"kind IN {SUBJECTS}", name=op.f("ck_assessment_kind_known")),
        sa.CheckConstraint("first_day <= last_day", name=op.f("ck_assessment_of_some_days")),
        sa.CheckConstraint(
            "closed_at IS NULL OR submitted_at IS NOT NULL", name=op.f("ck_assessment_closed_after_it_was_submitted")
        ),
        sa.CheckConstraint(
            "(closed_at IS NULL) = (closed_by_id IS NULL)", name=op.f("ck_assessment_closed_by_somebody")
        ),
        *_keys("assessment", regulation_version_id="regulation_version", opened_by_id="person", closed_by_id="person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assessment")),
    )
    op.create_index(
        "uq_assessment_period", "assessment", ["regulation", "kind", "period", sa.text("coalesce(scheme, '')")],
        unique=True,
    )  # fmt: skip
    op.create_index("ix_assessment_closed", "assessment", ["regulation", "first_day", "last_day"])
    op.create_table(
        "assessment_computation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("assessment_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=24), nullable=False),
        sa.Column("asked_at", sa.DateTime(), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("finished_at", sa.DateTime(), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "state IN ('waiting', 'running', 'done', 'failed')", name=op.f("ck_assessment_computation_state")
        ),
        *_keys("assessment_computation", assessment_id="assessment", asked_by_id="person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assessment_computation")),
    )
    op.create_index(
        "ix_assessment_computation_assessment_id", "assessment_computation", ["assessment_id", "id"]
    )  # fmt: skip


def _results() -> None:
    op.create_table(
        "assessed",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("assessment_id", sa.Integer(), nullable=False),
        *_subject(),
        sa.Column("seat_id", sa.Integer(), nullable=True),
        *(sa.Column(name, sa.String(), nullable=True) for name in ("total", "unadjusted", "shown")),
        sa.Column("factor", sa.String(), nullable=False),
        sa.Column("factor_reason", sa.Text(), nullable=False),
        sa.Column("grade", sa.Integer(), nullable=True),
        sa.Column("place", sa.Integer(), nullable=True),
        sa.Column("missing", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("left_out", sa.JSON(), nullable=False),
        _about_one("assessed"),
        *_keys("assessed", assessment_id="assessment", seat_id="department", **{f"{s}_id": s for s in SUBJECTS}),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assessed")),
    )
    for subject in SUBJECTS:
        op.create_index(f"uq_assessed_{subject}", "assessed", ["assessment_id", f"{subject}_id"], unique=True)
    op.create_index("ix_assessed_person_id", "assessed", ["person_id"])
    op.create_index("ix_assessed_seat", "assessed", ["assessment_id", "seat_id"])
    op.create_table(
        "assessment_result",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("assessed_id", sa.Integer(), nullable=False),
        sa.Column("measure", sa.String(length=40), nullable=False),
        sa.Column("part", sa.String(length=40), nullable=True),
        *(sa.Column(name, sa.String(), nullable=True) for name in ("value", "shown", "score")),
        sa.Column("place", sa.Integer(), nullable=True),
        sa.Column("target", sa.String(), nullable=True),
        *(sa.Column(name, sa.JSON(none_as_null=True), nullable=True) for name in ("missing", "unscored")),
        sa.Column("inputs", sa.JSON(), nullable=False),
        sa.Column("measures", sa.JSON(), nullable=False),
        sa.Column("answers", sa.Integer(), nullable=False),
        *_keys("assessment_result", assessed_id="assessed"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assessment_result")),
    )
    op.create_index("ix_assessment_result_assessed_id", "assessment_result", ["assessed_id", "measure"])


def _acts() -> None:
    op.create_table(
        "assessment_adjustment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("assessment_id", sa.Integer(), nullable=False),
        *_subject(),
        sa.Column("factor", sa.String(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        _about_one("assessment_adjustment"),
        *_keys("assessment_adjustment", assessment_id="assessment", by_id="person",
               **{f"{s}_id": s for s in SUBJECTS}),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assessment_adjustment")),
    )  # fmt: skip
    op.create_index("ix_assessment_adjustment_assessment_id", "assessment_adjustment", ["assessment_id", "id"])
    op.create_table(
        "assessment_act",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("assessment_id", sa.Integer(), nullable=False),
        sa.Column("action", sa.String(length=16), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("for_id", sa.Integer(), nullable=True),
        sa.Column("department_id", sa.Integer(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        *_keys("assessment_act", assessment_id="assessment", by_id="person", for_id="person",
               department_id="department"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assessment_act")),
    )  # fmt: skip
    op.create_index("ix_assessment_act_assessment_id", "assessment_act", ["assessment_id", "id"])
    op.create_table(
        "assessment_question",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("assessment_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("measure", sa.String(length=40), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("to_id", sa.Integer(), nullable=False),
        *_keys("assessment_question", assessment_id="assessment", person_id="person", to_id="person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assessment_question")),
    )
    op.create_index("ix_assessment_question_assessment_id", "assessment_question", ["assessment_id", "person_id"])
    op.create_index("ix_assessment_question_to_id", "assessment_question", ["to_id"])
    op.create_table(
        "assessment_answer",
        sa.Column("question_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        *_keys("assessment_answer", question_id="assessment_question", by_id="person"),
        sa.PrimaryKeyConstraint("question_id", name=op.f("pk_assessment_answer")),
    )


def _subject() -> list[sa.Column[int]]:
    return [sa.Column(f"{subject}_id", sa.Integer(), nullable=True) for subject in SUBJECTS]


def _about_one(table: str) -> sa.CheckConstraint:
    one = " + ".join(f"(CASE WHEN {subject}_id IS NULL THEN 0 ELSE 1 END)" for subject in SUBJECTS) + " = 1"
    return sa.CheckConstraint(one, name=op.f(f"ck_{table}_about_one_subject"))


def _keys(table: str, **columns: str) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}"))
        for column, to in columns.items()
    ]


def _guards_of_sqlite() -> None:
    """Whoever writes is alone: what they see is so."""
    for table, is_closed in CLOSED_TO_ROWS.items():
        _refuse(f"open_period_{table}", f"INSERT ON {table} WHEN {is_closed}", f"{table}: the period is closed")
    for table, is_closed in OF_A_CLOSED_ONE.items():
        for moment, row in (("INSERT", "NEW"), ("UPDATE", "OLD"), ("DELETE", "OLD")):
            when = f"{moment} ON {table} WHEN {is_closed.format(row=row)}"
            _refuse(f"closed_{moment.lower()}_{table}", when, f"{table}: the assessment is closed")
    _refuse(
        "closed_update_assessment", "UPDATE ON assessment WHEN OLD.closed_at IS NOT NULL",
        "assessment: it is closed",
    )  # fmt: skip
    _refuse("keep_assessment", "DELETE ON assessment", "assessment: rows are never deleted")


def _refuse(name: str, when: str, why: str) -> None:
    op.execute(f"CREATE TRIGGER {name} BEFORE {when} BEGIN SELECT RAISE(ABORT, '{why}'); END")


def _guards_of_postgresql() -> None:
    """Postings of one regulation wait for the closing of its period and the closing for them; then they look."""
    for table, is_closed in CLOSED_TO_ROWS.items():
        lock = f"PERFORM pg_advisory_xact_lock_shared({CLOSING}, hashtext({REGULATION[table]}));"
        _function(f"open_period_{table}", f"{lock} IF {is_closed} THEN", "the period is closed", "NEW")
        _trigger(f"open_period_{table}", "INSERT", table)
    for table, is_closed in OF_A_CLOSED_ONE.items():
        for moment, row in (("INSERT", "NEW"), ("UPDATE", "OLD"), ("DELETE", "OLD")):
            name = f"closed_{moment.lower()}_{table}"
            returned = "OLD" if moment == "DELETE" else "NEW"
            _function(name, f"IF {is_closed.format(row=row)} THEN", "the assessment is closed", returned)
            _trigger(name, moment, table)
    _function("closed_update_assessment", "IF OLD.closed_at IS NOT NULL THEN", "it is closed", "NEW")
    _trigger("closed_update_assessment", "UPDATE", "assessment")
    op.execute(
        "CREATE TRIGGER keep_assessment BEFORE DELETE OR TRUNCATE ON assessment"
        " FOR EACH STATEMENT EXECUTE FUNCTION gongdao_append_only()"
    )


def _function(name: str, condition: str, why: str, returned: str) -> None:
    op.execute(
        f"CREATE FUNCTION gongdao_{name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {condition}"
        f" RAISE EXCEPTION '%: {why}', TG_TABLE_NAME USING ERRCODE = 'check_violation';"
        f" END IF; RETURN {returned}; END $$"
    )


def _trigger(name: str, moment: str, table: str) -> None:
    op.execute(
        f"CREATE TRIGGER {name} BEFORE {moment} ON {table} FOR EACH ROW EXECUTE FUNCTION gongdao_{name}()"
    )  # fmt: skip


def _keep(table: str) -> None:
    """Rows are never changed and never deleted."""
    if op.get_bind().dialect.name == "sqlite":
        for trigger, moment, verb in (("keep", "DELETE", "deleted"), ("hold", "UPDATE", "changed")):
            _refuse(f"{trigger}_{table}", f"{moment} ON {table}", f"{table}: rows are never {verb}")
        return
    for trigger, moment, each in (("keep", "DELETE OR TRUNCATE", "STATEMENT"), ("hold", "UPDATE", "ROW")):
        op.execute(
            f"CREATE TRIGGER {trigger}_{table} BEFORE {moment} ON {table}"
            f" FOR EACH {each} EXECUTE FUNCTION gongdao_append_only()"
        )


def downgrade() -> None:
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for table in CLOSED_TO_ROWS:
        op.execute(f"DROP TRIGGER open_period_{table}" + ("" if is_sqlite else f" ON {table}"))
    for table in TABLES:
        op.drop_table(table)
    if is_sqlite:
        return
    functions = [f"open_period_{table}" for table in CLOSED_TO_ROWS] + ["closed_update_assessment"]
    functions += [f"closed_{moment}_{table}" for table in OF_A_CLOSED_ONE for moment in ("insert", "update", "delete")]
    for name in functions:
        op.execute(f"DROP FUNCTION gongdao_{name}()")
