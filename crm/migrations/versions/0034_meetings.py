"""meetings: planned, held or canceled, with whoever was invited and came."""

import sqlalchemy as sa
from alembic import op

from crm.kernel.columns import Key, Moment
from crm.migrations.changes import fence, unfence

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

KINDS = (
    *("regional_safety", "koban_council", "station_council", "school_police_council"),
    *("city_council", "promotion_headquarters", "regular_meeting", "class", "talk", "drill"),
    *("joint_patrol", "rally", "other"),
)
REASONS = ("rain", "snow", "disaster", "infection", "too_few", "other")


def upgrade() -> None:
    _meetings()
    _parties()
    for table in ("meeting", "meeting_party"):
        fence(table)


def downgrade() -> None:
    for table in ("meeting_party", "meeting"):
        unfence(table)
        op.drop_table(table)


def _meetings() -> None:
    op.create_table(
        "meeting",
        *_of_station("meeting"),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("created_by", Key(), nullable=True),
        sa.Column("updated_at", Moment(), nullable=False),
        sa.Column("updated_by", Key(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        _choice("kind", "meetingkind", *KINDS),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("starts_at", Moment(), nullable=False),
        sa.Column("ends_at", Moment(), nullable=True),
        sa.Column("place", sa.String(length=200), nullable=False),
        _choice("style", "style", "in_person", "in_writing", "online"),
        _key("meeting", "unit_id", "unit"),
        _key("meeting", "host_organization_id", "organization", nullable=True),
        sa.Column("held_with", sa.String(length=120), nullable=False),
        _choice("state", "meetingstate", "planned", "held", "canceled"),
        _choice("canceled_because", "cancelreason", *REASONS, nullable=True),
        sa.Column("visitors", sa.Integer(), nullable=False),
        sa.Column("client_key", Key(), nullable=False),
        sa.CheckConstraint(
            "(state = 'canceled') = (canceled_because IS NOT NULL)",
            name=op.f("ck_meeting_canceled_because"),
        ),
        sa.CheckConstraint(
            "ends_at IS NULL OR ends_at >= starts_at", name=op.f("ck_meeting_in_order")
        ),
        sa.CheckConstraint("visitors >= 0", name=op.f("ck_meeting_visitors")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting")),
        sa.UniqueConstraint(
            "station_id", "client_key", name=op.f("uq_meeting_station_id_client_key")
        ),
    )
    op.create_index("ix_meeting_station_id_starts_at", "meeting", ["station_id", "starts_at"])
    op.create_index(op.f("ix_meeting_host_organization_id"), "meeting", ["host_organization_id"])


def _parties() -> None:
    op.create_table(
        "meeting_party",
        *_of_station("meeting_party"),
        _key("meeting_party", "person_id", "person", nullable=True),
        _key("meeting_party", "organization_id", "organization", nullable=True),
        _key("meeting_party", "meeting_id", "meeting"),
        sa.Column("invited_on", sa.Date(), nullable=True),
        _choice("channel", "channel", "visit", "phone", "post", "fax", "mail", nullable=True),
        _choice("reply", "reply", "comes", "sends_proxy", "declines", nullable=True),
        _choice("presence", "presence", "present", "proxy", "excused", "absent", nullable=True),
        sa.CheckConstraint(
            "(person_id IS NULL) <> (organization_id IS NULL)",
            name=op.f("ck_meeting_party_one_holder"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_party")),
        sa.UniqueConstraint(
            "meeting_id", "person_id", name=op.f("uq_meeting_party_meeting_id_person_id")
        ),
        sa.UniqueConstraint(
            *("meeting_id", "organization_id"),
            name=op.f("uq_meeting_party_meeting_id_organization_id"),
        ),
    )
    for column in ("person_id", "organization_id"):
        op.create_index(op.f(f"ix_meeting_party_{column}"), "meeting_party", [column])


def _of_station(table: str) -> list[sa.Column[object]]:
    return [
        sa.Column("id", Key(), nullable=False),
        _key(table, "agency_id", "agency"),
        _key(table, "station_id", "unit"),
    ]


def _key(table: str, column: str, other: str, *, nullable: bool = False) -> sa.Column[object]:
    refers = sa.ForeignKey(f"{other}.id", name=op.f(f"fk_{table}_{column}"))
    return sa.Column(column, Key(), refers, nullable=nullable)


def _choice(column: str, kind: str, *values: str, nullable: bool = False) -> sa.Column[object]:
    chosen = sa.Enum(*values, name=kind, native_enum=False, create_constraint=True, length=40)
    return sa.Column(column, chosen, nullable=nullable)
