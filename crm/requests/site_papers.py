"""The open places of a station by school district as a PDF: where and what, and nobody's name."""

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID
from xml.sax.saxutils import escape, quoteattr

from crm.formats.svgmap import units_per_point
from crm.jobs.papers import Asked, Paper, paper_job
from crm.kernel.clock import local_day
from crm.kernel.i18n import N_
from crm.kernel.scope import ScopedSession
from crm.kernel.wareki import wareki, wareki_short
from crm.liaisons.queries import areas_of_station
from crm.requests.models import SITE_KIND_LABELS
from crm.requests.site_maps import (
    District,
    DrawnArea,
    Mark,
    SiteMap,
    by_district,
    points_of,
    site_map,
)
from crm.requests.site_queries import OpenSite, open_sites

MAKE = "requests.sites"
TITLE = N_("場所のある意見・要望")
NO_DISTRICT = "小学校区の分からない場所"
WIDE_MM, HIGH_MM = 170, 105
"""As much of a page as a map takes (`sites.typ`)."""
NAME_POINTS, MARK_POINTS, MARK_RADIUS_POINTS = 10.5, 11, 8.5


@paper_job(MAKE)
def site_paper(db: ScopedSession, asked: Asked) -> Paper:
    """Return the open places of the actor's station, a school district on each page."""
    today, station_id = local_day(asked.now), asked.actor.station_id
    chosen = UUID(asked.args["district"]) if asked.args["district"] else None
    districts = by_district(open_sites(db, asked.actor, district_id=chosen))
    areas = areas_of_station(db, station_id, today) if station_id else []
    drawn = site_map(db, areas, points_of(districts))
    data = {
        "title": TITLE,
        "as_of": f"{wareki(today)}現在",
        "unit": asked.actor.station_name,
        "headings": ["番号", "受付番号", "聞いた日", "何があるか", "区域・場所", "状態"],
        "districts": [_district(one, drawn) for one in districts],
        "none": "場所のある意見・要望で、回答未了のものはありません。",
        "foot": asked.imprint.lines,
        "remark": "氏名と、聞いた言葉は載せていません。",
    }
    return Paper(f"{TITLE}.pdf", "sites", data)


def _district(district: District, drawn: SiteMap | None) -> Mapping[str, Any]:
    numbers = {number for number, _ in district.sites}
    marks = [mark for mark in drawn.marks if mark.number in numbers] if drawn else []
    name = district.name or NO_DISTRICT
    return {
        "name": name,
        "map": _svg(drawn, marks) if drawn and marks else "",
        "map_says": f"{name}の地図。番号は表の番号です。",
        "rows": [_row(number, site) for number, site in district.sites],
    }


def _row(number: int, site: OpenSite) -> Sequence[str]:
    where = "　".join(filter(None, (site.area_name, site.place)))
    kind = SITE_KIND_LABELS[site.kind]
    return [str(number), site.number, wareki_short(site.heard_on), kind, where, site.label]


def _svg(drawn: SiteMap, marks: Sequence[Mark]) -> str:
    """Return the map as the typesetter draws it: outlines, and numbered marks."""
    point = units_per_point(drawn.view_box, wide_mm=WIDE_MM, high_mm=HIGH_MM)
    name, mark_size, radius = (
        round(points * point, 1) for points in (NAME_POINTS, MARK_POINTS, MARK_RADIUS_POINTS)
    )
    outlines = "".join(
        f'<path d={quoteattr(area.path)} fill="#f2f2f2" stroke="#666666" stroke-width="1.5"/>'
        for area in drawn.areas
    )
    places = "".join(
        f'<circle cx="{mark.x}" cy="{mark.y}" r="{radius}" fill="#1a1a1a"/>'
        f'<text x="{mark.x}" y="{mark.y + mark_size * 0.36:.1f}"'
        f' font-family="BIZ UDPGothic" font-size="{mark_size}"'
        f' font-weight="700" text-anchor="middle" fill="#ffffff">{mark.number}</text>'
        for mark in marks
    )
    names = "".join(
        f'<text x="{area.x}" y="{_below(area, marks, 2 * radius) + name * 0.36:.1f}"'
        f' font-size="{name}"'
        ' font-family="BIZ UDPGothic"'
        f' text-anchor="middle" fill="#333333">{escape(area.name)}</text>'
        for area in (drawn.areas if drawn.named else ())
    )
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{drawn.view_box}">'
    return f"{head}{outlines}{names}{places}</svg>"


def _below(area: DrawnArea, marks: Iterable[Mark], room: float) -> float:
    """Return the height of an area's name: under a mark that would stand on it."""
    near = [mark.y for mark in marks if math.hypot(mark.x - area.x, mark.y - area.y) < room]
    return max((y + room * 0.8 for y in near), default=area.y)
