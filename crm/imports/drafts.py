"""A draft of who is responsible for which area, for a person to check; nothing is decided here."""

import csv
import io
import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import shapely

from crm.areas.queries import AreaLine

METERS_PER_DEGREE = 111_320
HEADER = ("交番・駐在所", "区域", "開始日", "案の根拠（確認用）")


class Box(NamedTuple):
    """A koban or chuzaisho as a point."""

    name: str
    longitude: float
    latitude: float


class Proposal(NamedTuple):
    """An area with the box it would go to, and how far away that is (0 inside the area)."""

    box: str
    area: str
    meters: int


def propose_jurisdictions(areas: Sequence[AreaLine], boxes: Sequence[Box]) -> list[Proposal]:
    """Propose for each area the nearest box: one inside it, else the one closest to its border.

    Of several boxes inside one area the one closest to its middle is proposed.
    """
    return [proposal for area in areas for proposal in _nearest(area, boxes)]


def draft_csv(proposals: Sequence[Proposal], first_day: str) -> bytes:
    """Write the proposals as a file `crm import` takes once a person has checked it."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(HEADER)
    for proposal in sorted(proposals):
        writer.writerow((proposal.box, proposal.area, first_day, _ground(proposal)))
    return text.getvalue().encode("utf-8-sig")


def _nearest(area: AreaLine, boxes: Sequence[Box]) -> Iterator[Proposal]:
    if area.polygon is None or not boxes:
        return
    latitude = shapely.get_y(shapely.centroid(area.polygon)).item()
    polygon = _in_meters(area.polygon, latitude)
    middle = shapely.centroid(polygon)
    points = [
        (_in_meters(shapely.Point(box.longitude, box.latitude), latitude), box.name)
        for box in boxes
    ]
    meters, _, name = min(
        (shapely.distance(polygon, point), shapely.distance(middle, point), name)
        for point, name in points
    )
    yield Proposal(name, area.name, round(meters))


def _in_meters(shape: shapely.Geometry, latitude: float) -> shapely.Geometry:
    scale = (METERS_PER_DEGREE * math.cos(math.radians(latitude)), METERS_PER_DEGREE)
    return shapely.transform(shape, lambda places: places * scale)


def _ground(proposal: Proposal) -> str:
    if proposal.meters == 0:
        return "案：区域の中にある"
    return f"案：区域に最も近い（約{proposal.meters}メートル）"
