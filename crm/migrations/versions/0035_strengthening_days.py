"""strengthening days: days set aside for visits, who takes part and whom they are to see."""

import sqlalchemy as sa
from alembic import op

from crm.kernel.columns import Key, Moment
from crm.migrations.changes import fence, restate_choices, unfence

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

KINDS = ["roster", "rejected_rows", "dossier", "round"]
REASONS = ("open_reply", "vacancy", "new_chair", "new_unit", "dormant", "chosen")
TABLES = ("strengthening_day", "strengthening_unit", "strengthening_target")


def upgrade() -> None:
    op.create_table(
        "strengthening_day",
        *_of_station("strengthening_day"),
        *_stamped(),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.Column("purpose", sa.String(length=120), nullable=False),
        sa.Column("cancelled_on", sa.Date(), nullable=True),
        sa.Column("request_key", Key(), nullable=False),
        sa.CheckConstraint("first_on <= last_on", name=op.f("ck_strengthening_day_in_order")),
        sa.UniqueConstraint(
            *("station_id", "request_key"),
            name=op.f("uq_strengthening_day_station_id_request_key"),
        ),
    )
    op.create_index(
        "ix_strengthening_day_station_id_first_on", "strengthening_day", ["station_id", "first_on"]
    )
    _units()
    _targets()
    for table in TABLES:
        fence(table)
    restate_choices("export", "kind", "exportkind", KINDS, [*KINDS, "visit_list"])


def downgrade() -> None:
    restate_choices("export", "kind", "exportkind", [*KINDS, "visit_list"], KINDS)
    for table in reversed(TABLES):
        unfence(table)
        op.drop_table(table)


def _units() -> None:
    table = "strengthening_unit"
    op.create_table(
        table,
        *_of_station(table),
        *_stamped(),
        *_keys(table, day_id="strengthening_day", unit_id="unit"),
        sa.Column("unit_name", sa.String(length=120), nullable=False),
        sa.Column("hours_secured", sa.Integer(), nullable=True),
        sa.Column("hours_diverted", sa.Integer(), nullable=True),
        sa.Column("diverted_to", sa.String(length=120), nullable=False),
        sa.CheckConstraint(
            "hours_secured >= 0 AND hours_diverted >= 0", name=op.f(f"ck_{table}_hours")
        ),
        sa.UniqueConstraint("day_id", "unit_id", name=op.f(f"uq_{table}_day_id_unit_id")),
    )


def _targets() -> None:
    table = "strengthening_target"
    kind = sa.Enum(
        *REASONS, name="targetreason", native_enum=False, create_constraint=True, length=40
    )
    op.create_table(
        table,
        *_of_station(table),
        *_keys(table, nullable=True, person_id="person", organization_id="organization"),
        *_keys(table, day_id="strengthening_day", unit_id="unit"),
        sa.Column("reason", kind, nullable=False),
        sa.CheckConstraint(
            "(person_id IS NULL) <> (organization_id IS NULL)", name=op.f(f"ck_{table}_one_holder")
        ),
        *(
            sa.UniqueConstraint("day_id", key, name=op.f(f"uq_{table}_day_id_{key}"))
            for key in ("person_id", "organization_id")
        ),
    )
    for key in ("person_id", "organization_id"):
        op.create_index(op.f(f"ix_{table}_{key}"), table, [key])


def _of_station(table: str) -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("id", Key(), nullable=False),
        *_keys(table, agency_id="agency", station_id="unit"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    ]


def _stamped() -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("created_by", Key(), nullable=True),
        sa.Column("updated_at", Moment(), nullable=False),
        sa.Column("updated_by", Key(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
    ]


def _keys(table: str, *, nullable: bool = False, **targets: str) -> list[sa.schema.SchemaItem]:
    return [
        sa.Column(
            column,
            Key(),
            sa.ForeignKey(f"{target}.id", name=op.f(f"fk_{table}_{column}")),
            nullable=nullable,
        )
        for column, target in targets.items()
    ]
