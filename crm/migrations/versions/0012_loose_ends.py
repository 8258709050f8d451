"""what jobs, copies and errands remember besides."""

import sqlalchemy as sa
from alembic import op

from crm.kernel import columns
from crm.migrations.changes import allow_none, drop_columns, require_value

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


ONCE = {
    "sharing_agreement": "station_id",
    "disclosure": "station_id",
    "information_item": "created_by",
}
"""What a form makes once, however often it is sent, and whose the form is."""


def upgrade() -> None:
    op.create_table(
        "errand",
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("due_at", columns.Moment(), nullable=False),
        sa.Column("lease_until", columns.Moment(), nullable=True),
        sa.Column("turns", sa.Integer(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_errand")),
    )
    for table, owner in ONCE.items():
        op.add_column(table, sa.Column("request_key", columns.Key(), nullable=True))
        op.create_index(
            f"ix_{table}_{owner}_request_key", table, [owner, "request_key"], unique=True
        )
    # none is kept for longer than a day: those without a station are soon gone
    op.add_column("job_file", sa.Column("station_id", columns.Key(), nullable=True))
    op.add_column(
        "contact_link",
        sa.Column("recognized", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    # a giver's link came with its first copy
    op.execute(
        sa.text(
            "UPDATE contact_link SET recognized = TRUE WHERE NOT EXISTS (SELECT 1 FROM"
            " provision_record AS given WHERE given.reference = contact_link.reference"
            " AND given.station_id = contact_link.station_id"
            " AND given.at <= contact_link.linked_at)"
        )
    )
    # nobody links what an errand gives
    allow_none("contact_link", "linked_by")


def downgrade() -> None:
    op.execute(
        sa.text(
            "UPDATE contact_link SET linked_by = (SELECT account.id FROM account WHERE"
            " account.agency_id = contact_link.agency_id ORDER BY account.id LIMIT 1)"
            " WHERE linked_by IS NULL"
        )
    )
    require_value("contact_link", "linked_by")
    drop_columns("contact_link", "recognized")
    for table, owner in ONCE.items():
        op.drop_index(f"ix_{table}_{owner}_request_key", table)
        drop_columns(table, "request_key")
    drop_columns("job_file", "station_id")
    op.drop_table("errand")
