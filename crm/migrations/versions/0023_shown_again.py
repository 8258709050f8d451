"""when a sign-in last showed a password, until when a first password opens, stored filters."""

import sqlalchemy as sa
from alembic import op

from crm.kernel import columns
from crm.migrations.changes import drop_columns, fence, unfence

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("account", sa.Column("password_expires_at", columns.Moment(), nullable=True))
    op.add_column("sign_in_session", sa.Column("shown_at", columns.Moment(), nullable=True))
    op.create_table(
        "stored_filter",
        sa.Column("id", sa.String(43), nullable=False),
        sa.Column("session_key", sa.String(64), nullable=False),
        sa.Column("account_id", columns.Key(), nullable=False),
        sa.Column("words", sa.String(100), nullable=False),
        sa.Column("created_at", columns.Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["session_key"], ["sign_in_session.key"], name=op.f("fk_stored_filter_session_key")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stored_filter")),
    )
    op.create_index(op.f("ix_stored_filter_session_key"), "stored_filter", ["session_key"])
    fence("stored_filter")


def downgrade() -> None:
    unfence("stored_filter")
    op.drop_index(op.f("ix_stored_filter_session_key"), "stored_filter")
    op.drop_table("stored_filter")
    drop_columns("sign_in_session", "shown_at")
    drop_columns("account", "password_expires_at")
