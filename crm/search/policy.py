"""A stored search opens only for the sign-in that made it."""

from typing import cast

import sqlalchemy as sa

from crm.kernel.scope import Rule, register
from crm.search.models import StoredSearch

register(
    StoredSearch,
    Rule(
        read=lambda actor: cast(
            "sa.ColumnElement[bool]", StoredSearch.session_key == actor.session_key
        ),
        write=lambda actor, row: row.session_key == actor.session_key,
        append_only=True,
    ),
)
