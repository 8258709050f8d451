"""devices, locks and limits of a sign-in."""

import sqlalchemy as sa
from alembic import op

from crm.kernel import columns

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


DEVICES = ("shared", "personal")
LEVELS = ("pending", "password", "second_factor")


def upgrade() -> None:
    with op.batch_alter_table("sign_in_session") as table:
        table.add_column(
            sa.Column(
                "device",
                sa.Enum(
                    *DEVICES,
                    name="devicekind",
                    native_enum=False,
                    create_constraint=True,
                    length=40,
                ),
                nullable=False,
                server_default="shared",
            )
        )
        table.add_column(
            sa.Column(
                "level",
                sa.Enum(
                    *LEVELS,
                    name="signinlevel",
                    native_enum=False,
                    create_constraint=True,
                    length=40,
                ),
                nullable=False,
                server_default="password",
            )
        )
        table.add_column(sa.Column("locked_at", columns.Moment(), nullable=True))
        table.add_column(sa.Column("opened_person_id", columns.Key(), nullable=True))
        table.add_column(sa.Column("opened_until", columns.Moment(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("sign_in_session") as table:
        for kind in ("devicekind", "signinlevel"):
            table.drop_constraint(op.f(f"ck_sign_in_session_{kind}"), type_="check")
        table.drop_column("opened_until")
        table.drop_column("opened_person_id")
        table.drop_column("locked_at")
        table.drop_column("level")
        table.drop_column("device")
