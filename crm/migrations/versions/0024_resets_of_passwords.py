"""a reset that gives a new password too."""

import sqlalchemy as sa
from alembic import op

from crm.migrations.changes import drop_columns

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "factor_reset",
        sa.Column("renews_password", sa.Boolean(), nullable=False, server_default=sa.false()),
    )


def downgrade() -> None:
    drop_columns("factor_reset", "renews_password")
