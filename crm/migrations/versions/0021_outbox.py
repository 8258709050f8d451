"""entries written without a network, their receipts, and the devices that may keep them."""

import sqlalchemy as sa
from alembic import op

from crm.kernel import columns
from crm.migrations.changes import drop_columns, fence, unfence

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("known_device", "sign_in_session"):
        op.add_column(
            table,
            sa.Column("keeps_entries", sa.Boolean(), nullable=False, server_default=sa.false()),
        )
    op.create_table(
        "sent_entry",
        sa.Column("id", columns.Key(), nullable=False),
        sa.Column("agency_id", columns.Key(), nullable=False),
        sa.Column("author_id", columns.Key(), nullable=False),
        sa.Column("office_id", columns.Key(), nullable=False),
        sa.Column("entry_key", columns.Key(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column(
            "fate",
            sa.Enum(
                *("stored", "parked", "dismissed"),
                name="fate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("sentence", sa.String(length=300), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("note_id", columns.Key(), nullable=True),
        sa.Column("written_at", columns.Moment(), nullable=False),
        sa.Column("received_at", columns.Moment(), nullable=False),
        sa.Column("wrong_by_s", sa.Integer(), nullable=False),
        sa.Column("is_certain", sa.Boolean(), nullable=False),
        sa.Column("settled_at", columns.Moment(), nullable=True),
        sa.Column("settled_by", columns.Key(), nullable=True),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_sent_entry_agency_id")),
        sa.ForeignKeyConstraint(["author_id"], ["staff.id"], name=op.f("fk_sent_entry_author_id")),
        sa.ForeignKeyConstraint(["office_id"], ["unit.id"], name=op.f("fk_sent_entry_office_id")),
        sa.ForeignKeyConstraint(
            ["note_id"], ["activity_note.id"], name=op.f("fk_sent_entry_note_id")
        ),
        sa.ForeignKeyConstraint(
            ["settled_by"], ["staff.id"], name=op.f("fk_sent_entry_settled_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sent_entry")),
        sa.UniqueConstraint(
            "author_id", "entry_key", name=op.f("uq_sent_entry_author_id_entry_key")
        ),
    )
    op.create_index("ix_sent_entry_office_id_fate", "sent_entry", ["office_id", "fate"])
    fence("sent_entry")


def downgrade() -> None:
    unfence("sent_entry")
    op.drop_table("sent_entry")
    for table in ("sign_in_session", "known_device"):
        drop_columns(table, "keeps_entries")
