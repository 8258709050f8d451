"""One station of a sample, from its town to its activity notes."""

import datetime as dt
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from crm.samples.activity import put_activity
from crm.samples.crew import (
    Crew,
    Login,
    Tester,
    man_beats,
    put_assignments,
    put_crew,
    put_sample_account,
)
from crm.samples.network import put_network
from crm.samples.offices import Calendar, Called, Station, put_boxes, put_station
from crm.samples.organizations import put_organizations
from crm.samples.people import Community, Registry, last_spring, put_community
from crm.samples.rows import Rows, dice
from crm.samples.sizes import Size
from crm.samples.telephones import UnringableNumbers
from crm.samples.town import Setting, Town, build_town


@dataclass(frozen=True, slots=True)
class Home:
    """What a station is called, where it lies, how large it is and who tries it out."""

    called: Called
    sections: Sequence[str]
    setting: Setting
    size: Size
    testers: Sequence[Tester]
    merger: bool = False


@dataclass(frozen=True, slots=True)
class Order:
    """What is asked of a sample; `post_types` are the keys of the kinds of posts by code."""

    homes: Sequence[Home]
    seed: int
    today: dt.date
    password_hash: str
    post_types: Mapping[str, UUID]


def put_home(
    rows: Rows, order: Order, calendar: Calendar, top: UUID, home: Home
) -> Sequence[Login]:
    """Put a station, its town, staff, people, network and notes into `rows`."""
    units = rows.at_station(top, _dice(order, home, "town"))
    town = build_town(units, home.size, home.setting, calendar.opened)
    city = home.setting.municipalities[0].name
    station = put_station(
        units, home.called, home.sections, under=top, calendar=calendar, city=city
    )
    put_boxes(units, station, town, home.size, merger=home.merger)
    crew = _put_staff(units, order, station, home)
    community = _put_people(rows, order, station, crew, town, home)
    desk = rows.at_station(station.id, _dice(order, home, "network"), _clerk(station, crew))
    network = put_network(desk, station, crew, community, home.size)
    notes = rows.at_station(station.id, _dice(order, home, "activity"))
    put_activity(notes, station, crew, community, network, home.size)
    return [
        Login(who.role, who.name, _unit(station, who.where)[1], who.login) for who in home.testers
    ]


def _put_staff(rows: Rows, order: Order, station: Station, home: Home) -> Crew:
    crew, day = put_crew(rows, station, home.size), last_spring(order.today)
    for who in home.testers:
        unit_id, _ = _unit(station, who.where)
        put_sample_account(rows, crew, unit_id, who, day, order.password_hash)
    man_beats(crew, station)
    put_assignments(rows, crew)
    return crew


def _put_people(
    rows: Rows, order: Order, station: Station, crew: Crew, town: Town, home: Home
) -> Community:
    desk = rows.at_station(station.id, _dice(order, home, "people"), _clerk(station, crew))
    numbers = UnringableNumbers(desk.rng)
    begins = station.calendar.begins
    organizations = put_organizations(desk, town, home.size, numbers, begins)
    registry = Registry(desk, numbers, order.post_types, order.today)
    return put_community(registry, town, organizations, home.size, begins)


def _unit(station: Station, where: str) -> tuple[UUID, str]:
    """Return the unit of a tester and how it is told to a person."""
    name = station.called.name
    if where == "station":
        return station.id, name
    if where == "box":
        first = station.boxes[0]
        return first.id, f"{name} {first.called.name}"
    return station.sections[where], f"{name} {where}"


def _dice(order: Order, home: Home, part: str) -> random.Random:
    return dice(order.seed, f"{home.called.name}/{part}")


def _clerk(station: Station, crew: Crew) -> UUID:
    """Return the account of the network office's chief, by whom people and terms are entered."""
    return crew.accounts[crew.samples[station.network_office]]
