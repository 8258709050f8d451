"""meeting prints: the register of exports knows what is printed for a meeting."""

from crm.migrations.changes import restate_choices

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None

KINDS = [
    *("roster", "rejected_rows", "dossier", "round", "visit_list", "handover", "roster_reprint"),
    "minutes",
]


def upgrade() -> None:
    restate_choices("export", "kind", "exportkind", KINDS, [*KINDS, "meeting_print"])


def downgrade() -> None:
    restate_choices("export", "kind", "exportkind", [*KINDS, "meeting_print"], KINDS)
