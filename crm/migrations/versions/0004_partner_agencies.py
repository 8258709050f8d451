"""partner agencies: their units and staff, and rosters as text files."""

from crm.migrations.changes import restate_choices

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

UNITS = ["headquarters", "hq_division", "station", "section", "koban", "chuzaisho", "beat"]
ROLES = [
    *("officer", "section_chief", "station_chief"),
    *("hq_viewer", "system_administrator", "auditor"),
]
FILES = ["xlsx", "pdf"]
CHANGES = (
    ("unit", "kind", "unitkind", UNITS, [*UNITS, "office", "department"]),
    ("staff_assignment", "role", "role", ROLES, ["officer", "member", *ROLES[1:]]),
    ("roster_issue", "format", "rosterformat", FILES, [*FILES, "csv", "csv_cp932"]),
)


def upgrade() -> None:
    for table, column, kind, old, new in CHANGES:
        restate_choices(table, column, kind, old, new)


def downgrade() -> None:
    for table, column, kind, old, new in CHANGES:
        restate_choices(table, column, kind, new, old)
