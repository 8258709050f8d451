"""The bulk loader makes the very rows that the verbs of the product would have made."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlmodel import SQLModel

from crm.kernel.db import Database
from crm.samples import queries
from crm.samples.partners import CITY_HALL, FIRE_SERVICE
from crm.samples.police import build_sample
from crm.samples.rows import Row
from crm.samples.sizes import SMALL
from crm.samples.stations import HOMES
from tests.samples.conftest import small_order
from tests.samples.replay import GIVEN, replay

Tables = Mapping[str, list[Row]]

OF_THE_MOMENT = {
    *("id", "created_at", "created_by", "updated_at", "updated_by", "revision"),
    *("recorded_at", "corrected_at", "linked_at", "linked_by", "published_at", "added_at"),
}
"""Keys and moments: the verbs give them as they are done."""
AS_CALLED = {"staff_name", "unit_name", "writer_name", "entered_name", "decider_name"}
"""What somebody and a unit were called: whoever acts over again has no name."""
OF_IMPORTS = {"longitude", "latitude"}
"""Where an organization stands: only an import knows."""
TOLD_DIFFERENTLY = {"provision_record"}
"""The sample tells of what was given first and holds today, not of every change on the way."""


TINY = replace(
    HOMES["small"][0],
    size=replace(SMALL, persons=40, liaisons=15, notes=50, sheets=1),
    halls=[
        CITY_HALL._replace(people=9, areas=3, notes=30),
        FIRE_SERVICE._replace(people=4, areas=2),
    ],
)
"""One station and its partners; with them every table there is has rows."""


@pytest.fixture
def sqlite(database: Database) -> Database:
    if database.engine.dialect.name != "sqlite":
        pytest.skip("what the verbs do is no matter of the database; once is enough")
    return database


def test_the_verbs_make_the_same_rows(sqlite: Database) -> None:
    with sqlite.system("test") as connection:
        post_types = queries.post_types_by_code(connection)
    built = build_sample(small_order(post_types=post_types, homes=[TINY])).tables

    replay(built, sqlite)

    made = stored(sqlite, [name for name in built if name not in TOLD_DIFFERENTLY])
    expected, found = Told(built), Told(made)
    for name in made:
        if name not in GIVEN:
            assert found.rows(name) == expected.rows(name), name


def stored(database: Database, names: Iterable[str]) -> Tables:
    with database.system("test") as connection:
        return {
            name: [
                dict(row)
                for row in connection.execute(sa.select(SQLModel.metadata.tables[name])).mappings()
            ]
            for name in names
        }


class Told:
    """Rows without keys and moments: what a row refers to stands for itself by what it says."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._by_id = {
            row["id"]: (name, row)
            for name, rows in tables.items()
            if name not in GIVEN
            for row in rows
        }
        self._digests: dict[UUID, str] = {}
        self._references: dict[UUID, list[str]] = {}
        for link in tables["contact_link"]:
            known = self._references.setdefault(link["reference"], [])
            known.append(self._digest(link["person_id"] or link["organization_id"]))
        self._given = {copy["reference"] for copy in tables["published_contact"]}

    def rows(self, name: str) -> Counter[str]:
        """Return how often each row of a table stands there, in words."""
        rows = self._tables[name]
        if name == "contact_link":
            # a link outlives what was given under it; the sample has no more of those
            rows = [row for row in rows if row["reference"] in self._given]
        return Counter(str(self._said(name, row)) for row in rows)

    def _said(self, name: str, row: Row) -> list[tuple[str, Any]]:
        left_out = OF_THE_MOMENT | AS_CALLED | (OF_IMPORTS if name == "organization" else set())
        if name in {"brief_reading", "shift_confirmation"}:
            left_out = left_out | {"name"}  # the reader's
        return sorted(
            (column, self._value(column, value))
            for column, value in row.items()
            if column not in left_out
        )

    def _value(self, column: str, value: Any) -> Any:
        if column == "reference":
            return sorted(self._references.get(value, ()))
        if isinstance(value, UUID) and value in self._by_id:
            return self._digest(value)
        return [str(each) for each in value] if isinstance(value, list) else value

    def _digest(self, key: UUID) -> str:
        if key not in self._digests:
            said = str(self._said(*self._by_id[key]))
            self._digests[key] = hashlib.sha256(said.encode()).hexdigest()[:12]
        return self._digests[key]
