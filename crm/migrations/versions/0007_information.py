"""information items and which was handed over."""

import sqlalchemy as sa
from alembic import op

from crm.kernel import columns

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "information_item",
        sa.Column("created_at", columns.Moment(), nullable=False),
        sa.Column("created_by", columns.Key(), nullable=True),
        sa.Column("updated_at", columns.Moment(), nullable=False),
        sa.Column("updated_by", columns.Key(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("id", columns.Key(), nullable=False),
        sa.Column("agency_id", columns.Key(), nullable=False),
        sa.Column("station_id", columns.Key(), nullable=True),
        sa.Column("unit_id", columns.Key(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "mini_bulletin",
                "koban_flash",
                "crime_forecast",
                "alert",
                "leaflet",
                "other",
                name="informationkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("issue_number", sa.String(length=40), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("topic", sa.String(length=60), nullable=False),
        sa.Column(
            "handling",
            sa.Enum(
                "station_only",
                "agencies",
                "liaisons",
                "public",
                name="handling",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("withdrawn_on", sa.Date(), nullable=True),
        sa.Column("search_key", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.id"], name=op.f("fk_information_item_agency_id")
        ),
        sa.ForeignKeyConstraint(
            ["station_id"], ["unit.id"], name=op.f("fk_information_item_station_id")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_information_item_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_information_item")),
    )
    op.create_index(
        "ix_information_item_agency_id_valid_from",
        "information_item",
        ["agency_id", "valid_from"],
        unique=False,
    )
    op.create_table(
        "information_file",
        sa.Column("id", columns.Key(), nullable=False),
        sa.Column("agency_id", columns.Key(), nullable=False),
        sa.Column("item_id", columns.Key(), nullable=False),
        sa.Column("station_id", columns.Key(), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.id"], name=op.f("fk_information_file_agency_id")
        ),
        sa.ForeignKeyConstraint(
            ["item_id"], ["information_item.id"], name=op.f("fk_information_file_item_id")
        ),
        sa.ForeignKeyConstraint(
            ["station_id"], ["unit.id"], name=op.f("fk_information_file_station_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_information_file")),
        sa.UniqueConstraint("item_id", name=op.f("uq_information_file_item_id")),
    )
    op.create_table(
        "note_information",
        sa.Column("id", columns.Key(), nullable=False),
        sa.Column("agency_id", columns.Key(), nullable=False),
        sa.Column("station_id", columns.Key(), nullable=False),
        sa.Column("note_id", columns.Key(), nullable=False),
        sa.Column("item_id", columns.Key(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.id"], name=op.f("fk_note_information_agency_id")
        ),
        sa.ForeignKeyConstraint(
            ["item_id"], ["information_item.id"], name=op.f("fk_note_information_item_id")
        ),
        sa.ForeignKeyConstraint(
            ["note_id"], ["activity_note.id"], name=op.f("fk_note_information_note_id")
        ),
        sa.ForeignKeyConstraint(
            ["station_id"], ["unit.id"], name=op.f("fk_note_information_station_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_note_information")),
        sa.UniqueConstraint("note_id", "item_id", name=op.f("uq_note_information_note_id_item_id")),
    )
    op.create_index("ix_note_information_item_id", "note_information", ["item_id"], unique=False)


def downgrade() -> None:
    op.drop_table("note_information")
    op.drop_table("information_file")
    op.drop_table("information_item")
