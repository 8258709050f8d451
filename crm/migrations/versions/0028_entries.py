"""advice and the problem it answers, activities in an area, other agencies beside, own phrases."""

import sqlalchemy as sa
from alembic import op

from crm.kernel.columns import Key, Moment
from crm.migrations.changes import drop_columns, fence, unfence

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

ADVISED = ("activity_note", "note_correction")
AREA = "fk_activity_note_area_id"


def upgrade() -> None:
    for table in ADVISED:
        op.add_column(table, sa.Column("advice", sa.String(), nullable=False, server_default=""))
        problem = sa.Column("problem", sa.String(length=60), nullable=False, server_default="")
        op.add_column(table, problem)
    kind = "uuid" if op.get_bind().dialect.name == "postgresql" else "BLOB"
    # said in SQL: what SQLite adds with a reference must be said with the column
    op.execute(
        sa.text(
            f"ALTER TABLE activity_note ADD COLUMN area_id {kind}"
            f" CONSTRAINT {AREA} REFERENCES area (id)"
        )
    )
    op.create_index(op.f("ix_activity_note_area_id"), "activity_note", ["area_id"])
    op.add_column("published_note", sa.Column("joint_on", sa.Date(), nullable=True))
    _companions()
    _phrases()


def downgrade() -> None:
    for table in ("station_phrase", "note_companion"):
        unfence(table)
        op.drop_table(table)
    drop_columns("published_note", "joint_on")
    op.drop_index(op.f("ix_activity_note_area_id"), "activity_note")
    drop_columns("activity_note", "area_id")
    for table in ADVISED:
        drop_columns(table, "advice", "problem")


def _companions() -> None:
    op.create_table(
        "note_companion",
        *_of_station("note_companion"),
        _key("note_companion", "note_id", "activity_note"),
        sa.Column("other_agency_id", Key(), nullable=False),
        sa.Column("other_station_id", Key(), nullable=False),
        sa.Column("visited_on", sa.Date(), nullable=False),
        sa.Column("office_name", sa.String(length=120), nullable=False),
        sa.Column("names", sa.String(length=120), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_note_companion")),
        sa.UniqueConstraint(
            *("note_id", "other_station_id"),
            name=op.f("uq_note_companion_note_id_other_station_id"),
        ),
    )
    fence("note_companion")


def _phrases() -> None:
    uses = ("heard", "told", "problem")
    op.create_table(
        "station_phrase",
        *_of_station("station_phrase"),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("created_by", Key(), nullable=True),
        sa.Column("updated_at", Moment(), nullable=False),
        sa.Column("updated_by", Key(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column(
            "use",
            sa.Enum(*uses, name="phraseuse", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("text", sa.String(length=60), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_station_phrase")),
    )
    op.create_index("ix_station_phrase_station_id_use", "station_phrase", ["station_id", "use"])
    fence("station_phrase")


def _of_station(table: str) -> list[sa.Column[object]]:
    return [
        sa.Column("id", Key(), nullable=False),
        _key(table, "agency_id", "agency"),
        _key(table, "station_id", "unit"),
    ]


def _key(table: str, column: str, other: str) -> sa.Column[object]:
    refers = sa.ForeignKey(f"{other}.id", name=op.f(f"fk_{table}_{column}"))
    return sa.Column(column, Key(), refers, nullable=False)
