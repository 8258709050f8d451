"""Who acts: the few facts about a signed-in member of staff that rules and audit rows need."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class AgencyKind(StrEnum):
    """What an agency is; the boundary nothing crosses without a deliberate act."""

    PREFECTURAL_POLICE = "prefectural_police"
    MUNICIPALITY = "municipality"
    BOARD_OF_EDUCATION = "board_of_education"
    FIRE = "fire"


class Role(StrEnum):
    """What a member of staff does; fixed in code, given by dated assignments.

    A section chief is one of any agency; an officer serves at the police, a member elsewhere.
    """

    OFFICER = "officer"
    MEMBER = "member"
    SECTION_CHIEF = "section_chief"
    STATION_CHIEF = "station_chief"
    HQ_VIEWER = "hq_viewer"
    SYSTEM_ADMINISTRATOR = "system_administrator"
    AUDITOR = "auditor"


NOBODY = UUID(int=0)
"""The account of what the product does by itself (the nil UUID, RFC 9562 §5.9): no row has it."""

STATION_ROLES = frozenset({Role.OFFICER, Role.MEMBER, Role.SECTION_CHIEF, Role.STATION_CHIEF})
"""Who works with the people of a station, or of a partner agency's office."""


@dataclass(frozen=True, slots=True)
class Actor:
    """One member of staff during one unit of work; frozen so that its reach cannot change inside.

    `station_id` is the station whose people the actor may read (None at headquarters), at a partner
    agency its office; `network_office` is true where the actor's unit owns the liaison roster
    (署地域課).
    """

    account_id: UUID
    staff_id: UUID
    agency_id: UUID
    unit_id: UUID
    station_id: UUID | None
    roles: frozenset[Role]
    name: str
    unit_name: str
    station_name: str
    network_office: bool = False
    agency_kind: AgencyKind = AgencyKind.PREFECTURAL_POLICE
    agency_name: str = ""
    session_key: str | None = None
    address: str = ""
    strong: bool = False
    """As sure as the installation asks for exports and for roles that cross units: with a second
    factor, or with a password where none is required."""
    opened_id: UUID | None = None
    """The one person opened in an emergency (緊急閲覧), while it lasts."""

    @property
    def office(self) -> str:
        """The actor's unit as paper names it: 「焼津警察署地域課」."""
        return whole_name(self.station_name, self.unit_name)

    @property
    def signature(self) -> str:
        """The same with the name, for papers that stay in the house."""
        return f"{self.office}　{self.name}"

    @property
    def reads_people(self) -> bool:
        """Whether personal data of the own station is this actor's to read."""
        return self.station_id is not None and not self.roles.isdisjoint(STATION_ROLES)

    @property
    def is_police(self) -> bool:
        """Whether the actor belongs to the police, whose alone the liaison network is (S1)."""
        return self.agency_kind is AgencyKind.PREFECTURAL_POLICE

    @property
    def is_product(self) -> bool:
        """Whether this is nobody: the product, carrying out an errand for one office."""
        return self.account_id == NOBODY

    def has(self, *roles: Role) -> bool:
        """Whether the actor holds at least one of `roles`."""
        return not self.roles.isdisjoint(roles)


def whole_name(station: str, unit: str) -> str:
    """Return a unit with its station, once."""
    return unit if unit.startswith(station) else f"{station}{unit}"
