"""rounds: the list of whom to call on is an export of its own kind."""

from crm.migrations.changes import restate_choices

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

BEFORE = ["roster", "rejected_rows", "dossier"]
AFTER = [*BEFORE, "round"]


def upgrade() -> None:
    restate_choices("export", "kind", "exportkind", BEFORE, AFTER)


def downgrade() -> None:
    restate_choices("export", "kind", "exportkind", AFTER, BEFORE)
