"""people from spreadsheets."""

import sqlalchemy as sa
from alembic import op

from crm.kernel import columns

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "intake_batch",
        sa.Column("id", columns.Key(), nullable=False),
        sa.Column("agency_id", columns.Key(), nullable=False),
        sa.Column("station_id", columns.Key(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "liaisons",
                "chairs",
                "people",
                name="listkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "previewed",
                "applied",
                "discarded",
                "undone",
                name="batchstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("file_size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("encoding", sa.String(length=20), nullable=False),
        sa.Column("sheet", sa.String(length=80), nullable=False),
        sa.Column("columns", sa.JSON(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("left", sa.JSON(), nullable=False),
        sa.Column("uploaded_at", columns.Moment(), nullable=False),
        sa.Column("uploaded_by", columns.Key(), nullable=False),
        sa.Column("applied_at", columns.Moment(), nullable=True),
        sa.Column("applied_by", columns.Key(), nullable=True),
        sa.Column("undone_at", columns.Moment(), nullable=True),
        sa.Column("undone_by", columns.Key(), nullable=True),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.id"], name=op.f("fk_intake_batch_agency_id")
        ),
        sa.ForeignKeyConstraint(
            ["applied_by"], ["account.id"], name=op.f("fk_intake_batch_applied_by")
        ),
        sa.ForeignKeyConstraint(
            ["station_id"], ["unit.id"], name=op.f("fk_intake_batch_station_id")
        ),
        sa.ForeignKeyConstraint(
            ["undone_by"], ["account.id"], name=op.f("fk_intake_batch_undone_by")
        ),
        sa.ForeignKeyConstraint(
            ["uploaded_by"], ["account.id"], name=op.f("fk_intake_batch_uploaded_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_intake_batch")),
    )
    op.create_table(
        "intake_row",
        sa.Column("id", columns.Key(), nullable=False),
        sa.Column("agency_id", columns.Key(), nullable=False),
        sa.Column("station_id", columns.Key(), nullable=False),
        sa.Column("batch_id", columns.Key(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("cells", sa.JSON(), nullable=False),
        sa.Column("remarks", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_intake_row_agency_id")),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["intake_batch.id"], name=op.f("fk_intake_row_batch_id")
        ),
        sa.ForeignKeyConstraint(["station_id"], ["unit.id"], name=op.f("fk_intake_row_station_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_intake_row")),
        sa.UniqueConstraint("batch_id", "number", name=op.f("uq_intake_row_batch_id_number")),
    )
    op.create_table(
        "intake_change",
        sa.Column("id", columns.Key(), nullable=False),
        sa.Column("agency_id", columns.Key(), nullable=False),
        sa.Column("station_id", columns.Key(), nullable=False),
        sa.Column("batch_id", columns.Key(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("record_type", sa.String(length=40), nullable=False),
        sa.Column("record_id", columns.Key(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=True),
        sa.Column("after", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.id"], name=op.f("fk_intake_change_agency_id")
        ),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["intake_batch.id"], name=op.f("fk_intake_change_batch_id")
        ),
        sa.ForeignKeyConstraint(
            ["station_id"], ["unit.id"], name=op.f("fk_intake_change_station_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_intake_change")),
    )
    op.create_index("ix_intake_change_batch_id", "intake_change", ["batch_id"], unique=False)


def downgrade() -> None:
    op.drop_table("intake_change")
    op.drop_table("intake_row")
    op.drop_table("intake_batch")
