"""places given: a referral carries its point and its picture where the agreement lets it."""

import sqlalchemy as sa
from alembic import op

from crm.kernel.columns import Key, Moment
from crm.migrations.changes import drop_columns, fence, unfence

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

TABLE = "published_site"


def upgrade() -> None:
    op.add_column(
        "sharing_agreement",
        sa.Column("gives_places", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    op.create_table(
        TABLE,
        sa.Column("id", Key(), nullable=False),
        sa.Column("giver_agency_id", Key(), nullable=False),
        sa.Column("giver_station_id", Key(), nullable=False),
        sa.Column("giver_name", sa.String(length=120), nullable=False),
        sa.Column("recipient_agency_id", Key(), nullable=False),
        sa.Column("recipient_station_id", Key(), nullable=False),
        sa.Column("reference", Key(), nullable=False),
        sa.Column("request_id", Key(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("longitude", sa.Float(), nullable=True),
        sa.Column("latitude", sa.Float(), nullable=True),
        sa.Column("description", sa.String(length=200), nullable=False),
        sa.Column("width", sa.Integer(), nullable=True),
        sa.Column("height", sa.Integer(), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("published_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{TABLE}")),
        sa.UniqueConstraint("reference", name=op.f(f"uq_{TABLE}_reference")),
    )
    for column in ("giver_station_id", "recipient_station_id", "request_id"):
        op.create_index(op.f(f"ix_{TABLE}_{column}"), TABLE, [column])
    fence(TABLE)


def downgrade() -> None:
    unfence(TABLE)
    op.drop_table(TABLE)
    drop_columns("sharing_agreement", "gives_places")
