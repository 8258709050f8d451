"""row-level security, the second fence, and the role the product works as."""

import sqlalchemy as sa
from alembic import op

from crm.migrations.changes import fence, unfence

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

# which agencies, areas and kinds of posts there are is no secret
PUBLIC = ("agency", "post_type")
# areas are drawn by administrators; whoever has said who they are seals and checks the trail of all
OPEN = ("area", "audit_leaf", "checkpoint", "countersigned", "witness_signature")
ONLY_ADDED = ("audit_entry", "audit_leaf", "checkpoint")
ROLE = "crm_app"
DEFAULT = "ALTER DEFAULT PRIVILEGES IN SCHEMA public"


def upgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    for table in _tables():
        fence(table, public=table in PUBLIC, open_to_all=table in OPEN)
    op.execute(sa.text(_MAKE_ROLE))
    for grant in (
        f"GRANT USAGE ON SCHEMA public TO {ROLE}",
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {ROLE}",
        f"REVOKE UPDATE, DELETE ON {', '.join(ONLY_ADDED)} FROM {ROLE}",
        f"REVOKE INSERT, UPDATE, DELETE ON alembic_version FROM {ROLE}",
        f"{DEFAULT} GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {ROLE}",
    ):
        op.execute(sa.text(grant))


def downgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    op.execute(sa.text(f"{DEFAULT} REVOKE ALL ON TABLES FROM {ROLE}"))
    op.execute(sa.text(f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {ROLE}"))
    for table in _tables():
        unfence(table)


def _tables() -> list[str]:
    """Return every table there is at this revision but Alembic's own."""
    return sorted(set(sa.inspect(op.get_bind()).get_table_names()) - {"alembic_version"})


# a role belongs to the whole server: another database of it may have made it already
_MAKE_ROLE = f"""
DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{ROLE}') THEN
    CREATE ROLE {ROLE} NOLOGIN;
  END IF;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
END $$
"""
