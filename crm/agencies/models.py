"""Agencies, units with their dated place in the tree, jurisdictions, staff and assignments."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from crm.kernel.actor import AgencyKind, Role
from crm.kernel.columns import AgencyOwned, Dated, Identified, Key, SortKey, Stamped, choice
from crm.kernel.i18n import N_


class UnitKind(StrEnum):
    """What a unit is inside its agency."""

    HEADQUARTERS = "headquarters"
    HQ_DIVISION = "hq_division"
    STATION = "station"
    SECTION = "section"
    KOBAN = "koban"
    CHUZAISHO = "chuzaisho"
    BEAT = "beat"
    OFFICE = "office"
    DEPARTMENT = "department"


BOXES = (UnitKind.KOBAN, UnitKind.CHUZAISHO)
"""The units of community police officers on the ground: 交番 and 駐在所."""

OWNERS = (UnitKind.STATION, UnitKind.OFFICE)
"""The units that own people: a police station, and the one office of a partner agency."""

UNIT_KIND_LABELS = {
    UnitKind.HEADQUARTERS: N_("警察本部"),
    UnitKind.HQ_DIVISION: N_("本部所属"),
    UnitKind.STATION: N_("警察署"),
    UnitKind.SECTION: N_("課"),
    UnitKind.KOBAN: N_("交番"),
    UnitKind.CHUZAISHO: N_("駐在所"),
    UnitKind.BEAT: N_("受持区"),
    UnitKind.OFFICE: N_("庁舎"),
    UnitKind.DEPARTMENT: N_("部"),
}

PARENT_KINDS = {
    UnitKind.HEADQUARTERS: frozenset[UnitKind](),
    UnitKind.OFFICE: frozenset[UnitKind](),
    UnitKind.HQ_DIVISION: frozenset({UnitKind.HEADQUARTERS, UnitKind.DEPARTMENT}),
    UnitKind.DEPARTMENT: frozenset({UnitKind.HEADQUARTERS, UnitKind.OFFICE}),
    UnitKind.STATION: frozenset({UnitKind.HEADQUARTERS}),
    UnitKind.SECTION: frozenset({UnitKind.STATION, UnitKind.OFFICE, UnitKind.DEPARTMENT}),
    UnitKind.KOBAN: frozenset({UnitKind.STATION, UnitKind.SECTION}),
    UnitKind.CHUZAISHO: frozenset({UnitKind.STATION, UnitKind.SECTION}),
    UnitKind.BEAT: frozenset({UnitKind.KOBAN, UnitKind.CHUZAISHO}),
}
"""Below which units a unit may stand; headquarters and a partner's office come with the agency."""

ROLE_LABELS = {
    Role.OFFICER: N_("警察官"),
    Role.MEMBER: N_("職員"),
    Role.SECTION_CHIEF: N_("課長"),
    Role.STATION_CHIEF: N_("署長"),
    Role.HQ_VIEWER: N_("本部閲覧者"),
    Role.SYSTEM_ADMINISTRATOR: N_("システム管理者"),
    Role.AUDITOR: N_("監査担当者"),
}


class Agency(Identified, table=True):
    """A tenant: a prefectural police, a city hall, a school board, a fire service."""

    kind: AgencyKind = Field(sa_type=choice(AgencyKind))
    name: str = Field(max_length=120, unique=True)
    code: str = Field(default="", max_length=20)


class Unit(AgencyOwned, Stamped, table=True):
    """A unit's identity; its name and place in the tree are dated, in `UnitPlacement`.

    `network_office` marks the unit that owns its station's liaison roster (署地域課, S1 2(4)).
    """

    kind: UnitKind = Field(sa_type=choice(UnitKind))
    network_office: bool = False
    address: str = Field(default="", max_length=200)
    longitude: float | None = None
    latitude: float | None = None
    provenance: dict[str, Any] | None = Field(default=None, sa_type=sa.JSON)


class UnitPlacement(AgencyOwned, Dated, table=True):
    """What a unit was called and where it stood in the tree, from one day to another.

    `station_id` is the station at or above the unit (None at headquarters); moving a unit writes
    new placements for everything below it, so that any day can be asked for again.
    """

    __tablename__ = "unit_placement"
    __table_args__ = (
        sa.Index("ix_unit_placement_unit_id_valid_from", "unit_id", "valid_from"),
        sa.Index("ix_unit_placement_station_id", "station_id"),
    )

    unit_id: UUID = Field(foreign_key="unit.id", sa_type=Key)
    parent_id: UUID | None = Field(default=None, foreign_key="unit.id", sa_type=Key)
    station_id: UUID | None = Field(default=None, foreign_key="unit.id", sa_type=Key)
    name: str = Field(max_length=120)
    kana: str = Field(default="", max_length=120)
    kana_sort: str = Field(default="", sa_type=SortKey)


class UnitJurisdiction(AgencyOwned, Dated, table=True):
    """An area a box or station is responsible for, from one day to another."""

    __tablename__ = "unit_jurisdiction"
    __table_args__ = (
        sa.Index("ix_unit_jurisdiction_unit_id", "unit_id"),
        sa.Index("ix_unit_jurisdiction_area_id", "area_id"),
    )

    unit_id: UUID = Field(foreign_key="unit.id", sa_type=Key)
    area_id: UUID = Field(foreign_key="area.id", sa_type=Key)


class SettingKey(StrEnum):
    """What an agency may decide for itself; nothing stands here that no page reads."""

    REVISIT_DAYS = "revisit_days"
    RETENTION_CONTACTS_YEARS = "retention_contacts_years"
    RETENTION_NOTES_YEARS = "retention_notes_years"
    RETENTION_CANDIDATES_YEARS = "retention_candidates_years"


class AgencySetting(AgencyOwned, Dated, Stamped, table=True):
    """What an agency decided for itself, from one day to another: a name, a number of days.

    `key` is a `SettingKey`; `value` is its plain JSON.
    """

    __tablename__ = "agency_setting"
    __table_args__ = (sa.Index("ix_agency_setting_agency_id_key", "agency_id", "key"),)

    key: str = Field(max_length=60)
    value: Any = Field(sa_type=sa.JSON)


class Staff(AgencyOwned, Stamped, table=True):
    """A member of an agency's staff. The staff number never stands on paper residents see."""

    family_name: str = Field(max_length=60)
    given_name: str = Field(default="", max_length=60)
    family_kana: str = Field(default="", max_length=60)
    given_kana: str = Field(default="", max_length=60)
    staff_no: str = Field(default="", max_length=20)

    @property
    def name(self) -> str:
        """The whole name as colleagues write it."""
        return f"{self.family_name} {self.given_name}".strip()


class StaffAssignment(AgencyOwned, Dated, table=True):
    """The unit and role a member of staff holds from one day to another."""

    __tablename__ = "staff_assignment"
    __table_args__ = (sa.Index("ix_staff_assignment_staff_id", "staff_id"),)

    staff_id: UUID = Field(foreign_key="staff.id", sa_type=Key)
    unit_id: UUID = Field(foreign_key="unit.id", sa_type=Key)
    role: Role = Field(sa_type=choice(Role))


@dataclass(frozen=True, slots=True)
class AdministratorLeaving:
    """Somebody is about to stop being administrator after the day before `day`; may be refused."""

    staff_id: UUID
    day: dt.date
