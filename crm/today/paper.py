"""訪問先一覧: whom to call on and for what, as plain data for a sheet that fits a pocket."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from crm.contacts.models import Holder
from crm.exports.service import Making
from crm.formats.svgmap import units_per_point
from crm.kernel.wareki import near_day, wareki
from crm.today.route import RouteMap, Stop
from crm.today.visits import Visit
from crm.visiting.models import QUIET_REASON_LABELS

TITLE = "訪問先一覧"
WIDE_MM, HIGH_MM = 129, 62
"""As much of the sheet as its map takes (`round.typ`)."""
NUMBER_POINTS = 12
CAUTION = "取扱注意・署内限り"
FOOT = "用が済んだら所属に返却し、裁断してください。写しを取らないでください。"
FIELDS = ("氏名・団体名", "ふりがな", "役職", "区域", "住所", "電話番号", "配慮事項", "用件")
"""What somebody on patrol needs; nothing of earlier contacts, nothing of consents."""


@dataclass(frozen=True, slots=True)
class Where:
    """How somebody is found: the address and the numbers, the first to dial first."""

    address: str = ""
    phones: Sequence[str] = ()


NOWHERE = Where()


def paper_of(
    stops: Sequence[Stop],
    where: Mapping[Holder, Where],
    route: RouteMap,
    making: Making,
    *,
    day: dt.date,
) -> dict[str, Any]:
    """Return what is typeset, always in Japanese."""
    export = making.export
    until = f"返却・廃棄の期限：{wareki(export.return_on)}　" if export.return_on else ""
    return {
        "title": TITLE,
        "day": wareki(day),
        "caution": CAUTION,
        "unit": making.actor.unit_name,
        "number": export.number,
        "foot": [*making.imprint.lines, f"{until}{FOOT}"],
        "map": svg_of(route) if any(area.numbers for area in route.areas) else "",
        "map_alt": "受持区の地図。番号は一覧の番号です。",
        "stops": [_stop(stop, where.get(stop.who.holder, NOWHERE), day) for stop in stops],
    }


def svg_of(route: RouteMap) -> str:
    """Return the map as a picture of its own, legible without color."""
    size = NUMBER_POINTS * units_per_point(route.view_box, wide_mm=WIDE_MM, high_mm=HIGH_MM)
    shapes = "".join(
        f'<path d="{area.path}" fill="{"#dddddd" if area.numbers else "#ffffff"}"'
        ' stroke="#555555" stroke-width="2"/>'
        for area in route.areas
    )
    numbers = "".join(
        f'<text x="{area.x}" y="{area.y + size * 0.36:.1f}"'
        f' font-family="BIZ UDPGothic" font-size="{size:.1f}"'
        f' font-weight="bold" text-anchor="middle">{escape(area.numbers)}</text>'
        for area in route.areas
        if area.numbers
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{route.view_box}">'
        f"{shapes}{numbers}</svg>"
    )


def _stop(stop: Stop, where: Where, day: dt.date) -> dict[str, Any]:
    return {
        "number": str(stop.number),
        "name": stop.who.name,
        "kana": stop.who.furigana,
        "area": stop.area,
        "posts": stop.posts,
        "address": where.address,
        "phones": "　".join(where.phones),
        "cares": list(_cares(stop, day)),
        "matters": list(_matters(stop, day)),
    }


def _cares(stop: Stop, day: dt.date) -> Iterable[str]:
    """Yield what is heeded before anything is said: peace, care, and who else is coming."""
    for quiet in stop.burden.quiet:
        if quiet.holds_on(day):
            until, why = wareki(quiet.valid_to), QUIET_REASON_LABELS[quiet.reason]
            yield f"訪問を控える期間（{until}まで、{why}）"
    if stop.who.care_note:
        yield stop.who.care_note
    for plan in stop.burden.plans:
        yield f"{plan.on.month}/{plan.on.day}に{plan.section}が訪問を予定"


def _matters(stop: Stop, day: dt.date) -> Iterable[str]:
    for reply in stop.replies:
        yield f"回答：{reply.subject}（{near_day(reply.heard_on, day)}に聞いたこと）"
    for visit in stop.visits:
        yield _matter(visit, day)


def _matter(visit: Visit, day: dt.date) -> str:
    if visit.promised_on:
        return f"約束：{near_day(visit.promised_on, day)}"
    what = "訪問強化日の訪問" if visit.is_aimed else "訪問"
    if visit.last_on:
        return f"{what}（前回 {wareki(visit.last_on)}）"
    return f"{what}（面談や電話の記録なし）"
