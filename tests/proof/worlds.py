"""Small worlds made at random: agencies, units that move, staff that are transferred, and rows of
every table there is, owned by anybody."""

import datetime as dt
from dataclasses import dataclass, field
from random import Random
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from shapely import Point
from sqlmodel import SQLModel

from crm.agencies.models import UnitKind
from crm.kernel.actor import AgencyKind, Role
from tests.proof.reference import Who

DAY = dt.date(2026, 11, 20)
NOW = dt.datetime(2026, 11, 20, 4, 30, tzinfo=dt.UTC)
ROWS_OF_A_TABLE = 7
FORGED_OF_A_TABLE = 3
PARTNERS = (AgencyKind.MUNICIPALITY, AgencyKind.BOARD_OF_EDUCATION, AgencyKind.FIRE)
ALWAYS = (DAY - dt.timedelta(days=900), None)


@dataclass(slots=True)
class SmallWorld:
    """The rows of every table, and who everybody is on the day, by the specification."""

    rows: dict[type[SQLModel], list[dict[str, Any]]] = field(default_factory=dict)
    forged: dict[type[SQLModel], list[dict[str, Any]]] = field(default_factory=dict)
    """Rows nobody may have written, whose owners do not go together; not laid into the database."""
    actors: list[Who] = field(default_factory=list)
    posted: dict[UUID, Who | None] = field(default_factory=dict)
    """Every account, with who it is today; None where it may do nothing at all."""

    def of(self, table: str) -> list[dict[str, Any]]:
        """Return the rows of a table by its name."""
        return next((rows for kind, rows in self.rows.items() if name_of(kind) == table), [])


def tables() -> list[type[SQLModel]]:
    """Return every mapped class."""
    return [mapper.class_ for mapper in SQLModel._sa_registry.mappers]  # noqa: SLF001 - the only list of mapped classes


def name_of(kind: type[SQLModel]) -> str:
    """Return what a class' table is called."""
    return str(columns_of(kind).name)


def columns_of(kind: type[SQLModel]) -> sa.Table:
    """Return the table of a class."""
    table = sa.inspect(kind).local_table
    assert isinstance(table, sa.Table)
    return table


def small_world(seed: int) -> SmallWorld:
    """Return the world of that number, always the same."""
    return _Builder(Random(seed)).build()  # noqa: S311 - no secret, the same every time


class _Builder:
    def __init__(self, random: Random) -> None:
        self.random = random
        self.world = SmallWorld()
        self.kinds = {name_of(kind): kind for kind in tables()}
        self.agencies: dict[UUID, bool] = {}
        self.units: dict[UUID, dict[str, Any]] = {}
        self.placements: list[dict[str, Any]] = []
        self.stations: dict[UUID, UUID] = {}
        self.made = 0

    def build(self) -> SmallWorld:
        self._agencies()
        self._people()
        # what others name comes before them; a session is named without a foreign key
        for table in sorted(SQLModel.metadata.sorted_tables, key=lambda one: one.name != SESSIONS):
            if self.kinds[table.name] not in self.world.rows:
                self._fill(self.kinds[table.name])
        self._sign_in()
        return self.world

    def key(self) -> UUID:
        return UUID(int=self.random.getrandbits(128), version=4)

    def put(self, table: str, **values: Any) -> dict[str, Any]:
        """Add a row; what is not said gets some value of its column's type."""
        kind = self.kinds[table]
        row = {
            column.name: values[column.name]
            if column.name in values
            else self._value(column, plain=True)
            for column in columns_of(kind).columns
        }
        self.world.rows.setdefault(kind, []).append(row)
        return row

    def _agencies(self) -> None:
        for number in range(self.random.choice((2, 2, 3))):
            kind = AgencyKind.PREFECTURAL_POLICE if number == 0 else self.random.choice(PARTNERS)
            agency = self.put("agency", kind=kind)["id"]
            self.agencies[agency] = number == 0
            if number == 0:
                self._police(agency)
            else:
                office = self._unit(agency, UnitKind.OFFICE)
                self._place(office, None, office, *ALWAYS)
                self._below(agency, office, UnitKind.SECTION)

    def _police(self, agency: UUID) -> None:
        top = self._unit(agency, UnitKind.HEADQUARTERS)
        self._place(top, None, None, *ALWAYS)
        for _ in range(2):
            station = self._unit(agency, UnitKind.STATION)
            self._place(station, top, station, *ALWAYS)
            self._below(agency, station, UnitKind.SECTION)
        moving = self._unit(agency, UnitKind.KOBAN)
        self._move(moving)

    def _unit(self, agency: UUID, kind: UnitKind) -> UUID:
        office = kind is UnitKind.SECTION and self.random.random() < 0.5
        row = self.put("unit", agency_id=agency, kind=kind, network_office=office)
        self.units[row["id"]] = row
        if kind in (UnitKind.STATION, UnitKind.OFFICE):
            self.stations[row["id"]] = agency
        return UUID(str(row["id"]))

    def _below(self, agency: UUID, station: UUID, kind: UnitKind) -> None:
        if self.random.random() < 0.8:
            self._place(self._unit(agency, kind), station, station, *ALWAYS)

    def _move(self, unit: UUID) -> None:
        """Place a koban under a station, and perhaps under another one from some day on."""
        own = [key for key, agency in self.stations.items() if self.agencies[agency]]
        first, then = self.random.choice(own), self.random.choice(own)
        moves = DAY + dt.timedelta(days=self.random.choice((-30, -1, 0, 1, 30)))
        self._place(unit, first, first, ALWAYS[0], moves - dt.timedelta(days=1))
        if self.random.random() < 0.8:
            self._place(unit, then, then, moves, None)

    def _place(
        self,
        unit: UUID,
        parent: UUID | None,
        station: UUID | None,
        first: dt.date,
        last: dt.date | None,
    ) -> None:
        facts = {"unit_id": unit, "parent_id": parent, "station_id": station}
        agency = self.units[unit]["agency_id"]
        dates = {"valid_from": first, "valid_to": last}
        self.placements.append(self.put("unit_placement", agency_id=agency, **facts, **dates))

    def _people(self) -> None:
        for _ in range(self.random.randint(4, 6)):
            agency = self.random.choice(list(self.agencies))
            staff = self.put("staff", agency_id=agency)
            for _ in range(self.random.choice((1, 1, 2, 3))):
                self._assign(agency, staff["id"])
            active = self.random.random() < 0.9
            self.put("account", agency_id=agency, staff_id=staff["id"], is_active=active)

    def _assign(self, agency: UUID, staff: UUID) -> None:
        own = [unit for unit, row in self.units.items() if row["agency_id"] == agency]
        first = DAY + dt.timedelta(days=self.random.choice((-400, -30, -1, 0, 1)))
        last = self.random.choice(
            (None, None, first + dt.timedelta(days=self.random.choice(SPANS)))
        )
        self.put(
            "staff_assignment",
            agency_id=agency,
            staff_id=staff,
            unit_id=self.random.choice(own),
            role=self.random.choice(list(Role)),
            valid_from=first,
            valid_to=last,
        )

    def _sign_in(self) -> None:
        people = [row["id"] for row in self.world.of("person")]
        sessions = iter(self.world.of("sign_in_session"))
        for account in self.world.of("account"):
            who = posted(self.world, account)
            self.world.posted[account["id"]] = who
            if who is None:
                continue
            session = next(sessions, None)
            if session is not None:
                until = NOW + dt.timedelta(minutes=self.random.choice((-1, 0, 1, 29)))
                opened = self.random.choice((None, *people)) if people else None
                session |= {
                    "account_id": account["id"],
                    "revoked_at": None,
                    "expires_at": NOW + dt.timedelta(hours=1),
                    "opened_person_id": opened,
                    "opened_until": until,
                }
                sees = opened if until > NOW else None
                who = Who(**{**_facts(who), "session": session["key"], "opened": sees})
            self.world.actors.append(who)
        agencies = {row["id"]: row["agency_id"] for row in self.world.of("account")}
        accounts = {row["key"]: row["account_id"] for row in self.world.of(SESSIONS)}
        for kind, rows in self.world.rows.items():
            names = columns_of(kind).c
            if "session_key" in names and "account_id" in names and not names.account_id.nullable:
                # what a sign-in keeps is its account's, in every column
                for row in rows:
                    row["account_id"] = accounts[row["session_key"]]
                    if "agency_id" in row:
                        row["agency_id"] = agencies[row["account_id"]]

    def _fill(self, kind: type[SQLModel]) -> None:
        """Make rows of a table, owned by whichever office, with every key from those there are."""
        table = columns_of(kind)
        once = [index for index in table.indexes if index.unique]
        unique = [
            tuple(column.name for column in constraint.columns)
            for constraint in (*table.constraints, *once)
            if isinstance(constraint, sa.UniqueConstraint | sa.PrimaryKeyConstraint | sa.Index)
        ]
        seen: set[tuple[object, ...]] = set()
        for _ in range(ROWS_OF_A_TABLE):
            row = self._row_of(kind)
            marks = {(names, *(row[name] for name in names)) for names in unique}
            if not marks & seen:
                seen |= marks
                self.world.rows.setdefault(kind, []).append(row)

        self.world.forged[kind] = [self._forged(kind) for _ in range(FORGED_OF_A_TABLE)]

    def _forged(self, kind: type[SQLModel]) -> dict[str, Any]:
        row = self._row_of(kind)
        for name in row:
            if name.endswith("agency_id"):
                row[name] = self.random.choice(list(self.agencies))
            if name.endswith("station_id"):
                row[name] = self.random.choice(list(self.stations))
        return row

    def _row_of(self, kind: type[SQLModel]) -> dict[str, Any]:
        row = {column.name: self._value(column) for column in columns_of(kind).columns}
        for prefix in ("", "giver_", "recipient_"):
            station = f"{prefix}station_id"
            if station in row:
                row[station], agency = self.random.choice(list(self.stations.items()))
                if f"{prefix}agency_id" in row:
                    row[f"{prefix}agency_id"] = agency
        if "station_id" in row and columns_of(kind).c["station_id"].nullable:
            row["station_id"] = self.random.choice((None, row["station_id"]))
        if "account_id" in row and "agency_id" in row and row["account_id"]:
            self._join_account(row)
        holders = [name for name in ("person_id", "organization_id") if name in row]
        if len(holders) == 2 and all(columns_of(kind).c[name].nullable for name in holders):
            row[self.random.choice(holders)] = None
        return row

    def _join_account(self, row: dict[str, Any]) -> None:
        """Let a row be of its account's agency; where it is a station's, of an account there."""
        agencies = {one["id"]: one["agency_id"] for one in self.world.of("account")}
        if row.get("station_id"):
            there = [key for key, agency in agencies.items() if agency == row["agency_id"]]
            row["account_id"] = self.random.choice(there or [row["account_id"]])
        else:
            row["agency_id"] = agencies.get(row["account_id"], row["agency_id"])

    def _value(self, column: sa.Column[Any], *, plain: bool = False) -> Any:  # noqa: PLR0911 - a value of any type
        kept = column.name in OWNING or column.primary_key
        if column.nullable and not kept and self.random.random() < (1.0 if plain else 0.3):
            return None
        if (keys := self._keys_for(column)) is not None:
            return self.random.choice(keys) if keys else self.key()
        self.made += 1
        choices = getattr(column.type, "enum_class", None)
        if choices is not None:
            return self.random.choice(list(choices))
        python = python_type(column)
        if python is str:
            return f"{self.made}"[: getattr(column.type, "length", None) or 40]
        if python is bool:
            return False if plain else self.random.random() < 0.5
        if python is dt.date:
            return DAY + dt.timedelta(days=self.random.choice((-40, -1, 0, 1, 40)))
        if python is dt.datetime:
            return NOW + dt.timedelta(minutes=self.random.choice((-40, -1, 1, 40)))
        return SAMPLES.get(python, self.made) if python is not UUID else self.key()

    def _keys_for(self, column: sa.Column[Any]) -> list[Any] | None:
        """Return the keys a column may hold; None where it refers to nothing."""
        if column.name == "session_key":
            return [row["key"] for row in self.world.of("sign_in_session")]
        if column.name == "agency_id":
            return list(self.agencies)
        if column.name in ACCOUNTS:
            return [row["id"] for row in self.world.of("account")]
        if column.name == "opened_person_id":
            return [row["id"] for row in self.world.of("person")]
        for foreign in column.foreign_keys:
            table = foreign.column.table.name
            return [row[foreign.column.name] for row in self.world.of(table)]
        return None


def aimed(world: SmallWorld, kind: type[SQLModel], who: Who) -> list[dict[str, Any]]:
    """Return a row that is somebody's own in every respect, and as many with one respect wrong."""
    own: dict[str, Any] = {}
    other: dict[str, Any] = {}
    for name in columns_of(kind).columns.keys():  # noqa: SIM118 - a collection of columns, not a mapping
        if name.endswith("agency_id"):
            own[name], table = who.agency, "agency"
        elif name.endswith("station_id"):
            own[name], table = who.station, "unit"
        elif name in ACCOUNTS:
            own[name], table = who.account, "account"
        else:
            continue
        others = [row["id"] for row in world.of(table) if row["id"] != own[name]]
        other[name] = others[0] if others else None
    base = {**world.rows[kind][0], **own}
    # what one of two people did is somebody else's, where the other is meant
    second = {**base, **{name: other[name] for name in own if name in BEGUN}}
    return [{**row, name: other[name]} for row in (base, second) for name in own] + [base, second]


def posted(world: SmallWorld, account: dict[str, Any]) -> Who | None:
    """Return who an account is today: the post held longest, with every role held at its unit."""
    if not account["is_active"]:
        return None
    held = []
    for one in world.of("staff_assignment"):
        if one["staff_id"] == account["staff_id"] and _holds(one):
            held += [
                (one, place)
                for place in world.of("unit_placement")
                if place["unit_id"] == one["unit_id"] and _holds(place)
            ]
    if not held:
        return None
    held.sort(key=lambda pair: (pair[0]["valid_from"], pair[0]["id"].bytes))
    first, place = held[0]
    [unit] = [row for row in world.of("unit") if row["id"] == first["unit_id"]]
    [agency] = [row for row in world.of("agency") if row["id"] == account["agency_id"]]
    return Who(
        account=account["id"],
        staff=account["staff_id"],
        agency=account["agency_id"],
        is_police=agency["kind"] is AgencyKind.PREFECTURAL_POLICE,
        unit=first["unit_id"],
        station=place["station_id"],
        roles=frozenset(str(one["role"]) for one, _ in held if one["unit_id"] == first["unit_id"]),
        in_network_office=unit["network_office"],
    )


def _facts(who: Who) -> dict[str, Any]:
    return {name: getattr(who, name) for name in Who.__slots__}


def _holds(row: dict[str, Any]) -> bool:
    if row["valid_from"] > DAY:
        return False
    return row["valid_to"] is None or row["valid_to"] >= DAY


def python_type(column: sa.Column[Any]) -> type[Any]:
    """Return the type of a column's values; its implementation's, where a decorator says none."""
    kind = column.type
    if type(kind).__name__ in NAMED:
        return NAMED[type(kind).__name__]
    if isinstance(kind, sa.types.TypeDecorator):
        kind = kind.impl_instance
    python: type[Any] = kind.python_type
    return python


NAMED: dict[str, type[Any]] = {"Moment": dt.datetime, "Key": UUID, "Shape": Point}
SAMPLES: dict[type[Any], Any] = {
    dict: {},
    list: [],
    bytes: b"x",
    float: 1.5,
    Point: Point(138.0, 34.0),
}
BEGUN = {"opened_by", "asked_by", "drafted_by"}
SESSIONS = "sign_in_session"
SPANS = (0, 1, 29, 31, 500)
OWNING = {"station_id", "person_id", "organization_id", "session_key"}
ACCOUNTS = {
    *("account_id", "by_account_id", "opened_by", "reviewed_by", "asked_by", "confirmed_by"),
    *("drafted_by", "last_account_id", "linked_by"),
}
