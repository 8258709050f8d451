"""places of requests on the map, and pictures of them."""

import sqlalchemy as sa
from alembic import op

from crm.kernel.columns import Key, Moment
from crm.migrations.changes import fence, unfence

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

KINDS = ("dark_spot", "vacant_house", "bicycles", "blind_spot", "damage", "other")


def upgrade() -> None:
    op.create_table(
        "site_issue",
        *_of_request("site_issue"),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("created_by", Key(), nullable=True),
        sa.Column("updated_at", Moment(), nullable=False),
        sa.Column("updated_by", Key(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(*KINDS, name="sitekind", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("longitude", sa.Float(), nullable=True),
        sa.Column("latitude", sa.Float(), nullable=True),
        sa.Column(
            "district_id",
            Key(),
            sa.ForeignKey("area.id", name=op.f("fk_site_issue_district_id")),
            nullable=True,
        ),
    )
    op.create_table(
        "site_photo",
        *_of_request("site_photo"),
        sa.Column("description", sa.String(length=200), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("added_at", Moment(), nullable=False),
    )
    for table in ("site_issue", "site_photo"):
        fence(table)


def downgrade() -> None:
    for table in ("site_photo", "site_issue"):
        unfence(table)
        op.drop_table(table)


def _of_request(table: str) -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("id", Key(), nullable=False),
        _key(table, "agency_id", "agency"),
        _key(table, "station_id", "unit"),
        _key(table, "request_id", "community_request"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint("request_id", name=op.f(f"uq_{table}_request_id")),
    ]


def _key(table: str, column: str, other: str) -> sa.Column[object]:
    refers = sa.ForeignKey(f"{other}.id", name=op.f(f"fk_{table}_{column}"))
    return sa.Column(column, Key(), refers, nullable=False)
