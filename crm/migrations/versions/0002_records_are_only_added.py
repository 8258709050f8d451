"""records are only added: what was agreed, answered, issued and audited is never rewritten.

The product's own session refuses such a change first (`Rule.append_only`); this stands behind it,
for every program that reaches the database.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

APPEND_ONLY = (
    "audit_entry",
    "consent_record",
    "consent_grant",
    "approach",
    "acceptance_record",
    "note_correction",
    "note_reply",
    "roster_issue",
)


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            sa.text(
                "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
                "$$ BEGIN RAISE EXCEPTION '% rows are only added', TG_TABLE_NAME; END $$"
            )
        )
        for table in APPEND_ONLY:
            op.execute(
                sa.text(
                    f"CREATE TRIGGER {table}_only_added BEFORE UPDATE OR DELETE OR TRUNCATE "
                    f"ON {table} FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
                )
            )
        return
    for table in APPEND_ONLY:
        for change in ("UPDATE", "DELETE"):
            op.execute(
                sa.text(
                    f"CREATE TRIGGER {table}_no_{change.lower()} BEFORE {change} ON {table} "
                    f"BEGIN SELECT RAISE(ABORT, '{table} rows are only added'); END"
                )
            )


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        for table in APPEND_ONLY:
            op.execute(sa.text(f"DROP TRIGGER {table}_only_added ON {table}"))
        op.execute(sa.text("DROP FUNCTION refuse_change()"))
        return
    for table in APPEND_ONLY:
        for change in ("update", "delete"):
            op.execute(sa.text(f"DROP TRIGGER {table}_no_{change}"))
