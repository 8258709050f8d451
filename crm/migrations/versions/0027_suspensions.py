"""suspensions: what somebody asked to be erased or no longer used or provided, and the answer."""

import sqlalchemy as sa
from alembic import op

from crm.kernel.columns import Key, Moment
from crm.migrations.changes import fence, unfence

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

TABLE = "suspension_request"


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("id", Key(), nullable=False),
        sa.Column("agency_id", Key(), nullable=False),
        sa.Column("station_id", Key(), nullable=False),
        sa.Column("person_id", Key(), nullable=False),
        sa.Column(
            "asked", _choice("asked", "erasure", "use_stop", "provision_stop"), nullable=False
        ),
        sa.Column(
            "state",
            _choice("suspensionstate", "received", "granted", "refused", "withdrawn"),
            nullable=False,
        ),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("request_key", Key(), nullable=False),
        sa.Column("recorded_at", Moment(), nullable=False),
        sa.Column("recorded_by", Key(), nullable=False),
        sa.Column("recorder_name", sa.String(length=120), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("decided_at", Moment(), nullable=True),
        sa.Column("decided_by", Key(), nullable=True),
        sa.Column("decider_name", sa.String(length=120), nullable=False),
        sa.Column("result", sa.JSON(), nullable=False),
        sa.Column("notified_on", sa.Date(), nullable=True),
        sa.Column("notifier_name", sa.String(length=120), nullable=False),
        sa.CheckConstraint(
            "decided_by IS NULL OR decided_by <> recorded_by", name=op.f(f"ck_{TABLE}_two_people")
        ),
        *(
            sa.ForeignKeyConstraint([column], [target], name=op.f(f"fk_{TABLE}_{column}"))
            for column, target in REFERENCES.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{TABLE}")),
        sa.UniqueConstraint(
            "recorded_by", "request_key", name=op.f(f"uq_{TABLE}_recorded_by_request_key")
        ),
    )
    op.create_index(op.f(f"ix_{TABLE}_person_id"), TABLE, ["person_id"])
    op.create_index(f"ix_{TABLE}_station_id_received_on", TABLE, ["station_id", "received_on"])
    fence(TABLE)


def downgrade() -> None:
    unfence(TABLE)
    op.drop_table(TABLE)


REFERENCES = {
    "agency_id": "agency.id",
    "station_id": "unit.id",
    "person_id": "person.id",
    "recorded_by": "account.id",
    "decided_by": "account.id",
}


def _choice(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)
