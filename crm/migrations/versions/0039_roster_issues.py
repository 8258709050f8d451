"""roster issues: the document kept with each, its copies handed out, selections kept by name."""

import sqlalchemy as sa
from alembic import op

from crm.kernel.columns import Key, Moment
from crm.migrations.changes import (
    drop_columns,
    fence,
    only_add,
    only_add_but_in_a_disposal,
    restate_choices,
    unfence,
)

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None

KINDS = ["roster", "rejected_rows", "dossier", "round", "visit_list", "handover"]
PROFILES = ["station", "meeting"]
FORMATS = ["xlsx", "pdf", "csv", "csv_cp932"]
MORE_PROFILES = [*PROFILES, "municipality", "seating"]
CHOICES = (
    ("export", "kind", "exportkind", KINDS, [*KINDS, "roster_reprint"]),
    ("roster_issue", "profile", "rosterprofile", PROFILES, MORE_PROFILES),
    ("roster_issue", "format", "rosterformat", FORMATS, [*FORMATS, "vcard4", "vcard3"]),
)
SAID = {"recipient": 120, "decision": 60, "selection": 400, "selection_name": 400}
TABLES = ("roster_document", "roster_copy", "roster_copy_act", "roster_filter")


def upgrade() -> None:
    for table, column, kind, old, new in CHOICES:
        restate_choices(table, column, kind, old, new)
    for name, length in SAID.items():
        said = sa.Column(name, sa.String(length=length), nullable=False, server_default="")
        op.add_column("roster_issue", said)
    op.add_column("roster_issue", sa.Column("export_id", Key(), nullable=True))
    op.create_index(
        "ix_roster_issue_station_id_selection",
        "roster_issue",
        ["station_id", "profile", "selection"],
    )
    _documents()
    _copies()
    _filters()
    only_add_but_in_a_disposal("roster_document")
    only_add("roster_copy", "roster_copy_act")
    for table in TABLES:
        fence(table)


def downgrade() -> None:
    for table in ("roster_filter", "roster_copy_act", "roster_copy", "roster_document"):
        unfence(table)
        op.drop_table(table)
    op.drop_index("ix_roster_issue_station_id_selection", "roster_issue")
    drop_columns("roster_issue", "export_id", *SAID)
    for table, column, kind, old, new in CHOICES:
        restate_choices(table, column, kind, new, old)


def _documents() -> None:
    op.create_table(
        "roster_document",
        *_of_station("roster_document"),
        _key("roster_document", "issue_id", "roster_issue"),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("rows", sa.JSON(), nullable=False),
        sa.UniqueConstraint("issue_id", name=op.f("uq_roster_document_issue_id")),
    )


def _copies() -> None:
    op.create_table(
        "roster_copy",
        *_of_station("roster_copy"),
        _key("roster_copy", "issue_id", "roster_issue"),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("handed_to", sa.String(length=120), nullable=False),
        sa.Column("handed_on", sa.Date(), nullable=False),
        *_recorded("roster_copy"),
        sa.CheckConstraint("number > 0", name=op.f("ck_roster_copy_number")),
        sa.UniqueConstraint("issue_id", "number", name=op.f("uq_roster_copy_issue_id_number")),
    )
    op.create_table(
        "roster_copy_act",
        *_of_station("roster_copy_act"),
        _key("roster_copy_act", "copy_id", "roster_copy"),
        _choice("act", "copyact", "returned", "shredded"),
        sa.Column("acted_on", sa.Date(), nullable=False),
        *_recorded("roster_copy_act"),
        sa.UniqueConstraint("copy_id", "act", name=op.f("uq_roster_copy_act_copy_id_act")),
    )


def _filters() -> None:
    op.create_table(
        "roster_filter",
        *_of_station("roster_filter"),
        _key("roster_filter", "account_id", "account"),
        _key("roster_filter", "unit_id", "unit"),
        sa.Column("of_unit", sa.Boolean(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        _choice("profile", "rosterprofile", *MORE_PROFILES),
        _choice("ordering", "rosterordering", "kana", "area"),
        sa.Column("selection", sa.String(length=400), nullable=False),
        sa.UniqueConstraint("account_id", "name", name=op.f("uq_roster_filter_account_id_name")),
    )
    op.create_index("ix_roster_filter_unit_id", "roster_filter", ["unit_id"])


def _of_station(table: str) -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("id", Key(), nullable=False),
        _key(table, "agency_id", "agency"),
        _key(table, "station_id", "unit"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    ]


def _recorded(table: str) -> list[sa.Column[object]]:
    return [
        _key(table, "recorded_by", "staff"),
        sa.Column("recorder_name", sa.String(length=120), nullable=False),
        sa.Column("recorded_at", Moment(), nullable=False),
    ]


def _key(table: str, column: str, target: str) -> sa.Column[object]:
    name = op.f(f"fk_{table}_{column}")
    return sa.Column(column, Key(), sa.ForeignKey(f"{target}.id", name=name), nullable=False)


def _choice(column: str, kind: str, *values: str) -> sa.Column[object]:
    chosen = sa.Enum(*values, name=kind, native_enum=False, create_constraint=True, length=40)
    return sa.Column(column, chosen, nullable=False)
