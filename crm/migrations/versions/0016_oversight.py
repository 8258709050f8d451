"""oversight: whom an audit entry names, leak cases, weekly checks, and the way out of keeping.

What is only ever added may be emptied in one case alone: inside the transaction of a disposal two
people agreed on (docs/decisions/0011). The audit trail itself has no such case.
"""

import sqlalchemy as sa
from alembic import op

from crm.kernel.columns import Key, Moment
from crm.migrations.changes import DISPOSING, only_add, only_add_but_in_a_disposal

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

DISPOSABLE = ("consent_record", "note_correction", "note_reply", "disclosure")


def upgrade() -> None:
    _tables_of_oversight()
    _disposals()
    only_add("audit_subject", "leak_case", "reading_check")
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            sa.text(
                "CREATE FUNCTION refuse_change_but_disposal() RETURNS trigger LANGUAGE plpgsql AS "
                f"$$ BEGIN IF TG_OP <> 'TRUNCATE' AND {DISPOSING} THEN RETURN NULL; END IF; "
                "RAISE EXCEPTION '% rows are only added', TG_TABLE_NAME; END $$"
            )
        )
    for table in DISPOSABLE:
        _drop_triggers(table)
        only_add_but_in_a_disposal(table)


def downgrade() -> None:
    for table in DISPOSABLE:
        _drop_triggers(table)
        only_add(table)
    if op.get_bind().dialect.name == "postgresql":
        op.execute(sa.text("DROP FUNCTION refuse_change_but_disposal()"))
    for table in ("disposal", "reading_check", "leak_case", "audit_subject"):
        op.drop_table(table)
    op.drop_index("ix_audit_entry_account_id_at", "audit_entry")
    op.create_index(op.f("ix_audit_entry_account_id"), "audit_entry", ["account_id"])


def _drop_triggers(table: str) -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(sa.text(f"DROP TRIGGER {table}_only_added ON {table}"))
        return
    for change in ("update", "delete"):
        op.execute(sa.text(f"DROP TRIGGER {table}_no_{change}"))


def _tables_of_oversight() -> None:
    op.create_table(
        "audit_subject",
        sa.Column("entry_id", Key(), nullable=False),
        sa.Column("subject_id", Key(), nullable=False),
        sa.Column("subject_type", sa.String(length=20), nullable=False),
        sa.Column("agency_id", Key(), nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["audit_entry.id"], name=op.f("fk_audit_subject_entry_id")
        ),
        sa.PrimaryKeyConstraint("entry_id", "subject_id", name=op.f("pk_audit_subject")),
    )
    op.create_index(op.f("ix_audit_subject_subject_id"), "audit_subject", ["subject_id"])
    # what an account did is asked for within a span of time
    op.drop_index(op.f("ix_audit_entry_account_id"), "audit_entry")
    op.create_index("ix_audit_entry_account_id_at", "audit_entry", ["account_id", "at"])
    op.create_table(
        "leak_case",
        sa.Column("id", Key(), nullable=False),
        sa.Column("agency_id", Key(), nullable=False),
        sa.Column("number", sa.String(length=30), nullable=False),
        sa.Column(
            "source_kind", _choice("leaksource", "account", "address", "file"), nullable=False
        ),
        sa.Column("source", sa.String(length=120), nullable=False),
        sa.Column("since", Moment(), nullable=False),
        sa.Column("until", Moment(), nullable=False),
        sa.Column("is_malicious", sa.Boolean(), nullable=False),
        sa.Column("persons", sa.Integer(), nullable=False),
        sa.Column("organizations", sa.Integer(), nullable=False),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.Column("recorded_at", Moment(), nullable=False),
        sa.Column("recorded_by", Key(), nullable=False),
        sa.Column("recorder_name", sa.String(length=120), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_leak_case_agency_id")),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["account.id"], name=op.f("fk_leak_case_recorded_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_leak_case")),
        sa.UniqueConstraint("agency_id", "number", name=op.f("uq_leak_case_agency_id_number")),
    )
    op.create_table(
        "reading_check",
        sa.Column("id", Key(), nullable=False),
        sa.Column("agency_id", Key(), nullable=False),
        sa.Column("station_id", Key(), nullable=False),
        sa.Column("week", sa.Date(), nullable=False),
        sa.Column("entry_id", Key(), nullable=False),
        sa.Column("is_in_order", sa.Boolean(), nullable=False),
        sa.Column("remark", sa.String(length=200), nullable=False),
        sa.Column("checked_at", Moment(), nullable=False),
        sa.Column("checked_by", Key(), nullable=False),
        sa.Column("checker_name", sa.String(length=120), nullable=False),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.id"], name=op.f("fk_reading_check_agency_id")
        ),
        sa.ForeignKeyConstraint(
            ["station_id"], ["unit.id"], name=op.f("fk_reading_check_station_id")
        ),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["audit_entry.id"], name=op.f("fk_reading_check_entry_id")
        ),
        sa.ForeignKeyConstraint(
            ["checked_by"], ["account.id"], name=op.f("fk_reading_check_checked_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reading_check")),
        sa.UniqueConstraint(
            "station_id", "entry_id", name=op.f("uq_reading_check_station_id_entry_id")
        ),
    )


def _disposals() -> None:
    op.create_table(
        "disposal",
        sa.Column("id", Key(), nullable=False),
        sa.Column("agency_id", Key(), nullable=False),
        sa.Column("station_id", Key(), nullable=False),
        sa.Column("holding", _choice("holding", "contacts", "notes"), nullable=False),
        sa.Column(
            "state",
            _choice("disposalstate", "drafted", "approved", "running", "done", "withdrawn"),
            nullable=False,
        ),
        sa.Column("years", sa.Integer(), nullable=False),
        sa.Column("cutoff", sa.Date(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("drafted_at", Moment(), nullable=False),
        sa.Column("drafted_by", Key(), nullable=False),
        sa.Column("drafter_name", sa.String(length=120), nullable=False),
        sa.Column("approved_at", Moment(), nullable=True),
        sa.Column("approved_by", Key(), nullable=True),
        sa.Column("approver_name", sa.String(length=120), nullable=False),
        sa.Column("job_id", Key(), nullable=True),
        sa.Column("done_at", Moment(), nullable=True),
        sa.Column("result", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_disposal_agency_id")),
        sa.ForeignKeyConstraint(["station_id"], ["unit.id"], name=op.f("fk_disposal_station_id")),
        sa.ForeignKeyConstraint(
            ["drafted_by"], ["account.id"], name=op.f("fk_disposal_drafted_by")
        ),
        sa.ForeignKeyConstraint(
            ["approved_by"], ["account.id"], name=op.f("fk_disposal_approved_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disposal")),
    )
    op.create_index(
        op.f("ix_disposal_station_id_drafted_at"), "disposal", ["station_id", "drafted_at"]
    )


def _choice(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)
