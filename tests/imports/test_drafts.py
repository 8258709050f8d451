from uuid import UUID

from shapely import Geometry

from crm.areas.models import AreaKind
from crm.areas.queries import AreaLine
from crm.formats.delimited import read_table
from crm.imports.drafts import Box, Proposal, draft_csv, propose_jurisdictions
from crm.imports.files import read_source
from crm.imports.models import FileKind
from tests.imports.cities import EAST, WEST


def area(name: str, polygon: Geometry | None) -> AreaLine:
    return AreaLine(UUID(int=1), AreaKind.ASSOCIATION_AREA, "", name, polygon)


def test_propose_jurisdictions_prefers_the_box_inside_then_the_nearest_border() -> None:
    boxes = [Box("港交番", 138.005, 34.005), Box("遠い交番", 138.5, 34.5)]

    proposed = propose_jurisdictions([area("西", WEST), area("東", EAST)], boxes)

    # 0.005° of longitude at 34° north is 461 m
    assert proposed == [Proposal("港交番", "西", 0), Proposal("港交番", "東", 461)]


def test_propose_jurisdictions_of_two_boxes_inside_takes_the_more_central() -> None:
    boxes = [Box("角交番", 138.0001, 34.0001), Box("中央交番", 138.005, 34.005)]

    assert propose_jurisdictions([area("西", WEST)], boxes) == [Proposal("中央交番", "西", 0)]


def test_propose_jurisdictions_without_a_place_to_measure_proposes_nothing() -> None:
    boxes = [Box("港交番", 138.005, 34.005)]

    assert propose_jurisdictions([area("西", None)], boxes) == []
    assert propose_jurisdictions([area("西", WEST)], []) == []


def test_draft_csv_says_it_is_a_draft_and_can_be_taken_in() -> None:
    proposals = [Proposal("港交番", "東", 461), Proposal("港交番", "西", 0)]

    content = draft_csv(proposals, "2026-04-01")

    assert [list(row.values()) for _, row in read_table(content).rows] == [
        ["港交番", "東", "2026-04-01", "案：区域に最も近い（約461メートル）"],
        ["港交番", "西", "2026-04-01", "案：区域の中にある"],
    ]
    assert read_source("a.csv", {".csv": content}).kind is FileKind.JURISDICTIONS  # type: ignore[union-attr]  # it is a source
