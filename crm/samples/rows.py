"""Rows before they are stored: plain dicts by table, with keys and times made from a seed."""

import dataclasses
import datetime as dt
import random
from collections import defaultdict
from functools import cache
from typing import Any
from uuid import UUID

from pydantic_core import PydanticUndefined
from sqlmodel import SQLModel

from crm.kernel.clock import start_of_day

Row = dict[str, Any]


def dice(seed: int, part: str) -> random.Random:
    """Return the randomness of one part, so that changing one part leaves the others alone."""
    return random.Random(f"{seed}/{part}")  # noqa: S311 - made-up people need no secrecy


def moment(day: dt.date, hour: int, minute: int = 0) -> dt.datetime:
    """Return a time of day in Japan, as aware UTC."""
    return _midnight(day) + dt.timedelta(hours=hour, minutes=minute)


@dataclasses.dataclass(frozen=True, slots=True)
class Rows:
    """Rows being gathered for one agency and, below `at_station`, for one of its stations."""

    rng: random.Random
    agency_id: UUID
    station_id: UUID | None = None
    made_by: UUID | None = None
    tables: dict[str, list[Row]] = dataclasses.field(default_factory=lambda: defaultdict(list))

    def at_station(
        self, station_id: UUID, rng: random.Random, made_by: UUID | None = None
    ) -> "Rows":
        """Return the same gathering for rows of a station, entered by the account `made_by`."""
        return dataclasses.replace(self, rng=rng, station_id=station_id, made_by=made_by)

    def of_agency(self, agency_id: UUID, rng: random.Random) -> "Rows":
        """Return the same gathering for rows of another agency."""
        return dataclasses.replace(
            self, rng=rng, agency_id=agency_id, station_id=None, made_by=None
        )

    def set_down(self) -> "Rows":
        """Return the same gathering with nothing in it, once all until now has been stored."""
        return dataclasses.replace(self, tables=defaultdict(list))

    def key(self, day: dt.date) -> UUID:
        """Return a version 7 UUID of that day, from the seed instead of the clock."""
        head, tail = self.rng.getrandbits(12), self.rng.getrandbits(62)
        return UUID(int=_milliseconds(day) << 80 | 7 << 76 | head << 64 | 2 << 62 | tail)

    def put(self, table: type[SQLModel], day: dt.date, /, **values: Any) -> UUID:  # noqa: ANN401 - any column
        """Add a row made on `day` and return its key; what is not said has the model's default."""
        names = _names(table)
        row = {**_blank(table), "id": self.key(day)}
        if "agency_id" in names:
            row["agency_id"] = self.agency_id
        if "station_id" in names:
            row["station_id"] = self.station_id
        if "created_at" in names:
            row["created_at"] = row["updated_at"] = moment(day, 17)
            row["created_by"] = row["updated_by"] = self.made_by
        row.update(values)
        self.tables[str(table.__tablename__)].append(row)
        made: UUID = row["id"]
        return made


@cache
def _midnight(day: dt.date) -> dt.datetime:
    return start_of_day(day)


@cache
def _milliseconds(day: dt.date) -> int:
    return int(_midnight(day).timestamp() * 1000)


@cache
def _blank(table: type[SQLModel]) -> Row:
    """Return the defaults of a table's columns, so that all its rows have the same keys.

    Of what is made anew for each row only an empty list is a default; keys and times are not.
    """
    defaults = {
        name: [] if field.default_factory is list else field.default
        for name, field in table.model_fields.items()
    }
    return {name: value for name, value in defaults.items() if value is not PydanticUndefined}


@cache
def _names(table: type[SQLModel]) -> frozenset[str]:
    return frozenset(table.model_fields)
