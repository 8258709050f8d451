"""what a tour asks of a station's notes, found without reading them all."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

OWED = sa.column("needs_reply", sa.Boolean()) == sa.true()
PLANNED = sa.column("next_on").is_not(None)


def upgrade() -> None:
    op.create_index(
        "ix_activity_note_owed",
        "activity_note",
        ["station_id"],
        sqlite_where=OWED,
        postgresql_where=OWED,
    )
    op.create_index(
        "ix_activity_note_planned",
        "activity_note",
        ["station_id", "happened_at"],
        sqlite_where=PLANNED,
        postgresql_where=PLANNED,
    )


def downgrade() -> None:
    op.drop_index("ix_activity_note_planned", "activity_note")
    op.drop_index("ix_activity_note_owed", "activity_note")
