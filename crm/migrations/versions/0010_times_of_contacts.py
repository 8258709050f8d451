"""the time and outcome of a contact beside each who took part, for the last contact at one step."""

import sqlalchemy as sa
from alembic import op

from crm.kernel import columns
from crm.migrations.changes import drop_columns

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

LINKS = (("note_person", "person_id"), ("note_organization", "organization_id"))


def upgrade() -> None:
    for table, holder in LINKS:
        op.add_column(
            table,
            sa.Column(
                "happened_at",
                columns.Moment(),
                nullable=False,
                server_default="1970-01-01 00:00:00+00:00",
            ),
        )
        op.add_column(
            table,
            sa.Column("outcome", sa.String(length=40), nullable=False, server_default="met"),
        )
        for column in ("happened_at", "outcome"):
            op.execute(
                sa.text(
                    f"UPDATE {table} SET {column} = (SELECT note.{column} FROM activity_note note "
                    f"WHERE note.id = {table}.note_id)"
                )
            )
        op.create_index(f"ix_{table}_{holder}_happened_at", table, [holder, "happened_at"])
        op.drop_index(f"ix_{table}_{holder}", table)


def downgrade() -> None:
    for table, holder in LINKS:
        op.create_index(f"ix_{table}_{holder}", table, [holder])
        op.drop_index(f"ix_{table}_{holder}_happened_at", table)
        drop_columns(table, "happened_at", "outcome")
