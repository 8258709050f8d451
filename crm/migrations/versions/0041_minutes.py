"""minutes: the agenda and papers of meetings, every version of minutes, what was settled."""

import sqlalchemy as sa
from alembic import op

from crm.kernel.columns import Key, Moment
from crm.migrations.changes import (
    add_key,
    drop_columns,
    fence,
    only_add_but_in_a_disposal,
    restate_choices,
    unfence,
)

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None

TABLES = (
    *("agenda_item", "meeting_paper", "meeting_sequel", "meeting_guests"),
    *("minutes_version", "minutes_section", "meeting_matter"),
)
EXPORTS = [
    *("roster", "rejected_rows", "dossier", "round", "visit_list", "handover", "roster_reprint")
]
APPROVALS = ["liaison_request", "roster_issue", "provision", "export"]
DECIDED = ("approval", "approval_route")
HANDLINGS = ("station_only", "agencies", "liaisons", "public")


def upgrade() -> None:
    _agenda()
    _minutes()
    _matters()
    only_add_but_in_a_disposal("minutes_version", "minutes_section")
    for table in TABLES:
        fence(table)
    add_key("community_request", "meeting_id", "meeting")
    op.create_index(op.f("ix_community_request_meeting_id"), "community_request", ["meeting_id"])
    restate_choices("export", "kind", "exportkind", EXPORTS, [*EXPORTS, "minutes"])
    for table in DECIDED:
        restate_choices(table, "kind", "approvalkind", APPROVALS, [*APPROVALS, "minutes"])


def downgrade() -> None:
    for table in DECIDED:
        restate_choices(table, "kind", "approvalkind", [*APPROVALS, "minutes"], APPROVALS)
    restate_choices("export", "kind", "exportkind", [*EXPORTS, "minutes"], EXPORTS)
    op.drop_index(op.f("ix_community_request_meeting_id"), "community_request")
    drop_columns("community_request", "meeting_id")
    for table in reversed(TABLES):
        unfence(table)
        op.drop_table(table)


def _agenda() -> None:
    op.create_table(
        "agenda_item",
        *_of_meeting("agenda_item"),
        *_stamped(),
        sa.Column("position", sa.Integer(), nullable=False),
        _choice("kind", "agendakind", "step", "topic"),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("speaker", sa.String(length=120), nullable=False),
        sa.Column("minutes_planned", sa.Integer(), nullable=True),
        sa.CheckConstraint("minutes_planned > 0", name=op.f("ck_agenda_item_minutes_planned")),
    )
    op.create_table(
        "meeting_paper",
        *_of_meeting("meeting_paper"),
        _key("meeting_paper", "agenda_item_id", "agenda_item", nullable=True),
        _choice("handling", "handling", *HANDLINGS),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("added_at", Moment(), nullable=False),
    )
    op.create_table(
        "meeting_sequel",
        *_of_meeting("meeting_sequel"),
        _key("meeting_sequel", "previous_id", "meeting"),
        sa.UniqueConstraint("meeting_id", name=op.f("uq_meeting_sequel_meeting_id")),
        sa.CheckConstraint("meeting_id <> previous_id", name=op.f("ck_meeting_sequel_another")),
    )
    op.create_table(
        "meeting_guests",
        *_of_meeting("meeting_guests"),
        sa.Column("office_name", sa.String(length=120), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.CheckConstraint("people > 0", name=op.f("ck_meeting_guests_people")),
    )
    for table in ("agenda_item", "meeting_paper", "meeting_guests"):
        _index(table, "meeting_id")


def _minutes() -> None:
    op.create_table(
        "minutes_version",
        *_of_meeting("minutes_version"),
        sa.Column("serial", sa.Integer(), nullable=False),
        _choice("state", "minutesstate", "draft", "confirmed", "aside"),
        sa.Column("reason", sa.String(length=300), nullable=False),
        _key("minutes_version", "written_by", "staff"),
        sa.Column("writer_name", sa.String(length=120), nullable=False),
        sa.Column("unit_name", sa.String(length=120), nullable=False),
        sa.Column("written_at", Moment(), nullable=False),
        sa.UniqueConstraint(
            "meeting_id", "serial", name=op.f("uq_minutes_version_meeting_id_serial")
        ),
    )
    op.create_table(
        "minutes_section",
        *_of_station("minutes_section"),
        _key("minutes_section", "version_id", "minutes_version"),
        sa.Column("agenda_item_id", Key(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
    )
    _index("minutes_section", "version_id")


def _matters() -> None:
    op.create_table(
        "meeting_matter",
        *_of_meeting("meeting_matter"),
        *_stamped(),
        sa.Column("agenda_item_id", Key(), nullable=True),
        _choice("kind", "matterkind", "decision", "action"),
        sa.Column("words", sa.String(), nullable=False),
        _key("meeting_matter", "unit_id", "unit", nullable=True),
        _key("meeting_matter", "staff_id", "staff", nullable=True),
        sa.Column("owner_words", sa.String(length=120), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("done_words", sa.String(), nullable=False),
        sa.CheckConstraint(
            "kind = 'action' OR (due_on IS NULL AND done_on IS NULL)",
            name=op.f("ck_meeting_matter_only_actions"),
        ),
        sa.CheckConstraint(
            "done_on IS NULL OR done_words <> ''", name=op.f("ck_meeting_matter_done")
        ),
    )
    _index("meeting_matter", "meeting_id")


def _of_station(table: str) -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("id", Key(), nullable=False),
        _key(table, "agency_id", "agency"),
        _key(table, "station_id", "unit"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    ]


def _of_meeting(table: str) -> list[sa.schema.SchemaItem]:
    return [*_of_station(table), _key(table, "meeting_id", "meeting")]


def _stamped() -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("created_by", Key(), nullable=True),
        sa.Column("updated_at", Moment(), nullable=False),
        sa.Column("updated_by", Key(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
    ]


def _key(table: str, column: str, other: str, *, nullable: bool = False) -> sa.Column[object]:
    refers = sa.ForeignKey(f"{other}.id", name=op.f(f"fk_{table}_{column}"))
    return sa.Column(column, Key(), refers, nullable=nullable)


def _choice(column: str, kind: str, *values: str) -> sa.Column[object]:
    chosen = sa.Enum(*values, name=kind, native_enum=False, create_constraint=True, length=40)
    return sa.Column(column, chosen, nullable=False)


def _index(table: str, column: str) -> None:
    op.create_index(op.f(f"ix_{table}_{column}"), table, [column])
