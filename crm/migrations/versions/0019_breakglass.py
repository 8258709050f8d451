"""opening one person in an emergency."""

import sqlalchemy as sa
from alembic import op

from crm.kernel import columns
from crm.migrations.changes import only_add

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "person_opening",
        sa.Column("id", columns.Key(), nullable=False),
        sa.Column("agency_id", columns.Key(), nullable=False),
        sa.Column("station_id", columns.Key(), nullable=False),
        sa.Column("person_id", columns.Key(), nullable=False),
        sa.Column("opened_by", columns.Key(), nullable=False),
        sa.Column("opener_name", sa.String(length=120), nullable=False),
        sa.Column("opener_unit", sa.String(length=120), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("opened_at", columns.Moment(), nullable=False),
        sa.Column("opened_until", columns.Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.id"], name=op.f("fk_person_opening_agency_id")
        ),
        sa.ForeignKeyConstraint(
            ["station_id"], ["unit.id"], name=op.f("fk_person_opening_station_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_person_opening_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["opened_by"], ["account.id"], name=op.f("fk_person_opening_opened_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_opening")),
    )
    op.create_index(
        "ix_person_opening_station_id_opened_at", "person_opening", ["station_id", "opened_at"]
    )
    op.create_table(
        "opening_review",
        sa.Column("id", columns.Key(), nullable=False),
        sa.Column("agency_id", columns.Key(), nullable=False),
        sa.Column("station_id", columns.Key(), nullable=False),
        sa.Column("opening_id", columns.Key(), nullable=False),
        sa.Column("opened_by", columns.Key(), nullable=False),
        sa.Column("reviewed_by", columns.Key(), nullable=False),
        sa.Column("reviewer_name", sa.String(length=120), nullable=False),
        sa.Column(
            "finding",
            sa.Enum(
                "justified",
                "questioned",
                name="finding",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("remark", sa.String(length=300), nullable=False),
        sa.Column("reviewed_at", columns.Moment(), nullable=False),
        sa.CheckConstraint(
            "opened_by <> reviewed_by", name=op.f("ck_opening_review_somebody_else")
        ),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.id"], name=op.f("fk_opening_review_agency_id")
        ),
        sa.ForeignKeyConstraint(
            ["station_id"], ["unit.id"], name=op.f("fk_opening_review_station_id")
        ),
        sa.ForeignKeyConstraint(
            ["opening_id"], ["person_opening.id"], name=op.f("fk_opening_review_opening_id")
        ),
        sa.ForeignKeyConstraint(
            ["reviewed_by"], ["account.id"], name=op.f("fk_opening_review_reviewed_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opening_review")),
        sa.UniqueConstraint("opening_id", name=op.f("uq_opening_review_opening_id")),
    )
    only_add("person_opening", "opening_review")


def downgrade() -> None:
    op.drop_table("opening_review")
    op.drop_table("person_opening")
