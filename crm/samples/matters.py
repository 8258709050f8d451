"""What happens beside visits: advice to groups, visits with the hall, places, referrals."""

import hashlib
from collections.abc import Sequence
from io import BytesIO
from typing import NamedTuple
from uuid import UUID

import shapely
from PIL import Image, ImageDraw

from crm.agencies.queries import office_label
from crm.areas.models import AreaKind
from crm.kernel.clock import local_day
from crm.notes.models import GroupProblem, NoteCompanion, Outcome
from crm.requests.models import (
    PublishedSite,
    RequestState,
    SiteIssue,
    SiteKind,
    SitePhoto,
    Topic,
)
from crm.samples.offices import AGENCY, Station
from crm.samples.partners import Partner
from crm.samples.requests import Office, number_requests, put_referral
from crm.samples.rows import Row, Rows, moment
from crm.samples.town import Place

_EVERY = 5
_MOST_ADVICE = 24
_JOINT = 3
_SITES = 4
_REFERRED = 2
_SIZE = (960, 720)

ADVICE = (
    (GroupProblem.SUCCESSOR, "小学校の保護者会に声を掛けてはどうかと話し、校長を紹介した。"),
    (GroupProblem.AGEING, "見守りを短い区間ごとの当番に分けた他の自治会の例を伝えた。"),
    (GroupProblem.SUPPLIES, "市の資材の貸出しを案内し、申請書を渡した。"),
    (GroupProblem.INACTIVE, "連合自治会の清掃と合わせて見回ることを提案した。"),
    (GroupProblem.TIES, "隣の自治会の防犯部長と引き合わせた。"),
    (GroupProblem.FUNDS, "県の補助の募集要領を渡し、書き方を説明した。"),
)
PLACES = {
    Topic.LIGHTING: (SiteKind.DARK_SPOT, "公園の北側の路地", "防犯灯が消えた夜の路地"),
    Topic.VACANT_HOUSE: (SiteKind.VACANT_HOUSE, "集会所の向かい", "雨戸の閉まった空き家と伸びた草"),
    Topic.NUISANCE: (SiteKind.DAMAGE, "用水沿いの壁", "壁の落書き"),
    Topic.TRAFFIC: (SiteKind.BLIND_SPOT, "学校の裏の交差点", "生け垣で見通しの悪い交差点"),
}
_ASKED = {
    Topic.LIGHTING: "防犯灯の点検と交換を検討してください。",
    Topic.VACANT_HOUSE: "空き家の所有者への連絡と草刈りの指導を検討してください。",
    Topic.TRAFFIC: "路面標示の塗り直しと、注意を促す看板の設置を検討してください。",
    Topic.CHILDREN: "通学路の安全点検に、この場所を加えてください。",
    Topic.PATROL: "青色防犯パトロールの経路に、この場所を加えてください。",
    Topic.NUISANCE: "看板の設置と、町内への回覧を検討してください。",
    Topic.ACTIVITY: "会場の貸出しと、資材の補助の対象になるかを確認してください。",
}
_ASKED_OTHERWISE = "現地の確認と、できることの検討をお願いします。"


class Desk(NamedTuple):
    """The station's network office and its chief, who asks other agencies."""

    station: Station
    chief: UUID
    unit_name: str


def put_matters(
    rows: Rows, desk: Desk, places: Sequence[Place], partners: Sequence[Partner]
) -> None:
    """Put a station's advice, joint visits, places and referrals into `rows`, beside its notes."""
    notes = _notes(rows)
    _put_advice(rows, notes)
    open_ = [
        row
        for row in rows.tables.get("community_request", ())
        if row["station_id"] == desk.station.id and row["state"] is RequestState.RECEIVED
    ]
    if partners:
        hall = partners[0]
        _put_companions(rows, notes, hall)
        for request, place in zip(open_[-_REFERRED:], reversed(places), strict=False):
            _put_site(rows, request, place)
            _refer(rows, desk, request, hall)
            _give_place(rows, request, place)
    for request, place in zip(open_[:-_REFERRED][:_SITES], places, strict=False):
        _put_site(rows, request, place)
    number_requests(rows)


def _notes(rows: Rows) -> list[Row]:
    """Return the station's notes of people met and never corrected, the newest first."""
    corrected = {row["note_id"] for row in rows.tables.get("note_correction", ())}
    return sorted(
        (
            row
            for row in rows.tables.get("activity_note", ())
            if row["station_id"] == rows.station_id
            and row["outcome"] is Outcome.MET
            and row["id"] not in corrected
        ),
        key=lambda row: (row["happened_at"], row["id"]),
        reverse=True,
    )


def _put_advice(rows: Rows, notes: Sequence[Row]) -> None:
    """Let some notes with a group say which of its problems it was advised on."""
    of_group = {row["note_id"] for row in rows.tables.get("note_organization", ())}
    chosen = [note for note in notes if note["id"] in of_group][::_EVERY]
    for number, note in enumerate(chosen[:_MOST_ADVICE]):
        problem, note["advice"] = ADVICE[number % len(ADVICE)]
        note["problem"] = problem.value


def _put_companions(rows: Rows, notes: Sequence[Row], hall: Partner) -> None:
    for note in notes[1 : 1 + _JOINT]:
        day = local_day(note["happened_at"])
        rows.put(
            NoteCompanion,
            day,
            note_id=note["id"],
            other_agency_id=hall.agency_id,
            other_station_id=hall.office_id,
            visited_on=day,
            office_name=hall.name,
            names=f"{hall.hall.section.name}の職員",
        )
        for told in rows.tables.get("published_note", ()):
            if (told["note_id"], told["recipient_station_id"]) == (note["id"], hall.office_id):
                told["joint_on"] = day


def _put_site(rows: Rows, request: Row, place: Place) -> None:
    """Say where a request is, inside `place`, with a picture of it."""
    kind, where, description = PLACES.get(request["topic"], PLACES[Topic.TRAFFIC])
    point = place.polygon.representative_point()
    day = request["heard_on"]
    request["area_id"], request["place"] = place.id, where
    rows.put(
        SiteIssue,
        day,
        request_id=request["id"],
        kind=kind,
        longitude=point.x,
        latitude=point.y,
        district_id=_district(rows, point),
    )
    content = picture(kind)
    rows.put(
        SitePhoto,
        day,
        request_id=request["id"],
        description=description,
        width=_SIZE[0],
        height=_SIZE[1],
        sha256=hashlib.sha256(content).hexdigest(),
        content=content,
        added_at=moment(day, 17),
    )


def _district(rows: Rows, point: shapely.Point) -> UUID | None:
    found = (
        row["id"]
        for row in rows.tables.get("area", ())
        if row["kind"] is AreaKind.ELEMENTARY_DISTRICT and row["polygon"].intersects(point)
    )
    return next(found, None)


def _refer(rows: Rows, desk: Desk, request: Row, hall: Partner) -> None:
    giver = office_label(AGENCY, desk.station.called.name)
    office = Office(hall.agency_id, hall.office_id, hall.name, giver)
    words = _ASKED.get(request["topic"], _ASKED_OTHERWISE)
    by = (desk.chief, desk.station.network_office, desk.unit_name)
    put_referral(rows, request, by, office, words, desk.station.calendar.today)


def _give_place(rows: Rows, request: Row, place: Place) -> None:
    """Let the place put last go with the referral put last, as the agreement lets it."""
    copy, issue = rows.tables["published_request"][-1], rows.tables["site_issue"][-1]
    photo = rows.tables["site_photo"][-1]
    copy["area_name"], copy["place"] = place.name, request["place"]
    sides = (
        *("giver_agency_id", "giver_station_id", "giver_name", "recipient_agency_id"),
        *("recipient_station_id", "reference", "request_id", "published_at"),
    )
    rows.put(
        PublishedSite,
        local_day(copy["published_at"]),
        **{side: copy[side] for side in sides},
        **{name: issue[name] for name in ("kind", "longitude", "latitude")},
        **{name: photo[name] for name in ("description", "width", "height", "sha256", "content")},
    )


def picture(kind: SiteKind) -> bytes:
    """Draw a street by night or by day, with what is wrong there; nobody is in it."""
    is_dark = kind is SiteKind.DARK_SPOT
    sky, ground, wall = ("#141826", "#1d2130", "#2a3042") if is_dark else (*_BY_DAY,)
    image = Image.new("RGB", _SIZE, sky)
    draw = ImageDraw.Draw(image)
    width, height = _SIZE
    draw.rectangle((0, height * 0.62, width, height), fill=ground)
    far, near = height * 0.62, height
    road = [(width * 0.38, near), (width * 0.48, far), (width * 0.54, far), (width * 0.82, near)]
    draw.polygon(road, fill="#2b2f3a" if is_dark else "#8a8d93")
    draw.rectangle((0, height * 0.34, width * 0.3, height * 0.7), fill=wall)
    draw.polygon(
        [(0, height * 0.34), (width * 0.15, height * 0.2), (width * 0.33, height * 0.34)],
        fill="#20242f" if is_dark else "#6d5a4c",
    )
    draw.rectangle((width * 0.62, height * 0.16, width * 0.635, height * 0.68), fill="#555b66")
    draw.rectangle((width * 0.56, height * 0.15, width * 0.64, height * 0.18), fill="#555b66")
    _draw_matter(draw, kind)
    made = BytesIO()
    image.save(made, "JPEG", quality=70)
    return made.getvalue()


_BY_DAY = ("#cfe0ef", "#a7b08f", "#d8d2c4")


def _draw_matter(draw: ImageDraw.ImageDraw, kind: SiteKind) -> None:
    width, height = _SIZE
    if kind is SiteKind.VACANT_HOUSE:
        for step in range(24):
            x = width * 0.01 * step
            draw.line((x, height * 0.74, x + 8, height * 0.6), fill="#5f7a3a", width=5)
    elif kind is SiteKind.DAMAGE:
        spray = [
            (width * 0.05 + 18 * step, height * (0.5 + 0.06 * (-1) ** step)) for step in range(12)
        ]
        draw.line(spray, fill="#b02a4a", width=9)
    elif kind is SiteKind.BLIND_SPOT:
        draw.ellipse((width * 0.7, height * 0.4, width * 1.05, height * 0.85), fill="#4d6b33")
