"""requests other agencies and headquarters are asked to see to, and how far they have come."""

import sqlalchemy as sa
from alembic import op

from crm.kernel.columns import Key, Moment
from crm.migrations.changes import (
    fence,
    only_add_but_in_a_disposal,
    restate_choices,
    unfence,
)

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

STEPS = ["received", "assigned", "progress", "decided", "answered", "unanswered", "reopened"]
WITH_REFERRALS = [*STEPS, "referred", "recalled"]


def upgrade() -> None:
    restate_choices("request_step", "kind", "stepkind", STEPS, WITH_REFERRALS)
    op.create_table(
        "published_request",
        *_sides("published_request"),
        sa.Column("reference", Key(), nullable=False),
        sa.Column("request_id", Key(), nullable=False),
        sa.Column("recipient_name", sa.String(length=120), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("topic", sa.String(length=40), nullable=False),
        sa.Column("area_name", sa.String(length=120), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("told_by", sa.String(length=120), nullable=False),
        sa.Column("published_at", Moment(), nullable=False),
        sa.UniqueConstraint("reference", name=op.f("uq_published_request_reference")),
        sa.UniqueConstraint(
            *("giver_station_id", "request_id", "recipient_station_id"),
            name=op.f("uq_published_request_giver_station_id_request_id_recipient_station_id"),
        ),
    )
    op.create_table(
        "published_progress",
        *_sides("published_progress"),
        sa.Column("reference", Key(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("outcome", sa.String(length=40), nullable=True),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("told_by", sa.String(length=120), nullable=False),
        sa.Column("at", Moment(), nullable=False),
    )
    op.create_index(op.f("ix_published_progress_reference"), "published_progress", ["reference"])
    for table in ("published_request", "published_progress"):
        for side in ("giver_station_id", "recipient_station_id"):
            op.create_index(op.f(f"ix_{table}_{side}"), table, [side])
        fence(table)
    only_add_but_in_a_disposal("published_progress")


def downgrade() -> None:
    for table in ("published_progress", "published_request"):
        unfence(table)
        op.drop_table(table)
    _tell_as_progress()
    restate_choices("request_step", "kind", "stepkind", WITH_REFERRALS, STEPS)


def _tell_as_progress() -> None:
    """Let the steps there is no word for any more stand as progress."""
    names = ("only_added",) if op.get_bind().dialect.name == "postgresql" else _ON_SQLITE
    table = " ON request_step" if op.get_bind().dialect.name == "postgresql" else ""
    for name in names:
        op.execute(sa.text(f"DROP TRIGGER request_step_{name}{table}"))
    op.execute(
        sa.text("UPDATE request_step SET kind = 'progress' WHERE kind IN ('referred', 'recalled')")
    )
    only_add_but_in_a_disposal("request_step")


_ON_SQLITE = ("no_update", "no_delete")


def _sides(table: str) -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("id", Key(), nullable=False),
        sa.Column("giver_agency_id", Key(), nullable=False),
        sa.Column("giver_station_id", Key(), nullable=False),
        sa.Column("giver_name", sa.String(length=120), nullable=False),
        sa.Column("recipient_agency_id", Key(), nullable=False),
        sa.Column("recipient_station_id", Key(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    ]
