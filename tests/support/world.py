"""A small world to act in: two stations, a city hall beside them, and one actor per role."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from uuid import UUID

import sqlalchemy as sa
from shapely import box
from sqlmodel import SQLModel
from uuid_utils.compat import uuid7

from crm.access.models import Account
from crm.access.passwords import hash_password
from crm.agencies.models import (
    Agency,
    Staff,
    StaffAssignment,
    Unit,
    UnitJurisdiction,
    UnitKind,
    UnitPlacement,
)
from crm.approvals.models import ApprovalRoute
from crm.approvals.route import ANY_CHIEF, DECIDED_BY_DEFAULT
from crm.areas.models import Area, AreaKind
from crm.contacts.models import Organization, OrganizationKind, Person, Telephone
from crm.kernel.actor import Actor, AgencyKind, Role
from crm.kernel.changes import follow_rows
from crm.kernel.db import Database
from crm.kernel.kana import kana_row, kana_sort_key
from crm.kernel.phone import read_phones
from crm.kernel.scope import ScopedSession
from crm.kernel.text import search_key

START = dt.date(2024, 4, 1)
NOW = dt.datetime(2026, 11, 20, 4, 30, tzinfo=dt.UTC)
"""13:30 in Japan on Friday 20 November 2026."""
TODAY = dt.date(2026, 11, 20)
PASSWORD = "hashi-no-shita-de-matsu"
_HASH = hash_password(PASSWORD)


@dataclass(slots=True)
class World:
    """The rows every test may lean on, by name."""

    database: Database
    agency_id: UUID = field(default_factory=uuid7)
    units: dict[str, UUID] = field(default_factory=dict)
    areas: dict[str, UUID] = field(default_factory=dict)
    actors: dict[str, Actor] = field(default_factory=dict)
    city_id: UUID = field(default_factory=uuid7)

    def on(self, database: Database) -> "World":
        """Return the same world in a copy of its database."""
        return replace(
            self,
            database=database,
            units=dict(self.units),
            areas=dict(self.areas),
            actors=dict(self.actors),
        )

    @contextmanager
    def reading(self, who: str) -> Iterator[ScopedSession]:
        """Read as one of the actors."""
        with self.database.reading(self.actors[who]) as db:
            yield db

    @contextmanager
    def writing(self, who: str) -> Iterator[ScopedSession]:
        """Write as one of the actors; commits at the end."""
        with self.database.writing(self.actors[who]) as db:
            yield db

    def put(self, *rows: SQLModel) -> None:
        """Insert rows outside the rules, in the order given."""
        with self.database.system("a test's world") as connection:
            for row in rows:
                table = sa.inspect(type(row)).local_table
                connection.execute(sa.insert(table).values(row.model_dump()))
            follow_rows(connection, rows)

    def agency_of(self, unit: str) -> UUID:
        """Return the agency a unit of the world belongs to."""
        return self.city_id if unit in CITY_UNITS else self.agency_id

    def person(
        self, name: str, kana: str, *, station: str = "若葉署", phone: str = "", **more: object
    ) -> Person:
        """Put a person of a station; `name` and `kana` have a space between family and given."""
        family, _, given = name.partition(" ")
        family_kana, _, given_kana = kana.partition(" ")
        person = Person(
            agency_id=self.agency_of(station),
            station_id=self.units[station],
            family_name=family,
            given_name=given,
            family_kana=family_kana,
            given_kana=given_kana,
            kana_sort=kana_sort_key(family_kana, given_kana),
            kana_row=kana_row(family_kana),
            search_key=search_key(family + given, family_kana + given_kana),
            **more,
        )
        self.put(person, *self._phones(phone, person_id=person.id, station=station))
        return person

    def organization(
        self,
        name: str,
        kana: str = "",
        *,
        station: str = "若葉署",
        kind: OrganizationKind = OrganizationKind.NEIGHBORHOOD_ASSOCIATION,
        area: str | None = None,
        phone: str = "",
    ) -> Organization:
        """Put an organization of a station."""
        organization = Organization(
            agency_id=self.agency_of(station),
            station_id=self.units[station],
            kind=kind,
            name=name,
            kana=kana,
            kana_sort=kana_sort_key(kana),
            kana_row=kana_row(kana),
            search_key=search_key(name, kana),
            area_id=self.areas[area] if area else None,
        )
        phones = self._phones(phone, organization_id=organization.id, station=station)
        self.put(organization, *phones)
        return organization

    def _phones(self, cell: str, *, station: str, **holder: UUID) -> list[Telephone]:
        return [
            Telephone(
                agency_id=self.agency_of(station),
                station_id=self.units[station],
                position=position,
                raw=phone.raw,
                e164=phone.e164,
                extension=phone.extension or "",
                kind=phone.kind,
                last4=(phone.e164 or "")[-4:],
                **holder,
            )
            for position, phone in enumerate(read_phones(cell))
        ]


def build_world(database: Database) -> World:
    """Put the world into an empty, migrated database."""
    world = World(database)
    world.put(Agency(id=world.agency_id, kind=AgencyKind.PREFECTURAL_POLICE, name="架空県警察"))
    world.put(Agency(id=world.city_id, kind=AgencyKind.MUNICIPALITY, name="架空市役所"))
    for name, kind, parent, station, office in UNITS:
        _put_unit(world, name, kind, parent, station, office=office)
    for index, (name, kana, koban) in enumerate(AREAS):
        _put_area(world, index, name, kana, koban)
    for key, (name, unit, role) in STAFF.items():
        _put_actor(world, key, name, unit, role)
    for station in DECIDES_ALONE:
        _let_decide_alone(world, station)
    return world


UNITS = (
    ("本部", UnitKind.HEADQUARTERS, None, None, False),
    ("本部地域課", UnitKind.HQ_DIVISION, "本部", None, False),
    ("若葉署", UnitKind.STATION, "本部", "若葉署", False),
    ("若葉署地域課", UnitKind.SECTION, "若葉署", "若葉署", True),
    ("若葉署生活安全課", UnitKind.SECTION, "若葉署", "若葉署", False),
    ("若葉駅前交番", UnitKind.KOBAN, "若葉署地域課", "若葉署", False),
    ("みなと駐在所", UnitKind.CHUZAISHO, "若葉署地域課", "若葉署", False),
    ("港南署", UnitKind.STATION, "本部", "港南署", False),
    ("港南署地域課", UnitKind.SECTION, "港南署", "港南署", True),
    ("港南交番", UnitKind.KOBAN, "港南署地域課", "港南署", False),
    ("架空市役所", UnitKind.OFFICE, None, "架空市役所", False),
    ("市民安全課", UnitKind.SECTION, "架空市役所", "架空市役所", False),
)
CITY_UNITS = {"架空市役所", "市民安全課"}
DECIDES_ALONE = ("若葉署", "港南署")
"""Stations where nothing waits for a decision (決裁); tests about decisions say otherwise."""
AREAS = (
    ("みなと町自治会", "ミナトチョウジチカイ", "若葉駅前交番"),
    ("さくら台自治会", "サクラダイジチカイ", "若葉駅前交番"),
    ("磯部自治会", "イソベジチカイ", "みなと駐在所"),
    ("港南自治会", "コウナンジチカイ", "港南交番"),
)
STAFF = {
    "officer": ("佐藤 彩", "若葉駅前交番", Role.OFFICER),
    "chief": ("中村 誠", "若葉署地域課", Role.SECTION_CHIEF),
    "seian": ("山口 進", "若葉署生活安全課", Role.OFFICER),
    "station_chief": ("小林 剛", "若葉署", Role.STATION_CHIEF),
    "stranger": ("伊藤 学", "港南交番", Role.OFFICER),
    "stranger_chief": ("木村 豊", "港南署地域課", Role.SECTION_CHIEF),
    "hq": ("本田 由紀", "本部地域課", Role.HQ_VIEWER),
    "administrator": ("管 理", "本部", Role.SYSTEM_ADMINISTRATOR),
    "auditor": ("監 査", "本部", Role.AUDITOR),
    "city": ("高橋 優", "市民安全課", Role.MEMBER),
    "city_chief": ("渡辺 恵", "市民安全課", Role.SECTION_CHIEF),
    "city_administrator": ("市 管理", "架空市役所", Role.SYSTEM_ADMINISTRATOR),
}


def _put_unit(
    world: World,
    name: str,
    kind: UnitKind,
    parent: str | None,
    station: str | None,
    *,
    office: bool,
) -> None:
    agency_id = world.agency_of(name)
    unit = Unit(agency_id=agency_id, kind=kind, network_office=office)
    world.units[name] = unit.id
    world.put(
        unit,
        UnitPlacement(
            agency_id=agency_id,
            unit_id=unit.id,
            parent_id=world.units[parent] if parent else None,
            station_id=world.units[station] if station else None,
            name=name,
            valid_from=START,
        ),
    )


def _put_area(world: World, index: int, name: str, kana: str, koban: str) -> None:
    area = Area(
        kind=AreaKind.ASSOCIATION_AREA,
        name=name,
        kana=kana,
        kana_sort=kana_sort_key(kana),
        polygon=box(138.0 + index * 0.01, 34.0, 138.01 + index * 0.01, 34.01),
        valid_from=START,
    )
    world.areas[name] = area.id
    world.put(
        area,
        UnitJurisdiction(
            agency_id=world.agency_id,
            unit_id=world.units[koban],
            area_id=area.id,
            valid_from=START,
        ),
    )


def _let_decide_alone(world: World, station: str) -> None:
    for kind in DECIDED_BY_DEFAULT:
        world.put(
            ApprovalRoute(
                agency_id=world.agency_of(station),
                station_id=world.units[station],
                kind=kind,
                is_required=False,
                steps=[ANY_CHIEF.as_json()],
                valid_from=START,
            )
        )


def _put_actor(world: World, key: str, name: str, unit: str, role: Role) -> None:
    family, _, given = name.partition(" ")
    agency_id = world.agency_of(unit)
    police = agency_id == world.agency_id
    staff = Staff(agency_id=agency_id, family_name=family, given_name=given)
    account = Account(agency_id=agency_id, staff_id=staff.id, login=key, password_hash=_HASH)
    station = next(station for unit_name, _, _, station, _ in UNITS if unit_name == unit)
    office = next(office for unit_name, _, _, _, office in UNITS if unit_name == unit)
    world.put(
        staff,
        account,
        StaffAssignment(
            agency_id=agency_id,
            staff_id=staff.id,
            unit_id=world.units[unit],
            role=role,
            valid_from=START,
        ),
    )
    world.actors[key] = Actor(
        account_id=account.id,
        staff_id=staff.id,
        agency_id=agency_id,
        unit_id=world.units[unit],
        station_id=world.units[station] if station else None,
        roles=frozenset({role}),
        name=name,
        unit_name=unit,
        station_name=station or "",
        network_office=office,
        agency_kind=AgencyKind.PREFECTURAL_POLICE if police else AgencyKind.MUNICIPALITY,
        agency_name="架空県警察" if police else "架空市役所",
        session_key=f"test-{key}",
        strong=True,
    )
