"""The map of the areas: outlines that are drawn once, colored anew for every day."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from crm.areas.drawings import drawing_of
from crm.coverage.models import AreaLine, Tally
from crm.kernel.scope import ScopedSession

MANY = 3
MOST_LABELS = 60


class Step(StrEnum):
    """How an area is filled: three steps that stay apart in black and white."""

    NOBODY = "none"
    FEW = "1"
    MANY = "3"


class MapArea(NamedTuple):
    """One area as the template draws it; `x` and `y` are where its number stands."""

    id: UUID
    name: str
    tally: Tally
    step: Step
    path: str
    x: int
    y: int


@dataclass(frozen=True, slots=True)
class AreaMap:
    """The picture of a coverage. `undrawn` areas have no polygon; `sources` are imported files."""

    view_box: str
    areas: Sequence[MapArea]
    undrawn: int
    sources: Sequence[str]

    @property
    def labeled(self) -> bool:
        """Whether there is room for a number in each area."""
        return len(self.areas) <= MOST_LABELS


def map_of(db: ScopedSession, areas: Sequence[AreaLine]) -> AreaMap:
    """Return the map of `areas` with today's fill; the outlines are simplified only once."""
    drawing = drawing_of(db, ((area.id, area.revision) for area in areas))
    drawn = [
        MapArea(
            area.id,
            area.name,
            area.tally,
            step_of(area.tally),
            drawing.svg.paths[area.id],
            *drawing.svg.label_points[area.id],
        )
        for area in areas
        if area.id in drawing.svg.paths
    ]
    return AreaMap(drawing.svg.view_box, drawn, len(areas) - len(drawn), drawing.sources)


def step_of(tally: Tally) -> Step:
    """Return the fill for a count of liaisons."""
    if not tally.liaisons:
        return Step.NOBODY
    return Step.FEW if tally.liaisons < MANY else Step.MANY
