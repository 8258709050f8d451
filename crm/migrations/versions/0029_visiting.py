"""visiting: after how long a visit is proposed, and when somebody is left in peace."""

import sqlalchemy as sa
from alembic import op

from crm.kernel.columns import Key, Moment
from crm.migrations.changes import fence, unfence

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _quiet_periods()
    _cadences()
    for table in REFERENCES:
        fence(table)


def downgrade() -> None:
    for table in reversed(REFERENCES):
        unfence(table)
        op.drop_table(table)


REFERENCES = {
    "quiet_period": {
        "agency_id": "agency.id",
        "station_id": "unit.id",
        "person_id": "person.id",
        "organization_id": "organization.id",
        "entered_by": "staff.id",
        "lifted_by": "staff.id",
    },
    "visit_cadence": {
        "agency_id": "agency.id",
        "station_id": "unit.id",
        "person_id": "person.id",
        "organization_id": "organization.id",
        "area_id": "area.id",
        "decided_by": "staff.id",
    },
}


def _quiet_periods() -> None:
    name = "quiet_period"
    op.create_table(
        name,
        *_owner(),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("remark", sa.String(length=60), nullable=False),
        sa.Column("entered_by", Key(), nullable=False),
        sa.Column("entered_name", sa.String(length=120), nullable=False),
        sa.Column("unit_name", sa.String(length=120), nullable=False),
        sa.Column("entered_at", Moment(), nullable=False),
        sa.Column("request_key", Key(), nullable=False),
        sa.Column("lifted_at", Moment(), nullable=True),
        sa.Column("lifted_by", Key(), nullable=True),
        sa.CheckConstraint(
            "(person_id IS NULL) <> (organization_id IS NULL)", name=op.f(f"ck_{name}_one_holder")
        ),
        sa.CheckConstraint(
            "valid_to IS NOT NULL AND valid_to >= valid_from", name=op.f(f"ck_{name}_has_an_end")
        ),
        sa.CheckConstraint(f"reason IN {REASONS}", name=op.f(f"ck_{name}_quietreason")),
        *_keys(name),
        sa.UniqueConstraint(
            "entered_by", "request_key", name=op.f(f"uq_{name}_entered_by_request_key")
        ),
    )
    for column in ("person_id", "organization_id"):
        op.create_index(op.f(f"ix_{name}_{column}"), name, [column])
    op.create_index(f"ix_{name}_station_id_valid_to", name, ["station_id", "valid_to"])


def _cadences() -> None:
    name = "visit_cadence"
    op.create_table(
        name,
        *_owner(),
        sa.Column("area_id", Key(), nullable=True),
        sa.Column("every_days", sa.Integer(), nullable=True),
        sa.Column("decided_by", Key(), nullable=False),
        sa.Column("decider_name", sa.String(length=120), nullable=False),
        sa.Column("decided_at", Moment(), nullable=False),
        sa.CheckConstraint(ONE_SUBJECT, name=op.f(f"ck_{name}_one_subject")),
        sa.CheckConstraint(
            "every_days IS NULL OR every_days > 0", name=op.f(f"ck_{name}_every_days")
        ),
        *_keys(name),
    )
    op.create_index(f"ix_{name}_station_id_valid_to", name, ["station_id", "valid_to"])


REASONS = "('busy_season', 'mourning', 'own_wish', 'away', 'other')"
ONE_SUBJECT = (
    "CASE WHEN person_id IS NULL THEN 0 ELSE 1 END"
    " + CASE WHEN organization_id IS NULL THEN 0 ELSE 1 END"
    " + CASE WHEN area_id IS NULL THEN 0 ELSE 1 END = 1"
)


def _owner() -> list[sa.Column[object]]:
    """Return whose rows they are, about whom, and from which day to which they hold."""
    return [
        sa.Column("id", Key(), nullable=False),
        sa.Column("agency_id", Key(), nullable=False),
        sa.Column("station_id", Key(), nullable=False),
        sa.Column("person_id", Key(), nullable=True),
        sa.Column("organization_id", Key(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
    ]


def _keys(name: str) -> list[sa.Constraint]:
    return [
        *(
            sa.ForeignKeyConstraint([column], [target], name=op.f(f"fk_{name}_{column}"))
            for column, target in REFERENCES[name].items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
    ]
