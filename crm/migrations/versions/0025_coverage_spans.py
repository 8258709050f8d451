"""where liaisons count from which day to which, and indexes that answer the counts alone."""

import sqlalchemy as sa
from alembic import op

from crm.kernel.columns import Key
from crm.migrations.changes import fence, unfence

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

COUNTED = (
    *("agency_id", "kind", "station_id", "unit_id", "area_id", "reach"),
    *("valid_from", "valid_to", "persons", "organizations", "posts", "holder_id"),
)
ORGANIZATIONS = {
    "ix_organization_on_file": ["agency_id", "is_active", "station_id", "area_id"],
    "ix_organization_of_area": ["area_id", "agency_id", "is_active", "station_id"],
}


# `crm migrate` works the spans out right after its migrations, by the rules of its release
def upgrade() -> None:
    op.create_table(
        "coverage_span",
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("id", Key(), nullable=False),
        sa.Column("agency_id", Key(), nullable=False),
        sa.Column("station_id", Key(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("unit_id", Key(), nullable=True),
        sa.Column("area_id", Key(), nullable=True),
        sa.Column("holder_id", Key(), nullable=False),
        sa.Column("reach", sa.SmallInteger(), nullable=False),
        sa.Column("persons", sa.SmallInteger(), nullable=False),
        sa.Column("organizations", sa.SmallInteger(), nullable=False),
        sa.Column("posts", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.id"], name=op.f("fk_coverage_span_agency_id")
        ),
        sa.ForeignKeyConstraint(
            ["station_id"], ["unit.id"], name=op.f("fk_coverage_span_station_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_coverage_span")),
    )
    op.create_index("ix_coverage_span_counted", "coverage_span", list(COUNTED))
    op.create_index(op.f("ix_coverage_span_holder_id"), "coverage_span", ["holder_id"])
    fence("coverage_span")
    for table, key in (("note_person", "person_id"), ("note_organization", "organization_id")):
        op.create_index(f"ix_{table}_last", table, [key, "happened_at", "outcome"])
        op.drop_index(f"ix_{table}_{key}_happened_at", table_name=table)
    for name, columns in ORGANIZATIONS.items():
        op.create_index(name, "organization", columns)


def downgrade() -> None:
    for name in ORGANIZATIONS:
        op.drop_index(name, table_name="organization")
    for table, key in (("note_person", "person_id"), ("note_organization", "organization_id")):
        op.create_index(f"ix_{table}_{key}_happened_at", table, [key, "happened_at"])
        op.drop_index(f"ix_{table}_last", table_name=table)
    unfence("coverage_span")
    op.drop_table("coverage_span")
