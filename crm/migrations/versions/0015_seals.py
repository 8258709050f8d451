"""the sealed trail and its checkpoints: rows that are only ever added, as the entries are."""

import sqlalchemy as sa
from alembic import op

from crm.kernel.columns import Key, Moment
from crm.migrations.changes import only_add

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

TABLES = ("audit_leaf", "checkpoint", "witness_signature", "countersigned")


def upgrade() -> None:
    op.create_table(
        "audit_leaf",
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("audit_id", Key(), nullable=False),
        sa.Column("leaf_hash", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["audit_id"], ["audit_entry.id"], name=op.f("fk_audit_leaf_audit_id")
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_audit_leaf")),
        sa.UniqueConstraint("audit_id", name=op.f("uq_audit_leaf_audit_id")),
    )
    op.create_table(
        "checkpoint",
        sa.Column("size", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("root", sa.LargeBinary(), nullable=False),
        sa.Column("previous", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_at", Moment(), nullable=False),
        sa.Column("key_name", sa.String(length=100), nullable=False),
        sa.Column("key_id", sa.LargeBinary(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.Column("edge", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("size", name=op.f("pk_checkpoint")),
    )
    _witnesses()
    only_add(*TABLES)


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)


def _witnesses() -> None:
    op.create_table(
        "witness_signature",
        sa.Column("id", Key(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("agency_id", Key(), nullable=True),
        sa.Column("key_name", sa.String(length=100), nullable=False),
        sa.Column("key_id", sa.LargeBinary(), nullable=False),
        sa.Column("public_key", sa.String(length=200), nullable=False),
        sa.Column("witness_name", sa.String(length=120), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.Column("signed_at", Moment(), nullable=False),
        sa.Column("received_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["size"], ["checkpoint.size"], name=op.f("fk_witness_signature_size")
        ),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.id"], name=op.f("fk_witness_signature_agency_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_witness_signature")),
        sa.UniqueConstraint("size", "key_name", name=op.f("uq_witness_signature_size_key_name")),
    )
    op.create_table(
        "countersigned",
        sa.Column("id", Key(), nullable=False),
        sa.Column("origin", sa.String(length=100), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("root", sa.LargeBinary(), nullable=False),
        sa.Column("public_key", sa.String(length=200), nullable=False),
        sa.Column("signed_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_countersigned")),
        sa.UniqueConstraint("origin", "size", name=op.f("uq_countersigned_origin_size")),
    )
