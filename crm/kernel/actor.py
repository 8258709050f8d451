"""Who acts: the few facts about a signed-in member of staff that rules and audit rows need."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class Role(StrEnum):
    """What a member of staff does; fixed in code, given by dated assignments."""

    OFFICER = "officer"
    SECTION_CHIEF = "section_chief"
    STATION_CHIEF = "station_chief"
    HQ_VIEWER = "hq_viewer"
    SYSTEM_ADMINISTRATOR = "system_administrator"
    AUDITOR = "auditor"


STATION_ROLES = frozenset({Role.OFFICER, Role.SECTION_CHIEF, Role.STATION_CHIEF})


@dataclass(frozen=True, slots=True)
class Actor:
    """One member of staff during one unit of work; frozen so that its reach cannot change inside.

    `station_id` is the station whose people the actor may read (None at headquarters);
    `network_office` is true where the actor's unit owns the liaison roster (署地域課).
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
    session_key: str | None = None
    address: str = ""

    @property
    def reads_people(self) -> bool:
        """Whether personal data of the own station is this actor's to read."""
        return self.station_id is not None and not self.roles.isdisjoint(STATION_ROLES)

    def has(self, *roles: Role) -> bool:
        """Whether the actor holds at least one of `roles`."""
        return not self.roles.isdisjoint(roles)
