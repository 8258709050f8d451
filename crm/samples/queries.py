"""What loading a sample must know of the database: whether it is empty, and the kinds of posts."""

from collections.abc import Mapping
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlmodel import col

from crm.agencies.models import Agency
from crm.contacts.models import PostType


def has_an_agency(connection: Connection) -> bool:
    """Whether somebody works with this database already."""
    return connection.scalar(sa.select(sa.exists(sa.select(col(Agency.id))))) is True


def post_types_by_code(connection: Connection) -> Mapping[str, UUID]:
    """Return the keys of the kinds of posts."""
    rows = connection.execute(sa.select(col(PostType.code), col(PostType.id)))
    return {row.code: row.id for row in rows}
