"""Events, entries, letters and editions cannot be changed; complaints can be searched."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# Rows that are never changed; an entry's one flip and an acknowledgement are the exceptions below.
FIXED = ("event", "letter", "letter_pdf", "regulation_version", "attachment")
NEVER_DELETED = (*FIXED, "score_entry", "letter_recipient", "complaint", "person")
SAME_ENTRY = (
    "id", "event_id", "person_id", "department_id", "kind", "points", "month", "reverses_id",
)  # fmt: skip
SAME_RECIPIENT = ("letter_id", "person_id", "position")


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        _sqlite()
    else:
        _postgresql()


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for table in NEVER_DELETED:
            for trigger in ("keep", "hold"):
                op.execute(f"DROP TRIGGER IF EXISTS {trigger}_{table}")
        for trigger in ("insert", "update"):
            op.execute(f"DROP TRIGGER complaint_search_{trigger}")
        op.execute("DROP TABLE complaint_search")
    else:
        op.execute("DROP INDEX complaint_search_words")
        for table in NEVER_DELETED:
            op.execute(f"DROP TRIGGER IF EXISTS keep_{table} ON {table}")
            op.execute(f"DROP TRIGGER IF EXISTS hold_{table} ON {table}")
        op.execute("DROP FUNCTION gongdao_append_only()")


def _same(columns: tuple[str, ...], equal: str) -> str:
    return " AND ".join(f"NEW.{column} {equal} OLD.{column}" for column in columns)


def _flip(equal: str) -> str:
    """The one change of an entry: provisional to final, naming the event that confirmed it."""
    return (
        "OLD.status = 'provisional' AND NEW.status = 'final' AND OLD.confirmed_by_id IS NULL"
        f" AND NEW.confirmed_by_id IS NOT NULL AND {_same(SAME_ENTRY, equal)}"
    )


def _acknowledgement(equal: str) -> str:
    """The one change of a recipient: acknowledged, once."""
    return f"OLD.acknowledged_at IS NULL AND NEW.acknowledged_at IS NOT NULL AND {_same(SAME_RECIPIENT, equal)}"


def _sqlite() -> None:
    for table in NEVER_DELETED:
        op.execute(
            f"CREATE TRIGGER keep_{table} BEFORE DELETE ON {table} BEGIN"
            f" SELECT RAISE(ABORT, '{table}: rows are never deleted'); END"
        )
    held = dict.fromkeys(FIXED, "") | {
        "score_entry": f"WHEN NOT ({_flip('IS')})",
        "letter_recipient": f"WHEN NOT ({_acknowledgement('IS')})",
    }
    for table, unless in held.items():
        op.execute(
            f"CREATE TRIGGER hold_{table} BEFORE UPDATE ON {table} {unless} BEGIN"
            f" SELECT RAISE(ABORT, '{table}: rows are never changed'); END"
        )
    op.execute(
        "CREATE VIRTUAL TABLE complaint_search USING fts5(search_text, content='complaint',"
        " content_rowid='id', tokenize='unicode61 remove_diacritics 0', detail='none')"
    )
    op.execute(
        "CREATE TRIGGER complaint_search_insert AFTER INSERT ON complaint BEGIN"
        " INSERT INTO complaint_search(rowid, search_text) VALUES (NEW.id, NEW.search_text); END"
    )
    op.execute(
        "CREATE TRIGGER complaint_search_update AFTER UPDATE OF search_text ON complaint BEGIN"
        " INSERT INTO complaint_search(complaint_search, rowid, search_text)"
        " VALUES ('delete', OLD.id, OLD.search_text);"
        " INSERT INTO complaint_search(rowid, search_text) VALUES (NEW.id, NEW.search_text); END"
    )


def _postgresql() -> None:
    op.execute(
        "CREATE FUNCTION gongdao_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        " RAISE EXCEPTION '%: rows are never changed or deleted', TG_TABLE_NAME; END $$"
    )
    for table in NEVER_DELETED:
        op.execute(
            f"CREATE TRIGGER keep_{table} BEFORE DELETE OR TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION gongdao_append_only()"
        )
    held = dict.fromkeys(FIXED, "") | {
        "score_entry": f"WHEN (NOT ({_flip('IS NOT DISTINCT FROM')}))",
        "letter_recipient": f"WHEN (NOT ({_acknowledgement('IS NOT DISTINCT FROM')}))",
    }
    for table, unless in held.items():
        op.execute(
            f"CREATE TRIGGER hold_{table} BEFORE UPDATE ON {table}"
            f" FOR EACH ROW {unless} EXECUTE FUNCTION gongdao_append_only()"
        )
    op.execute(
        "CREATE INDEX complaint_search_words ON complaint"
        " USING gin (array_to_tsvector(string_to_array(search_text, ' ')))"
    )
