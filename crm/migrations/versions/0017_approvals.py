"""drafts, decisions and circulation."""

import sqlalchemy as sa
from alembic import op

from crm.kernel import columns
from crm.migrations.changes import only_add

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

ADDED = ("approval_step", "circulation", "circulation_recipient", "circulation_confirmation")
TABLES = (
    *("approval", "approval_step", "approval_route"),
    *("circulation", "circulation_recipient", "circulation_confirmation"),
)


def upgrade() -> None:
    op.create_table(
        "approval",
        sa.Column("created_at", columns.Moment(), nullable=False),
        sa.Column("created_by", columns.Key(), nullable=True),
        sa.Column("updated_at", columns.Moment(), nullable=False),
        sa.Column("updated_by", columns.Key(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("id", columns.Key(), nullable=False),
        sa.Column("agency_id", columns.Key(), nullable=False),
        sa.Column("station_id", columns.Key(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("serial", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=60), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "liaison_request",
                "roster_issue",
                "provision",
                "export",
                name="approvalkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("subject_type", sa.String(length=40), nullable=False),
        sa.Column("subject_id", columns.Key(), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("path", sa.String(length=200), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("terms", sa.JSON(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("route", sa.JSON(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "drafted",
                "circulating",
                "approved",
                "returned",
                "withdrawn",
                name="approvalstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("drafted_by", columns.Key(), nullable=False),
        sa.Column("drafter_name", sa.String(length=120), nullable=False),
        sa.Column("unit_id", columns.Key(), nullable=False),
        sa.Column("unit_name", sa.String(length=120), nullable=False),
        sa.Column("drafted_at", columns.Moment(), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_approval_agency_id")),
        sa.ForeignKeyConstraint(["drafted_by"], ["staff.id"], name=op.f("fk_approval_drafted_by")),
        sa.ForeignKeyConstraint(["station_id"], ["unit.id"], name=op.f("fk_approval_station_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_approval_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approval")),
        sa.UniqueConstraint(
            "station_id", "year", "serial", name=op.f("uq_approval_station_id_year_serial")
        ),
    )
    op.create_index(
        "ix_approval_station_id_state", "approval", ["station_id", "state"], unique=False
    )
    op.create_index("ix_approval_subject_id", "approval", ["subject_id"], unique=False)
    op.create_table(
        "approval_step",
        sa.Column("id", columns.Key(), nullable=False),
        sa.Column("agency_id", columns.Key(), nullable=False),
        sa.Column("station_id", columns.Key(), nullable=False),
        sa.Column("approval_id", columns.Key(), nullable=False),
        sa.Column("serial", sa.Integer(), nullable=False),
        sa.Column(
            "act",
            sa.Enum(
                "approved",
                "on_behalf",
                "reviewed",
                "paper",
                "returned",
                "withdrawn",
                "carried_out",
                name="stepact",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("post", sa.String(length=40), nullable=False),
        sa.Column("staff_id", columns.Key(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("unit_name", sa.String(length=120), nullable=False),
        sa.Column("at", columns.Moment(), nullable=False),
        sa.Column("comment", sa.String(length=500), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("decided_by", sa.String(length=120), nullable=False),
        sa.Column("document_number", sa.String(length=60), nullable=False),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.id"], name=op.f("fk_approval_step_agency_id")
        ),
        sa.ForeignKeyConstraint(
            ["approval_id"], ["approval.id"], name=op.f("fk_approval_step_approval_id")
        ),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_approval_step_staff_id")),
        sa.ForeignKeyConstraint(
            ["station_id"], ["unit.id"], name=op.f("fk_approval_step_station_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approval_step")),
        sa.UniqueConstraint(
            "approval_id", "serial", name=op.f("uq_approval_step_approval_id_serial")
        ),
    )
    op.create_table(
        "approval_route",
        sa.Column("created_at", columns.Moment(), nullable=False),
        sa.Column("created_by", columns.Key(), nullable=True),
        sa.Column("updated_at", columns.Moment(), nullable=False),
        sa.Column("updated_by", columns.Key(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("id", columns.Key(), nullable=False),
        sa.Column("agency_id", columns.Key(), nullable=False),
        sa.Column("station_id", columns.Key(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "liaison_request",
                "roster_issue",
                "provision",
                "export",
                name="approvalkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("is_required", sa.Boolean(), nullable=False),
        sa.Column("steps", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.id"], name=op.f("fk_approval_route_agency_id")
        ),
        sa.ForeignKeyConstraint(
            ["station_id"], ["unit.id"], name=op.f("fk_approval_route_station_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approval_route")),
    )
    op.create_index(
        "ix_approval_route_station_id_kind", "approval_route", ["station_id", "kind"], unique=False
    )
    op.create_table(
        "circulation",
        sa.Column("id", columns.Key(), nullable=False),
        sa.Column("agency_id", columns.Key(), nullable=False),
        sa.Column("station_id", columns.Key(), nullable=False),
        sa.Column("subject_type", sa.String(length=40), nullable=False),
        sa.Column("subject_id", columns.Key(), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("path", sa.String(length=200), nullable=False),
        sa.Column("remark", sa.String(length=500), nullable=False),
        sa.Column("sent_by", columns.Key(), nullable=False),
        sa.Column("sender_name", sa.String(length=120), nullable=False),
        sa.Column("unit_id", columns.Key(), nullable=False),
        sa.Column("unit_name", sa.String(length=120), nullable=False),
        sa.Column("sent_at", columns.Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.id"], name=op.f("fk_circulation_agency_id")
        ),
        sa.ForeignKeyConstraint(["sent_by"], ["staff.id"], name=op.f("fk_circulation_sent_by")),
        sa.ForeignKeyConstraint(
            ["station_id"], ["unit.id"], name=op.f("fk_circulation_station_id")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_circulation_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_circulation")),
    )
    op.create_index("ix_circulation_subject_id", "circulation", ["subject_id"], unique=False)
    op.create_table(
        "circulation_recipient",
        sa.Column("id", columns.Key(), nullable=False),
        sa.Column("agency_id", columns.Key(), nullable=False),
        sa.Column("station_id", columns.Key(), nullable=False),
        sa.Column("circulation_id", columns.Key(), nullable=False),
        sa.Column("unit_id", columns.Key(), nullable=False),
        sa.Column("unit_name", sa.String(length=120), nullable=False),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.id"], name=op.f("fk_circulation_recipient_agency_id")
        ),
        sa.ForeignKeyConstraint(
            ["circulation_id"],
            ["circulation.id"],
            name=op.f("fk_circulation_recipient_circulation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["station_id"], ["unit.id"], name=op.f("fk_circulation_recipient_station_id")
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["unit.id"], name=op.f("fk_circulation_recipient_unit_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_circulation_recipient")),
        sa.UniqueConstraint(
            "circulation_id",
            "unit_id",
            name=op.f("uq_circulation_recipient_circulation_id_unit_id"),
        ),
    )
    op.create_index(
        "ix_circulation_recipient_unit_id", "circulation_recipient", ["unit_id"], unique=False
    )
    op.create_table(
        "circulation_confirmation",
        sa.Column("id", columns.Key(), nullable=False),
        sa.Column("agency_id", columns.Key(), nullable=False),
        sa.Column("station_id", columns.Key(), nullable=False),
        sa.Column("recipient_id", columns.Key(), nullable=False),
        sa.Column("staff_id", columns.Key(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("confirmed_at", columns.Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.id"], name=op.f("fk_circulation_confirmation_agency_id")
        ),
        sa.ForeignKeyConstraint(
            ["recipient_id"],
            ["circulation_recipient.id"],
            name=op.f("fk_circulation_confirmation_recipient_id"),
        ),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_circulation_confirmation_staff_id")
        ),
        sa.ForeignKeyConstraint(
            ["station_id"], ["unit.id"], name=op.f("fk_circulation_confirmation_station_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_circulation_confirmation")),
        sa.UniqueConstraint("recipient_id", name=op.f("uq_circulation_confirmation_recipient_id")),
    )
    only_add(*ADDED)


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
