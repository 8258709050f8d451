"""what an agency decides for itself."""

import sqlalchemy as sa
from alembic import op

from crm.kernel import columns

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "agency_setting",
        sa.Column("created_at", columns.Moment(), nullable=False),
        sa.Column("created_by", columns.Key(), nullable=True),
        sa.Column("updated_at", columns.Moment(), nullable=False),
        sa.Column("updated_by", columns.Key(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("id", columns.Key(), nullable=False),
        sa.Column("agency_id", columns.Key(), nullable=False),
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.id"], name=op.f("fk_agency_setting_agency_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agency_setting")),
    )
    op.create_index(
        "ix_agency_setting_agency_id_key", "agency_setting", ["agency_id", "key"], unique=False
    )


def downgrade() -> None:
    op.drop_table("agency_setting")
