import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import MultiPolygon, Point, Polygon, box

from crm.formats.geodata import SvgMap, simplify_together, svg_paths

STAIRS = [(0.5 + 0.002 * (step % 2), step / 100) for step in range(101)]
# Two areas meet in the middle of the third one's border: simplified alone, it would cut the corner.
THREE = {
    "west": Polygon([(0, 0), *STAIRS, (0, 1)]),
    "south": Polygon([*STAIRS[:52], (1, 0.51), (1, 0)]),
    "north": Polygon([*STAIRS[51:], (1, 1), (1, 0.51)]),
}


def test_simplify_together_opens_no_sliver_between_neighbors() -> None:
    simple = simplify_together(THREE, 0.05)

    areas = list(simple.values())
    assert list(simple) == ["west", "south", "north"]
    assert shapely.get_num_coordinates(areas).sum() < 20
    assert sum(area.area for area in areas) == pytest.approx(1, abs=1e-12)
    assert shapely.union_all(areas).equals(box(0, 0, 1, 1))


def test_simplify_together_of_nothing_is_nothing() -> None:
    assert simplify_together({}, 1) == {}


def test_simplify_together_keeps_an_area_that_would_break() -> None:
    crossed = Polygon([(0, 0), (1, 1), (1, 0), (0, 1)])

    assert simplify_together({1: crossed}, 0.0001) == {1: crossed}


def test_svg_paths_draws_north_up_and_true_to_shape() -> None:
    drawn = svg_paths({"north": box(138, 60.5, 139, 61), "south": box(138, 59.5, 139, 60.5)}, 108)

    # At 60 degrees a degree of longitude is half as long as one of latitude, so the map is
    # three times as tall as it is wide: 100 units and twice the margin of 4.
    assert drawn.view_box == "0 0 108 310"
    assert (drawn.width, drawn.height) == (108, 310)
    assert drawn.paths == {
        "north": "M104 105l-100 0 0-101 100 0z",
        "south": "M104 306l-100 0 0-201 100 0z",
    }


def test_svg_paths_cuts_holes_the_other_way_round() -> None:
    ring = Polygon(box(0, 0, 1, 1).exterior, [box(0.4, 0.4, 0.6, 0.6).exterior])

    drawn = svg_paths({1: ring}, 108)

    assert drawn.paths == {1: "M104 104l-100 0 0-100 100 0zM64 64l0-20-20 0 0 20z"}


def test_svg_paths_gives_a_point_a_place_and_no_path() -> None:
    drawn = svg_paths({"area": box(0, 0, 1, 1), "koban": Point(0.25, 0.25)}, 108)

    assert list(drawn.paths) == ["area"]
    assert drawn.label_points["koban"] == (29, 79)


def test_svg_paths_labels_the_largest_part_in_its_roomiest_place() -> None:
    key_shape = Polygon([(0, 0), (10, 0), (10, 0.2), (4, 0.2), (4, 4), (0, 4)])

    drawn = svg_paths({1: MultiPolygon([key_shape, box(9, 9, 10, 10)])}, 1008)

    x, y = drawn.label_points[1]
    assert x == pytest.approx(204, abs=2)
    assert y == pytest.approx(drawn.height - 4 - 200, abs=4)


def test_svg_paths_of_a_speck_still_shows_it() -> None:
    drawn = svg_paths({"speck": box(0.5, 0.5, 0.5001, 0.5001), "town": box(0, 0, 1, 1)}, 108)

    assert drawn.paths["speck"] == "M54 54h1v1h-1z"


def test_svg_paths_of_one_point_puts_it_at_the_margin() -> None:
    assert svg_paths({1: Point(138, 34)}, 100).label_points == {1: (4, 4)}


def test_svg_paths_of_nothing_is_an_empty_map() -> None:
    assert svg_paths({}, 100) == SvgMap("0 0 100 100", 100, 100, {}, {})


@given(
    st.floats(-179, 178),
    st.floats(-80, 79),
    st.floats(0.001, 1),
    st.floats(0.001, 1),
    st.integers(50, 2000),
)
def test_svg_paths_keeps_everything_inside_the_picture(
    west: float, south: float, breadth: float, height: float, width: int
) -> None:
    drawn = svg_paths({1: box(west, south, west + breadth, south + height)}, width)

    x, y = drawn.label_points[1]
    assert 0 <= x <= drawn.width
    assert 0 <= y <= drawn.height
