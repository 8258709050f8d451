"""Column types and the columns every table shares, the same on SQLite and PostgreSQL."""

import datetime as dt
import enum
from collections.abc import Callable
from functools import lru_cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from shapely import Geometry, from_wkb, to_wkb
from sqlalchemy.dialects import postgresql
from sqlalchemy.engine import Dialect
from sqlmodel import Field, SQLModel
from uuid_utils.compat import uuid7

from crm.kernel.clock import utc_now
from crm.kernel.rows import Row

SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Key(sa.types.TypeDecorator[UUID]):
    """A UUID: native on PostgreSQL, 16 bytes on SQLite (half the size of its text)."""

    impl = sa.LargeBinary(16)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> sa.types.TypeEngine[Any]:
        """Choose the database's own type."""
        if dialect.name == "postgresql":
            return dialect.type_descriptor(postgresql.UUID(as_uuid=True))
        return dialect.type_descriptor(sa.LargeBinary(16))

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], Any] | None:
        """Send bytes to SQLite and the UUID itself to PostgreSQL."""
        return None if dialect.name == "postgresql" else _bytes_of

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Any] | None:
        """Give back a UUID whatever the driver returned; psycopg gives one itself."""
        del coltype
        return None if dialect.name == "postgresql" else _uuid_of


def _bytes_of(key: UUID | None) -> bytes | None:
    return None if key is None else key.bytes


@lru_cache(maxsize=8192)
def _uuid_of(found: bytes | None) -> UUID | None:
    """Return a key; the same areas, units and stations come with every statement of a page."""
    return None if found is None else UUID(bytes=found)


class Moment(sa.types.TypeDecorator[dt.datetime]):
    """An aware UTC time; a naive one is refused going in, so none can come out."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:
        """Store UTC."""
        del dialect
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without its zone cannot be stored")
        return value.astimezone(dt.UTC)

    def process_result_value(
        self, value: dt.datetime | None, dialect: Dialect
    ) -> dt.datetime | None:
        """Return UTC, also where the database forgot the zone (SQLite)."""
        del dialect
        if value is None:
            return None
        return value.replace(tzinfo=dt.UTC) if value.tzinfo is None else value.astimezone(dt.UTC)


class Shape(sa.types.TypeDecorator[Geometry]):
    """A geometry in longitude and latitude (JGD2011/WGS84), stored as well-known binary."""

    impl = sa.LargeBinary
    cache_ok = True

    def process_bind_param(self, value: Geometry | None, dialect: Dialect) -> bytes | None:
        """Write well-known binary."""
        del dialect
        return None if value is None else to_wkb(value)

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> Geometry | None:
        """Read well-known binary."""
        del dialect
        return None if value is None else from_wkb(bytes(value))


SortKey = sa.String().with_variant(sa.String(collation="C"), "postgresql")
"""Text compared by code point on both databases, as `kana_sort_key` needs."""


def choice(kind: type[enum.StrEnum], *, checked: bool = True) -> sa.Enum:
    """Return a column type for `kind`, stored by value and checked by the database.

    A column that repeats another table's, which is checked there, needs no check of its own.
    """
    return sa.Enum(
        kind,
        values_callable=lambda members: [member.value for member in members],
        native_enum=False,
        create_constraint=checked,
        length=40,
        name=kind.__name__.lower(),
    )


class Identified(Row):
    """A row with a sortable random key."""

    id: UUID = Field(default_factory=uuid7, primary_key=True, sa_type=Key)


class AgencyOwned(Identified):
    """A row of one agency; rows of different agencies never refer to each other."""

    agency_id: UUID = Field(foreign_key="agency.id", sa_type=Key)


class StationOwned(AgencyOwned):
    """A row of one station: all its sections and koban read it (S1 3(1)ウ)."""

    station_id: UUID = Field(foreign_key="unit.id", sa_type=Key)


class Recipient(Identified):
    """A row another agency's office receives: written by its giver, read by both.

    `giver_*` is the own side of whoever writes it, `recipient_*` the other side.
    """

    giver_agency_id: UUID = Field(sa_type=Key)
    giver_station_id: UUID = Field(sa_type=Key, index=True)
    giver_name: str = Field(max_length=120)
    recipient_agency_id: UUID = Field(sa_type=Key)
    recipient_station_id: UUID = Field(sa_type=Key, index=True)


class Stamped(Row):
    """When and by whose account a row was made and last changed, and its optimistic lock."""

    created_at: dt.datetime = Field(default_factory=utc_now, sa_type=Moment)
    created_by: UUID | None = Field(default=None, sa_type=Key)
    updated_at: dt.datetime = Field(default_factory=utc_now, sa_type=Moment)
    updated_by: UUID | None = Field(default=None, sa_type=Key)
    revision: int = Field(default=1)


class Dated(Row):
    """A fact that holds from one day to another, both included; no end means it still holds."""

    valid_from: dt.date
    valid_to: dt.date | None = None

    def holds_on(self, day: dt.date) -> bool:
        """Whether the fact holds on `day`."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


DAY = sa.bindparam("day", type_=sa.Date())
"""The day of a statement that is built once and asked of every day."""


def holds(
    table: type[Dated], day: dt.date | sa.BindParameter[dt.date] = DAY
) -> sa.ColumnElement[bool]:
    """Return the condition that a dated row of `table` holds on `day`."""
    starts: Any = table.valid_from
    ends: Any = table.valid_to
    return sa.and_(starts <= day, sa.or_(ends.is_(None), ends >= day))
