"""what left the house, with its number."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from crm.kernel import columns
from crm.migrations.changes import only_add

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

ADDED = ("export", "export_subject", "export_file", "export_fetch")


def upgrade() -> None:
    op.create_table(
        "export",
        *_owned(),
        sa.Column("number", sa.String(length=60), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("serial", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "roster",
                "rejected_rows",
                "dossier",
                name="exportkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("purpose", sa.String(length=120), nullable=False),
        sa.Column("recipient", sa.String(length=120), nullable=False),
        sa.Column("conditions", sa.String(length=120), nullable=False),
        sa.Column("return_on", sa.Date(), nullable=True),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("format", sa.String(length=20), nullable=False),
        sa.Column("is_encrypted", sa.Boolean(), nullable=False),
        sa.Column("plain_reason", sa.String(length=120), nullable=False),
        sa.Column("args", sa.JSON(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("organizations", sa.Integer(), nullable=False),
        sa.Column("needs_approval", sa.Boolean(), nullable=False),
        sa.Column("kept_hours", sa.Integer(), nullable=False),
        sa.Column("account_id", columns.Key(), nullable=False),
        sa.Column("unit_id", columns.Key(), nullable=False),
        sa.Column("exported_by", sa.String(length=120), nullable=False),
        sa.Column("unit_name", sa.String(length=120), nullable=False),
        sa.Column("request_key", columns.Key(), nullable=False),
        sa.Column("asked_at", columns.Moment(), nullable=False),
        sa.CheckConstraint("people >= 0 AND organizations >= 0", name=op.f("ck_export_counts")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_export_unit_id")),
        *_of_account("export"),
        sa.UniqueConstraint(
            "account_id", "request_key", name=op.f("uq_export_account_id_request_key")
        ),
        sa.UniqueConstraint(
            "station_id", "year", "serial", name=op.f("uq_export_station_id_year_serial")
        ),
    )
    op.create_index("ix_export_number", "export", ["number"], unique=False)
    op.create_table(
        "export_subject",
        *_owned(),
        sa.Column("export_id", columns.Key(), nullable=False),
        sa.Column("account_id", columns.Key(), nullable=False),
        sa.Column("person_id", columns.Key(), nullable=True),
        sa.Column("organization_id", columns.Key(), nullable=True),
        sa.CheckConstraint(
            "(person_id IS NULL) <> (organization_id IS NULL)",
            name=op.f("ck_export_subject_one_subject"),
        ),
        *_of_export("export_subject"),
    )
    for column in ("export_id", "person_id", "organization_id"):
        op.create_index(f"ix_export_subject_{column}", "export_subject", [column], unique=False)
    op.create_table(
        "export_file",
        *_owned(),
        sa.Column("export_id", columns.Key(), nullable=False),
        sa.Column("account_id", columns.Key(), nullable=False),
        sa.Column("reference", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("organizations", sa.Integer(), nullable=False),
        sa.Column("made_at", columns.Moment(), nullable=False),
        sa.Column("expires_at", columns.Moment(), nullable=False),
        *_of_export("export_file"),
        sa.UniqueConstraint("export_id", name=op.f("uq_export_file_export_id")),
    )
    op.create_index("ix_export_file_reference", "export_file", ["reference"], unique=False)
    op.create_table(
        "export_fetch",
        *_owned(),
        sa.Column("export_id", columns.Key(), nullable=False),
        sa.Column("account_id", columns.Key(), nullable=False),
        sa.Column("fetched_at", columns.Moment(), nullable=False),
        *_of_export("export_fetch"),
        sa.UniqueConstraint("export_id", name=op.f("uq_export_fetch_export_id")),
    )
    op.create_table(
        "export_content",
        *_owned(),
        sa.Column("export_id", columns.Key(), nullable=False),
        sa.Column("account_id", columns.Key(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", columns.Moment(), nullable=False),
        *_of_export("export_content"),
        sa.UniqueConstraint("export_id", name=op.f("uq_export_content_export_id")),
    )
    op.create_index("ix_export_content_expires_at", "export_content", ["expires_at"], unique=False)
    only_add(*ADDED)


def downgrade() -> None:
    op.drop_table("export_content")
    for table in reversed(ADDED):
        op.drop_table(table)


def _owned() -> list[sa.Column[Any]]:
    return [
        sa.Column("id", columns.Key(), nullable=False),
        sa.Column("agency_id", columns.Key(), nullable=False),
        sa.Column("station_id", columns.Key(), nullable=False),
    ]


def _of_account(table: str) -> list[sa.Constraint]:
    return [
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f(f"fk_{table}_agency_id")),
        sa.ForeignKeyConstraint(["station_id"], ["unit.id"], name=op.f(f"fk_{table}_station_id")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f(f"fk_{table}_account_id")
        ),
    ]


def _of_export(table: str) -> list[sa.Constraint]:
    return [
        *_of_account(table),
        sa.ForeignKeyConstraint(["export_id"], ["export.id"], name=op.f(f"fk_{table}_export_id")),
    ]
