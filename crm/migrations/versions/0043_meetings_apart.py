"""meetings apart: which meetings of a series somebody changed alone."""

import sqlalchemy as sa
from alembic import op

from crm.migrations.changes import drop_columns

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None

COMMON = ("kind", "title", "place", "style", "held_with", "host_organization_id", "body_id")
DIFFERS = {
    "postgresql": (
        *(f"m.{name} IS DISTINCT FROM s.{name}" for name in COMMON),
        "(m.starts_at AT TIME ZONE 'Asia/Tokyo')::date <> m.series_day",
        "(m.starts_at AT TIME ZONE 'UTC')::time <> (s.first_at AT TIME ZONE 'UTC')::time",
        "EXTRACT(EPOCH FROM m.ends_at - m.starts_at) / 60 IS DISTINCT FROM s.lasts_minutes",
    ),
    "sqlite": (
        *(f"m.{name} IS NOT s.{name}" for name in COMMON),
        "date(m.starts_at, '+9 hours') <> m.series_day",
        "time(m.starts_at) <> time(s.first_at)",
        "round((julianday(m.ends_at) - julianday(m.starts_at)) * 1440) IS NOT s.lasts_minutes",
    ),
}
"""What a meeting that was moved, or said to be another, has that its series has not."""


def upgrade() -> None:
    op.add_column(
        "meeting", sa.Column("is_apart", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    differs = " OR ".join(DIFFERS[op.get_bind().dialect.name])
    op.execute(
        sa.text(
            "UPDATE meeting SET is_apart = true WHERE id IN (SELECT m.id FROM meeting m"
            f" JOIN meeting_series s ON s.id = m.series_id WHERE {differs})"
        )
    )


def downgrade() -> None:
    drop_columns("meeting", "is_apart")
