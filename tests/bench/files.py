"""Long documents and tables: seconds, rows per second, and memory, beside a hand-written floor."""

import io
import resource
import time
import zipfile
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from multiprocessing import get_context
from uuid import UUID
from xml.sax.saxutils import escape

from crm.contacts.models import Holder
from crm.kernel.clock import local_day, utc_now
from crm.rosters.columns import sheet_columns
from crm.rosters.files import write_file
from crm.rosters.models import RosterFormat, RosterProfile
from crm.rosters.rows import Roster, RosterRow
from crm.rosters.service import Draft
from tests.bench.pages import Spread

Floor = Callable[[Draft], bytes]

FEW = 1_000
"""Up to so many rows a file is written in every round; longer ones speak for themselves in two."""


@dataclass(frozen=True, slots=True)
class Written:
    """What writing one file takes; `ratio` is the floor's time by ours, 1 where there is none."""

    name: str
    rows: int
    seconds: Spread
    floor_seconds: Spread | None
    ratio: Spread | None
    grown_mb: float
    child_mb: float
    """The most memory the process beside it took that typesets; 0 where none is needed."""


def roster_of(count: int) -> Roster:
    """Make a roster of people who do not exist."""
    today = local_day(utc_now())
    one = RosterRow(
        number=1,
        holder=Holder(person_id=UUID(int=1)),
        name="髙橋 京子",
        kana="たかはし きょうこ",
        post="みなと町自治会\n会長",
        areas="みなと町自治会",
        phone="054-000-1001",
        concurrent="民生委員",
        boxes="若葉駅前交番",
        asked_on=today,
        remark="電話は夕方",
    )
    rows = tuple(replace(one, number=number) for number in range(1, count + 1))
    return Roster(RosterProfile.STATION, today, rows, 0)


def draft(count: int, form: RosterFormat) -> Draft:
    """Make a draft ready to be written."""
    return Draft(
        number="令和8-0001",
        purpose="性能の測定",
        format=form,
        roster=roster_of(count),
        office="若葉署地域課",
        made_by="若葉署地域課",
        made_at=utc_now(),
    )


def measure(rounds: int) -> list[Written]:
    """Write each file in turn, round by round, its floor beside it; each in a new process."""
    plans: list[tuple[str, int, RosterFormat, Floor | None]] = [
        ("roster PDF", 1_000, RosterFormat.PDF, None),
        ("roster PDF", 10_000, RosterFormat.PDF, None),
        ("roster XLSX", 1_000, RosterFormat.XLSX, by_hand),
        ("roster XLSX", 10_000, RosterFormat.XLSX, by_hand),
        ("roster XLSX", 100_000, RosterFormat.XLSX, by_hand),
        ("roster CSV", 100_000, RosterFormat.CSV, rows_alone),
    ]
    with ProcessPoolExecutor(1, get_context("spawn"), max_tasks_per_child=1) as alone:
        return [alone.submit(_measured, *plan, rounds).result() for plan in plans]


def _measured(
    name: str, count: int, form: RosterFormat, floor: Floor | None, rounds: int
) -> Written:
    order = draft(count, form)
    before = _peak_mb(resource.RUSAGE_SELF)
    ours, theirs = [], []
    for _ in range(rounds if count <= FEW else 2):
        ours.append(_seconds(lambda: write_file(order)))
        if floor:
            theirs.append(_seconds(lambda: floor(order)))
    ratios = [its / mine for its, mine in zip(theirs, ours, strict=True)] if floor else []
    return Written(
        name,
        count,
        Spread.of(ours),
        Spread.of(theirs) if theirs else None,
        Spread.of(ratios) if ratios else None,
        _peak_mb(resource.RUSAGE_SELF) - before,
        _peak_mb(resource.RUSAGE_CHILDREN),
    )


def _peak_mb(whose: int) -> float:
    return resource.getrusage(whose).ru_maxrss / 1000


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def by_hand(order: Draft) -> bytes:
    """Write the same rows as the least sheet a spreadsheet program opens (`performance.md`)."""
    columns = sheet_columns(order.roster.profile)
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for path, text in PARTS.items():
            archive.writestr(path, text)
        with archive.open("xl/worksheets/sheet1.xml", "w") as sheet:
            sheet.write(b'<worksheet xmlns="%s"><sheetData>' % SHEET.encode())
            for row in order.roster.rows:
                cells = "".join(
                    f'<c t="inlineStr"><is><t>{escape(column.text(row))}</t></is></c>'
                    for column in columns
                )
                sheet.write(f"<row>{cells}</row>".encode())
            sheet.write(b"</sheetData></worksheet>")
    return file.getvalue()


def rows_alone(order: Draft) -> bytes:
    """Read every cell of the rows, and write nothing."""
    columns = sheet_columns(order.roster.profile)
    return b"".join(column.text(row).encode() for row in order.roster.rows for column in columns)


SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
KINDS = "application/vnd.openxmlformats-officedocument.spreadsheetml"
PARTS = {
    "[Content_Types].xml": (
        f'<Types xmlns="{TYPES}"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{KINDS}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{KINDS}.worksheet+xml"/>'
        "</Types>"
    ),
    "_rels/.rels": (
        f'<Relationships xmlns="{RELATIONS}"><Relationship Id="r1" '
        f'Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
    ),
    "xl/workbook.xml": (
        f'<workbook xmlns="{SHEET}" xmlns:r="{OFFICE}"><sheets>'
        '<sheet name="1" sheetId="1" r:id="r1"/></sheets></workbook>'
    ),
    "xl/_rels/workbook.xml.rels": (
        f'<Relationships xmlns="{RELATIONS}"><Relationship Id="r1" '
        f'Type="{OFFICE}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>'
    ),
}
