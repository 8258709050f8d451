"""handovers: what must be known of a beat, who has read it, and what follows a change of head."""

import sqlalchemy as sa
from alembic import op

from crm.kernel.columns import Key, Moment
from crm.migrations.changes import fence, only_add, restate_choices, unfence

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

KINDS = ["roster", "rejected_rows", "dossier", "round", "visit_list"]
TABLES = ("beat_brief", "brief_reading", "succession_answer")
DECISION = sa.Enum(
    *("ask", "leave", "later", "end", "stay"),
    name="successiondecision",
    native_enum=False,
    create_constraint=True,
    length=40,
)


def upgrade() -> None:
    op.create_table(
        "beat_brief",
        *_of_unit("beat_brief"),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("created_by", Key(), nullable=True),
        sa.Column("updated_at", Moment(), nullable=False),
        sa.Column("updated_by", Key(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("writer_name", sa.String(length=120), nullable=False),
        sa.UniqueConstraint("station_id", "unit_id", name=op.f("uq_beat_brief_station_id_unit_id")),
    )
    op.create_table(
        "brief_reading",
        *_of_unit("brief_reading"),
        _key("brief_reading", "staff_id", "staff"),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("unit_name", sa.String(length=120), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("read_at", Moment(), nullable=False),
        sa.UniqueConstraint(
            *("unit_id", "staff_id", "revision"),
            name=op.f("uq_brief_reading_unit_id_staff_id_revision"),
        ),
    )
    op.create_table(
        "succession_answer",
        sa.Column("id", Key(), nullable=False),
        _key("succession_answer", "agency_id", "agency"),
        _key("succession_answer", "station_id", "unit"),
        _key("succession_answer", "appointment_id", "appointment"),
        _key("succession_answer", "staff_id", "staff"),
        sa.Column("decision", DECISION, nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("decided_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_succession_answer")),
    )
    op.create_index("ix_succession_answer_appointment_id", "succession_answer", ["appointment_id"])
    only_add("brief_reading", "succession_answer")
    for table in TABLES:
        fence(table)
    restate_choices("export", "kind", "exportkind", KINDS, [*KINDS, "handover"])


def downgrade() -> None:
    restate_choices("export", "kind", "exportkind", [*KINDS, "handover"], KINDS)
    for table in reversed(TABLES):
        unfence(table)
        op.drop_table(table)


def _of_unit(table: str) -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("id", Key(), nullable=False),
        _key(table, "agency_id", "agency"),
        _key(table, "station_id", "unit"),
        _key(table, "unit_id", "unit"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    ]


def _key(table: str, column: str, target: str) -> sa.Column[object]:
    name = op.f(f"fk_{table}_{column}")
    return sa.Column(column, Key(), sa.ForeignKey(f"{target}.id", name=name), nullable=False)
