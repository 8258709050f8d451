"""candidates: why somebody is proposed and what became of it; thinking it over, wishes, words."""

import sqlalchemy as sa
from alembic import op

from crm.kernel.columns import Key, Moment
from crm.migrations.changes import (
    add_choice,
    drop_columns,
    drop_only_added,
    fence,
    only_add,
    only_add_but_in_a_disposal,
    restate_choices,
    unfence,
)

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

STATES = ["proposed", "received", "asked", "accepted", "declined", "passed_over", "withdrawn"]
STEPS = ("received", "asked", "thinking", "accepted", "declined", "passed_over", "withdrawn")
DECISIONS = ["accepted", "declined", "withdrawn"]
WITH_THINKING = ["accepted", "thinking", "declined", "withdrawn", "willing"]
HOLDINGS = ["contacts", "notes"]
POINTS = ("opening", "free_choice", "may_end", "no_duty", "on_record")
INDEXES = {
    "ix_liaison_candidate_station_id_state": ("station_id", "state"),
    "ix_liaison_candidate_noticed_by": ("noticed_by",),
    "ix_liaison_candidate_station_id_client_key": ("station_id", "client_key"),
}
OF_CANDIDATES = (
    *("known_by", "avoid", "post", "area_id", "state", "state_on", "not_before", "has_news"),
    "client_key",
)


def upgrade() -> None:
    _candidates()
    restate_choices("acceptance_record", "decision", "decision", DECISIONS, WITH_THINKING)
    _add("acceptance_record", "not_before", "DATE")
    _add("acceptance_record", "asks_no_more", "BOOLEAN DEFAULT false NOT NULL")
    _add("approach", "rule_id", _key())
    _add("approach", "again_reason", "VARCHAR(300) DEFAULT '' NOT NULL")
    drop_only_added("approach")
    only_add_but_in_a_disposal("approach")
    restate_choices("disposal", "holding", "holding", HOLDINGS, [*HOLDINGS, "candidates"])
    _rules()
    _steps()


def downgrade() -> None:
    restate_choices("disposal", "holding", "holding", [*HOLDINGS, "candidates"], HOLDINGS)
    drop_only_added("approach")
    only_add("approach")
    for table in ("candidate_step", "asking_rule"):
        unfence(table)
        op.drop_table(table)
    drop_columns("approach", "rule_id", "again_reason")
    drop_columns("acceptance_record", "not_before", "asks_no_more")
    restate_choices("acceptance_record", "decision", "decision", WITH_THINKING, DECISIONS)
    for name in INDEXES:
        op.drop_index(name, "liaison_candidate")
    drop_columns("liaison_candidate", *OF_CANDIDATES)
    op.execute(sa.text("ALTER TABLE liaison_candidate RENAME COLUMN reason TO remark"))


def _candidates() -> None:
    """Let a candidate say what is known and how far it is: as far as was asked and answered since.

    What an older one stands at follows from the askings and answers of the same holder.
    """
    table = "liaison_candidate"
    op.execute(sa.text(f"ALTER TABLE {table} RENAME COLUMN remark TO reason"))
    for name, length in (("known_by", 160), ("avoid", 300), ("post", 160)):
        _add(table, name, f"VARCHAR({length}) DEFAULT '' NOT NULL")
    _add(table, "area_id", _key())
    add_choice(table, "state", "candidatestate", STATES, "received")
    _add(table, "state_on", "DATE DEFAULT '2000-01-01' NOT NULL")
    _add(table, "not_before", "DATE")
    _add(table, "has_news", "BOOLEAN DEFAULT false NOT NULL")
    _add(table, "client_key", _key())
    op.execute(sa.text("UPDATE liaison_candidate SET state_on = noticed_on"))
    for statement in (_ASKED, *(_ANSWERED.format(decision=each) for each in DECISIONS[:2])):
        op.execute(sa.text(statement))
    for name, columns in INDEXES.items():
        op.create_index(name, table, columns, unique=name.endswith("client_key"))


def _rules() -> None:
    op.create_table(
        "asking_rule",
        *_of_station("asking_rule"),
        sa.Column("valid_from", sa.Date(), nullable=False),
        *(sa.Column(point, sa.String(length=400), nullable=False) for point in POINTS),
        sa.Column("cool_off_days", sa.Integer(), nullable=False),
        *_reference("asking_rule", "decided_by", "staff"),
        sa.Column("decider_name", sa.String(length=120), nullable=False),
        sa.Column("decided_at", Moment(), nullable=False),
    )
    op.create_index(
        "ix_asking_rule_station_id_valid_from", "asking_rule", ["station_id", "valid_from"]
    )
    only_add("asking_rule")
    fence("asking_rule")


def _steps() -> None:
    kinds = sa.Enum(*STEPS, name="stepkind", native_enum=False, create_constraint=True, length=40)
    op.create_table(
        "candidate_step",
        *_of_station("candidate_step"),
        *_reference("candidate_step", "candidate_id", "liaison_candidate"),
        sa.Column("kind", kinds, nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        *_reference("candidate_step", "staff_id", "staff"),
        sa.Column("staff_name", sa.String(length=120), nullable=False),
        *_reference("candidate_step", "unit_id", "unit"),
        sa.Column("unit_name", sa.String(length=120), nullable=False),
        sa.Column("not_before", sa.Date(), nullable=True),
        sa.Column("text", sa.String(length=300), nullable=False),
    )
    op.create_index("ix_candidate_step_candidate_id_at", "candidate_step", ["candidate_id", "at"])
    only_add_but_in_a_disposal("candidate_step")
    fence("candidate_step")


def _of_station(table: str) -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("id", Key(), nullable=False),
        *_reference(table, "agency_id", "agency"),
        *_reference(table, "station_id", "unit"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    ]


def _reference(table: str, column: str, target: str) -> list[sa.schema.SchemaItem]:
    return [
        sa.Column(column, Key(), nullable=False),
        sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}")),
    ]


def _add(table: str, column: str, kind: str) -> None:
    """Add a plain column without rebuilding the table."""
    op.execute(sa.text(f"ALTER TABLE {table} ADD COLUMN {column} {kind}"))


def _key() -> str:
    return "UUID" if op.get_bind().dialect.name == "postgresql" else "BLOB"


_SAME = (
    "(c.person_id = {table}.person_id OR c.organization_id = {table}.organization_id)"
    " AND {table}.{day} >= c.noticed_on"
)
_ASKED = """
    UPDATE liaison_candidate AS c
    SET state = 'asked', state_on = (SELECT max(approach.asked_on) FROM approach WHERE {same})
    WHERE EXISTS (SELECT 1 FROM approach WHERE {same})
""".format(same=_SAME.format(table="approach", day="asked_on"))
_ANSWERED = """
    UPDATE liaison_candidate AS c
    SET state = '{{decision}}', state_on = (
        SELECT max(acceptance_record.decided_on) FROM acceptance_record
        WHERE {same} AND acceptance_record.decision = '{{decision}}'
    )
    WHERE c.state = 'asked' AND EXISTS (
        SELECT 1 FROM acceptance_record
        WHERE {same} AND acceptance_record.decision = '{{decision}}'
    )
""".format(same=_SAME.format(table="acceptance_record", day="decided_on"))
