"""Run migrations on the connection the product opened, with the product's own models."""

from typing import Any, Literal

import sqlalchemy as sa
from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlmodel import SQLModel
from sqlmodel.sql.sqltypes import AutoString

from crm import features
from crm.kernel import columns


def spell_type(kind: str, column_type: Any, autogen: AutogenContext) -> str | Literal[False]:  # noqa: ANN401 - alembic's hook
    """Write our own column types, and SQLModel's text, as a reader of a migration expects them."""
    del autogen
    if kind != "type":
        return False
    if isinstance(column_type, columns.Key | columns.Moment | columns.Shape):
        return f"columns.{type(column_type).__name__}()"
    if isinstance(column_type, AutoString):
        return f"sa.String(length={column_type.length})" if column_type.length else "sa.String()"
    if isinstance(column_type, sa.String) and column_type is columns.SortKey:
        return "columns.SortKey"
    return False


features.require_rules()

connection = context.config.attributes["connection"]
creating = connection.dialect.name == "sqlite" and sa.inspect(connection).get_table_names()
context.configure(
    connection=connection,
    target_metadata=SQLModel.metadata,
    # SQLite changes a table by copying it; creating one needs no such batch
    render_as_batch=bool(creating),
    compare_type=True,
    render_item=spell_type,
)
with context.begin_transaction():
    context.run_migrations()
