"""strengthening areas: a day set aside for visits may be limited to areas of its boxes."""

import sqlalchemy as sa
from alembic import op

from crm.kernel.columns import Key
from crm.migrations.changes import fence, unfence

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None

TABLE = "strengthening_area"
KEYS = {
    "agency_id": "agency",
    "station_id": "unit",
    "day_id": "strengthening_day",
    "unit_id": "unit",
    "area_id": "area",
}


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("id", Key(), nullable=False),
        *(
            sa.Column(
                column,
                Key(),
                sa.ForeignKey(f"{target}.id", name=op.f(f"fk_{TABLE}_{column}")),
                nullable=False,
            )
            for column, target in KEYS.items()
        ),
        sa.Column("area_name", sa.String(length=120), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{TABLE}")),
        sa.UniqueConstraint("day_id", "area_id", name=op.f(f"uq_{TABLE}_day_id_area_id")),
    )
    fence(TABLE)


def downgrade() -> None:
    unfence(TABLE)
    op.drop_table(TABLE)
