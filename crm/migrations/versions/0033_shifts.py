"""shifts: what one shift of a unit leaves for the next, and who took note."""

import sqlalchemy as sa
from alembic import op

from crm.kernel.columns import Key, Moment
from crm.migrations.changes import fence, unfence

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _messages()
    _confirmations()
    for table in REFERENCES:
        fence(table)


def downgrade() -> None:
    for table in reversed(REFERENCES):
        unfence(table)
        op.drop_table(table)


REFERENCES = {
    "shift_message": {
        "agency_id": "agency.id",
        "station_id": "unit.id",
        "unit_id": "unit.id",
        "written_by": "staff.id",
    },
    "shift_confirmation": {
        "agency_id": "agency.id",
        "station_id": "unit.id",
        "message_id": "shift_message.id",
        "staff_id": "staff.id",
    },
}


def _messages() -> None:
    name = "shift_message"
    op.create_table(
        name,
        *_owner(),
        sa.Column("unit_id", Key(), nullable=False),
        sa.Column("unit_name", sa.String(length=120), nullable=False),
        sa.Column("text", sa.String(length=400), nullable=False),
        sa.Column("written_by", Key(), nullable=False),
        sa.Column("writer_name", sa.String(length=120), nullable=False),
        sa.Column("written_at", Moment(), nullable=False),
        sa.Column("request_key", Key(), nullable=False),
        *_keys(name),
        sa.UniqueConstraint(
            "written_by", "request_key", name=op.f(f"uq_{name}_written_by_request_key")
        ),
    )
    op.create_index(f"ix_{name}_unit_id_written_at", name, ["unit_id", "written_at"])
    op.create_index(f"ix_{name}_written_at", name, ["written_at"])


def _confirmations() -> None:
    name = "shift_confirmation"
    op.create_table(
        name,
        *_owner(),
        sa.Column("message_id", Key(), nullable=False),
        sa.Column("staff_id", Key(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("confirmed_at", Moment(), nullable=False),
        *_keys(name),
        sa.UniqueConstraint("message_id", "staff_id", name=op.f(f"uq_{name}_message_id_staff_id")),
    )


def _owner() -> list[sa.Column[object]]:
    return [sa.Column(name, Key(), nullable=False) for name in ("id", "agency_id", "station_id")]


def _keys(name: str) -> list[sa.Constraint]:
    return [
        *(
            sa.ForeignKeyConstraint([column], [target], name=op.f(f"fk_{name}_{column}"))
            for column, target in REFERENCES[name].items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
    ]
