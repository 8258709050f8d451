"""bodies and their members; meetings of a body, meetings in series; feeds for calendars."""

import sqlalchemy as sa
from alembic import op

from crm.kernel.columns import Key, Moment, SortKey
from crm.migrations.changes import add_key, drop_columns, fence, restate_choices, unfence

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None

TABLES = ("body", "body_member", "meeting_series", "calendar_feed")
BODIES = (
    *("koban_council", "station_council", "school_police_council", "city_council"),
    *("promotion_headquarters", "federation", "other"),
)
ROLES = ("chair", "vice_chair", "member", "adviser", "secretariat", "other")
MEETINGS = (
    *("regional_safety", "koban_council", "station_council", "school_police_council"),
    *("city_council", "promotion_headquarters", "regular_meeting", "class", "talk", "drill"),
    *("joint_patrol", "rally", "other"),
)
RHYTHMS = (
    *("weekly", "monthly_weekday", "monthly_last_weekday", "monthly_day"),
    *("yearly_weekday", "yearly_day"),
)
REASONS = ["rain", "snow", "disaster", "infection", "too_few", "other"]
MORE_REASONS = ["rain", "snow", "disaster", "infection", "too_few", "series_ended", "other"]


def upgrade() -> None:
    _bodies()
    _members()
    _series()
    _feeds()
    for table in TABLES:
        fence(table)
    for column, target in (("body_id", "body"), ("series_id", "meeting_series")):
        add_key("meeting", column, target)
    op.add_column("meeting", sa.Column("series_day", sa.Date(), nullable=True))
    op.create_index(op.f("ix_meeting_body_id"), "meeting", ["body_id"])
    op.create_index(
        "ix_meeting_series_id_series_day", "meeting", ["series_id", "series_day"], unique=True
    )
    restate_choices("meeting", "canceled_because", "cancelreason", REASONS, MORE_REASONS)


def downgrade() -> None:
    restate_choices("meeting", "canceled_because", "cancelreason", MORE_REASONS, REASONS)
    op.drop_index("ix_meeting_series_id_series_day", "meeting")
    op.drop_index(op.f("ix_meeting_body_id"), "meeting")
    drop_columns("meeting", "series_day", "series_id", "body_id")
    for table in reversed(TABLES):
        unfence(table)
        op.drop_table(table)


def _bodies() -> None:
    op.create_table(
        "body",
        *_of_station("body"),
        *_stamped(),
        _choice("kind", "bodykind", *BODIES),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("kana", sa.String(length=160), nullable=False),
        sa.Column("kana_sort", SortKey, nullable=False),
        sa.Column("legal_basis", sa.String(length=200), nullable=False),
        _key("body", "secretariat_unit_id", "unit", nullable=True),
        sa.Column("secretariat_words", sa.String(length=120), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("client_key", Key(), nullable=False),
        sa.CheckConstraint(
            "secretariat_unit_id IS NULL OR secretariat_words = ''",
            name=op.f("ck_body_one_secretariat"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_body")),
        sa.UniqueConstraint("station_id", "client_key", name=op.f("uq_body_station_id_client_key")),
    )
    op.create_index("ix_body_station_id_kana_sort", "body", ["station_id", "kana_sort"])


def _members() -> None:
    op.create_table(
        "body_member",
        *_of_station("body_member"),
        *_stamped(),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        _key("body_member", "person_id", "person", nullable=True),
        _key("body_member", "organization_id", "organization", nullable=True),
        _key("body_member", "body_id", "body"),
        _choice("role", "bodyrole", *ROLES),
        sa.Column("words", sa.String(length=120), nullable=False),
        sa.CheckConstraint(
            "(words <> '') = (person_id IS NULL AND organization_id IS NULL)"
            " AND (person_id IS NULL OR organization_id IS NULL)",
            name=op.f("ck_body_member_one_member"),
        ),
        sa.CheckConstraint(
            "valid_to IS NULL OR valid_to >= valid_from", name=op.f("ck_body_member_in_order")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_body_member")),
    )
    for column in ("person_id", "organization_id", "body_id"):
        op.create_index(op.f(f"ix_body_member_{column}"), "body_member", [column])


def _series() -> None:
    op.create_table(
        "meeting_series",
        *_of_station("meeting_series"),
        *_stamped(),
        _choice("kind", "meetingkind", *MEETINGS),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        _choice("style", "style", "in_person", "in_writing", "online"),
        _key("meeting_series", "unit_id", "unit"),
        _key("meeting_series", "host_organization_id", "organization", nullable=True),
        sa.Column("held_with", sa.String(length=120), nullable=False),
        _key("meeting_series", "body_id", "body", nullable=True),
        _choice("rhythm", "rhythm", *RHYTHMS),
        sa.Column("every", sa.Integer(), nullable=False),
        sa.Column("first_at", Moment(), nullable=False),
        sa.Column("lasts_minutes", sa.Integer(), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("client_key", Key(), nullable=False),
        sa.CheckConstraint("every > 0", name=op.f("ck_meeting_series_every")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_series")),
        sa.UniqueConstraint(
            *("station_id", "client_key"), name=op.f("uq_meeting_series_station_id_client_key")
        ),
    )
    for column in ("host_organization_id", "body_id"):
        op.create_index(op.f(f"ix_meeting_series_{column}"), "meeting_series", [column])


def _feeds() -> None:
    op.create_table(
        "calendar_feed",
        sa.Column("id", Key(), nullable=False),
        _key("calendar_feed", "agency_id", "agency"),
        _key("calendar_feed", "account_id", "account"),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("renewed_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_feed")),
        sa.UniqueConstraint("account_id", name=op.f("uq_calendar_feed_account_id")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_calendar_feed_token_hash")),
    )


def _of_station(table: str) -> list[sa.Column[object]]:
    return [
        sa.Column("id", Key(), nullable=False),
        _key(table, "agency_id", "agency"),
        _key(table, "station_id", "unit"),
    ]


def _stamped() -> list[sa.Column[object]]:
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
