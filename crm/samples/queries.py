"""What loading a sample must know of the database: whether it is empty, and the kinds of posts."""

from collections.abc import Mapping

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlmodel import col

from crm.agencies.models import Agency
from crm.contacts.models import PostType
from crm.samples.book import PostKind


def has_an_agency(connection: Connection) -> bool:
    """Whether somebody works with this database already."""
    return connection.scalar(sa.select(sa.exists(sa.select(col(Agency.id))))) is True


def post_types_by_code(connection: Connection) -> Mapping[str, PostKind]:
    """Return the kinds of posts; their keys differ from database to database."""
    rows = connection.execute(
        sa.select(col(PostType.code), col(PostType.id), col(PostType.name), col(PostType.position))
    )
    return {row.code: PostKind(row.id, row.name, row.position) for row in rows}
