"""devices, locks, levels and drafts of a sign-in."""

import sqlalchemy as sa
from alembic import op

from crm.kernel import columns
from crm.migrations.changes import add_choice, drop_columns

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

DEVICES = ["shared", "personal"]


def upgrade() -> None:
    for name in ("has_second_factor", "must_change_password"):
        op.add_column(
            "account", sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.false())
        )
    _make_devices()
    _make_drafts()
    add_choice("sign_in_session", "device", "devicekind", DEVICES, "shared")
    add_choice(
        "sign_in_session",
        "level",
        "signinlevel",
        ["pending", "password", "second_factor"],
        "password",
    )
    for name, kind in (
        ("locked_at", columns.Moment()),
        ("opened_person_id", columns.Key()),
        ("opened_until", columns.Moment()),
        ("device_id", columns.Key()),
    ):
        op.add_column("sign_in_session", sa.Column(name, kind, nullable=True))
    op.add_column(
        "sign_in_session",
        sa.Column("address", sa.String(64), nullable=False, server_default=""),
    )
    op.add_column(
        "sign_in_session",
        sa.Column("cookie_hash", sa.String(64), nullable=False, server_default=""),
    )
    op.execute(sa.text("UPDATE sign_in_session SET cookie_hash = key"))
    op.create_index(
        op.f("ix_sign_in_session_cookie_hash"), "sign_in_session", ["cookie_hash"], unique=True
    )
    # failures counted before are forgotten: when the next attempt may come was not kept
    op.execute(sa.text("DELETE FROM sign_in_attempt"))
    op.add_column(
        "sign_in_attempt",
        sa.Column(
            "open_at", columns.Moment(), nullable=False, server_default="1970-01-01 00:00:00+00:00"
        ),
    )


def downgrade() -> None:
    drop_columns("sign_in_attempt", "open_at")
    op.drop_index(op.f("ix_sign_in_session_cookie_hash"), "sign_in_session")
    drop_columns(
        "sign_in_session",
        *("cookie_hash", "address", "device_id", "opened_until", "opened_person_id", "locked_at"),
        *("level", "device"),
    )
    op.drop_table("draft")
    op.drop_table("known_device")
    drop_columns("account", "must_change_password", "has_second_factor")


def _make_devices() -> None:
    op.create_table(
        "known_device",
        sa.Column("id", columns.Key(), nullable=False),
        sa.Column("agency_id", columns.Key(), nullable=False),
        sa.Column("cookie_hash", sa.String(64), nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                *DEVICES,
                name="devicekind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("last_account_id", columns.Key(), nullable=True),
        sa.Column("last_used_at", columns.Moment(), nullable=False),
        sa.Column("revoked_at", columns.Moment(), nullable=True),
        sa.Column("created_at", columns.Moment(), nullable=False),
        sa.Column("created_by", columns.Key(), nullable=True),
        sa.Column("updated_at", columns.Moment(), nullable=False),
        sa.Column("updated_by", columns.Key(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.id"], name=op.f("fk_known_device_agency_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_known_device")),
        sa.UniqueConstraint("cookie_hash", name=op.f("uq_known_device_cookie_hash")),
    )


def _make_drafts() -> None:
    op.create_table(
        "draft",
        sa.Column("id", columns.Key(), nullable=False),
        sa.Column("agency_id", columns.Key(), nullable=False),
        sa.Column("account_id", columns.Key(), nullable=False),
        sa.Column("page", sa.String(500), nullable=False),
        sa.Column("target", sa.String(500), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("is_sent", sa.Boolean(), nullable=False),
        sa.Column("kept_at", columns.Moment(), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_draft_agency_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft")),
    )
    op.create_index(op.f("ix_draft_account_id"), "draft", ["account_id"])
