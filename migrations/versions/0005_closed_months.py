"""A month that is closed takes no more points and no more money, whoever writes them and whenever they began to."""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

TABLES = {"score_entry": ("INSERT", "UPDATE OF status"), "money_entry": ("INSERT",)}
# As in models/scorecard.py: the closing takes the same lock.
CLOSING = 2026
CARD = "(SELECT 1 FROM scorecard WHERE month = NEW.month AND "
PERSONS = f"EXISTS {CARD} person_id = NEW.person_id AND state IN ('approved', 'paid'))"
# A department's month is closed with all of its people's.
DEPARTMENTS = (
    f"EXISTS {CARD} department_id = NEW.department_id)"
    f" AND NOT EXISTS {CARD} department_id = NEW.department_id AND state NOT IN ('approved', 'paid'))"
)
IS_CLOSED = {"score_entry": f"{PERSONS} OR ({DEPARTMENTS})", "money_entry": PERSONS}


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        _sqlite()
    else:
        _postgresql()


def downgrade() -> None:
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for table, moments in TABLES.items():
        for moment in moments:
            op.execute(f"DROP TRIGGER {_name(table, moment)}" + ("" if is_sqlite else f" ON {table}"))
        if not is_sqlite:
            op.execute(f"DROP FUNCTION gongdao_open_month_{table}()")


def _name(table: str, moment: str) -> str:
    return f"open_month_{moment.split()[0].lower()}_{table}"


def _sqlite() -> None:
    """Whoever writes is alone: what they see is so."""
    for table, moments in TABLES.items():
        for moment in moments:
            op.execute(
                f"CREATE TRIGGER {_name(table, moment)} BEFORE {moment} ON {table} WHEN {IS_CLOSED[table]} BEGIN"
                f" SELECT RAISE(ABORT, '{table}: the month is closed'); END"
            )


def _postgresql() -> None:
    """Postings of one month wait for its closing and the closing for them; then they look."""
    for table, moments in TABLES.items():
        op.execute(
            f"CREATE FUNCTION gongdao_open_month_{table}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            f" PERFORM pg_advisory_xact_lock_shared({CLOSING}, replace(NEW.month, '-', '')::integer);"
            f" IF {IS_CLOSED[table]} THEN"
            "  RAISE EXCEPTION '%: the month is closed', TG_TABLE_NAME USING ERRCODE = 'check_violation';"
            " END IF; RETURN NEW; END $$"
        )
        for moment in moments:
            op.execute(
                f"CREATE TRIGGER {_name(table, moment)} BEFORE {moment} ON {table}"
                f" FOR EACH ROW EXECUTE FUNCTION gongdao_open_month_{table}()"
            )
