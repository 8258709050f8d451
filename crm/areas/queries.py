"""Reading areas as of a day, and finding those a point lies in."""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

import shapely
import sqlalchemy as sa
from sqlmodel import col, select

from crm.areas.models import Area, AreaKind
from crm.kernel.columns import holds
from crm.kernel.errors import NotFound
from crm.kernel.scope import ScopedSession


class AreaLine(NamedTuple):
    """An area as it is called and drawn."""

    id: UUID
    kind: AreaKind
    municipality_code: str
    name: str
    polygon: shapely.Geometry | None


class AreaIndex:
    """Polygons made ready once, to ask of many points; a border belongs to both its sides."""

    def __init__(self, areas: Iterable[AreaLine]) -> None:
        drawn = [(area.id, area.polygon) for area in areas if area.polygon is not None]
        self._ids = [area_id for area_id, _ in drawn]
        self._tree = shapely.STRtree([polygon for _, polygon in drawn])

    def at(self, longitude: float, latitude: float) -> list[UUID]:
        """Return the areas a point lies in, in the order they were given."""
        found = self._tree.query(shapely.Point(longitude, latitude), predicate="intersects")
        return [self._ids[position] for position in sorted(found)]


def areas_on(
    db: ScopedSession, day: dt.date, *, kinds: Collection[AreaKind] = ()
) -> Sequence[AreaLine]:
    """Return the areas that hold on `day`, of `kinds` or of every kind, with their polygons."""
    statement = (
        sa.select(
            col(Area.id),
            col(Area.kind),
            col(Area.municipality_code),
            col(Area.name),
            col(Area.polygon),
        )
        .where(holds(Area, day))
        .order_by(col(Area.kind), col(Area.kana_sort), col(Area.name))
    )
    if kinds:
        statement = statement.where(col(Area.kind).in_(kinds))
    return [AreaLine(*row) for row in db.rows(statement)]


def areas_at(
    db: ScopedSession,
    longitude: float,
    latitude: float,
    day: dt.date,
    *,
    kinds: Collection[AreaKind] = (),
) -> Sequence[AreaLine]:
    """Return the areas one point lies in on `day`; for many points build an `AreaIndex` instead."""
    areas = areas_on(db, day, kinds=kinds)
    found = set(AreaIndex(areas).at(longitude, latitude))
    return [area for area in areas if area.id in found]


def area_of(db: ScopedSession, area_id: UUID) -> Area:
    """Return an area with all it has; NotFound when there is none."""
    found = db.exec(select(Area).where(Area.id == area_id)).first()
    if found is None:
        raise NotFound
    return found


def area_names(db: ScopedSession, area_ids: Collection[UUID]) -> Mapping[UUID, str]:
    """Return the names of areas by their key, whatever their dates."""
    if not area_ids:
        return {}
    rows = db.rows(sa.select(col(Area.id), col(Area.name)).where(col(Area.id).in_(area_ids)))
    return {area_id: name for area_id, name in rows}  # noqa: C416 - rows are not pairs to the type checker


def polygons_of(
    db: ScopedSession, area_ids: Sequence[UUID]
) -> list[tuple[UUID, shapely.Geometry, dict[str, Any] | None]]:
    """Return the polygons of those areas that have one, with the file each came from."""
    statement = sa.select(col(Area.id), col(Area.polygon), col(Area.provenance)).where(
        col(Area.id).in_(area_ids), col(Area.polygon).is_not(None)
    )
    return [(area_id, polygon, source) for area_id, polygon, source in db.rows(statement)]
