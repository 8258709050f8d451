"""what jobs, copies and errands remember besides."""

import sqlalchemy as sa
from alembic import op

from crm.kernel import columns

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


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


def downgrade() -> None:
    op.drop_table("errand")
