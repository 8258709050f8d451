"""One station of a sample, from its town to its activity notes."""

import datetime as dt
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from crm.bulletins.models import HANDED_TO_AGENCIES
from crm.kernel.actor import AgencyKind
from crm.samples.activity import put_activity
from crm.samples.book import PostKind
from crm.samples.councils import put_councils
from crm.samples.crew import (
    Crew,
    Login,
    Tester,
    man_beats,
    put_assignments,
    put_crew,
    put_sample_account,
)
from crm.samples.exchange import Exchange
from crm.samples.handovers import put_handovers
from crm.samples.matters import Desk, put_matters
from crm.samples.meetings import put_meetings
from crm.samples.minutes import put_minutes
from crm.samples.network import Network, put_network
from crm.samples.offices import AGENCY, Calendar, Called, Station, put_boxes, put_station
from crm.samples.organizations import put_organizations
from crm.samples.own_words import put_own_words
from crm.samples.partners import Hall, Partner, put_partner
from crm.samples.people import Community, Registry, last_spring, put_community
from crm.samples.provision import Side
from crm.samples.rows import Rows, dice
from crm.samples.sheets import Shelf, put_sheets
from crm.samples.sizes import Size
from crm.samples.strengthening import put_strengthening
from crm.samples.telephones import UnringableNumbers
from crm.samples.tours import put_tours
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
    halls: Sequence[Hall] = ()


@dataclass(frozen=True, slots=True)
class Order:
    """What is asked of a sample; `post_types` are the keys of the kinds of posts by code."""

    homes: Sequence[Home]
    seed: int
    today: dt.date
    password_hash: str
    post_types: Mapping[str, PostKind]


def put_home(
    rows: Rows, order: Order, calendar: Calendar, top: UUID, home: Home
) -> Sequence[Login]:
    """Put a station, its town, staff, people, network, notes and partners into `rows`."""
    units = rows.at_station(top, _dice(order, home, "town"))
    town = build_town(units, home.size, home.setting, calendar.opened)
    station = put_station(
        units,
        home.called,
        home.sections,
        under=top,
        calendar=calendar,
        city=home.setting.municipalities[0].name,
    )
    put_boxes(units, station, town, home.size, merger=home.merger)
    crew = _put_staff(units, order, station, home)
    site = _Site(rows, order, home, station, town, crew)
    partners = [
        put_partner(rows, order.seed, hall, calendar.opened, order.password_hash)
        for hall in home.halls
    ]
    site.put_life([partner for partner, _ in partners])
    own = [
        Login(who.role, who.name, _unit(station, who.where)[1], who.login) for who in home.testers
    ]
    return [*own, *(login for _, logins in partners for login in logins)]


@dataclass(frozen=True, slots=True)
class _Site:
    """A station with its town and staff, where the rest takes place."""

    rows: Rows
    order: Order
    home: Home
    station: Station
    town: Town
    crew: Crew

    def put_life(self, partners: Sequence[Partner]) -> None:
        """Put people, network, sheets and notes into the rows, and the exchange with partners."""
        station, crew, size = self.station, self.crew, self.home.size
        community = self._put_people()
        network = put_network(self._desk("network"), station, crew, community, partners, size)
        shelf = put_sheets(self._desk("sheets"), station, size.sheets)
        notes = self.rows.at_station(station.id, _dice(self.order, self.home, "activity"))
        put_activity(notes, station, crew, community, network, shelf, size)
        put_meetings(self._desk("meetings"), station, network)
        put_councils(self._desk("councils"), station, network)
        put_minutes(self._desk("minutes"), station)
        put_strengthening(self._desk("strengthening"), station, crew, network)
        put_handovers(self._desk("handovers"), station, crew)
        put_tours(self._desk("tours"), station, crew, network)
        put_own_words(self._desk("own words"), station)
        for partner in partners:
            self._put_exchange(partner, network, shelf)
        chief = self.crew.samples[station.network_office]
        desk = Desk(station, chief, self.home.sections[0])
        put_matters(self._desk("matters"), desk, self.town.places, partners)

    def _put_people(self) -> Community:
        desk = self._desk("people")
        numbers = UnringableNumbers(desk.rng)
        begins, size = self.station.calendar.begins, self.home.size
        organizations = put_organizations(desk, self.town, size, numbers, begins)
        registry = Registry(desk, numbers, self.order.post_types, self.order.today)
        return put_community(registry, self.town, organizations, size, begins)

    def _put_exchange(self, partner: Partner, network: Network, shelf: Shelf) -> None:
        exchange = Exchange(
            self._side(partner.name),
            partner,
            AGENCY,
            self.order.post_types,
            self.station.calendar,
        )
        given = [row for row in shelf.current if row["handling"] in HANDED_TO_AGENCIES]
        section = self.station.sections["生活安全課"]
        items = [row for row in given if row["unit_id"] == section]
        exchange.put(self.town, network.provisions, items)
        if partner.hall.kind is AgencyKind.FIRE:
            silent = [party.id for party in network.active if party.id not in network.provisions]
            exchange.disclose(silent[0])

    def _side(self, part: str) -> Side:
        desk = self._desk(part)
        chief = self.crew.samples[self.station.network_office]
        return Side(
            desk,
            desk.agency_id,
            AGENCY,
            self.station.id,
            self.home.called.name,
            self.home.sections[0],
            chief,
            self.crew.accounts[chief],
            is_police=True,
        )

    def _desk(self, part: str) -> Rows:
        """Return where the network office's chief enters rows, each part by its own dice."""
        dice_of_part = _dice(self.order, self.home, part)
        return self.rows.at_station(self.station.id, dice_of_part, _clerk(self.station, self.crew))


def _put_staff(rows: Rows, order: Order, station: Station, home: Home) -> Crew:
    crew, day = put_crew(rows, station, home.size), last_spring(order.today)
    for who in home.testers:
        unit_id, _ = _unit(station, who.where)
        put_sample_account(rows, crew, unit_id, who, day, order.password_hash)
    man_beats(crew, station)
    put_assignments(rows, crew)
    return crew


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
