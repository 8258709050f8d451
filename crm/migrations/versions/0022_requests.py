"""opinions and requests: what notes asked an answer for becomes a request, its reply the answer."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from crm.kernel.columns import Key, Moment
from crm.migrations.changes import (
    drop_columns,
    fence,
    only_add_but_in_a_disposal,
    unfence,
)

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

OPEN = sa.column("state", sa.String()) != "closed"
OWED = sa.column("needs_reply", sa.Boolean()) == sa.true()
ANSWERED = (
    "answered_on IS NOT NULL AND answered_by IS NOT NULL AND answered_unit_id IS NOT NULL"
    " AND answered_how IS NOT NULL AND answered_to <> '' AND answer <> ''"
)
TOPICS = (
    *("lighting", "traffic", "patrol", "fraud", "suspicious", "children", "vacant_house"),
    *("nuisance", "activity", "other"),
)
STEPS = ("received", "assigned", "progress", "decided", "answered", "unanswered", "reopened")
HOW = ("visit", "phone", "meeting", "at_station", "letter", "other")
TABLES = ("community_request", "request_party", "request_step")


def upgrade() -> None:
    _requests()
    _parties()
    _steps()
    for statement in _taken_over(postgresql=op.get_bind().dialect.name == "postgresql"):
        op.execute(sa.text(statement))
    only_add_but_in_a_disposal("request_step")
    for table in TABLES:
        fence(table)
    unfence("note_reply")
    op.drop_table("note_reply")
    op.drop_index("ix_activity_note_owed", "activity_note")
    drop_columns("activity_note", "needs_reply")


def downgrade() -> None:
    op.execute(
        sa.text("ALTER TABLE activity_note ADD COLUMN needs_reply BOOLEAN DEFAULT false NOT NULL")
    )
    op.create_index(
        "ix_activity_note_owed",
        "activity_note",
        ["station_id"],
        sqlite_where=OWED,
        postgresql_where=OWED,
    )
    _replies()
    op.execute(sa.text(_ASKED_AGAIN))
    op.execute(sa.text(_REPLIED_AGAIN))
    only_add_but_in_a_disposal("note_reply")
    fence("note_reply")
    for table in reversed(TABLES):
        unfence(table)
        op.drop_table(table)


def _taken_over(*, postgresql: bool) -> list[str]:
    """Return how what notes asked becomes requests: their keys are those of the old rows.

    Each is one statement over the notes that asked, whatever their number.
    """
    if postgresql:
        local = "(n.happened_at AT TIME ZONE 'Asia/Tokyo')"
        day, year = f"{local}::date", f"extract(year FROM {local} - interval '3 months')::int"
    else:
        day = "date(n.happened_at, '+9 hours')"
        local = "n.happened_at, '+9 hours', 'start of month', '-3 months'"
        year = f"CAST(strftime('%Y', {local}) AS INTEGER)"
    return [
        _REQUESTS.format(day=day, year=year),
        _PARTIES.format(table="note_person", columns="p.person_id, NULL"),
        _PARTIES.format(table="note_organization", columns="NULL, p.organization_id"),
        _RECEIVED.format(unit_name=_UNIT_NAME.format(unit="n.unit_id", day=day)),
        _TOLD_BACK.format(unit_name=_UNIT_NAME.format(unit="r.unit_id", day="r.told_on")),
    ]


def _requests() -> None:
    op.create_table(
        "community_request",
        *_of_station("community_request"),
        *_stamped(),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("serial", sa.Integer(), nullable=False),
        sa.Column("client_key", Key(), nullable=False),
        _key("community_request", "note_id", "activity_note", nullable=True),
        _choice("source", "source", "contact", "meeting", "anonymous", "agency"),
        sa.Column("source_words", sa.String(length=120), nullable=False),
        sa.Column("heard_on", sa.Date(), nullable=False),
        _key("community_request", "heard_by", "staff"),
        _key("community_request", "heard_unit_id", "unit"),
        sa.Column("words", sa.String(), nullable=False),
        _choice("topic", "topic", *TOPICS),
        _key("community_request", "area_id", "area", nullable=True),
        sa.Column("place", sa.String(length=200), nullable=False),
        _key("community_request", "unit_id", "unit"),
        sa.Column("due_on", sa.Date(), nullable=True),
        _choice("state", "requeststate", "received", "considering", "decided", "closed"),
        _choice("outcome", "requestoutcome", "done", "not_feasible", "passed_on", nullable=True),
        sa.Column("outcome_text", sa.String(), nullable=False),
        sa.Column("passed_to", sa.String(length=120), nullable=False),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("answered_to", sa.String(length=160), nullable=False),
        sa.Column("answered_on", sa.Date(), nullable=True),
        _key("community_request", "answered_by", "staff", nullable=True),
        _key("community_request", "answered_unit_id", "unit", nullable=True),
        _choice("answered_how", "answermethod", *HOW, nullable=True),
        sa.Column("no_answer_reason", sa.String(length=300), nullable=False),
        sa.CheckConstraint(
            "state NOT IN ('decided', 'closed') OR (outcome IS NOT NULL AND outcome_text <> '')",
            name=op.f("ck_community_request_decided"),
        ),
        sa.CheckConstraint(
            "outcome IS NULL OR outcome <> 'passed_on' OR passed_to <> ''",
            name=op.f("ck_community_request_passed_on"),
        ),
        sa.CheckConstraint(
            f"state <> 'closed' OR no_answer_reason <> '' OR ({ANSWERED})",
            name=op.f("ck_community_request_told_back"),
        ),
        sa.UniqueConstraint(
            *("station_id", "year", "serial"),
            name=op.f("uq_community_request_station_id_year_serial"),
        ),
        sa.UniqueConstraint(
            "station_id", "client_key", name=op.f("uq_community_request_station_id_client_key")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_community_request")),
    )
    op.create_index(op.f("ix_community_request_note_id"), "community_request", ["note_id"])
    op.create_index(
        "ix_community_request_open",
        "community_request",
        ["station_id", "due_on"],
        sqlite_where=OPEN,
        postgresql_where=OPEN,
    )
    op.create_index(
        "ix_community_request_station_id_heard_on", "community_request", ["station_id", "heard_on"]
    )


def _parties() -> None:
    op.create_table(
        "request_party",
        *_of_station("request_party"),
        _key("request_party", "person_id", "person", nullable=True),
        _key("request_party", "organization_id", "organization", nullable=True),
        _key("request_party", "request_id", "community_request"),
        sa.CheckConstraint(
            "(person_id IS NULL) <> (organization_id IS NULL)",
            name=op.f("ck_request_party_one_holder"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_request_party")),
    )
    for column in ("person_id", "organization_id", "request_id"):
        op.create_index(op.f(f"ix_request_party_{column}"), "request_party", [column])


def _steps() -> None:
    op.create_table(
        "request_step",
        *_of_station("request_step"),
        _key("request_step", "request_id", "community_request"),
        _choice("kind", "stepkind", *STEPS),
        sa.Column("at", Moment(), nullable=False),
        _key("request_step", "staff_id", "staff"),
        sa.Column("staff_name", sa.String(length=120), nullable=False),
        _key("request_step", "unit_id", "unit"),
        sa.Column("unit_name", sa.String(length=120), nullable=False),
        sa.Column("to_unit_name", sa.String(length=120), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("text", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_request_step")),
    )
    op.create_index("ix_request_step_request_id_at", "request_step", ["request_id", "at"])


def _replies() -> None:
    op.create_table(
        "note_reply",
        *_of_station("note_reply"),
        _key("note_reply", "note_id", "activity_note"),
        sa.Column("told_on", sa.Date(), nullable=False),
        _key("note_reply", "told_by", "staff"),
        _key("note_reply", "unit_id", "unit"),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("recorded_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_note_reply")),
        sa.UniqueConstraint("note_id", name=op.f("uq_note_reply_note_id")),
    )


def _of_station(table: str) -> list[sa.Column[Any]]:
    return [
        sa.Column("id", Key(), nullable=False),
        _key(table, "agency_id", "agency"),
        _key(table, "station_id", "unit"),
    ]


def _stamped() -> list[sa.Column[Any]]:
    return [
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("created_by", Key(), nullable=True),
        sa.Column("updated_at", Moment(), nullable=False),
        sa.Column("updated_by", Key(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
    ]


def _key(table: str, column: str, other: str, *, nullable: bool = False) -> sa.Column[Any]:
    refers = sa.ForeignKey(f"{other}.id", name=op.f(f"fk_{table}_{column}"))
    return sa.Column(column, Key(), refers, nullable=nullable)


def _choice(column: str, kind: str, *values: str, nullable: bool = False) -> sa.Column[Any]:
    one_of = sa.Enum(*values, name=kind, native_enum=False, create_constraint=True, length=40)
    return sa.Column(column, one_of, nullable=nullable)


# what was disposed of stays so, and the database asks for words where an answer is
_ANSWER = "coalesce(nullif(r.text, ''), '廃棄済')"

_REQUESTS = f"""
INSERT INTO community_request (
  id, agency_id, station_id, created_at, created_by, updated_at, updated_by, revision,
  year, serial, client_key, note_id, source, source_words, heard_on, heard_by, heard_unit_id,
  words, topic, place, unit_id, state, outcome, outcome_text, passed_to, answer, answered_to,
  answered_on, answered_by, answered_unit_id, answered_how, no_answer_reason)
SELECT n.id, n.agency_id, n.station_id, n.created_at, n.created_by, n.updated_at, n.updated_by, 1,
  {{year}},
  row_number() OVER (PARTITION BY n.station_id, {{year}} ORDER BY n.happened_at, n.id),
  n.id, n.id, 'contact', '', {{day}}, n.author_id, n.unit_id,
  n.heard, 'other', '', n.unit_id,
  CASE WHEN r.id IS NULL THEN 'received' ELSE 'closed' END,
  CASE WHEN r.id IS NULL THEN NULL ELSE 'done' END,
  CASE WHEN r.id IS NULL THEN '' ELSE {_ANSWER} END, '',
  CASE WHEN r.id IS NULL THEN '' ELSE {_ANSWER} END,
  CASE WHEN r.id IS NULL THEN '' ELSE '申し出た方' END,
  r.told_on, r.told_by, r.unit_id, CASE WHEN r.id IS NULL THEN NULL ELSE 'other' END, ''
FROM activity_note n LEFT JOIN note_reply r ON r.note_id = n.id
WHERE n.needs_reply
"""

_PARTIES = """
INSERT INTO request_party (id, agency_id, station_id, request_id, person_id, organization_id)
SELECT p.id, p.agency_id, p.station_id, p.note_id, {columns}
FROM activity_note n JOIN {table} p ON p.note_id = n.id
WHERE n.needs_reply
"""

_UNIT_NAME = (
    "coalesce((SELECT u.name FROM unit_placement u WHERE u.unit_id = {unit}"
    " AND u.valid_from <= {day} ORDER BY u.valid_from DESC LIMIT 1), '')"
)

_RECEIVED = """
INSERT INTO request_step (id, agency_id, station_id, request_id, kind, at, staff_id, staff_name,
  unit_id, unit_name, to_unit_name, text)
SELECT n.id, n.agency_id, n.station_id, n.id, 'received', n.created_at, s.id,
  trim(s.family_name || ' ' || s.given_name), n.unit_id, {unit_name}, '', n.heard
FROM activity_note n JOIN staff s ON s.id = n.author_id
WHERE n.needs_reply
"""

_TOLD_BACK = f"""
INSERT INTO request_step (id, agency_id, station_id, request_id, kind, at, staff_id, staff_name,
  unit_id, unit_name, to_unit_name, text)
SELECT r.id, r.agency_id, r.station_id, r.note_id, 'answered', r.recorded_at, s.id,
  trim(s.family_name || ' ' || s.given_name), r.unit_id, {{unit_name}}, '', {_ANSWER}
FROM note_reply r JOIN staff s ON s.id = r.told_by
"""

_ASKED_AGAIN = """
UPDATE activity_note SET needs_reply = true WHERE heard <> '' AND id IN (
  SELECT note_id FROM community_request WHERE state <> 'closed' OR answered_on IS NOT NULL)
"""

_REPLIED_AGAIN = """
INSERT INTO note_reply (id, agency_id, station_id, note_id, told_on, told_by, unit_id, text,
  recorded_at)
SELECT id, agency_id, station_id, note_id, answered_on, answered_by, answered_unit_id, answer,
  updated_at
FROM (
  SELECT c.*, row_number() OVER (PARTITION BY c.note_id ORDER BY c.serial) AS nth
  FROM community_request c WHERE c.note_id IS NOT NULL AND c.answered_on IS NOT NULL
) AS of_note
WHERE nth = 1
"""
