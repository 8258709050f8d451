"""The partner agencies of a sample: a city hall, a school board and a fire service of their own."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from crm.agencies.models import Agency, UnitKind
from crm.kernel.actor import AgencyKind, Role
from crm.samples.crew import Crew, Login, Tester, put_assignments, put_sample_account
from crm.samples.offices import Called, put_unit
from crm.samples.rows import Rows, dice

AT_THE_OFFICE, IN_THE_SECTION = "office", "section"
"""Where a tester of a partner serves."""


class Hall(NamedTuple):
    """A partner agency beside a station: its one office, the section that works with the police.

    `people` and `areas` say how large its own book is.
    """

    kind: AgencyKind
    called: Called
    section: Called
    municipality: str
    testers: Sequence[Tester]
    people: int
    areas: int
    notes: int

    def serves(self, municipality: str) -> bool:
        """Whether it is the hall of a municipality."""
        return self.kind is AgencyKind.MUNICIPALITY and self.municipality == municipality


@dataclass(frozen=True, slots=True)
class Partner:
    """A partner agency with its units and staff; `rows` gathers what is its own."""

    hall: Hall
    agency_id: UUID
    office_id: UUID
    section_id: UUID
    crew: Crew
    chief: UUID
    rows: Rows

    @property
    def name(self) -> str:
        """What the agency, and its office, is called."""
        return self.hall.called.name

    @property
    def account(self) -> UUID:
        """The account of its chief."""
        return self.crew.accounts[self.chief]


def put_partner(
    rows: Rows, seed: int, hall: Hall, opened: dt.date, password_hash: str
) -> tuple[Partner, Sequence[Login]]:
    """Put a partner agency, its units and its staff into `rows`."""
    name = hall.called.name
    rng = dice(seed, f"{name}/units")
    agency_id = rows.of_agency(rows.agency_id, rng).key(opened)
    own = rows.of_agency(agency_id, rng)
    own.put(Agency, opened, id=agency_id, kind=hall.kind, name=name)
    office_id = put_unit(own, UnitKind.OFFICE, hall.called, opened, parent_id=None)
    section_id = put_unit(
        own, UnitKind.SECTION, hall.section, opened, parent_id=office_id, station_id=office_id
    )
    crew = Crew()
    units = {AT_THE_OFFICE: office_id, IN_THE_SECTION: section_id}
    for who in hall.testers:
        put_sample_account(own, crew, units[who.where], who, opened, password_hash)
    put_assignments(own, crew)
    chief = crew.chief_of(section_id, opened)
    book = own.at_station(office_id, dice(seed, f"{name}/book"), crew.accounts[chief])
    partner = Partner(hall, agency_id, office_id, section_id, crew, chief, book)
    called = {AT_THE_OFFICE: name, IN_THE_SECTION: f"{name} {hall.section.name}"}
    return partner, [
        Login(who.role, who.name, called[who.where], who.login) for who in hall.testers
    ]


CITY_HALL = Hall(
    AgencyKind.MUNICIPALITY,
    Called("みなと市役所", "ミナトシヤクショ"),
    Called("市民安全課", "シミンアンゼンカ"),
    "みなと市",
    (
        Tester(IN_THE_SECTION, Role.MEMBER, "高橋 優子", "タカハシ ユウコ", "city"),
        Tester(IN_THE_SECTION, Role.SECTION_CHIEF, "渡辺 健一", "ワタナベ ケンイチ", "city-chief"),
        Tester(
            AT_THE_OFFICE, Role.SYSTEM_ADMINISTRATOR, "長嶋 徹", "ナガシマ トオル", "city-admin"
        ),
    ),
    people=26,
    areas=10,
    notes=60,
)
SCHOOL_BOARD = Hall(
    AgencyKind.BOARD_OF_EDUCATION,
    Called("みなと市教育委員会", "ミナトシキョウイクイインカイ"),
    Called("学校教育課", "ガッコウキョウイクカ"),
    "みなと市",
    (Tester(IN_THE_SECTION, Role.SECTION_CHIEF, "増田 恵子", "マスダ ケイコ", "school-board"),),
    people=6,
    areas=3,
    notes=6,
)
FIRE_SERVICE = Hall(
    AgencyKind.FIRE,
    Called("みなと市消防局", "ミナトシショウボウキョク"),
    Called("予防課", "ヨボウカ"),
    "みなと市",
    (Tester(IN_THE_SECTION, Role.SECTION_CHIEF, "武田 豪", "タケダ ゴウ", "fire"),),
    people=6,
    areas=3,
    notes=6,
)
