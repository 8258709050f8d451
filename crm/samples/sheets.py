"""The information items of a sample: each unit's sheets of each month, and who was handed one."""

import calendar as months
import datetime as dt
import hashlib
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple
from uuid import UUID

from crm.bulletins.models import (
    HANDED_TO_LIAISONS,
    Handling,
    InformationFile,
    InformationItem,
    InformationKind,
)
from crm.kernel.text import search_key
from crm.samples.offices import Calendar, Called, Station
from crm.samples.rows import Row, Rows

_TOPICS = (
    "特殊詐欺",
    "自転車盗",
    "車上ねらい",
    "不審な声かけ",
    "夕暮れ時の事故",
    "空き家の管理",
    "鍵のかけ忘れ",
    "自転車の乗り方",
    "還付金をかたる電話",
)
_ISSUED_BY_A_SECTION = "生活安全課"


class _Sheet(NamedTuple):
    kind: InformationKind
    title: str
    handling: Handling


_SHEETS = (
    _Sheet(InformationKind.MINI_BULLETIN, "{unit}だより", Handling.PUBLIC),
    _Sheet(InformationKind.ALERT, "{topic}に注意", Handling.LIAISONS),
    _Sheet(InformationKind.KOBAN_FLASH, "交番速報（{topic}）", Handling.LIAISONS),
    _Sheet(InformationKind.CRIME_FORECAST, "管内の発生状況（{topic}）", Handling.STATION_ONLY),
)
_OF_A_SECTION = (
    _Sheet(InformationKind.ALERT, "{topic}が続いています", Handling.AGENCIES),
    _Sheet(InformationKind.LEAFLET, "{topic}を防ぐために", Handling.PUBLIC),
)


@dataclass(frozen=True, slots=True)
class Shelf:
    """What each unit has to hand out in each month; `current` are the items in force today."""

    handable: dict[tuple[UUID, int, int], list[UUID]] = field(
        default_factory=lambda: defaultdict(list)
    )
    current: list[Row] = field(default_factory=list)

    def for_liaisons(self, unit_id: UUID, day: dt.date) -> list[UUID]:
        """Return the items of a unit that may be handed over on a day."""
        return self.handable.get((unit_id, day.year, day.month), [])


def put_sheets(rows: Rows, station: Station, each_month: int) -> Shelf:
    """Put the items of a station's boxes and of its section for safety into `rows`."""
    shelf = Shelf()
    for box in station.boxes:
        until = station.calendar.merged if box.closed else station.calendar.today
        _issue(rows, shelf, box.id, box.called, station.calendar, until, _SHEETS[:each_month])
    section = Called(_ISSUED_BY_A_SECTION, "")
    unit_id = station.sections[section.name]
    today = station.calendar.today
    _issue(rows, shelf, unit_id, section, station.calendar, today, _OF_A_SECTION)
    return shelf


def put_division_sheets(rows: Rows, unit_id: UUID, called: Called, calendar: Calendar) -> None:
    """Put what headquarters issued to every station into `rows`."""
    _issue(rows, Shelf(), unit_id, called, calendar, calendar.today, _OF_A_SECTION)


def _issue(
    rows: Rows,
    shelf: Shelf,
    unit_id: UUID,
    called: Called,
    calendar: Calendar,
    until: dt.date,
    sheets: tuple[_Sheet, ...],
) -> None:
    number = 0
    for first, last in _months(calendar.begins, until):
        for sheet in sheets:
            number += 1
            topic = rows.rng.choice(_TOPICS)
            title = sheet.title.format(unit=called.name, topic=topic)
            row = _put_item(rows, unit_id, sheet, title, topic, f"第{number}号", (first, last))
            if sheet.handling in HANDED_TO_LIAISONS:
                shelf.handable[unit_id, first.year, first.month].append(row["id"])
            if last >= calendar.today:
                shelf.current.append(row)
                _put_file(rows, row)


def _put_item(
    rows: Rows,
    unit_id: UUID,
    sheet: _Sheet,
    title: str,
    topic: str,
    number: str,
    period: tuple[dt.date, dt.date],
) -> Row:
    rows.put(
        InformationItem,
        period[0],
        station_id=rows.station_id,
        unit_id=unit_id,
        kind=sheet.kind,
        issue_number=number,
        title=title,
        topic=topic,
        handling=sheet.handling,
        valid_from=period[0],
        valid_to=period[1],
        search_key=search_key(title, topic, number),
    )
    return rows.tables["information_item"][-1]


def _put_file(rows: Rows, item: Row) -> None:
    content = _sheet_of_paper()
    rows.put(
        InformationFile,
        item["valid_from"],
        item_id=item["id"],
        station_id=rows.station_id,
        name=f"{item['issue_number']}.pdf",
        media_type="application/pdf",
        sha256=hashlib.sha256(content).hexdigest(),
        content=content,
    )


def _months(begins: dt.date, until: dt.date) -> Iterator[tuple[dt.date, dt.date]]:
    """Yield the first and last day of each whole month after `begins`, to the month of `until`."""
    first = dt.date(begins.year + begins.month // 12, begins.month % 12 + 1, 1)
    while first <= until:
        days = months.monthrange(first.year, first.month)[1]
        yield first, first.replace(day=days)
        first += dt.timedelta(days=days)


def _sheet_of_paper() -> bytes:
    """Return a PDF of one A4 page that says SAMPLE (ISO 32000-1 7.5)."""
    drawn = b"BT /F1 36 Tf 200 400 Td (SAMPLE) Tj ET"
    objects = (
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources 6 0 R>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(drawn), drawn),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
        b"<</Font<</F1 5 0 R>>>>",
    )
    body, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(body))
        body += b"%d 0 obj%s endobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    return (
        body
        + b"xref\n0 %d\n0000000000 65535 f \n%s" % (size, table)
        + b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (size, len(body))
    )
