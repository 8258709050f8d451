"""How much there is in a sample: a large station, a small one, and the twelve of a prefecture."""

from dataclasses import dataclass, field

from crm.contacts.models import OrganizationKind as Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """What one station's sample amounts to; `group` areas share the stem of their town's name.

    `officers` serve at each koban and `residents` at each chuzaisho; of all boxes `koban` is the
    share that are koban. `sheets` is how many information items a box issues each month.
    """

    columns: int
    rows: int
    group: int
    boxes: int
    elementary: int
    junior_high: int
    officers: int
    residents: int
    koban: float = 0.58
    sheets: int = 4
    persons: int
    liaisons: int
    notes: int
    organizations: dict[Kind, int] = field(default_factory=dict)

    @property
    def areas(self) -> int:
        """How many association areas there are; each has its association."""
        return self.columns * self.rows


STATION = Size(
    columns=30,
    rows=20,
    group=10,
    boxes=12,
    elementary=15,
    junior_high=7,
    officers=7,
    residents=7,
    persons=2500,
    liaisons=750,
    notes=37_500,
    organizations={
        Kind.COMMUNITY_COUNCIL: 15,
        Kind.SCHOOL: 30,
        Kind.PRESCHOOL: 30,
        Kind.COMMUNITY_CENTER: 22,
        Kind.SHOPKEEPERS_ASSOCIATION: 18,
        Kind.VOLUNTEER_GROUP: 30,
        Kind.BUSINESS: 500,
        Kind.PUBLIC_FACILITY: 20,
        Kind.OTHER: 35,
    },
)

SMALL = Size(
    columns=4,
    rows=3,
    group=3,
    boxes=3,
    elementary=3,
    junior_high=2,
    officers=3,
    residents=3,
    persons=80,
    liaisons=30,
    notes=400,
    sheets=2,
    organizations={
        Kind.COMMUNITY_COUNCIL: 3,
        Kind.SCHOOL: 5,
        Kind.PRESCHOOL: 2,
        Kind.COMMUNITY_CENTER: 2,
        Kind.SHOPKEEPERS_ASSOCIATION: 2,
        Kind.VOLUNTEER_GROUP: 2,
        Kind.BUSINESS: 8,
        Kind.PUBLIC_FACILITY: 1,
        Kind.OTHER: 3,
    },
)

NEIGHBOR = Size(
    columns=3,
    rows=2,
    group=2,
    boxes=2,
    elementary=2,
    junior_high=1,
    officers=2,
    residents=2,
    persons=24,
    liaisons=9,
    notes=90,
    sheets=2,
    organizations={
        Kind.COMMUNITY_COUNCIL: 1,
        Kind.SCHOOL: 3,
        Kind.PRESCHOOL: 1,
        Kind.BUSINESS: 3,
        Kind.OTHER: 1,
    },
)


def size_of_twelve(columns: int, boxes: int, elementary: int, junior_high: int) -> Size:
    """Return one of the twelve stations that make up a whole prefecture (`scale.md`, set b).

    People, liaisons and notes go by its areas: 4,000 in the prefecture.
    """
    rows = 20
    areas = columns * rows
    return Size(
        columns=columns,
        rows=rows,
        group=10,
        boxes=boxes,
        elementary=elementary,
        junior_high=junior_high,
        officers=14,
        residents=2,
        koban=0.3,
        persons=areas * 22_000 // 4_000,
        liaisons=round(areas * 7_500 / 4_000),
        notes=areas * 375_000 // 4_000,
        organizations={
            Kind.COMMUNITY_COUNCIL: elementary,
            Kind.SCHOOL: elementary + junior_high + areas // 100,
            **{kind: round(areas * count / 4_000) for kind, count in _IN_THE_PREFECTURE.items()},
        },
    )


_IN_THE_PREFECTURE = {
    Kind.PRESCHOOL: 190,
    Kind.COMMUNITY_CENTER: 180,
    Kind.SHOPKEEPERS_ASSOCIATION: 150,
    Kind.VOLUNTEER_GROUP: 250,
    Kind.PUBLIC_FACILITY: 250,
    Kind.OTHER: 600,
    Kind.BUSINESS: 5_900,
}
