"""devices, locks and limits of a sign-in."""

import sqlalchemy as sa
from alembic import op

from crm.kernel import columns
from crm.migrations.changes import add_choice, drop_columns

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    add_choice("sign_in_session", "device", "devicekind", ["shared", "personal"], "shared")
    add_choice(
        "sign_in_session",
        "level",
        "signinlevel",
        ["pending", "password", "second_factor"],
        "password",
    )
    op.add_column("sign_in_session", sa.Column("locked_at", columns.Moment(), nullable=True))
    op.add_column("sign_in_session", sa.Column("opened_person_id", columns.Key(), nullable=True))
    op.add_column("sign_in_session", sa.Column("opened_until", columns.Moment(), nullable=True))


def downgrade() -> None:
    drop_columns(
        "sign_in_session", "opened_until", "opened_person_id", "locked_at", "level", "device"
    )
