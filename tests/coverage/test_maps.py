import pytest
import sqlalchemy as sa
from shapely import Polygon, box
from sqlmodel import col

from crm.areas.models import Area, AreaKind
from crm.coverage.maps import AreaMap, map_of, step_of
from crm.coverage.models import AreaLine, Tally
from tests.support.pages import counted
from tests.support.world import START, World


def put_area(world: World, name: str, polygon: Polygon | None, file: str = "") -> AreaLine:
    area = Area(
        kind=AreaKind.ASSOCIATION_AREA,
        name=name,
        polygon=polygon,
        valid_from=START,
        provenance={"file": file, "row": 1} if file else None,
    )
    world.put(area)
    return AreaLine(area.id, name, area.revision, Tally(), is_first=True)


def drawn(world: World, *areas: AreaLine) -> AreaMap:
    with world.reading("hq") as db:
        return map_of(db, areas)


@pytest.mark.parametrize(
    ("tally", "step"),
    [
        (Tally(), "none"),
        (Tally(posts=4, registered=5), "none"),
        (Tally(persons=1), "1"),
        (Tally(persons=1, organizations=1), "1"),
        (Tally(persons=2, organizations=1), "3"),
        (Tally(persons=40), "3"),
    ],
)
def test_fill_follows_the_number_of_liaisons(tally: Tally, step: str) -> None:
    assert step_of(tally) == step


def test_areas_are_drawn_with_their_names_and_files(world: World) -> None:
    west = put_area(world, "西区", box(138.0, 34.0, 138.01, 34.01), "b.geojson")
    east = put_area(world, "東区", box(138.01, 34.0, 138.02, 34.01), "a.geojson")
    bare = put_area(world, "図形なし", None)
    picture = drawn(world, west, east, bare)
    assert [(area.id, area.name) for area in picture.areas] == [
        (west.id, "西区"),
        (east.id, "東区"),
    ]
    assert picture.areas[0].x < picture.areas[1].x
    assert picture.undrawn == 1
    assert picture.sources == ("a.geojson", "b.geojson")
    assert picture.labeled


def test_tall_town_fits_as_a_wide_one_does(world: World) -> None:
    tall = drawn(world, put_area(world, "南北", box(138.0, 34.0, 138.01, 35.0)))
    wide = drawn(world, put_area(world, "東西", box(138.0, 34.0, 139.0, 34.01)))
    height, width = int(tall.view_box.split()[3]), int(wide.view_box.split()[2])
    assert (height < 1100, width) == (True, 720)


def test_nothing_to_draw_gives_an_empty_map(world: World) -> None:
    assert drawn(world).areas == []
    assert drawn(world, put_area(world, "図形なし", None)).areas == []


def test_outlines_are_drawn_once_and_again_when_one_changes(world: World) -> None:
    line = put_area(world, "西区", box(138.0, 34.0, 138.01, 34.01))
    first = drawn(world, line)
    with counted(world.database) as statements:
        again = drawn(world, line._replace(tally=Tally(persons=5)))
    assert statements == []
    assert (again.areas[0].path, again.areas[0].step) == (first.areas[0].path, "3")
    _reshape(world, line, Polygon([(138.0, 34.0), (138.01, 34.0), (138.0, 34.01)]))
    assert drawn(world, line).areas[0].path == first.areas[0].path
    assert drawn(world, line._replace(revision=2)).areas[0].path != first.areas[0].path


def _reshape(world: World, line: AreaLine, polygon: Polygon) -> None:
    with world.database.system("a test's world") as connection:
        connection.execute(
            sa.update(Area).where(col(Area.id) == line.id).values(polygon=polygon, revision=2)
        )
